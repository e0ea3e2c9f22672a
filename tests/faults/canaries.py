"""Texts that must be found nowhere, and a search for them in every spelling and encoding in which they could lie about.

Each canary carries a sign of ten ASCII letters of its own, which any decoding brings to light, and the Vietnamese STEM, which says in how many ways
the same letters can be written. What is looked through: bytes as they are and decoded from UTF-16, UTF-32, base64, hexadecimal, percent and backslash
escapes; what Parquet and DuckDB files hold, value by value; gzip, zlib and Zstandard streams wherever they begin; unkeyed digests.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import hashlib
import io
import random
import re
import shutil
import tempfile
import unicodedata
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import duckdb
import pyarrow as pa

from etl.sources.files.encodings import TCVN3, VNI

STEM = "Đặng Thị Ngọc Ửu"
_TCVN3 = {letter: bytes([byte]) for byte, letter in TCVN3.items()}
_VNI = {letter: written.encode("cp1252") for written, letter in VNI.items() if len(letter) == 1}
_SIGN = re.compile(rb"(?i)zq[a-z0-9]{8}")


@dataclass(frozen=True)
class Canaries:
    """All canaries of one home."""

    signs: tuple[str, ...]

    def text(self, number: int) -> str:
        """The canary as somebody would write it, NFC for even numbers and NFD for odd ones."""
        return unicodedata.normalize("NFD" if number % 2 else "NFC", f"{STEM} {self.signs[number]}")

    def key(self, number: int) -> str:
        """The same as a user name."""
        return f"ngoc.{self.signs[number]}"

    @property
    def digests(self) -> dict[str, str]:
        """Digests that anybody could make of a text or a key: hexadecimal digits, and what they are of."""
        made = {}
        for number, sign in enumerate(self.signs):
            for text in (sign, self.key(number), unicodedata.normalize("NFC", self.text(number)), unicodedata.normalize("NFD", self.text(number))):
                for name in ("md5", "sha1", "sha256"):
                    made[hashlib.new(name, text.encode()).hexdigest()] = f"{name} of {sign}"
        return made


def make_canaries(count: int, seed: int = 1) -> Canaries:
    chance = random.Random(seed)
    signs = {"zq" + "".join(chance.choices("abcdefghijkmnprstuvwx0123456789", k=8)) for _ in range(count * 2)}
    return Canaries(tuple(sorted(signs)[:count]))


def old_font(text: str, table: dict[str, bytes]) -> bytes:
    return b"".join(table.get(letter) or letter.encode("cp1252", "replace") for letter in unicodedata.normalize("NFC", text))


def windows_1258(text: str) -> bytes:
    written = bytearray()
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in parts[1:] if mark in "\u0300\u0309\u0303\u0301\u0323")
        written += (unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in tones)) + tones).encode("cp1258")
    return bytes(written)


def tcvn3(text: str) -> bytes:
    return old_font(text, _TCVN3)


def vni(text: str) -> bytes:
    return old_font(text, _VNI)


def _gz(raw: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return packer.compress(raw) + packer.flush()


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: unicodedata.normalize("NFC", text).encode(),
    "utf-8, taken apart": lambda text: unicodedata.normalize("NFD", text).encode(),
    "utf-16-le": lambda text: unicodedata.normalize("NFC", text).encode("utf-16-le"),
    "utf-16-be": lambda text: unicodedata.normalize("NFC", text).encode("utf-16-be"),
    "utf-32": lambda text: unicodedata.normalize("NFC", text).encode("utf-32-le"),
    "windows-1258": windows_1258,
    "tcvn3": tcvn3,
    "vni": vni,
}
WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda raw: raw,
    "base64": base64.b64encode,
    "base64 after a letter": lambda raw: base64.b64encode(b"x" + raw),
    "base64 after two": lambda raw: base64.b64encode(b"xy" + raw),
    "hexadecimal": binascii.hexlify,
    "HEXADECIMAL": lambda raw: binascii.hexlify(raw).upper(),
    "percent": lambda raw: quote(raw, safe="").encode(),
    "percent of every letter": lambda raw: "".join(f"%{byte:02x}" for byte in raw).encode(),
    "backslash": lambda raw: "".join(f"\\x{byte:02x}" for byte in raw).encode(),
    "quoted-printable": lambda raw: codecs.encode(raw, "quopri"),
    "gzip": _gz,
    "zlib": zlib.compress,
    "zstandard": lambda raw: pa.compress(raw, codec="zstd", asbytes=True),
}


_STEMS: dict[str, bytes] = {
    f"{encoding}, {wrapping}": wrap(encode(STEM))
    for encoding, encode in ENCODINGS.items()
    for wrapping, wrap in WRAPPINGS.items()
    if wrapping in ("as it is", "hexadecimal", "percent", "backslash", "quoted-printable")
}
"""Whole bytes to look for: a name without the sign that follows it. The other wrappings are undone before it is looked for."""


def traces(folders: Sequence[Path], canaries: Canaries, said: Sequence[str] = ()) -> list[str]:
    """What was found where; `said` are texts that were printed."""
    digests = canaries.digests
    signs = set(canaries.signs)
    found: list[str] = []
    layers = [(f"output {number}", "", text.encode()) for number, text in enumerate(said)]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                layers += [(str(path.relative_to(folder)), how, content) for how, content in _layers(path)]
    for name, how, content in layers:
        found += [f"{name} ({how}): {what}" for what in sorted(_found_in(content, signs, digests))]
    return found


def _layers(path: Path) -> Iterator[tuple[str, bytes]]:
    content = path.read_bytes()
    yield "bytes", content
    yield from _streams(content)
    if ".parquet" in path.name or ".duckdb" in path.name:
        yield "values", _values(path)


def _values(path: Path) -> bytes:
    """What a database or a Parquet file holds, read from a copy; a half-written one shows what it can."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / path.name.removesuffix(".unfinished")
        shutil.copy(path, copy)
        log = path.with_name(path.name + ".wal")
        if log.is_file():
            shutil.copy(log, copy.with_name(copy.name + ".wal"))
        try:
            if ".parquet" in path.name:
                with duckdb.connect(":memory:") as memory:
                    return _told(memory, ["read_parquet('" + copy.as_posix().replace("'", "''") + "')"])
            with duckdb.connect(copy.as_posix()) as database:
                tables = database.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
                return _told(database, [f'"{schema}"."{table}"' for schema, table in tables])
        except duckdb.Error:
            return b""


