"""The sections of the reports, in the order in which a review report has them.

Add a section here, a file with `TITLE` and `write(material)`, and its name to a kind of report in `content/kinds.py`: importing this fails where
one of the three is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.kinds import KINDS, ReportKind
from dashboard.reports.content.report_data import Material

FOLDER = Path(__file__).parent
NAMES = (
    "deployment",
    "accounts",
    "documents",
    "channels",
    "progress",
    "comparison",
    "difficulties",
    "proposals",
    "brief",
    "month",
    "unit_sheet",
    "unit_figures",
    "definitions",
    "consistency",
)


@dataclass(frozen=True)
class Section:
    """One section: its title as a heading, and what writes its blocks (headings apart)."""

    name: str
    title: str
    write: Callable[[Material], list[Block]]


def check_sections(names: Iterable[str], files: Iterable[str], kinds: Iterable[ReportKind]) -> None:
    """Raises ImportError, naming the file to mend, for a file without a line here, and for a section that no report or a report wrongly names."""
    known = set(names)
    if forgotten := sorted(set(files) - known):
        raise ImportError(f"sections/{forgotten[0]}.py is not in NAMES of sections/__init__.py: no report could use it. Add its line.")
    used = {section: kind.name for kind in kinds for section in kind.sections}
    for section, kind in used.items():
        if section not in known:
            raise ImportError(f"content/kinds.py: {kind} has a section {section!r}, but there is no sections/{section}.py. Correct its name.")
    if unused := sorted(known - set(used)):
        raise ImportError(f"sections/{unused[0]}.py: no report has this section. Name it in a chapter or an annex of content/kinds.py.")


def _section(name: str) -> Section:
    file = import_module(f"{__name__}.{name}")
    return Section(name, file.TITLE, file.write)


check_sections(NAMES, (path.stem for path in FOLDER.glob("[!_]*.py")), KINDS)
SECTIONS = {name: _section(name) for name in NAMES}
