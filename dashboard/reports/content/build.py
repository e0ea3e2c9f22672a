"""A report from a request: sections in the order of its kind, numbered headings, the official form, and every figure that was used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Set
from dataclasses import replace
from zoneinfo import ZoneInfo

from dashboard.reports.content.blocks import Annex, Block, Chart, Heading, OfficialForm, Paragraph, Provenance, Report, Signature, Slide, Table
from dashboard.reports.content.by_hand.edits import with_edits
from dashboard.reports.content.by_hand.own_words import PASSAGES
from dashboard.reports.content.conference_slides import conference_slides
from dashboard.reports.content.facts.units import require_unit
from dashboard.reports.content.gaps import gaps_of
from dashboard.reports.content.kinds import GOES_WITH, ROMAN, TEMPLATE_VERSION, AnnexPart, ReportKind, kind_named
from dashboard.reports.content.numbering import Numbering, doubts_marked, referred_to
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.request import Inputs, Request
from dashboard.reports.content.sections import SECTIONS
from dashboard.reports.content.text import in_sentence, official_day, period_name, window
from dashboard.reports.layout.printable_text import NO_BREAK, printable
from dashboard.session.queries import Reader
from data.errors import ConfigurationError
from data.language import in_words, use_words
from metrics.catalog import METRICS
from metrics.query.coverage import clipped

SAY_THEMSELVES = {"deployment", "strengths", "difficulties", "tasks", "proposals", "consistency", "brief"}
"""Sections that tell failed checks in their own words, or none of whose figures they could concern."""

ALL_METRICS = frozenset(one.name for one in METRICS)

NATIONAL_TIME = "Asia/Ho_Chi_Minh"


def build(reader: Reader, request: Request, inputs: Inputs) -> Report:
    """The report that the request asks for, on the reader's snapshot; equal arguments give an equal report.

    Raises ConfigurationError for an unknown kind, unit or language, and AccessDenied where the reader's viewer may not see the figures.
    """
    use_words(inputs.words)
    never = inputs.settings.without
    kind = _without(kind_named(request.kind), request.without)
    reader = replace(reader, left_out=frozenset(name for one in never for name in (one, *GOES_WITH.get(one, ()))))
    covered = _on_covered_days(reader, request)
    data = ReportData(reader, covered, inputs, request if covered != request else None, kind.is_per_unit)
    _verify(data, kind, request)
    kind = _without_unknown(data, kind, never)
    blocks = tuple(doubts_marked(_chapters(data, kind), data.all_figures, data.language))
    annexes = tuple(_annex(data, number, part, kind.has_form) for number, part in zip(ROMAN, kind.annexes, strict=False))
    blocks = with_edits(blocks, dict(inputs.edits))
    slides = conference_slides(data, _abstract(data, kind), {*request.without, *never}) if kind.has_slides else None
    figures = data.figures_by_key(_used(blocks, annexes, slides or ()))
    return Report(
        language=request.language,
        title=_title(data, kind),
        provenance=_provenance(data, kind),
        blocks=blocks,
        form=_form(data, kind) if kind.has_form else None,
        annexes=annexes,
        slides=slides,
        figures=figures,
        address=inputs.settings.address,
        gaps=gaps_of(data, kind, blocks, figures),
        own=tuple((name, data.own_words.get(name, "")) for name in PASSAGES) if kind.has_form else (),
    )


def sections_of(kind: ReportKind, known: Set[str] = ALL_METRICS, without: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """Name and title of the sections that may be left out of a kind of report; none where it has but one.

    Of what is not among the `known` metrics, or what the home does without, there are none to begin with.
    """
    names = [name for chapter in kind.chapters for name in chapter.sections if name not in without and SECTIONS[name].is_known(known)]
    return tuple((name, SECTIONS[name].title(known)) for name in names) if len(names) > 1 else ()


def _without(kind: ReportKind, names: tuple[str, ...]) -> ReportKind:
    """The kind without some sections, and without chapters that have none left. Raises ConfigurationError for a section that it has not."""
    known = dict(sections_of(kind))
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise ConfigurationError(f"{kind.name} has no section {unknown[0]!r} to leave out. Sections: {', '.join(known) or 'only one'}.")
    if names and set(names) == set(known):
        raise ConfigurationError(f"Every section of {kind.name} is left out. Keep at least one.")
    chapters = [replace(chapter, sections=tuple(name for name in chapter.sections if name not in names)) for chapter in kind.chapters]
    return replace(kind, chapters=tuple(chapter for chapter in chapters if chapter.sections))


def _without_unknown(data: ReportData, kind: ReportKind, never: Collection[str]) -> ReportKind:
    """The kind without sections that the home does without or its sources deliver nothing of; as it is where nothing would be left.

    Raises ConfigurationError where the home does without all of them.
    """

    def is_told(name: str) -> bool:
        return name not in never and SECTIONS[name].is_known(data.known)

    if kind.chapters and all(name in never for chapter in kind.chapters for name in chapter.sections):
        raise ConfigurationError(f"vanban.toml, [report]: without leaves out every section of {kind.name}. Keep at least one of them.")
    chapters = [replace(chapter, sections=tuple(filter(is_told, chapter.sections))) for chapter in kind.chapters]
    return replace(kind, chapters=tuple(chapter for chapter in chapters if chapter.sections) or kind.chapters)


def _on_covered_days(reader: Reader, request: Request) -> Request:
    """The request with both windows cut to the days that the data speak of: no report counts days of which nothing is known."""
    flow = clipped(reader.info, request.flow) if request.flow else None
    return replace(request, period=clipped(reader.info, request.period), flow=flow)


def _verify(data: ReportData, kind: ReportKind, request: Request) -> None:
    if request.language not in kind.languages:
        raise ConfigurationError(f"{kind.name} is not written in {request.language!r}. Languages: {', '.join(kind.languages)}.")
    if request.unit_code is not None:
        require_unit(data.tree, request.unit_code)
    if kind.is_per_unit and request.unit_code is None:
        raise ConfigurationError(f"{kind.name} is the report of one unit. Name it with --unit CODE, or take --all-units.")
    if request.flow is not None and not kind.has_flow:
        raise ConfigurationError(f"{kind.name} tells one window only. Leave out --flow-from and --flow-to.")
    if request.flow is not None and not (request.period.from_on <= request.flow.from_on and request.flow.to_on <= request.period.to_on):
        raise ConfigurationError(f"The second window ({request.flow.from_on} to {request.flow.to_on}) must lie within the period. Move its days.")


def _chapters(data: ReportData, kind: ReportKind) -> Iterator[Block]:
    numbering = Numbering() if kind.has_form else None
    if kind.has_form:
        yield from data.own("basis")
        yield data.say("lead")
    if kind.chapters and data.asked is not None and data.asked.period != data.period:
        yield data.say("covered", asked=data.asked.period, days=data.period.days)
    for number, chapter in zip(ROMAN, kind.chapters, strict=False):
        if chapter.title:
            yield Heading(1, f"{number}.", chapter.title)
        if number == ROMAN[0] and kind.has_form:
            yield from _abbreviation(data)
        parts = [(name, written) for name in chapter.sections if (written := _told(data, name, numbering))]
        if chapter.is_of_figures and len(parts) > 1 and all(one.numerator is None for one in data.all_figures.values()):
            yield data.say("results.no_data", about=[in_sentence(SECTIONS[name].title(data.known)) for name, _ in parts])
            continue
        for place, (name, written) in enumerate(parts, start=1):
            if len(parts) > 1:
                yield Heading(2, f"{place}.", SECTIONS[name].title(data.known))
            yield from written
        if number == ROMAN[0] and kind.has_form:
            yield from _annexes_named(data, kind)
    if kind.has_form:
        yield from data.own("closing") or [_closing(data, kind)]


def _told(data: ReportData, name: str, numbering: Numbering | None) -> list[Block]:
    """A section with what is doubtful beside it; in an official document its tables and charts are numbered and referred to."""
    written = _with_doubts(data, name, SECTIONS[name].write(data))
    return referred_to(data, name, numbering.numbered(written)) if numbering else written


def _abbreviation(data: ReportData) -> Iterator[Paragraph]:
    """What the names of organs are abbreviated to, before the first of them."""
    words = data.inputs.words
    if words.abbreviation and data.inputs.organisation:
        yield data.say("abbreviation", organisation=printable(data.inputs.organisation), abbreviation=words.abbreviation)


def _annexes_named(data: ReportData, kind: ReportKind) -> Iterator[Paragraph]:
    """Every annex, referred to once."""
    titles = [
        f"Phụ lục {number}{' (bản điện tử)' if part.is_electronic else ''}: {in_sentence(part.titles(data.known)[0])}"
        for number, part in zip(ROMAN, kind.annexes, strict=False)
    ]
    if titles:
        yield data.say("annexes", annexes=[printable(in_words(title, data.language)) for title in titles])


def _closing(data: ReportData, kind: ReportKind) -> Paragraph:
    addressee = printable("; ".join(data.inputs.settings.addressees))
    return data.say("closing", subject=_abstract(data, kind).partition(" (từ")[0].replace(NO_BREAK, " "), addressee=addressee)


def _annex(data: ReportData, number: str, part: AnnexPart, is_numbered: bool) -> Annex:
    title, sheet = part.titles(data.known)
    written = SECTIONS[part.section].write(data)
    blocks = doubts_marked(Numbering(number).numbered(written) if is_numbered else written, data.all_figures, data.language)
    return Annex(number, printable(title), tuple(blocks), part.is_landscape, sheet, part.is_electronic)


def _with_doubts(data: ReportData, name: str, written: list[Block]) -> list[Block]:
    """The section with what is doubtful said after its sentences, before its tables and charts."""
    place = next((place for place, block in enumerate(written) if isinstance(block, Table | Chart)), len(written))
    return [*written[:place], *_doubts(data, name, written), *written[place:]]


def _doubts(data: ReportData, name: str, written: list[Block]) -> Iterator[Paragraph]:
    """The failed checks that concern figures of a section's sentences, said beside them."""
    if name in SAY_THEMSELVES:
        return
    metrics = {key.partition(":")[0] for key in _used([block for block in written if isinstance(block, Paragraph)], (), ())}
    for check in data.failed_checks():
        if metrics & set(check.concerns):
            yield data.say(f"{name}.check.{check.name}", "doubt", doubt=data.failed_check_text(check))


