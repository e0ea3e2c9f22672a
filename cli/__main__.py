"""Runs the command line: `python cli` from the wrapper and from any folder, `python -m cli` by hand."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # the project, and not this folder, is where packages are found

from cli.main import main  # noqa: E402

sys.exit(main())
