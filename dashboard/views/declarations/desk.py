"""Where people enter and decide: declared totals and the like, from a draft to what counts, each step by the rights of its moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import streamlit as st

from dashboard.ledger.actor import TYPED, Actor
from dashboard.ledger.entered.entries import Entry
from dashboard.ledger.entered.files import FORMATS, LARGEST_FILE, RowFault, blank_file, read_file
from dashboard.ledger.entered.kinds import Content, EntryKind, Field, FieldError, checked, kind_of
from dashboard.ledger.entered.permitted import PermittedEntries
from dashboard.session.entrance import entrance
from dashboard.ui import format as written
from dashboard.ui.components.file_field import file_field, given_file
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, draw, figure_panel, file_buttons, sheet
from dashboard.ui.translations import t
from dashboard.views.declarations.effects import changes_of, metric_labels, shown
from dashboard.views.reports.outcome import actor_now, button_action, draw_outcome, person_field
from data.errors import VanbanError
from data.paths import home_of

MOST_SHOWN = 200
DAYS_TO_ANSWER = 14
"""The deadline that a new follow-up case begins with."""
STATE_LOOKS = {"approved": "holds", "submitted": "look", "returned": "look"}
_FAULTS = "entry_faults"


class Template:
    """An empty file to enter on, as the page offers it."""

    def __init__(self, kind: EntryKind, units: list[tuple[str, str]]) -> None:
        self.name = f"vanban-{kind.name.replace('_', '-')}"
        self._kind, self._units = kind, units

    def content(self, kind: str) -> bytes | None:
        """A workbook or CSV; None for other kinds."""
        return blank_file(self._kind, kind, self._units) if kind in FORMATS else None


def draw_desk(page: Page) -> None:
    """Draws what was entered and the forms, for those who may enter or decide; nothing for others."""
    viewer = page.reader.viewer
    watching = _permitted(page, is_acting=False)
    kinds = [kind for kind in watching.kinds() if kind.name != "declared_total" or page.reader.reads("declared_total")]
    if not kinds:
        return
    draw_outcome()
    with st.container(key="report_order"):
        names = {kind.name: t(f"entries.kind_{kind.name}") for kind in kinds}
        asked = page.selection.own_value("kind")
        chosen = st.segmented_control(
            t("entries.kind"), list(names), key="entry_kind", default=asked if asked in names else kinds[0].name, format_func=lambda name: names[name]
        )
        kind = next((one for one in kinds if one.name == chosen), kinds[0])
        entries = watching.newest(kind.name)
        draw(page, _table(page, kind, entries))
        person_field()
        _chosen(page, watching, kind, entries)
        if watching.units(list(page.tree.units)) or viewer.role == "statistics":
            with st.expander(t("entries.new"), key="entry_new"):
                _form(page, kind, None)
            with st.expander(t("entries.by_file"), key="entry_by_file"):
                _by_file(page, kind)


def _permitted(page: Page, is_acting: bool = True) -> PermittedEntries:
    """With who acts; to look, a name is not asked for."""
    viewer = page.reader.viewer
    actor = actor_now(viewer) if is_acting or entrance() == "sign_in" else Actor(TYPED, "", "", viewer.role)
    return PermittedEntries(home_of(None), viewer, actor)


def _table(page: Page, kind: EntryKind, entries: list[Entry]) -> Panel:
    title = t(f"entries.kind_{kind.name}")
    columns = tuple(t(f"entries.{name}") for name in ("number", "what", "state", "edited", "decided"))
    lines = [
        (
            str(one.entry_id),
            described(page, one),
            t(f"entries.state_{one.state}"),
            STATE_LOOKS.get(one.state, ""),
            f"{one.edited_by} · {_moment(page, one)}",
            one.decided_by,
        )
        for one in entries[:MOST_SHOWN]
    ]
    rows = [(number, what, state, edited, decided) for number, what, state, _, edited, decided in lines]
    body = markup("declarations/desk.html", title=title, columns=columns, lines=lines)
    return figure_panel(page, "entries", title, t("entries.subtitle"), body, sheet(page, "so-cai", title, "", columns, rows), is_twin_shown=False)


def _moment(page: Page, entry: Entry) -> str:
    return written.instant(entry.edited_at, page.reader.info.time_zone, page.language)


def described(page: Page, entry: Entry) -> str:
    """An entry in one line: its unit, its days and what it says."""
    unit = page.tree.label(entry.unit_code) if entry.unit_code in page.tree.units else entry.unit_code or t("frame.whole")
    from_on, to_on = entry.days
    days = written.day(from_on, page.language) if from_on == to_on else written.span(from_on, to_on, page.language)
    said = entry.content.get("value", entry.content.get("target", entry.content.get("title", entry.content.get("subject", ""))))
    if entry.kind == "case":
        said = " · ".join(filter(None, (shown(page, kind_of("case").field(name), entry.content[name]) for name in ("metric", "finding", "status"))))
    said = f"{t('entries.withdrawal')} · {said}" if entry.is_withdrawal else said
    return f"{unit} · {days} · {written.number(said, page.language) if isinstance(said, int) else said}"


def _chosen(page: Page, watching: PermittedEntries, kind: EntryKind, entries: list[Entry]) -> None:
    """One entry with what the viewer may do with it."""
    if not entries:
        return
    names = {one.entry_id: f"{one.entry_id} · {described(page, one)} · {t(f'entries.state_{one.state}')}" for one in entries[:MOST_SHOWN]}
    number = st.selectbox(t("entries.choose"), list(names), key=f"entry_chosen_{kind.name}", format_func=lambda one: names[one])
    entry = next((one for one in entries if one.entry_id == number), entries[0])
    facts = [(t(f"entries.field_{name}"), shown(page, kind.field(name), value)) for name, value in entry.content.items() if value != ""]
    changes = changes_of(page, watching, entry) if entry.state in ("draft", "submitted") else []
    st.html(markup("declarations/chosen.html", facts=facts, entry=entry, changes=changes))
    with st.container(horizontal=True, key="entry_steps"):
        if entry.state == "draft" and watching.may("enter", entry):
            _button(page, "submit", "entries.do_submit", lambda: _permitted(page).submit(entry.entry_id, entry.revision))
        if entry.state == "submitted" and watching.may("decide", entry):
            _button(page, "approve", "entries.do_approve", lambda: _permitted(page).approve(entry.entry_id, entry.revision))

            def send_back() -> Entry:
                return _permitted(page).return_(entry.entry_id, entry.revision, str(st.session_state.get("entry_remark") or ""))

            st.text_input(t("entries.remark"), key="entry_remark", max_chars=1000)
            _button(page, "return", "entries.do_return", send_back)
    if entry.state not in ("draft", "submitted") and watching.may("enter", entry) and watching.counting(entry):
        _withdraw(page, entry)
    if watching.may("enter", entry):
        with st.expander(t("entries.change" if entry.state in ("draft", "submitted") else "entries.correct"), key=f"entry_edit_{entry.entry_id}"):
            _form(page, kind, entry)


def _withdraw(page: Page, entry: Entry) -> None:
    """The wish that what counts no longer does, with its reason."""
    with st.expander(t("entries.withdraw"), key=f"entry_withdraw_{entry.entry_id}"):
        st.html(markup("remark.html", kind="remark", text=t("entries.withdraw_text"), is_status=False))
        st.text_input(t("entries.withdraw_reason"), key="entry_withdraw_reason", max_chars=1000)

        def ask() -> Entry:
            return _permitted(page).withdraw(entry.entry_id, entry.revision, str(st.session_state.get("entry_withdraw_reason") or ""))

        _button(page, "withdraw", "entries.do_withdraw", ask)


def _button(page: Page, name: str, label: str, act: Callable[[], Entry]) -> None:
    def run() -> str:
        entry = act()
        return t("entries.done", number=entry.entry_id, state=t(f"entries.state_{entry.state}"))

    st.button(
        t(label),
        key=f"entry_{name}",
        on_click=button_action(page.reader.viewer, run),
        type="secondary" if name in ("return", "withdraw") else "primary",
    )


def _form(page: Page, kind: EntryKind, entry: Entry | None) -> None:
    """The fields of a kind, filled in from an entry where one is changed; the ledger checks them when they are sent."""
    place = f"entry_{kind.name}_{f'{entry.entry_id}_{entry.revision}' if entry else 'new'}"
    units = _permitted(page, is_acting=False).units(list(page.tree.units))
    for field in kind.fields:
        _field(
            page,
            field,
            f"{place}_{field.name}",
            entry.content[field.name] if entry else _first(page, field, units),
            units,
            _is_fixed(kind, field, entry),
        )

    def save(is_submitted: bool) -> Callable[[], Entry]:
        def run() -> Entry:
            given = {field.name: st.session_state.get(f"{place}_{field.name}") for field in kind.fields}
            if entry is not None:
                given |= {name: entry.content[name] for name in kind.identity}
            content = _checked(page, kind, given)
            permitted = _permitted(page)
            if entry is None:
                return permitted.enter(kind.name, [content], is_submitted)[0]
            saved = permitted.edit(entry.entry_id, entry.revision, content)
            return permitted.submit(saved.entry_id, saved.revision) if is_submitted else saved

        return run

    with st.container(horizontal=True, key=f"{place}_buttons"):
        _button(page, f"{place}_send", "entries.do_send", save(True))
        _button(page, f"{place}_save", "entries.do_save", save(False))


def _first(page: Page, field: Field, units: list[str]) -> str | int:
    """What a field of a new entry begins with: the view's own unit and days."""
    if field.kind == "unit":
        unit = page.selection.unit_code or ""
        return unit if unit in units else ""
    if field.kind == "day":
        today = date.today()
        days = {"to_on": page.selection.to_on, "opened_on": today, "deadline": today + timedelta(days=DAYS_TO_ANSWER)}
        return days.get(field.name, page.selection.from_on).isoformat()
    if field.kind == "metric":
        return page.selection.own_value("metric")
    return field.choices[0] if field.choices and field.is_required else ""


