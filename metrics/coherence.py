"""CHECKS: what must hold between published figures. A failed check stands beside the number, on screen and in print.

Add a consistency check here: a function of the Evidence that says what it found.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.scope import Scope
from metrics.sql import row_statement
from metrics.units import units, verify_scope
from metrics.values import counts

ADDITIVE = (
    "outgoing_documents",
    "internal_outgoing",
    "internal_incoming",
    "axis_outgoing",
    "axis_incoming",
    "recalled_documents",
    "provisioned_accounts",
    "activated_accounts",
    "logged_in_accounts",
)
"""Counts of which the parent has the sum of its children: every row belongs to one unit."""

_COUNTED = (
    *ADDITIVE,
    "outgoing_electronic",
    "outgoing_parallel",
    "outgoing_paper",
    "outgoing_signed",
    "outgoing_not_signed",
    "processing_accounts",
    "signing_accounts",
    "fully_signed_ratio",
    "electronic_issue_ratio",
)


@dataclass(frozen=True)
class CheckResult:
    """What one check found in one period and scope."""

    name: str
    label: str
    is_passed: bool
    detail: str
    """Vietnamese, with the figures."""
    unit_codes: tuple[str, ...]
    """Units in which it fails, in the order of the tree; empty where it passes or fails only as a whole."""
    concerns: tuple[str, ...]
    """Metrics beside which a failure is to be shown."""
    has_data: bool = True
    """False: nothing was there to check."""


@dataclass(frozen=True)
class Finding:
    """What a check's function says: failing units, the sentence, and whether the whole fails."""

    detail: str
    unit_codes: Sequence[str] = ()
    is_whole_wrong: bool = False
    has_data: bool = True


@dataclass(frozen=True)
class Check:
    """One statement that must hold."""

    name: str
    label: str
    how: str
    concerns: tuple[str, ...]
    find: Callable[[Evidence], Finding]


class Evidence:
    """The counts that the checks compare, asked for once."""

    def __init__(self, snapshot: Snapshot, period: Period, scope: Scope) -> None:
        self.snapshot, self.period, self.scope = snapshot, period, scope
        self.units = units(snapshot)
        verify_scope(self.units, scope)

    @cached_property
    def own(self) -> pl.DataFrame:
        """One row per unit (its own rows, without its subtree), one column per count."""
        return self._by_unit("own_unit")

    @cached_property
    def subtree(self) -> pl.DataFrame:
        """One row per unit with its subtree, as far as the scope reaches."""
        return self._by_unit("unit")

    @cached_property
    def whole(self) -> dict[str, int]:
        found = self._own_counts.filter(pl.col("group_code").is_null())
        return {column: int(found[column].sum() or 0) for column in found.columns if column != "group_code"}

    @cached_property
    def _own_counts(self) -> pl.DataFrame:
        return self._wide("own_unit")

    def _by_unit(self, grouping: str) -> pl.DataFrame:
        wide = self._own_counts if grouping == "own_unit" else self._wide("unit")
        return wide.filter(pl.col("group_code").is_not_null()).rename({"group_code": "unit_code"})

    def _wide(self, grouping: str) -> pl.DataFrame:
        names = _COUNTED if grouping == "own_unit" else ADDITIVE
        long = counts(self.snapshot, [metric(name) for name in names], [self.period], self.scope, "unit" if grouping == "unit" else "own_unit")
        declared = (
            long.filter(pl.col("metric") == "electronic_issue_ratio")
            .with_columns(metric=pl.lit("declared_documents"))
            .with_columns(numerator="denominator")
        )
        wide = pl.concat([long, declared]).pivot("metric", index="group_code", values="numerator")
        absent = [pl.lit(0, dtype=pl.Int64).alias(name) for name in (*names, "declared_documents") if name not in wide.columns]
        return wide.with_columns(*absent).with_columns(pl.exclude("group_code").fill_null(0))

    def rows(self, kind_sql: str) -> pl.DataFrame:
        """The answer of a SELECT over `scoped_row`, the outgoing documents of the scope."""
        question = row_statement("document", self.period, self.scope, kind_sql, self.snapshot.info.cutoff_on)
        return self.snapshot.query(question.sql, question.params)

    def in_tree_order(self, codes: Sequence[str]) -> tuple[str, ...]:
        order = {code: position for position, code in enumerate(self.units["unit_code"])}
        return tuple(sorted(set(codes), key=lambda code: (order.get(code, len(order)), code)))


