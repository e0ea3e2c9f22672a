"""Real database servers for tests: PostgreSQL from the pgserver package (or found on PATH), MariaDB where one is installed.

`postgres_url` and `mariadb_url` each give a fresh, empty database of a server that runs for the whole session, on loopback only.
Where no server is found the test is skipped with the reason; with CI=true that is a failure.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import itertools
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiosmtpd.controller import Controller

from tests.programs import not_tried, program

Result = TypeVar("Result")

UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root; there it runs as this user."""
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[int]:
    """The port of a PostgreSQL server; the user is postgres, without a password."""
    with running_postgres() as port:
        yield port


@contextlib.contextmanager
def running_postgres() -> Iterator[int]:
    """The same where no test runs (the benchmarks)."""
    binaries = _postgres_binaries()
    if binaries is None:
        not_tried("PostgreSQL is not installed (package pgserver, or initdb on PATH): no database of its kind was read")
    with tempfile.TemporaryDirectory(prefix="vanban-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user = UNPRIVILEGED if _is_root() else None
        if user:
            folder.chmod(0o755)
            binaries = _reachable(binaries, folder, user)
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user:
            shutil.chown(data, user)
        log = (folder / "log").open("w")
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        subprocess.run(
            [binaries / "initdb", "--auth=trust", "--encoding=UTF8", "--username=postgres", "--no-sync", "-D", data],
            check=True, stdout=log, stderr=log, user=user, env=environment, cwd="/" if os.name != "nt" else None,
        )  # fmt: skip
        port = free_port()
        command = [binaries / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-F"]
        server = subprocess.Popen(command, stdout=log, stderr=log, user=user, env=environment, cwd="/" if os.name != "nt" else None)
        try:
            _wait_for(server, lambda: _answers_postgres(port), folder / "log")
            yield port
        finally:
            _stop(server)
            log.close()


@pytest.fixture
def postgres_url(postgres_server: int) -> str:
    """The SQLAlchemy address of an empty PostgreSQL database."""
    import psycopg

    name = f"test_{next(_numbers)}"
    with psycopg.connect(f"host=127.0.0.1 port={postgres_server} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql+psycopg://postgres@127.0.0.1:{postgres_server}/{name}"


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[int]:
    """The port of a MariaDB server; the user is root, without a password."""
    without = "no database of its kind was read"
    server_path = program("mariadbd", "mysqld", package="mariadb-server", without=without)
    install = program("mariadb-install-db", "mysql_install_db", package="mariadb-server", without=without)
    with tempfile.TemporaryDirectory(prefix="vanban-mariadb-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        log = (folder / "log").open("w")
        user = ["--user=root"] if _is_root() else []
        subprocess.run(
            [install, "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", f"--datadir={folder / 'data'}", *user],
            check=True, stdout=log, stderr=log,
        )  # fmt: skip
        port = free_port()
        command = [
            server_path, "--no-defaults", f"--datadir={folder / 'data'}", f"--socket={folder / 's'}", f"--port={port}", "--bind-address=127.0.0.1",
            f"--pid-file={folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", *user,
        ]  # fmt: skip
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _wait_for(server, lambda: _answers_mariadb(port), folder / "log")
            yield port
        finally:
            _stop(server)
            log.close()


@pytest.fixture
def mariadb_url(mariadb_server: int) -> str:
    """The SQLAlchemy address of an empty MariaDB database."""
    import pymysql

    name = f"test_{next(_numbers)}"
    connection = pymysql.connect(host="127.0.0.1", port=mariadb_server, user="root")
    with connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    return f"mysql+pymysql://root@127.0.0.1:{mariadb_server}/{name}"


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _postgres_binaries() -> Path | None:
    """The folder with initdb and postgres: the package's, else the one on PATH, else the newest of Debian's."""
    package = importlib.util.find_spec("pgserver")
    places = [Path(place) / "pginstall" / "bin" for place in (package.submodule_search_locations or [])] if package else []
    if on_path := shutil.which("initdb"):
        places.append(Path(on_path).resolve().parent)
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    suffix = ".exe" if sys.platform == "win32" else ""
    return next((place for place in places if (place / f"initdb{suffix}").is_file() and (place / f"postgres{suffix}").is_file()), None)


def _reachable(binaries: Path, folder: Path, user: str) -> Path:
    """The same programs where `user` may run them: a copy, if a folder on the way is closed to others."""
    try:
        subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, user=user, cwd="/")
        return binaries
    except (OSError, subprocess.CalledProcessError):
        shutil.copytree(binaries.parent, folder / "install", symlinks=True)
        return folder / "install" / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers_postgres(port: int) -> bool:
    import psycopg

    try:
        psycopg.connect(f"host=127.0.0.1 port={port} user=postgres dbname=postgres connect_timeout=2").close()
    except psycopg.OperationalError:
        return False
    return True


def _answers_mariadb(port: int) -> bool:
    import pymysql

    try:
        pymysql.connect(host="127.0.0.1", port=port, user="root", connect_timeout=2).close()
    except pymysql.err.OperationalError:
        return False
    return True


def _wait_for(server: subprocess.Popen[bytes], answers: Callable[[], bool], log: Path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}: {log.read_text(errors='replace')[-2000:]}")
        if answers():
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not answer: {log.read_text(errors='replace')[-2000:]}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


@contextlib.contextmanager
def mail_server(handler: object) -> Iterator[int]:
    """A real mail server on this machine that hands what it takes to an aiosmtpd handler; its port."""
    port = free_port()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield port
    finally:
        server.stop()


def run_apart(work: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine gives, run in a thread of its own: the browser of other tests keeps a loop at work in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
