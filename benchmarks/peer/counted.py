"""What a staged table of events holds, whatever its people are called by."""

from __future__ import annotations

COUNTED = """
SELECT count(*), count(DISTINCT account_key), count(DISTINCT kind),
    CAST(min(epoch_us(occurred_at)) AS VARCHAR), CAST(max(epoch_us(occurred_at)) AS VARCHAR),
    CAST(sum(epoch_us(occurred_at)) AS VARCHAR) FROM {table}
"""
