"""The minute as one page to take along: the same facts as the first screen, by the writer of reports."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from dashboard.reports.content.build import build
from dashboard.reports.content.inputs import read_inputs
from dashboard.reports.content.request import Request
from dashboard.reports.writers import format_named
from dashboard.session.queries import Reader
from dashboard.ui.page_context import Page
from dashboard.ui.panel import file_buttons, may_export
from dashboard.ui.translations import t
from data.paths import Home

KIND = "phut"


@dataclass(frozen=True)
class OnePage:
    """Made when it is asked for, of what whoever asks may see."""

    reader: Reader
    request: Request
    name: str

    def content(self, kind: str) -> bytes | None:
        """The page as PDF; None in any other kind of file."""
        if kind != "pdf":
            return None
        inputs = read_inputs(Home(self.reader.path.parents[2]), self.request)
        return format_named("pdf").write(build(self.reader, self.request, inputs))


def one_page(page: Page) -> tuple[OnePage | None, Markup]:
    """What the page offers, and its button; nothing to those who may not export, and on a tree that reports are not told on."""
    selection = page.selection
    if not may_export(page) or selection.tree != "as_was":
        return None, Markup()
    request = Request(KIND, selection.period, selection.population, selection.unit_code, language=page.language)
    name = f"vanban-mot-phut-{selection.unit_code or 'all'}-{selection.from_on}-{selection.to_on}"
    return OnePage(page.reader, request, name), file_buttons("one_page", name, [("pdf", t("verdict.one_page"), t("verdict.one_page"))])
