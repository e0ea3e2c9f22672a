SELECT login AS account_key, department AS unit_code, opened AS provisioned_at, first_used AS activated_at FROM file