def run_checks(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> list[CheckResult]:
    """Every check of CHECKS, in its order; raises ConfigurationError for an unknown unit or group."""
    evidence = Evidence(snapshot, period, scope or Scope())
    results = []
    for check in CHECKS:
        found = check.find(evidence)
        failing = evidence.in_tree_order(found.unit_codes)
        is_passed = not failing and not found.is_whole_wrong
        results.append(CheckResult(check.name, check.label, is_passed, found.detail, failing, check.concerns, found.has_data))
    return results


def _forms_add_up(evidence: Evidence) -> Finding:
    whole = evidence.whole
    parts = [whole["outgoing_electronic"], whole["outgoing_parallel"], whole["outgoing_paper"]]
    failing = _failing(evidence, pl.sum_horizontal("outgoing_electronic", "outgoing_parallel", "outgoing_paper") != pl.col("outgoing_documents"))
    return Finding(_sum_in_words(parts, whole["outgoing_documents"], "văn bản đi"), failing, has_data=whole["outgoing_documents"] > 0)


def _signatures_add_up(evidence: Evidence) -> Finding:
    whole = evidence.whole
    failing = _failing(evidence, pl.sum_horizontal("outgoing_signed", "outgoing_not_signed") != pl.col("outgoing_documents"))
    words = _sum_in_words([whole["outgoing_signed"], whole["outgoing_not_signed"]], whole["outgoing_documents"], "văn bản đi")
    return Finding(words, failing, has_data=whole["outgoing_documents"] > 0)


def _signed_within_outgoing(evidence: Evidence) -> Finding:
    return _never_grows(
        evidence,
        {"outgoing_documents": "văn bản đi", "outgoing_signed": "có ký số", "fully_signed_ratio": "ký số đủ"},
    )


def _logged_in_within_activated(evidence: Evidence) -> Finding:
    return _never_grows(
        evidence,
        {"provisioned_accounts": "tài khoản được cấp", "activated_accounts": "đã kích hoạt", "logged_in_accounts": "có đăng nhập"},
    )


def _funnel_is_monotone(evidence: Evidence) -> Finding:
    return _never_grows(
        evidence,
        {
            "provisioned_accounts": "được cấp",
            "activated_accounts": "kích hoạt",
            "logged_in_accounts": "đăng nhập",
            "processing_accounts": "xử lý",
            "signing_accounts": "ký số",
        },
    )


def _issued_within_declared(evidence: Evidence) -> Finding:
    issued, declared = evidence.whole["electronic_issue_ratio"], evidence.whole["declared_documents"]
    failing = _failing(evidence, pl.col("electronic_issue_ratio") > pl.col("declared_documents"))
    if not declared and not issued:
        return Finding("Không có đơn vị nào khai báo phủ kín kỳ, nên không có gì để đối chiếu.", has_data=False)
    words = f"Phát hành điện tử {_n(issued)} {'≤' if issued <= declared else '>'} khai báo {_n(declared)}."
    if failing:
        own = evidence.own.filter(pl.col("unit_code").is_in(failing)).sort("unit_code")
        pairs = own.select("unit_code", "electronic_issue_ratio", "declared_documents").iter_rows()
        words += " Vượt số khai báo: " + "; ".join(f"{code} {_n(more)} > {_n(less)}" for code, more, less in list(pairs)[:5]) + "."
    return Finding(words, failing, is_whole_wrong=issued > declared)


def _units_add_up(evidence: Evidence) -> Finding:
    children = (
        evidence.subtree.join(evidence.units.select("unit_code", "parent_code"), on="unit_code")
        .drop_nulls("parent_code")
        .group_by("parent_code")
        .agg(pl.col(*ADDITIVE).sum())
        .rename({"parent_code": "unit_code"})
    )
    parts = (
        pl.concat([evidence.own.select("unit_code", *ADDITIVE), children.select("unit_code", *ADDITIVE)]).group_by("unit_code").agg(pl.all().sum())
    )
    sides = parts.join(evidence.subtree, on="unit_code", how="full", coalesce=True, suffix="__subtree").with_columns(
        pl.exclude("unit_code").fill_null(0)
    )
    is_wrong = pl.any_horizontal(pl.col(name) != pl.col(f"{name}__subtree") for name in ADDITIVE)
    failing = sides.filter(is_wrong)["unit_code"].to_list()
    tops = (
        evidence.units.filter(pl.col("parent_code").is_null())["unit_code"].to_list()
        if evidence.scope.unit_code is None
        else [evidence.scope.unit_code]
    )
    top = evidence.subtree.filter(pl.col("unit_code").is_in(tops))
    outside = {name: evidence.whole[name] - int(top[name].sum() or 0) for name in ADDITIVE}
    outside = {name: difference for name, difference in outside.items() if difference}
    has_data = any(evidence.whole[name] for name in ADDITIVE)
    if not failing and not outside:
        return Finding(f"{len(ADDITIVE)} chỉ số đếm: tổng của các đơn vị trực thuộc bằng số của đơn vị cấp trên, ở mọi đơn vị.", has_data=has_data)
    words = "; ".join(f"{metric(name).label}: {_n(difference)} không thuộc đơn vị nào của cây vào ngày đó" for name, difference in outside.items())
    return Finding((words or f"Tổng các đơn vị trực thuộc khác số của cấp trên ở {len(failing)} đơn vị") + ".", failing, is_whole_wrong=bool(outside))


_ARRIVALS = """SELECT
    scoped_row.unit_code,
    COUNT(*) AS documents,
    COUNT(*) FILTER (WHERE arrival.deliveries IS NULL) AS not_arrived,
    CAST(SUM(COALESCE(arrival.deliveries, 0)) AS BIGINT) AS deliveries
FROM scoped_row
LEFT JOIN (
    SELECT document_key, COUNT(*) AS deliveries
    FROM delivery
    WHERE is_internal
    GROUP BY document_key
) AS arrival
    ON arrival.document_key = scoped_row.row_key
WHERE scoped_row.is_sent_internally AND NOT scoped_row.is_recalled
GROUP BY scoped_row.unit_code"""


def _internal_documents_arrived(evidence: Evidence) -> Finding:
    found = evidence.rows(_ARRIVALS)
    documents, not_arrived = int(found["documents"].sum() or 0), int(found["not_arrived"].sum() or 0)
    words = f"{_n(documents - not_arrived)} / {_n(documents)} văn bản đi nội bộ có ít nhất một lượt nhận ở đơn vị trong ngành."
    return Finding(words, found.filter(pl.col("not_arrived") > 0)["unit_code"].to_list(), has_data=documents > 0)


def _deliveries_cover_documents(evidence: Evidence) -> Finding:
    found = evidence.rows(_ARRIVALS)
    documents, deliveries = int(found["documents"].sum() or 0), int(found["deliveries"].sum() or 0)
    words = f"{_n(deliveries)} lượt nhận {'≥' if deliveries >= documents else '<'} {_n(documents)} văn bản đi nội bộ."
    failing = found.filter(pl.col("deliveries") < pl.col("documents"))["unit_code"].to_list()
    return Finding(words, failing, is_whole_wrong=deliveries < documents, has_data=documents > 0)


# Decree 30/2020 numbers documents per organisation and year, some organisations per document type: so the type is part of the key.
_REPEATED_NUMBERS = """SELECT
    scoped_row.unit_code,
    COUNT(DISTINCT scoped_row.row_key) AS documents
FROM scoped_row
INNER JOIN document
    ON document.document_key = scoped_row.row_key
INNER JOIN document AS same_number
    ON same_number.unit_code = document.unit_code
    AND same_number.number = document.number
    AND COALESCE(same_number.doc_type, '') = COALESCE(document.doc_type, '')
    AND EXTRACT(YEAR FROM same_number.issued_on) = EXTRACT(YEAR FROM document.issued_on)
    AND same_number.document_key <> document.document_key
WHERE NOT document.is_recalled AND NOT same_number.is_recalled
GROUP BY scoped_row.unit_code"""


def _numbers_are_unique(evidence: Evidence) -> Finding:
    found = evidence.rows(_REPEATED_NUMBERS)
    repeated, outgoing = int(found["documents"].sum() or 0), evidence.whole["outgoing_documents"]
    words = f"{_n(repeated)} / {_n(outgoing)} văn bản đi trùng số, loại văn bản và năm với văn bản khác của cùng đơn vị."
    return Finding(words, found["unit_code"].to_list(), has_data=outgoing > 0)


def _never_grows(evidence: Evidence, steps: dict[str, str]) -> Finding:
    """Each count is at most the one before it, in the whole and in each unit's own rows."""
    names = list(steps)
    pairs = list(itertools.pairwise(names))
    failing = _failing(evidence, pl.any_horizontal(pl.col(less) > pl.col(more) for more, less in pairs))
    words = f"{steps[names[0]]} {_n(evidence.whole[names[0]])}"
    for more, less in pairs:
        words += f" {'≥' if evidence.whole[less] <= evidence.whole[more] else '<'} {steps[less]} {_n(evidence.whole[less])}"
    is_whole_wrong = any(evidence.whole[less] > evidence.whole[more] for more, less in pairs)
    return Finding(words[0].upper() + words[1:] + ".", failing, is_whole_wrong, has_data=evidence.whole[names[0]] > 0)


def _failing(evidence: Evidence, is_wrong: pl.Expr) -> list[str]:
    return evidence.own.filter(is_wrong)["unit_code"].to_list()


def _sum_in_words(parts: Sequence[int], total: int, what: str) -> str:
    sides = f"{' + '.join(map(_n, parts))} = {_n(sum(parts))}"
    return f"{sides} {what}." if sum(parts) == total else f"{sides} ≠ {_n(total)} {what}."


def _n(number: int) -> str:
    return f"{number:,}".replace(",", ".")


_ACCOUNT_RATES = ("activation_rate", "login_rate", "login_rate_of_provisioned", "provisioned_accounts", "activated_accounts", "logged_in_accounts")
_FORMS = ("outgoing_documents", "outgoing_electronic", "outgoing_parallel", "outgoing_paper", "fully_electronic_ratio", "parallel_ratio")
_SIGNATURES = ("outgoing_documents", "outgoing_signed", "outgoing_not_signed", "digitally_signed_ratio", "fully_signed_ratio")

CHECKS: tuple[Check, ...] = (
    Check(
        "forms_add_up",
        "Các hình thức cộng lại bằng văn bản đi",
        "Hoàn toàn điện tử + song song bản giấy + chỉ bản giấy = văn bản đi, ở từng đơn vị.",
        _FORMS,
        _forms_add_up,
    ),
    Check(
        "signatures_add_up",
        "Có ký số và chưa ký số cộng lại bằng văn bản đi",
        "Có ký số + chưa ký số = văn bản đi, ở từng đơn vị.",
        _SIGNATURES,
        _signatures_add_up,
    ),
    Check(
        "signed_within_outgoing",
        "Ký số đủ không vượt có ký số, có ký số không vượt văn bản đi",
        "Ký số đủ ≤ có ký số ≤ văn bản đi, ở từng đơn vị.",
        _SIGNATURES,
        _signed_within_outgoing,
    ),
    Check(
        "logged_in_within_activated",
        "Đăng nhập không vượt kích hoạt, kích hoạt không vượt số được cấp",
        "Có đăng nhập ≤ đã kích hoạt ≤ được cấp, ở từng đơn vị.",
        _ACCOUNT_RATES,
        _logged_in_within_activated,
    ),
    Check(
        "funnel_is_monotone",
        "Phễu sử dụng không phình ra",
        "Được cấp ≥ kích hoạt ≥ đăng nhập ≥ xử lý ≥ ký số, ở từng đơn vị.",
        (*_ACCOUNT_RATES, "processing_rate", "processing_accounts", "signing_accounts"),
        _funnel_is_monotone,
    ),
    Check(
        "issued_within_declared",
        "Phát hành điện tử không vượt số khai báo",
        "Văn bản phát hành điện tử đo được ≤ tổng văn bản hành chính do đơn vị khai báo, ở từng đơn vị khai báo.",
        ("electronic_issue_ratio",),
        _issued_within_declared,
    ),
    Check(
        "units_add_up",
        "Tổng các đơn vị bằng toàn thể",
        "Số của đơn vị cấp trên = số của riêng nó + tổng các đơn vị trực thuộc; mọi dòng đều thuộc một đơn vị của cây.",
        ADDITIVE,
        _units_add_up,
    ),
    Check(
        "internal_documents_arrived",
        "Văn bản đi nội bộ đều có nơi nhận",
        "Mỗi văn bản đi nội bộ có ít nhất một lượt nhận ở đơn vị trong ngành.",
        ("internal_outgoing", "internal_incoming"),
        _internal_documents_arrived,
    ),
    Check(
        "deliveries_cover_documents",
        "Lượt nhận không ít hơn văn bản",
        "Tổng lượt nhận của các văn bản đi nội bộ ≥ số văn bản đi nội bộ.",
        ("internal_outgoing", "internal_incoming"),
        _deliveries_cover_documents,
    ),
    Check(
        "numbers_are_unique",
        "Số văn bản không trùng",
        "Số văn bản là duy nhất trong một đơn vị, một loại văn bản và một năm.",
        ("outgoing_documents",),
        _numbers_are_unique,
    ),
)
