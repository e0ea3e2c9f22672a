"""Numbers and dates as people of the reader's language write them; pure text, no markup."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from data.language import LANGUAGES as LANGUAGES
from data.language import Language as Language
from metrics import rounding
from metrics.rounding import half_up

NO_ACTIVITY = "–"
HASH_SHOWN = 8
_VIETNAMESE_SEPARATORS = str.maketrans(",.", ".,")
MINUS = "−"
_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ROMAN_QUARTERS = ("I", "II", "III", "IV")


def number(value: float | Decimal, language: Language, decimals: int = 0) -> str:
    """`1.234.567,5` in Vietnamese, `1,234,567.5` in English; a tie is rounded away from zero, the minus sign is a true one."""
    text = f"{abs(half_up(value, decimals)):,.{decimals}f}"
    if language == "vi":
        text = text.translate(_VIETNAMESE_SEPARATORS)
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def percent(ratio: float, language: Language, decimals: int = 2, of: int | None = None) -> str:
    """A ratio between 0 and 1 as `61,68%`; of fewer than 100 cases (`of`) in whole per cents, as `91%`."""
    return f"{number(rounding.percent(ratio, decimals, of), language, rounding.decimals_for(of, decimals))}%"


def target(ratio: float, language: Language) -> str:
    """A target as people say it, without zeros at its end: `90%`, `92,5%`."""
    exact = rounding.percent(ratio).normalize()
    return f"{number(exact, language, max(0, -int(exact.as_tuple().exponent)))}%"


def points(difference: float, language: Language, of: int | None = None) -> str:
    """A difference of two ratios in percentage points without its sign: `4,1`; of fewer than 100 cases (`of`, the fewer of both) whole, `4`."""
    exact = round(abs(difference), 12)  # 0.6 - 0.575 is 0.025000000000000022 as a float, and 2,5 points
    return number(rounding.percent(exact, 1, of), language, rounding.decimals_for(of, 1))


def signed_points(difference: float, language: Language, of: int | None = None) -> str:
    """A difference of two ratios in percentage points: `+6,8`, `−2,6`, `0,0`."""
    text = points(difference, language, of)
    if not text.strip("0.,"):
        return text
    return f"+{text}" if difference > 0 else f"{MINUS}{text}"


def day(value: date, language: Language) -> str:
    """`25/7/2024`, in English `25 Jul 2024`."""
    if language == "en":
        return f"{value.day} {_ENGLISH_MONTHS[value.month - 1]} {value.year}"
    return f"{value.day}/{value.month}/{value.year}"


def short_day(value: date, language: Language) -> str:
    """`25/7`, in English `25 Jul`: where the year is said elsewhere."""
    if language == "en":
        return f"{value.day} {_ENGLISH_MONTHS[value.month - 1]}"
    return f"{value.day}/{value.month}"


def span(from_on: date, to_on: date, language: Language) -> str:
    """Two days as a range that says the year once where both are of one year: `1/7 – 31/7/2024`."""
    if from_on == to_on:
        return day(from_on, language)
    first = short_day(from_on, language) if from_on.year == to_on.year else day(from_on, language)
    return f"{first} – {day(to_on, language)}"


def month(year: int, month_number: int, language: Language) -> str:
    """`Tháng 7/2024`, in English `Jul 2024`."""
    return f"{_ENGLISH_MONTHS[month_number - 1]} {year}" if language == "en" else f"Tháng {month_number}/{year}"


def quarter(year: int, quarter_number: int, language: Language) -> str:
    """`Quý III/2024`, in English `Q3 2024`."""
    return f"Q{quarter_number} {year}" if language == "en" else f"Quý {_ROMAN_QUARTERS[quarter_number - 1]}/{year}"


def instant(value: datetime, time_zone: str, language: Language) -> str:
    """An instant on the organisation's own clock: `31/7/2024 17:00`."""
    local = value.astimezone(ZoneInfo(time_zone))
    return f"{day(local.date(), language)} {local:%H:%M}"


def short_key(key: str | None) -> str:
    """The beginning of a person's keyed hash: enough to see who is who within a table, and no name."""
    return key[:HASH_SHOWN] if key else NO_ACTIVITY
