"""The frame around a figure: title, one line on what is shown, the figure, its table twin."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def panel(title: str, subtitle: str, body: str, name: str, twin: str = "", twin_label: str = "", action: tuple[str, str] | None = None) -> str:
    """Markup of a panel; `body` and `twin` are markup already. `action` leads on from it: words and address."""
    onward = f'<a class="action" href="{escape(action[1])}" target="_self">{escape(action[0])}</a>' if action else ""
    table = f'<details class="twin"><summary>{escape(twin_label)}</summary>{twin}</details>' if twin else ""
    return (
        f'<section class="panel" data-panel="{escape(name)}" aria-label="{escape(title)}"><header><h3>{escape(title)}</h3>{onward}</header>'
        f'<p class="subtitle">{escape(subtitle)}</p>{body}{table}</section>'
    )


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> str:
    """A plain table, first column a row header; all texts are escaped."""
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    lines = "".join(f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>' for row in rows)
    return f'<table class="plain"><caption class="unseen">{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>'
