"""The official form: Decree 30/2020/NĐ-CP, annex I, part I, as measures and as finished text.

Word and PDF print what stands here, so both carry the same words in the same order. References such as `II.4.b` are to section, clause and point
of that part. Where the decree gives a range, the value is that of its own table of samples (section V) where it has one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from dashboard.reports.content.blocks import Annex, Block, Heading, OfficialForm, Paragraph, Report, Run, Table
from dashboard.reports.layout import text_width as typeface
from dashboard.reports.layout.printable_text import NO_BREAK, kept_together, printable
from dashboard.ui.format import Language
from dashboard.ui.translations import catalogue

POINTS_PER_MM = 72 / 25.4

PAGE_MM = (210.0, 297.0)  # I.1
MARGINS_MM = {"top": 20.0, "bottom": 20.0, "left": 30.0, "right": 15.0}  # I.3
PAGE_NUMBER_FROM_EDGE_MM = 8.0  # I.7: in the top margin


@dataclass(frozen=True)
class Sizes:
    """Type sizes of the form's parts in points."""

    page_number: float = 14.0  # I.7
    nation: float = 12.0  # II.1
    motto: float = 13.0
    organ: float = 12.0  # II.2
    number: float = 13.0  # II.3
    place_and_date: float = 13.0  # II.4
    type_name: float = 14.0  # II.5
    abstract: float = 14.0
    body: float = 14.0  # II.6
    signature: float = 14.0  # II.7
    addressee: float = 14.0  # II.9.d
    recipients_title: float = 12.0
    recipients: float = 11.0
    annex_number: float = 14.0  # III.1
    annex_title: float = 14.0
    annex_reference: float = 14.0
    caption: float = 13.0  # the last three are not the decree's: captions of tables and charts, notes below them, the mark of synthetic data
    note: float = 11.0
    mark: float = 10.0


SIZES = Sizes()
FIRST_LINE_MM = 12.7  # II.6.e: 1 or 1.27 cm
RULE_SHARE = 0.4
"""Of the line above: between 1/3 and 1/2 (II.2.b, II.5.b)."""
HEAD_SPLIT_MM = 72.0
"""Width of the left half of the head; the right one takes the rest."""
SIGNING_SPACE_PT = 72.0
"""For the signature and the seal between authority and name."""

ANNEX_RULE_PT = 100.0

_ENGLISH_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
GAP = NO_BREAK * 8
"""Where a number is to be written in by hand."""


@dataclass(frozen=True)
class Running:
    """How running text is set: type size and gap between paragraphs in points, spacing in lines."""

    size: float
    gap: float
    lines: float


OFFICIAL = Running(SIZES.body, 6.0, 1.15)  # II.6.e: 13 to 14 pt; at least 6 pt; one line to 1.5
PLAIN = Running(13.0, 5.0, 1.0)
"""Of papers without the form, which are to be short."""


@dataclass(frozen=True)
class Area:
    """The page between its margins, in points."""

    width: float
    height: float


def form_words(language: Language) -> dict[str, str]:
    """What the form itself says; in English as the Government's own translations have it."""
    return {key.removeprefix("form."): text for key, text in catalogue(language).items() if key.startswith("form.")}


@dataclass(frozen=True)
class Lines:
    """Centred lines, broken by measure, with the length of the rule below them in points."""

    lines: tuple[str, ...]
    rule_pt: float


@dataclass(frozen=True)
class Parts:
    """The form's parts in print order, ready to be set."""

    parent: tuple[str, ...]
    organ: Lines
    nation: str
    """Empty, like the motto, where the form has no national head."""
    motto: Lines
    number: str
    place_and_date: str
    type_name: str
    abstract: Lines
    to: str
    addressees: tuple[str, ...]
    recipients_title: str
    recipients: tuple[str, ...]
    authority: tuple[str, ...]
    signer: str


@dataclass(frozen=True)
class AnnexHead:
    """What stands above an annex; no reference where the report has no form."""

    number: str
    title: tuple[str, ...]
    reference: tuple[str, ...]


def literal(text: str) -> str:
    """Text as both writers print it: one line, nothing that steers, letters and their marks composed."""
    return unicodedata.normalize("NFC", printable(text))


def area(is_landscape: bool = False) -> Area:
    """What the margins leave; a page on its side keeps its margins to the reader's left, right, top and bottom."""
    across, down = reversed(PAGE_MM) if is_landscape else PAGE_MM
    return Area(
        (across - MARGINS_MM["left"] - MARGINS_MM["right"]) * POINTS_PER_MM, (down - MARGINS_MM["top"] - MARGINS_MM["bottom"]) * POINTS_PER_MM
    )


