"""Where things lie: the project's own folders, and the folders of one installation (its home)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
REFERENCE = PROJECT / "data" / "reference"
SAMPLE = PROJECT / "data" / "demo"
TRANSLATIONS = PROJECT / "data" / "translations"
IS_INSTALLED = (PROJECT / "__init__.py").is_file()
"""Whether pip installed the program as a package (`cli/installed.py`): what people make does not belong into its folder."""
DEMO_HOME = Path.home() / "vanban-demo" if IS_INSTALLED else PROJECT / "demo"
AUDIT_HEADS = "audit.heads"


@dataclass(frozen=True)
class Home:
    """The folder of one installation: its configuration, its sources and everything vanban writes."""

    root: Path
    tried_in: Path | None = None
    """Where everything is written instead, on a trial."""

    @property
    def config(self) -> Path:
        return self.root / "vanban.toml"

    @property
    def environment(self) -> Path:
        """NAME=value lines (connection addresses with passwords); readable by the owner only."""
        return self.root / "vanban.env"

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    @property
    def var(self) -> Path:
        return self.tried_in or self.root / "var"

    @property
    def account_key_file(self) -> Path:
        """The secret that turns account names into pseudonyms; made once, readable by the owner only."""
        return self.var / "account.key"

    @property
    def landing(self) -> Path:
        return self.var / "landing"

    @property
    def builds(self) -> Path:
        """Warehouses under construction; empty between runs."""
        return self.var / "builds"

    @property
    def warehouse(self) -> Path:
        """The warehouse that the last run kept, to go on in; it can be made again from the landing."""
        return self.var / "warehouse"

    @property
    def spark(self) -> Path:
        """A published snapshot's tables as Parquet, where a Spark was asked of them; they can be written again from it."""
        return self.var / "spark"

    @property
    def snapshots(self) -> Path:
        return self.var / "snapshots"

    @property
    def pins(self) -> Path:
        """One small JSON file per report that cites a snapshot (`snapshot`): those snapshots stay."""
        return self.var / "ledger" / "pins"

    @property
    def audit_heads(self) -> Path:
        """Number and hash of every row of the ledger's audit, one JSON object per line: the second place, by which a tail that was cut is noticed."""
        return self.var / AUDIT_HEADS

    @property
    def audit_key_file(self) -> Path:
        """The secret under which the rows of the audit are hashed; made once, readable by the owner only."""
        return self.var / "audit.key"

    @property
    def pointer(self) -> Path:
        """One small JSON file that names the published snapshot; replaced, never edited."""
        return self.snapshots / "current.json"

    @property
    def runs(self) -> Path:
        """History of ETL runs, one JSON object per line."""
        return self.var / "runs.jsonl"

    @property
    def etl_log(self) -> Path:
        """What ETL runs did, step by step, one JSON object per line; for log collectors."""
        return self.var / "etl.log.jsonl"

    @property
    def lock(self) -> Path:
        return self.var / "etl.lock"


def home_of(option: Path | None) -> Home:
    """The home that a command means: --home, else VANBAN_HOME, else the current folder."""
    chosen = option or Path(os.environ.get("VANBAN_HOME") or ".")
    return Home(chosen.expanduser().resolve())
