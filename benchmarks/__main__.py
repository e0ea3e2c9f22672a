"""`python -m benchmarks [NAME] [--size N] [--keep FOLDER]`: one question or all of them.

A question is a file of this folder with `measure(events, kept_in)`.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.measured import DEFAULT_SIZES, HEADER


def questions() -> list[str]:
    """The files that answer one, by name."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if "\ndef measure(" in path.read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="vanban bench", description="Time us against others, in turn on generated data.")
    parser.add_argument("name", nargs="?", choices=questions(), help="one question (default: all)")
    parser.add_argument("--size", type=float, action="append", help="million events; may be given several times (default: the question's own)")
    parser.add_argument("--keep", type=Path, help="folder in which generated data stay")
    given = parser.parse_args()
    print(HEADER)
    for question in [given.name] if given.name else questions():
        module = import_module(f"benchmarks.{question}")
        for events in [int(millions * 1_000_000) for millions in given.size or ()] or getattr(module, "DEFAULT_SIZES", DEFAULT_SIZES):
            print(f"{question}, {events:,} events: making the data and measuring …", file=sys.stderr, flush=True)
            for row in module.measure(events, given.keep):
                print(row, flush=True)


if __name__ == "__main__":
    main()
