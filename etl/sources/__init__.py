"""Where documents and logs come from. KINDS is the table of contents: add a source kind here.

`source` says what all kinds share, `folder` reads `source.toml`, `text` spells a driver's values; `mapping` runs a SELECT over what a kind holds in
memory, `below_home` finds files, `seen_files` tells which of them are new, `cursor` says where a run goes on.
Of `database`, `database_postgres` is the fast way of PostgreSQL, `database_sqlite` what SQLite alone needs.
Of `files`, `workbook` (looked through by `workbook_parts` first), `delimited`, `json_lines` and `parquet`, with their `titles`, are the formats;
`encodings` and `packed` open their text.
Of `access_log`, `log_lines` reads blocks, `log_format` understands formats, `log_parser` takes lines apart, `log_rules` says what a request means,
`log_accounts` whose it was, and `log_events` puts them together.
Of `edxml`, `edxml_message` reads one message.
"""

from __future__ import annotations

from etl.sources.access_log import AccessLogSource
from etl.sources.database import DatabaseSource
from etl.sources.edxml import EdxmlSource
from etl.sources.files import FilesSource
from etl.sources.source import Source

KINDS: dict[str, type[Source]] = {
    "database": DatabaseSource,
    "files": FilesSource,
    "access_log": AccessLogSource,
    "edxml": EdxmlSource,
}
