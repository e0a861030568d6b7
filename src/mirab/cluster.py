"""A Dask cluster that simulates in place of this machine; nothing of Dask is imported unless one is named."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

from mirab.core.errors import SetupError

if TYPE_CHECKING:
    from mirab.core.flow.gather import Client

PATIENCE_S = 5


@contextmanager
def connected(address: str) -> Iterator[Client | None]:
    """A client of the scheduler at `address` (tcp://HOST:PORT) while the block runs; None where it is empty.

    Raises SetupError where the extra is missing, where no scheduler with a worker answers within PATIENCE_S
    seconds, and where the workers are lost on the way.
    """
    if not address:
        yield None
        return
    try:
        import distributed
        from distributed.comm.core import CommClosedError
    except ImportError as missing:
        raise SetupError("distributed is not installed; install the extra: mirab[cluster]") from missing
    way = "start one with `dask scheduler`, workers with `dask worker ADDRESS`, or leave out --cluster"
    client = None
    with suppress(OSError, ValueError, TypeError):
        client = distributed.Client(address, timeout=PATIENCE_S, set_as_default=False)
    if client is None:
        # What is left of it must go now: collected in the thread of a later client, it waits for that one.
        gc.collect()
        raise SetupError(f"no scheduler answers at {address!r}; {way}")
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE_S)
        except TimeoutError as cause:
            raise SetupError(f"the scheduler at {address!r} has no worker; {way}") from cause
        try:
            yield cast("Client", client)
        except (distributed.KilledWorker, CommClosedError, CancelledError) as cause:
            lost = f"the cluster at {address!r} lost a worker or its scheduler ({cause})"
            raise SetupError(f"{lost}; run again, or leave out --cluster") from cause
