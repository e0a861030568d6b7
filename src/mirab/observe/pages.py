"""Raw pages of sources as files: compressed, named by their SHA-256, whole or not there."""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mirab.core.errors import StoredFileError

FOLDER = "pages"
_LEVEL = 6


@dataclass(frozen=True)
class Pages:
    """The folder of a user's raw pages, one folder a source in it."""

    folder: Path

    def keep(self, source: str, data: bytes) -> str:
        """Keep data and return their SHA-256; written aside, then renamed, so that a kill leaves no half."""
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(source, digest)
        if self.data(source, digest) is None:
            try:
                self._write(path, gzip.compress(data, _LEVEL, mtime=0))
            except OSError as error:
                raise StoredFileError(f"{path} cannot be written: {error}; make room on the disk") from error
        return digest

    def data(self, source: str, digest: str) -> bytes | None:
        """Data by their SHA-256; None where the file is gone or damaged."""
        try:
            data = gzip.decompress(self._path(source, digest).read_bytes())
        except (OSError, EOFError, ValueError):
            return None
        return data if hashlib.sha256(data).hexdigest() == digest else None

    def _path(self, source: str, digest: str) -> Path:
        return self.folder / source / digest[:2] / f"{digest}.gz"

    def _write(self, path: Path, packed: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(prefix=".", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
