"""`vanban dictionary`: what every metric means."""

from __future__ import annotations

from cli.console import show
from cli.options import HomeOption, LanguageOption, OutputOption, speak_as
from data.paths import home_of

EXAMPLE = "--format csv"


def run(language: LanguageOption = "vi", output: OutputOption = "table", home: HomeOption = None) -> None:
    """Every metric with its definition, as declared; in a home's own words where one is named."""
    from metrics.query.why import dictionary

    place = home_of(home)
    if home is not None or place.config.is_file():
        speak_as(place)
    show(dictionary(language), output, empty="No metric is declared.")
