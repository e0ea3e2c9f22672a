"""The adoption funnel: from being given an account to signing with it, as zero-based bars."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.translations import t

STEPS: tuple[str, ...] = ("provisioned_accounts", "activated_accounts", "logged_in_accounts", "processing_accounts", "signing_accounts")


def funnel_panel(page: Page, figures: Mapping[str, Figure]) -> Panel | None:
    """The funnel with the share of the step before at each step, and the step that loses most; None where no step is known."""
    steps = [figures[name] for name in STEPS if name in page.known]
    if not steps:
        return None
    shares, drops = [""], []
    for before, step in pairwise(steps):
        if before.numerator is None or step.numerator is None:
            shares.append("")
            continue
        shares.append(
            written.percent(step.numerator / before.numerator, page.language, of=before.numerator) if before.numerator else written.NO_ACTIVITY
        )
        drops.append((before.numerator - step.numerator, t(f"funnel.{step.metric}")))
    largest_drop, at = max(drops, default=(0, ""))
    note = t("funnel.largest_drop", step=at, count=written.number(largest_drop, page.language)) if largest_drop > 0 else ""
    largest = max((step.numerator or 0 for step in steps), default=0) or 1
    body = markup("funnel.html", steps=list(zip(steps, shares, strict=True)), largest=largest, note=note)
    title, subtitle = (
        t("funnel.title" if STEPS[-1] in page.known else "funnel.title_use"),
        t("funnel.subtitle", population=page.population("account"), span=page.span),
    )
    rows = [(t(f"funnel.{step.metric}"), step.numerator, share or written.NO_ACTIVITY) for step, share in zip(steps, shares, strict=True)]
    twin = sheet(page, "pheu", title, subtitle, (t("funnel.step"), t("funnel.accounts"), t("funnel.share")), rows, of=[step.metric for step in steps])
    return figure_panel(page, "funnel", title, subtitle, body, twin)
