"""What the installation leans on: its sources, the provider of sign-ins, the mail server."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request

from cli.upkeep.checks.findings import Check, Outcome
from data.configuration import read_configuration
from data.errors import VanbanError
from data.paths import Home
from data.snapshot import published_snapshot

WAIT_S = 3


def sources(home: Home) -> tuple[Outcome, str]:
    """Each source opens."""
    from etl.settings import load_settings

    found = load_settings(home)
    reached = []
    for source in found.sources:
        try:
            with source.open(found.environment):
                reached.append(source.name)
        except VanbanError as error:
            return "mend", f"{error} (opened before it: {', '.join(reached) or 'none'})"
    return "ok", f"{', '.join(reached)} can be opened"


def sign_in(home: Home) -> tuple[Outcome, str]:
    """Real figures on a network need a provider of sign-ins that answers."""
    from metrics.engines.duckdb import open_snapshot

    section = read_configuration(home).get("sign_in")
    if not section:
        with open_snapshot(published_snapshot(home.pointer)) as snapshot:
            if snapshot.info.is_synthetic:
                return "ok", "synthetic figures, open to whoever sits here"
        return "look at", "There is no [sign_in]: the dashboard serves these figures with --local only, to whoever sits at this machine."
    issuer = str(section.get("issuer", ""))
    try:
        with urllib.request.urlopen(f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=WAIT_S):
            return "ok", f"{issuer} answers"
    except (urllib.error.URLError, ValueError, OSError) as error:
        return "mend", f"{issuer} does not answer ({getattr(error, 'reason', error)}). Nobody can sign in: is it up, and issuer in [sign_in] right?"


def mail(home: Home) -> tuple[Outcome, str]:
    """Whether somebody can be told."""
    from dashboard.reports.archive.mail import mail_settings

    settings = mail_settings(read_configuration(home))
    if settings is None:
        return "look at", "Mail is off: nobody is told when a night fails. docs/scheduled-reports.md shows [report.mail]."
    try:
        with socket.create_connection((settings.server, settings.port), timeout=WAIT_S):
            return "ok", f"{settings.server}:{settings.port} answers"
    except OSError as error:
        return "mend", f"{settings.server}:{settings.port} does not answer ({error.strerror or error}). Is it up, and [report.mail] right?"


def dashboard(home: Home) -> tuple[Outcome, str]:
    """A dashboard at the usual port."""
    try:
        with urllib.request.urlopen("http://127.0.0.1:8501/healthz", timeout=WAIT_S) as answer:
            return "ok", f"port 8501 answers {answer.status}"
    except urllib.error.HTTPError as error:
        return "mend", f"The dashboard at port 8501 is not well ({error.code}): {error.read(300).decode(errors='replace')}"
    except OSError:
        return "look at", "No dashboard answers at port 8501 (one at another port is not asked)."


CHECKS: dict[str, Check] = {"sources": sources, "sign-in": sign_in, "mail": mail, "dashboard": dashboard}
