-- The day on which somebody joined a group is not kept: they are in it from the day of their account.
SELECT m.user_id AS account_key, m.group_id AS unit_code, u.date_joined AS valid_from
FROM auth_user_groups m
JOIN auth_user u ON u.id = m.user_id
