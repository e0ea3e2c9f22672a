"""Mails of a schedule by a real mail server on this machine: each recipient gets what they may see and nobody else's rows, and nothing twice."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from dashboard.follow_up.recipients import GROUPS_HOLD
from dashboard.follow_up.sending import send_minutes
from dashboard.ledger.actor import Actor
from dashboard.ledger.audit import Audit
from dashboard.ledger.people import People, Person, place_of
from dashboard.ledger.subscriptions import Subscription, Subscriptions
from data.errors import ConfigurationError
from data.paths import Home
from tests.dashboard.follow_up.histories import MONTHS, history_home
from tests.dashboard.reports.report_homes import CONFIGURATION, account
from tests.faults.figures import Campaign
from tests.servers import mail_server
from tests.tiny_snapshot import Row

ISSUER = "http://127.0.0.1:1/realms/test"
SIGN_IN = f"""
[sign_in]
address = "http://127.0.0.1:8501"
issuer = "{ISSUER}"
client_id = "vanban"
groups_claim = "groups"
[sign_in.groups]
"g-leader" = "leader"
"""
NOW = datetime(2025, 2, 3, 6, tzinfo=UTC)
MAIL = '[report.mail]\nserver = "127.0.0.1"\nsender = "vanban@example.vn"\nsecurity = "none"\nport = {port}\n'


@dataclass
class Box:
    """What the server took, by recipient; addresses that it refuses."""

    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    async def handle_RCPT(self, server: object, session: object, envelope: Any, address: str, options: object) -> str:  # noqa: N802
        if address in self.refuses:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 (aiosmtpd calls it so)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        assert envelope.rcpt_tos == [mail["To"]], "one recipient a mail"
        self.mails.append((mail["To"], mail))
        return "250 OK"

    def taken(self) -> list[tuple[str, EmailMessage]]:
        taken, self.mails = self.mails, []
        return taken


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    box = Box()
    with mail_server(box) as port:
        yield box, port


def mail_home(folder: Path, port: int, units: int, others: float = 0.9) -> Home:
    """Units U000, U001, … and people who sign in; U000 fell in the newest month. others: the share of all units but U000 and U001."""
    codes = [f"U{number:03}" for number in range(units)]
    rows: list[Row] = [{"unit_code": code, "name": f"Đơn vị {code}", "short_name": f"Đơn vị {code}"} for code in codes]
    newest = {code: [*[None] * (MONTHS - 1), 0.5 if code == codes[1] else others] for code in codes[1:]}
    months = {codes[0]: [*[0.9] * (MONTHS - 1), 0.0], **newest}
    shares = {code: 0.0 if code == codes[0] else rates[-1] or 0.0 for code, rates in months.items()}
    activated = [account(number, code, activated=number < 10 * share) for code, share in shares.items() for number in range(10)]
    home = history_home(folder, months, rows, CONFIGURATION + SIGN_IN + MAIL.format(port=port), 16, account=activated)
    home.environment.write_text("VANBAN_SIGN_IN_SECRET=x\nVANBAN_COOKIE_SECRET=of a cookie, thirty-two characters at least\n", encoding="utf-8")
    home.environment.chmod(0o600)
    return home


def joined(home: Home, given: dict[str, str], **asked: Any) -> None:
    """People by subject with their places (empty: none of the table), who ask for mails; the address is `<subject>@example.vn`."""
    with People(home) as people:
        people.give([Person(ISSUER, subject, subject, place_of(*place.split(":"))) for subject, place in given.items() if place], "test")
    with Subscriptions(home) as subscriptions:
        for subject in given:
            wanted = Subscription(ISSUER, subject, subject, f"{subject}@example.vn", is_monthly=True)
            subscriptions.save(Actor(ISSUER, subject, subject, ""), replace(wanted, **asked))


def text_and_file(mail: EmailMessage) -> tuple[str, bytes]:
    """The text of a mail, and its one file."""
    body = mail.get_body(("plain",))
    assert body is not None
    (file,) = mail.iter_attachments()
    assert file.get_content_type() == "application/pdf"
    return str(body.get_content()), bytes(file.get_content())


def named_units(text: str) -> set[str]:
    return set(re.findall(r"U[0-9]{3}", text))


def check_each_gets_their_own(home: Home, box: Box, units: int) -> tuple[int, int]:
    """Sends the minute to somebody of every unit; gives how many mails came and how many bytes of files."""
    joined(home, {f"of-{number}": f"unit:U{number:03}" for number in range(units)})
    sent = send_minutes(home, NOW)
    assert (sent.mails, sent.recipients, sent.shut_out, sent.refused, sent.unsure) == (units, units, [], [], [])
    taken = box.taken()
    assert sorted(to for to, _ in taken) == sorted(f"of-{number}@example.vn" for number in range(units))
    size = 0
    for to, mail in taken:
        own = f"U{int(to.partition('@')[0].removeprefix('of-')):03}"
        text, file = text_and_file(mail)
        printed = subprocess.run(["pdftotext", "-", "-"], input=file, capture_output=True, check=True).stdout.decode()
        heads = [str(value) for part in mail.walk() for value in part.values()]
        assert named_units(printed) == {own} == named_units("\n".join([*heads, text])), to
        assert f"unit={own}" in text
        size += len(file)
    assert send_minutes(home, NOW + timedelta(days=1)).mails == 0 and box.taken() == [], "nothing is sent twice"
    return len(taken), size


def test_each_recipient_gets_their_own_rows_and_nothing_twice(tmp_path: Path, box: tuple[Box, int]) -> None:
    home = mail_home(tmp_path / "one", box[1], 12)
    check_each_gets_their_own(home, box[0], 12)
    with Audit(home) as audit:
        acts = [row.act for row in audit.rows()]
        assert acts.count("subscription.set") == acts.count("mail.send") == 12 and audit.faults() == []

    # What others did changes no byte of what somebody gets.
    joined(home, {"leader": "leader"}, language="en")
    send_minutes(home, NOW)
    ((_, whole),) = box[0].taken()
    assert named_units(text_and_file(whole)[0]) >= {"U000"}, "a leader is told who is low"
    mails = []
    for name, others in (("same", 0.9), ("other", 0.4)):
        again = mail_home(tmp_path / name, box[1], 3, others)
        joined(again, {"of-1": "unit:U001", "leader": "leader"})
        send_minutes(again, NOW)
        mails.append({to: text_and_file(mail) for to, mail in box[0].taken()})
    assert mails[0]["of-1@example.vn"] == mails[1]["of-1@example.vn"]
    assert mails[0]["leader@example.vn"] != mails[1]["leader@example.vn"]


@pytest.mark.long
def test_400_recipients_of_one_schedule(tmp_path: Path, box: tuple[Box, int]) -> None:
    what = "the minute of a month to one person of each of 400 units, by a real SMTP server: headers, text and PDF searched for other units"
    campaign = Campaign("One schedule", what, "400 mails, each with its recipient's rows alone")
    mails, size = check_each_gets_their_own(mail_home(tmp_path, box[1], 400), box[0], 400)
    campaign.record(f"{mails} mails, {size / 1e6:.1f} MB of PDF: 0 name another unit; called again, 0 sent")


def test_rights_are_those_of_the_moment(tmp_path: Path, box: tuple[Box, int]) -> None:
    home = mail_home(tmp_path, box[1], 3)
    joined(home, {"moved": "unit:U001", "gone": "leader", "stranger": "", "asks-too-much": "unit:U002"})
    joined(home, {"by-group": ""}, groups=frozenset({"g-leader"}))
    with Subscriptions(home) as subscriptions:
        too_much = Subscription(ISSUER, "asks-too-much", "", "asks-too-much@example.vn", unit_code="U000", is_monthly=True)
        subscriptions.save(Actor(ISSUER, "asks-too-much"), too_much)
        with pytest.raises(ConfigurationError, match="by the person"):
            subscriptions.save(Actor(ISSUER, "moved"), too_much)
    with People(home) as people:
        people.give([Person(ISSUER, "moved", "", place_of("unit", "U002"))], "test")
        people.disable(ISSUER, "gone")
    late = send_minutes(home, datetime.now(UTC) + GROUPS_HOLD + timedelta(days=1))
    assert {to: named_units(text_and_file(mail)[0]) for to, mail in box[0].taken()} == {"moved@example.vn": {"U002"}}
    reasons = {"gone": "disabled", "stranger": "none", "asks-too-much": "policy", "by-group": "none"}
    assert dict(late.shut_out) == {f"{subject}@example.vn": reason for subject, reason in reasons.items()}
    with Subscriptions(home) as subscriptions:
        subscriptions.see(ISSUER, "by-group", frozenset({"g-leader"}))
    assert send_minutes(home, datetime.now(UTC)).mails == 1 and box[0].taken()[0][0] == "by-group@example.vn", "came again, and is believed"


def test_what_the_server_does_not_take_is_tried_again_and_what_broke_off_is_not(
    tmp_path: Path, box: tuple[Box, int], capsys: pytest.CaptureFixture[str]
) -> None:
    home = mail_home(tmp_path, box[1], 3)
    joined(home, {"of-1": "unit:U001", "of-2": "unit:U002", "of-0": "unit:U000"})
    with Subscriptions(home) as subscriptions:
        (broken,) = (one for one in subscriptions.all() if one.subject == "of-0")
        assert subscriptions.begin(broken, "month 2025-01-01") and not subscriptions.begin(broken, "month 2025-01-01")
    box[0].refuses = {"of-1@example.vn"}
    words = ["send", "--home", str(home.root)]
    assert main(words) == 3 and [to for to, _ in box[0].taken()] == ["of-2@example.vn"]
    assert "broke off before" in capsys.readouterr().err
    box[0].refuses = set()
    assert main(words) == 0 == main(words) and [to for to, _ in box[0].taken()] == ["of-1@example.vn"]


def test_a_fall_is_one_mail_to_each_who_asked_and_may_see_it(tmp_path: Path, box: tuple[Box, int], capsys: pytest.CaptureFixture[str]) -> None:
    home = mail_home(tmp_path, box[1], 3)
    given = {"leader": "leader", "of-0": "unit:U000", "of-1": "unit:U001"}
    joined(home, given, has_alerts=True, is_monthly=False)
    joined(home, {"minute-only": "leader"})
    words = ["alerts", "--home", str(home.root)]
    assert main(words) == 0 == main(words)
    assert "fall U000 digitally_signed_ratio 0/16" in capsys.readouterr().out
    taken = box[0].taken()
    assert sorted(to for to, _ in taken) == ["leader@example.vn", "of-0@example.vn"]
    (subject,) = {mail["Subject"] for _, mail in taken}
    assert subject == "Đơn vị U000: Tỷ lệ văn bản có ký số giảm quá mức ngẫu nhiên trong tháng 1/2025"
    assert "unit?unit=U000&from=2025-01-01" in str(taken[0][1].get_content())
    home.config.write_text(
        home.config.read_text(encoding="utf-8").replace("[dashboard]\n", "[dashboard]\noldest_data_hours = 50\n"), encoding="utf-8"
    )
    assert main(words) == 0 == main(words) and "late_data R\n" in capsys.readouterr().out
    ((to, late),) = box[0].taken()
    assert (to, late["Subject"]) == ("leader@example.vn", "R: số liệu mới chỉ có đến 31/1/2025")
    joined(home, {"came-later": "leader"}, has_alerts=True, is_monthly=False)
    assert main(words) == 0 and box[0].taken() == [], "of what was told before they asked nobody is told"


def test_a_home_without_mail_or_sign_in_says_what_to_write(tmp_path: Path) -> None:
    home = history_home(tmp_path, {"B": [0.9]}, [{"unit_code": "B"}])
    with pytest.raises(ConfigurationError, match=r"\[report.mail\]"):
        send_minutes(home, NOW)
    home.config.write_text(CONFIGURATION + MAIL.format(port=1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"\[sign_in\]"):
        send_minutes(home, NOW)
    assert main(["alerts", "--home", str(home.root)]) == 0, "cases alone"


def test_a_subscription_ends(tmp_path: Path) -> None:
    home = history_home(tmp_path, {"B": [0.9]}, [{"unit_code": "B"}])
    one = Subscription(ISSUER, "an", "An", "an@example.vn", is_weekly=True, groups=frozenset({"g"}))
    with Subscriptions(home) as subscriptions:
        subscriptions.save(Actor(ISSUER, "an"), one)
        kept = subscriptions.of(ISSUER, "an")
        assert kept is not None and replace(kept, began_at=None, seen_at=None) == one
        subscriptions.save(Actor(ISSUER, "an"), replace(one, is_monthly=True))
        again = subscriptions.of(ISSUER, "an")
        assert again is not None and again.began_at == kept.began_at
        subscriptions.save(Actor(ISSUER, "an"), replace(one, is_weekly=False))
        assert subscriptions.of(ISSUER, "an") is None and subscriptions.all() == []
