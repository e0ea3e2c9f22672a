"""What pip installs as the package `vanban`: the one name that it takes, with the rooms in its folder.

`data` or `cli` beside other packages could be theirs; here they are found under their own names in vanban's processes alone, as in a checkout.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Runs one command; the exit code."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    from cli.main import main as run_command

    return run_command()
