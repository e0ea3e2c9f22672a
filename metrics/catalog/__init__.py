"""METRICS: every published figure, declared once. Add a metric to the file of its subject, and nowhere else.

`wording` holds what many declarations say alike.
"""

from __future__ import annotations

import csv
import difflib
from functools import cache

from data.errors import ConfigurationError
from data.paths import REFERENCE
from metrics.catalog import adoption, deliveries, documents
from metrics.model import Duration, Metric, Population, Ratio, WrongDeclaration, condition_sql
from metrics.rows import ROWS

POPULATIONS: tuple[Population, ...] = (
    Population("officers", "Công chức", "Officers", of="account", where="is_officer"),
    # Clerks are officers too: so group 2 is a part of the whole, and a whole never has fewer accounts than its group.
    Population("clerks", "Văn thư", "Clerks", of="account", where="is_officer & is_clerk"),
    Population("issued", "Văn bản đi không bị thu hồi", "Outgoing documents not recalled", of="document", where="~is_recalled"),
    Population("all_documents", "Mọi văn bản đi", "All outgoing documents", of="document"),
    Population("arrived", "Lượt nhận không bị thu hồi", "Deliveries not recalled", of="delivery", where="~is_recalled"),
    Population("due", "Lượt nhận đến hạn trong kỳ", "Deliveries due in the period", of="due_delivery", where="~is_recalled & is_settled"),
    Population("completed", "Lượt nhận xử lý xong trong kỳ", "Deliveries completed in the period", of="completed_delivery", where="~is_recalled"),
    Population(
        "sent_on_no_paper", "Văn bản hoàn toàn điện tử có nơi nhận", "Fully electronic documents with a receiver", of="paper", where="~is_recalled"
    ),
    Population("covered_units", "Đơn vị khai báo đủ cả kỳ", "Units that declared the whole period", of="declared"),
)

METRICS: tuple[Metric, ...] = (*adoption.METRICS, *documents.METRICS, *deliveries.METRICS)

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


def population(name: str) -> Population:
    """The population of that name; raises WrongDeclaration, since only declarations name populations."""
    try:
        return _POPULATION[name]
    except KeyError:
        raise WrongDeclaration(f"There is no population {name!r}; known: {', '.join(_POPULATION)}.") from None


@cache
def population_of_group(group: int) -> Population:
    """Whose accounts count in a pilot group (`data/reference/populations.csv`); officers where the file does not say."""
    with (REFERENCE / "populations.csv").open(encoding="utf-8", newline="") as file:
        accounts = {int(row["pilot_group"]): row["accounts"] for row in csv.DictReader(file)}
    return population(accounts.get(group, "officers"))


def _verify() -> None:
    """Every declaration fits its row kind, or importing fails."""
    for one in POPULATIONS:
        condition_sql(one.where, ROWS[one.of].booleans, f"population {one.name}")
    for declared in METRICS:
        rows = ROWS[declared.of]
        if population(declared.population).of != declared.of:
            raise WrongDeclaration(f"{declared.name}: its population is of another row kind.")
        conditions = (declared.numerator, declared.denominator) if isinstance(declared, Ratio) else (declared.where,)
        if isinstance(declared, Duration) and declared.days not in rows.dimensions:
            raise WrongDeclaration(f"{declared.name}: {declared.days!r} is not a dimension of its row kind.")
        for condition in conditions:
            if condition not in rows.measures:
                condition_sql(condition, rows.booleans, declared.name)
    if len(_METRIC) != len(METRICS) or len(_POPULATION) != len(POPULATIONS):
        raise WrongDeclaration("Two declarations have the same name.")


_verify()
