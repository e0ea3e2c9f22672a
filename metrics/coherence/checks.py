"""CHECKS: what must hold between published figures. A failed check stands beside the number, on screen and in print.

Add a consistency check here, and beside it in `findings` the function of the Evidence that says what it found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from metrics.coherence import findings
from metrics.coherence.compared_counts import ADDITIVE, Evidence
from metrics.coherence.findings import Finding, Language
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.tree.scope import Scope

NOTHING_TO_CHECK = {"vi": "Không có dữ liệu để kiểm tra.", "en": "There is nothing to check."}


@dataclass(frozen=True)
class CheckResult:
    """What one check found in one period and scope."""

    name: str
    label: str
    is_passed: bool
    detail: str
    """A sentence with the figures and the names of units."""
    unit_codes: tuple[str, ...]
    """Units in which it fails, in the order of the tree; empty where it passes or fails only as a whole."""
    concerns: tuple[str, ...]
    """Metrics beside which a failure is to be shown."""
    has_data: bool
    """False: nothing was there to check, so nothing was passed either."""
    label_en: str
    detail_en: str


@dataclass(frozen=True)
class Check:
    """One statement that must hold."""

    name: str
    label: str
    label_en: str
    how: str
    how_en: str
    concerns: tuple[str, ...]
    find: Callable[[Evidence], Finding]


def run_checks(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> list[CheckResult]:
    """Every check of CHECKS, in its order, on the tree of the scope; raises ConfigurationError for an unknown unit or group."""
    evidence = Evidence(snapshot, period, scope or Scope())
    return [_result(check, check.find(evidence), evidence) for check in CHECKS]


def _result(check: Check, found: Finding, evidence: Evidence) -> CheckResult:
    failing = evidence.in_tree_order(found.unit_codes)
    has_data = found.has_data or bool(failing) or found.is_whole_wrong
    told: dict[Language, str] = {language: found.words(language) if has_data else NOTHING_TO_CHECK[language] for language in ("vi", "en")}
    return CheckResult(
        name=check.name,
        label=check.label,
        is_passed=not failing and not found.is_whole_wrong,
        detail=told["vi"],
        unit_codes=failing,
        concerns=check.concerns,
        has_data=has_data,
        label_en=check.label_en,
        detail_en=told["en"],
    )


_ACCOUNT_RATES = ("activation_rate", "login_rate", "login_rate_of_provisioned", "provisioned_accounts", "activated_accounts", "logged_in_accounts")
_FORMS = ("outgoing_documents", "outgoing_electronic", "outgoing_parallel", "outgoing_paper", "fully_electronic_ratio", "parallel_ratio")
_SIGNATURES = ("outgoing_documents", "outgoing_signed", "outgoing_not_signed", "digitally_signed_ratio", "fully_signed_ratio")

CHECKS: tuple[Check, ...] = (
    Check(
        "forms_add_up",
        "Các hình thức cộng lại bằng văn bản đi",
        "Forms add up to the outgoing documents",
        "Hoàn toàn điện tử + song song bản giấy + chỉ bản giấy = văn bản đi, ở từng đơn vị.",
        "Wholly electronic + in parallel with paper + on paper only = outgoing documents, in each unit.",
        _FORMS,
        findings.forms_add_up,
    ),
    Check(
        "signatures_add_up",
        "Có ký số và chưa ký số cộng lại bằng văn bản đi",
        "Signed and not signed add up to the outgoing documents",
        "Có ký số + chưa ký số = văn bản đi, ở từng đơn vị.",
        "Signed + not signed = outgoing documents, in each unit.",
        _SIGNATURES,
        findings.signatures_add_up,
    ),
    Check(
        "signed_within_outgoing",
        "Ký số đủ không vượt có ký số, có ký số không vượt văn bản đi",
        "Fully signed are within signed, signed within outgoing documents",
        "Ký số đủ ≤ có ký số ≤ văn bản đi, ở từng đơn vị.",
        "Fully signed ≤ signed ≤ outgoing documents, in each unit.",
        _SIGNATURES,
        findings.signed_within_outgoing,
    ),
    Check(
        "logged_in_within_activated",
        "Đăng nhập không vượt kích hoạt, kích hoạt không vượt số được cấp",
        "Logged in are within activated, activated within provisioned",
        "Có đăng nhập ≤ đã kích hoạt ≤ được cấp, ở từng đơn vị.",
        "Logged in ≤ activated ≤ provisioned, in each unit.",
        _ACCOUNT_RATES,
        findings.logged_in_within_activated,
    ),
    Check(
        "funnel_is_monotone",
        "Phễu sử dụng không phình ra",
        "The adoption funnel never widens",
        "Được cấp ≥ kích hoạt ≥ đăng nhập ≥ xử lý ≥ ký số, ở từng đơn vị.",
        "Provisioned ≥ activated ≥ logged in ≥ processing ≥ signing, in each unit.",
        (*_ACCOUNT_RATES, "processing_rate", "processing_accounts", "signing_accounts"),
        findings.funnel_is_monotone,
    ),
    Check(
        "issued_within_declared",
        "Phát hành điện tử không vượt số khai báo",
        "Issued electronically is within what was declared",
        "Văn bản phát hành điện tử đo được ≤ tổng văn bản hành chính do đơn vị khai báo, ở từng đơn vị khai báo.",
        "Documents measured as issued electronically ≤ administrative documents declared, in each unit that declared.",
        ("electronic_issue_ratio",),
        findings.issued_within_declared,
    ),
    Check(
        "units_add_up",
        "Tổng các đơn vị bằng toàn thể",
        "Units add up to the whole",
        "Số của đơn vị cấp trên = số của riêng nó + tổng các đơn vị trực thuộc; mọi dòng đều thuộc một đơn vị của cây.",
        "A unit's figure = its own rows + the units directly below it; every row belongs to a unit of the tree.",
        ADDITIVE,
        findings.units_add_up,
    ),
    Check(
        "internal_documents_arrived",
        "Văn bản đi nội bộ đều có nơi nhận",
        "Every internal document arrived somewhere",
        "Mỗi văn bản đi nội bộ có ít nhất một lượt nhận ở đơn vị trong ngành.",
        "Each internal document has at least one delivery to a unit of the organisation.",
        ("internal_outgoing", "internal_incoming"),
        findings.internal_documents_arrived,
    ),
    Check(
        "deliveries_cover_documents",
        "Lượt nhận không ít hơn văn bản",
        "Deliveries are no fewer than documents",
        "Tổng lượt nhận của các văn bản đi nội bộ ≥ số văn bản đi nội bộ.",
        "Deliveries of internal documents ≥ internal documents.",
        ("internal_outgoing", "internal_incoming"),
        findings.deliveries_cover_documents,
    ),
    Check(
        "numbers_are_unique",
        "Số văn bản không trùng",
        "Document numbers are unique",
        "Số văn bản là duy nhất trong một đơn vị, một loại văn bản và một năm.",
        "A document's number is unique within its unit, type and year.",
        ("outgoing_documents",),
        findings.numbers_are_unique,
    ),
)
