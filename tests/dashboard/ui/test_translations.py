from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

from dashboard.minute import RATES
from dashboard.refusal import Refused, Word, words_of_error
from dashboard.reports.archive.differences import CAUSES
from dashboard.reports.content.kinds import KINDS
from dashboard.reports.writers.excel import FIGURE_COLUMNS, NOTES
from dashboard.ui.panels.adoption import STEPS
from dashboard.ui.panels.unit_rows import ORDERS
from dashboard.ui.translations import catalogue, rows_word, t, use_language
from dashboard.views import PAGES
from dashboard.views.reports.detail import VIEWS
from dashboard.views.reports.shelf import COLUMNS as SHELF_COLUMNS

DASHBOARD = Path(__file__).resolve().parents[3] / "dashboard"
VI, EN = catalogue("vi"), catalogue("en")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def keys_in_code() -> Iterator[tuple[str, bool]]:
    """Keys given to `t` (or kept for it) as literals, and the fixed beginnings of those that are put together."""
    for path in DASHBOARD.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t":
                for inner in ast.walk(node.args[0]):
                    if isinstance(inner, ast.JoinedStr) and isinstance(inner.values[0], ast.Constant):
                        yield str(inner.values[0].value), True
                if isinstance(node.args[0], ast.Constant):
                    yield str(node.args[0].value), False
    for path in DASHBOARD.rglob("*.html"):
        for found in re.finditer(r'\bt\("([\w.]+)"(\s*~)?', path.read_text(encoding="utf-8")):
            yield found[1], bool(found[2])


def test_what_the_ledger_refuses_is_said_in_the_readers_language() -> None:
    keys = set()
    for path in (DASHBOARD / "ledger").rglob("*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
        named = [(ast.unparse(call.func), call.args[0] if call.args else None) for call in calls]
        plain = [name for name, _ in named if name in ("ConfigurationError", "SourceUnreachable", "VanbanError")]
        assert not plain or path.name in ("people.py", "tokens.py"), f"{path.name} refuses in English alone; commands alone reach people and tokens"
        keys |= {given.value for name, given in named if name.startswith("Refused") and isinstance(given, ast.Constant)}
    assert len(keys) > 20
    assert {key for key in keys if f"refused.{key}" not in VI} == set()
    use_language("vi")
    refused = Refused("report_not_at_step", number=3, state=Word("reports.status_draft"), needed=Word("reports.status_pinned"))
    assert words_of_error(refused) == "Báo cáo 3 đang ở trạng thái “Nháp”; bước này cần trạng thái “Đã chốt, chờ duyệt”."
    assert str(refused) == "Report 3 is not at this step: it is “Draft”, and has to be “Pinned, to be approved”."


def test_both_languages_have_the_same_keys_with_the_same_places() -> None:
    assert set(VI) == set(EN)
    assert {key for key in VI if places(VI[key]) != places(EN[key])} == set()
    assert all(text.strip() for text in [*VI.values(), *EN.values()])


def test_one_row_is_called_one() -> None:
    use_language("en")
    assert [rows_word("account", count) for count in (1, "1", 2, None)] == ["account", "account", "accounts", "accounts"]
    use_language("vi")
    assert rows_word("account", 1) == rows_word("account") == "tài khoản"


def test_every_key_in_the_code_exists() -> None:
    found = list(keys_in_code())
    assert len(found) > 60
    assert [key for key, is_prefix in found if not is_prefix and key not in VI] == []
    assert [prefix for prefix, is_prefix in found if is_prefix and not any(key.startswith(prefix) for key in VI)] == []


def test_keys_that_are_put_together_exist() -> None:
    needed = [view.title for view in PAGES.values()]
    needed += [f"card.{name}.{part}" for name in RATES for part in ("title", "unit", "second")]
    needed += [f"card.trend_{step}" for step in ("day", "week", "month")] + [f"first_logins.title_{step}" for step in ("day", "week", "month")]
    needed += [f"funnel.{step}" for step in STEPS] + [f"units.by.{order.key}" for order in ORDERS]
    needed += [f"population.{name}{part}" for name in ("pilot", "all") for part in ("", "_caption")]
    needed += ["population.group_none"] + [f"notice.{part}" for part in ("unit", "period", "population")]
    needed += [f"report_file.figure_{name}" for name in FIGURE_COLUMNS] + [f"reports.kind_{kind.name.replace('-', '_')}" for kind in KINDS]
    needed += [f"report_file.note_{name}{part}" for name in NOTES for part in ("", "_sign")]
    needed += [f"reports.column_{name}" for name in SHELF_COLUMNS] + [f"reports.cause_{cause}" for cause in CAUSES]
    needed += [f"reports.view_{name}" for name in VIEWS]
    assert [key for key in needed if key not in VI] == []


def test_no_key_lies_unused() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in DASHBOARD.rglob("*") if path.suffix in (".py", ".html"))
    put_together = tuple(prefix for prefix, is_prefix in keys_in_code() if is_prefix and prefix)
    # Looked up in the language of the report, not of the page.
    put_together += tuple(f"report_file.{kind}_" for kind in ("figure", "note", "parameter", "population", "language"))
    put_together += ("gap.", "aim.")
    last_parts = set(re.findall(r"[a-z_0-9]+", code))

    def is_used(key: str) -> bool:
        return f'"{key}"' in code or f"'{key}'" in code or key.startswith(put_together) or key.rpartition(".")[2] in last_parts

    unused = [key for key in VI if not is_used(key)]
    assert unused == []


def test_words_follow_the_language_of_the_run() -> None:
    use_language("en")
    assert t("page.overview") == "Overview"
    use_language("vi")
    assert t("page.overview") == "Tổng quan"
    assert t("quality.sentence_failed", count=2) == "2 kiểm tra cần xem."


def test_one_is_not_plural_in_english() -> None:
    use_language("en")
    assert [t("quality.days_silent", count=count) for count in (0, 1, 2, "1", "1,148")] == [
        "0 days missing",
        "1 day missing",
        "2 days missing",
        "1 day missing",
        "1,148 days missing",
    ]
    assert t("quality.sentence_failed", count=1) == "1 check needs a look."
    use_language("vi")
    assert t("quality.sentence_failed", count=1) == "1 kiểm tra cần xem."


def test_every_counted_word_says_one_and_many() -> None:
    for key, text in EN.items():
        for _, name, spec, _ in string.Formatter().parse(text):
            assert not spec or len(spec.split("|")) == 2, (key, name, spec)
