"""Mails of a schedule: the minute of the week or month that has ended, and cases that alerts opened, to each who asked and may see them.

Every mail is claimed in the ledger before it leaves: however often, and from however many processes this is called, nobody gets anything twice.
What one recipient gets is made with their own eyes: text and file hold nothing that their page would not show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial

from dashboard.follow_up.alerts import OPENER
from dashboard.follow_up.cases import Case, all_cases
from dashboard.follow_up.recipients import Recipient, recipients
from dashboard.ledger.subscriptions import Subscription, Subscriptions
from dashboard.reports.archive.mail import MailSettings, mail_settings, message, send
from dashboard.reports.archive.report_per_unit import file_stem, population_of_unit
from dashboard.reports.content.blocks import Paragraph, Report, Table
from dashboard.reports.content.build import build
from dashboard.reports.content.inputs import population_in, read_inputs, statistics_reader, usual_population
from dashboard.reports.content.request import Inputs, Request
from dashboard.reports.writers import format_named
from dashboard.session.address import link
from dashboard.session.queries import Reader
from dashboard.session.sign_in import read_sign_in
from dashboard.session.state import Selection
from dashboard.ui import format as written
from dashboard.ui.translations import in_language_of
from dashboard.ui.unit_names import UnitTree, unit_tree
from data.configuration import read_configuration
from data.errors import ConfigurationError, SourceUnreachable
from data.paths import Home
from metrics.catalog import metric
from metrics.periods import Period, iso_week, month, period_before

MINUTE = "phut"
OLDEST_CASE = timedelta(days=35)
"""An alert that could not be mailed for so long is old news."""
SUBJECTS = {
    "fall": "follow_up.mail_fall",
    "rise": "follow_up.mail_rise",
    "target_lost": "follow_up.mail_target_lost",
    "silent": "follow_up.mail_silent",
    "late_data": "follow_up.mail_late_data",
}
"""By what was found (`Case.found`)."""
Mail = tuple[str, str, dict[str, bytes]]
"""Subject, text and files by name."""
Due = Iterator[tuple[str, str | None, Period, Callable[[], Mail]]]
"""Mails that are due to somebody: name of the thing, the unit and the days that it is of, and what makes the mail."""


@dataclass
class Sent:
    """What one call did."""

    mails: int = 0
    recipients: int = 0
    """Of all who may get mails now."""
    shut_out: list[tuple[str, str]] = field(default_factory=list)
    """Address and reason (`disabled`, `none`, `several`, `unit`, `policy`) of who asked and gets nothing now."""
    unsure: list[tuple[str, str]] = field(default_factory=list)
    """Address and thing of mails whose sending broke off earlier: they may have arrived, and are not sent again."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Address, and what the mail server said; the next call tries again."""


@dataclass
class Post:
    """One home's mails on one snapshot, for the length of one call."""

    home: Home
    settings: MailSettings
    address: str
    """Of the dashboard, for links; empty where the home names none."""
    inputs: Inputs
    whole: Reader
    """The statistics department's, for the snapshot and names of units."""
    tree: UnitTree
    made: dict[tuple[str, Request], Mail] = field(default_factory=dict)

    def minute(self, to: Recipient, period: Period) -> Mail:
        """The minute, made once for all who see the same."""
        population = population_in(self.whole, period, usual_population(self.home, self.inputs))
        if to.unit_code is not None:
            population = population_of_unit(self.whole, to.unit_code, population)
        request = Request(MINUTE, period, population, to.unit_code, language=to.subscription.language)
        key = (to.viewer.scope_key, request)
        if key not in self.made:
            report = build(Reader(to.viewer, self.whole.path), request, self.inputs)
            pdf = format_named("pdf").write(report)
            address = self._link(request.selection, request.language)
            self.made[key] = (report.title, "\n\n".join(filter(None, (text_of(report), address))) + "\n", {f"{file_stem(request)}.pdf": pdf})
        return self.made[key]

    def alert(self, to: Recipient, case: Case) -> Mail:
        """The mail on a case that an alert opened."""
        language = to.subscription.language
        one = metric(case.metric) if case.metric else None
        days = written.month(case.before.from_on.year, case.before.from_on.month, language)
        said = {
            "unit": self.tree.label(case.unit_code),
            "metric": "" if one is None else one.label_en if language == "en" else one.label,
            "month": days if language == "en" else days.lower(),
            "cutoff": written.day(self.whole.info.cutoff_on, language),
            "number": case.entry_id,
            "deadline": written.day(case.deadline, language),
        }
        subject = in_language_of(language, SUBJECTS[case.found], **said)
        text = in_language_of(language, "follow_up.mail_text_late" if one is None else "follow_up.mail_text", **said)
        selection = Selection(case.unit_code, case.before.from_on, case.before.to_on, "all", language)
        return subject, "\n\n".join(filter(None, (f"{subject}.", text, self._link(selection, language, "unit", case.metric)))) + "\n", {}

    def _link(self, selection: Selection, language: str, path: str = "", name: str = "") -> str:
        if not self.address:
            return ""
        return f"{self.address}/{link(path or './', selection, **({'metric': name} if name else {})).removeprefix('./')}"


