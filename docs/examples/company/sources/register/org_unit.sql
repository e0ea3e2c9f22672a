-- kind holds the codes of levels.csv.
SELECT code AS unit_code, title AS name, nullif(parent, '') AS parent_code, kind AS level, place AS sort_order FROM file
