"""Official reports: sections fill one block model, one writer per format lays it out; everything a report says comes from a snapshot.

FORMATS is the ordered table of contents of the writers: add a format here, and a file with `write(report)` beside.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from dashboard.reports.content.blocks import Report
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


def format_named(name: str) -> Format:
    """Raises ConfigurationError naming what there is."""
    for known in FORMATS:
        if known.name == name:
            return known
    raise ConfigurationError(f"There is no format {name!r}. Choose of: {', '.join(known.name for known in FORMATS)}.")
