"""Where documents and logs come from. KINDS is the table of contents: add a source kind here.

`source` says what all kinds share, `folder` reads `source.toml`, `text` spells a driver's values; `workbook` and `delimited`, with their `titles`,
are the two formats of the kind `files`. Of `access_log`, `log_lines` reads blocks, `log_format` understands formats, `log_parser` takes lines apart,
`log_rules` and `log_accounts` say what a request means and whose it was. `mapping` runs a SELECT over what a kind holds in memory, `below_home`
finds files.
"""

from __future__ import annotations

from etl.sources.access_log import AccessLogSource
from etl.sources.database import DatabaseSource
from etl.sources.files import FilesSource
from etl.sources.source import Source

KINDS: dict[str, type[Source]] = {
    "database": DatabaseSource,
    "files": FilesSource,
    "access_log": AccessLogSource,
}
