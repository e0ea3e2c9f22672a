"""What a report is made of: one model that the sections fill and every writer (Word, PDF, Excel, slides, HTML) reads.

All text is finished text in the report's language; numbers in it are already formatted and stand in `Figure`s, never typed. Writers lay out, they
decide nothing about content, and they take every text literally: nothing in it is markup of any kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from data.language import Language as Language

Kind = Literal["text", "count", "rate", "whole_rate", "days", "date"]
"""How a cell or an axis is to be read: a rate is 0 to 1, told in whole per cents where it is of few cases (`whole_rate`); days are a duration."""


@dataclass(frozen=True)
class Figure:
    """One number of the report, with all that is needed to compute it again."""

    key: str
    """Unique in the report and stable from build to build: metric, scope and window make it."""
    metric: str
    label: str
    unit_code: str | None
    """None for the whole organisation; `level:…`, `province:…` and the like as `metrics.query.metric_values` gives them."""
    group: int | None
    tree: str
    period_from: date
    period_to: date
    numerator: int | None
    """None where the data do not speak of it."""
    denominator: int | None
    value: float | None
    kind: Kind
    definition_version: str
    text: str
    """As printed in the report, `61,68% (1.848/2.996)`."""
    failed_checks: tuple[str, ...] = ()
    coverage_days: int | None = None
    """Days of the window that the data speak of; None in reports that were pinned before this was told."""


@dataclass(frozen=True)
class Run:
    """A stretch of text within a paragraph."""

    text: str
    figure: str | None = None
    """Key of the figure whose print this is."""
    is_strong: bool = False
    is_emphasis: bool = False


@dataclass(frozen=True)
class Heading:
    """Level 1 is `I.`, 2 is `1.`, 3 is `a)`; the number is part of the text so that every writer prints the same."""

    level: Literal[1, 2, 3]
    number: str
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text. One that a person edited keeps the sentence that was written from the numbers."""

    key: str
    """Unique in the report and stable from build to build: edits are kept by it."""
    runs: tuple[Run, ...]
    is_edited: bool = False
    written: str | None = None
    """The sentence before it was edited."""
    is_item: bool = False
    """An item of a list: begins with a dash."""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Column:
    """A column of a table; `weight` is its share of the width."""

    title: str
    kind: Kind = "text"
    weight: float = 1.0


@dataclass(frozen=True)
class Cell:
    """A cell: the number itself for spreadsheets, its print for everything else."""

    text: str
    value: float | int | date | None = None
    figure: str | None = None
    is_strong: bool = False
    indent: int = 0
    kind: Kind | None = None
    """How to read the number where the column holds several kinds; None: as the column says."""


@dataclass(frozen=True)
class Table:
    """Rows are as long as `columns`; a row in `strong_rows` (a total, a group's head) is set off."""

    key: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    strong_rows: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Series:
    name: str
    values: tuple[float | None, ...]
    """One per category; None where there is nothing to show."""


@dataclass(frozen=True)
class Chart:
    """`bars` are horizontal (for names), `columns` vertical (for time), `stacked` vertical and on top of one another, `line` over time."""

    key: str
    kind: Literal["bars", "columns", "stacked", "line"]
    caption: str
    alt: str
    """What the chart says, in a sentence, for those who cannot see it."""
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    values_are: Kind = "count"
    target: float | None = None
    """A line to reach, in the values' unit."""
    note: str = ""
    axis_top: float | None = None
    """Where the value axis ends if charts are to be compared with one another; None: beyond the largest value."""


Block = Heading | Paragraph | Table | Chart


@dataclass(frozen=True)
class Annex:
    """Begins a page of its own, with page numbers of its own in the annexes' sequence."""

    number: str
    """Roman, `I`."""
    title: str
    blocks: tuple[Block, ...]
    is_landscape: bool = False
    sheet: str = ""
    """Name of its sheet in a workbook, at most 31 characters."""
    is_electronic: bool = False
    """Only in the workbook and on the page for mail: nobody reads it on paper."""


@dataclass(frozen=True)
class Slide:
    """One slide of the conference deck: a sentence as title, then little."""

    title: str
    blocks: tuple[Block, ...] = ()
    note: str = ""
    """Source, window and cut-off, small at the foot."""


@dataclass(frozen=True)
class Signature:
    authority_lines: tuple[str, ...]
    """`TM. …`, `KT. VIỆN TRƯỞNG`, `PHÓ VIỆN TRƯỞNG`, in print order; capitals are the writer's doing."""
    name: str
    """Empty while nobody is to sign."""


@dataclass(frozen=True)
class OfficialForm:
    """The parts of an administrative document, Decree 30/2020/NĐ-CP, annex I."""

    parent_organ: str
    """Empty where the issuing organ has none above it."""
    issuing_organ: str
    number: int | None
    """None while it has none: a gap is printed for the pen."""
    type_abbreviation: str
    organ_abbreviation: str
    place: str
    dated_on: date
    type_name: str
    abstract: str
    addressees: tuple[str, ...]
    """`Kính gửi`; empty where it goes to no superior."""
    recipients: tuple[str, ...]
    """`Nơi nhận`, without dashes; the last is the archive line, `Lưu: VT, …`."""
    signature: Signature
    has_national_head: bool = True
    """Whether the nation's name and motto stand at the head."""


@dataclass(frozen=True)
class Provenance:
    """What the report was made from; the same provenance and parameters give the same bytes."""

    report: str
    """Name of the kind of report, `so-ket`."""
    template_version: str
    snapshot: str
    content_hash: str
    cutoff_at: datetime | None
    published_at: datetime
    """Of the snapshot: the time that stands in every file's properties, so that a second build gives the same bytes."""
    is_synthetic: bool
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Gap:
    """Something that a report lacks; what it is and what to do about it stand in the translations as `gap.<name>`."""

    name: str
    about: str = ""
    """What it concerns: days, units, figures; in the report's language."""
    is_grave: bool = False
    """There is nothing to pin."""


@dataclass(frozen=True)
class Report:
    """A whole report. `slides` and `form` are None where that kind has none: a workbook of annexes has no form, a unit sheet no slides."""

    language: Language
    title: str
    provenance: Provenance
    blocks: tuple[Block, ...]
    form: OfficialForm | None = None
    annexes: tuple[Annex, ...] = ()
    slides: tuple[Slide, ...] | None = None
    figures: tuple[Figure, ...] = field(default=())
    gaps: tuple[Gap, ...] = ()
    address: str = ""
    """Origin of the dashboard, `https://vanban.example`; empty where the home says none: then nothing refers to it."""
    own: tuple[tuple[str, str], ...] = ()
    """What the department may write itself, by name, as it is now; nothing where this kind of report has none of it."""

    def figure(self, key: str) -> Figure:
        """Raises KeyError where the report has no such figure."""
        for figure in self.figures:
            if figure.key == key:
                return figure
        raise KeyError(key)

    def paragraphs(self) -> Iterator[Paragraph]:
        """Every paragraph that a person may edit, in print order."""
        for block in (*self.blocks, *(block for annex in self.annexes for block in annex.blocks)):
            if isinstance(block, Paragraph):
                yield block
