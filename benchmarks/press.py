"""Documents a second of processor time: language, linking and themes alone, and full records."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from mirab.observe.press.document import Document
from mirab.observe.press.linking import link
from mirab.observe.press.reader import Reader
from mirab.observe.region import load
from mirab.validation.labelled import releases
from mirab.validation.ratios import Ratio

TITLE = "reading the press, documents of 2,000 letters in English and Russian"
LETTERS, ROUNDS = 2000, 12
SHORT, LONG = 20_000, 200_000
ASKED = "what is asked"
UNIT = "documents per CPU second"


def figures() -> Sequence[Ratio]:
    """Rates by the best of twelve rounds for each text; the cost of a text ten times as long."""
    reader = Reader(load("central_asia"))
    texts = [one.text for one in releases("tune") if one.whole]
    long = [(text * (LETTERS // len(text) + 1))[:LETTERS] for text in texts]
    remark = f"{len(long)} labelled releases, repeated to {LETTERS} letters; dense in names"
    linked = 1 / _mean(lambda document: link(document, reader.registry), long, ROUNDS)
    whole = 1 / _mean(reader.read, long, ROUNDS)
    bodies = "\n\n".join(text for text in texts if _has_no_tail(text))
    short, more = ((bodies * (letters // len(bodies) + 1))[:letters] for letters in (SHORT, LONG))
    growth = _mean(reader.read, [more], 3) / _mean(reader.read, [short], 3)
    return (
        Ratio("language, linking and themes", linked, 2000, UNIT, ASKED, remark, at_least=1),
        Ratio("full records", whole, 300, UNIT, ASKED, remark, at_least=1),
        Ratio(
            f"a text of {LONG:,} letters beside one of {SHORT:,}",
            growth,
            LONG / SHORT,
            "times the CPU time",
            "in step with length",
            "best of 3; above 1 the work grows faster than the text",
            at_most=1.5,
        ),
    )


def _has_no_tail(text: str) -> bool:
    return all(sentence.kind != "tail" for sentence in Document(text).sentences)


def _mean(act: Callable[[Document], object], texts: Sequence[str], rounds: int) -> float:
    """Mean CPU seconds of a text, each by its best round."""
    best = [float("inf")] * len(texts)
    for number in range(rounds):
        for i, text in enumerate(texts):
            document = Document(text + " " * number)
            begun = time.process_time()
            act(document)
            best[i] = min(best[i], time.process_time() - begun)
    return sum(best) / len(best)
