"""Text encodings of files: Python's own by name, and the two that Vietnamese offices used before Unicode and Python does not know.

`tcvn3` is TCVN 5712:1993, set 3 (the fonts .VnTime): one byte per letter. It has no capital vowels with a tone; offices set those in an all-capitals
font (.VnTimeH) over the bytes of the small letters, and a text file keeps no fonts, so they come out small.
`vni` is VNI for Windows (the fonts VNI-Times): a plain vowel, then a byte with everything that stands above and below it.
Both leave the punctuation of Windows-1252 in its place. What comes out is Unicode NFC.
"""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Callable, Generator
from typing import BinaryIO

from etl.sources.open_file import FileRefused

LONGEST_LINE = 1 << 20
"""Characters. A row of such a length is a damaged or a hostile file, and would be held in memory whole."""

GRAVE, HOOK, TILDE, ACUTE, DOT = "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"
CIRCUMFLEX, BREVE, HORN = "\u0302", "\u0306", "\u031b"

_TCVN3_PLAIN = dict(zip(range(0xA1, 0xAF), "ĂÂÊÔƠƯĐăâêôơưđ", strict=True))
# Each vowel's bytes with grave, hook, tilde, acute, dot below; the standard keeps this order and leaves gaps.
_TCVN3_TONED = {
    "a": (0xB5, 0xB6, 0xB7, 0xB8, 0xB9),
    "ă": (0xBB, 0xBC, 0xBD, 0xBE, 0xC6),
    "â": (0xC7, 0xC8, 0xC9, 0xCA, 0xCB),
    "e": (0xCC, 0xCE, 0xCF, 0xD0, 0xD1),
    "ê": (0xD2, 0xD3, 0xD4, 0xD5, 0xD6),
    "i": (0xD7, 0xD8, 0xDC, 0xDD, 0xDE),
    "o": (0xDF, 0xE1, 0xE2, 0xE3, 0xE4),
    "ô": (0xE5, 0xE6, 0xE7, 0xE8, 0xE9),
    "ơ": (0xEA, 0xEB, 0xEC, 0xED, 0xEE),
    "u": (0xEF, 0xF1, 0xF2, 0xF3, 0xF4),
    "ư": (0xF5, 0xF6, 0xF7, 0xF8, 0xF9),
    "y": (0xFA, 0xFB, 0xFC, 0xFD, 0xFE),
}
TCVN3: dict[int, str] = {0xA0: "\u00a0"} | _TCVN3_PLAIN
TCVN3 |= {
    byte: unicodedata.normalize("NFC", vowel + tone)
    for vowel, places in _TCVN3_TONED.items()
    for byte, tone in zip(places, (GRAVE, HOOK, TILDE, ACUTE, DOT), strict=True)
}
"""Upper half of the code; 0x80-0x9F are as in Windows-1252."""

_VNI_TONES = {"ø": GRAVE, "û": HOOK, "õ": TILDE, "ù": ACUTE, "ï": DOT}
_VNI_CIRCUMFLEX = {"â": "", "à": GRAVE, "å": HOOK, "ã": TILDE, "á": ACUTE, "ä": DOT}
_VNI_BREVE = {"ê": "", "è": GRAVE, "ú": HOOK, "ü": TILDE, "é": ACUTE, "ë": DOT}
_VNI_ALONE = {"ô": "o" + HORN, "ö": "u" + HORN, "ñ": "đ", "í": "i" + ACUTE, "ì": "i" + GRAVE, "æ": "i" + HOOK, "ó": "i" + TILDE, "ò": "i" + DOT}
_VNI_ALONE |= {"î": "y" + DOT}


