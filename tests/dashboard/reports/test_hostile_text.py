"""S3: five hundred hostile texts as names, subjects, explanations, sentences, settings: nothing runs, is fetched or becomes a formula.

In every file of a report, in mail, in file names and on the command line; the page and the HTML in a browser are tried in
`tests/browser/test_hostile_text_on_the_page.py`.
"""

from __future__ import annotations

import email
import email.policy
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from dashboard.ledger import FinishedReport, Ledger, Record
from dashboard.reports.archive.mail import MailSettings, message
from dashboard.reports.archive.report_per_unit import file_stem
from dashboard.reports.content.request import Request
from dashboard.reports.layout import official_form as official
from dashboard.reports.layout import text_width as typeface
from dashboard.reports.layout.printable_text import clipped, printable
from dashboard.reports.writers import FORMATS
from data.errors import ConfigurationError
from data.paths import Home
from tests.conftest import run_vanban
from tests.dashboard.reports.hostile import hostile_forms, hostile_report, payloads, some
from tests.dashboard.reports.hostile_home import Sink, hostile_home, is_accepted, opened_sink
from tests.dashboard.reports.office import converted
from tests.dashboard.reports.report_homes import CONFIGURATION, JULY
from tests.dashboard.reports.sheets import plain, sheets
from tests.dashboard.reports.what_runs import found_in
from tests.faults.figures import Campaign
from tests.servers import mail_server

DAYS = ("--from", "2024-07-01", "--to", "2024-07-31")
HEADERS = {"Subject", "From", "To", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sink]:
    with opened_sink(tmp_path_factory.mktemp("ran") / "ran") as opened:
        yield opened


