"""Texts for translators as XLIFF 1.2 and 2.0, the formats of OASIS that translation tools read, and back.

Only plain text is exchanged: marks inside a text are refused, and so is a document type, in which a file
could name others. What was read is given back unit by unit, to be held against the texts as they are now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from mirab.core.errors import InputError, Problem, UnknownNameError

VERSIONS = ("1.2", "2.0")
SPACES = {
    "1.2": "urn:oasis:names:tc:xliff:document:1.2",
    "2.0": "urn:oasis:names:tc:xliff:document:2.0",
}
SOURCE_LANGUAGE = "en"


@dataclass(frozen=True)
class Unit:
    """A text under a name of its own, with its translation (empty: none yet) and a note for translators."""

    name: str
    source: str
    target: str = ""
    note: str = ""


@dataclass(frozen=True)
class Exchange:
    """What a file holds: the language of its translations, and its units in order."""

    language: str
    units: tuple[Unit, ...]


def text(found: Exchange, *, original: str, version: str = "1.2") -> str:
    """The file of an exchange; `original` names what the texts stand in.

    Raises UnknownNameError for a version that is not known.
    """
    if version not in VERSIONS:
        raise UnknownNameError("version of XLIFF", version, VERSIONS)
    write = _old if version == "1.2" else _new
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + write(found, original) + "\n"


def read(content: bytes, *, name: str = "file") -> Exchange:
    """What a file of either version holds.

    Raises InputError where it is no XLIFF, names no target language, or has marks inside its texts.
    """
    reader = _Reader()
    try:
        reader.parse(content)
    except expat.ExpatError as cause:
        problem = Problem(name, f"is no sound XML: {cause}", "export it again from the translation tool")
        raise InputError("translation", [problem]) from cause
    wrong = list(dict.fromkeys(reader.wrong))
    if reader.space not in SPACES.values():
        wrong.insert(0, "is no XLIFF 1.2 or 2.0")
    elif not reader.language:
        wrong.append("names no target language")
    if wrong:
        fix = "export it anew with `mirab translate export`, and translate plain text"
        raise InputError("translation", [Problem(name, what, fix) for what in wrong])
    return Exchange(reader.language, tuple(reader.units))


def _old(found: Exchange, original: str) -> str:
    units = "\n".join(
        f'<trans-unit id={quoteattr(one.name)} xml:space="preserve"><source>{escape(one.source)}</source>'
        + (f'<target state="translated">{escape(one.target)}</target>' if one.target else "<target/>")
        + (f"<note>{escape(one.note)}</note>" if one.note else "")
        + "</trans-unit>"
        for one in found.units
    )
    head = f"source-language={quoteattr(SOURCE_LANGUAGE)} target-language={quoteattr(found.language)}"
    return (
        f'<xliff version="1.2" xmlns="{SPACES["1.2"]}">\n<file original={quoteattr(original)} {head} '
        f'datatype="plaintext"><body>\n{units}\n</body></file>\n</xliff>'
    )


def _new(found: Exchange, original: str) -> str:
    units = "\n".join(
        f'<unit id="u{number}" name={quoteattr(one.name)}>'
        + (f"<notes><note>{escape(one.note)}</note></notes>" if one.note else "")
        + f'<segment state="{"translated" if one.target else "initial"}"><source xml:space="preserve">'
        + f'{escape(one.source)}</source><target xml:space="preserve">{escape(one.target)}</target>'
        + "</segment></unit>"
        for number, one in enumerate(found.units, start=1)
    )
    head = f"srcLang={quoteattr(SOURCE_LANGUAGE)} trgLang={quoteattr(found.language)}"
    return (
        f'<xliff version="2.0" xmlns="{SPACES["2.0"]}" {head}>\n'
        f'<file id="f1" original={quoteattr(original)}>\n{units}\n</file>\n</xliff>'
    )


@dataclass
class _Reader:
    """Gathers the units of a file of either version while it is parsed."""

    space: str = ""
    language: str = ""
    units: list[Unit] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _name: str = ""
    _parts: dict[str, list[str]] = field(default_factory=dict)
    _open: str = ""

    def parse(self, content: bytes) -> None:
        """Read a whole file."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.Parse(content, True)

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        if tag == "xliff":
            self.space = space
        self.language = attributes.get("trgLang") or attributes.get("target-language") or self.language
        if tag in ("trans-unit", "unit"):
            self._name = attributes.get("id", "") if tag == "trans-unit" else attributes.get("name", "")
            self._parts = {"source": [], "target": [], "note": []}
        elif tag in ("source", "target", "note") and self._name:
            self._open = tag
        elif self._open:
            self.wrong.append(f"has the mark <{tag}> inside the text of {self._name!r}")

    def _end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if tag == self._open:
            self._open = ""
        elif tag in ("trans-unit", "unit"):
            source, target, note = ("".join(self._parts[part]) for part in ("source", "target", "note"))
            self.units.append(Unit(self._name, source, target.strip(), note))
            self._name = ""

    def _text(self, data: str) -> None:
        if self._open:
            self._parts[self._open].append(data)

    def _doctype(self, *_: object) -> None:
        self.wrong.append("has a document type, which could name other files")


def problems(found: Sequence[Unit], texts: Mapping[str, str], *, name: str) -> list[Problem]:
    """Units that are not, or no longer, those of the texts by name: unknown names, changed sources."""
    wrong = []
    for one in found:
        if one.name not in texts:
            wrong.append(Problem(f"{name} {one.name}", "is no text of this issue", "export it anew"))
        elif texts[one.name] != one.source:
            what = f"translates {one.source[:40]!r}, the text is now {texts[one.name][:40]!r}"
            wrong.append(
                Problem(f"{name} {one.name}", what, "export it anew; what was translated stays known")
            )
    return wrong
