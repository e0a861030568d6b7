"""Workbooks: the first sheet of an XLSX file row by row, once it is known that it unpacks to no flood."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mirab.core.errors import Problem, ReadingsError

UNPACKED_MB, MOST_COLUMNS = 100, 400
ENDINGS = (".xlsx", ".xlsm")
MAGIC = b"PK\x03\x04"


def rows(path: Path, subject: str) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Number, from 1, and cells of each row of the first sheet, as they stand in the file.

    Raises ReadingsError about the `subject` for what is no workbook, is broken or protected, is wider than
    MOST_COLUMNS, or unpacks to more than UNPACKED_MB by its own account, beyond which none of it is unpacked.
    """
    import zlib
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    broken = (BadZipFile, InvalidFileException, zlib.error, LookupError, ValueError, TypeError, SyntaxError)
    try:
        _check_size(path, subject)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        wide = sheet.max_column and min(sheet.max_column, MOST_COLUMNS + 1)
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=wide), start=1):
            if any(cell is not None for cell in cells[MOST_COLUMNS:]):
                what = f"has more than {MOST_COLUMNS} columns in row {number}"
                raise ReadingsError(subject, [Problem(path.name, what, "give it in parts")])
            yield number, cells[:MOST_COLUMNS]
        book.close()
    except (*broken, EOFError, NotImplementedError, RuntimeError) as error:
        problem = Problem(
            path.name, "is not an XLSX file", "save it again as XLSX or CSV, without a password"
        )
        raise ReadingsError(subject, [problem]) from error


def _check_size(path: Path, subject: str) -> None:
    from zipfile import ZipFile

    with ZipFile(path) as packed:
        size = sum(part.file_size for part in packed.infolist())
    if size > UNPACKED_MB * 1e6:
        what = f"unpacks to {size / 1e6:,.0f} MB, allowed are {UNPACKED_MB}"
        raise ReadingsError(subject, [Problem(path.name, what, "give it in parts, or as CSV")])
