"""Stage 2 for all domains, each along its own way: run, forecast, cut off, held to targets, heard of."""

from __future__ import annotations

from mirab.stages.aiming import strayed
from mirab.stages.connecting import connected
from mirab.stages.hearing import counted, heard
from mirab.stages.observing import Progress, Seen, Wish
from mirab.stages.warning import Warned, forecast, warn


def judged(seen: Seen, wish: Wish, progress: Progress | None = None) -> list[Warned]:
    """Domains with a network first, then forecasts, connections, those with targets, then the press."""
    warned = [warn(domain, seen, wish, progress) for domain in seen.domains if domain.network]
    warned += [forecast(domain, seen, wish) for domain in seen.domains if domain.forecasts]
    warned += [connected(domain, seen, wish) for domain in seen.domains if domain.connections]
    warned += [strayed(domain, seen, wish) for domain in seen.domains if domain.measured]
    told = counted(wish, seen)
    warned += [heard(domain, seen, wish, told) for domain in seen.domains if domain.heard and told]
    return warned
