"""Reports as one viewer may handle them: every step asks the policy first, with the unit and the days of the report itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from dashboard.ledger import Ledger, Pin, has_ledger
from dashboard.ledger.actor import Actor, typed_actor
from dashboard.ledger.pins import Step
from dashboard.reports.archive.approval import answered, gaps_of_pin
from dashboard.reports.archive.differences import Difference
from dashboard.reports.archive.json_record import inputs_of, record_of, request_of
from dashboard.reports.archive.pinning import FIGURES, Verified, differences_of, pin_report, verify, with_restated
from dashboard.reports.archive.report_per_unit import Progress, all_units, archive
from dashboard.reports.content.blocks import Block, Gap, Heading, Report
from dashboard.reports.content.build import build
from dashboard.reports.content.by_hand.edits import with_edits
from dashboard.reports.content.by_hand.own_words import PREFIX
from dashboard.reports.content.inputs import read_inputs, reader_for
from dashboard.reports.content.kinds import KINDS, ReportKind, kind_named
from dashboard.reports.content.request import Request
from dashboard.session import policy
from dashboard.session.queries import AccessDenied
from dashboard.ui.translations import language
from data.paths import Home

FINISHED = ("approved", "published")
"""What those who do not write reports may see."""
Edits = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class KeptReport:
    """A report of the ledger, and what it was asked for."""

    pin: Pin
    request: Request


def all_reports(home: Home) -> list[KeptReport]:
    """Every report of the ledger, whoever may see it, the newest first."""
    if not has_ledger(home):
        return []
    with Ledger(home) as ledger:
        requests = ledger.requests()
        return [KeptReport(pin, request_of(requests[pin.pin_id])) for pin in ledger.pins() if pin.pin_id in requests]


@dataclass(frozen=True)
class PermittedSteps:
    """What a viewer does with reports, on one snapshot."""

    home: Home
    viewer: policy.Viewer
    snapshot: str
    actor: Actor | None = None
    """Who has signed in; None where a name is typed with each act."""

    def may(self, action: policy.Action, request: Request) -> bool:
        """Whether the viewer may do this with the report that is asked for; units have to do with the sheets of units alone."""
        if self.viewer.role == "unit" and not kind_named(request.kind).is_per_unit:
            return False
        return policy.may(self.viewer, action, request.unit_code, (request.period.from_on, request.period.to_on), "report")

    def may_see(self, kept: KeptReport) -> bool:
        """Whether a report of the ledger is the viewer's to see: unfinished ones are for those who pin."""
        return self.may("pin", kept.request) or (kept.pin.status in FINISHED and self.may("read", kept.request))

    def kinds(self) -> tuple[ReportKind, ...]:
        """The kinds that the viewer may build at all."""
        if "build" not in policy.ON_REPORTS.get(self.viewer.role, frozenset()):
            return ()
        return tuple(kind for kind in KINDS if kind.is_per_unit or self.viewer.role != "unit")

    def kept_reports(self) -> list[KeptReport]:
        """The reports of the ledger that the viewer may see, the newest first."""
        return [kept for kept in all_reports(self.home) if self.may_see(kept)]

    @cached_property
    def reports_to_show(self) -> list[KeptReport]:
        """The kept reports as they were when first asked for: to be shown, never to decide by."""
        return self.kept_reports()

    def kept(self, pin_id: int) -> KeptReport:
        """One report of the ledger. Raises AccessDenied where there is none that the viewer may see: which of the two is not told."""
        found = next((kept for kept in self.kept_reports() if kept.pin.pin_id == pin_id), None)
        if found is None:
            raise AccessDenied
        return found

    def edits(self, pin_id: int) -> Edits:
        """The sentences of a draft that a person wrote."""
        self.kept(pin_id)
        with Ledger(self.home) as ledger:
            return inputs_of(ledger.record(pin_id).inputs).edits

    def report(self, request: Request, edits: Edits = ()) -> Report:
        """The report as it would be pinned now, with the department's own words of the edits, and before any sentence is edited."""
        self._require("build", request)
        inputs = replace(read_inputs(self.home, request), edits=own_words_of(edits))
        if has_ledger(self.home):
            with Ledger(self.home) as ledger:
                inputs = with_restated(self.home, ledger, request, inputs, self.snapshot)
        return build(reader_for(self.home, request, inputs, self.snapshot), request, inputs)

    def file(self, kept: KeptReport, name: str) -> bytes:
        """The pinned bytes in a format."""
        return self._file("export", kept.pin.pin_id, name)

    def shown(self, kept: KeptReport, name: str) -> bytes:
        """The pinned bytes to be looked at on the page."""
        return self._file("read", kept.pin.pin_id, name)

    def save(self, request: Request, title: str, edits: Edits, person: str, draft: int | None) -> int:
        """Keeps a draft with its edited sentences; its number in the ledger."""
        self._require("pin", request)
        inputs = replace(read_inputs(self.home, request), edits=edits)
        with self._ledger(person) as ledger:
            if draft is None:
                return ledger.draft(request.kind, title, record_of(request, inputs), person)
            self._require_for_kept("pin", draft)
            ledger.change_draft(draft, record_of(request, inputs), person)
            return draft

    def discard(self, draft: int) -> None:
        """Throws a draft away."""
        self._require_for_kept("pin", draft)
        with self._ledger() as ledger:
            ledger.discard_draft(draft)

    def pin(self, request: Request, person: str, formats: Sequence[str], edits: Edits = (), draft: int | None = None) -> Pin:
        """Freezes a report on the snapshot."""
        self._require("pin", request)
        inputs = replace(read_inputs(self.home, request), edits=edits)
        return pin_report(self.home, request, inputs, person, formats, self.snapshot, draft, actor=self._acting(person))

    def revise(self, kept: KeptReport, person: str, cause: str) -> Pin:
        """Pins the same report anew on the snapshot, with the cause and every figure that changed; edited sentences go along."""
        self._require_for_kept("pin", kept.pin.pin_id)
        inputs = replace(read_inputs(self.home, kept.request), edits=self.edits(kept.pin.pin_id))
        formats = [name for name in kept.pin.files if name != FIGURES]
        return pin_report(self.home, kept.request, inputs, person, formats, self.snapshot, None, kept.pin.pin_id, cause, self._acting(person))

    def gaps(self, kept: KeptReport) -> tuple[Gap, ...]:
        """What a pinned report lacks."""
        self._require_for_kept("approve", kept.pin.pin_id)
        return gaps_of_pin(self.home, kept.pin.pin_id)

    def take_step(self, kept: KeptReport, step: Step, person: str, note: str = "", answers: Mapping[str, str] | None = None) -> None:
        """Approves a pinned report with an answer to each of its gaps, or publishes an approved one."""
        self._require_for_kept("approve", kept.pin.pin_id)
        if step == "approve":
            note = answered(self.gaps(kept), answers or {}, note, language())
        with self._ledger(person) as ledger:
            ledger.take_step(kept.pin.pin_id, step, person, note)

    def differences(self, kept: KeptReport) -> list[Difference]:
        """Each figure of a pinned report that the snapshot gives otherwise, with its cause."""
        self._require_for_kept("read", kept.pin.pin_id)
        return differences_of(self.home, kept.pin.pin_id, self.snapshot)

    def verified(self, kept: KeptReport) -> list[Verified]:
        """What a rebuilding says of every file of a pinned report."""
        self._require_for_kept("pin", kept.pin.pin_id)
        return verify(self.home, kept.pin.pin_id)

    def all_units(self, request: Request, formats: Sequence[str], progress: Progress) -> bytes:
        """One sheet per unit below the request's unit, as a zip."""
        self._require("build", request)
        inputs = read_inputs(self.home, request)
        published_at = reader_for(self.home, replace(request, unit_code=None), inputs, self.snapshot).info.published_at
        return archive(all_units(self.home, request, inputs, formats, self.snapshot, progress), published_at)

    def _file(self, action: policy.Action, pin_id: int, name: str) -> bytes:
        self._require_for_kept(action, pin_id)
        with self._ledger() as ledger:
            content = ledger.file(pin_id, name)
            if action == "export":
                ledger.tell("report.download", pin_id, format=name)
            return content

    def _ledger(self, person: str = "") -> Ledger:
        return Ledger(self.home, self._acting(person))

    def _acting(self, person: str) -> Actor | None:
        """Who acts: who has signed in, else the name that was typed; None leaves it to the ledger to ask for one."""
        return self.actor or (typed_actor(person, self.viewer.role) if person.strip() else None)

    def _require_for_kept(self, action: policy.Action, pin_id: int) -> None:
        """Asks with the unit and the days of the ledger's own report, whatever the page holds."""
        self._require(action, self.kept(pin_id).request)

    def _require(self, action: policy.Action, request: Request) -> None:
        if not self.may(action, request):
            raise AccessDenied


def own_words_of(edits: Edits) -> Edits:
    """Those of the edits that are the department's own words: the report is made with them, and not changed by them."""
    return tuple((key, text) for key, text in edits if key.startswith(PREFIX))


def edited(report: Report, edits: Edits) -> Report:
    """The report with sentences that a person wrote in place of the written ones."""
    known = {block.key for block in report.paragraphs()}
    return replace(report, blocks=with_edits(report.blocks, {key: text for key, text in edits if key in known})) if edits else report


def as_pages(report: Report) -> Report:
    """The report as it can be looked at as pages: a deck without a body shows its slides one below the other."""
    if report.blocks or report.annexes or not report.slides:
        return report
    blocks: list[Block] = []
    for number, slide in enumerate(report.slides, start=1):
        blocks += [Heading(1, f"{number}.", slide.title), *slide.blocks]
    return replace(report, blocks=tuple(blocks))