def _is_fixed(kind: EntryKind, field: Field, entry: Entry | None) -> bool:
    """Whether a field of an entry that is there stays: what says which thing it is, and whose."""
    return entry is not None and (field.name in kind.identity or field.kind == "unit")


def _field(page: Page, field: Field, key: str, value: str | int, units: list[str], is_fixed: bool) -> None:
    label = t(f"entries.field_{field.name}")
    if field.kind in ("unit", "metric", "level", "choice"):
        labels = _offered(page, field, units)
        options = [*([] if field.is_required else [""]), *labels]
        index = options.index(str(value)) if value in options else None if field.is_required else 0
        nothing = t("frame.whole") if field.kind in ("unit", "level") else t("entries.nothing")
        st.selectbox(label, options, index=index, key=key, format_func=lambda code: labels[code] if code else nothing, disabled=is_fixed)
    elif field.kind == "text":
        st.text_area(label, str(value), key=key, max_chars=field.longest, height=80)
    else:
        day = written.day(date.fromisoformat(str(value)), page.language) if field.kind == "day" and value else value
        st.text_input(label, str(day), key=key, max_chars=field.longest, disabled=is_fixed)


def _offered(page: Page, field: Field, units: list[str]) -> dict[str, str]:
    """What can be chosen in a field, with its words."""
    if field.kind == "unit":
        return {code: page.tree.label(code) for code in units}
    if field.kind == "level":
        return dict(page.level_labels())
    if field.kind == "choice":
        return {choice: t(f"entries.choice_{field.name}_{choice}") for choice in field.choices}
    return metric_labels(page)


