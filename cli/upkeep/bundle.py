"""`vanban bundle`: program and packages in one archive, for a machine without a network."""

from __future__ import annotations

import hashlib
import io
import lzma
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bootstrap import BUNDLED_FOR, LOCKS, VANBAN, WHEELS, driver_names
from cli.terminal.console import tell
from data.errors import ConfigurationError, SourceUnreachable
from data.paths import PROJECT
from data.version import COMMIT_FILE, program_commit, program_version

EXAMPLE = "--platform linux --python 3.11"

ROOMS = ("cli", "dashboard", "data", "etl", "metrics", "docs")
FILES = ("bootstrap.py", "pyproject.toml", "vanban", "vanban.cmd", "LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md")
LEFT_OUT = re.compile(r"__pycache__|\.pyc$|^docs/(?:pictures|reference)/|^docs/\w+\.py$")
"""What only developers read or run."""


class Platform(StrEnum):
    """Of the machine that the archive is for; both on x86-64 processors."""

    LINUX = "linux"
    WINDOWS = "windows"


TAGS = {
    # glibc 2.28 is that of Debian 10, RHEL 8 and Ubuntu 20.04: on anything as old as that the packages run, and on all that came later.
    Platform.LINUX: [*(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)), "manylinux2014_x86_64", "manylinux2010_x86_64"],
    Platform.WINDOWS: ["win_amd64"],
}
MARKERS = {
    Platform.LINUX: {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    Platform.WINDOWS: {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
}
PYTHONS = ("3.11", "3.12", "3.13")
PACKED = [{"id": lzma.FILTER_X86}, {"id": lzma.FILTER_LZMA2, "preset": 1}]
"""Of wheels that are not packed themselves: a third smaller than as they come; preset 3 took three times as long for a sixteenth less."""


def run(
    platform: Annotated[Platform, typer.Option("--platform", help="The machine that it is for (x86-64).")],
    python: Annotated[str, typer.Option("--python", help=f"The Python that it has: {', '.join(PYTHONS)}.")],
    into: Annotated[Path, typer.Option("--into", help="The folder to write the archive into.")] = Path(),
) -> None:
    """Write program and packages into one archive, that one command installs without a network; needs a network itself."""
    if python not in PYTHONS:
        raise ConfigurationError(f"--python {python}: the packages are locked for {', '.join(PYTHONS)}.")
    archive = into / f"vanban-{program_version()}-{platform}-python{python}.tar.xz"
    into.mkdir(parents=True, exist_ok=True)
    locks = {
        lock: packages_for(lock.read_text(encoding="utf-8"), platform, python)
        for lock in (VANBAN.lock, *(LOCKS / f"{name}.lock" for name in driver_names()))
    }
    with tempfile.TemporaryDirectory(prefix="vanban-bundle-") as folder:
        wheels = download({**dict(package for packages in locks.values() for package in packages.items())}, platform, python, Path(folder))
        tell(f"packing {len(wheels)} packages (some minutes)")
        write(archive, [*program_files(), *packed_packages(locks, wheels), *marks(python)])
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    tell(f"{archive.stat().st_size / 1e6:,.0f} MB, sha256 {digest}: {archive}")
    tell(f"Next, on the other machine: {way_to_install(archive, platform)}")


def way_to_install(archive: Path, platform: Platform) -> str:
    """The one command that installs it, typed there."""
    name = archive.name.removesuffix(".tar.xz")
    if platform is Platform.WINDOWS:
        return f"py -m tarfile -e {archive.name} C:\\ && C:\\{name}\\vanban.cmd --version"
    return f"python3 -m tarfile -e {archive.name} /opt && /opt/{name}/vanban --version"


def packages_for(lock: str, platform: Platform, python: str) -> dict[str, str]:
    """Name and version of each package of a lock that counts on that machine, and its hashes; without markers, which pip reads by its own machine."""
    from packaging.markers import Marker

    there = {**MARKERS[platform], "python_version": python, "python_full_version": f"{python}.0", "platform_python_implementation": "CPython"}
    counted: dict[str, str] = {}
    for package in re.findall(r"^\S+==[^\n]*(?:\n +--hash[^\n]*)*", lock, flags=re.MULTILINE):
        head, _, hashes = package.partition("\n")
        requirement, _, marker = head.rstrip(" \\").partition(";")
        if not marker or Marker(marker).evaluate({**there, "extra": ""}):
            counted[requirement.strip()] = hashes
    return counted


def download(packages: dict[str, str], platform: Platform, python: str, folder: Path) -> dict[str, Path]:
    """Fetches the wheels, hashes compared, by name and version; raises SourceUnreachable with what pip said."""
    from packaging.utils import canonicalize_name, parse_wheel_filename

    lock = folder / "requirements.txt"
    lock.write_text("".join(f"{package} \\\n{hashes}\n" for package, hashes in packages.items()), encoding="utf-8")
    tell(f"fetching {len(packages)} packages for {platform}, Python {python}")
    command = [sys.executable, "-m", "pip", "download", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--implementation", "cp"]
    command += ["--python-version", python, *(word for tag in TAGS[platform] for word in ("--platform", tag))]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--quiet", "--dest", str(folder), "--requirement", str(lock)]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if ended.returncode:
        said = "\n".join(line for line in ended.stdout.splitlines() if line.startswith("ERROR")) or ended.stdout[-2000:]
        raise SourceUnreachable(f"The packages could not be fetched. pip said:\n{said}")
    fetched = {parse_wheel_filename(path.name)[0]: path for path in folder.glob("*.whl")}
    return {package: fetched[canonicalize_name(package.partition("==")[0])] for package in packages}


def program_files() -> Iterator[tuple[str, bytes]]:
    """What an installation needs of the program's folder: name in the archive, and its bytes."""
    for name in [*FILES, *sorted(path.relative_to(PROJECT).as_posix() for room in ROOMS for path in (PROJECT / room).rglob("*") if path.is_file())]:
        if not LEFT_OUT.search(name):
            yield name, (PROJECT / name).read_bytes()


def packed_packages(locks: dict[Path, dict[str, str]], wheels: dict[str, Path]) -> Iterator[tuple[str, bytes]]:
    """The wheels, and the locks with the hashes that they have in the archive."""
    hashes: dict[str, str] = {}
    for package, path in wheels.items():
        wheel = unpacked(path)
        hashes[package] = hashlib.sha256(wheel).hexdigest()
        yield f"{WHEELS.name}/{path.name}", wheel
    for lock, packages in locks.items():
        lines = [f"# Of {lock.name}, for one platform and Python; written by `vanban bundle`, which compared the packages with the hashes there."]
        lines += [f"{package} --hash=sha256:{hashes[package]}" for package in packages]
        yield lock.name if lock == VANBAN.lock else f"{LOCKS.name}/{lock.name}", "\n".join([*lines, ""]).encode()


def unpacked(wheel: Path) -> bytes:
    """The same wheel with its files as they are: packed all together they take less room."""
    made = io.BytesIO()
    with zipfile.ZipFile(wheel) as given, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as stored:
        for entry in given.infolist():
            same = zipfile.ZipInfo(entry.filename)
            same.external_attr = entry.external_attr
            stored.writestr(same, given.read(entry))
    return made.getvalue()


def marks(python: str) -> Iterator[tuple[str, bytes]]:
    """Which Python the packages are for, and which commit the program is of."""
    yield f"{WHEELS.name}/{BUNDLED_FOR.name}", f"{python}\n".encode()
    if commit := program_commit():
        yield COMMIT_FILE.name, f"{commit}\n".encode()


def write(path: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """One archive with one folder of its name; the same files give the same bytes."""
    folder = path.name.removesuffix(".tar.xz")
    unfinished = path.with_name(f"{path.name}.part")
    with lzma.open(unfinished, "wb", filters=PACKED) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files:
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.size, entry.mode = len(content), 0o755 if name == "vanban" else 0o644
            archive.addfile(entry, io.BytesIO(content))
    unfinished.replace(path)
