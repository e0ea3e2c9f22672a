from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dashboard.palette import DARK, LIGHT, Palette
from dashboard.ui import theme

FOLDER = Path(theme.__file__).parents[1]


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_reads_on_its_ground(palette: Palette) -> None:
    pairs = [(text, ground) for text in (palette.ink, palette.muted, palette.accent, palette.bar) for ground in (palette.card, palette.paper)]
    pairs += [(palette.ink, palette.wash), (palette.muted, palette.wash), (palette.ink, palette.accent_wash), ("#CFD6E4", palette.nav)]
    pairs += list(zip(palette.on_sequential, palette.sequential, strict=True))
    assert [(text, ground, round(contrast(text, ground), 2)) for text, ground in pairs if contrast(text, ground) < 4.5] == []


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_scale_goes_one_way(palette: Palette) -> None:
    steps = [luminance(colour) for colour in palette.sequential]
    assert steps in (sorted(steps), sorted(steps, reverse=True))


def test_steps_are_equal_and_keep_to_the_scale() -> None:
    assert [theme.step_of(ratio) for ratio in (0.0, 0.16, 0.17, 0.5, 0.99, 1.0, 1.2)] == [0, 0, 1, 3, 5, 5, 5]


def test_the_style_sheets_are_whole_and_the_colours_one_element() -> None:
    whole = theme.stylesheet("dark", 'nothing"</style>')
    assert whole.startswith("<style>:root{")
    assert whole.count("</style>") == 1
    assert "/*" not in theme.rules()
    assert "<" not in theme.rules()
    text = "".join((FOLDER / "ui" / "styles" / name).read_text(encoding="utf-8") for name in theme.STYLESHEETS)
    assert theme.stylesheet("light", "none").count("{") == 3  # the palette, and two rules for an empty list
    assert whole.count("{") == 6  # dark pages are printed light
    assert theme.rules().count("{") == text.count("{")


def test_the_sheet_uses_only_variables_that_the_theme_gives() -> None:
    sheets = [*(FOLDER / "ui" / "styles" / name for name in theme.STYLESHEETS), FOLDER / "ui" / "components" / "unit_picker" / "picker.css"]
    used = {name for sheet in sheets for name in re.findall(r"var\((--[a-z0-9-]+)\)", sheet.read_text(encoding="utf-8"))}
    given = set(re.findall(r"(--[a-z0-9-]+):", theme.css_variables("light")))
    assert used <= given, used - given
    assert set(re.findall(r"(--[a-z0-9-]+):", theme.css_variables("dark"))) == given


def test_nothing_is_fetched_from_elsewhere() -> None:
    settings = (FOLDER / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    for path in [*FOLDER.rglob("*.css"), *FOLDER.rglob("*.js")]:
        settings += path.read_text(encoding="utf-8").replace("http://www.w3.org/", "")  # names of SVG and XHTML, which nobody fetches
    assert re.findall(r"https?://|//[a-z]+\.[a-z]", settings) == []
    faces = re.findall(r'url = "app/static/(.+?)"', settings)
    assert len(faces) == 9
    assert all((FOLDER / "static" / face).is_file() for face in faces)
    assert (FOLDER / "static" / "fonts" / "OFL.txt").is_file()


def test_streamlits_own_parts_have_the_colours_of_the_palette() -> None:
    settings = tomllib.loads((FOLDER / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for mode, palette in (("light", LIGHT), ("dark", DARK)):
        own = settings[mode]
        assert own["primaryColor"] == own["linkColor"] == palette.good
        assert (own["backgroundColor"], own["secondaryBackgroundColor"]) == (palette.paper, palette.card)
        assert (own["textColor"], own["borderColor"]) == (palette.ink, palette.line)
