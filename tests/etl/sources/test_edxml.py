"""Source kind edxml on real files: what a message says, what is refused, and that hostile XML costs nothing."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import ConfigurationError, SourceUnreachable
from data.paths import PROJECT, Home
from etl.setup.check_source import check_source
from etl.sources.edxml.message import LONGEST_TAG, MessageRefused, document_id, organ_code, read_message
from tests.etl.landed_and_staged import Staged, land_and_stage, write_source
from tests.etl.tiny_system import TinySystem

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
GUID = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
TOML = 'kind = "edxml"\ntitle = "Trục mô phỏng"\nfiles = "axis/*.edxml"\n'
AXIS_MESSAGE = """
SELECT message_key, document_id AS document_key, kind, business_type, from_code, to_code, sent_at AS at, status_code,
    CASE WHEN security_marking IS NULL OR security_marking = '0' THEN 'ordinary' ELSE 'higher' END AS security_level
FROM message LEFT JOIN receiver USING (file_number)
"""
DOCUMENT = """
SELECT document_id AS document_key, from_code AS unit_code, 'outgoing' AS direction, promulgated_on AS issued_at, page_count,
    CASE WHEN document_id IN (SELECT r.document_id FROM message m JOIN reference r USING (file_number) WHERE m.business_type = 'recall')
        THEN 'recalled' ELSE 'issued' END AS status,
    'ordinary' AS security_level
FROM message WHERE kind = 'document' AND business_type IN ('new', 'replace')
"""
DELIVERY = """
SELECT document_id AS document_key, to_code AS receiver_code, sent_at, due_on AS due_at, 'axis' AS channel, 'ordinary' AS security_level
FROM message JOIN receiver USING (file_number) WHERE kind = 'document' AND business_type IN ('new', 'replace')
"""


def element(name: str, *content: str) -> str:
    return f"<{name}>{''.join(content)}</{name}>"


def document(
    identity: str = GUID, *extra: str, sender: str = "000.00.12.G22", to: tuple[str, ...] = ("G98.01",), business: str = "0", trace: str = ""
) -> str:
    """A document's message as text; `extra` goes into its header."""
    header = element(
        "MessageHeader",
        *[element("To", element("OrganId", code)) for code in to],
        element("From", element("OrganId", sender), element("OrganName", "Cơ quan mô phỏng")),
        element("DocumentId", identity),
        element("Code", element("CodeNumber", "12"), element("CodeNotation", "CV-MP")),
        element("PromulgationInfo", element("PromulgationDate", "2024/07/03")),
        element("Subject", "canary7731"),
        element("SignerInfo", element("FullName", "canary7731")),
        element("DueDate", "2024/07/13 17:00:00"),
        element("OtherInfo", element("Priority", "0"), element("PageAmount", "4")),
        *extra,
    )
    trace = trace or element("TraceHeader", element("OrganId", sender), element("Timestamp", "2024/07/03 23:30:00"))
    return message(header + element("TraceHeaderList", trace, element("Bussiness", element("BussinessDocType", business))))


def status(identity: str = GUID, code: str = "03") -> str:
    answered = element("ResponseFor", element("Code", "12/CV-MP"), element("DocumentId", identity), element("OrganId", "G22.12"))
    sender = element("From", element("OrganId", "000.00.01.G98"))
    return message(element("MessageHeader", element("Timestamp", "2024/07/04 08:00:00"), element("StatusCode", code), sender, answered))


def message(header: str, attachment: str = "QUJD") -> str:
    envelope = element("edXMLEnvelope", element("edXMLHeader", header), element("edXMLBody", element("edXMLManifest")))
    attached = element("AttachmentEncoded", element("Attachment", element("ContentTransferEncoded", attachment)))
    return f'<?xml version="1.0" encoding="utf-8"?>\n<edXML xmlns="{NAMESPACE}">{envelope}{attached}</edXML>'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "nhà")
    (home.root / "axis").mkdir(parents=True)
    write_source(home, "axis", TOML + "[entities.axis_message]\n", axis_message=AXIS_MESSAGE)
    return home


def save(home: Home, name: str, content: str | bytes) -> Path:
    path = home.root / "axis" / f"{name}.edxml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def staged(home: Home) -> Staged:
    return land_and_stage(home, "axis")["axis_message"]


