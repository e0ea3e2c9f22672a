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
import tomllib
import unicodedata
from collections.abc import Callable, Generator
from pathlib import Path
from typing import BinaryIO

from etl.sources.open_file import FileRefused

LONGEST_LINE = 1 << 20
"""Characters. A row of such a length is a damaged or a hostile file, and would be held in memory whole."""

_LETTERS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def _pairs(name: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in _LETTERS[name].split())


TCVN3: dict[int, str] = {0xA0: "\u00a0"} | {int(byte, 16): letter for byte, letter in _pairs("tcvn3").items()}
"""Upper half of the code; 0x80-0x9F are as in Windows-1252."""

_VNI_SMALL = _pairs("vni")
VNI: dict[str, str] = {
    **_VNI_SMALL,
    **{written.upper(): letter.upper() for written, letter in _VNI_SMALL.items()},
    # People typed a capital and went on with small letters: the mark is then that of the small letter.
    **{written[0].upper() + written[1]: letter.upper() for written, letter in _VNI_SMALL.items() if len(written) == 2},
}
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
    if stray := next((character for character in left if character in _VNI_MARKS or (character >= "\u00c0" and character.isalpha())), None):
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


def is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def text_lines(file: BinaryIO, encoding: str) -> Generator[str, None, None]:
    """The lines of an open file as Unicode NFC, each with its line end; `encoding` as `check_encoding` gave it.

    Raises UnicodeDecodeError or FileRefused for bytes that are not of this encoding, FileRefused for a line over LONGEST_LINE and, at the end, for a
    text of which everything beyond ASCII is whole UTF-8 and another encoding was stated: nearly every byte stands for something in those.
    """
    own = OWN.get(encoding)
    is_unicode, has_utf8 = encoding.startswith("utf"), False
    text = io.TextIOWrapper(file, encoding="latin-1" if own else encoding, errors="strict", newline="")
    try:
        number = 0
        while line := text.readline(LONGEST_LINE):
            number += 1
            if number == 1:
                line = line.removeprefix("\ufeff")  # the codecs of utf-16-le and the like leave it
            if not is_unicode and not line.isascii():
                has_utf8 = is_utf8(line.encode("latin-1" if own else encoding))
                is_unicode = not has_utf8  # one line that is none is enough
            if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
                raise FileRefused(f"line {number} is longer than {LONGEST_LINE:,} characters")
            try:
                yield unicodedata.normalize("NFC", own(line.encode("latin-1")) if own else line)
            except FileRefused as refusal:
                raise FileRefused(f"line {number} is not {encoding} text: {refusal}") from None
        if has_utf8:
            raise FileRefused(f'it is UTF-8 text and not {encoding}: write encoding = "utf-8" in source.toml')
    except UnicodeDecodeError:
        raise
    except UnicodeError:  # UTF-16 or UTF-32 without the mark that says which way round its bytes are
        raise FileRefused(f"it is not {encoding} text: it does not start with a byte order mark; see encoding in source.toml") from None
    finally:
        text.detach()  # whoever opened the file closes it