def _checked(page: Page, kind: EntryKind, given: dict[str, object]) -> Content:
    units = _permitted(page, is_acting=False).units(list(page.tree.units))
    try:
        return checked(kind, given, set(units), set(page.level_labels()))
    except FieldError as error:
        raise VanbanError(f"{t(f'entries.field_{error.field}')}: {t(f'entries.wrong_{error.key}')}") from None


def _by_file(page: Page, kind: EntryKind) -> None:
    """The template, the field for a filled-in one, and the faults of the last one sent."""
    units = [(code, page.tree.units[code].name) for code in _permitted(page, is_acting=False).units(list(page.tree.units))]
    template = Template(kind, units)
    page.offered["entry_template"] = template
    buttons = [(one, one.upper(), t("entries.template", kind=one.upper())) for one in FORMATS]
    st.html(file_buttons("entry_template", template.name, buttons))

    def take() -> str:
        st.session_state.pop(_FAULTS, None)
        given = given_file()
        if given is None:
            raise VanbanError(t("entries.no_file"))
        name, content = given
        contents, faults = read_file(kind, name, content, {code for code, _ in units}, set(page.level_labels()))
        if faults:
            st.session_state[_FAULTS] = (name, faults)
            raise VanbanError(t("entries.faults", count=len(faults), file=name))
        made = _permitted(page).enter(kind.name, contents, is_submitted=True)
        return t("entries.taken", count=len(made), file=name)

    too_large = t("entries.too_large", size=written.number(LARGEST_FILE // 1000, page.language))
    file_field(t("entries.file"), ".xlsx,.csv", LARGEST_FILE, too_large, button_action(page.reader.viewer, take))
    name, faults = st.session_state.pop(_FAULTS, ("", []))
    if faults:
        st.html(markup("declarations/faults.html", file=name, faults=[_words(fault) for fault in faults]))


def _words(fault: RowFault) -> tuple[int, str, str]:
    given = f" ({fault.given[:60]})" if fault.given else ""
    return fault.row, fault.column, t(f"entries.wrong_{fault.key}") + given
