"""Figures typed from any report: do parts and totals, and parts, wholes and percentages, agree?

One statement per line; `#` begins a comment, a label may stand before a colon:

    Văn bản đi: 1.250 = 800 + 450
    Kích hoạt: 1.000 / 1.600 = 62,5%
    Đăng nhập, một phần của kích hoạt: 70,1% <= 62,5%

Sides are sums of numbers, one division, or a percentage; relations are =, <=, >=, <, >. A percentage stands for every number
that rounds to it at its own decimals. `a% <= b%` says that both are shares of one whole.

In the sentences of a whole report only what is written out is found: sums with their total, and a percentage beside the part and the whole
that it was made of, such as 62,5% (1.000/1.600).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from data.errors import ConfigurationError

_RELATION = re.compile(r"<=|>=|≤|≥|=|<|>")
_SPELLED = {"≤": "<=", "≥": ">="}


@dataclass(frozen=True)
class FigureResult:
    """What one line says and whether it holds."""

    line: int
    text: str
    is_right: bool
    detail: str
    """Vietnamese, with the figures."""


@dataclass(frozen=True)
class _Side:
    """A number with the half unit that rounding may hide; `parts` where it is a sum, `over` where it is a division."""

    value: Fraction
    slack: Fraction
    decimals: int | None
    """Decimals of a percentage; None for a count or a division."""
    parts: int = 1
    is_division: bool = False


def check_figures(text: str, name: str = "figures") -> list[FigureResult]:
    """Each statement of the text, in order; raises ConfigurationError naming a line that cannot be read."""
    results = []
    for number, raw in enumerate(text.splitlines(), start=1):
        statement = raw.split("#", 1)[0].strip()
        if not statement:
            continue
        label, colon, rest = statement.rpartition(":")
        results.append(_judge(number, statement, rest if colon else statement, label.strip(), f"{name}, line {number}"))
    if not results:
        raise ConfigurationError(f"{name} has no statement. Write one per line, such as 1.250 = 800 + 450.")
    return results


def check_report(text: str, name: str = "report") -> list[FigureResult]:
    """Each statement found in the sentences of a report (`line`: the paragraph); raises ConfigurationError where there is none."""
    results = [
        _judge(number, statement, statement, "", f"{name}, paragraph {number}")
        for number, paragraph in enumerate(text.splitlines(), start=1)
        for statement in _statements_in(paragraph)
    ]
    if not results:
        raise ConfigurationError(
            f"{name} has no sum with its total and no percentage beside its part and whole, such as 62,5% (1.000/1.600)."
            " Type its figures into a text file."
        )
    return results


_NUMBER = r"(?<![\d.,/])(?:\d{1,3}(?:[.,]\d{3})+|\d+)(?![.,]?\d)"
_SHARE = rf"(?P<part>{_NUMBER})\s*/\s*(?P<whole>[1-9](?:\d{{0,2}}(?:[.,]\d{{3}})+|\d*))(?![.,]?\d|/)"
_PERCENT = r"(?P<rate>(?<![\d.,/])\d+(?:[.,]\d+)?)\s*%"
_SUM = re.compile(rf"{_NUMBER}(?:\s*\+\s*{_NUMBER})*\s*=\s*{_NUMBER}(?:\s*\+\s*{_NUMBER})*")
_SHARES = (
    re.compile(rf"{_PERCENT}\s*\(\s*{_SHARE}"),
    # A few words may stand between, no number and no end of a sentence; before a date it says that it is one.
    re.compile(rf"(?<!ngày )(?<!tháng )(?<!từ )(?<!đến ){_SHARE}[^\d.;%]{{0,60}}?{_PERCENT}"),
)


def _statements_in(paragraph: str) -> list[str]:
    """What a paragraph says that can be checked, in order; nothing is read twice."""
    found = {match.start(): match.group() for match in _SUM.finditer(paragraph) if "+" in match.group()}
    taken: list[tuple[int, int]] = []
    for pattern in _SHARES:
        for match in pattern.finditer(paragraph):
            begin, end = match.span("part")[0], match.span("whole")[1]
            if not any(begin < stop and start < end for start, stop in taken):
                taken.append((begin, end))
                found[match.start()] = f"{match['part']} / {match['whole']} = {match['rate']}%"
    return [found[start] for start in sorted(found)]


def _judge(number: int, text: str, statement: str, label: str, place: str) -> FigureResult:
    relations = _RELATION.findall(statement)
    sides = [_side(part, place) for part in _RELATION.split(statement)]
    if not relations:
        raise ConfigurationError(f"{place}: there is no =, <= or >= in {statement.strip()!r}. Write, for example, 1.250 = 800 + 450.")
    prefix = f"{label}: " if label else ""
    wrong = [
        _disagreement(left, _SPELLED.get(relation, relation), right)
        for left, relation, right in zip(sides, relations, sides[1:], strict=False)
        if not _holds(left, _SPELLED.get(relation, relation), right)
    ]
    return FigureResult(number, text, not wrong, prefix + ("; ".join(wrong) if wrong else "khớp") + ".")


def _side(text: str, place: str) -> _Side:
    stripped = text.strip()
    if stripped.endswith("%"):
        value, decimals = _percentage(stripped[:-1], place)
        return _Side(value, Fraction(1, 2 * 100 * 10**decimals), decimals)
    if "/" in stripped:
        over, _, under = stripped.partition("/")
        below = _count(under, place)
        if below == 0:
            raise ConfigurationError(f"{place}: {stripped!r} divides by zero, which is no rate. Leave the line out: nothing arose.")
        return _Side(Fraction(_count(over, place), below), Fraction(0), None, is_division=True)
    parts = [_count(part, place) for part in stripped.split("+")]
    return _Side(Fraction(sum(parts)), Fraction(0), None, parts=len(parts))


def _count(text: str, place: str) -> int:
    """A whole number, with thousands set apart by points, commas or spaces, or not at all."""
    stripped = text.strip()
    if re.fullmatch(r"\d+|\d{1,3}(?:([.,\s\u00a0])\d{3})(?:\1\d{3})*", stripped):
        return int(re.sub(r"\D", "", stripped))
    raise ConfigurationError(f"{place}: {stripped!r} is not a whole number. Write 1250, 1.250 or 1,250; percentages end with %.")


def _percentage(text: str, place: str) -> tuple[Fraction, int]:
    """A percentage with a decimal comma or point: its ratio, and its decimals."""
    stripped = text.strip().replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", stripped):
        raise ConfigurationError(f"{place}: {text.strip()!r}% is not a percentage. Write 62,5% or 62.5%.")
    return Fraction(Decimal(stripped)) / 100, len(stripped.partition(".")[2])


def _holds(left: _Side, relation: str, right: _Side) -> bool:
    slack = left.slack + right.slack
    difference = left.value - right.value
    if relation == "=":
        return abs(difference) <= slack
    if relation in {"<", ">"}:
        return difference < 0 if relation == "<" else difference > 0
    return difference <= slack if relation == "<=" else -difference <= slack


def _disagreement(left: _Side, relation: str, right: _Side) -> str:
    """Why it does not hold, in one clause."""
    if relation == "=" and left.decimals is None and right.decimals is None:
        if left.is_division or right.is_division:
            return f"{_ratio_in_words(left)} khác {_ratio_in_words(right)}"
        total, parts = (left, right) if left.parts <= right.parts else (right, left)
        return f"các phần cộng lại là {_n(parts.value)}, không phải {_n(total.value)} (lệch {_n(abs(parts.value - total.value))})"
    if relation == "=":
        rate, given = (left, right) if right.decimals is not None else (right, left)
        return f"{_ratio_in_words(rate, given.decimals or 2)} chứ không phải {_ratio_in_words(given)}"
    if left.decimals is not None and right.decimals is not None:
        less, more = (left, right) if relation in {"<=", "<"} else (right, left)
        return f"{_ratio_in_words(less)} không thể là một phần của {_ratio_in_words(more)}: hai tỷ lệ không cùng một mẫu số"
    return f"{_ratio_in_words(left)} {relation} {_ratio_in_words(right)} là sai"


def _ratio_in_words(side: _Side, decimals: int = 2) -> str:
    if side.decimals is None and not side.is_division:
        return _n(side.value)
    places = side.decimals if side.decimals is not None else decimals
    # Rounded half up, as people do.
    scaled = (side.value * 100 * 10**places * 2 + 1) // 2
    whole, rest = divmod(int(scaled), 10**places)
    return f"{whole},{rest:0{places}}%" if places else f"{whole}%"


def _n(value: Fraction) -> str:
    return f"{int(value):,}".replace(",", ".")
