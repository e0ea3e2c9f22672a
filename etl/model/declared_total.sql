-- What units declare, as they declared it; never mixed with what was measured.
SELECT unit_code, metric_base, from_on, to_on, value, declared_at, declared_by, approved_by, source_note
FROM canonical.declared_in_force
