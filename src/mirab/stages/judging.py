"""Stage 2 for all domains, each along its own way: run, forecast, or held against targets."""

from __future__ import annotations

from mirab.stages.aiming import strayed
from mirab.stages.observing import Progress, Seen, Wish
from mirab.stages.warning import Warned, forecast, warn


def judged(seen: Seen, wish: Wish, progress: Progress | None = None) -> list[Warned]:
    """Domains with a network first, then those with forecasts, then those with targets."""
    warned = [warn(domain, seen, wish, progress) for domain in seen.domains if domain.network]
    warned += [forecast(domain, seen, wish) for domain in seen.domains if domain.forecasts]
    warned += [strayed(domain, seen, wish) for domain in seen.domains if domain.measured]
    return warned
