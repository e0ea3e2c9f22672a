"""Incoming and internal documents: how many were registered, and what became of them where the source tells it."""

from __future__ import annotations

from collections.abc import Iterator

from metrics.catalog.populations import INCOMING, INTERNAL
from metrics.model import Count, Metric, Population, Ratio
from metrics.rows import registered


def _of(population: Population) -> Iterator[Metric]:
    """The same figures for either direction. A ratio counts only documents of which the source tells what it asks: the others are unknown."""
    direction, name, name_en = population.name, population.label, population.label_en
    few, few_en = name.lower(), name_en.lower()
    yield Count(
        name=f"{direction}_documents",
        label=name,
        label_en=name_en,
        definition=f"{name} vào sổ trong kỳ, mỗi văn bản tính một lần ở đơn vị vào sổ.",
        definition_en=f"{name_en} registered in the period, each counted once at the unit that registered it.",
        population=population,
    )
    yield Ratio(
        name=f"{direction}_electronic_ratio",
        label=f"Tỷ lệ {few} dạng điện tử",
        label_en=f"Electronic, of {few_en}",
        definition=f"{name} dạng điện tử (kể cả có bản giấy kèm theo) / {few} vào sổ trong kỳ có ghi hình thức.",
        definition_en=f"{name_en} that are electronic (also with a parallel paper copy) / {few_en} registered in the period whose form is known.",
        population=population,
        good="up",
        numerator=registered.has_electronic_form,
        denominator=registered.has_form,
    )
    yield Ratio(
        name=f"{direction}_processed_ratio",
        label=f"Tỷ lệ {few} đã xử lý",
        label_en=f"Dealt with, of {few_en}",
        definition=f"{name} mà mọi đơn vị nhận đã xử lý xong / {few} vào sổ trong kỳ đã chuyển đến đơn vị xử lý.",
        definition_en=f"{name_en} that every receiving unit has dealt with / {few_en} registered in the period and delivered to a unit.",
        population=population,
        good="up",
        numerator=registered.is_processed,
        denominator=registered.is_assigned,
    )
    yield Ratio(
        name=f"{direction}_on_time_ratio",
        label=f"Tỷ lệ {few} xử lý xong đúng hạn",
        label_en=f"On time, of {few_en} dealt with",
        definition=f"{name} đã xử lý xong mà không nơi nào quá hạn / {few} vào sổ trong kỳ, có hạn và đã xử lý xong.",
        definition_en=f"{name_en} dealt with and nowhere late / {few_en} registered in the period that had a due date and were dealt with.",
        population=population,
        good="up",
        numerator=registered.is_on_time,
        denominator=registered.has_due_date & registered.is_processed,
    )


METRICS: tuple[Metric, ...] = (*_of(INCOMING), *_of(INTERNAL))
