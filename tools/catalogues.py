"""Keep the catalogues in step with the sources: `python tools/catalogues.py`.

Every text that a reader may see in another language is looked for: the words of the page, sentences that
code makes with `say`, titles and addressees of the domains' rules, meanings and names of quantities. Each
catalogue gets the texts that it lacks, empty, and loses those that are gone. What is still to be translated
is counted.
"""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from mirab.brief import profiles
from mirab.brief.words import english
from mirab.core.calendar import StepKind
from mirab.warn.rules import Comparison, Reference

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "mirab"
FOLDER = PACKAGE / "brief" / "words"
MAKERS = {"say": 1, "say_count": 2, "Phrase": 2}
Text = tuple[str, tuple[str, ...]]


def main() -> None:
    """Write each catalogue anew with the texts of now."""
    wanted = texts()
    for path in sorted(FOLDER.glob("*.po")):
        with path.open("rb") as file:
            old = read_po(file, locale=path.stem, domain="mirab")
        new = Catalog(path.stem, domain="mirab", header_comment=old.header_comment, fuzzy=False)
        new.mime_headers = old.mime_headers
        for context, forms in wanted:
            _carry(new, old.get(forms[0], context or None), context, forms)
        with path.open("wb") as file:
            write_po(file, new, width=110, sort_output=False, omit_header=False, no_location=True)
        empty = [one for one in new if one.id and not all(_strings(one))]
        print(f"{path.name}: {len(wanted)} texts, {len(empty)} to translate")


def texts() -> list[Text]:
    """Every text with its context, each in its English forms; sentences in order of modules."""
    page = [(key, forms) for key, forms in english().items() if forms[0]]
    bare = dict.fromkeys((*_said(), *((text,) for text in _tabled())))
    return [*page, *(("", forms) for forms in bare if any(map(_speaks, forms)))]


def _speaks(form: str) -> bool:
    """Whether a template says anything beside its values."""
    return any(letter.isalpha() for said, *_ in Formatter().parse(form) for letter in said)


def _carry(new: Catalog, old: Message | None, context: str, forms: tuple[str, ...]) -> None:
    kept = _strings(old) if old is not None and not old.fuzzy else ()
    count = new.num_plurals if len(forms) > 1 else 1
    strings = kept if len(kept) == count else ("",) * count
    if len(forms) > 1:
        new.add(forms, strings, context=context or None)
    else:
        new.add(forms[0], strings[0], context=context or None)


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, (list, tuple)) else (message.string,)


def _said() -> Iterator[tuple[str, ...]]:
    """Templates of `say` and `say_count`, which are literal wherever they are called."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS:
                first = node.args[: MAKERS[node.func.id]]
                forms = tuple(
                    a.value for a in first if isinstance(a, ast.Constant) and isinstance(a.value, str)
                )
                if forms and len(forms) == len(first):
                    yield forms


def _tabled() -> Iterator[str]:
    for path in sorted((PACKAGE / "domains").glob("*/rules.csv")):
        for row in _rows(path):
            yield row["title"]
            yield row["addressee"]
    for name in profiles.names():
        one = profiles.profile(name)
        yield from (one.title, one.mandate, one.role_model)
    yield from (*get_args(StepKind), *get_args(Comparison), *get_args(Reference))
    for row in _rows(PACKAGE / "core" / "fields.csv"):
        yield row["name"].replace("_", " ")
        yield row["meaning"]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
