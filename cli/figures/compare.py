"""`vanban compare`: each unit's ratio beside everything that it can be judged by."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.terminal.console import show, tell
from cli.terminal.options import HomeOption, LanguageOption, NarrowSelection, OutputOption, existing_home, open_published
from cli.terminal.quality import quality_of_rows
from data.errors import ConfigurationError
from data.paths import Home

if TYPE_CHECKING:
    import polars as pl

    from metrics.periods import Period

EXAMPLE = "activation_rate --from 2024-07-15 --to 2024-07-31 --group 1 --with 2024-07-14"


def run(
    metric: Annotated[str, typer.Argument(help="Name of a ratio.")],
    selection: NarrowSelection,
    against: Annotated[
        str,
        typer.Option(
            "--with",
            help="previous (whole months before whole months, else as many days before), last_year, or the last day of a baseline, YYYY-MM-DD.",
        ),
    ] = "previous",
    targets: Annotated[Path | None, typer.Option("--targets", help="CSV of targets (default: that of vanban.toml).")] = None,
    language: LanguageOption = "vi",
    output: OutputOption = "table",
    home: HomeOption = None,
) -> None:
    """Each unit's ratio: interval, place in the funnel, rank, peers, change and why, distance and pace to the target."""
    import polars as pl

    from metrics.catalog import metric as metric_named
    from metrics.comparison.unit_standings import comparison, is_mix_refused
    from metrics.query.coverage import clipped, coverage, is_comparable

    of_home = existing_home(home)
    with open_published(of_home) as snapshot:
        asked = selection.period(snapshot)
        period = clipped(snapshot.info, asked)
        before = _period_before(period, against)
        scope = selection.scope()
        frame = comparison(snapshot, metric, period, before, _targets(of_home, targets), scope)
        is_refused = is_mix_refused(snapshot, metric, period, before, scope)
        covered = coverage(snapshot, metric_named(metric), before)
        is_compared = is_comparable(snapshot, metric_named(metric), before)
        of_rows = frame.with_columns(metric=pl.lit(metric), period_from=pl.lit(asked.from_on), period_to=pl.lit(asked.to_on))
        frame = frame.with_columns(quality_of_rows(snapshot, of_rows, scope.group, language))
    if period != asked:
        tell(f"The data speak of {period.days} of the {asked.days} days asked for: {period.from_on} – {period.to_on}. What is compared is of these.")
    if not is_compared:
        tell(f"The data speak of {covered.days} of the {before.days} days {before.from_on} – {before.to_on}: no change is given against a part.")
    if output == "table":
        tell(f"{metric}, {period.from_on} – {period.to_on}, compared with {before.from_on} – {before.to_on}.")
        if is_refused:
            tell("Units changed between the two, so behaviour and mix on the tree of that time say nothing. Ask with --tree as_is.")
        frame = for_people(frame)
    show(frame, output, empty="Nothing to compare.")


def _period_before(period: Period, against: str) -> Period:
    from metrics.periods import EARLIEST, Period, period_before

    if against == "previous":
        if (before := period_before(period)) is None:
            raise ConfigurationError(
                f"Nothing lies before {period.from_on} – {period.to_on}: periods begin in {EARLIEST.year}. Name a day with --with."
            )
        return before
    if against == "last_year":
        return period.same_last_year()
    try:
        last = date.fromisoformat(against)
    except ValueError:
        raise ConfigurationError(f"--with {against!r} is no time to compare with. Write previous, last_year or a day as YYYY-MM-DD.") from None
    return Period(last - timedelta(days=period.days - 1), last)


def _targets(home: Home, file: Path | None) -> pl.DataFrame:
    from dashboard.ledger.entered.approved import approved, with_approved_targets
    from data.configuration import read_configuration
    from metrics.comparison.targets import home_targets, read_targets

    if file:
        return read_targets(file)
    return with_approved_targets(home_targets(home, read_configuration(home)), approved(home, "target"))


def for_people(frame: pl.DataFrame) -> pl.DataFrame:
    """What fits the width of a terminal; the other formats have every column."""
    import polars as pl

    from metrics.rounding import decimals_for, percent

    def told(name: str) -> pl.Series:
        cases = frame["denominator"] if name in ("value", "low", "high") else [None] * frame.height
        texts = [None if share is None else f"{percent(share, of=of):z.{decimals_for(of)}f}%" for share, of in zip(frame[name], cases, strict=True)]
        return pl.Series(name, texts, dtype=pl.String)

    written = [told(name) for name in ("value", "low", "high", "change", "behaviour", "mix", "entered", "left", "target")]
    # A set of ranks that is most of a level's says nothing of a rank.
    says_little = (pl.col("rank_to") - pl.col("rank_from") + 1) * 2 > pl.col("ranked")
    ranks = pl.when(says_little).then(pl.lit("cannot be ranked")).otherwise(pl.format("{}–{}", "rank_from", "rank_to"))
    rank = pl.when(pl.col("rank_from").is_not_null()).then(ranks).alias("rank")
    shown = frame.with_columns(*written, rank, count=pl.format("{}/{}", "numerator", "denominator"))
    return shown.select(
        *("unit_code", "count", "value", "low", "high", "position", "rank", "change", "behaviour", "mix", "entered", "left"),
        *("target", "missing", "reached_on", "reached_from", "reached_to", "control", "assurance"),
    )
