"""Translation from the command line: out, back, and only then the issue is cleared in that language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mirab.brief.specimen import specimen
from mirab.cli import app
from mirab.core.errors import InputError, MirabError
from mirab.core.imprint import Imprint
from mirab.follow.issue_store import FILE, IssueStore, Made


@pytest.fixture(autouse=True)
def _issue(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MIRAB_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    threats = tuple(replace(one, assessment="") for one in specimen().threats)
    said = replace(threats[0], assessment="Sources on the ground say so.")
    found = replace(specimen(), threats=(said, *threats[1:]), imprint=Imprint())
    IssueStore(tmp_path / "home" / FILE).keep(found, Made())


def run(*arguments: str) -> str:
    shown = CliRunner().invoke(app, [*arguments])
    if isinstance(shown.exception, MirabError):
        raise shown.exception
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_a_text_goes_out_comes_back_and_lets_the_issue_be_cleared() -> None:
    assert run("translate", "export", "1", "out.xlf", "--lang", "ru").endswith(
        "1 texts, 0 of them translated\n"
    )
    run("issues", "review", "1", "--by", "Aigul")
    with pytest.raises(InputError, match="is not translated into ru: 'Sources on the ground say so.'"):
        run("issues", "clear", "1", "--by", "Aigul", "--lang", "en,ru")
    text = Path("out.xlf").read_text(encoding="utf-8").replace("<target/>", "<target>Так говорят.</target>")
    Path("back.xlf").write_text(text, encoding="utf-8")
    told = run("translate", "import", "1", "back.xlf", "--person", "Bakyt")
    assert told == "1 taken into ru; 0 texts of the issue are not translated yet\n"
    assert "every text of analysts is translated into ru" in run("translate", "missing", "1", "--lang", "ru")
    cleared = run("issues", "clear", "1", "--by", "Aigul", "--lang", "en,ru")
    assert "the issue is cleared" in cleared


def test_a_file_of_other_texts_is_refused_as_a_whole() -> None:
    run("translate", "export", "1", "out.xlf", "--lang", "kk", "--xliff", "2.0")
    text = Path("out.xlf").read_text(encoding="utf-8").replace("say so", "said so")
    Path("back.xlf").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="the text is now 'Sources on the ground say so.'"):
        run("translate", "import", "1", "back.xlf")
    with pytest.raises(InputError, match="cannot be read"):
        run("translate", "import", "1", "none.xlf")
    assert "Sources on the ground say so." in run("translate", "missing", "1", "--lang", "kk")
