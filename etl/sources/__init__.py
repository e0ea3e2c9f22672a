"""Where documents and logs come from. KINDS is the table of contents: add a source kind here.

`source` says what all kinds share, `folder` reads `source.toml`, `text` spells a driver's values; `workbook` and `delimited`, with their `titles`,
are the two formats of the kind `files`.
"""

from __future__ import annotations

from etl.sources.database import DatabaseSource
from etl.sources.files import FilesSource
from etl.sources.source import Source

KINDS: dict[str, type[Source]] = {
    "database": DatabaseSource,
    "files": FilesSource,
}
