-- One row per unit whose declarations of work files, and of those of them that were dealt with online, both cover the period (`declared_cover`).
SELECT
    every_file.period_no,
    every_file.unit_code,
    every_file.last_on AS tree_on,
    every_file.unit_code AS row_key,
    online.declared AS files_online,
    every_file.declared AS files
FROM declared_cover AS every_file
INNER JOIN declared_cover AS online
    ON online.period_no = every_file.period_no
    AND online.unit_code = every_file.unit_code
    AND online.metric_base = 'work_files_online'
WHERE every_file.metric_base = 'work_files'
