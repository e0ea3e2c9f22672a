-- What became of every loaded row, by entity and month: `counted` in a figure, `counted_in_no_unit` (in figures of the whole alone), or in none, and why.
-- A row stands under the first of its reasons. Figures begin in 1990, and of a month after the cut-off nothing is told yet.
-- Rows that build the tree count where they are a part of it; an entity's days without end stand under the first of all days.
WITH cutoff AS (
    SELECT coalesce(max(cutoff_on), DATE '9999-12-31') AS cutoff_on FROM canonical.span
),
event AS (
    SELECT
        event.occurred_on AS day_on,
        CASE
            WHEN event.kind = 'login_failed' THEN 'login_failed'
            WHEN event.kind NOT IN ('login', 'process', 'issue', 'sign') THEN 'kind_in_no_figure'
            WHEN account.account_key IS NULL AND known.is_service THEN 'service_account'
            WHEN gone.account_key IS NOT NULL AND account.account_key IS NULL THEN 'account_gone'
            WHEN account.account_key IS NULL THEN 'account_unknown'
            WHEN NOT account.is_officer THEN 'not_an_officer'
            ELSE 'counted'
        END AS place
    FROM input.placed_event event
    LEFT JOIN core.account account ON account.account_key = event.account_key
    LEFT JOIN canonical.account known ON known.account_key = event.account_key
    LEFT JOIN canonical.gone_account gone ON gone.account_key = event.account_key
),
document AS (
    SELECT
        document.issued_on AS day_on,
        CASE
            WHEN document.status = 'draft' THEN 'draft'
            WHEN registered.is_recalled THEN 'recalled'
            WHEN unit.unit_code IS NULL THEN 'counted_in_no_unit'
            ELSE 'counted'
        END AS place
    FROM canonical.document document
    LEFT JOIN core.registered_document registered ON registered.document_key = document.document_key
    LEFT JOIN core.org_unit unit
        ON unit.unit_code = document.unit_code AND unit.valid_from <= document.issued_on AND unit.valid_to >= document.issued_on
),
delivery AS (
    SELECT
        coalesce(delivery.received_on, delivery.sent_on) AS day_on,
        CASE
            WHEN delivery.channel = 'axis' AND sent.document_key IS NOT NULL THEN CASE WHEN sent.is_recalled THEN 'recalled' ELSE 'counted' END
            WHEN receiver.unit_code IS NULL THEN 'receiver_is_no_unit'
            WHEN delivery.status = 'failed' THEN 'did_not_arrive'
            WHEN arrived.is_recalled THEN 'recalled'
            WHEN receiver.valid_from > coalesce(delivery.received_on, delivery.sent_on) THEN 'counted_in_no_unit'
            WHEN receiver.valid_to < coalesce(delivery.received_on, delivery.sent_on) THEN 'counted_in_no_unit'
            ELSE 'counted'
        END AS place
    FROM canonical.delivery delivery
    LEFT JOIN core.org_unit receiver ON receiver.unit_code = delivery.receiver_code
    LEFT JOIN core.delivery arrived
        ON arrived.document_key = delivery.document_key
        AND arrived.receiver_code = delivery.receiver_code
        AND arrived.arrived_on = coalesce(delivery.received_on, delivery.sent_on)
    LEFT JOIN core.axis_sending sent ON sent.document_key = delivery.document_key AND sent.receiver_code = delivery.receiver_code
),
known_document AS (
    SELECT document_key FROM core.document
    UNION
    SELECT document_key FROM core.registered_document
    UNION
    SELECT document_key FROM core.delivery
),
message AS (
    SELECT
        message.at_on AS day_on,
        CASE
            WHEN message.document_key IS NULL THEN 'names_no_document'
            WHEN message.kind = 'status' AND coalesce(message.status_code, '') NOT IN ('01', '03', '04', '05', '06') THEN 'status_in_no_figure'
            WHEN message.kind = 'status' OR message.business_type = 'recall'
                THEN CASE WHEN known.document_key IS NULL THEN 'document_unknown' ELSE 'counted' END
            WHEN sender.unit_code IS NOT NULL THEN 'counted'
            WHEN receiver.unit_code IS NULL THEN 'receiver_is_no_unit'
            WHEN message.business_type = 'update' THEN 'changes_an_earlier_one'
            ELSE 'counted'
        END AS place
    FROM canonical.axis_message message
    LEFT JOIN known_document known ON known.document_key = message.document_key
    LEFT JOIN core.org_unit sender ON sender.unit_code = message.from_code
    LEFT JOIN core.org_unit receiver ON receiver.unit_code = message.to_code
),
-- On the cut-off, or on its last day of use before.
stood AS (
    SELECT stay.account_key, bool_or(unit.unit_code IS NOT NULL) AS is_in_a_unit
    FROM core.account_stay stay
    INNER JOIN (
        SELECT last.account_key, least(max(last.valid_to), max(cutoff.cutoff_on)) AS on_day
        FROM core.account_stay last
        CROSS JOIN cutoff
        GROUP BY last.account_key
    ) reached ON reached.account_key = stay.account_key AND stay.valid_from <= reached.on_day AND stay.valid_to >= reached.on_day
    LEFT JOIN core.org_unit unit
        ON unit.unit_code = stay.unit_code AND unit.valid_from <= reached.on_day AND unit.valid_to >= reached.on_day
    GROUP BY stay.account_key
),
account AS (
    SELECT
        account.provisioned_on AS day_on,
        CASE
            WHEN account.is_service THEN 'service_account'
            WHEN NOT coalesce(account.is_officer, true) THEN 'not_an_officer'
            WHEN account.disabled_on <= account.provisioned_on THEN 'never_in_use'
            WHEN kept.account_key IS NOT NULL THEN 'counted_until_it_was_gone'
            WHEN coalesce(stood.is_in_a_unit, true) THEN 'counted'
            ELSE 'counted_in_no_unit'
        END AS place
    FROM canonical.account account
    LEFT JOIN stood ON stood.account_key = account.account_key
    LEFT JOIN canonical.kept_account kept ON kept.account_key = account.account_key
),
assignment AS (
    SELECT
        assignment.valid_from AS day_on,
        CASE
            WHEN known.is_service THEN 'service_account'
            WHEN account.account_key IS NULL THEN CASE WHEN gone.account_key IS NULL THEN 'account_unknown' ELSE 'account_gone' END
            WHEN assignment.valid_to < assignment.valid_from THEN 'ends_before_it_begins'
            WHEN kept.account_key IS NULL THEN 'another_unit_counts'
            WHEN unit.unit_code IS NULL THEN 'unit_outside_the_tree'
            ELSE 'counted'
        END AS place
    FROM canonical.account_assignment assignment
    LEFT JOIN core.account account ON account.account_key = assignment.account_key
    LEFT JOIN canonical.account known ON known.account_key = assignment.account_key
    LEFT JOIN canonical.gone_account gone ON gone.account_key = assignment.account_key
    LEFT JOIN core.account_assignment kept
        ON kept.account_key = assignment.account_key AND kept.unit_code = assignment.unit_code AND kept.valid_from = assignment.valid_from
    LEFT JOIN core.org_unit unit ON unit.unit_code = assignment.unit_code
),
declaration AS (
    SELECT
        declared.from_on AS day_on,
        CASE
            WHEN counted.source IS NULL THEN 'replaced_by_the_ledger'
            WHEN declared.metric_base NOT IN ('administrative_documents', 'headcount', 'work_files', 'work_files_online') THEN 'kind_in_no_figure'
            WHEN unit.unit_code IS NULL THEN 'counted_in_no_unit'
            WHEN declared.metric_base <> 'headcount' AND (unit.valid_from > declared.from_on OR unit.valid_to < declared.to_on) THEN 'unit_outside_the_tree'
            ELSE 'counted'
        END AS place
    FROM canonical.declared_total declared
    LEFT JOIN canonical.declared_in_force counted
        ON counted.source = declared.source
        AND counted.unit_code = declared.unit_code
        AND counted.metric_base = declared.metric_base
        AND counted.from_on = declared.from_on
        AND counted.to_on = declared.to_on
    LEFT JOIN core.org_unit unit ON unit.unit_code = declared.unit_code
),
unit AS (
    SELECT
        coalesce(valid_from, DATE '0001-01-01') AS day_on,
        CASE WHEN valid_to < valid_from THEN 'ends_before_it_begins' ELSE 'counted' END AS place
    FROM canonical.org_unit
),
succession AS (
    SELECT
        succession.effective_on AS day_on,
        CASE WHEN before.unit_code IS NULL OR after.unit_code IS NULL THEN 'unit_outside_the_tree' ELSE 'counted' END AS place
    FROM canonical.unit_succession succession
    LEFT JOIN core.org_unit before ON before.unit_code = succession.old_code
    LEFT JOIN core.org_unit after ON after.unit_code = succession.new_code
),
placed AS (
    SELECT 'access_event' AS entity, day_on, place, true AS is_dated FROM event
    UNION ALL SELECT 'document', day_on, place, true FROM document
    UNION ALL SELECT 'delivery', day_on, place, true FROM delivery
    UNION ALL SELECT 'axis_message', day_on, place, true FROM message
    UNION ALL SELECT 'account', day_on, place, false FROM account
    UNION ALL SELECT 'account_assignment', day_on, place, false FROM assignment
    UNION ALL SELECT 'declared_total', day_on, place, true FROM declaration
    UNION ALL SELECT 'org_unit', day_on, place, false FROM unit
    UNION ALL SELECT 'unit_succession', day_on, place, false FROM succession
)
SELECT
    placed.entity,
    CAST(date_trunc('month', placed.day_on) AS DATE) AS month_on,
    CASE
        WHEN placed.place NOT LIKE 'counted%' THEN placed.place
        WHEN placed.is_dated AND placed.day_on < DATE '1990-01-01' THEN 'before_the_first_day'
        WHEN placed.is_dated AND date_trunc('month', placed.day_on) > cutoff.cutoff_on THEN 'in_the_future'
        ELSE placed.place
    END AS place,
    count(*) AS rows
FROM placed
CROSS JOIN cutoff
GROUP BY ALL
