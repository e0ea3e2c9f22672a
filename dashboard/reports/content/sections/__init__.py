"""The sections of reports, one file each, here or in a room of this one: `TITLE`, `write(data)` which gives its blocks, `SPEAKS_OF` where it is
left out without any of these metrics, and `title_where(known)` where the title depends on which metrics are known.

A section is added as a file here and by its name in a kind of report (`content/kinds.py`); where one of the two is missing, importing this fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.kinds import KINDS, ReportKind
from dashboard.reports.content.report_data import ReportData
from data.language import in_words

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Section:
    """One section: its title as a heading, in the organisation's words, and what writes its blocks (headings apart)."""

    name: str
    title_where: Callable[[Set[str]], str]
    """Its title where these metrics are known."""
    write: Callable[[ReportData], list[Block]]
    speaks_of: tuple[str, ...] = ()
    """Metrics; where an installation has none of them, the section is left out."""

    def title(self, known: Set[str]) -> str:
        return in_words(self.title_where(known), "vi")

    def is_known(self, known: Set[str]) -> bool:
        """Whether there is anything to tell where these metrics are known."""
        return not self.speaks_of or bool(known & set(self.speaks_of))


def check_sections(files: Iterable[str], kinds: Iterable[ReportKind]) -> list[str]:
    """The names of all sections. Raises ImportError, naming the file to mend, for a section without a report and a report's unknown section."""
    present, used = set(files), {section: kind.name for kind in kinds for section in kind.sections}
    for section, kind in used.items():
        if section not in present:
            raise ImportError(f"content/kinds.py: {kind} has a section {section!r}, but there is no sections/{section}.py. Correct its name.")
    if unused := sorted(present - set(used)):
        raise ImportError(f"sections/{unused[0]}.py: no report has this section. Name it in a chapter or an annex of content/kinds.py.")
    return list(used)


def _section(name: str) -> Section:
    file = import_module(".".join((__name__, *FILES[name].relative_to(FOLDER).with_suffix("").parts)))
    title_where = getattr(file, "title_where", lambda known: file.TITLE)
    return Section(name, title_where, file.write, tuple(getattr(file, "SPEAKS_OF", ())))


FILES = {path.stem: path for path in FOLDER.rglob("[!_]*.py")}
SECTIONS = {name: _section(name) for name in check_sections(FILES, KINDS)}
