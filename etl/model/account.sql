-- Accounts with the local days of their life. A source that does not tell officers apart gives accounts to officers alone.
-- Robots and other programs have accounts too, and are nobody who could use the system.
-- Where a flag alone says that an account is activated, it is so from the day of the fetch that first said it.
SELECT
    account.account_key,
    coalesce(is_officer, true) AS is_officer,
    coalesce(is_clerk, false) AS is_clerk,
    coalesce(is_leader, false) AS is_leader,
    provisioned_on,
    CASE WHEN account.activated_on IS NULL AND account.is_activated THEN greatest(seen.seen_on, account.provisioned_on) ELSE account.activated_on END AS activated_on,
    disabled_on
FROM canonical.account account
LEFT JOIN canonical.activation_seen seen ON seen.account_key = account.account_key
WHERE NOT coalesce(account.is_service, false)
