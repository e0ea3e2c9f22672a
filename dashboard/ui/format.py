"""Numbers and dates as people of the reader's language write them; pure text, no markup."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from data.language import LANGUAGES as LANGUAGES
from data.language import Language as Language

NO_ACTIVITY = "–"
MINUS = "−"
_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ROMAN_QUARTERS = ("I", "II", "III", "IV")


def number(value: float, language: Language = "vi", decimals: int = 0) -> str:
    """`1.234.567,5` in Vietnamese, `1,234,567.5` in English; a true minus sign."""
    text = f"{abs(value):,.{decimals}f}"
    if language == "vi":
        text = text.translate(str.maketrans(",.", ".,"))
    return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text


def percent(ratio: float, language: Language = "vi", decimals: int = 2) -> str:
    """A ratio between 0 and 1 as `61,68%`."""
    return f"{number(ratio * 100, language, decimals)}%"


def points(difference: float, language: Language = "vi") -> str:
    """A difference of two ratios in percentage points without its sign: `4,1`."""
    return number(abs(difference) * 100, language, 1)


def day(value: date, language: Language = "vi") -> str:
    """`25/7/2024`, in English `25 Jul 2024`."""
    if language == "en":
        return f"{value.day} {_ENGLISH_MONTHS[value.month - 1]} {value.year}"
    return f"{value.day}/{value.month}/{value.year}"


def short_day(value: date, language: Language = "vi") -> str:
    """`25/7`, in English `25 Jul`: where the year is said elsewhere."""
    if language == "en":
        return f"{value.day} {_ENGLISH_MONTHS[value.month - 1]}"
    return f"{value.day}/{value.month}"


def span(from_on: date, to_on: date, language: Language = "vi") -> str:
    """Two days as a range that says the year once where both are of one year: `1/7 – 31/7/2024`."""
    if from_on == to_on:
        return day(from_on, language)
    first = short_day(from_on, language) if from_on.year == to_on.year else day(from_on, language)
    return f"{first} – {day(to_on, language)}"


def month(year: int, month_number: int, language: Language = "vi") -> str:
    """`Tháng 7/2024`, in English `Jul 2024`."""
    return f"{_ENGLISH_MONTHS[month_number - 1]} {year}" if language == "en" else f"Tháng {month_number}/{year}"


def quarter(year: int, quarter_number: int, language: Language = "vi") -> str:
    """`Quý III/2024`, in English `Q3 2024`."""
    return f"Q{quarter_number} {year}" if language == "en" else f"Quý {_ROMAN_QUARTERS[quarter_number - 1]}/{year}"


def instant(value: datetime, time_zone: str, language: Language = "vi") -> str:
    """An instant on the organisation's own clock: `31/7/2024 17:00`."""
    local = value.astimezone(ZoneInfo(time_zone))
    return f"{day(local.date(), language)} {local:%H:%M}"
