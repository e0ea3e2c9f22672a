"""Where documents and logs come from. KINDS is the table of contents: add a source kind here.

A new kind is a folder and a line in KINDS. The folder has `source.py` with a class derived from `source.Source` whose `open` gives a
`source.Connection` (a `FileConnection` where new files can be read alone, a `PartConnection` where newer rows can), and `new_source/` with the
templates from which `vanban source new` begins a folder. docs/connecting.md then tells people how to connect such a source.

`folder` reads `source.toml`. For kinds that need it: `mapping` runs a SELECT over tables in memory, `text` spells a driver's values, `open_file`
opens plain and packed files, `known_files` tells which of them were read before.
"""

from __future__ import annotations

from etl.sources.access_log.source import AccessLogSource
from etl.sources.database.source import DatabaseSource
from etl.sources.edxml.source import EdxmlSource
from etl.sources.files.source import FilesSource
from etl.sources.ledger.source import LedgerSource
from etl.sources.source import Source

KINDS: dict[str, type[Source]] = {
    "database": DatabaseSource,
    "files": FilesSource,
    "access_log": AccessLogSource,
    "edxml": EdxmlSource,
    "ledger": LedgerSource,
}
