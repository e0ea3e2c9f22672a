"""Spark, where one machine ends: a session by Spark Connect, and this program's SELECTs in Spark's words (docs/scale.md). An optional extra.

There is one tree of SQL, DuckDB's. sqlglot says it for Spark, and what the two understand differently is mended here, by the statement's tree:

- `core.account` becomes the view `core__account`, because views of a session have no schema;
- UUIDs are text, because Spark can't read DuckDB's from Parquet;
- days are subtracted by `datediff`, because Spark's `-` gives an interval;
- `epoch` keeps its fractions, because Spark's whole seconds would be rounded otherwise;
- a long list of VALUES becomes a table beside the statement, because Spark takes seconds to read one of many periods.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import socket
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa

from data.errors import ConfigurationError, VanbanError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from sqlglot.expressions import Expr

EXTRA = "Install it once, in the environment that vanban runs in: pip install 'vanban[spark]' (docs/scale.md)."
FEW_VALUES = 12
"""Rows of VALUES that stay in a statement."""
PATIENCE_S = 20
"""How long a server may take to answer the first time."""
TRIES = 8
"""How often a request is sent again to one that has answered before, for three quarters of a minute; of itself the client tries for ten."""


class SparkUnreachable(VanbanError):
    """A Spark that was asked for is not there, or went away; nothing was published."""

    exit_code = 3


@dataclass(frozen=True)
class Translated:
    """A SELECT in Spark's words."""

    sql: str
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    """Lists of its VALUES, by the name under which it reads them."""


class Spark:
    """An open session; use it as a context manager."""

    def __init__(self, session: SparkSession, engine: str) -> None:
        self._session, self._engine = session, engine
        self._listed: set[str] = set()

    def query(self, sql: str, params: Mapping[str, Any] | None = None) -> pa.Table:
        """The rows of a SELECT in DuckDB's words, with named parameters (`$name`)."""
        with _plain_failures(self._engine):
            found: pa.Table = self._select(sql, params).toArrow()
            return found

    def write(self, sql: str, folder: Path) -> None:
        """Writes the rows of a SELECT in DuckDB's words as Parquet files into a folder that the workers see too."""
        with _plain_failures(self._engine):
            self._select(sql, None).write.mode("overwrite").parquet(folder.as_uri())

    def show(self, relation: str, path: Path) -> None:
        """Makes `schema.table`, or `table`, the rows of a Parquet file or folder."""
        with _plain_failures(self._engine):
            self._session.read.parquet(path.as_uri()).createOrReplaceTempView(relation.replace(".", "__"))

    def show_rows(self, relation: str, rows: str, condition: str = "true") -> None:
        """Makes a relation those rows of another for which the condition holds."""
        with _plain_failures(self._engine):
            self._select(f"SELECT * FROM {rows} WHERE {condition}", None).createOrReplaceTempView(relation.replace(".", "__"))  # noqa: S608

    def __enter__(self) -> Spark:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(SparkUnreachable), _plain_failures(self._engine):
            self._session.stop()

    def _select(self, sql: str, params: Mapping[str, Any] | None) -> DataFrame:
        made = translated(sql, tuple(sorted((params or {}).items())))
        for name, table in made.tables.items():
            if name not in self._listed:
                self._session.createDataFrame(table).createOrReplaceTempView(name)
                self._listed.add(name)
        return self._session.sql(made.sql)


@contextlib.contextmanager
def _plain_failures(engine: str) -> Iterator[None]:
    """Says plainly that Spark went away, or could not do what it was asked."""
    import grpc
    from pyspark.errors import PySparkException

    with warnings.catch_warnings(action="ignore"):  # the client's own, of a newer pandas and of tries that it gave up
        try:
            yield
        except (grpc.RpcError, PySparkException) as error:
            said = " ".join(str(error).split())[:300]
            raise SparkUnreachable(f"{engine} went away or could not do it ({said}). Nothing was published. See its log, and try again.") from None


def open_spark(engine: str) -> Spark:
    """A session with `sc://host:port` (a Spark Connect server that runs) or `spark://host:port` (a cluster's master, from a driver started here).

    Raises ConfigurationError for another address or where the extra is not installed, SparkUnreachable where nothing answers.
    """
    address = urlsplit(engine)
    if address.scheme not in ("sc", "spark") or not address.hostname:
        raise ConfigurationError(f"--engine {engine!r} is no address of Spark. Write sc://host:port (Spark Connect) or spark://host:port (a master).")
    try:
        with warnings.catch_warnings(action="ignore"):  # it does not call the newest pandas tried yet, which is not used here
            import pyspark
            import sqlglot  # noqa: F401
            from pyspark.sql import SparkSession
    except ImportError:
        raise ConfigurationError(f"Spark's client is not installed. {EXTRA}") from None
    builder = SparkSession.builder
    if address.scheme == "spark":
        if not (Path(pyspark.__file__).parent / "jars").is_dir():
            raise ConfigurationError(
                "spark:// starts a driver here, which needs the whole package pyspark (with Java 17) in place of pyspark-client. "
                "Install it, or name a running Spark Connect server as sc://host:port."
            )
        _refuse_silent(engine, address.hostname, address.port or 7077)
        builder = builder.master(engine).config("spark.api.mode", "connect")
    else:
        _refuse_silent(engine, address.hostname, address.port or 15002)
        _refuse_other_server(engine)
        builder = builder.remote(engine)
    with _plain_failures(engine):
        from pyspark.sql.connect.client.retries import DefaultPolicy

        session = builder.getOrCreate()
        session.client.set_retry_policies([DefaultPolicy(max_retries=TRIES, max_backoff=10_000)])
        session.conf.set("spark.sql.session.timeZone", "UTC")
    return Spark(session, engine)


