"""Where documents and logs come from. KINDS is the table of contents: add a source kind here.

Each kind is a folder: `database`, `files`, `access_log`, `edxml`. `source` says what all kinds share, `folder` reads `source.toml`, `text` spells a
driver's values, `mapping` runs a SELECT over what a kind holds in memory, `below_home` finds files, `open_file` unpacks them.
"""

from __future__ import annotations

from etl.sources.access_log.source import AccessLogSource
from etl.sources.database.source import DatabaseSource
from etl.sources.edxml.source import EdxmlSource
from etl.sources.files.source import FilesSource
from etl.sources.source import Source

KINDS: dict[str, type[Source]] = {
    "database": DatabaseSource,
    "files": FilesSource,
    "access_log": AccessLogSource,
    "edxml": EdxmlSource,
}
