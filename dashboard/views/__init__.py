"""The pages in the order of the navigation. A page is a module with TITLE (a key of data/translations) and render(page).

Where it has choices(page), that draws what is chosen on this page alone into the selection bar.
"""

from __future__ import annotations

from types import ModuleType

from dashboard.session.policy import Grain
from dashboard.views.compare import page as compare
from dashboard.views.declarations import page as declarations
from dashboard.views.dictionary import page as dictionary
from dashboard.views.documents import page as documents
from dashboard.views.overview import page as overview
from dashboard.views.quality import page as quality
from dashboard.views.reports import page as reports
from dashboard.views.unit import page as unit

PAGES: dict[str, ModuleType] = {
    "overview": overview,
    "compare": compare,
    "unit": unit,
    "documents": documents,
    "reports": reports,
    "declarations": declarations,
    "quality": quality,
    "dictionary": dictionary,
}
"""Page by the path in its address; the first is what a bare address shows."""

GRAINS: dict[str, Grain] = {
    "overview": "aggregate",
    "compare": "aggregate",
    "unit": "aggregate",
    "documents": "aggregate",
    "reports": "report",
    "declarations": "declaration",
    "quality": "making",
    "dictionary": "definition",
}
"""What each page shows (`access.may`): whoever may see nothing of that does not find it in the navigation."""

AS_WAS: frozenset[str] = frozenset({"documents", "reports", "declarations", "quality"})
"""Pages that read rows where they arose, and so are always on the tree as it was."""

HOME = next(iter(PAGES))
