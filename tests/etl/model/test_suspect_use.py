"""Which days of login the rules find suspect, at their edges; and that the snapshot has nothing of them but numbers by unit."""

from __future__ import annotations

from etl.run import rebuild_etl
from tests.etl.tiny_system import TinySystem

DAYS: dict[int, list[tuple[str, str, str]]] = {
    1: [("u1", "08:00:00", "login"), ("u1", "08:00:00", "view")],
    2: [("u1", "08:00:00", "login"), ("u1", "07:59:59", "process"), ("u1", "09:00:00", "logout")],  # nothing after it
    3: [(f"u{one}", f"08:0{one - 1}:59", kind) for one in range(1, 6) for kind in ("login", "view")] + [("u5", "09:00:00", "process")],
    4: [(f"u{one}", f"08:0{one}:00", kind) for one in range(1, 5) for kind in ("login", "view")]
    + [("u5", "08:05:00", "login"), ("u5", "09:00:00", "view")],
    5: [("u1", f"{hour:02d}:00:0{hour % 2}", "login") for hour in range(8, 13)] + [("u1", "14:00:00", "sign")],
    6: [("u1", f"{hour:02d}:{hour}:00", "login") for hour in (8, 10, 11, 13, 17)] + [("u1", "18:00:00", "sign")],
    7: [("u1", "08:00:05", "login"), ("u1", "08:00:06", "process"), ("u1", "08:00:07", "view")],
    8: [("u1", "08:00:00", "login"), ("u1", "08:00:00", "process")],  # a log of whole minutes
    9: [
        ("u1", "08:00:05", "login"),
        ("u1", "08:00:06", "view"),
        ("u1", "08:00:06", "process"),
        ("u2", "08:00:05", "login"),
        ("u2", "08:00:07", "sign"),
    ],
}
"""Day of July: who did what when. All of it comes from one address."""
LATER = [(7, 1, 0), (8, 1, 1), (9, 2, 2)]
BY_DAY = "SELECT day(day_on), sum(account_days)::INT, sum(plain_days)::INT FROM login_day GROUP BY 1 ORDER BY 1"


def write(tiny: TinySystem, days: dict[int, list[tuple[str, str, str]]]) -> None:
    tiny.rows["access_event"].clear()
    for day, events in days.items():
        for account, at, kind in events:
            tiny.add("access_event", account_key=account, occurred_at=f"2024-07-0{day} {at}", kind=kind)


def test_each_rule_finds_its_days_and_no_others(tiny: TinySystem) -> None:
    tiny.write_sql("access_event", "SELECT account_key, occurred_at, kind, '10.0.0.1' AS address FROM access_event")
    for one in range(3, 6):
        tiny.add("account", account_key=f"u{one}")
    write(tiny, DAYS)
    tiny.save_and_run()
    assert tiny.ask(BY_DAY) == [(1, 1, 1), (2, 1, 0), (3, 5, 1), (4, 5, 5), (5, 1, 0), (6, 1, 1), *LATER]
    columns = tiny.ask(
        "SELECT table_name, column_name FROM information_schema.columns WHERE column_name LIKE '%address%' OR table_name LIKE '%suspect%'"
    )
    assert tiny.ask("SELECT day(day_on), seconds_to_action FROM account_day WHERE day(day_on) IN (1, 2, 7) ORDER BY 1") == [
        (1, 0),
        (2, None),
        (7, 1),
    ]
    assert columns == []  # which account it was, and where from, stays in the warehouse

    write(tiny, DAYS | {2: [*DAYS[2], ("u1", "16:00:00", "view")], 4: [*DAYS[4], ("u5", "08:04:59", "login")]})
    tiny.save_and_run()
    found = tiny.ask(BY_DAY)
    assert found == [(1, 1, 1), (2, 1, 1), (3, 5, 1), (4, 5, 0), (5, 1, 0), (6, 1, 1), *LATER]
    rebuild_etl(tiny.settings)
    assert tiny.ask(BY_DAY) == found
