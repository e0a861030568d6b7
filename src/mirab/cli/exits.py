"""What is left of the connections of states: the options of `simulate` for domains with links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mirab.brief.exits import WhatIf

Without = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", help="Links: without a state (ISO alpha-3), system, link or place; repeat it."
    ),
]
Opened = Annotated[
    list[str] | None,
    typer.Option(
        "--open", metavar="NAME", help="Links: a planned system or link that carries traffic; repeat."
    ),
]


def print_exits(found: WhatIf, *, json: bool) -> None:
    """Print what is left, as a table or as JSON."""
    from mirab.brief import exits

    exits.print_json(found) if json else exits.show(found)
