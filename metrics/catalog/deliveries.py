"""Documents received: how many, on time, and how long they took."""

from __future__ import annotations

from metrics.catalog.populations import ARRIVED, COMPLETED, DUE
from metrics.model import Count, Duration, Metric, Ratio
from metrics.rows import completed_delivery, delivery, due_delivery

METRICS: tuple[Metric, ...] = (
    Ratio(
        name="on_time_ratio",
        label="Tỷ lệ xử lý đúng hạn",
        label_en="On-time ratio",
        definition="Lượt nhận xử lý xong không muộn hơn hạn / lượt nhận có hạn trong kỳ; lượt chưa xong mà chưa quá hạn ở thời điểm chốt thì chưa"
        " tính.",
        definition_en="Deliveries completed no later than their due date / deliveries due in the period; one that is open and not yet due at the"
        " cut-off does not count yet.",
        population=DUE,
        good="up",
        numerator=due_delivery.is_on_time,
    ),
    Count(
        name="internal_incoming",
        label="Lượt nhận nội bộ",
        label_en="Internal deliveries received",
        definition="Lượt nhận văn bản từ đơn vị trong {sector}, đến trong kỳ; một văn bản gửi nhiều nơi là nhiều lượt.",
        definition_en="Deliveries received from units of the organisation, arrived in the period; one document sent to several places is several"
        " deliveries.",
        population=ARRIVED,
        where=delivery.is_internal,
    ),
    Count(
        name="axis_incoming",
        label="Lượt nhận qua Trục",
        label_en="Deliveries received through the axis",
        definition="Lượt nhận văn bản từ Trục liên thông văn bản quốc gia, đến trong kỳ.",
        definition_en="Deliveries received from the national document exchange axis, arrived in the period.",
        population=ARRIVED,
        where=delivery.is_from_axis,
    ),
    Count(
        name="other_incoming",
        label="Lượt nhận bằng cách khác",
        label_en="Deliveries received by other means",
        definition="Lượt nhận văn bản không qua Trục và không từ đơn vị trong {sector}, đến trong kỳ.",
        definition_en="Deliveries received neither through the axis nor from units of the organisation, arrived in the period.",
        population=ARRIVED,
        where=~delivery.is_internal & ~delivery.is_from_axis,
    ),
    Count(
        name="overdue",
        label="Lượt nhận quá hạn",
        label_en="Overdue deliveries",
        definition="Lượt nhận có hạn trong kỳ mà xử lý xong muộn hơn hạn, hoặc đã quá hạn mà chưa xong ở thời điểm chốt.",
        definition_en="Deliveries due in the period that were completed after their due date, or were past it and still open at the cut-off.",
        population=DUE,
        good="down",
        where=~due_delivery.is_on_time,
    ),
    Duration(
        name="median_working_days",
        label="Thời gian xử lý trung vị (ngày làm việc)",
        label_en="Median working days to completion",
        definition="Một nửa số lượt nhận xử lý xong trong kỳ mất không quá ngần ấy ngày làm việc, kể từ ngày nhận.",
        definition_en="Half of the deliveries completed in the period took no more than this many working days, counted from the day of receipt.",
        population=COMPLETED,
        good="down",
        version=2,  # 1 took no public holidays out
        days=completed_delivery.working_days,
        share=0.5,
    ),
    Duration(
        name="p90_working_days",
        label="Thời gian xử lý của 90% lượt nhận (ngày làm việc)",
        label_en="90th percentile of working days to completion",
        definition="90% số lượt nhận xử lý xong trong kỳ mất không quá ngần ấy ngày làm việc, kể từ ngày nhận.",
        definition_en="90% of the deliveries completed in the period took no more than this many working days, counted from the day of receipt.",
        population=COMPLETED,
        good="down",
        version=2,  # 1 took no public holidays out
        days=completed_delivery.working_days,
        share=0.9,
    ),
)