def test_documents_and_statuses_are_told_apart_and_addressees_counted(home: Home) -> None:
    save(home, "a", document(to=("G98.01", "000.00.02.G98", "G98.2")))
    save(home, "b", status())
    save(home, "c", status(code="06"))
    found = staged(home)
    kept = ("kind", "from_code", "to_code", "document_key", "at", "at_on", "status_code", "business_type")
    assert sorted(tuple(str(row[name]) for name in kept) for row in found.rows) == [
        ("document", "G22.12", "G98.01", GUID.lower(), "2024-07-03 16:30:00+00", "2024-07-03", "None", "new"),
        ("document", "G22.12", "G98.02", GUID.lower(), "2024-07-03 16:30:00+00", "2024-07-03", "None", "new"),
        ("document", "G22.12", "G98.2", GUID.lower(), "2024-07-03 16:30:00+00", "2024-07-03", "None", "new"),
        ("status", "G98.01", "G22.12", GUID.lower(), "2024-07-04 01:00:00+00", "2024-07-04", "03", "None"),
        ("status", "G98.01", "G22.12", GUID.lower(), "2024-07-04 01:00:00+00", "2024-07-04", "06", "None"),
    ]
    assert (found.account.rows_in, found.account.rows_loaded) == (5, 5)


@pytest.mark.parametrize("business", ["0", "1", "2", "3"])
@pytest.mark.parametrize(
    "answered",
    [
        "<ResponseFor/>",
        element("ResponseFor", "<OrganId/>", "<Code/>", "<DocumentId/>"),
        element("ResponseFor", element("OrganId", "G22.12"), element("DocumentId", "the letter")),
        element("ResponseFor", element("OrganId", "G22.12"), element("DocumentId", "the letter")) + "<StatusCode/>",
    ],
)
def test_a_document_that_answers_a_letter_is_a_document_of_its_own(home: Home, answered: str, business: str) -> None:
    plain = read_message(save(home, "a", document(business=business)))
    answering = document(identity=GUID, business=business).replace("<To>", f"{answered}<To>", 1)
    assert read_message(save(home, "b", answering)) == plain
    assert read_message(save(home, "c", document(GUID, answered, business=business))) == plain
    assert (plain.kind, plain.document_id, plain.to_codes) == ("document", GUID.lower(), ("G98.01",))


@pytest.mark.parametrize("code", ["01", "02", "03", "04", "05", "06", "13", "15", "16"])
def test_every_status_of_the_list_is_a_status_whatever_else_it_lacks(home: Home, code: str) -> None:
    whole = read_message(save(home, "a", status(code=code)))
    assert (whole.kind, whole.status_code, whole.document_id, whole.to_codes) == ("status", code, GUID.lower(), ("G22.12",))
    bare = message(element("MessageHeader", element("From", element("OrganId", "G98.01")), element("StatusCode", code)))
    assert (read_message(save(home, "b", bare)).kind, read_message(save(home, "b", bare)).status_code) == ("status", code)


def test_a_whole_document_that_answers_nothing_stays_a_document_whatever_code_it_carries(home: Home) -> None:
    plain = read_message(save(home, "a", document()))
    assert read_message(save(home, "b", document(GUID, element("StatusCode", "01")))) == plain


def test_an_answer_without_its_code_is_a_status_and_no_document_with_holes(home: Home) -> None:
    for code in ("<StatusCode/>", ""):
        without = read_message(save(home, "a", status().replace(element("StatusCode", "03"), code)))
        assert (without.kind, without.status_code, without.document_id, without.to_codes) == ("status", None, GUID.lower(), ("G22.12",))


@pytest.mark.parametrize(("written", "meant"), [("1", "01"), ("001", "01"), ("13", "13"), ("0", "00"), ("1a", "1a")])
def test_codes_with_and_without_their_zero_are_one(home: Home, written: str, meant: str) -> None:
    assert read_message(save(home, "a", status(code=written))).status_code == meant
    kinds = {read_message(save(home, "b", document(business=f"{zero}{written}"))).business_type for zero in ("", "0")}
    assert len(kinds) == (1 if written.isdigit() else 2)


def test_prefixes_order_and_a_byte_order_mark_do_not_matter(home: Home) -> None:
    plain = read_message(save(home, "a", document()))
    prefixed = document().replace("xmlns=", "xmlns:edXML=").replace("</", "</edXML:")
    prefixed = "".join(f"<edXML:{part}" if part[:1].isalpha() else f"<{part}" if number else part for number, part in enumerate(prefixed.split("<")))
    assert prefixed.count("edXML:") > 20
    assert read_message(save(home, "b", prefixed)) == plain
    assert read_message(save(home, "c", b"\xef\xbb\xbf" + document().encode())) == plain
    assert read_message(save(home, "d", document().replace("><", ">\r\n\t<"))) == plain
    assert read_message(save(home, "e", document().replace("Bussiness", "Business"))) == plain
    assert plain.message_key == read_message(save(home, "f", document(sender="G22.12.00"))).message_key


