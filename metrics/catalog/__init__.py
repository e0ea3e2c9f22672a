"""METRICS: every published figure, declared once. Add a metric to the file of its subject, and nowhere else.

`populations` says whose rows they count, in what unit, and what is left out.
"""

from __future__ import annotations

import difflib

from data.errors import ConfigurationError
from metrics.catalog import adoption, deliveries, depth, documents, registered
from metrics.catalog.populations import POPULATIONS
from metrics.model import Metric, Population, WrongDeclaration

METRICS: tuple[Metric, ...] = (*adoption.METRICS, *depth.METRICS, *documents.METRICS, *registered.METRICS, *deliveries.METRICS)

__all__ = ["METRICS", "POPULATIONS", "metric", "population_named"]

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


def population_named(name: str) -> Population:
    """The declaration of that name; raises KeyError where there is none."""
    return _POPULATION[name]


if len(_METRIC) != len(METRICS) or len(_POPULATION) != len(POPULATIONS):
    raise WrongDeclaration("Two declarations have the same name.")
