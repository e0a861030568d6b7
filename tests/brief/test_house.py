"""The house template: ours has every style that is needed, on A4, and never overwrites an office's own."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from mirab.brief import house, word
from mirab.core.errors import InputError


def test_our_template_has_every_style_and_is_a4_with_the_page_number_in_its_footer(tmp_path: Path) -> None:
    made = docx.Document(str(house.write(tmp_path / "house.docx")))
    assert {*word.STYLES, word.TABLE} <= {style.name for style in made.styles}
    (page,) = made.sections
    assert page.page_width is not None
    assert page.page_height is not None
    assert (round(page.page_width.cm, 1), round(page.page_height.cm, 1)) == (21.0, 29.7)
    assert 'w:instr="PAGE"' in page.footer.paragraphs[0]._p.xml


def test_a_file_that_is_there_or_has_another_ending_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "own.docx").write_text("an office's own")
    with pytest.raises(InputError, match="is already there"):
        house.write(tmp_path / "own.docx")
    with pytest.raises(InputError, match="would be no .docx file"):
        house.write(tmp_path / "own.dotx")
    with pytest.raises(InputError, match="cannot be written"):
        house.write(tmp_path / "none" / "own.docx")
    assert (tmp_path / "own.docx").read_text() == "an office's own"
