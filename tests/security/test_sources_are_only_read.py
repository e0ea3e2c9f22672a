"""A mapping's SQL can do whatever its author wrote, but it cannot write: twelve stacked forms on every kind of database."""

# ruff: noqa: S608 - the SQL here is hostile on purpose
from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa

from data.errors import ConfigurationError, VanbanError
from etl.contract import ENTITY
from etl.sources.database.only_reading import refuse_untried_driver, refuse_writing
from tests.etl.tiny_system import DEFAULTS, TinySystem

GOOD = f"SELECT {', '.join(DEFAULTS['document'])} FROM document"
TAIL = f"SELECT * FROM ({GOOD}"

FORMS = {
    "a second statement": f"{GOOD}; DELETE FROM victim",
    "out of a read-only transaction": f"{GOOD}) q; COMMIT; BEGIN READ WRITE; DELETE FROM victim; COMMIT; {TAIL}",
    "out of it, the MySQL way": f"{GOOD}) q; COMMIT; SET SESSION TRANSACTION READ WRITE; START TRANSACTION; DELETE FROM victim; COMMIT; {TAIL}",
    "the rest in a comment": f"{GOOD}) q; COMMIT; DELETE FROM victim; COMMIT; --",
    "the rest in a long comment": f"{GOOD}) q; COMMIT; INSERT INTO victim VALUES (99); COMMIT /*",
    "a table dropped": f"{GOOD}) q WHERE 1 = 0; ROLLBACK; DROP TABLE victim; {TAIL}",
    "a table emptied": f"{GOOD}) q; COMMIT; TRUNCATE TABLE victim; {TAIL}",
    "a table made": f"{GOOD}) q; COMMIT; CREATE TABLE planted (a int); COMMIT; {TAIL}",
    "no SELECT at all": "DELETE FROM victim RETURNING a",
    "within a CTE": "WITH gone AS (DELETE FROM victim RETURNING a) SELECT a FROM gone",
    "into a table": f"{GOOD.replace(' FROM document', ' INTO planted FROM document')}",
    "into a file": f"{GOOD}) q INTO OUTFILE '{{folder}}/planted' -- ",
    "another database": f"{GOOD}) q; ATTACH DATABASE '{{folder}}/planted' AS p; CREATE TABLE p.t (a int); {TAIL}",
    "a copy": f"{GOOD}) q; COPY (SELECT 1) TO '{{folder}}/planted'; {TAIL}",
}


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def system(request: pytest.FixtureRequest, tiny: TinySystem) -> tuple[TinySystem, sa.Engine]:
    """A system with documents and the table `victim` of two rows, in one of the kinds of database; with an account that may write everything."""
    names = {"postgresql": "postgres_url", "mariadb": "mariadb_url"}
    url = request.getfixturevalue(names[request.param]) if request.param in names else f"sqlite:///{tiny.database.as_posix()}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    columns = ", ".join(f"{name} VARCHAR(80)" for name in DEFAULTS["document"])
    with engine.begin() as connection:
        if request.param != "sqlite":
            connection.exec_driver_sql(f"CREATE TABLE document ({columns})")
            row = ", ".join(f"'{value}'" if value is not None else "NULL" for value in DEFAULTS["document"].values())
            connection.exec_driver_sql(f"INSERT INTO document VALUES ({row})")
        connection.exec_driver_sql("CREATE TABLE victim (a INTEGER)")
        connection.exec_driver_sql("INSERT INTO victim VALUES (1), (2)")
    lines = tiny.home.environment.read_text(encoding="utf-8").splitlines()
    tiny.home.environment.write_text("\n".join([f"TINY_URL={url}", *lines[1:]]) + "\n", encoding="utf-8")
    return tiny, engine


def read_documents(tiny: TinySystem) -> None:
    with tiny.settings.source("tiny").open(tiny.settings.environment) as connection:
        list(connection.read(ENTITY["document"]).chunks)


