"""Figures of the published snapshot: the values, why they are what they are, and what they mean."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.console import Format, figures_for_people, show, tell
from cli.options import (
    FormatOption,
    FromOption,
    Grouping,
    GroupOption,
    HomeOption,
    Language,
    LanguageOption,
    LevelOption,
    OnlyOption,
    PresetOption,
    ProvinceOption,
    ToOption,
    Tree,
    TreeOption,
    UnitOption,
    existing_home,
    open_published,
    period_of,
    scope_of,
)


def metrics(
    from_on: FromOption = None,
    to_on: ToOption = None,
    preset: PresetOption = None,
    unit: UnitOption = None,
    group: GroupOption = None,
    tree: TreeOption = Tree.as_was,
    level: LevelOption = None,
    province: ProvinceOption = None,
    only: OnlyOption = None,
    by: Annotated[
        Grouping | None, typer.Option("--by", help="Split by unit, level, province, pilot group, document type, day, week or month.")
    ] = None,
    metric: Annotated[list[str] | None, typer.Option("--metric", help="Name of a metric; may be given several times (default: all).")] = None,
    language: LanguageOption = Language.vi,
    output: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """Figures of a period, straight from the published snapshot."""
    import polars as pl

    from metrics.catalog import METRICS
    from metrics.query.metric_values import metric_values

    with open_published(existing_home(home)) as snapshot:
        names = metric or [declared.name for declared in METRICS]
        scope = scope_of(unit, group, tree, level, province, only)
        frame = metric_values(snapshot, names, period_of(snapshot, from_on, to_on, preset), scope, by.value if by else None)
        if language is Language.en:
            frame = frame.with_columns(label=pl.col("metric").replace_strict({declared.name: declared.label_en for declared in METRICS}))
        if output is Format.table:
            tell(f"Snapshot {snapshot.name}, source data up to {snapshot.info.cutoff_on}{', SYNTHETIC' if snapshot.info.is_synthetic else ''}.")
            frame = figures_for_people(frame)
    show(frame, output, empty="Nothing to show.")


def why(
    metric: Annotated[str, typer.Argument(help="Name of the metric.")],
    from_on: FromOption = None,
    to_on: ToOption = None,
    preset: PresetOption = None,
    unit: UnitOption = None,
    group: GroupOption = None,
    tree: TreeOption = Tree.as_was,
    rows: Annotated[bool, typer.Option("--rows", help="List the keys of the rows that the numerator counts, instead.")] = False,
    language: LanguageOption = Language.vi,
    output: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """Why a figure is what it is: definition, both counts, window, exclusions, failed checks, the SQL, or the rows behind it."""
    import polars as pl

    from metrics.query.why import dictionary as dictionary_of
    from metrics.query.why import rows_behind
    from metrics.query.why import why as why_of

    with open_published(existing_home(home)) as snapshot:
        period, scope = period_of(snapshot, from_on, to_on, preset), scope_of(unit, group, tree)
        if rows:
            frame = rows_behind(snapshot, metric, period, scope)
        else:
            told = why_of(snapshot, metric, period, scope)
            declared = dictionary_of(language.value).row(by_predicate=pl.col("metric") == metric, named=True)
            facts = {
                **{name: declared[name] for name in ("metric", "label", "definition")},
                "population": told.population.label_en if language is Language.en else told.population.label,
                **{name: declared[name] for name in ("exclusions", "source", "owner", "version")},
                "period": f"{period.from_on} – {period.to_on}",
                "unit_code": unit,
                "group": group,
                "tree": tree.value,
                "numerator": told.numerator,
                "denominator": told.denominator,
                "value": told.value,
                "failed_checks": "; ".join(f"{check.name}: {check.detail}" for check in told.failed_checks),
                "snapshot": told.snapshot,
                "sql": told.sql,
                "parameters": ", ".join(f"{name} = {value}" for name, value in told.params.items()),
            }
            frame = pl.DataFrame({"fact": list(facts), "is": ["" if fact is None else str(fact) for fact in facts.values()]})
    show(frame, output, empty="No row is counted.")


def dictionary(language: LanguageOption = Language.vi, output: FormatOption = Format.table) -> None:
    """Every metric with its definition, as declared."""
    from metrics.query.why import dictionary as declared

    show(declared(language.value), output, empty="No metric is declared.")
