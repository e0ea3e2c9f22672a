"""The pages in the order of the navigation: a folder with `page.py`, and its line here.

`page.py` has TITLE, render(page), and where something is chosen on this page alone choices(page) and READS (`View.ignored`).
Importing this fails where one is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from dashboard.session.policy import Grain
from dashboard.session.state import Notice
from dashboard.ui.page_context import Page
from metrics.catalog import METRICS


@dataclass(frozen=True)
class View:
    """One page, under `path` in its address and in this folder."""

    path: str
    grain: Grain
    """What it shows (`policy.may`): whoever may see nothing of that does not find it in the navigation."""
    is_as_was: bool = False
    """Whether it reads rows where they arose, and so is always on the tree as it was."""
    is_as_asked: bool = False
    """Whether it is of the days asked for, whatever days the data speak of: what is ordered or declared for them, and no figures of its own."""
    panels: tuple[str, ...] = ()
    """Its panels by name that a home may do without (`[dashboard] without`)."""
    is_desk: bool = False
    """Whether people enter and decide there, so that not every home has it (`Page.has_desk`)."""

    @property
    def title(self) -> str:
        """A key of data/translations."""
        return str(self._module.TITLE)

    @property
    def render(self) -> Callable[[Page], None]:
        """Draws the page."""
        render: Callable[[Page], None] = self._module.render
        return render

    @property
    def choices(self) -> Callable[[Page], None] | None:
        """Draws what is chosen on this page alone into the selection bar; None where there is nothing."""
        return getattr(self._module, "choices", None)

    def has_place(self, page: Page) -> bool:
        """Whether the home has such a page at all."""
        return page.has_desk if self.is_desk else page.has_page(self.path)

    def ignored(self, page: Page) -> list[Notice]:
        """What the address says of choices that this page does not have, or of a value that is none of them.

        `READS` of the page names the parameters that it reads, each with what there is to choose from; None: any text.
        """
        reads: Mapping[str, Callable[[Page], Collection[str]] | None] = getattr(self._module, "READS", {})
        told = []
        for name, given in page.selection.own:
            choices = reads.get(name)
            if name not in reads:
                told.append(Notice("notice.unknown", f"{name}={given}"))
            elif choices is not None and given not in choices(page):
                told.append(Notice("notice.value", f"{name}={given}"))
        return told

    @property
    def _module(self) -> ModuleType:
        return import_module(f"{__name__}.{self.path}.page")


PAGES: dict[str, View] = {
    view.path: view
    for view in (
        View(
            "overview",
            "aggregate",
            panels=("changes", "published", "support", "cases", "history", "provinces", "funnel", "first_logins", "movers", "checks", "units"),
        ),
        View("compare", "aggregate", panels=("funnel_plot", "multiples", "heat_map", "standing", "history")),
        View(
            "unit",
            "aggregate",
            panels=("places", "history", "trend", "support", "control", "first_logins", "actions", "cases", "published", "funnel", "units"),
        ),
        View("documents", "aggregate", is_as_was=True, panels=("tree", "types", "registered", "completion", "waiting", "open", "channels", "paper")),
        View("reports", "report", is_as_was=True, is_as_asked=True),
        View(
            "declarations",
            "declaration",
            is_as_was=True,
            is_as_asked=True,
            panels=("ledger", "months", "undeclared", "template"),
            is_desk=True,
        ),
        View(
            "quality", "making", is_as_was=True, panels=("accounting", "row_places", "days", "runs", "freshness", "checks", "results", "rejections")
        ),
        View("dictionary", "definition"),
    )
}
"""Page by its path; the first is what a bare address shows."""

HOME = next(iter(PAGES))
SWITCHES: tuple[str, ...] = (
    *(path for path in PAGES if path != HOME),
    *dict.fromkeys(panel for view in PAGES.values() for panel in view.panels),
    *(metric.name for metric in METRICS),
)
"""What `[dashboard] without` of a home may name: pages, panels (on every page that has one of the name), and metrics with their cards and columns."""
FOLDER = Path(__file__).parent


def check_pages(paths: Iterable[str]) -> None:
    """Raises ImportError, naming the file, for a page that has no line in PAGES, for a line without a page, and for a page that lacks a part."""
    listed = set(paths)
    for path in sorted(listed | {file.parent.name for file in FOLDER.glob("*/page.py")}):
        file = f"dashboard/views/{path}/page.py"
        if path not in listed:
            raise ImportError(f"{file} is no page of the navigation: give it its line in PAGES in dashboard/views/__init__.py.")
        if not (FOLDER / path / "page.py").is_file():
            raise ImportError(f"PAGES in dashboard/views/__init__.py has a page {path!r}, and there is no {file}.")
        module = import_module(f"{__name__}.{path}.page")
        missing = [name for name in ("TITLE", "render") if not hasattr(module, name)]
        if missing:
            raise ImportError(f"{file} has no {' and no '.join(missing)}.")


check_pages(PAGES)
