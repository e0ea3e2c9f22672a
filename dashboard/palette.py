"""The colours of everything that people look at: pages in light and dark, and reports, which are always light."""

from __future__ import annotations

from dataclasses import dataclass

FONT = "'Be Vietnam Pro', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"


@dataclass(frozen=True)
class Palette:
    """One ink, one accent that only says "look here", greys for context, one sequential scale from little to much."""

    ink: str
    """Colours are written `#14213D`; where a file wants them bare, `LIGHT.ink[1:]`."""
    muted: str  # captions; AA on card and paper
    faint: str  # marks and lines that carry no text
    line: str
    wash: str
    paper: str
    card: str
    accent: str
    accent_wash: str
    good: str
    bar: str
    nav: str
    sequential: tuple[str, str, str, str, str, str]
    on_sequential: tuple[str, str, str, str, str, str]
    """Text colour on each step of the scale, AA for 11 px."""


LIGHT = Palette(
    ink="#14213D",
    muted="#5B6577",
    faint="#8B94A3",
    line="#D9DEE6",
    wash="#EEF1F5",
    paper="#F7F8FA",
    card="#FFFFFF",
    accent="#B3202C",
    accent_wash="#FBEDEE",
    good="#1B3E73",
    bar="#1B3E73",
    nav="#14213D",
    sequential=("#E6ECF5", "#C3D1E6", "#98B0D2", "#6788B8", "#3B5F97", "#1B3E73"),
    on_sequential=("#14213D", "#14213D", "#14213D", "#0A1226", "#FFFFFF", "#FFFFFF"),
)

DARK = Palette(
    ink="#E8ECF4",
    muted="#A9B4C6",
    faint="#75819A",
    line="#2B364D",
    wash="#1F2A41",
    paper="#0E1524",
    card="#161F33",
    accent="#FF8F94",
    accent_wash="#3A2029",
    good="#9DB9E4",
    bar="#7FA0D3",
    nav="#0A101D",
    sequential=("#1F2C46", "#2A3F66", "#3B5F97", "#6788B8", "#98B0D2", "#C3D1E6"),
    on_sequential=("#E8ECF4", "#E8ECF4", "#FFFFFF", "#0A1226", "#0A1226", "#0A1226"),
)