def test_a_repeated_message_is_a_duplicate_and_two_statuses_are_not(home: Home) -> None:
    for name in "ab":
        save(home, name, document())
    save(home, "c", status("other"))
    save(home, "d", status("other").replace("08:00:00", "08:00:01"))
    found = staged(home)
    assert (found.account.rows_in, found.account.rows_loaded, found.account.rows_duplicate) == (4, 3, 1)


def test_recalls_speak_of_earlier_documents_and_are_none_themselves(home: Home) -> None:
    write_source(home, "axis", TOML + "[entities.document]\n[entities.delivery]\n", document=DOCUMENT, delivery=DELIVERY)
    (home.sources / "axis" / "axis_message.sql").unlink()
    earlier = element("ReplacementInfoList", element("ReplacementInfo", element("DocumentId", "first")))
    save(home, "1", document("first"))
    save(home, "2", document("second"))
    save(home, "3", document("third", to=("G98.1", "G98.2")))
    save(home, "4", document("first", business="1"))
    save(home, "5", document("x", business="1").replace("</Bussiness>", "<DocumentId>second</DocumentId></Bussiness>"))
    save(home, "6", document("fourth", business="3").replace("</Bussiness>", earlier + "</Bussiness>"))
    save(home, "7", document("third", business="2"))
    save(home, "8", status("third"))
    found = land_and_stage(home, "axis")
    assert [(row["document_key"], row["status"], row["issued_on"], row["page_count"]) for row in found["document"].rows] == [
        ("first", "recalled", "2024-07-03", "4"),
        ("fourth", "issued", "2024-07-03", "4"),
        ("second", "recalled", "2024-07-03", "4"),
        ("third", "issued", "2024-07-03", "4"),
    ]
    assert [row["receiver_code"] for row in found["delivery"].rows if row["document_key"] == "third"] == ["G98.1", "G98.2"]
    assert read_message(home.root / "axis" / "6.edxml").refers_to == ("first",)


def test_a_marked_document_never_enters(home: Home) -> None:
    save(home, "a", document())
    save(home, "b", document("b", element("SecurityLevel", "0")))
    for number, marking in enumerate(("1", "Mật", "TUYỆT MẬT", "", "?")):
        save(home, f"c{number}", document(f"hidden{number}", element("SecurityLevel", marking)))
    save(home, "d", document("hidden-do-mat", element("OtherInfo", element("Do_Mat", "Mật"))))
    save(home, "e", document("hidden-vendor", '<v:security xmlns:v="urn:vendor">2</v:security>'))
    found = staged(home)
    assert (found.account.rows_in, found.account.rows_loaded, found.account.rows_filtered) == (9, 2, 7)
    for path in home.var.rglob("*"):
        assert not path.is_file() or b"hidden" not in path.read_bytes(), path
        assert not path.is_file() or b"canary7731" not in path.read_bytes(), path


