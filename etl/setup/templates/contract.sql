{# What the contract says of an entity, for the SELECTs of a new source. #}
{% macro heading(entity) -%}
-- {{ entity.name }}: one row is {{ entity.meaning }}. Rows with the same {{ entity.key | join(", ") }} count once.
{%- endmacro %}
{% macro select(entity, table) -%}
-- What a column may hold:
{% for kind in entity.columns | map(attribute="kind") | unique(case_sensitive=true) %}
--   {{ kind.ljust(8) }} {{ kinds[kind] }}
{% endfor %}
SELECT
{% for column in entity.columns %}
    -- {{ column.meaning }} ({{ "required " if column.required }}{{ column.kind }}{{ ": " ~ column.choices | join(", ") if column.choices }})
{% if column.name == "security_level" %}
    CASE TODO_security_level WHEN 'thường' THEN '{{ ordinary }}' ELSE 'higher' END AS security_level{{ "," if not loop.last }}
{% else %}
    {{ "TODO_" ~ column.name if column.required else "NULL" }} AS {{ column.name }}{{ "," if not loop.last }}
{% endif %}
{% endfor %}
FROM {{ table }}
{%- endmacro %}
