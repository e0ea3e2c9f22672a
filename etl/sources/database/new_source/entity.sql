{% from "contract.sql" import heading, select with context %}
{{ heading(entity) }}
-- One SELECT in the database's own dialect. Replace every TODO_… by an expression of yours, and NULL where the source knows more.
{{ select(entity, "TODO_table") }}
