"""What the checks of `coherence` find: failing units, and the figures in a sentence of either language."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from data.language import Language as Language
from metrics.catalog import metric
from metrics.coherence.compared_counts import ADDITIVE, Evidence

MOST_NAMED = 5
"""Units that a sentence names; the result lists all of them."""


@dataclass(frozen=True)
class Finding:
    """What a check's function says: the sentence in either language, failing units, and whether the whole fails."""

    words: Callable[[Language], str]
    unit_codes: Sequence[str] = ()
    is_whole_wrong: bool = False
    has_data: bool = True


def forms_add_up(evidence: Evidence) -> Finding:
    parts = ("outgoing_electronic", "outgoing_parallel", "outgoing_paper")
    return _parts_add_up(evidence, parts, "outgoing_documents", {"vi": "văn bản đi", "en": "outgoing documents"})


def signatures_add_up(evidence: Evidence) -> Finding:
    parts = ("outgoing_signed", "outgoing_not_signed")
    return _parts_add_up(evidence, parts, "outgoing_documents", {"vi": "văn bản đi", "en": "outgoing documents"})


def signed_within_outgoing(evidence: Evidence) -> Finding:
    return _never_grows(
        evidence,
        {
            "outgoing_documents": {"vi": "văn bản đi", "en": "outgoing documents"},
            "outgoing_signed": {"vi": "có ký số", "en": "signed"},
            "fully_signed_ratio": {"vi": "ký số đủ", "en": "fully signed"},
        },
    )


def logged_in_within_activated(evidence: Evidence) -> Finding:
    return _never_grows(
        evidence,
        {
            "provisioned_accounts": {"vi": "tài khoản được cấp", "en": "accounts provisioned"},
            "activated_accounts": {"vi": "đã kích hoạt", "en": "activated"},
            "logged_in_accounts": {"vi": "có đăng nhập", "en": "logged in"},
        },
    )


def funnel_is_monotone(evidence: Evidence) -> Finding:
    return _never_grows(
        evidence,
        {
            "provisioned_accounts": {"vi": "được cấp", "en": "provisioned"},
            "activated_accounts": {"vi": "kích hoạt", "en": "activated"},
            "logged_in_accounts": {"vi": "đăng nhập", "en": "logged in"},
            "processing_accounts": {"vi": "xử lý", "en": "processing"},
            "signing_accounts": {"vi": "ký số", "en": "signing"},
        },
    )


def issued_within_declared(evidence: Evidence) -> Finding:
    issued, declared = evidence.whole["electronic_issue_ratio"], evidence.whole["declared_documents"]
    failing = _failing(evidence, pl.col("electronic_issue_ratio") > pl.col("declared_documents"))
    pairs = {code: (more, less) for code, more, less in evidence.own.select("unit_code", "electronic_issue_ratio", "declared_documents").iter_rows()}

    def words(language: Language) -> str:
        sign = "≤" if issued <= declared else ">"
        sentence = {
            "vi": f"Phát hành điện tử {_n(issued, 'vi')} {sign} khai báo {_n(declared, 'vi')}.",
            "en": f"Issued electronically {_n(issued, 'en')} {sign} declared {_n(declared, 'en')}.",
        }[language]
        if failing:
            over = [f"{evidence.name(code)} {_n(pairs[code][0], language)} > {_n(pairs[code][1], language)}" for code in failing]
            sentence += {"vi": " Vượt số khai báo: ", "en": " More than was declared: "}[language] + _listed(over, language)
        return sentence

    return Finding(words, failing, is_whole_wrong=issued > declared, has_data=bool(declared or issued))


def units_add_up(evidence: Evidence) -> Finding:
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
    failing = evidence.in_tree_order(sides.filter(is_wrong)["unit_code"].to_list())
    tops = (
        evidence.units.filter(pl.col("parent_code").is_null())["unit_code"].to_list()
        if evidence.scope.unit_code is None
        else [evidence.scope.unit_code]
    )
    top = evidence.subtree.filter(pl.col("unit_code").is_in(tops))
    outside = {name: evidence.whole[name] - int(top[name].sum() or 0) for name in ADDITIVE}
    outside = {name: difference for name, difference in outside.items() if difference}

    def words(language: Language) -> str:
        told = [f"{_label(name, language)}: {_n(difference, language)}" for name, difference in outside.items()]
        where = [evidence.name(code) for code in failing]
        if language == "vi":
            sentences = [f"Không thuộc đơn vị nào của cây vào ngày đó: {'; '.join(told)}."] if told else []
            sentences += [f"Tổng các đơn vị trực thuộc khác số của cấp trên ở {_listed(where, language)}"] if where else []
            sound = f"{len(ADDITIVE)} chỉ số đếm: tổng của các đơn vị trực thuộc bằng số của đơn vị cấp trên, ở mọi đơn vị."
        else:
            sentences = [f"In no unit of the tree on that day: {'; '.join(told)}."] if told else []
            sentences += [f"The units below do not add up to the unit above in {_listed(where, language)}"] if where else []
            sound = f"{len(ADDITIVE)} counts: the units below add up to the unit above, everywhere."
        return " ".join(sentences) or sound

    return Finding(words, failing, is_whole_wrong=bool(outside), has_data=any(evidence.whole[name] for name in ADDITIVE))


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


