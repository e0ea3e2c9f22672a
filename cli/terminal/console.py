"""How the command line speaks: figures and lists on stdout, what it is doing on stderr."""

from __future__ import annotations

import sys
import unicodedata
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from metrics.rounding import half_up, percent

if TYPE_CHECKING:
    import polars as pl


OutputFormat = Literal["table", "json", "csv"]


def tell(text: str) -> None:
    """Says a sentence on stderr."""
    print(visible(text), file=sys.stderr, flush=True)


def tell_table(frame: pl.DataFrame) -> None:
    """Shows a frame on stderr."""
    from rich.console import Console

    Console(stderr=True, width=None if sys.stderr.isatty() else 120).print(rich_table(frame))


def show(frame: pl.DataFrame, output: OutputFormat, empty: str) -> None:
    """Write a frame to stdout; JSON is a list of objects with dates as YYYY-MM-DD."""
    if output == "json":
        import json

        from metrics.query.told_rows import json_row

        print(json.dumps([json_row(row) for row in frame.iter_rows(named=True)], ensure_ascii=False, indent=2, default=as_text))
    elif output == "csv":
        print(frame.write_csv(), end="")
    elif frame.is_empty():
        tell(empty)
    else:
        from rich.console import Console

        Console(width=None if sys.stdout.isatty() else 200).print(rich_table(frame))


def figures_for_people(frame: pl.DataFrame) -> pl.DataFrame:
    """Rates as percentages, counts as whole numbers; the snapshot is told once, above."""
    import polars as pl

    def value(row: dict[str, Any]) -> str | None:
        if row["value"] is None:
            return None
        return f"{row['value']:,.0f}" if row["denominator"] is None else f"{percent(row['value'], of=row['denominator'])}%"

    shown = frame.with_columns(pl.Series("value", [value(row) for row in frame.iter_rows(named=True)], dtype=pl.String))
    names = [name for name in ("unit_name", "is_whole_part") if name in shown.columns]
    days = (pl.col("period_to") - pl.col("period_from")).dt.total_days() + 1
    shown = shown.with_columns(
        period_from=pl.coalesce("covered_from", "period_from"),
        period_to=pl.coalesce("covered_to", "period_to"),
        days=pl.when(pl.col("coverage_days") == days).then(days.cast(pl.String)).otherwise(pl.format("{} of {}", "coverage_days", days)),
    )
    return shown.select("metric", "label", "unit_code", *names, "period_from", "period_to", "days", "numerator", "denominator", "value")


def as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def rich_table(frame: pl.DataFrame) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, kind in frame.schema.items():
        table.add_column(name, justify="right" if kind.is_numeric() or name == "value" else "left", overflow="fold")
    for row in frame.iter_rows():
        table.add_row(*(Text(cell_text(value)) for value in row))
    return table


def cell_text(value: object) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return "yes" if value else "no"
        case float():
            return str(half_up(value, 1))
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case _:
            return visible(str(value))


def visible(text: str) -> str:
    """The text with a sign for every character that would steer a terminal; line ends stay."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(sign) in ("Cc", "Cf", "Cs") and sign != "\n" else sign for sign in text)


class progress_bar:  # noqa: N801 (used as a verb: `with progress_bar(...) as bar`)
    """Draws steps and rows on stderr; the one place that knows how progress looks."""

    def __init__(self, title: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        self._bars = Progress(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}"), TimeElapsedColumn(), console=Console(stderr=True)
        )
        self._title = title
        self._task = self._bars.add_task(title, total=None, count="")
        self._rows = 0

    def __enter__(self) -> progress_bar:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def fraction(self, step: str, done: float) -> None:
        """A step and the share of the whole that is done, between 0 and 1."""
        self._bars.update(self._task, description=f"{self._title}: {step}", completed=min(done, 0.999), total=1.0)

    def step(self, name: str) -> None:
        self._rows = 0
        self._bars.update(self._task, description=f"{self._title}: {name}", completed=0, total=None, count="")

    def advance(self, rows: int, total: int | None = None) -> None:
        self._rows += rows
        # Never quite full: rich stops the clock of a task that is done, and a step is not the whole.
        self._bars.update(self._task, completed=min(self._rows, total - 1) if total else None, total=total, count=f"{self._rows:,} rows")
