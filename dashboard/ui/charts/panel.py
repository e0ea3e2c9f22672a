"""The frame around a figure: title, one line on what is shown, the files that it can be taken away as, the figure, its table twin."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

TABLES = ("csv", "xlsx")


def panel(
    title: str,
    subtitle: str,
    body: str,
    name: str,
    twin: str = "",
    twin_label: str = "",
    action: tuple[str, str] | None = None,
    files: str = "",
    about: str = "",
) -> str:
    """Markup of a panel; `body`, `twin` and `files` are markup already. `action` leads on from it: words and address.

    `about` is what a picture of the panel says below it.
    """
    onward = f'<a class="action" href="{escape(action[1])}" target="_self">{escape(action[0])}</a>' if action else ""
    beside = f'<div class="beside">{onward}{files}</div>' if onward or files else ""
    table = f'<details class="twin"><summary>{escape(twin_label)}</summary><div class="twin-frame">{twin}</div></details>' if twin else ""
    return (
        f'<section class="panel" data-panel="{escape(name)}" data-about="{escape(about)}" aria-label="{escape(title)}"><header class="panel-head">'
        f'<div><h3>{escape(title)}</h3><p class="subtitle">{escape(subtitle)}</p></div>{beside}</header>'
        f'<div class="figure-body">{body}</div>{table}</section>'
    )


def file_buttons(name: str, file_name: str, labels: Sequence[tuple[str, str, str]]) -> str:
    """Small buttons that ask for files: (kind, text, what it says in full). `name` is what the page offers it under.

    Clicks are heard by `dashboard.ui.components.clicks`; a picture (kind `png`) is made by the browser itself.
    """
    buttons = "".join(
        f'<button type="button" data-file="{escape(kind)}" data-of="{escape(name)}" data-file-name="{escape(file_name)}"'
        f' title="{escape(words)}" aria-label="{escape(words)}">{escape(text)}</button>'
        for kind, text, words in labels
    )
    return f'<span class="files">{buttons}</span>'


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> str:
    """A plain table, first column a row header; all texts are escaped."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    lines = "".join(f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>' for row in rows)
    return f'<table class="plain"><caption class="unseen">{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'
