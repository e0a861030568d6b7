"""Make docs/picture.png from a briefing: `.venv/bin/python tools/picture.py FOLDER_OF_THE_BRIEFING`.

The picture is the page's own map and one of its fan charts, one above the other, with their titles and the
disclaimer of the region. It is made again whenever the briefing looks different.
"""

from __future__ import annotations

import html
import json
import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHART = "fan:toktogul_inflow"
WIDTH, MARGIN, LINE = 720, 20, 17
SCALE = 1.05
Block = tuple[int, str]


def main() -> None:
    """Draw and write."""
    import vl_convert

    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "briefing")
    svg = stacked(blocks(folder))
    out = ROOT / "docs" / "picture.png"
    out.write_bytes(vl_convert.svg_to_png(svg, scale=SCALE))
    print(f"wrote {out.relative_to(ROOT)}, {out.stat().st_size // 1000} kB")


def blocks(folder: Path) -> list[Block]:
    """Height and SVG of each block: titles, map, disclaimer, chart."""
    page = (folder / "briefing.html").read_text(encoding="utf-8")
    told = json.loads((folder / "briefing.json").read_text(encoding="utf-8"))
    chart = next(series for series in told["series"] if series["id"] == CHART)
    return [
        lines(f"Threats, as of {told['as_of']} ({told['members']} members, seed {told['seed']})", 16),
        drawn(page, '<figure class="map">'),
        lines(caption(page, "key"), 11),
        lines(caption(page, "disclaimer"), 11),
        lines(chart["title"], 16),
        drawn(page, f'id="chart-{re.sub("[^a-z0-9]+", "-", CHART)}"'),
    ]


def drawn(page: str, mark: str) -> Block:
    """The first wide drawing after a mark in the page, as a part of another drawing."""
    found = re.search(r'<svg [^>]*viewBox="0 0 720 (\d+)".*?</svg>', page[page.index(mark) :], re.DOTALL)
    if not found:
        raise SystemExit(f"no drawing after {mark} in the page")
    return int(found[1]), found[0].replace("<svg ", f'<svg width="{WIDTH}" height="{found[1]}" ', 1)


def caption(page: str, kind: str) -> str:
    """The words of one kind under the large map."""
    under = page[page.index('<figure class="map">') :]
    found = re.search(rf'<p class="{kind}">(.*?)</p>', under, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""


def lines(text: str, size: int) -> Block:
    """Text in lines as wide as the picture."""
    parts = textwrap.wrap(text, width=WIDTH * 2 // size)
    rows = "".join(
        f'<text x="0" y="{LINE * (i + 1)}" font-family="sans-serif" font-size="{size}" fill="#222">'
        f"{html.escape(part)}</text>"
        for i, part in enumerate(parts)
    )
    return LINE * len(parts) + 10, f"<g>{rows}</g>"


def stacked(parts: list[Block]) -> str:
    """One SVG with the blocks below each other on white."""
    placed, y = [], MARGIN
    for height, part in parts:
        placed.append(f'<g transform="translate({MARGIN} {y})">{part}</g>')
        y += height
    size = f'width="{WIDTH + 2 * MARGIN}" height="{y + MARGIN}"'
    body = "".join(placed)
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect {size} fill="white"/>{body}</svg>'


if __name__ == "__main__":
    main()
