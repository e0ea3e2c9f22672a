"""Documents received: how many, on time, and how long they took."""

from __future__ import annotations

from metrics.catalog.populations import ARRIVED, AXIS_CODES, AXIS_CODES_EN, COMPLETED, DUE, OPEN, SENT_BY_AXIS, UNITS
from metrics.model import Count, Duration, Metric, Ratio
from metrics.rows import axis_sending, axis_unit, completed_delivery, delivery, due_delivery, open_delivery

METRICS: tuple[Metric, ...] = (
    Ratio(
        name="on_time_ratio",
        label="Tỷ lệ xử lý đúng hạn",
        label_en="On-time ratio",
        definition="Lượt nhận xử lý xong không muộn hơn hạn / lượt nhận có hạn trong kỳ mà hạn đã qua ở thời điểm chốt; lượt quá hạn chưa xong là"
        " không đúng hạn, lượt chưa đến hạn thì chưa tính dù đã xong hay chưa.",
        definition_en="Deliveries completed no later than their due date / deliveries due in the period whose due date has passed at the cut-off; one"
        " that is overdue and open is not on time, one that is not yet due does not count yet, whether it is completed or not.",
        population=DUE,
        good="up",
        version=2,  # 1 counted what was completed before a due date still to come
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
        label_en="Deliveries received through the exchange platform",
        definition="Lượt nhận văn bản từ Trục liên thông văn bản quốc gia, đến trong kỳ.",
        definition_en="Deliveries received from the National Document Exchange Platform, arrived in the period.",
        population=ARRIVED,
        where=delivery.is_from_axis,
    ),
    Count(
        name="other_incoming",
        label="Lượt nhận bằng cách khác",
        label_en="Deliveries received by other means",
        definition="Lượt nhận văn bản không qua Trục và không từ đơn vị trong {sector}, đến trong kỳ.",
        definition_en="Deliveries received neither through the exchange platform nor from units of the organisation, arrived in the period.",
        population=ARRIVED,
        where=~delivery.is_internal & ~delivery.is_from_axis,
    ),
    Ratio(
        name="same_day_receipt_ratio",
        label="Tỷ lệ báo nhận trong ngày",
        label_en="Receipt on the day of sending",
        definition="Lượt nhận có ghi thời điểm nhận trong chính ngày gửi / lượt nhận đến trong kỳ mà nguồn ghi riêng; lượt chưa ghi thời điểm nhận là"
        " chưa báo nhận.",
        definition_en="Deliveries whose receipt is recorded on the very day of sending / deliveries arrived in the period that a source lists; one"
        " without a recorded receipt is not yet received.",
        population=ARRIVED,
        good="up",
        law="Nghị định 30/2020/NĐ-CP, Điều 21 khoản 2 điểm c: báo cho nơi gửi ngay trong ngày là đã nhận văn bản điện tử",
        law_en="Decree 30/2020/NĐ-CP, article 21.2 (c): the sender is told on the same day that an electronic document was received",
        numerator=delivery.is_received_same_day,
        denominator=delivery.is_listed,
    ),
    Ratio(
        name="axis_receipt_ratio",
        label="Tỷ lệ lượt gửi Trục có phản hồi",
        label_en="Acknowledged sendings through the exchange platform",
        definition="Lượt gửi qua Trục (một văn bản đến một nơi nhận) mà nơi nhận có phản hồi đã nhận / lượt gửi qua Trục trong kỳ đã qua ba ngày làm"
        " việc ở thời điểm chốt; tính ở đơn vị gửi, và liệt kê được theo nơi nhận.",
        definition_en="Sendings through the exchange platform (one document to one receiver) that the receiver acknowledged / sendings through the"
        " exchange platform in the period of which three working days have passed at the cut-off; counted at the sending unit,"
        " and can be listed by receiver.",
        population=SENT_BY_AXIS,
        good="up",
        numerator=axis_sending.is_acknowledged,
    ),
    Ratio(
        name="axis_refusal_ratio",
        label="Tỷ lệ lượt gửi Trục bị từ chối",
        label_en="Refused sendings through the exchange platform",
        definition="Lượt gửi qua Trục mà nơi nhận từ chối tiếp nhận (mã trạng thái 02) / lượt gửi qua Trục trong kỳ đã qua ba ngày làm việc ở thời"
        " điểm chốt; tính ở đơn vị gửi, và liệt kê được theo nơi nhận.",
        definition_en="Sendings through the exchange platform that the receiver refused (status code 02) / sendings through the exchange platform in"
        " the period of which three working days have passed at the cut-off; counted at the sending unit, and can be listed by receiver.",
        population=SENT_BY_AXIS,
        good="down",
        source=AXIS_CODES,
        source_en=AXIS_CODES_EN,
        numerator=axis_sending.is_refused,
    ),
    Ratio(
        name="axis_completion_ratio",
        label="Tỷ lệ lượt gửi Trục được xử lý xong",
        label_en="Sendings through the exchange platform that were dealt with",
        definition="Lượt gửi qua Trục mà nơi nhận báo hoàn thành (mã trạng thái 06) / lượt gửi qua Trục trong kỳ đã qua ba ngày làm việc ở thời điểm"
        " chốt; tính ở đơn vị gửi, và liệt kê được theo nơi nhận.",
        definition_en="Sendings through the exchange platform that the receiver reported as completed (status code 06) / sendings through the"
        " exchange platform in the period of which three working days have passed at the cut-off; counted at the sending unit, and can be"
        " listed by receiver.",
        population=SENT_BY_AXIS,
        good="up",
        source=AXIS_CODES,
        source_en=AXIS_CODES_EN,
        numerator=axis_sending.is_completed,
    ),
    Ratio(
        name="axis_unit_ratio",
        label="Đơn vị có văn bản qua Trục",
        label_en="Units with documents through the exchange platform",
        definition="Đơn vị gửi hoặc nhận ít nhất một văn bản qua Trục trong kỳ / đơn vị có vào ngày cuối kỳ.",
        definition_en="Units that sent or received at least one document through the exchange platform within the period / units that are there on"
        " the last day of the period.",
        population=UNITS,
        good="up",
        numerator=axis_unit.has_axis_traffic,
    ),
    Count(
        name="completed_late",
        label="Lượt nhận xử lý xong quá hạn",
        label_en="Deliveries completed late",
        definition="Lượt nhận có hạn trong kỳ mà xử lý xong muộn hơn hạn; lượt quá hạn mà chưa xong không có ở đây.",
        definition_en="Deliveries due in the period that were completed after their due date; those that are past it and still open are not among"
        " them.",
        population=DUE,
        good="down",
        where=due_delivery.is_completed & ~due_delivery.is_on_time,
    ),
    Count(
        name="overdue",
        label="Lượt nhận quá hạn",
        label_en="Overdue deliveries",
        definition="Lượt nhận có hạn trong kỳ mà xử lý xong muộn hơn hạn, hoặc đã quá hạn mà chưa xong ở thời điểm chốt.",
        definition_en="Deliveries due in the period that were completed after their due date, or were past it and still open at the cut-off.",
        population=DUE,
        good="down",
        version=2,
        where=~due_delivery.is_on_time,
    ),
    Count(
        name="open_deliveries",
        label="Lượt nhận chưa xử lý xong",
        label_en="Open deliveries",
        definition="Lượt nhận đã đến mà chưa xử lý xong vào ngày cuối kỳ, dù đến từ bao giờ.",
        definition_en="Deliveries that had arrived and were not completed on the last day of the period, however long ago they arrived.",
        population=OPEN,
        good="down",
    ),
    Count(
        name="open_overdue",
        label="Lượt nhận quá hạn chưa xử lý xong",
        label_en="Overdue and open deliveries",
        definition="Lượt nhận chưa xử lý xong vào ngày cuối kỳ mà hạn đã qua.",
        definition_en="Deliveries that were not completed on the last day of the period and whose due date had passed.",
        population=OPEN,
        good="down",
        where=open_delivery.is_overdue,
    ),
    Count(
        name="open_without_due_date",
        label="Lượt nhận chưa xử lý xong không ghi hạn",
        label_en="Open deliveries without a due date",
        definition="Lượt nhận chưa xử lý xong vào ngày cuối kỳ mà không ghi hạn: không lượt nào vào tỷ lệ đúng hạn.",
        definition_en="Deliveries that were not completed on the last day of the period and have no due date: none of them is in the on-time ratio.",
        population=OPEN,
        good="down",
        where=~open_delivery.has_due_date,
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
