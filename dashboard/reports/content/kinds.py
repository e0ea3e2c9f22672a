"""KINDS: every kind of report and what it is made of. Add a kind here, and nowhere else."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace

from data.errors import ConfigurationError
from metrics.catalog import METRICS

TEMPLATE_VERSION = "6"
"""Raised with every change that alters what a report prints: a pinned report says which one it was written by."""


ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


@dataclass(frozen=True)
class Chapter:
    """`I.` with its sections under `1.`, `2.`; a single section without a title of its own is the chapter."""

    title: str
    sections: tuple[str, ...]
    is_of_figures: bool = False
    """Whether one sentence is left of it where no figure is known."""


@dataclass(frozen=True)
class AnnexPart:
    """`Phụ lục I` made of one section, and the name of its sheet in a workbook."""

    section: str
    title: str
    sheet: str
    is_landscape: bool = True
    is_electronic: bool = False
    """In the workbook alone, not on paper."""
    needed: str = ""
    """The metric that title and sheet name in their last words; those are left out where it is not known."""
    last_words: tuple[str, str] = ("", "")
    """Of title and sheet."""

    def titles(self, known: Set[str]) -> tuple[str, str]:
        """Title and sheet where these metrics are known."""
        if not self.needed or self.needed in known:
            return self.title, self.sheet
        title, sheet = self.last_words
        return self.title.removesuffix(title), self.sheet.removesuffix(sheet)


@dataclass(frozen=True)
class ReportKind:
    """What one kind of report has; which formats it is made in where none is named."""

    name: str
    label: str
    label_en: str
    formats: tuple[str, ...]
    chapters: tuple[Chapter, ...] = ()
    annexes: tuple[AnnexPart, ...] = ()
    has_form: bool = False
    """Whether it is an administrative document with Decree 30's parts."""
    has_slides: bool = False
    abstract: str = ""
    """How its abstract begins: `Sơ kết triển khai`."""
    is_per_unit: bool = False
    """Made for one unit at a time, as that unit's people may see it."""
    has_flow: bool = False
    """Whether a second window may be told beside the period."""
    languages: tuple[str, ...] = ("vi",)
    asks_for: tuple[str, ...] = ()
    """Texts of the department's own (`content.by_hand.own_words`) that it is not complete without."""
    is_periodic: bool = False
    """Named by its period: a month, a quarter, half a year, a year."""

    @property
    def has_one_section(self) -> bool:
        """Whether nothing but its one section is in it, annexes apart."""
        return sum(len(chapter.sections) for chapter in self.chapters) == 1

    @property
    def sections(self) -> tuple[str, ...]:
        """Names of all it is made of, annexes too."""
        return (*(section for chapter in self.chapters for section in chapter.sections), *(part.section for part in self.annexes))


UNIT_ANNEX = AnnexPart("unit_figures", "Số liệu theo đơn vị", "I. Theo đơn vị")
DEFINITIONS_ANNEX = AnnexPart(
    "definitions",
    "Định nghĩa chỉ số, phạm vi loại trừ, số liệu khai báo",
    "II. Định nghĩa, khai báo",
    is_electronic=True,
    needed="electronic_issue_ratio",
    last_words=(", số liệu khai báo", ", khai báo"),
)
CONSISTENCY_ANNEX = AnnexPart(
    "consistency", "Kiểm tra nhất quán, số liệu điều chỉnh so với kỳ trước, nguồn số liệu", "III. Kiểm tra", is_electronic=True
)
ANNEXES = (UNIT_ANNEX, DEFINITIONS_ANNEX, CONSISTENCY_ANNEX)
RESULTS = Chapter("Kết quả triển khai", ("accounts", "documents", "registered", "channels", "progress", "comparison"), is_of_figures=True)

OUTLOOK = (
    Chapter("Đánh giá chung", ("strengths", "difficulties", "causes")),
    Chapter("Phương hướng, nhiệm vụ", ("tasks",)),
    Chapter("Kiến nghị, đề xuất", ("proposals",)),
)

KINDS: tuple[ReportKind, ...] = (
    ReportKind(
        "so-ket",
        "Báo cáo sơ kết",
        "Review report",
        ("docx", "pdf", "xlsx", "pptx"),
        (
            Chapter("Tình hình triển khai", ("guidance", "deployment", "readiness")),
            RESULTS,
            *OUTLOOK,
        ),
        ANNEXES,
        asks_for=("basis", "guidance", "training", "certificates", "requests"),
        abstract="Sơ kết triển khai",
        has_form=True,
        has_slides=True,
        has_flow=True,
    ),
    ReportKind(
        "tom-tat",
        "Báo cáo tóm tắt",
        "Brief",
        ("docx", "pdf", "html"),
        (Chapter("", ("brief",)),),
        languages=("vi", "en"),
        has_flow=True,
    ),
    ReportKind(
        "phut",
        "Bản một phút",
        "The minute",
        ("pdf", "docx", "html"),
        (Chapter("", ("minute",)),),
        languages=("vi", "en"),
    ),
    ReportKind(
        "thang",
        "Báo cáo định kỳ",
        "Periodic report",
        ("docx", "pdf", "xlsx"),
        (
            Chapter("Kết quả trong kỳ", ("month",)),
            Chapter("So sánh giữa các đơn vị", ("comparison",)),
            *OUTLOOK,
        ),
        (UNIT_ANNEX, replace(CONSISTENCY_ANNEX, sheet="II. Kiểm tra")),
        asks_for=("basis",),
        is_periodic=True,
        has_form=True,
        abstract="Kết quả sử dụng",
    ),
    ReportKind(
        "don-vi",
        "Phiếu số liệu đơn vị",
        "Unit sheet",
        ("docx", "pdf"),
        (Chapter("", ("unit_sheet",)),),
        is_per_unit=True,
    ),
    ReportKind(
        "slides",
        "Trình chiếu hội nghị sơ kết",
        "Slides of the review conference",
        ("pptx",),
        has_slides=True,
        abstract="Sơ kết triển khai",
        has_flow=True,
    ),
    ReportKind("phu-luc", "Phụ lục số liệu", "Annex workbook", ("xlsx",), annexes=ANNEXES, has_flow=True),
)

CHANNELS = ("axis_outgoing", "axis_success_ratio", "axis_incoming", "internal_outgoing", "internal_incoming")
_ROWS_OF = {
    "documents": ("document", "declared", "work_file", "paper"),
    "registered": ("registered",),
    "progress": ("due_delivery", "completed_delivery"),
}
GOES_WITH: dict[str, tuple[str, ...]] = {
    "channels": CHANNELS,
    **{section: tuple(one.name for one in METRICS if one.of in rows and one.name not in CHANNELS) for section, rows in _ROWS_OF.items()},
}
"""The metrics that a home does without in its reports when it does without a section: not in tables, slides and other sections' sentences either."""
SWITCHES: tuple[str, ...] = (
    *dict.fromkeys(name for kind in KINDS for chapter in kind.chapters for name in chapter.sections if not kind.has_one_section),
    *(metric.name for metric in METRICS),
)
"""What `[report] without` of a home may name: sections and metrics. Annexes and the only section of a kind always stay."""

_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_named(name: str) -> ReportKind:
    """Raises ConfigurationError naming what there is."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise ConfigurationError(f"There is no report {name!r}. Reports: {', '.join(_BY_NAME)}.") from None
