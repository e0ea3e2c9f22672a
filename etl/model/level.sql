-- The levels of units, from the top.
SELECT * FROM canonical.level
