"""Stage 2 for all domains, each along its own way: run, forecast, cut off, held to targets, heard of."""

from __future__ import annotations

from mirab.stages.aiming import strayed
from mirab.stages.carrying import carry
from mirab.stages.connecting import connected
from mirab.stages.hearing import counted, heard, news
from mirab.stages.observing import Progress, Seen, Wish
from mirab.stages.warning import Warned, forecast, warn


def judged(seen: Seen, wish: Wish, progress: Progress | None = None) -> list[Warned]:
    """Networks first, then forecasts, connections, carriage, targets, and what the press tells."""
    warned = [warn(domain, seen, wish, progress) for domain in seen.domains if domain.network]
    warned += [forecast(domain, seen, wish) for domain in seen.domains if domain.forecasts]
    warned += [connected(domain, seen, wish) for domain in seen.domains if domain.connections]
    warned += [carry(domain, seen, wish) for domain in seen.domains if domain.carriage]
    warned += [strayed(domain, seen, wish) for domain in seen.domains if domain.measured]
    told = (*counted(wish, seen), *news(wish, seen))
    warned += [heard(domain, seen, wish, told) for domain in seen.domains if domain.heard and told]
    return warned