def test_two_dates_and_missing_things_are_for_staging_to_judge(home: Home) -> None:
    trace = element("TraceHeader", element("Timestamp", "2024/7/3"))
    save(home, "a", document("a", trace=trace))
    save(home, "b", document("b", trace=element("TraceHeader", element("Timestamp", "2024/13/03 08:00:00"))))
    save(home, "c", document("c", sender=""))
    save(home, "d", document("d", to=()))
    save(home, "e", document("e", business="9"))
    found = staged(home)
    assert [row["document_key"] for row in found.rows] == ["a"]
    assert found.rows[0]["at_on"] == "2024-07-03"
    assert sorted((column, reason) for _, column, reason in found.rejects) == [
        ("at", "not a point in time"),
        ("business_type", "unknown value"),
        ("from_code", "missing"),
        ("to_code", "missing"),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"\x00\x1f" + document().encode(), "bytes before the XML declaration"),
        (b"\n" + document().encode(), "bytes before the XML declaration"),
        (document().encode("utf-16"), "not UTF-8"),
        (document().encode("utf-16-le"), "not UTF-8"),
        (document().replace("utf-8", "windows-1258").encode(), "not UTF-8"),
        (document().replace('encoding="utf-8"', 'encoding="utf-16"').encode(), "not UTF-8"),
        (document()[:-400].encode(), "cut off before its end"),
        (document()[:-1].encode(), "cut off before its end"),
        (document().replace("<Subject>", "<x:Subject>").encode(), "a prefix without a namespace"),
        (document().replace("QCVN_102_2016", "QCVN_102_2030").encode(), "root element is not edXML of QCVN 102:2016"),
        (document().replace(f'xmlns="{NAMESPACE}"', "").encode(), "root element is not edXML of QCVN 102:2016"),
        (b"<html/>", "root element is not edXML of QCVN 102:2016"),
        (document().replace("MessageHeader", "MessageFooter").encode(), "no MessageHeader"),
        (document().replace("<edXML ", '<!DOCTYPE edXML SYSTEM "http://127.0.0.1:9/x.dtd"><edXML ').encode(), "has a DTD"),
        (document().replace("<edXML ", '<!DOCTYPE edXML [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><edXML ').encode(), "has a DTD"),
        (document().replace("canary7731", "&unknown;").encode(), "not well-formed XML"),
        (document().replace("canary7731", "\x01").encode(), "not well-formed XML"),
        (document().encode().replace(b"canary7731", b"\xff\xfe"), "not well-formed XML"),
        (document().encode() + b"<more/>", "bytes after the end"),
        (document("x" * 1_001).encode(), "a value of more than 1,000 characters in its header"),
        (document("x", "<a>" * 40 + "</a>" * 40).encode(), "elements nested more than 32 deep"),
        (document(to=("G98.1",) * 20_001).encode(), "more than 20,000 values in its header"),
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused_with_its_reason_and_the_rest_loaded(home: Home, content: bytes, reason: str) -> None:
    save(home, "a", status("good"))
    save(home, "b", content)
    save(home, "c", document("good"))
    found = staged(home)
    assert (found.account.rows_in, found.account.rows_loaded, found.account.rows_rejected) == (3, 2, 1)
    assert found.rejects == [(2, "record", reason)]


@pytest.mark.parametrize("hostile", ["attachment", "tag", "attribute", "comment", "processing instruction", "text", "cdata"])
def test_megabytes_cost_no_memory(home: Home, hostile: str) -> None:
    path = home.root / "axis" / "big.edxml"
    mark = "@@@"
    before, after = {
        "attachment": message(document().partition("<edXMLHeader>")[2].partition("</edXMLHeader>")[0], attachment=mark),
        "tag": document().replace("<Subject>", f"<{mark}>"),
        "attribute": document().replace("<Subject>", f'<Subject a="{mark}">'),
        "comment": document().replace("<Subject>", f"<!--{mark}--><Subject>"),
        "processing instruction": document().replace("<Subject>", f"<?a {mark}?><Subject>"),
        "text": document().replace("canary7731", mark, 1),
        "cdata": document().replace("canary7731", f"<![CDATA[{mark}]]>", 1),
    }[hostile].split(mark)
    with path.open("wb") as file:
        file.write(before.encode())
        for _ in range(150):
            file.write(b"QUJDREVG" * (1 << 17))
        file.write(after.encode())
    said, grown = read_in_a_process_of_its_own(path)
    assert said == (GUID.lower() if hostile in ("attachment", "text", "cdata") else "a tag or comment of more than 1 MiB")
    assert grown <= 16 * (LONGEST_TAG >> 20), f"{grown} MiB"
    path.unlink()


@pytest.mark.parametrize(("length", "is_read"), [(LONGEST_TAG - (128 << 10), True), (LONGEST_TAG + (256 << 10), False)])
def test_a_tag_of_nearly_a_mebibyte_is_read_and_a_longer_one_is_not(home: Home, length: int, is_read: bool) -> None:
    save(home, "long", document().replace("<Subject>", f'<Subject a="{"x" * length}">'))
    said, _ = read_in_a_process_of_its_own(home.root / "axis" / "long.edxml")
    assert said == (GUID.lower() if is_read else "a tag or comment of more than 1 MiB")
    assert LONGEST_TAG == 1 << 20


