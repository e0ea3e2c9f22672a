"""What the home holds: settings, rights, the account key, the published figures, runs, their age, the ledger."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from cli.terminal.options import open_published
from cli.upkeep.checks.findings import Check, Outcome
from data.paths import Home
from data.private_files import HAS_MODES, OTHERS
from data.run_history import last_runs
from data.version import home_version, refuse_newer_home


def version(home: Home) -> tuple[Outcome, str]:
    """The home is of this program's version or an earlier one."""
    refuse_newer_home(home)
    number, program = home_version(home)
    return "ok", f"version {number}, last written by vanban {program}" if number else "no run has stated a version yet; the next one does"


def settings(home: Home) -> tuple[Outcome, str]:
    """vanban.toml, its sources and the organisation's tables can be read."""
    from etl.settings import load_settings

    found = load_settings(home)
    names = ", ".join(source.name for source in found.sources)
    return ("look at", found.assumed_words) if found.assumed_words else ("ok", f"{home.config}, sources {names}")


def rights(home: Home) -> tuple[Outcome, str]:
    """This user can write the home, and others cannot read it."""
    if not os.access(home.var if home.var.exists() else home.root, os.W_OK):
        return "mend", f"This user cannot write {home.var}. Give it to the user that runs vanban (chown -R), or be that user."
    open_to_others = [path for path in (home.environment, home.account_key_file, home.var) if path.exists() and path.stat().st_mode & OTHERS]
    if HAS_MODES and open_to_others:
        return "mend", f"Other users of this machine may read what is secret. Run: chmod -R go= {' '.join(map(str, open_to_others))}"
    return "ok", "written by this user, closed to others"


def account_key(home: Home) -> tuple[Outcome, str]:
    """The secret behind the pseudonyms is there, and is the one that what is landed was made with."""
    from etl.landing.fetch_source import refuse_other_secret
    from etl.landing.pseudonyms import KEY_VARIABLE, pseudonyms_of
    from etl.settings import load_settings

    found = load_settings(home)
    if not home.account_key_file.exists() and not found.environment.get(KEY_VARIABLE):
        if any(home.landing.rglob("*.parquet")):
            return "mend", f"{home.account_key_file} is gone: every account would be a stranger. Restore it from the backup's file of secrets."
        return "ok", "made by the first run"
    refuse_other_secret(home, found.sources, pseudonyms_of(home, found.environment))
    return "ok", "the one that accounts were landed with"


def figures(home: Home) -> tuple[Outcome, str]:
    """The published snapshot opens and is of this program's version."""
    with open_published(home) as snapshot:
        return "ok", f"snapshot {snapshot.info.snapshot}, version {snapshot.info.schema_version}"


def runs(home: Home) -> tuple[Outcome, str]:
    """How the last run ended."""
    from etl.runs.status import with_killed

    last = next(iter(with_killed(home, last_runs(home, 1))), None)
    if last is None:
        return "look at", "No run yet. Start with: vanban etl run"
    if last.status in ("failed", "killed"):
        return "mend", f"The last run ({last.started:%Y-%m-%d %H:%M} UTC) {last.status}: {last.message}"
    if last.warnings:
        return "look at", f"The last run ended well with {len(last.warnings)} warnings; the first: {last.warnings[0]}"
    return "ok", f"{last.started:%Y-%m-%d %H:%M} UTC, {last.status}"


def age(home: Home) -> tuple[Outcome, str]:
    """Whether figures are older than the home allows."""
    from dashboard.server.health import health_of

    health = health_of(home, datetime.now(UTC))
    hours = "unknown" if health.age is None else f"{health.age.total_seconds() / 3600:,.0f} hours"
    if health.problem == "old":
        return "mend", f"The last run that ended well is {hours} ago. See why: vanban etl status"
    return ("look at", f"Pages show no figures ({health.problem}).") if health.problem else ("ok", hours)


def ledger(home: Home) -> tuple[Outcome, str]:
    """Pinned reports, approvals and people: there where something says that they were, and of this program's version."""
    from dashboard.ledger import Ledger, has_ledger

    if not has_ledger(home):
        return "ok", "nothing pinned yet"
    with Ledger(home) as opened:
        return "ok", f"{len(opened.pins())} pinned reports, version {opened.version}"


CHECKS: dict[str, Check] = {
    "home": version,
    "settings": settings,
    "rights": rights,
    "account key": account_key,
    "figures": figures,
    "last run": runs,
    "age of the figures": age,
    "ledger": ledger,
}
