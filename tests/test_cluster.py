"""A cluster of two processes gives what this machine gives, bit by bit; without one no Dask is imported."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest

from mirab import cluster
from mirab.core.calendar import dekads
from mirab.core.domain import DriverPlan, DriverRequest
from mirab.core.ensemble import READ, Ensemble
from mirab.core.errors import InputError, SetupError
from mirab.core.flow.model import Model
from mirab.core.flow.run import Run
from mirab.core.network import Network, Zone
from mirab.warn import drivers

NAMES = ("flow", "volume", "delivered", "evaporated", "energy")
ON = date(2023, 10, 1)
MEMBERS = 2 * READ + 77
KEEP = {"volume": ["lake"], "delivered": ["town"]}


def test_no_address_is_this_machine_and_imports_no_dask() -> None:
    code = (
        "import sys; from mirab import centre, cli, cluster; from mirab.core.flow import model, gather\n"
        "with cluster.connected('') as client: assert client is None\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('dask', 'distributed')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert told.stdout == "[]\n", told.stderr


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(SetupError, match=r"distributed is not installed; install the extra: mirab\[cluster\]"),
        cluster.connected("tcp://127.0.0.1:8786"),
    ):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere", "ftp://x:1", "tcp://host:port"])
def test_an_address_where_nobody_listens_is_a_message(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "PATIENCE_S", 0.5)
    with pytest.raises(SetupError, match="no scheduler answers at"), cluster.connected(address):
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Scheduler of two worker processes on this machine."""
    distributed: Any = pytest.importorskip("distributed")
    more = {"processes": True, "dashboard_address": ":0", "silence_logs": 50}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, **more) as here:
        yield here.scheduler_address


@pytest.fixture(scope="module")
def model() -> Model:
    network = Network("one lake", states=("AAA",))
    network.boundary("sea")
    network.store("lake", full_mcm=2_000.0, start_mcm=500.0, zones=[Zone(2_000.0, 2)])
    network.source("spring", into="lake", state="AAA")
    network.reach("lake", "sea", lag=1)
    network.claim("town", at="lake", demand=60.0, priority=1)
    return network.compile()


def drawn() -> Any:
    plan = DriverPlan(
        *("inflow", "m3/s", ("spring",), (("AAA",),), ((40.0,) * 12,), (0.3,), (0.1,), 0.7, 0.5, 9.0)
    )
    return drivers.drawn(plan, DriverRequest(dekads(ON, 4), MEMBERS, 5, ON, ()))


def equal(one: Run, other: Run) -> bool:
    kept = all(np.array_equal(getattr(one, n).lanes, getattr(other, n).lanes) for n in NAMES)
    sums = ("total", "least", "most", "short")
    reduced = all(
        np.array_equal(getattr(one.summary[n], s), getattr(other.summary[n], s)) for n in NAMES for s in sums
    )
    return kept and reduced and np.array_equal(one.end.volume_mcm, other.end.volume_mcm)


@pytest.mark.slow
def test_workers_draw_or_get_their_range_and_the_run_is_that_of_this_machine(
    address: str, model: Model
) -> None:
    source = drawn()
    whole = source.part(0, MEMBERS)
    start = {"lake": np.linspace(0.0, 2_000.0, MEMBERS)}
    here = model.simulate(source, start=start, keep=KEEP)
    with cluster.connected(address) as client:
        for inflow in (source, whole):
            assert equal(model.simulate(inflow, start=start, keep=KEEP, client=client), here)
        assert equal(model.simulate(whole, client=client), model.simulate(whole))


@pytest.mark.slow
def test_what_is_wrong_on_a_worker_is_told_as_on_this_machine(address: str, model: Model) -> None:
    values = drawn().part(0, MEMBERS).values()
    values[READ + 2, 1, 0] = np.nan
    wrong = Ensemble.of("inflow", "m3/s", ["spring"], dekads(ON, 4), values)
    with (
        pytest.raises(InputError, match="spring has .* nan of member 1026 in the step from 2023-10-11"),
        cluster.connected(address) as client,
    ):
        model.simulate(wrong, client=client)


@pytest.mark.slow
def test_the_command_says_the_same_with_a_cluster_and_without(address: str) -> None:
    said = []
    for more in ([], ["--cluster", address]):
        command = ["simulate", "water", "--scenario", "dry_year", "--region", "toy", "--on", "2023-10-01"]
        asked = [sys.executable, "-m", "mirab", *command, "--members", "30", "--json", *more]
        told = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert told.returncode == 0, told.stderr
        said.append(json.loads(told.stdout))
    assert said[0] == said[1]


@pytest.mark.slow
def test_a_scheduler_without_workers_is_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed: Any = pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "PATIENCE_S", 1)
    more = {"processes": False, "dashboard_address": ":0", "silence_logs": 50}
    with (
        distributed.LocalCluster(n_workers=0, **more) as idle,
        pytest.raises(SetupError, match="has no worker; start one with"),
        cluster.connected(idle.scheduler_address),
    ):
        pass
