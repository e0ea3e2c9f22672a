{% from "contract.sql" import heading, select with context %}
{{ heading(entity) }}
-- A DuckDB SELECT over the table `file`: all columns are text, named by their titles in the file (in "double quotes"), with
-- file_name and row_number beside. Replace every TODO_…, and NULL where the file knows more.
{{ select(entity, "file") }}
