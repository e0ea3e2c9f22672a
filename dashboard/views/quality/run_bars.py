"""Runs of the pipeline, newest first: how each ended, and how long its steps took as a bar of five parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class RunRow:
    """One run as text; `seconds` are those of its steps in order."""

    started: str
    status: str
    is_good: bool
    seconds: tuple[float, ...]
    total: str
    rows: str
    remark: str
    warnings: tuple[str, ...] = ()
    warnings_label: str = ""


def run_bars(rows: Sequence[RunRow], steps: Sequence[str], alt: str) -> str:
    """Bars on one scale, the longest run filling the track; `steps` are the names of the parts."""
    longest = max((sum(row.seconds) for row in rows), default=0.0) or 1.0
    lines = "".join(_row(row, steps, longest) for row in rows)
    legend = "".join(f'<span><i class="t{number}"></i>{escape(step)}</span>' for number, step in enumerate(steps))
    return f'<ol class="runs" aria-label="{escape(alt)}">{lines}</ol><p class="strip-key" aria-hidden="true">{legend}</p>'


def _row(row: RunRow, steps: Sequence[str], longest: float) -> str:
    parts = "".join(
        f'<i class="t{number}" style="width:{100 * seconds / longest:.2f}%" title="{escape(step)}"></i>'
        for number, (step, seconds) in enumerate(zip(steps, row.seconds, strict=False))
    )
    mark, tone = ("✓", "") if row.is_good else ("▲", ' class="look"')
    lines = "".join(f"<li>{escape(line)}</li>" for line in row.warnings)
    told = f'<details class="more"><summary>{escape(row.warnings_label)}</summary><ul class="named" lang="en">{lines}</ul></details>' if lines else ""
    return (
        f"<li><b>{escape(row.started)}</b><span{tone}>{mark} {escape(row.status)}</span>"
        f'<span class="track" aria-hidden="true">{parts}</span><small>{escape(row.total)}</small><small>{escape(row.rows)}</small>'
        f"<p>{escape(row.remark)}</p>{told}</li>"
    )
