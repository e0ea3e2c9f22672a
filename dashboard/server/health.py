"""How this server is, for monitors: whether its figures can be read and how old they are, and counts of what was asked and refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from dashboard.ledger import has_ledger
from dashboard.session.policy import Viewer
from dashboard.session.queries import pin
from data.configuration import Section, read_configuration
from data.errors import ConfigurationError, VanbanError
from data.paths import Home
from data.run_history import last_runs
from data.version import program_version
from metrics.engines import SnapshotInfo

OLDEST_HOURS = 50
"""Two nights and a little: one run that failed is no alarm, two are."""


@dataclass(frozen=True)
class Health:
    """What is served; `problem` is empty while all is well, `ledger` where there was one and it is gone: no page shows figures then."""

    problem: str
    snapshot: str | None = None
    age: timedelta | None = None
    """Since the last run of the ETL that ended well, whether or not it found anything new."""

    def as_json(self) -> dict[str, object]:
        """For `/healthz`."""
        age = None if self.age is None else int(self.age.total_seconds())
        return {"status": self.problem or "ok", "version": program_version(), "snapshot": self.snapshot, "data_age_seconds": age}


def health_of(home: Home, now: datetime) -> Health:
    """Reads the home's pointer, snapshot and history of runs anew; takes a few milliseconds and never raises for what it finds."""
    try:
        info = pin(home, Viewer("unit")).info
        oldest = oldest_age(read_configuration(home), info)
    except VanbanError as error:
        return Health("settings" if isinstance(error, ConfigurationError) and "oldest_data_hours" in str(error) else "unreadable")
    except OSError:
        return Health("unreadable")
    try:
        has_ledger(home)
    except VanbanError:
        return Health("ledger", info.snapshot)
    age = now - max([info.published_at, *(run.started for run in last_runs(home) if run.status in ("published", "unchanged"))])
    is_old = oldest is not None and age > oldest
    return Health("old" if is_old else "", info.snapshot, age)


def oldest_age(configuration: Section, info: SnapshotInfo) -> timedelta | None:
    """From which age on figures are too old; None for a demo, which nobody refreshes. Raises ConfigurationError for a setting that is no number."""
    given = configuration.get("dashboard", {}).get("oldest_data_hours", None if info.is_synthetic else OLDEST_HOURS)
    if given is None:
        return None
    if type(given) not in (int, float) or given <= 0:
        raise ConfigurationError(f"vanban.toml: oldest_data_hours in [dashboard] is {given!r}. Write a number of hours, like {OLDEST_HOURS}.")
    return timedelta(hours=given)


@dataclass
class Counts:
    """What this process has answered since it started."""

    answers: Counter[int] = field(default_factory=Counter)
    """By HTTP status."""
    refused: Counter[str] = field(default_factory=Counter)
    """By reason."""
    sockets: int = 0
    """Web sockets that are open now."""


def metrics_text(health: Health, counts: Counts) -> str:
    """For `/metrics`, in the text format of Prometheus (version 0.0.4)."""
    lines = [
        "# TYPE vanban_info gauge",
        f'vanban_info{{version="{program_version()}",snapshot="{health.snapshot or ""}"}} 1',
        "# TYPE vanban_healthy gauge",
        f"vanban_healthy {0 if health.problem else 1}",
        "# TYPE vanban_web_sockets gauge",
        f"vanban_web_sockets {counts.sockets}",
    ]
    if health.age is not None:
        lines += ["# TYPE vanban_data_age_seconds gauge", f"vanban_data_age_seconds {health.age.total_seconds():.0f}"]
    lines.append("# TYPE vanban_answers_total counter")
    lines += [f'vanban_answers_total{{status="{status}"}} {number}' for status, number in sorted(counts.answers.items())]
    lines.append("# TYPE vanban_refused_total counter")
    lines += [f'vanban_refused_total{{reason="{reason}"}} {number}' for reason, number in sorted(counts.refused.items())]
    return "\n".join(lines) + "\n"


def now() -> datetime:
    """This instant, in UTC."""
    return datetime.now(UTC)
