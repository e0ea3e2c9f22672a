"""How reports write numbers, official dates, names in a row, rises and falls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dashboard.reports.content.blocks import Figure, Language
from dashboard.session.figures import aim_text
from dashboard.ui import format as written
from metrics.comparison.targets import Aim
from metrics.model import Duration, Metric, Ratio
from metrics.periods import (
    Period,
    closed_half_year,
    closed_month,
    closed_quarter,
    closed_year,
    half_year,
    month,
    quarter,
    reporting_half,
    reporting_nine_months,
    reporting_year,
    year,
)
from metrics.rounding import decimals_for, percent

NO_DATA: dict[Language, str] = {"vi": "chưa có số liệu", "en": "no data"}
NOTHING_AROSE: dict[Language, str] = {"vi": "không phát sinh", "en": "no activity"}
MOST_NAMED = 8
_UNITS_EN = {
    "account": "accounts",
    "account_use": "days",
    "account_history": "accounts",
    "activation": "accounts",
    "retention": "accounts",
    "login": "logins",
    "document": "documents",
    "registered": "documents",
    "declared": "documents",
    "work_file": "files",
    "headcount": "people",
    "delivery": "deliveries",
    "due_delivery": "deliveries",
    "completed_delivery": "deliveries",
    "open_delivery": "deliveries",
    "axis_sending": "sendings",
    "axis_unit": "units",
    "paper": "pages",
}


class Shown(NamedTuple):
    """A figure printed otherwise than it prints itself: the rate alone, the count alone."""

    figure: Figure
    text: str


def official_day(on: date, language: Language) -> str:
    """`01/7/2024`: as Decree 30/2020/NĐ-CP writes days, a zero before days below 10 and before January and February only."""
    if language == "en":
        return written.day(on, "en")
    return f"{on.day:02d}/{on.month:02d}/{on.year}" if on.month < 3 else f"{on.day:02d}/{on.month}/{on.year}"


def window(period: Period, language: Language) -> str:
    """`từ ngày 01/7/2024 đến hết ngày 31/7/2024`."""
    first, last = official_day(period.from_on, language), official_day(period.to_on, language)
    if language == "en":
        return f"on {first}" if first == last else f"from {first} to {last}"
    return f"trong ngày {first}" if first == last else f"từ ngày {first} đến hết ngày {last}"


def period_name(period: Period) -> str:
    """`tháng 10 năm 2026`, `quý III năm 2026`, `6 tháng đầu năm 2026`, `năm 2026`; empty for days that are no usual period."""
    last = period.to_on
    half = "đầu" if last.month <= 6 else "cuối"
    names = {
        f"tháng {last.month} năm {last.year}": (month, closed_month),
        f"quý {('I', 'II', 'III', 'IV')[(last.month - 1) // 3]} năm {last.year}": (quarter, closed_quarter),
        f"6 tháng {half} năm {last.year}": (half_year, closed_half_year),
        f"năm {last.year}": (year, closed_year),
        f"6 tháng đầu năm công tác {last.year}": (reporting_half,),
        f"9 tháng đầu năm công tác {last.year}": (reporting_nine_months,),
        f"năm công tác {last.year}": (reporting_year,),
    }
    return next((name for name, parts in names.items() if any(part(last) == period for part in parts)), "")


def span(period: Period) -> str:
    """`01/7/2024 – 31/7/2024`, as the head of a column."""
    return f"{official_day(period.from_on, 'vi')} – {official_day(period.to_on, 'vi')}"


def official_time(instant: datetime, time_zone: str, language: Language) -> str:
    """`23 giờ 59 phút ngày 31/7/2024` on the organisation's own clock."""
    local = instant.astimezone(ZoneInfo(time_zone))
    if language == "en":
        return f"{local:%H:%M} on {official_day(local.date(), 'en')}"
    return f"{local:%H} giờ {local:%M} phút ngày {official_day(local.date(), 'vi')}"


def official_count(count: int, language: Language) -> str:
    """`08`, `12`, `1.234`, and `0`, never `00`: a count of units as documents write it."""
    return f"{count:02d}" if language == "vi" and 0 < count < 10 else written.number(count, language)


def units_that(count: int, are: str) -> str:
    """`02 đơn vị thấp hơn rõ rệt`, and of none `không có đơn vị nào thấp hơn rõ rệt`, within a Vietnamese sentence."""
    return f"{official_count(count, 'vi')} đơn vị {are}" if count else f"không có đơn vị nào {are}"


def names_in_a_row(names: Sequence[str], language: Language, most: int = MOST_NAMED, rest: str = "") -> str:
    """`A, B và C`; from more than `most` names the first ones and how many are left, with `rest` saying where they stand.

    Names that hold a comma themselves stand apart by semicolons.
    """
    apart = "; " if any(", " in re.sub(r"\([^()]*\)", "", name) for name in names) else ", "
    last = " và " if language == "vi" else " and "
    if len(names) > most:
        others = f"{official_count(len(names) - most, language)} {'đơn vị khác' if language == 'vi' else 'more'}{rest}"
        return apart.join(names[:most]) + last + others
    return names[0] if len(names) == 1 else apart.join(names[:-1]) + last + names[-1]


def in_sentence(label: str) -> str:
    """A label as it stands within a sentence."""
    return label[:1].lower() + label[1:]


def aim(target: float | Aim, language: Language) -> str:
    """A target as people say it: `90%`, `92,5%`, and of one with a window: `90% tính trong một tháng`."""
    return aim_text(target, language) if isinstance(target, Aim) else written.target(target, language)


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def figure_text(one: Metric, numerator: int | None, denominator: int | None, value: float | None, language: Language) -> str:
    """A figure as it prints itself: `61,68% (1.848/2.996 tài khoản)`, `2.016`, `4`; words where there is no number."""
    if numerator is None:
        return NO_DATA[language]
    if isinstance(one, Ratio):
        if value is None or denominator is None:
            return NOTHING_AROSE[language]
        counted = f"{written.number(numerator, language)}/{written.number(denominator, language)}"
        return f"{written.percent(value, language, of=denominator)} ({counted} {unit_of(one, language)})"
    if isinstance(one, Duration):
        return NOTHING_AROSE[language] if value is None else written.number(value, language)
    return written.number(numerator, language)


def unit_of(one: Metric, language: Language) -> str:
    """What is counted, as it stands behind a number."""
    return one.unit if language == "vi" else _UNITS_EN[one.of]


def rate(figure: Figure, language: Language) -> Shown:
    """The rate alone; only beside the place where its counts stand."""
    return Shown(figure, figure.text if figure.value is None else written.percent(figure.value, language, of=figure.denominator))


def change_text(now: Figure, before: Figure, language: Language) -> str | None:
    """`tăng 4,10 điểm phần trăm`; None where one of the two has no value. What rounds to nothing has not moved."""
    if now.value is None or before.value is None:
        return None
    change = now.value - before.value
    if now.kind == "rate":
        # Between the percentages as they are printed: the reader has only those to check it by.
        change = float(percent(now.value, of=now.denominator) - percent(before.value, of=before.denominator))
        # No finer than the coarser of the two.
        decimals = min(decimals_for(one.denominator) for one in (now, before))
        size = written.number(abs(change), language, decimals)
        unit = "điểm phần trăm" if language == "vi" else "percentage points"
    else:
        size, unit = written.number(abs(change), language), ""
    if not size.strip("0.,"):
        return "không thay đổi" if language == "vi" else "unchanged"
    rises = change > 0
    verb = ("tăng" if rises else "giảm") if language == "vi" else ("up" if rises else "down")
    return f"{verb} {size} {unit}".rstrip()
