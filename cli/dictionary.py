"""`vanban dictionary`: what every metric means."""

from __future__ import annotations

from cli.console import show
from cli.options import LanguageOption, OutputOption

EXAMPLE = "--format csv"


def run(language: LanguageOption = "vi", output: OutputOption = "table") -> None:
    """Every metric with its definition, as declared."""
    from metrics.query.why import dictionary

    show(dictionary(language), output, empty="No metric is declared.")
