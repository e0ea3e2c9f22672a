"""What is asked of a report, and all that it is made from beside the snapshot: together they decide every byte."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from dashboard.follow_up.cases import Case
from dashboard.reports.content.blocks import Language
from dashboard.reports.content.settings import ReportSettings
from dashboard.session.policy import PeerPolicy
from dashboard.session.state import Population, Selection
from data.errors import ConfigurationError
from data.organisation import Words
from metrics.periods import Period

LARGEST_NUMBER = 99_999
"""Of a document in its year."""


@dataclass(frozen=True)
class Request:
    """One report: which kind, of which days, for whom. Raises ConfigurationError for a number that no document has, before anything is read."""

    kind: str
    period: Period
    population: Population
    unit_code: str | None = None
    """None: the whole organisation."""
    flow: Period | None = None
    """Days of a second window that documents are told for as well, beside the period."""
    language: Language = "vi"
    number: int | None = None
    """Of the document; None leaves a gap for the pen."""
    dated_on: date | None = None
    """None: the day on which the snapshot was published, so that a second build says the same."""
    without: tuple[str, ...] = ()
    """Names of sections that are left out; annexes never are, since sentences refer to them by number."""

    def __post_init__(self) -> None:
        if self.number is not None and not 1 <= self.number <= LARGEST_NUMBER:
            raise ConfigurationError(f"The document's number must be from 1 to {LARGEST_NUMBER}. Give it without the organ's letters.")

    @property
    def selection(self) -> Selection:
        """The question that the dashboard would ask for the same figures."""
        return Selection(self.unit_code, self.period.from_on, self.period.to_on, self.population, self.language)


@dataclass(frozen=True)
class Explanation:
    """What a unit said of its own figures."""

    unit_code: str
    from_on: date
    to_on: date
    subject: str
    """What it is about, in a few words; explanations of one subject are told together."""
    text: str


@dataclass(frozen=True)
class Restated:
    """A figure that an earlier pinned report printed otherwise."""

    label: str
    scope: str
    period: str
    then: str
    now: str
    cause: str
    report: str
    """The earlier report, as people call it."""


@dataclass(frozen=True)
class Inputs:
    """What an installation adds to the figures; kept with a pinned report, so that later changes do not reach it."""

    organisation: str
    settings: ReportSettings
    targets: tuple[tuple[str, str | None, str | None, date, float, str | None, date | None, str | None], ...] = ()
    """Rows of `metrics.comparison.targets.SCHEMA`; those of older pins lack the last ones."""
    explanations: tuple[Explanation, ...] = ()
    cases: tuple[Case, ...] = ()
    """Follow-up cases as they were approved, of every scope and period."""
    restated: tuple[Restated, ...] = ()
    compared_with: str | None = None
    """The earlier pinned report that `restated` speaks of; None where there is none."""
    peers: PeerPolicy = "named"
    smallest: int = 5
    own: tuple[tuple[str, str], ...] = ()
    """What the department writes itself (`content.by_hand.own_words`), by name."""
    words: Words = field(default_factory=Words)
    """The organisation's own."""
    edits: tuple[tuple[str, str], ...] = field(default=())
    """Sentences that a person wrote in place of those written from the numbers, by the paragraph's key."""
