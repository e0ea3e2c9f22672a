"""What people install who have no checkout: the wheel, and the bundle for a machine without a network."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

import bootstrap
from cli.upkeep import bundle
from cli.upkeep.bundle import PYTHONS, Platform, packages_for
from data.paths import PROJECT
from data.version import COMMIT_FILE, program_commit
from tests.conftest import run_vanban
from tests.programs import not_tried, program
from tests.test_wrapper import without_network

LOCK = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
OWN = {name: value for name, value in os.environ.items() if not name.startswith(("VANBAN_", "PYTHON", "VIRTUAL_ENV"))}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("hatchling") is None:
        not_tried("hatchling is missing (locks/test.lock has it): no wheel was built")
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=PROJECT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_has_every_file_of_the_rooms_under_one_name(wheel: Path) -> None:
    git = program("git", package="git", without="the files of the project were not listed")
    listing = [git, "ls-files", "-co", "--exclude-standard", "cli", "dashboard", "data", "etl", "metrics"]
    files = subprocess.run(listing, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry = archive.read(f"vanban-{VERSION}.dist-info/entry_points.txt").decode()
    assert {f"vanban/{name}" for name in files if name != "cli/installed.py"} | {"vanban/__init__.py"} <= names
    assert {name.split("/")[0] for name in names} == {"vanban", f"vanban-{VERSION}.dist-info"}, "no name such as `data` among installed packages"
    assert "vanban = vanban:main" in entry


def installed(wheel: Path, folder: Path) -> Path:
    """The command `vanban` of a fresh environment, which borrows the packages of this one."""
    venv.create(folder, with_pip=False)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    command = folder / "command.py"
    command.write_text("import sys, vanban; sys.exit(vanban.main())", encoding="utf-8")
    return command


def call(command: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    python = command.parent / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return subprocess.run([python, command, *words], cwd=cwd, capture_output=True, text=True, env={**OWN, "HOME": str(cwd)})


def test_an_installed_wheel_runs_from_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    command = installed(wheel, tmp_path / "environment")
    empty = tmp_path / "empty"
    empty.mkdir()
    version = call(command, "--version", cwd=empty)
    assert (version.returncode, version.stdout) == (0, f"vanban {VERSION} {program_commit()}\n"), version.stderr
    (next((tmp_path / "environment").rglob("vanban")) / COMMIT_FILE.name).unlink()
    assert call(command, "--version", cwd=empty).stdout == f"vanban {VERSION} (commit unknown: it came without git)\n"
    tests = call(command, "test", cwd=empty)
    assert tests.returncode == 2 and "in a checkout of the project alone" in tests.stderr
    assert not list(empty.iterdir())


@pytest.mark.long
def test_an_installed_wheel_runs_the_demo(wheel: Path, tmp_path: Path) -> None:
    command = installed(wheel, tmp_path / "environment")
    empty = tmp_path / "empty"
    empty.mkdir()
    demo = call(command, "demo", "--no-serve", "--scale", "0.01", cwd=empty)
    assert demo.returncode == 0, demo.stderr
    figures = call(command, "metrics", "--from", "2024-07-01", "--to", "2024-07-31", "--group", "1", "--metric", "activation_rate", cwd=empty)
    assert figures.returncode == 0, figures.stderr
    assert [path.name for path in empty.iterdir()] == ["vanban-demo"]


@pytest.mark.long
@pytest.mark.parametrize("tool", ["pip", "pipx"])
def test_a_wheel_is_installed_with_its_packages_and_runs_the_demo(wheel: Path, tmp_path: Path, tool: str) -> None:
    """Takes the packages from the index (PIP_FIND_LINKS and PIP_NO_INDEX: from a folder), the newest that pyproject.toml admits."""
    venv.create(tmp_path / "tools", with_pip=True)
    scripts = tmp_path / "tools" / ("Scripts" if os.name == "nt" else "bin")
    pip = [scripts / "python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "pipx" if tool == "pipx" else wheel], check=True)
    if tool == "pipx":
        there = {name: str(tmp_path / name) for name in ("PIPX_HOME", "PIPX_BIN_DIR", "PIPX_MAN_DIR")}
        subprocess.run([scripts / "pipx", "install", wheel], check=True, env={**OWN, **there})
        scripts = tmp_path / "PIPX_BIN_DIR"
    home = {**OWN, "HOME": str(tmp_path)}
    version = subprocess.run([scripts / "vanban", "--version"], capture_output=True, text=True, env=home)
    assert version.stdout == f"vanban {VERSION} {program_commit()}\n", version.stderr
    demo = subprocess.run([scripts / "vanban", "demo", "--no-serve", "--scale", "0.01"], cwd=tmp_path, capture_output=True, text=True, env=home)
    assert demo.returncode == 0, demo.stderr


def size_of_packages() -> int:
    """Bytes of the files of all packages of the lock that are installed here, and of what Python compiles of them."""
    files = [
        Path(str(file.locate()))
        for name in re.findall(r"^([\w.-]+)==", LOCK, flags=re.MULTILINE)
        for package in importlib.metadata.Distribution.discover(name=name)
        for file in package.files or ()
        if file.suffix != ".pyc"
    ]
    compiled = [Path(importlib.util.cache_from_source(file)) for file in files if file.suffix == ".py" and "tests" not in file.parts]
    return sum(file.stat().st_size for file in (*files, *compiled) if file.is_file())


def test_the_room_that_an_environment_takes_is_told_as_it_is() -> None:
    pages = ("bootstrap.py", "README.md", "docs/installing.md", "docs/operations.md", "docs/huong-dan/cai-dat.md")
    texts = {page: (PROJECT / page).read_text(encoding="utf-8") for page in pages}
    told = {page: re.findall(r"(?:about|khoảng) (\d[.,]\d) GB", text) for page, text in texts.items()}
    assert all(told.values()), "whoever installs it asks how much room it takes"
    taken = size_of_packages() / 1e9
    for page, sizes in told.items():
        assert all(abs(float(size.replace(",", ".")) - taken) < 0.1 for size in sizes), (page, taken)


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("platform", list(Platform))
def test_every_package_that_counts_there_is_asked_for_by_hash(platform: Platform, python: str) -> None:
    packages = packages_for(LOCK, platform, python)
    names = [package.partition("==")[0] for package in packages]
    assert len(names) == len(set(names)), "one version of each"
    assert not {"pytest", "hypothesis", "playwright", "mypy", "ruff"} & set(names), "what only developers need is in a lock of its own"
    assert ("colorama" in names) == (platform is Platform.WINDOWS)
    assert {"streamlit", "duckdb", "polars", "numpy", "scipy", "watchdog", "tzdata"} <= set(names)
    assert all("--hash=sha256:" in hashes for hashes in packages.values())
    numpy = {package.partition("==")[2] for package in packages if package.startswith("numpy==")}
    assert numpy == {"2.4.6" if python == "3.11" else "2.5.5"}, "the marker is read by the Python that it is for"


@pytest.fixture
def small_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The bundle of a project that needs a single package, fetched from a folder; unpacked, with a command line that tells where it runs."""
    shop = tmp_path / "shop"
    shop.mkdir()
    made = shop / "small_package-1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("small_package.py", "WORD = 'here'\n" * 100)
        archive.writestr("small/tests/test_small.py", "")
        archive.writestr("small_package-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: small-package\nVersion: 1.0\n")
        archive.writestr("small_package-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("small_package-1.0.dist-info/RECORD", "")
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"small-package==1.0 \\\n    --hash=sha256:{hashlib.sha256(made.read_bytes()).hexdigest()}\n", encoding="utf-8")
    monkeypatch.setattr(bundle, "VANBAN", bootstrap.Environment(tmp_path / ".venv", lock))
    monkeypatch.setattr(bundle, "driver_names", lambda: [])
    monkeypatch.setattr(bundle, "ROOMS", ("cli",))
    for name, value in {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shop)}.items():
        monkeypatch.setenv(name, value)
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    written = run_vanban("bundle", "--platform", "linux", "--python", python, "--into", tmp_path)
    assert written.returncode == 0, written.stderr
    name = f"vanban-{VERSION}-linux-python{python}"
    assert hashlib.sha256((tmp_path / f"{name}.tar.xz").read_bytes()).hexdigest() in written.stderr
    with tarfile.open(tmp_path / f"{name}.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    (tmp_path / name / "cli" / "__main__.py").write_text("import sys, small_package; print(sys.prefix, small_package.WORD)\n", encoding="utf-8")
    return tmp_path / name


@pytest.mark.skipif(os.name == "nt", reason="the POSIX wrapper")
def test_a_bundle_is_installed_by_one_command_without_a_network(small_bundle: Path) -> None:
    first = subprocess.run([*without_network(), small_bundle / "vanban"], capture_output=True, text=True, env={**OWN, "PYTHONDONTWRITEBYTECODE": "1"})
    assert first.returncode == 0, first.stderr
    assert first.stdout == f"{small_bundle / '.venv'} here\n"
    compiled = {path.name.partition(".")[0] for path in (small_bundle / ".venv").rglob("__pycache__/*small*.pyc")}
    assert compiled == {"small_package"}, "whoever runs it later may not be able to write there; nobody imports a package's own tests"

    shutil.rmtree(small_bundle / ".venv")
    (small_bundle / bootstrap.WHEELS.name / bootstrap.BUNDLED_FOR.name).write_text("3.9\n")
    other = subprocess.run([small_bundle / "vanban"], capture_output=True, text=True, env=OWN)
    assert other.returncode == 2
    assert "for Python 3.9, and this is Python" in other.stderr and "VANBAN_PYTHON" in other.stderr


def test_a_container_gets_what_a_bundle_has_but_for_papers() -> None:
    told = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    papers = {"docs", "README.md", "CHANGELOG.md", "SECURITY.md", "vanban.cmd"}
    wanted = {*bundle.ROOMS, *bundle.FILES, bundle.VANBAN.lock.name, bundle.LOCKS.name, bundle.WHEELS.name, COMMIT_FILE.name} - papers
    assert {line.removeprefix("!") for line in told if line.startswith("!")} == wanted


def test_the_container_file_is_without_fault() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.is_file():
        not_tried("hadolint is missing (locks/test.lock has it): the container file was not judged")
    judged = subprocess.run([hadolint, "--no-color", "Containerfile"], cwd=PROJECT, capture_output=True, text=True)
    assert (judged.returncode, judged.stdout) == (0, "")


def test_a_python_that_is_not_locked_is_refused(tmp_path: Path) -> None:
    refused = run_vanban("bundle", "--platform", "windows", "--python", "3.10", "--into", tmp_path)
    assert refused.returncode == 2 and "3.11, 3.12, 3.13" in refused.stderr