def parts(form: OfficialForm, language: Language) -> Parts:
    """All parts of the form as text."""
    words = form_words(language)
    left = HEAD_SPLIT_MM * POINTS_PER_MM
    parent = balanced(literal(form.parent_organ).upper(), SIZES.organ, left)
    recipients = _ended([literal(line) for line in form.recipients])
    return Parts(
        parent=parent if form.parent_organ else (),
        organ=_ruled(literal(form.issuing_organ).upper(), SIZES.organ, left),
        nation=words["nation"] if form.has_national_head else "",
        motto=Lines((words["motto"],), typeface.width_pt(words["motto"], SIZES.motto, is_bold=True)) if form.has_national_head else Lines((), 0.0),
        number=f"{words['number']} {_number(form)}/{_symbol(form)}",
        place_and_date=f"{literal(form.place)}, {_full_date(form.dated_on, language)}" if form.place else _full_date(form.dated_on, language),
        type_name=literal(form.type_name).upper(),
        abstract=_ruled(kept_together(literal(form.abstract)), SIZES.abstract, area().width * 0.85),
        to=words["to"],
        addressees=_addressees([literal(line) for line in form.addressees]),
        recipients_title=words["recipients"],
        recipients=tuple(f"- {line}" for line in recipients),
        authority=tuple(literal(line).upper() for line in form.signature.authority_lines),
        signer=literal(form.signature.name),
    )


def title_lines(title: str) -> tuple[str, ...]:
    """The title of a paper without the form."""
    return balanced(kept_together(title), SIZES.type_name, area().width * 0.9, is_bold=True)


def annex_head(annex: Annex, form: OfficialForm | None, language: Language) -> AnnexHead:
    """`Phụ lục I` (without a number where it has none), its title in capitals, and what it belongs to (III.1.b and c)."""
    width = area(annex.is_landscape).width
    number = f"{form_words(language)['annex']} {literal(annex.number)}".strip()
    title = balanced(literal(annex.title).upper(), SIZES.annex_title, width, is_bold=True)
    return AnnexHead(number, title, () if form is None else balanced(_annex_reference(form, language), SIZES.annex_reference, width))


def heading_text(heading: Heading) -> str:
    """`I. CAPITALS`, `1. Text`, `a) Text` (section V, 6)."""
    text = f"{literal(heading.number)} {literal(heading.text)}".strip()
    return text.upper() if heading.level == 1 else text


def paragraph_runs(paragraph: Paragraph) -> tuple[Run, ...]:
    """The runs in print order, an item with its dash."""
    runs = tuple(replace(run, text=literal(run.text)) for run in paragraph.runs)
    return (Run("- "), *runs) if paragraph.is_item else runs


def running(report: Report) -> Running:
    """How the report's running text is set."""
    return PLAIN if report.form is None else OFFICIAL


def body(report: Report) -> tuple[Block, ...]:
    """What stands between head and signature; a deck that has slides alone is printed slide after slide."""
    if report.blocks or not report.slides:
        return closed(report.blocks) if report.form else report.blocks
    blocks: list[Block] = []
    for place, slide in enumerate(report.slides):
        blocks += [Heading(2, f"{place + 1}.", slide.title), *slide.blocks]
        if slide.note:
            blocks.append(Paragraph(f"note.{place}", (Run(slide.note, is_emphasis=True),)))
    return tuple(blocks)


def printed_annexes(report: Report) -> tuple[Annex, ...]:
    """Those that stand on paper."""
    return tuple(annex for annex in report.annexes if not annex.is_electronic)


def annex_blocks(annex: Annex, form: OfficialForm | None) -> tuple[Block, ...]:
    """What stands below the annex's title."""
    return closed(annex.blocks) if form else annex.blocks


