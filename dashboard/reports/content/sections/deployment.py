"""I. Whom the report speaks of, on which days, and up to when the sources speak."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import Material

TITLE = "Tình hình triển khai"


def write(material: Material) -> list[Block]:
    """Scope, days and cut-off, and how figures are to be read."""
    return [_scope(material), material.say("days"), material.say("cutoff")]


def _scope(material: Material) -> Block:
    population = material.request.population
    if material.request.unit_code is not None:
        return material.say("scope.unit", below=len(material.units) - 1)
    groups = [material.pilot_groups.get(code) for code in material.units]
    if population == "all" or not groups.count(1):
        return material.say("scope.whole")
    if population == "pilot":
        return material.say("scope.pilot", first=groups.count(1), second=groups.count(2))
    return material.say("scope.group", units=groups.count(int(population)), group=int(population))
