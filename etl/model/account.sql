-- Accounts with the local days of their life. A source that does not tell officers apart gives accounts to officers alone.
-- Robots and other programs have accounts too, and are nobody who could use the system.
SELECT
    account_key,
    coalesce(is_officer, true) AS is_officer,
    coalesce(is_clerk, false) AS is_clerk,
    coalesce(is_leader, false) AS is_leader,
    provisioned_on,
    activated_on,
    disabled_on
FROM canonical.account
WHERE NOT coalesce(is_service, false)