def _told(database: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> bytes:
    out = io.StringIO()
    for table in tables:
        for row in database.execute(f"SELECT COLUMNS(*)::VARCHAR FROM {table}").fetchall():  # noqa: S608
            out.write("\x1f".join(value or "" for value in row) + "\n")
    return out.getvalue().encode("utf-8", "surrogatepass")


_MAGIC = {"zstandard": b"\x28\xb5\x2f\xfd", "gzip": b"\x1f\x8b\x08", "zlib": b"\x78"}


def _streams(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Whatever begins like a packed stream, unpacked as far as it goes."""
    for name, magic in _MAGIC.items():
        place = content.find(magic)
        while place >= 0:
            if name != "zlib" or content[place + 1 : place + 2] in (b"\x01", b"\x5e", b"\x9c", b"\xda"):
                unpacked = _unpacked(name, content[place : place + (4 << 20)])
                if unpacked:
                    yield f"{name} at {place}", unpacked
            place = content.find(magic, place + 1)


def _unpacked(name: str, content: bytes) -> bytes:
    if name != "zstandard":
        try:
            return zlib.decompressobj(wbits=47).decompress(content)
        except zlib.error:
            return b""
    parts = []
    try:
        with pa.CompressedInputStream(pa.BufferReader(content[: _frame_length(content)]), "zstd") as stream:
            while block := stream.read(64):
                parts.append(block)
    except (OSError, pa.ArrowException):
        pass  # half a stream, or none at all
    return b"".join(parts)


def _frame_length(content: bytes) -> int:
    """Bytes of the Zstandard frame at the start (RFC 8878, 3.1.1): its reader would choke on what follows and give nothing."""
    if len(content) < 5:
        return len(content)
    described = content[4]
    is_single = bool(described & 0x20)
    size = (1 if is_single else 0, 2, 4, 8)[described >> 6]
    place = 5 + (not is_single) + (0, 1, 2, 4)[described & 3] + size
    is_last = False
    while not is_last and place + 3 <= len(content):
        header = int.from_bytes(content[place : place + 3], "little")
        is_last = bool(header & 1)
        place += 3 + (1 if (header >> 1) & 3 == 1 else header >> 3)
    return place + (4 if described & 4 else 0)


_HEX = re.compile(rb"[0-9a-fA-F]{20,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}={0,2}")
_ESCAPED = re.compile(rb"(?:%|\\x|=)([0-9a-fA-F]{2})")


def _found_in(content: bytes, signs: set[str], digests: dict[str, str]) -> set[str]:
    found = _signs_in(content, signs)
    found |= {f"stem in {name}" for name, stem in _STEMS.items() if stem in content}
    for run in _HEX.findall(content):
        text = run.lower().decode()
        found |= {f"digest, {digests[text[:size]]}" for size in (32, 40, 64) if text[:size] in digests}
        for shift in (0, 1):
            whole = run[shift : len(run) - (len(run) - shift) % 2]
            found |= {f"{what}, hexadecimal" for what in _plainly_in(binascii.unhexlify(whole), signs)}
    for run in _BASE64.findall(content):
        plain = run.rstrip(b"=").replace(b"-", b"+").replace(b"_", b"/")
        for shift in range(4):
            part = plain[shift:]
            part = part[: len(part) - (len(part) % 4 == 1)]
            found |= {f"{what}, base64" for what in _plainly_in(base64.b64decode(part + b"=" * (-len(part) % 4)), signs)}
    if _ESCAPED.search(content):
        undone = unquote_to_bytes(_ESCAPED.sub(rb"%\1", content.replace(b"=\n", b"")))
        found |= {f"{what}, escaped" for what in _plainly_in(undone, signs)}
    return found


def _plainly_in(content: bytes, signs: set[str]) -> set[str]:
    return _signs_in(content, signs) | {f"stem in {name}" for name, stem in _STEMS.items() if name.endswith("as it is") and stem in content}


def _signs_in(content: bytes, signs: set[str]) -> set[str]:
    """Signs in single bytes, and in the wide letters of UTF-16 and UTF-32."""
    candidates = _SIGN.findall(content)
    if b"\0" in content:
        for start in (b"z\0q\0", b"Z\0Q\0", b"z\0\0\0q\0\0\0", b"\0z\0q"):
            place = content.find(start)
            while place >= 0:
                candidates += _SIGN.findall(content[place : place + 44].replace(b"\0", b""))
                place = content.find(start, place + 1)
    return {sign for sign in (candidate.lower().decode() for candidate in candidates) if sign in signs}
