"""METRICS: every published figure, declared once. Add a metric to the file of its subject, and nowhere else.

`populations` says whose rows they count, in what unit, and what is left out.
"""

from __future__ import annotations

import csv
import difflib
from functools import cache

from data.errors import ConfigurationError
from data.paths import REFERENCE
from metrics.catalog import adoption, deliveries, documents, registered
from metrics.catalog.populations import POPULATIONS
from metrics.model import Metric, Population, WrongDeclaration

METRICS: tuple[Metric, ...] = (*adoption.METRICS, *documents.METRICS, *registered.METRICS, *deliveries.METRICS)

__all__ = ["METRICS", "POPULATIONS", "metric", "population_of_group"]

_METRIC = {metric.name: metric for metric in METRICS}
_POPULATION = {population.name: population for population in POPULATIONS}


def metric(name: str) -> Metric:
    """The declaration of that name; raises ConfigurationError with the closest names."""
    try:
        return _METRIC[name]
    except KeyError:
        close = difflib.get_close_matches(name, _METRIC, n=3, cutoff=0.4)
        hint = f"Closest: {', '.join(close)}." if close else "`vanban metrics --help` lists them."
        raise ConfigurationError(f"There is no metric {name!r}. {hint}") from None


@cache
def population_of_group(group: int) -> Population:
    """Whose accounts count in a pilot group (`data/reference/populations.csv`); officers where the file does not say."""
    with (REFERENCE / "populations.csv").open(encoding="utf-8", newline="") as file:
        accounts = {int(row["pilot_group"]): row["accounts"] for row in csv.DictReader(file)}
    name = accounts.get(group, "officers")
    if name not in _POPULATION:
        raise ConfigurationError(f"populations.csv: there are no accounts {name!r} for group {group}. Write officers or clerks.")
    return _POPULATION[name]


if len(_METRIC) != len(METRICS) or len(_POPULATION) != len(POPULATIONS):
    raise WrongDeclaration("Two declarations have the same name.")