def write_parquet(database: duckdb.DuckDBPyConnection, relation: str, path: Path) -> None:
    """Writes the rows of a DuckDB relation as Spark can read them: UUIDs as text, instants in microseconds."""
    described = database.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()  # noqa: S608 - relations come from this program
    texts = ", ".join(f'CAST("{name}" AS VARCHAR) AS "{name}"' for name, kind, *_ in described if kind == "UUID")
    columns = f"* REPLACE ({texts})" if texts else "*"
    path.parent.mkdir(parents=True, exist_ok=True)
    database.execute(f"COPY (SELECT {columns} FROM {relation}) TO '{path.as_posix().replace(chr(39), chr(39) * 2)}' (FORMAT parquet)")  # noqa: S608


def _refuse_silent(engine: str, host: str, port: int) -> None:
    """Raises SparkUnreachable where nobody listens: the client itself would go on trying for minutes."""
    try:
        socket.create_connection((host, port), timeout=PATIENCE_S).close()
    except OSError as error:
        raise SparkUnreachable(
            f"Spark does not answer at {engine} ({error.strerror or error}). Start it, or give the address that it names when it starts."
        ) from None


def _refuse_other_server(engine: str) -> None:
    """Raises SparkUnreachable where somebody listens who is no Spark Connect server."""
    import grpc

    with warnings.catch_warnings(action="ignore"):
        from pyspark.sql.connect.client import DefaultChannelBuilder
    with DefaultChannelBuilder(engine).toChannel() as channel:
        try:
            grpc.channel_ready_future(channel).result(timeout=PATIENCE_S)
        except grpc.FutureTimeoutError:
            raise SparkUnreachable(f"What listens at {engine} is no Spark Connect server. Its usual port is 15002.") from None


@functools.lru_cache(maxsize=2000)
def translated(sql: str, params: tuple[tuple[str, Any], ...] = ()) -> Translated:
    """A SELECT in DuckDB's words, with the values of its parameters (`$name`), in Spark's."""
    import sqlglot
    from sqlglot import exp

    values = dict(params)
    tables: dict[str, pa.Table] = {}

    def mended(node: Expr) -> Expr:
        if isinstance(node, exp.Table) and node.args.get("db"):
            alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(node.name))
            return exp.Table(this=exp.to_identifier(f"{node.db}__{node.name}"), alias=alias)
        if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.UUID:
            return exp.DataType.build("text")
        if isinstance(node, exp.Parameter | exp.Placeholder):
            return exp.convert(values[node.name])
        if isinstance(node, exp.Sub) and _is_day(node.expression):
            return exp.Anonymous(this="datediff", expressions=[node.this, node.expression])
        if isinstance(node, exp.TimeToUnix):
            micros = exp.Anonymous(this="unix_micros", expressions=[node.this])
            return exp.paren(exp.Div(this=micros, expression=exp.Literal.number("1000000"), typed=False, safe=False))
        if isinstance(node, exp.Values) and len(node.expressions) > FEW_VALUES:
            columns = zip(*(row.expressions for row in node.expressions), strict=True)
            table = pa.table({f"c{place}": _listed(column) for place, column in enumerate(columns)})
            name = f"listed_{hashlib.sha256(node.sql().encode()).hexdigest()[:16]}"
            tables[name] = table
            return exp.to_table(name)
        return node

    tree = sqlglot.parse_one(sql, read="duckdb").transform(mended).transform(_plainer)
    return Translated(tree.sql(dialect="spark", comments=False), tables)


def _plainer(node: Expr) -> Expr:
    """What Spark knows and Sail does not: GROUP BY ALL, `coalesce(…, false)` in a union that is grouped, the month of a day of the year 1."""
    from sqlglot import exp

    if isinstance(node, exp.Select) and (group := node.args.get("group")) and group.args.get("all"):
        node.set("group", exp.Group(expressions=[one.unalias().copy() for one in node.expressions if not one.find(exp.AggFunc)]))
    if isinstance(node, exp.Coalesce) and [one.this for one in node.expressions if isinstance(one, exp.Boolean)] == [False]:
        return exp.Case(ifs=[exp.If(this=node.this.transform(_plainer), true=exp.true())], default=exp.false())
    if isinstance(node, exp.DateTrunc | exp.TimestampTrunc) and str(node.args.get("unit")).upper() == "MONTH":
        day = node.this.transform(_plainer)
        parts: list[Expr] = [exp.Anonymous(this=part, expressions=[day.copy()]) for part in ("year", "month")]
        return exp.Anonymous(this="make_date", expressions=[*parts, exp.Literal.number("1")])
    return node


def _is_day(node: Expr) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) and node.to.this == exp.DataType.Type.DATE


def _listed(literals: Sequence[Expr]) -> pa.Array:
    """A column of VALUES; whole numbers are as wide as DuckDB has them there."""
    values = [_python(one) for one in literals]
    kind = type(next((value for value in values if value is not None), ""))
    return pa.array(values, {int: pa.int32(), str: pa.string(), dt.date: pa.date32()}[kind])


def _python(node: Expr) -> int | str | dt.date | None:
    """What a literal of VALUES says."""
    from sqlglot import exp

    if isinstance(node, exp.Cast):
        value = _python(node.this)
        return dt.date.fromisoformat(value) if isinstance(value, str) and node.to.this == exp.DataType.Type.DATE else value
    if isinstance(node, exp.Null):
        return None
    found: int | str = node.to_py()
    return found