def _title(data: ReportData, kind: ReportKind) -> str:
    unit = f" – {data.name_of(data.request.unit_code)}" if data.request.unit_code else ""
    label = kind.label if data.language == "vi" else kind.label_en
    if kind.is_periodic and (name := period_name((data.asked or data.request).period)):
        return f"Báo cáo {name}{unit}"
    return f"{label}{unit} ({window(data.period, data.language)})"


def _abstract(data: ReportData, kind: ReportKind) -> str:
    trial = "thí điểm " if data.is_trial else ""
    where = f" tại {data.name_of(data.request.unit_code).replace(' ', NO_BREAK)}" if data.request.unit_code else ""
    first, last = official_day(data.period.from_on, data.language), official_day(data.period.to_on, data.language)
    name = period_name((data.asked or data.request).period) if kind.is_periodic else ""
    system = printable(data.inputs.settings.system).replace(" ", NO_BREAK)  # a title does not break within a name
    return f"{kind.abstract} {trial}{system}{where}{f' {name}' if name else ''} (từ ngày {first} đến ngày {last})"


def _form(data: ReportData, kind: ReportKind) -> OfficialForm:
    settings, info = data.inputs.settings, data.info
    dated_on = data.request.dated_on or info.published_at.astimezone(ZoneInfo(info.time_zone)).date()
    archive = ", ".join(filter(None, ("Lưu: VT", printable(settings.unit_abbreviation))))
    return OfficialForm(
        parent_organ=printable(settings.parent_organ),
        issuing_organ=printable(settings.issuing_organ),
        number=data.request.number,
        type_abbreviation="BC",
        organ_abbreviation=printable(settings.organ_abbreviation),
        place=printable(settings.place),
        dated_on=dated_on,
        type_name="Báo cáo",
        abstract=_abstract(data, kind),
        addressees=tuple(map(printable, settings.addressees)),
        recipients=(*map(printable, settings.recipients), archive),
        signature=Signature(tuple(map(printable, settings.signer_authority)), printable(settings.signer_name)),
        has_national_head=info.time_zone == NATIONAL_TIME if settings.national_head is None else settings.national_head,
    )