@pytest.fixture(scope="module")
def is_long(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--long"))


@pytest.fixture(scope="module")
def texts(sink: Sink, is_long: bool) -> tuple[str, ...]:
    """All five hundred with `--long`, else each plain attack once."""
    every = payloads(sink.url, str(sink.ran))
    return every if is_long else some(every, sink.url, str(sink.ran))


@pytest.fixture(scope="module", autouse=True)
def campaign(texts: tuple[str, ...], sink: Sink, is_long: bool, request: pytest.FixtureRequest) -> Iterator[None]:
    """The row of docs/faults.md, when all of this file has passed."""
    began = Campaign("S3", "hostile texts in Word, PDF, Excel, PowerPoint, HTML, mail, command line", "500 texts, 0 run, fetched or formulas")
    before = request.session.testsfailed
    yield
    failed = request.session.testsfailed - before
    if is_long:
        seen = f"{len(texts)} texts as names, subjects, explanations, sentences, settings: {len(sink.came)} fetched, {int(sink.ran.exists())} run"
        began.record(f"{seen}, 0 formulas" if not failed else f"{seen}; {failed} tests failed")


@pytest.fixture(scope="module")
def files(texts: tuple[str, ...]) -> dict[str, bytes]:
    report = hostile_report(texts)
    return {one.name: one.write(report) for one in FORMATS}


@pytest.fixture(scope="module")
def home(texts: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Home:
    return hostile_home(tmp_path_factory.mktemp("hostile"), texts)


@pytest.fixture(scope="module")
def built(home: Home, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The review report as the command line builds it, by the ends of the files' names."""
    out = tmp_path_factory.mktemp("built")
    formats = [word for one in FORMATS for word in ("--format", one.name)]
    finished = run_vanban("report", "build", "so-ket", *DAYS, *formats, "--out", out, home=home.root)
    assert finished.returncode == 0, finished.stderr
    return {path.name.rpartition(".")[2]: path.read_bytes() for path in out.iterdir()}


@pytest.mark.parametrize("name", [one.name for one in FORMATS])
@pytest.mark.parametrize("which", ["files", "built"])
def test_nothing_in_a_file_runs_is_fetched_or_computed(request: pytest.FixtureRequest, which: str, name: str) -> None:
    assert found_in(name, request.getfixturevalue(which)[name]) == []


@pytest.mark.parametrize("name", ["docx", "pptx", "html", "xlsx"])
def test_every_text_stands_in_the_file_as_it_is(files: dict[str, bytes], texts: tuple[str, ...], name: str) -> None:
    said = all_text(name, files[name])
    missing = [text for text in texts if plain(official.literal(text)) not in said]
    assert missing == []


def test_every_text_stands_in_the_pdf_with_a_sign_for_what_it_cannot_show(
    files: dict[str, bytes], built: dict[str, bytes], texts: tuple[str, ...]
) -> None:
    said = plain(" ".join(sheet.text for sheet in sheets(files["pdf"])))
    # Twenty marks on one letter stand so high that a reader takes them for lines of their own.
    ordinary = [text for text in texts if sum(map(unicodedata.combining, official.literal(text))) < 1000]
    assert len(ordinary) > 0.97 * len(texts)
    assert [text for text in ordinary if plain(typeface.showable(official.literal(text))) not in said] == []
    assert "root:" not in said and "root:" not in plain(" ".join(sheet.text for sheet in sheets(built["pdf"])))


def all_text(name: str, file: bytes) -> str:
    """Every text of a file, without white space."""
    from xml.etree import ElementTree

    if name == "html":
        import html

        return plain(official.literal(html.unescape(re.sub(r"<[^>]*>", "", file.decode()))))
    if name == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(file))
        cells = [str(cell) for sheet in book.sheet_names for row in book.get_sheet_by_name(sheet).to_python() for cell in row]
        return plain(official.literal("\n".join(cells)))
    said = []
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        for part in archive.namelist():
            if part == "word/document.xml" or part.startswith(("ppt/slides/slide", "ppt/notesSlides/notes")):
                said += [element.text or "" for element in ElementTree.fromstring(archive.read(part)).iter() if element.tag.endswith("}t")]
    return plain(official.literal("".join(said)))


def test_settings_are_refused_or_print_as_they_are(texts: tuple[str, ...]) -> None:
    refused = [text for text in texts if not is_accepted(text)]
    assert all(any(not sign.isprintable() and sign != "\xa0" for sign in text.strip()) or len(text) > 300 for text in refused)
    for report in hostile_forms(texts):
        for name in ("docx", "pdf", "html", "xlsx"):
            file = next(one for one in FORMATS if one.name == name).write(report)
            assert found_in(name, file) == []


def test_no_reader_of_office_files_fetches_or_starts_anything(built: dict[str, bytes], sink: Sink, is_long: bool, tmp_path: Path) -> None:
    """LibreOffice opens what the command line has built, recomputes and prints it."""
    for name in ("xlsx", "docx", "pptx") if is_long else ("xlsx",):
        assert converted(built[name], f".{name}", tmp_path / name).startswith(b"%PDF-")
    assert sink.came == [] and not sink.ran.exists()


def test_a_sentence_that_is_edited_is_refused_or_printed_as_it_is(home: Home, texts: tuple[str, ...], tmp_path: Path) -> None:
    import json

    accepted = [text for text in texts if is_accepted(text) and text.strip()]
    keys = [row["key"] for row in json.loads(run_vanban("report", "text", "so-ket", *DAYS, "--format", "json", home=home.root).stdout)]
    subjects = [key for key in keys if key.startswith("difficulties.subject.")]
    edits = tmp_path / "edits.toml"
    lines = (f"{json.dumps(key)} = {json.dumps(text)}\n" for key, text in zip(subjects, accepted, strict=False))
    edits.write_text("".join(lines), encoding="utf-8")
    out = tmp_path / "out"
    formats = [word for one in FORMATS for word in ("--format", one.name)]
    finished = run_vanban("report", "build", "so-ket", *DAYS, "--edits", edits, *formats, "--out", out, home=home.root)
    assert finished.returncode == 0, finished.stderr
    for path in out.iterdir():
        if not path.name.endswith(".json"):
            assert found_in(path.suffix[1:], path.read_bytes()) == []
    said = all_text("docx", next(out.glob("*.docx")).read_bytes())
    assert [text for text in accepted if plain(official.literal(text)) not in said] == []
    for text in texts:
        if not is_accepted(text) and text.encode("utf-8", "ignore").decode() == text:
            edits.write_text(f'"lead" = {json.dumps(text)}\n', encoding="utf-8")
            refused = run_vanban("report", "text", "tom-tat", *DAYS, "--edits", edits, home=home.root)
            assert refused.returncode == 2
            break


def test_a_mail_has_the_headers_that_were_written_and_no_other(texts: tuple[str, ...]) -> None:
    sent = 0
    for text in texts:
        for to, subject, sender in (("a@b.vn", text, "x@y.vn"), (text, "s", "x@y.vn"), ("a@b.vn", "s", f"{text} <x@y.vn>")):
            try:
                mail = message(MailSettings("s", sender), [to], subject, f"{text}\n\n{text}", {"x.pdf": b"%PDF-"})
            except ConfigurationError:
                continue
            sent += 1
            read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
            assert set(read.keys()) <= HEADERS and len(read.keys()) == len(set(read.keys()))
            assert read["To"].addresses[0].addr_spec == to and len(read["To"].addresses) == 1
            assert [one.addr_spec for one in read["From"].addresses] == ["x@y.vn"]
            assert [part.get_filename() for part in read.iter_attachments()] == ["x.pdf"]
    assert sent > len(texts) / 2


def test_one_mail_of_all_texts_arrives_as_one_mail(texts: tuple[str, ...], tmp_path: Path) -> None:
    """Over a real wire: no line of a text ends the message or begins another."""
    taken: list[Any] = []

    class Box:
        async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 (aiosmtpd calls it so)
            taken.append(envelope)
            return "250 OK"

    content = "\r\n.\r\n".join(texts).encode("utf-8", "replace")
    with mail_server(Box()) as port:
        (tmp_path / "vanban.toml").write_text(
            CONFIGURATION + f'\n[report.mail]\nserver = "127.0.0.1"\nport = {port}\nsender = "x@y.vn"\nsecurity = "none"\n', encoding="utf-8"
        )
        title = "\r\n".join(printable(text) for text in texts)[:480]
        request = {"kind": "so-ket", "period": {"from_on": "2024-07-01", "to_on": "2024-07-31"}, "population": "all", "unit_code": None, "flow": None}
        made = Record(request | {"language": "vi", "number": None, "dated_on": None}, {}, [])
        with Ledger(Home(tmp_path)) as ledger:
            pin_id = ledger.pin(FinishedReport("so-ket", title, made, "s", "0" * 64, "1", {"docx": content}), "Lập")
            ledger.take_step(pin_id, "approve", "Duyệt")
        finished = run_vanban("report", "send", str(pin_id), "--to", "a@b.vn", "--subject", "Báo cáo", home=tmp_path)
    assert finished.returncode == 0, finished.stderr
    (envelope,) = taken
    assert envelope.rcpt_tos == ["a@b.vn"]
    mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
    (part,) = mail.iter_attachments()
    assert part.get_payload(decode=True) == content


def test_names_of_files_are_of_letters_that_every_system_takes(texts: tuple[str, ...]) -> None:
    for text in texts:
        stem = file_stem(Request("don-vi", JULY, "all", text))
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,200}", stem) and not stem.startswith("-"), text


def test_a_terminal_is_not_steered(home: Home, texts: tuple[str, ...]) -> None:
    refused = [text for text in texts if not is_accepted(text) and "\x00" not in text][:6]
    for words in (
        ("report", "text", "so-ket", *DAYS),
        ("report", "text", "so-ket", *DAYS, "--format", "json"),
        ("metrics", *DAYS, "--metric", "login_rate", "--by", "unit"),
        ("why", "login_rate", *DAYS, "--rows", "5"),
        ("check", *DAYS),
        ("report", "build", "so-ket", *DAYS, "--unit", texts[0], "--out", "x"),
        *(("report", "pin", "tom-tat", *DAYS, "--by", text) for text in refused),
    ):
        finished = run_vanban(*words, home=home.root)
        steering = {sign for sign in finished.stdout + finished.stderr if unicodedata.category(sign) in ("Cc", "Cs") and sign != "\n"}
        assert steering == set(), words
        assert not {"\u202e", "\u2066", "\u202b"} & set(finished.stdout + finished.stderr), words


def test_sheets_are_named_safely_and_long_texts_say_that_they_were_cut(texts: tuple[str, ...]) -> None:
    from dashboard.reports.writers.excel import sheet_names

    names = sheet_names(hostile_report(texts))
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert all(len(clipped(text, 20)) <= 20 for text in texts)
