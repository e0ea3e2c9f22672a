{% from "contract.sql" import heading %}
{{ heading(entity) }}
-- `event` holds what the rules made of the log. Bring account_key to the spelling of your account table here.
SELECT account_key, occurred_at, kind
FROM event
