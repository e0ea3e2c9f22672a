-- Mayan makes an account when somebody is entered; who signed in once counts as activated. The user that Mayan makes for itself is nobody.
-- It keeps no day on which a user was locked: the last time that somebody edited a locked user stands for it, else the day of entry.
SELECT
    u.id AS account_key,
    NULL AS unit_code,
    u.username = 'admin' AS is_service,
    u.date_joined AS provisioned_at,
    (
        SELECT min(a.timestamp)
        FROM actstream_action a
        JOIN django_content_type t ON t.id = a.actor_content_type_id
        WHERE t.app_label = 'auth' AND t.model = 'user' AND CAST(a.actor_object_id AS integer) = u.id
            AND a.verb IN ('authentication.user_logged_in', 'user_management.user_logged_in')
    ) AS activated_at,
    CASE WHEN NOT u.is_active THEN coalesce(
        (
            SELECT max(a.timestamp)
            FROM actstream_action a
            JOIN django_content_type t ON t.id = a.target_content_type_id
            WHERE t.app_label = 'auth' AND t.model = 'user' AND CAST(a.target_object_id AS integer) = u.id
                AND a.verb = 'user_management.user_edited'
        ),
        u.date_joined
    ) END AS disabled_at
FROM auth_user u