def closed(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with `./.` at the end of the last one if that is running text, as the decree's samples end (annex III, forms 1.4, 2.1 and 2.2)."""
    if not blocks or not isinstance(last := blocks[-1], Paragraph) or not last.text.strip() or last.text.rstrip().endswith("./."):
        return tuple(blocks)
    end = "/." if last.text.rstrip().endswith(".") else "./."
    runs = (*last.runs[:-1], replace(last.runs[-1], text=last.runs[-1].text.rstrip()), Run(end))
    return (*blocks[:-1], replace(last, runs=runs))


def balanced(text: str, size: float, width: float, is_bold: bool = False) -> tuple[str, ...]:
    """The text in as few lines as `width` points allow, the lines about equally long; a word that no line holds is cut.

    What spaces that do not break hold together is broken only where no line holds it.
    """
    chunks = re.split(r"[ ]+", text.strip())
    words = [word for chunk in chunks for word in ([chunk] if typeface.width_pt(chunk, size, is_bold) <= width else chunk.split(NO_BREAK))]
    words = [piece for word in words for piece in _pieces(word, size, width, is_bold)]
    lines = _filled(words, size, width, is_bold)
    longest = max((typeface.width_pt(word, size, is_bold) for word in words), default=0.0)
    low, high = longest, width
    for _ in range(20):
        middle = (low + high) / 2
        if len(_filled(words, size, middle, is_bold)) == len(lines):
            high = middle
        else:
            low = middle
    return tuple(_filled(words, size, high, is_bold))


def stays_with_signature(blocks: Sequence[Block], place: int) -> bool:
    """Whether a block is one of the last, so that no signature stands on a page with one line or none: the last, and the paragraph before it."""
    return place == len(blocks) - 1 or (place == len(blocks) - 2 and isinstance(blocks[place], Paragraph))


def above_heading_pt(blocks: Sequence[Block], place: int, gap: float) -> float:
    """What is left free above a heading, in points, `gap` between paragraphs: more before a chapter, and below a table that has no note."""
    heading, before = blocks[place], blocks[place - 1] if place else None
    is_chapter = isinstance(heading, Heading) and heading.level == 1
    return gap * (2 if is_chapter else 1) + (gap if isinstance(before, Table) and not before.note else 0.0)


def dash_pt() -> float:
    """Width of an addressee's dash: its later lines begin where its first one does, past it."""
    return typeface.width_pt("- ", SIZES.addressee)


def addressee_indents(texts: Parts, width: float) -> tuple[float, float]:
    """Left edge of `Kính gửi:` and of the dashes, which stand in line under its colon (II.9.d), in points."""
    lead = typeface.width_pt(texts.to[:-1], SIZES.addressee)
    longest = max((typeface.width_pt(line, SIZES.addressee) for line in texts.addressees), default=0.0)
    left = max(FIRST_LINE_MM * POINTS_PER_MM, (width - lead - longest) / 2)
    return left, left + lead


def _ruled(text: str, size: float, width: float) -> Lines:
    lines = balanced(text, size, width - 4, is_bold=True)
    return Lines(lines, RULE_SHARE * max((typeface.width_pt(line, size, is_bold=True) for line in lines), default=0.0))


def _filled(words: Sequence[str], size: float, width: float, is_bold: bool) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and typeface.width_pt(longer, size, is_bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _pieces(word: str, size: float, width: float, is_bold: bool) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and typeface.width_pt(pieces[-1] + character, size, is_bold) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def _number(form: OfficialForm) -> str:
    return GAP if form.number is None else f"{form.number:02d}"  # II.3.c: below 10 with a leading zero


def _symbol(form: OfficialForm) -> str:
    return "-".join(part for part in (literal(form.type_abbreviation), literal(form.organ_abbreviation)) if part)


def _full_date(day: date, language: Language) -> str:
    if language == "en":
        return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"
    month = f"{day.month:02d}" if day.month <= 2 else f"{day.month}"  # II.4.b: days below 10, months 1 and 2
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def _annex_reference(form: OfficialForm, language: Language) -> str:
    name, organ = literal(form.type_name), literal(form.issuing_organ)
    day, number = _full_date(form.dated_on, language), f"{_number(form)}/{_symbol(form)}"
    if language == "en":
        return f"(Attached to {name} No. {number} of {day} of {organ})"
    return f"(Kèm theo {name[:1].upper()}{name[1:].lower()} số {number} {day} của {organ})"


def _addressees(names: Sequence[str]) -> tuple[str, ...]:
    """One stands on the line of `Kính gửi:`; several stand below it, each with a dash (II.9.d)."""
    return tuple(names) if len(names) < 2 else tuple(f"- {name}" for name in _ended(names))


def _ended(names: Sequence[str]) -> list[str]:
    """Lines of a list: semicolons, and a full stop after the last."""
    plain = [name.rstrip(" ;.,") for name in names]
    return [f"{name}{'.' if place == len(plain) - 1 else ';'}" for place, name in enumerate(plain)]
