"""Sending by mail: off by default, byte for byte to a real SMTP server on loopback, and no header that somebody smuggles in."""

from __future__ import annotations

import email
import email.policy
import json
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from dashboard.ledger import FinishedReport, Ledger, Record
from dashboard.ledger.audit import Audit
from dashboard.reports.archive.mail import MailSettings, mail_settings, mail_text, message
from data.errors import ConfigurationError
from data.paths import Home
from tests.conftest import run_vanban
from tests.dashboard.reports.report_homes import CONFIGURATION, account, built, tiny_home
from tests.servers import free_port
from tests.tiny_snapshot import Row

FILES = {"docx": bytes(range(256)) * 40, "json": '{"a": "ẫ"}\r\n.\r\n'.encode()}
TITLE = "Báo cáo sơ kết (từ ngày 01/7/2024 đến hết ngày 31/7/2024)"
REQUEST = {
    "kind": "so-ket",
    "period": {"from_on": "2024-07-01", "to_on": "2024-07-31"},
    "population": "all",
    "unit_code": None,
    "flow": None,
    "language": "vi",
    "number": None,
    "dated_on": None,
}


@dataclass
class Box:
    """What the server took."""

    messages: list[Any] = field(default_factory=list)

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 (aiosmtpd calls it so)
        self.messages.append(envelope)
        return "250 OK"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of its own for 127.0.0.1, and its key."""
    made, key = tmp_path / "server.pem", tmp_path / "server.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=127.0.0.1",
        "-keyout",
        str(key),
        "-out",
        str(made),
    ]
    subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return made, key


@pytest.fixture
def server(certificate: tuple[Path, Path]) -> Iterator[tuple[Box, int]]:
    """STARTTLS and a login are required; the password is `mật khẩu`."""
    box = Box()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)

    def login(server: object, session: object, envelope: object, mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data.login == b"vanban" and data.password == b"mat-khau"
        return AuthResult(success=is_right, handled=False)

    options = {"tls_context": context, "require_starttls": True, "authenticator": login, "auth_required": True}
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, **options)  # type: ignore[arg-type]
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


def home_with(tmp_path: Path, mail: str, password: str = "mat-khau") -> tuple[Home, int]:
    """A home with one approved report."""
    (tmp_path / "vanban.toml").write_text(CONFIGURATION + mail, encoding="utf-8")
    (tmp_path / "vanban.env").write_text(f"VANBAN_MAIL_PASSWORD={password}\n", encoding="utf-8")
    home = Home(tmp_path)
    with Ledger(home) as ledger:
        pin_id = ledger.pin(FinishedReport("so-ket", TITLE, Record(REQUEST, {}, []), "20240801T030000-tiny", "0" * 64, "1", FILES), "Lập")
        ledger.take_step(pin_id, "approve", "Duyệt")
    return home, pin_id


def section(port: int, certificate: Path, **changed: str) -> str:
    values = {
        "server": '"127.0.0.1"',
        "port": str(port),
        "sender": '"Thống kê <thongke@example.vn>"',
        "user": '"vanban"',
        "ca_file": f'"{certificate}"',
    }
    return "\n[report.mail]\n" + "\n".join(f"{key} = {value}" for key, value in {**values, **changed}.items()) + "\n"


def test_the_files_arrive_byte_for_byte_under_a_vietnamese_subject(tmp_path: Path, server: tuple[Box, int], certificate: tuple[Path, Path]) -> None:
    box, port = server
    home, pin_id = home_with(tmp_path, section(port, certificate[0]))
    finished = run_vanban("report", "send", str(pin_id), "--to", "Văn phòng <a@example.vn>", "--to", "b@example.vn", home=home.root)
    assert finished.returncode == 0, finished.stderr
    (envelope,) = box.messages
    assert envelope.rcpt_tos == ["a@example.vn", "b@example.vn"]
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert mail["Subject"] == TITLE
    assert mail["From"] == "Thống kê <thongke@example.vn>"
    attached = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert attached == {"so-ket_2024-07-01_2024-07-31.docx": FILES["docx"]}, "the figures file goes to those who ask for it"
    assert mail["To"] == "Văn phòng <a@example.vn>, b@example.vn"
    body = mail.get_body().get_content()
    assert body.replace("\r\n", "\n") == f"{TITLE}\n\nTệp đính kèm: so-ket_2024-07-01_2024-07-31.docx.\n"
    with Audit(home) as audit:
        told = audit.rows()[-1]
    assert (told.act, told.object, json.loads(told.detail)["to"]) == ("report.send", f"report {pin_id}", ["Văn phòng <a@example.vn>", "b@example.vn"])


def test_the_mail_says_the_headline_figures_and_what_is_doubtful(tmp_path: Path) -> None:
    documents: list[Row] = [{"document_key": f"d{n}", "unit_code": "A", "is_electronic": True} for n in range(5)]
    declared: list[Row] = [{"unit_code": "A", "from_on": date(2024, 7, 1), "to_on": date(2024, 7, 31), "value": 3}]
    units: list[Row] = [{"unit_code": "G", "level": "toi_cao"}, {"unit_code": "A", "parent_code": "G"}]
    home = tiny_home(tmp_path, {"org_unit": units, "account": [account(1, "A")], "document": documents, "declared_total": declared})
    said = mail_text("Báo cáo", built(home).figures, ["a.docx"]).splitlines()
    assert said[2].startswith("Tỷ lệ kích hoạt tài khoản 100% (1/1 tài khoản); ") and "167% (5/3 văn bản)" in said[2]
    assert said[4].startswith("Cần rà soát do có kiểm tra nhất quán chưa đạt: ") and said[-1] == "Tệp đính kèm: a.docx."


def test_a_server_that_speaks_tls_from_the_first_byte_takes_it_too(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    box, port = Box(), free_port()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    controller = Controller(box, hostname="127.0.0.1", port=port, ssl_context=context)
    controller.start()
    try:
        home, pin_id = home_with(tmp_path, section(port, certificate[0], security='"ssl"', user='""'))
        finished = run_vanban("report", "send", str(pin_id), "--to", "a@example.vn", "--format", "docx", home=home.root)
    finally:
        controller.stop()
    assert finished.returncode == 0, finished.stderr
    (envelope,) = box.messages
    assert b"Subject:" in envelope.content


def test_a_wrong_password_an_unknown_certificate_and_a_dead_server_are_told(
    tmp_path: Path, server: tuple[Box, int], certificate: tuple[Path, Path]
) -> None:
    box, port = server
    for number, (mail, password, told) in enumerate(
        (
            (section(port, certificate[0]), "sai", "refuses the login of vanban"),
            (section(port, certificate[0], ca_file='""'), "mat-khau", "does not take the mail"),
            (section(1, certificate[0]), "mat-khau", "does not take the mail"),
        )
    ):
        (tmp_path / str(number)).mkdir()
        home, pin_id = home_with(tmp_path / str(number), mail, password)
        finished = run_vanban("report", "send", str(pin_id), "--to", "a@example.vn", home=home.root)
        assert (finished.returncode, told in finished.stderr) == (3, True), finished.stderr
        assert password not in finished.stderr
    assert box.messages == []


def test_only_approved_reports_are_sent_and_nothing_without_a_server(tmp_path: Path) -> None:
    home, pin_id = home_with(tmp_path, "")
    assert "Sending is off" in run_vanban("report", "send", str(pin_id), "--to", "a@example.vn", home=home.root).stderr
    home.config.write_text(CONFIGURATION + section(1, tmp_path / "x"), encoding="utf-8")
    with Ledger(home) as ledger:
        other = ledger.pin(FinishedReport("so-ket", TITLE, Record(REQUEST, {}, []), "s", "h", "1", FILES), "Lập")
    assert "only approved ones are sent" in run_vanban("report", "send", str(other), "--to", "a@example.vn", home=home.root).stderr


@pytest.mark.parametrize("address", ["a@b.vn\r\nBcc: c@d.vn", "a@b.vn, c@d.vn", "A <a@b.vn>, <c@d.vn>", "a", "a b@c.vn", "@b.vn", "ấ@b.vn"])
def test_an_address_that_could_be_more_than_one_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match=r"no mail address|cannot be printed"):
        message(MailSettings("s", "x@y.vn"), [address], "t", "t", {})


@pytest.mark.parametrize("subject", ["=?utf-8?q?=0D=0ABcc:_c@d.vn?=", "a =?utf-8?b?DQpCY2M6IGNAZC52bg==?= b"])
def test_an_encoded_word_smuggles_no_header(subject: str) -> None:
    mail = message(MailSettings("s", "x@y.vn"), ["a@b.vn"], subject, "t", {})
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert "Bcc" not in read and "= ?utf-8" in read["Subject"]


@pytest.mark.parametrize("sender", ["A: b <a@b.vn>", "a@b.vn\nBcc: c@d.vn", "=?utf-8?q?x?= <a@b.vn>", '"x" <a@b.vn>', "<a@b.vn> <c@d.vn>", ""])
def test_a_sender_that_programs_could_read_otherwise_is_refused(sender: str) -> None:
    with pytest.raises(ConfigurationError, match="sender"):
        message(MailSettings("s", sender), ["a@b.vn"], "t", "t", {})


@pytest.mark.parametrize("subject", ["Báo cáo\r\nBcc: c@d.vn", "Báo cáo\nX: y", "x\x00y", "x" * 400])
def test_a_subject_that_could_carry_a_header_is_refused(subject: str) -> None:
    with pytest.raises(ConfigurationError, match="The subject"):
        message(MailSettings("s", "x@y.vn"), ["a@b.vn"], subject, "t", {})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"sender": "a@b.vn"}, "server is missing"),
        ({"server": "s", "sender": "không"}, "no mail address"),
        ({"server": "s", "sender": "a@b.vn", "password": "x"}, "Remove what is not among them"),
        ({"server": "s", "sender": "a@b.vn", "security": "tls"}, "Write one of: starttls, ssl, none"),
        ({"server": "s", "sender": "a@b.vn", "port": True}, "port must be a number"),
    ],
)
def test_settings_are_refused_with_the_way_out(given: dict[str, Any], told: str) -> None:
    assert mail_settings({}) is None
    with pytest.raises(ConfigurationError, match=told):
        mail_settings({"report": {"mail": given}})


def test_a_long_vietnamese_subject_arrives_with_its_blanks() -> None:
    settings = MailSettings("smtp.example.vn", "Thống kê <thongke@example.vn>")
    text = "[vanban] Cần xử lý: lần chạy gần nhất không thành công, số liệu tháng 7 năm 2024 của đơn vị đã cũ"
    for length in range(1, 290):
        subject = f"{text}; {text}; {text}"[:length].strip()
        sent = message(settings, ["van@example.vn"], subject, "…", {})
        arrived = email.message_from_bytes(sent.as_bytes(policy=sent.policy.clone(linesep="\r\n")), policy=email.policy.default)
        assert arrived["Subject"] == subject
