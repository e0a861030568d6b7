"""Aims: what a region aims at, where each state stands, and what its states share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mirab.core.ensemble import Ensemble
from mirab.core.errors import UnknownNameError
from mirab.core.panel import Panel
from mirab.core.targets import Measured
from mirab.follow.targets import goals, pace
from mirab.follow.targets.course import Course, courses
from mirab.follow.targets.goals import Cell, Shared, Standing


@dataclass(frozen=True)
class Aims:
    """Targets with the course of every state, the goals of every state, and the goals that states share.

    `panels` are the figures known on the date, `ahead` the members of the years that follow, by indicator.
    """

    measured: Measured
    states: tuple[str, ...]
    courses: tuple[Course, ...]
    cells: tuple[Cell, ...]
    standings: tuple[Standing, ...]
    shared: tuple[Shared, ...]
    panels: Mapping[str, Panel] = field(repr=False)
    ahead: Mapping[str, Ensemble] = field(repr=False)

    @classmethod
    def of(
        cls,
        measured: Measured,
        panels: Mapping[str, Panel],
        ahead: Mapping[str, Ensemble],
        states: Sequence[str],
        *,
        weights: str = pace.DEFAULT,
    ) -> Aims:
        """Judge every target in every state, and sum up by goal; `weights` as in `courses`."""
        found = courses(measured, panels, ahead, weights=weights)
        cells = goals.cells(measured, panels, found, states)
        standings = goals.standings(measured, panels, states)
        return cls(measured, tuple(states), found, cells, standings, goals.shared(cells), panels, ahead)

    @property
    def levels(self) -> dict[tuple[str, str], float]:
        """What is to be reached, by target and state, where it is known."""
        return {(one.target, one.state): one.level for one in self.courses if one.level is not None}

    def of_state(self, state: str) -> tuple[Course, ...]:
        """The courses of one state; raises UnknownNameError for a state that the region does not have."""
        if state not in self.states:
            raise UnknownNameError("state", state, self.states)
        return tuple(course for course in self.courses if course.state == state)