def text_of(report: Report) -> str:
    """A short report as the text of a mail: its sentences, items with a dash, and the rows of its tables, a line each."""
    lines = [report.title]
    for block in report.blocks:
        if isinstance(block, Paragraph):
            lines.append(f"– {block.text}" if block.is_item else block.text)
        elif isinstance(block, Table):
            rows = [" · ".join(cell.text for cell in row if cell.text) for row in block.rows]
            lines.append("\n".join([f"{block.caption}:", *(f"– {row}" for row in rows)]))
    return "\n\n".join(lines)


def is_sending(home: Home) -> bool:
    """Whether the home has a mail server, and people who sign in and may have asked for mails."""
    configuration = read_configuration(home)
    return mail_settings(configuration) is not None and read_sign_in(home, configuration) is not None


def opened_post(home: Home) -> Post:
    """Raises ConfigurationError where the home names no mail server, or nobody can sign in and so nobody have asked for mails."""
    configuration = read_configuration(home)
    settings, sign_in = mail_settings(configuration), read_sign_in(home, configuration)
    if settings is None:
        raise ConfigurationError("Sending is off: vanban.toml has no [report.mail]. docs/scheduled-reports.md shows what to write there.")
    if sign_in is None:
        raise ConfigurationError("Nobody can have asked for mails: vanban.toml has no [sign_in]. docs/sign-in.md shows what to write there.")
    inputs = read_inputs(home)
    whole = statistics_reader(home, inputs)
    return Post(home, settings, sign_in.address, inputs, whole, unit_tree(whole.units(), inputs.organisation))


def send_minutes(home: Home, at: datetime) -> Sent:
    """Mails the minute of the newest whole week and month that the data reach over, to each who asked for it and has not got it."""
    post = opened_post(home)
    info = post.whole.info
    week, whole_month = (_newest_whole(kind, info.cutoff_on) for kind in (iso_week, month))

    def due(to: Recipient) -> Due:
        if to.subscription.is_weekly and week.from_on >= info.first_on:
            yield f"week {week.from_on}", to.unit_code, week, lambda: post.minute(to, week)
        if to.subscription.is_monthly and whole_month.from_on >= info.first_on:
            yield f"month {whole_month.from_on}", to.unit_code, whole_month, lambda: post.minute(to, whole_month)

    return _send(post, at, due)


def send_alerts(home: Home, at: datetime) -> Sent:
    """Mails the cases that alerts opened since they asked, to each who asked for alerts and may see the unit; each case once."""
    post = opened_post(home)
    cases = [one for one in all_cases(home) if one.opened_by == OPENER]

    def due(to: Recipient) -> Due:
        began = to.subscription.began_at
        for case in cases if to.subscription.has_alerts else ():
            is_of_theirs = to.unit_code is None or case.unit_code in post.tree.below(to.unit_code)
            if is_of_theirs and began is not None and case.entered_at >= began and at.astimezone(UTC) - case.entered_at <= OLDEST_CASE:
                yield f"case {case.thing}", case.unit_code, case.before, partial(post.alert, to, case)

    return _send(post, at, due)


def _send(post: Post, at: datetime, due: Callable[[Recipient], Due]) -> Sent:
    sent = Sent()
    with Subscriptions(post.home) as kept:
        claimed = kept.claimed()
        for to in recipients(post.home, post.tree, at):
            if not isinstance(to, Recipient):
                sent.shut_out.append((to[0].address, to[1]))
                continue
            sent.recipients += 1
            for thing, unit_code, period, make in due(to):
                one = to.subscription
                is_taken = claimed.get((one.issuer, one.subject, thing))
                if is_taken is False:
                    sent.unsure.append((one.address, thing))
                elif not to.may_get(unit_code, (period.from_on, period.to_on)):
                    sent.shut_out.append((one.address, "policy"))
                elif is_taken is None:
                    _send_one(post, kept, one, thing, make(), sent)
    return sent


def _send_one(post: Post, kept: Subscriptions, one: Subscription, thing: str, made: Mail, sent: Sent) -> None:
    """Claims, hands over, and keeps what came of it. Raises whatever is wrong with the home's own settings, with the claim given back."""
    subject, text, files = made
    mail = message(post.settings, [one.address], subject, text, files)
    if not kept.begin(one, thing):
        return
    try:
        send(post.home, post.settings, mail)
    except SourceUnreachable as error:
        kept.end(one, thing, is_taken=False)
        sent.refused.append((one.address, str(error)))
    except ConfigurationError:
        kept.end(one, thing, is_taken=False)
        raise
    else:
        kept.end(one, thing, is_taken=True)
        sent.mails += 1


def _newest_whole(kind: Callable[[date], Period], cutoff_on: date) -> Period:
    """The newest whole week or month that ends on the cut-off or before it."""
    found: Period | None = kind(cutoff_on)
    if found is not None and found.to_on > cutoff_on:
        found = period_before(found)
    assert found is not None
    return found
