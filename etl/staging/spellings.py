"""How systems spell "empty" and "for ever": one list for every source, and which spellings of a refused value may be told.

Where a database would hold NULL, exports write NULL or \\N, MySQL a date of zeros, .NET and SQL Server their smallest day, and many the last day of
the year 9999 for what does not end. docs/connecting.md tells them to whoever connects a system.
"""

from __future__ import annotations

from collections.abc import Sequence

from etl.contract import Column
from etl.staging.casts import literal, quoted

NEGATIONS = ("không", "không có", "chưa", "chưa có")
"""No, or not yet: nothing where a value is expected, and no in a flag."""

_SIGNS = ("-", "--", "---", "----", "‐", "‑", "–", "—", "―", "−", "－", ".", "..", "...", "…", "?", "''", '""', "&nbsp;")
_IN_BRACKETS = ("(null)", "<null>", "[null]", "(none)", "(blank)", "(empty)", "(trống)")
WORDS = ("null", "\\n", "n/a", "n.a.", "#n/a", "none", "nil", "trống", *_IN_BRACKETS, *_SIGNS, *NEGATIONS)
"""Stand for nothing in any column, in capitals too. NA is no such word: codes and texts may be called that (Namibia's is)."""

VALUE_WORDS = (*WORDS, "na", "<na>", "nan", "nat", "undefined")
"""Stand for nothing where a day, a number or one of several words is expected."""

_NO_DAY = ("0", "00000000", "00:00", "00:00:00", "-infinity", "-inf")
"""A cell with the number 0 is a time of day, midnight, to readers of workbooks."""
_NO_END = ("infinity", "+infinity", "inf", "+inf", "99991231")

_TIME = "([ T].*)?"
_ZERO = "0000[-/.]00[-/.]00|00[-/.]00[-/.]0000|1900-01-00|00?[-/.]0?1[-/.]1900|0?1[-/.]00?[-/.]1900"
"""Spreadsheets show the number 0 as 00/01/1900: a formula that points to an empty cell comes to it."""
_FIRST_DAYS = "(0000|0001|1601|1753)-01-01|0001-12-31.* BC|1899-12-3[01]|0?1[-/.]0?1[-/.](0001|1601|1753)|30[-/.]12[-/.]1899"
_FIRST_DAYS_OF_COMPUTERS = "(1900|1970)-01-01|1969-12-31|0?1[-/.]0?1[-/.](1900|1970)"
"""Real days on which a unit may have begun, but none of a document system, in which no unit of theirs has ended either."""
_LAST_DAYS = "(2999|3000|4712|9999|10000)-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](2999|3000|4712|9999)"

_LONGEST_WORD = max(len(word.encode()) for word in (*VALUE_WORDS, *_NO_DAY, *_NO_END))

_MONTH = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = (
    "[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    f"|[0-9]{{1,2}}[-/.]([0-9]{{1,2}}|{_MONTH})[-/. ]([0-9]{{4}}|[0-9]{{2}})|{_MONTH} +[0-9]{{1,2}},? +[0-9]{{4}}"
    "|(ngày )?[0-9]{1,2} tháng [0-9]{1,2} năm [0-9]{4}|(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-3][0-9]([0-9]{6})?"
    "|[0-9]{1,2}:[0-9]{2}(:[0-9]{2})? +[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}|[0-9]{4}-[0-9]{1,2}|[0-9]{1,2}/[0-9]{4}"
)
_CLOCK = "([ T]+[0-9]{1,2}:[0-9:.]+)?( ?(am|pm|sa|ch))?( ?(z|utc|gmt|[-+][0-9:]{2,8}))?"
_TOLD_DAY = f"(?i)(({_DAY}){_CLOCK}|beyond the year 9999|before the year 1)"
_TOLD_WORD = "\\p{L}+( \\p{L}+)?|\\p{L}+([-_]\\p{L}+){1,3}|-?[0-9]{1,3}"
_LONGEST_TOLD = 29


def is_nobody(key: str) -> bool:
    """Whether a person's key, trimmed, is a word for nobody."""
    return not key or (len(key) <= _LONGEST_WORD and key.lower() in WORDS)


def stands_for_nothing(column: Column, text: str) -> str:
    """Whether a column's cleaned text is a spelling of "empty", or of "for ever" where that means the same, as SQL.

    A unit that begins at the end of time is an error; whatever else begins or ends there has not happened.
    """
    if column.kind in ("key", "text"):
        return _is_one_of(text, WORDS)
    if column.kind == "flag":
        return _is_one_of(text, tuple(word for word in VALUE_WORDS if word not in NEGATIONS))
    if column.kind not in ("date", "instant"):
        return _is_one_of(text, VALUE_WORDS)
    is_start = column.name == "valid_from"
    words = (*VALUE_WORDS, *_NO_DAY, *(() if is_start else _NO_END))
    days = [_ZERO, _FIRST_DAYS, *(() if is_start else (_FIRST_DAYS_OF_COMPUTERS,)), *(() if is_start else (_LAST_DAYS,))]
    pattern = literal(f"({'|'.join(days)}){_TIME}")
    # Nearly every day begins with 20, and none of these does: the others alone are looked at closely.
    return f"({_is_one_of(text, words)} OR (NOT starts_with({text}, '20') AND regexp_full_match({text}, {pattern})))"


def told_spelling(columns: Sequence[Column], fault_column: str, row: str) -> str:
    """The refused value as it is told to people, as SQL; NULL where it could be a person's, a key, a number or a text.

    Of a number where a day is expected it is told how long it is: five digits are a spreadsheet's day, ten are seconds.

    `fault_column` is the expression of the refused column's name, `row` the alias of the row of landed texts.
    """
    cases = []
    for column in columns:
        if column.kind == "person":
            continue
        text = f"trim({row}.{quoted(column.name)})"
        told, shape = _is_one_of(text, VALUE_WORDS), ""
        if column.kind in ("date", "instant"):
            told = f"({_is_one_of(text, (*VALUE_WORDS, *_NO_DAY, *_NO_END))} OR regexp_full_match({text}, {literal(_TOLD_DAY)}))"
            digits = f"length(regexp_extract({text}, '^[0-9]+'))"
            shape = f"WHEN regexp_full_match({text}, '[0-9]+([.,][0-9]+)?') THEN 'a number of ' || {digits} || ' digits' "
        elif column.kind in ("choice", "flag"):
            told = f"({told} OR regexp_full_match({text}, {literal(_TOLD_WORD)}))"
        cases.append(f"WHEN {literal(column.name)} THEN CASE WHEN length({text}) <= {_LONGEST_TOLD} AND {told} THEN {text} {shape}END")
    return f"CASE {fault_column} {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def _is_one_of(text: str, words: tuple[str, ...]) -> str:
    # A list, not IN: DuckDB makes of a long IN a join with a table of the words, for each column one, and joins before it looks at the length.
    return f"(strlen({text}) <= {_LONGEST_WORD} AND list_contains([{', '.join(map(literal, words))}], lower({text})))"
