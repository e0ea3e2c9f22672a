-- What people did, of the events that Mayan writes for everything. Signing in was an event of user_management before it became one of authentication.
SELECT
    a.actor_object_id AS account_key,
    a.timestamp AS occurred_at,
    CASE a.verb
        WHEN 'authentication.user_logged_in' THEN 'login'
        WHEN 'user_management.user_logged_in' THEN 'login'
        WHEN 'authentication.user_logged_out' THEN 'logout'
        WHEN 'documents.document_view' THEN 'view'
        ELSE 'process'
    END AS kind
FROM actstream_action a
JOIN django_content_type t ON t.id = a.actor_content_type_id
WHERE t.app_label = 'auth' AND t.model = 'user'
    AND a.verb IN (
        'authentication.user_logged_in', 'user_management.user_logged_in', 'authentication.user_logged_out', 'documents.document_view',
        'documents.document_create', 'documents.document_edit'
    )