def state_of(engine: sa.Engine) -> tuple[list[str], list[int]]:
    with engine.connect() as connection:
        return sorted(sa.inspect(connection).get_table_names()), sorted(connection.execute(sa.text("SELECT a FROM victim")).scalars())


def test_no_form_writes(system: tuple[TinySystem, sa.Engine], tmp_path: Path) -> None:
    tiny, engine = system
    read_documents(tiny)  # the mapping itself can be read
    before = state_of(engine)
    for name, form in FORMS.items():
        tiny.write_sql("document", form.replace("{folder}", tmp_path.as_posix()))
        with contextlib.suppress(VanbanError):
            read_documents(tiny)
        assert state_of(engine) == before, name
        assert not (tmp_path / "planted").exists(), name
    tiny.write_sql("document", FORMS["out of a read-only transaction"])
    with pytest.raises(ConfigurationError, match=r"document\.sql"):
        read_documents(tiny)


def test_no_form_writes_from_files_that_duckdb_reads(tiny: TinySystem, tmp_path: Path) -> None:
    folder = tiny.home.sources / "files"
    folder.mkdir()
    (tiny.home.root / "inbox").mkdir()
    file = tiny.home.root / "inbox" / "a.csv"
    file.write_text(f"{','.join(DEFAULTS['document'])}\n{','.join(str(value or '') for value in DEFAULTS['document'].values())}\n", encoding="utf-8")
    options = 'kind = "files"\ntitle = "x"\ntime_zone = "Asia/Ho_Chi_Minh"\nis_synthetic = true\n[entities.document]\nfiles = "inbox/*.csv"\n'
    (folder / "source.toml").write_text(options, encoding="utf-8")
    tiny.home.config.write_text('time_zone = "Asia/Ho_Chi_Minh"\n[etl]\nsources = ["tiny", "files"]\n', encoding="utf-8")

    def read() -> None:
        with tiny.settings.source("files").open(tiny.settings.environment) as connection:
            list(connection.read(ENTITY["document"]).chunks)

    before = hashlib.sha256(file.read_bytes()).digest()
    more = {"settings": f"{GOOD}) q; SET enable_external_access = true; COPY (SELECT 1) TO '{{folder}}/planted'; {TAIL}"}
    for name, form in {"": GOOD, **FORMS, **more}.items():
        (folder / "document.sql").write_text(form.replace("{folder}", tmp_path.as_posix()).replace("FROM document", "FROM file"), encoding="utf-8")
        with contextlib.suppress(VanbanError) if name else contextlib.nullcontext():
            read()
        assert hashlib.sha256(file.read_bytes()).digest() == before, name
        assert not (tmp_path / "planted").exists(), name


T_SQL = [
    ("SELECT [a;b], 'x;)', \"c)\" FROM t WHERE a IN (SELECT 1) -- ; )", True),
    ("SELECT 1 /* ; ) /* ' */ ) */ AS a", True),
    ("SELECT 1; DELETE FROM t", False),
    ("SELECT 1) q DELETE FROM t SELECT * FROM (SELECT 1", False),
    ("SELECT 1 /* /* */ ) q DELETE FROM t --", False),
    ("SELECT 'it''s' ) q DELETE FROM t SELECT 1 FROM (SELECT 2", False),
    ("SELECT [a]]) q] FROM t", True),
    ("SELECT 'open", False),
    ("SELECT 1 /* open", False),
]


@pytest.mark.parametrize(("text", "is_read"), T_SQL)
def test_in_sql_server_a_mapping_stays_within_its_parentheses(text: str, is_read: bool) -> None:
    assert (refuse_writing("mssql", text) == "") is is_read


@pytest.mark.parametrize(("dialect", "driver", "way"), [("postgresql", "psycopg2", "postgresql+psycopg://"), ("cockroachdb", "x", "Known are")])
def test_a_driver_that_nobody_has_tried_is_refused(dialect: str, driver: str, way: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        refuse_untried_driver("qlvb", dialect, driver)
    assert way in str(refused.value)
