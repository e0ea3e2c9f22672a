-- The groups of units, and whose accounts count in each.
SELECT * FROM canonical.pilot_group
