"""Tells by mail what a doctor would mend: each cause once a day, and once more when it is over."""

from __future__ import annotations

import hashlib
import json
import re
import socket
from dataclasses import dataclass
from datetime import date
from typing import Any

from cli.upkeep.checks.findings import Finding, examine_locally
from data.configuration import Section, read_configuration
from data.errors import ConfigurationError
from data.paths import Home
from data.run_history import in_reserved_room
from etl.runs.durable_files import write_json

CAUSES = {
    "last run": "lần chạy gần nhất không thành công",
    "age of the figures": "số liệu đã cũ",
    "figures": "không đọc được số liệu",
    "ledger": "sổ báo cáo không còn hoặc không đọc được",
    "account key": "khóa tài khoản",
    "disk": "ổ đĩa sắp đầy",
    "clock": "đồng hồ của máy sai",
    "rights": "quyền đọc, ghi tệp",
    "settings": "cấu hình",
}
"""The checks that somebody is woken for, and their names in the mail."""


@dataclass(frozen=True)
class Told:
    """What one call did: a line for each mail."""

    mails: tuple[str, ...]
    open_causes: int


def recipients(configuration: Section) -> list[str]:
    """`to` of [alarm]; empty where there is no such section. Raises ConfigurationError for one that names nobody."""
    section = configuration.get("alarm")
    if section is None:
        return []
    to = section.get("to") if isinstance(section, dict) and not set(section) - {"to"} else None
    if not isinstance(to, list) or not to or not all(isinstance(one, str) for one in to):
        raise ConfigurationError('vanban.toml, [alarm]: it has one setting, whom to tell. Write to = ["name@example.vn"].')
    return to


def tell_causes(home: Home, today: date) -> Told:
    """Mails each cause that is open and was not told today, and an all-clear for each that was told and is over.

    What was told is kept in `var/alarm.json`. Raises ConfigurationError without [alarm] or [report.mail], SourceUnreachable where no mail is taken.
    """
    from dashboard.reports.archive.mail import mail_settings, message, send

    configuration = read_configuration(home)
    to, settings = recipients(configuration), mail_settings(configuration)
    if not to or settings is None:
        raise ConfigurationError("Nobody can be told: vanban.toml needs [alarm] with to, and [report.mail]. docs/operations.md shows both.")
    told = _told_before(home)
    found = {_key(finding): finding for finding in examine_locally(home) if finding.outcome == "mend" and finding.check in CAUSES}
    mails = []
    for key, finding in found.items():
        if told.get(key, {}).get("on") != today.isoformat():
            mails.append(f"Cần xử lý: {CAUSES[finding.check]}")
            send(home, settings, message(settings, to, f"[vanban] {mails[-1]}", _text(home, finding.text), {}))
            told[key] = {"on": today.isoformat(), "check": finding.check}
    checks = {finding.check for finding in found.values()}
    for key in [key for key in told if key not in found]:
        check = told.pop(key)["check"]
        if check not in checks:  # another cause of the same check is no all-clear
            mails.append(f"Đã ổn: {CAUSES[check]}")
            send(home, settings, message(settings, to, f"[vanban] {mails[-1]}", _text(home, "OK."), {}))
    if mails or told:
        try:
            in_reserved_room(home, lambda: write_json(home.var / "alarm.json", {"told": told}))
        except OSError as error:
            raise ConfigurationError(
                f"What was mailed cannot be noted in {home.var} ({error.strerror}), and comes again. Free space there."
            ) from error
    return Told(tuple(mails), len(found))


def _told_before(home: Home) -> dict[str, Any]:
    try:
        told = json.loads((home.var / "alarm.json").read_text(encoding="utf-8"))["told"]
        return {key: value for key, value in told.items() if value["check"] in CAUSES}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _key(finding: Finding) -> str:
    """The same cause has the same key whatever the hour, the size or the number of rows that its text names."""
    return f"{finding.check}:{hashlib.sha256(re.sub(r'[0-9]+', '', finding.text).encode()).hexdigest()[:12]}"


def _text(home: Home, text: str) -> str:
    return f"Máy: {socket.gethostname()}\nThư mục: {home.root}\n\n{text}\n\nXem thêm: vanban doctor --home {home.root}\n"
