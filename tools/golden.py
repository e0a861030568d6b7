"""Write page one of the toy region anew as the tests hold it: `python tools/golden.py`.

Titles of blocks and the words under them, by language, a line each; figures are masked, drawings left out.
Run it when page one is meant to say something else, and read what git shows.
"""

from __future__ import annotations

import re
import tempfile
from datetime import date
from functools import cache
from html import unescape
from pathlib import Path

from mirab import centre
from mirab.brief import compose
from mirab.brief.page import Page
from mirab.brief.sections import sections
from mirab.brief.words import languages, load
from mirab.centre import Wish
from mirab.core.records import Briefing
from mirab.observe import region

GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "brief" / "golden"
ON, MEMBERS = date(2023, 5, 1), 60
BLOCKS = r"</?(?:p|li|ul|ol|div|dl|dt|dd|h\d|section|figure|figcaption|article|table|tr|td|th)\b[^>]*>"


def main() -> None:
    """Write one file a language."""
    GOLDEN.mkdir(exist_ok=True)
    for language in languages():
        path = GOLDEN / f"toy.{language}.txt"
        path.write_text(page_one(language), encoding="utf-8")
        print(f"wrote {path.name}")


def page_one(language: str) -> str:
    """The blocks of page one in a language: `== title`, then its words line by line."""
    page = _page(language)
    parts = []
    for one in sections(page.briefing.sections):
        if one.on_page_one:
            parts += [f"== {page.words(one.title)}", *_lines(str(page.section(one)))]
    return "\n".join(parts) + "\n"


def _lines(html: str) -> list[str]:
    bare = re.sub(r"<svg.*?</svg>|<details.*?</details>", "", html, flags=re.DOTALL)
    told = unescape(re.sub(r"<[^>]+>", "", re.sub(BLOCKS, "\n", bare)))
    lines = (re.sub(r"\s+", " ", line).strip() for line in told.splitlines())
    return [re.sub(r"\d[\d\u202f\u00a0,.]*\d|\d", "#", line) for line in lines if line]


def _page(language: str) -> Page:
    pack = region.load("toy")
    flows = [one.name for one in centre.domains() if one.network]
    beside = [one.name for one in centre.domains() if one.carriage]
    return Page(_briefing(), compose.basemap(pack, flows, beside), load(language), pack.names_in(language))


@cache
def _briefing() -> Briefing:
    with tempfile.TemporaryDirectory() as aside:
        own = Path(aside) / "observations.sqlite"
        wish = Wish("toy", ON, ON, Path(aside) / "briefing", own, members=MEMBERS, formats=("json",))
        return centre.brief(wish)[0]


if __name__ == "__main__":
    main()