def read_in_a_process_of_its_own(path: Path) -> tuple[str, int]:
    """The document's id or why the message was refused, and the MiB by which the peak of memory grew."""
    program = """
import resource, sys
from pathlib import Path
from etl.sources.edxml.message import MessageRefused, read_message
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    print(read_message(Path(sys.argv[1])).document_id)
except MessageRefused as refusal:
    print(refusal)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    finished = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True, cwd=PROJECT)
    said, grown = finished.stdout.splitlines()
    return said, int(grown)


@pytest.mark.parametrize(
    ("code", "spelt"),
    [
        ("G22", "G22"),
        ("000.00.00.G22", "G22"),
        ("00.00.G22", "G22"),
        ("G22.00.00.000", "G22"),
        ("000.00.12.G22", "G22.12"),
        ("12.G22", "G22.12"),
        ("G22.12", "G22.12"),
        ("000.05.00.G22", "G22.00.05"),
        (" g22 ", "G22"),
        ("V1", "V1"),
        ("000", "000"),
        ("", ""),
    ],
)
def test_organ_codes_have_one_spelling(code: str, spelt: str) -> None:
    assert organ_code(code) == spelt
    assert organ_code(spelt) == spelt


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("{" + GUID + "}", GUID.lower()),
        ("000.00.12.G22,2024/7/3,12/cv-mp", "G22.12,2024/07/03,12/CV-MP"),
        ("G22.12, 2024-07-03 , 12 / CV-MP", "G22.12,2024/07/03,12/CV-MP"),
        ("G22.12,2024/07/03,12/QĐ,SĐ", "G22.12,2024/07/03,12/QĐ,SĐ"),
        ("vendor 17", "vendor 17"),
    ],
)
def test_document_ids_have_one_spelling(text: str, spelt: str) -> None:
    assert document_id(text) == spelt
    assert document_id(spelt) == spelt


def test_a_document_without_an_id_is_known_by_sender_day_and_number(home: Home) -> None:
    assert read_message(save(home, "a", document(""))).document_id == "G22.12,2024/07/03,12/CV-MP"


def test_settings_are_checked_and_a_missing_folder_is_said(home: Home, tiny: TinySystem) -> None:
    with pytest.raises(SourceUnreachable, match=r"no file matches axis/\*\.edxml"):
        staged(home)
    save(home, "a", document())
    write_source(home, "axis", TOML.replace("axis/*", "../*") + "[entities.axis_message]\n")
    with pytest.raises(ConfigurationError, match="files must be a pattern below"):
        staged(home)
    write_source(home, "axis", TOML + "[entities.axis_message]\n", axis_message="SELECT * FROM read_text('/etc/passwd')")
    with pytest.raises(ConfigurationError, match=r"axis_message\.sql failed"):
        staged(home)
    write_source(tiny.home, "axis", TOML + "[entities.axis_message]\nmax_rejected = 0.5\n", axis_message=AXIS_MESSAGE)
    tiny.home.config.write_text(tiny.home.config.read_text().replace('["tiny"]', '["tiny", "axis"]'), encoding="utf-8")
    (tiny.home.root / "axis").mkdir()
    save(tiny.home, "a", document())
    save(tiny.home, "b", "<html/>")
    found = check_source(tiny.settings, "axis")
    assert found.is_passed
    assert (found.entities[0].rows, found.entities[0].refused) == (2, (("record", "root element is not edXML of QCVN 102:2016", 1),))
    assert dict(found.entities[0].first)["from_code"] == "G22.12"
    result = tiny.run()
    account = next(entity for entity in result.entities if entity.source == "axis")
    assert (account.rows_in, account.rows_loaded, account.rows_rejected) == (2, 1, 1)


def test_mutated_messages_never_crash_and_every_file_is_accounted_for(home: Home) -> None:
    rng = random.Random(17)
    originals = [document(to=("G98.1", "000.00.02.G98")).encode(), status().encode(), document("b", business="1").encode()]
    pieces = [
        b"<",
        b">",
        b"&",
        b'"',
        b"'",
        b"\0",
        b"\xff",
        b"\x1b",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"</",
        b"<?",
        b"xmlns=",
        b"\r\n",
        "ữ".encode(),
        b"",
    ]
    refused = 0
    for number in range(300):
        content = bytearray(originals[number % 3])
        place = rng.randrange(len(content))
        match rng.randrange(6):
            case 0:
                del content[place:]
            case 1:
                for _ in range(rng.randrange(1, 6)):
                    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
            case 2:
                content[place : place + rng.randrange(4)] = rng.choice(pieces)
            case 3:
                content = bytearray(bytes(content).decode().encode(rng.choice(["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])))
            case 4:
                content[place:place] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 90)))
            case _:
                content[place:place] = content[rng.randrange(len(content)) :]
        path = save(home, f"m{number:03d}", bytes(content))
        try:
            read_message(path)
        except MessageRefused as refusal:
            refused += 1
            assert str(refusal).isprintable()
    assert 100 < refused < 290
    found = staged(home)
    assert found.account.rows_in >= 300
    assert sum(column == "record" for _, column, _ in found.rejects) == refused
