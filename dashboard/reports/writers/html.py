"""One plain page for mail: styles on the elements themselves, tables for charts, nothing fetched and nothing that runs."""

from __future__ import annotations

from html import escape

from dashboard.reports.content.blocks import Block, Cell, Chart, Column, Heading, Kind, Paragraph, Report, Run, Table
from dashboard.reports.layout.printable_text import printable
from dashboard.reports.writers.chart_xml import FILLS, axis_end
from dashboard.reports.writers.excel import provenance_rows
from dashboard.ui import format as written
from dashboard.ui.format import Language
from dashboard.ui.translations import catalogue

INK, ACCENT, GREY, HAIRLINE, WASH = "#14213D", "#B3202C", "#5B6577", "#D9DEE6", "#EEF1F5"
FACE = "font-family:Arial,Helvetica,sans-serif;"
WIDEST_PX = 820
UNBROKEN = 30
"""Signs of a text that stays on one line."""
SET = ' align="right" valign="top"'
LEAST = "min-width:120px"
LAYOUT = '<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%"'
SIZES = {1: "18px", 2: "16px", 3: "15px"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""For readers that heed it: nothing may load, styles on the elements excepted."""


def write(report: Report) -> bytes:
    """The page in UTF-8; equal reports give equal bytes."""
    words = {key.partition(".")[2]: text for key, text in catalogue(report.language).items() if key.startswith("report_file.")}
    title = _text(report.title)
    parts = [_mark(words["synthetic"])] if report.provenance.is_synthetic else []
    if report.form is not None:
        parts.append(_line(report.form.issuing_organ, f"margin:0 0 4px;color:{GREY};font-size:14px;"))
    parts.append(f'<h1 style="margin:0 0 20px;font-size:24px;line-height:1.25;color:{INK};">{title}</h1>')
    parts += [_block(block, report.language, 2) for block in report.blocks]
    for annex in report.annexes:
        head = _text(f"{words['annex']} {annex.number}. {annex.title}")
        style = f"margin:40px 0 12px;padding-top:16px;border-top:2px solid {INK};font-size:20px;line-height:1.3;color:{INK};"
        parts.append(f'<h2 style="{style}">{head}</h2>')
        parts += [_block(block, report.language, 3) for block in annex.blocks]
    facts = "".join(
        _row(
            _cell("th", f'<span style="font-weight:normal;color:{GREY}">{escape(label)}</span>', False, ' scope="row" width="34%"')
            + _cell("td", escape(text), False, style="overflow-wrap:anywhere")
        )
        for label, text in provenance_rows(report, words)
    )
    parts.append(_framed("", f'<tbody valign="top">{facts}</tbody>', ""))
    inner = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="{report.language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title></head>\n'
        f'<body style="margin:0;padding:0;background:#FFFFFF;color:{INK};overflow-wrap:anywhere;{FACE}">\n'
        f'{LAYOUT} style="table-layout:fixed;"><tr><td align="center" style="padding:24px 16px;">\n'
        f'{LAYOUT} style="max-width:{WIDEST_PX}px;table-layout:fixed;text-align:left;">'
        f'<tr><td style="{FACE}color:{INK};">\n{inner}\n</td></tr></table>\n</td></tr></table>\n</body></html>\n'
    ).encode()


def _block(block: Block, language: Language, level: int) -> str:
    if isinstance(block, Heading):
        tag = f"h{min(6, level + block.level - 1)}"
        text = _text(f"{block.number} {block.text}")
        return f'<{tag} style="margin:24px 0 8px;font-size:{SIZES[block.level]};line-height:1.3;color:{INK};">{text}</{tag}>'
    if isinstance(block, Paragraph):
        return _paragraph(block, language)
    return _table(block) if isinstance(block, Table) else _chart(block, language)


def _paragraph(block: Paragraph, language: Language) -> str:
    indent = "padding-left:18px;text-indent:-14px;" if block.is_item else ""
    dash = "– " if block.is_item else ""
    edited = (
        f' <span style="color:{GREY};font-size:12px;">({_text(catalogue(language)["report_file.edited_short"])})</span>' if block.is_edited else ""
    )
    runs = "".join(map(_run, block.runs))
    return f'<p style="margin:0 0 10px;font-size:15px;line-height:1.5;{indent}">{dash}{runs}{edited}</p>'


def _run(run: Run) -> str:
    text = _text(run.text)
    if run.figure is not None:
        text = f'<span data-figure="{escape(printable(run.figure))}">{text}</span>'
    text = f"<strong>{text}</strong>" if run.is_strong else text
    return f"<em>{text}</em>" if run.is_emphasis else text


def _table(block: Table) -> str:
    head = "".join(
        _cell("th", _text(one.title), one.kind != "text", f' scope="col" bgcolor="{WASH}"', LEAST if one.kind == "text" else "")
        for one in block.columns
    )
    rows = []
    for place, cells in enumerate(block.rows):
        is_strong = place in block.strong_rows
        drawn = "".join(_value(column, cell, is_strong) for column, cell in zip(block.columns, cells, strict=True))
        rows.append(_row(drawn, f' bgcolor="{WASH}"' if is_strong else ""))
    return _framed(block.caption, f"<thead{SET}>{_row(head, line=INK)}</thead><tbody{SET}>{''.join(rows)}</tbody>", block.note)


def _value(column: Column, cell: Cell, is_strong: bool) -> str:
    """Figures are marked in sentences only: keys in every cell would make half of a long page."""
    more = f"padding-left:{8 + 14 * cell.indent}px" if cell.indent else ""
    text = _text(cell.text)
    return _cell("td", f"<b>{text}</b>" if is_strong or cell.is_strong else text, column.kind != "text", style=more)


def _cell(tag: str, inside: str, is_right: bool, more: str = "", style: str = "") -> str:
    """A number is set as its table says, a text says more: long tables in styles would pass the 102 KB beyond which mail is cut off."""
    if not is_right:
        more += ' align="left"'
    if tag == "th" or (not is_right and len(inside) > UNBROKEN):
        style = ";".join(filter(None, ("white-space:normal", style)))
    return f"<{tag}{more}{f' style={chr(34)}{style}{chr(34)}' if style else ''}>{inside}</{tag}>"


def _row(cells: str, more: str = "", line: str = HAIRLINE) -> str:
    return f'<tr style="border-bottom:1px solid {line}"{more}>{cells}</tr>'


def _chart(block: Chart, language: Language) -> str:
    """The chart as a table: the first series of bars drawn by coloured cells, every value in print."""
    end = axis_end(block) or 1.0
    series = block.series
    has_bars = block.kind == "bars" and len(series) == 1
    heads = ["", *(["", series[0].name] if has_bars else [one.name for one in series])]
    head = "".join(_cell("th", _text(text), place > 0, ' scope="col"') for place, text in enumerate(heads))
    rows = []
    for place, category in enumerate(block.categories):
        cells = _cell("th", f'<span style="font-weight:normal">{_text(category)}</span>', False, ' scope="row"')
        if has_bars:
            cells += f'<td width="45%" valign="middle">{_bar((series[0].values[place] or 0.0) / end)}</td>'
        for one in series:
            cells += _cell("td", escape(value_text(one.values[place], block.values_are, language)), True)
        rows.append(_row(cells))
    target = ""
    if block.target is not None:
        target = f"{catalogue(language)['report_file.target']}: {value_text(block.target, block.values_are, language)}"
    said = " · ".join(part for part in (target, printable(block.note)) if part)
    body = f"<thead{SET}>{_row(head)}</thead><tbody{SET}>{''.join(rows)}</tbody>"
    return _framed(block.caption, body, said) + _line(block.alt, f"margin:-8px 0 18px;font-size:13px;color:{GREY};")


def _bar(share: float) -> str:
    width = round(100 * min(1.0, max(0.0, share)))
    filled = (
        f'<td width="{width}%" bgcolor="#{FILLS[0]}" style="height:12px;line-height:12px;font-size:1px;background:#{FILLS[0]};">&nbsp;</td>'
        if width
        else ""
    )
    rest = f'<td width="{100 - width}%" style="height:12px;line-height:12px;font-size:1px;">&nbsp;</td>' if width < 100 else ""
    return f"{LAYOUT}><tr>{filled}{rest}</tr></table>"


def value_text(value: float | None, kind: Kind, language: Language) -> str:
    """A value of a chart as people write it; a dash where there is none."""
    if value is None:
        return written.NO_ACTIVITY
    if kind == "rate":
        return written.percent(value, language)
    return written.number(value, language, 1 if kind == "days" else 0)


def _framed(caption: str, rows: str, note: str) -> str:
    head = f"white-space:normal;padding:0 0 6px;text-align:left;font-weight:bold;font-size:15px;color:{INK};"
    title = f'<caption style="{head}">{_text(caption)}</caption>' if caption else ""
    below = _line(note, f"margin:-8px 0 18px;font-size:13px;color:{GREY};") if note else ""
    style = f"margin:10px 0 16px;border-collapse:collapse;font-size:14px;line-height:1.35;color:{INK};overflow-wrap:break-word;white-space:nowrap;"
    table = f'<table cellpadding="5" cellspacing="0" border="0" width="100%" style="{style}">{title}{rows}</table>'
    return f'<div style="overflow-x:auto;">{table}</div>{below}'


def _mark(text: str) -> str:
    style = f"display:inline-block;margin:0 0 16px;padding:2px 8px;border:1px solid {ACCENT};color:{ACCENT};font-size:12px;"
    return f'<div><span style="{style}">{_text(text)}</span></div>'


def _line(text: str, style: str) -> str:
    return f'<p style="{style}">{_text(text)}</p>'


def _text(text: str) -> str:
    return escape(printable(text))
