"""Puts the commit into what hatchling builds, as `vanban bundle` does into bundles: a package has no history of its own."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CommitHook(BuildHookInterface[Any]):
    """Adds the file that `vanban --version` reads where there is no .git; none where nothing tells the commit."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.insert(0, self.root)  # the front ends of pip and build leave the project's folder out
        from data.version import COMMIT_FILE, program_commit

        self.folder = tempfile.TemporaryDirectory()
        if commit := program_commit():
            written = Path(self.folder.name) / COMMIT_FILE.name
            written.write_text(f"{commit}\n", encoding="utf-8")
            build_data["force_include"][str(written)] = COMMIT_FILE.name

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        self.folder.cleanup()
