"""`vanban why`: why a figure is what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.terminal.console import show
from cli.terminal.options import HomeOption, LanguageOption, OutputOption, Selection, existing_home, open_published
from data.language import Language

if TYPE_CHECKING:
    from metrics.query.why import Why

EXAMPLE = "activation_rate --from 2024-07-01 --to 2024-07-31 --group 1"


def run(
    metric: Annotated[str, typer.Argument(help="Name of the metric.")],
    selection: Selection,
    rows: Annotated[bool, typer.Option("--rows", help="List the keys of the rows that the numerator counts, instead.")] = False,
    language: LanguageOption = "vi",
    output: OutputOption = "table",
    home: HomeOption = None,
) -> None:
    """Why a figure is what it is: definition, both counts, window, exclusions, failed checks, the SQL, or the rows behind it."""
    import polars as pl

    from metrics.query.single_rows import rows_behind
    from metrics.query.why import why

    with open_published(existing_home(home)) as snapshot:
        period, scope = selection.period(snapshot), selection.scope()
        if rows:
            frame = rows_behind(snapshot, metric, period, scope)
        else:
            facts = facts_of(why(snapshot, metric, period, scope), language)
            frame = pl.DataFrame({"fact": list(facts), "is": ["" if fact is None else str(fact) for fact in facts.values()]})
    show(frame, output, empty="No row is counted.")


def facts_of(reasons: Why, language: Language) -> dict[str, Any]:
    """Everything that is known of a figure, by name, in the order in which it is read."""
    import polars as pl

    from data.language import in_language
    from metrics.query.why import dictionary

    declared = dictionary(language).row(by_predicate=pl.col("metric") == reasons.metric.name, named=True)
    return {
        **{name: declared[name] for name in ("metric", "label", "definition")},
        "population": in_language(reasons.population, "label", language),
        **{name: declared[name] for name in ("exclusions", "source", "owner", "version")},
        "period": f"{reasons.period.from_on} – {reasons.period.to_on}",
        "unit_code": reasons.scope.unit_code,
        "group": reasons.scope.group,
        "tree": reasons.scope.tree,
        "numerator": reasons.numerator,
        "denominator": reasons.denominator,
        "value": reasons.value,
        "failed_checks": "; ".join(f"{check.name}: {check.detail}" for check in reasons.failed_checks),
        "snapshot": reasons.snapshot,
        "sql": reasons.sql,
        "parameters": ", ".join(f"{name} = {value}" for name, value in reasons.params.items()),
    }
