"""Oracle's own ways: its driver drops the zone of a moment, so a mapping has to make it a time of the session's zone first.

python-oracledb gives a datetime without a zone for both kinds of TIMESTAMP with one (github.com/oracle/python-oracledb, issue 373), knows no named
zones in its thin mode (its guide, "Locale-aware Number and Date Conversions"), and what comes over the wire of a LOCAL one is in the database's
zone, whatever the session's (github.com/oracle/node-oracledb, issue 1785, of the same protocol). The server itself casts by the session's zone.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.errors import ConfigurationError

_MADE_LOCAL = {
    "DB_TYPE_TIMESTAMP_TZ": "CAST({} AT TIME ZONE SESSIONTIMEZONE AS TIMESTAMP)",
    "DB_TYPE_TIMESTAMP_LTZ": "CAST({} AS TIMESTAMP)",
}


def refuse_lost_zones(source: str, file: str, columns: Sequence[str], types: Sequence[str]) -> None:
    """Raises ConfigurationError where a SELECT delivers a moment of which the driver would drop the zone; `types` are the driver's names."""
    for column, kind in zip(columns, types, strict=True):
        if kind in _MADE_LOCAL:
            made = _MADE_LOCAL[kind].format("…")
            raise ConfigurationError(
                f"source {source}: {file} delivers {column} with a time zone, which Oracle's driver drops. Select it as {made} AS {column}: "
                "the session's zone is the source's time_zone."
            )
