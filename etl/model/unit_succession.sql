-- Which unit took over from which; without a stated share the successor takes all.
SELECT old_code, new_code, effective_on, coalesce(share, 1.0) AS share
FROM canonical.unit_succession
