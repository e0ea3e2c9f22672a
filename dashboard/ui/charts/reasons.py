"""The answer to "why this figure?": a button, and what it opens."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def reasons(name: str, title: str, lines: Sequence[tuple[str, str]], why_label: str, close_label: str, more: tuple[str, str] | None = None) -> str:
    """Markup of the button and of the window with `lines` (term, text); `more` is a link with its words below them."""
    terms = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in lines)
    link = f'<p class="more"><a href="{escape(more[1])}" target="_self">{escape(more[0])}</a></p>' if more else ""
    identity = escape(f"why-{name}")
    return (
        f'<button type="button" class="why" popovertarget="{identity}">{escape(why_label)}</button>'
        f'<div popover id="{identity}" class="reasons" role="dialog" aria-label="{escape(why_label)}"><h4>{escape(title)}</h4><dl>{terms}</dl>{link}'
        f'<button type="button" class="close" popovertarget="{identity}" popovertargetaction="hide">{escape(close_label)}</button></div>'
    )
