"""The encodings of Vietnamese offices before Unicode, letter by letter. The bytes in these tests are spelt from the standards, not by the code."""

from __future__ import annotations

import io
import itertools
import unicodedata

import pytest

from etl.sources.files.encodings import LONGEST_LINE, TCVN3, VNI, check_encoding, tcvn3_text, text_lines, vni_text
from etl.sources.open_file import FileRefused

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
SMALL = {unicodedata.normalize("NFC", vowel + tone) for vowel, tone in itertools.product(VOWELS, TONES)} | {"đ"}
ALPHABET = SMALL | {letter.upper() for letter in SMALL}
ASCII = "".join(map(chr, range(0x20, 0x7F)))


def test_the_whole_alphabet_goes_through_vni_and_back() -> None:
    assert len(ALPHABET) == 2 * (12 * 6 + 1)
    meant = set(VNI.values()) | set("aeiouyAEIOUY")
    assert meant == ALPHABET
    written: dict[str, str] = {}
    for spelling, letter in VNI.items():
        if letter.islower() == spelling[-1].islower():  # not the careless mixture of a capital and a small mark
            written[letter] = spelling
    text = "".join(sorted(ALPHABET)) + ASCII
    encoded = "".join(written.get(letter, letter) for letter in text).encode("cp1252")
    assert vni_text(encoded) == text
    for one, other in itertools.product(sorted(ALPHABET), repeat=2):  # no letter's byte is taken for the mark of the one before it
        pair = written.get(one, one) + written.get(other, other)
        assert vni_text(pair.encode("cp1252")) == one + other


def test_the_whole_alphabet_of_small_letters_goes_through_tcvn3_and_back() -> None:
    written = {letter: byte for byte, letter in TCVN3.items()}
    assert set(written) == (SMALL - set("aeiouy")) | set("ĂÂÊÔƠƯĐ") | {"\u00a0"}
    text = "".join(sorted((SMALL | set("ĂÂÊÔƠƯĐ")) - set("aeiouy"))) + ASCII
    assert tcvn3_text(bytes(written.get(letter) or ord(letter) for letter in text)) == text


@pytest.mark.parametrize(
    ("encoding", "raw", "text"),
    [
        ("tcvn3", b"Vi\xd6n ki\xd3m s\xb8t nh\xa9n d\xa9n", "Viện kiểm sát nhân dân"),
        ("tcvn3", b"\xa7\xaeng \xfd \x93ngo\xc6c\x94", "Đđng ý “ngoặc”"),
        ("vni", "Vieän kieåm saùt nhaân daân".encode("cp1252"), "Viện kiểm sát nhân dân"),
        ("vni", "ÑAËNG VAÊN ÑÖÙC – Quyù I".encode("cp1252"), "ĐẶNG VĂN ĐỨC – Quý I"),
        ("vni", "Aên Ôû".encode("cp1252"), "Ăn Ở"),
        ("windows-1258", b"Vi\xea\xf2n ki\xea\xd2m sa\xect", "Viện kiểm sát"),
        ("utf-8", b"\xef\xbb\xbfVie\xcc\xa3\xcc\x82n", "Viện"),
        ("utf-8", "hòa Đặng".encode(), "hòa Đặng"),
        ("utf-16", "Viện".encode("utf-16"), "Viện"),
    ],
)
def test_text_comes_out_right_and_in_nfc(encoding: str, raw: bytes, text: str) -> None:
    (line,) = text_lines(io.BytesIO(raw), check_encoding(encoding))
    assert line == text
    assert unicodedata.is_normalized("NFC", line)


def test_windows_1258_holds_the_whole_alphabet() -> None:
    """Its tone marks follow their letter, so every letter is one or two bytes there, however it was taken apart."""
    plain = {letter: unicodedata.normalize("NFD", letter) for letter in ALPHABET}
    for letter, parts in plain.items():
        tone = next((mark for mark in parts if mark in TONES[1:]), "")
        base = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark != tone))
        (line,) = text_lines(io.BytesIO((base + tone).encode("cp1258")), check_encoding("windows-1258"))
        assert line == letter


@pytest.mark.parametrize(
    ("encoding", "raw", "said"),
    [
        ("vni", b"ok\n\xf9", "line 2 is not vni text: the byte F9 does not follow a vowel"),
        ("vni", "sát".encode(), "line 1 is not vni text"),  # UTF-8 under the wrong name
        ("tcvn3", b"\xb0", "line 1 is not tcvn3 text: the byte B0 stands for no character"),
        ("tcvn3", b"\x81", "the byte 81 stands for no character"),
        ("utf-8", b"a" * (LONGEST_LINE + 5), "line 1 is longer than"),
    ],
)
def test_bytes_of_another_encoding_are_refused(encoding: str, raw: bytes, said: str) -> None:
    with pytest.raises(FileRefused) as caught:
        list(text_lines(io.BytesIO(raw), check_encoding(encoding)))
    assert said in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_the_mark_of_the_byte_order_is_no_part_of_the_first_line(encoding: str) -> None:
    raw = "\ufeffMã đơn vị\n\ufeffA\n".encode(encoding)
    assert list(text_lines(io.BytesIO(raw), check_encoding(encoding))) == ["Mã đơn vị\n", "\ufeffA\n"]  # elsewhere it is a character of the text


@pytest.mark.parametrize("name", ["klingon", "hex", "rot13"])
def test_an_unknown_encoding_is_refused(name: str) -> None:
    with pytest.raises(FileRefused, match=f"no encoding {name}"):
        check_encoding(name)
