"""Official reports: sections fill one block model, one writer per format lays it out; everything a report says comes from a snapshot.

FORMATS is the ordered table of contents of the writers: add a format here, and a file with `write(report)` beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from dashboard.reports.content.blocks import Report
from dashboard.reports.content.kinds import KINDS
from data.errors import ConfigurationError


@dataclass(frozen=True)
class Format:
    """One kind of file; `write` imports its writer when it is first asked for, since each brings a heavy library."""

    name: str
    module: str
    suffix: str
    media_type: str
    label: str

    def write(self, report: Report) -> bytes:
        """The finished file; the same report gives the same bytes."""
        written: bytes = import_module(f"dashboard.reports.writers.{self.module}").write(report)
        return written


FORMATS: tuple[Format, ...] = (
    Format("docx", "word", ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"),
    Format("pdf", "pdf", ".pdf", "application/pdf", "PDF"),
    Format("xlsx", "excel", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
    Format("pptx", "slides", ".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint"),
    Format("html", "html", ".html", "text/html; charset=utf-8", "HTML"),
)


def check_writers(modules: Iterable[str], writers: Iterable[str], wanted: Iterable[str]) -> None:
    """Raises ImportError, naming the file to mend, for a writer that is no format, a format without a writer, and a report's unknown format."""
    named, written = set(modules), set(writers)
    if unused := sorted(written - named):
        raise ImportError(f"writers/{unused[0]}.py writes reports, but no format of writers/__init__.py names it. Add its line to FORMATS.")
    if missing := sorted(named - written):
        raise ImportError(f"writers/__init__.py: FORMATS names {missing[0]!r}, but there is no writers/{missing[0]}.py with write(report).")
    if unknown := sorted(set(wanted) - {known.name for known in FORMATS}):
        raise ImportError(f"content/kinds.py: a report is made in the format {unknown[0]!r}, which FORMATS of writers/__init__.py has not.")


def _writers() -> set[str]:
    """Names of the files here that write reports."""
    return {path.stem for path in Path(__file__).parent.glob("*.py") if "\ndef write(report: Report)" in path.read_text(encoding="utf-8")}


check_writers((known.module for known in FORMATS), _writers(), (name for kind in KINDS for name in kind.formats))


def format_named(name: str) -> Format:
    """Raises ConfigurationError naming what there is."""
    for known in FORMATS:
        if known.name == name:
            return known
    raise ConfigurationError(f"There is no format {name!r}. Choose of: {', '.join(known.name for known in FORMATS)}.")