def _provenance(data: ReportData, kind: ReportKind) -> Provenance:
    info, request = data.info, data.asked or data.request
    parameters = {
        "period": f"{request.period.from_on.isoformat()}/{request.period.to_on.isoformat()}",
        "population": request.population,
        "unit": request.unit_code or "",
        "flow": f"{request.flow.from_on.isoformat()}/{request.flow.to_on.isoformat()}" if request.flow else "",
        "language": request.language,
        "number": str(request.number or ""),
        "dated": request.dated_on.isoformat() if request.dated_on else "",
        "without": ", ".join(request.without),
    }
    return Provenance(
        report=kind.name,
        template_version=TEMPLATE_VERSION,
        snapshot=info.snapshot,
        content_hash=info.content_hash,
        cutoff_at=info.cutoff_at.astimezone(ZoneInfo(info.time_zone)),
        published_at=info.published_at,
        is_synthetic=info.is_synthetic,
        parameters=tuple((name, value) for name, value in parameters.items() if value),
    )


def _used(blocks: Iterable[Block], annexes: Iterable[Annex], slides: Iterable[Slide]) -> Iterator[str]:
    """Keys of the figures that are printed, in print order."""
    for block in (*blocks, *(one for annex in annexes for one in annex.blocks), *(one for slide in slides for one in slide.blocks)):
        if isinstance(block, Paragraph):
            yield from (run.figure for run in block.runs if run.figure is not None)
        elif isinstance(block, Table):
            yield from (cell.figure for row in block.rows for cell in row if cell.figure is not None)
        elif isinstance(block, Chart):
            continue
