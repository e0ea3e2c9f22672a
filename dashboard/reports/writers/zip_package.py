"""Office files are zip archives: packed so that equal contents are equal bytes, whenever they are written."""

from __future__ import annotations

import io
import zipfile

NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip archive can name; XlsxWriter uses the same."""


def repacked(archive: bytes) -> bytes:
    """The same entries in the same order, without the time of writing and the writer's system."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            plain = zipfile.ZipInfo(entry.filename, NO_TIME)
            plain.create_system, plain.external_attr = 0, 0
            new.writestr(plain, old.read(entry), zipfile.ZIP_DEFLATED)
    return file.getvalue()
