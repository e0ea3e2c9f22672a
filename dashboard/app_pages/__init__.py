"""The pages in the order of the navigation. A page is a module with TITLE (a key of data/translations) and render(page).

Where it has choices(page), that draws what is chosen on this page alone into the selection bar.
"""

from __future__ import annotations

from types import ModuleType

from dashboard.app_pages import compare, declarations, dictionary, documents, overview, quality, unit

PAGES: dict[str, ModuleType] = {
    "overview": overview,
    "compare": compare,
    "unit": unit,
    "documents": documents,
    "declarations": declarations,
    "quality": quality,
    "dictionary": dictionary,
}
"""Page by the path in its address; the first is what a bare address shows."""

HOME = next(iter(PAGES))