def internal_documents_arrived(evidence: Evidence) -> Finding:
    found = evidence.documents(_ARRIVALS)
    documents, not_arrived = int(found["documents"].sum() or 0), int(found["not_arrived"].sum() or 0)
    failing = evidence.in_tree_order(found.filter(pl.col("not_arrived") > 0)["unit_code"].drop_nulls())

    def words(language: Language) -> str:
        share = f"{_n(documents - not_arrived, language)} / {_n(documents, language)}"
        sentence = {
            "vi": f"{share} văn bản đi nội bộ có ít nhất một lượt nhận ở đơn vị trong ngành.",
            "en": f"{share} internal documents have at least one delivery to a unit of the organisation.",
        }[language]
        return sentence + _where(evidence, failing, {"vi": "Thiếu ở", "en": "Missing in"}, language)

    return Finding(words, failing, is_whole_wrong=not_arrived > 0, has_data=documents > 0)


def deliveries_cover_documents(evidence: Evidence) -> Finding:
    found = evidence.documents(_ARRIVALS)
    documents, deliveries = int(found["documents"].sum() or 0), int(found["deliveries"].sum() or 0)
    failing = evidence.in_tree_order(found.filter(pl.col("deliveries") < pl.col("documents"))["unit_code"].drop_nulls())

    def words(language: Language) -> str:
        sign = "≥" if deliveries >= documents else "<"
        sentence = {
            "vi": f"{_n(deliveries, 'vi')} lượt nhận {sign} {_n(documents, 'vi')} văn bản đi nội bộ.",
            "en": f"{_n(deliveries, 'en')} deliveries {sign} {_n(documents, 'en')} internal documents.",
        }[language]
        return sentence + _where(evidence, failing, {"vi": "Ít hơn ở", "en": "Fewer in"}, language)

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


def numbers_are_unique(evidence: Evidence) -> Finding:
    found = evidence.documents(_REPEATED_NUMBERS)
    repeated, outgoing = int(found["documents"].sum() or 0), evidence.whole["outgoing_documents"]
    failing = evidence.in_tree_order(found["unit_code"].drop_nulls())

    def words(language: Language) -> str:
        share = f"{_n(repeated, language)} / {_n(outgoing, language)}"
        sentence = {
            "vi": f"{share} văn bản đi trùng số, loại văn bản và năm với văn bản khác của cùng đơn vị.",
            "en": f"{share} outgoing documents repeat the number, type and year of another document of the same unit.",
        }[language]
        return sentence + _where(evidence, failing, {"vi": "Trùng ở", "en": "Repeated in"}, language)

    return Finding(words, failing, is_whole_wrong=repeated > 0, has_data=outgoing > 0)


def _parts_add_up(evidence: Evidence, parts: Sequence[str], total: str, what: Mapping[Language, str]) -> Finding:
    """The parts are the total, in each unit's own rows."""
    found, whole = [evidence.whole[part] for part in parts], evidence.whole[total]
    failing = _failing(evidence, pl.sum_horizontal(*parts) != pl.col(total))

    def words(language: Language) -> str:
        sides = f"{' + '.join(_n(part, language) for part in found)} = {_n(sum(found), language)}"
        sentence = f"{sides} {what[language]}." if sum(found) == whole else f"{sides} ≠ {_n(whole, language)} {what[language]}."
        return sentence + _where(evidence, failing, {"vi": "Sai ở", "en": "Wrong in"}, language)

    return Finding(words, failing, is_whole_wrong=sum(found) != whole, has_data=whole > 0)


def _never_grows(evidence: Evidence, steps: Mapping[str, Mapping[Language, str]]) -> Finding:
    """Each count is at most the one before it, in the whole and in each unit's own rows."""
    names = list(steps)
    pairs = list(itertools.pairwise(names))
    failing = _failing(evidence, pl.any_horizontal(pl.col(less) > pl.col(more) for more, less in pairs))

    def words(language: Language) -> str:
        sentence = f"{steps[names[0]][language]} {_n(evidence.whole[names[0]], language)}"
        for more, less in pairs:
            sign = "≥" if evidence.whole[less] <= evidence.whole[more] else "<"
            sentence += f" {sign} {steps[less][language]} {_n(evidence.whole[less], language)}"
        sentence = sentence[0].upper() + sentence[1:] + "."
        return sentence + _where(evidence, failing, {"vi": "Sai ở", "en": "Wrong in"}, language)

    is_whole_wrong = any(evidence.whole[less] > evidence.whole[more] for more, less in pairs)
    return Finding(words, failing, is_whole_wrong, has_data=any(evidence.whole[name] > 0 for name in names))


def _failing(evidence: Evidence, is_wrong: pl.Expr) -> tuple[str, ...]:
    return evidence.in_tree_order(evidence.own.filter(is_wrong)["unit_code"])


def _where(evidence: Evidence, failing: Sequence[str], begins: Mapping[Language, str], language: Language) -> str:
    """A sentence of its own that names the failing units; empty where there is none."""
    return f" {begins[language]} {_listed([evidence.name(code) for code in failing], language)}" if failing else ""


def _listed(things: Sequence[str], language: Language) -> str:
    """The first few, how many more there are, and a full stop."""
    rest = len(things) - MOST_NAMED
    more = {"vi": f"; và {rest} đơn vị khác", "en": f"; and {rest} more"}[language] if rest > 0 else ""
    return "; ".join(things[:MOST_NAMED]) + more + "."


def _label(name: str, language: Language) -> str:
    one = metric(name)
    return one.label if language == "vi" else one.label_en


def _n(number: int, language: Language) -> str:
    return f"{number:,}".replace(",", ".") if language == "vi" else f"{number:,}"
