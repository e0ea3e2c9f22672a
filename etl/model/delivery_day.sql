-- How many deliveries of one combination of facts arrived at a unit on a day.
SELECT arrived_on, receiver_code, is_internal, is_from_axis, is_recalled, is_listed, is_received_same_day, count(*) AS row_count
FROM input.arrived_delivery
GROUP BY ALL
