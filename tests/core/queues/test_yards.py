"""What does not fit stands at the declared place, and nothing vanishes."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from queue_cases import chain

from mirab.core.queues.network import Node, QueueNetwork
from mirab.core.queues.yards import standing


def network(*yards: float) -> QueueNetwork:
    """Nodes a, b and c: what does not fit in a goes to b, what does not fit in b to c."""
    nodes = (Node("a", (), yards[0], "b"), Node("b", (), yards[1], "c"), Node("c"))
    return replace(chain([None], []), nodes=nodes)


def test_excess_goes_on_until_there_is_room() -> None:
    waiting = {"a": np.array([12.0, 30.0]), "b": np.array([1.0, 2.0]), "c": np.zeros(2)}
    found = standing(network(10.0, 5.0), waiting)
    assert found["a"].tolist() == [10.0, 10.0]
    assert found["b"].tolist() == [3.0, 5.0]
    assert found["c"].tolist() == [0.0, 17.0]


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    st.lists(st.floats(0.0, 1e4), min_size=3, max_size=3),
    st.lists(st.floats(0.0, 100.0), min_size=2, max_size=2),
)
def test_what_stands_is_what_waits(waiting: list[float], yards: list[float]) -> None:
    waits = {id: np.array([amount]) for id, amount in zip("abc", waiting, strict=True)}
    found = standing(network(*yards), waits)
    assert np.isclose(sum(amount[0] for amount in found.values()), sum(waiting))
    assert found["a"][0] <= yards[0]