def _vni() -> dict[str, str]:
    small = {letter: unicodedata.normalize("NFC", meaning) for letter, meaning in _VNI_ALONE.items()}
    for vowel in "aeouyôö":
        for mark, tone in _VNI_TONES.items():
            small[vowel + mark] = unicodedata.normalize("NFC", small.get(vowel, vowel) + tone)
    for vowels, marks, above in (("aeo", _VNI_CIRCUMFLEX, CIRCUMFLEX), ("a", _VNI_BREVE, BREVE)):
        small |= {vowel + mark: unicodedata.normalize("NFC", vowel + above + tone) for vowel in vowels for mark, tone in marks.items()}
    capital = {written.upper(): letter.upper() for written, letter in small.items()}
    # People typed a capital and went on with small letters: the mark is then that of the small letter.
    mixed = {written[0].upper() + written[1]: letter.upper() for written, letter in small.items() if len(written) == 2}
    return small | capital | mixed


VNI: dict[str, str] = _vni()
"""What stands in a file, read as Windows-1252, and the letter that it means."""

_VNI_LETTERS = re.compile("|".join(sorted(VNI, key=len, reverse=True)))
_VNI_MARKS = frozenset("".join(written[1:] for written in VNI) + "".join(written for written in VNI if len(written) == 1))


def tcvn3_text(raw: bytes) -> str:
    """Raises FileRefused, naming the byte, for one that stands for nothing."""
    return "".join([_letter(_TCVN3_BYTES, byte) for byte in raw])


def vni_text(raw: bytes) -> str:
    """Raises FileRefused, naming the byte, for a mark that does not follow its vowel: the file is of another encoding then."""
    text = "".join([_letter(_WINDOWS, byte) for byte in raw])
    left = _VNI_LETTERS.sub("", text)
    if stray := next((character for character in left if character in _VNI_MARKS), None):
        raise FileRefused(f"the byte {stray.encode('cp1252').hex().upper()} does not follow a vowel that it could belong to, as it would in vni")
    return _VNI_LETTERS.sub(lambda found: VNI[found[0]], text)


def _letter(table: dict[int, str], byte: int) -> str:
    try:
        return table[byte]
    except KeyError:
        raise FileRefused(f"the byte {byte:02X} stands for no character in it") from None


_WINDOWS = {byte: letter for byte in range(256) if (letter := bytes((byte,)).decode("cp1252", "replace")) != "\ufffd"}
_TCVN3_BYTES = {byte: letter for byte, letter in _WINDOWS.items() if byte < 0xA0} | TCVN3

OWN: dict[str, Callable[[bytes], str]] = {"tcvn3": tcvn3_text, "vni": vni_text}


def check_encoding(name: str) -> str:
    """The name as `text_lines` takes it. Raises FileRefused for an encoding that is not known."""
    if name.lower() in OWN:
        return name.lower()
    try:
        known = codecs.lookup(name).name
        "".encode(known)  # Python's list also has codecs that make no text, such as hex
    except LookupError:
        raise FileRefused(f"there is no encoding {name} (encoding in source.toml)") from None
    return "utf-8-sig" if known == "utf-8" else known  # with or without a byte order mark


def text_lines(file: BinaryIO, encoding: str) -> Generator[str, None, None]:
    """The lines of an open file as Unicode NFC, each with its line end; `encoding` as `check_encoding` gave it.

    Raises UnicodeDecodeError or FileRefused for bytes that are not of this encoding, FileRefused for a line over LONGEST_LINE.
    """
    own = OWN.get(encoding)
    text = io.TextIOWrapper(file, encoding="latin-1" if own else encoding, errors="strict", newline="")
    try:
        number = 0
        while line := text.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
                raise FileRefused(f"line {number} is longer than {LONGEST_LINE:,} characters")
            try:
                yield unicodedata.normalize("NFC", own(line.encode("latin-1")) if own else line)
            except FileRefused as refusal:
                raise FileRefused(f"line {number} is not {encoding} text: {refusal}") from None
    except UnicodeDecodeError:
        raise
    except UnicodeError:  # UTF-16 or UTF-32 without the mark that says which way round its bytes are
        raise FileRefused(f"it is not {encoding} text: it does not start with a byte order mark; see encoding in source.toml") from None
    finally:
        text.detach()  # whoever opened the file closes it
