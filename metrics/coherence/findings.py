"""What each check of `checks.toml` finds: failing units, and the counts that its sentence names."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import polars as pl

from metrics.coherence.compared_counts import ADDITIVE, OF_ACCOUNTS, Evidence

Term = int | str
"""A count, or a sign between counts."""


@dataclass(frozen=True)
class Finding:
    """What was found; `counts` by the names that the check's sentence gives them, several in a row as a tuple."""

    counts: Mapping[str, Term | tuple[Term, ...]]
    unit_codes: Sequence[str] = ()
    is_whole_wrong: bool = False
    has_data: bool = True
    compared: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)
    """What is said beside the name of a failing unit."""
    outside: Mapping[str, int] = field(default_factory=dict)
    """Rows in no unit of the tree, by metric."""
    unplaced: Mapping[str, int] = field(default_factory=dict)
    """Accounts that stand in no unit, by metric: said, and nothing wrong."""
    are_units_shared: bool = False
    """Whether accounts are in several units at once, so that those of the units below do not add up to those above."""


def parts_add_up(evidence: Evidence, parts: Sequence[str], total: str) -> Finding:
    """The parts are the total, in the whole and in each unit's own rows."""
    found, whole = [evidence.whole[part] for part in parts], evidence.whole[total]
    failing = _failing(evidence, pl.sum_horizontal(*parts) != pl.col(total))
    sides: list[Term] = [*(term for number in found for term in ("+", number)), "=", sum(found), *(("≠", whole) if sum(found) != whole else ())]
    return Finding({"sum": tuple(sides[1:])}, failing, is_whole_wrong=sum(found) != whole, has_data=whole > 0)


def never_grows(evidence: Evidence, names: Sequence[str]) -> Finding:
    """Each count is at most the one before it, in the whole and in each unit's own rows."""
    pairs = list(itertools.pairwise(names))
    failing = _failing(evidence, pl.any_horizontal(pl.col(less) > pl.col(more) for more, less in pairs))
    is_whole_wrong = any(evidence.whole[less] > evidence.whole[more] for more, less in pairs)
    counts = {name: evidence.whole[name] for name in names}
    return Finding(counts, failing, is_whole_wrong, has_data=any(counts.values()))


def issued_within_declared(evidence: Evidence) -> Finding:
    issued, declared = evidence.whole["electronic_issue_ratio"], evidence.whole["declared_documents"]
    failing = _failing(evidence, pl.col("electronic_issue_ratio") > pl.col("declared_documents"))
    rows = evidence.own.select("unit_code", "electronic_issue_ratio", "declared_documents").iter_rows()
    compared = {code: (more, ">", less) for code, more, less in rows}
    counts: dict[str, Term] = {"issued": issued, "declared": declared, "sign": "≤" if issued <= declared else ">"}
    return Finding(counts, failing, issued > declared, has_data=bool(declared or issued), compared=compared)


def units_add_up(evidence: Evidence) -> Finding | None:
    additive = [name for name in ADDITIVE if evidence.is_known(name)]
    if not additive:
        return None
    children = (
        evidence.subtree.join(evidence.units.select("unit_code", "parent_code"), on="unit_code")
        .drop_nulls("parent_code")
        .select(*additive, unit_code="parent_code")
    )
    parts = pl.concat([evidence.own.select(*additive, "unit_code"), children]).group_by("unit_code").agg(pl.all().sum())
    sides = parts.join(evidence.subtree, on="unit_code", how="full", coalesce=True, suffix="__subtree").with_columns(
        pl.exclude("unit_code").fill_null(0)
    )
    compared = [name for name in additive if not (evidence.has_shared_accounts and name in OF_ACCOUNTS)]
    is_wrong = pl.any_horizontal(pl.col(name) != pl.col(f"{name}__subtree") for name in compared)
    failing = evidence.in_tree_order(sides.filter(is_wrong)["unit_code"].to_list())
    is_top = pl.col("parent_code").is_null() if evidence.scope.unit_code is None else pl.col("unit_code") == evidence.scope.unit_code
    top = evidence.subtree.join(evidence.units.filter(is_top), on="unit_code", how="semi")
    unplaced = evidence.in_no_unit
    outside = {name: evidence.whole[name] - int(top[name].sum() or 0) - unplaced.get(name, 0) for name in compared}
    outside = {name: difference for name, difference in outside.items() if difference}
    has_data = any(evidence.whole[name] for name in additive)
    shared = evidence.has_shared_accounts
    return Finding({"counts": len(compared)}, failing, bool(outside), has_data, outside=outside, unplaced=unplaced, are_units_shared=shared)


def internal_documents_arrived(evidence: Evidence) -> Finding:
    found = evidence.documents(_sql("arrivals"))
    documents, not_arrived = int(found["documents"].sum() or 0), int(found["not_arrived"].sum() or 0)
    failing = evidence.in_tree_order(found.filter(pl.col("not_arrived") > 0)["unit_code"].drop_nulls())
    counts = {"arrived": documents - not_arrived, "documents": documents}
    return Finding(counts, failing, is_whole_wrong=not_arrived > 0, has_data=documents > 0)


def deliveries_cover_documents(evidence: Evidence) -> Finding:
    found = evidence.documents(_sql("arrivals"))
    documents, deliveries = int(found["documents"].sum() or 0), int(found["deliveries"].sum() or 0)
    failing = evidence.in_tree_order(found.filter(pl.col("deliveries") < pl.col("documents"))["unit_code"].drop_nulls())
    counts: dict[str, Term] = {"deliveries": deliveries, "documents": documents, "sign": "≥" if deliveries >= documents else "<"}
    return Finding(counts, failing, is_whole_wrong=deliveries < documents, has_data=documents > 0)


def numbers_are_unique(evidence: Evidence) -> Finding:
    found = evidence.documents(_sql("repeated_numbers"))
    repeated, numbered = (int(found[name].sum() or 0) for name in ("documents", "numbered"))
    failing = evidence.in_tree_order(found.filter(pl.col("documents") > 0)["unit_code"].drop_nulls())
    return Finding({"repeated": repeated, "numbered": numbered}, failing, is_whole_wrong=repeated > 0, has_data=numbered > 0)


def _failing(evidence: Evidence, is_wrong: pl.Expr) -> tuple[str, ...]:
    return evidence.in_tree_order(evidence.own.filter(is_wrong)["unit_code"])


@cache
def _sql(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


OWN_FINDINGS: dict[str, Callable[[Evidence], Finding | None]] = {
    find.__name__: find for find in (issued_within_declared, units_add_up, internal_documents_arrived, deliveries_cover_documents, numbers_are_unique)
}
"""By the name of the check that they serve; None where nothing that they compare was delivered."""
