"""A second computation of every metric, in plain Python and slowly: loops over rows, no SQL, no sharing with `metrics`.

It repeats the definitions in its own words, so that a slip on one side shows as a difference.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

Row = dict[str, Any]
Rows = dict[str, list[Row]]
ONE = timedelta(days=1)
DAYS_OFF = {date(2024, 4, day) for day in (18, 29, 30)} | {date(2024, 5, 1), date(2024, 9, 2), date(2024, 9, 3)}
WORKED_SATURDAYS = {date(2024, 5, 4)}
"""Of the half-year in which random worlds live."""


@dataclass
class Counted:
    """A row that counts: where, on which day of the tree, and its facts."""

    unit: str | None
    tree_on: date
    facts: dict[str, Any]


def in_use(account: Row, on: date) -> bool:
    return account["provisioned_on"] <= on and (account.get("disabled_on") is None or account["disabled_on"] > on)


def accounts(rows: Rows, first: date, last: date) -> Iterable[Counted]:
    for account in rows["account"]:
        if not in_use(account, last):
            continue
        key = account["account_key"]
        own = [day for day in rows["account_day"] if day["account_key"] == key]
        days = [day for day in own if first <= day["day_on"] <= last]
        logins = {day["day_on"] for day in own if day["has_logged_in"]}
        last_week = {last - timedelta(days=offset) for offset in range(7)}
        facts = {
            "key": key,
            "officer": account["is_officer"],
            "clerk": account["is_clerk"],
            "leader": account["is_leader"],
            "activated": account.get("activated_on") is not None and account["activated_on"] <= last,
            "logged_in": any(day["has_logged_in"] for day in days),
            "processed": any(day["has_processed"] for day in days),
            "signed": any(day["has_signed"] for day in days),
            "weekly": bool(logins & last_week),
            "habitual": sum(bool(logins & set(week)) for week in habit_weeks(last)) >= 3,
            "login_days": len({day["day_on"] for day in days if day["has_logged_in"]}),
            "regular": sum(day["has_processed"] for day in days if day["day_on"] > last - timedelta(days=28)) >= 8,
            "ever": any(day <= last for day in logins),
            "recently": any(last - timedelta(days=90) < day <= last for day in logins),
        }
        if facts["activated"]:
            asked = [day for day in days_between(max(first, account["activated_on"]), last) if is_worked(day)]
            facts |= {"days_to_use": len(asked), "days_used": len(set(asked) & logins)}
        yield from (Counted(unit, last, facts) for unit in units_on(rows, key, last))


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def activations(rows: Rows, first: date, last: date, cutoff: date) -> Iterable[Counted]:
    for account in rows["account"]:
        on = account.get("activated_on")
        if on is None or not first <= on <= last or not in_use(account, on) or on + timedelta(days=30) >= cutoff:
            continue
        soon = [day for day in rows["account_day"] if day["account_key"] == account["account_key"] and day["day_on"] <= on + timedelta(days=30)]
        facts = {
            "officer": account["is_officer"],
            "clerk": account["is_clerk"],
            "logged_in": any(day["has_logged_in"] for day in soon),
            "processed": any(day["has_processed"] for day in soon),
        }
        yield from (Counted(unit, on, facts) for unit in units_on(rows, account["account_key"], on))


def back_again(rows: Rows, first: date, last: date, cutoff: date, wait: int) -> Iterable[Counted]:
    """Who was activated in the period and whether any of the 30 days that follow `wait` days brought a login."""
    for account in rows["account"]:
        on = account.get("activated_on")
        if on is not None and first <= on <= last and in_use(account, on) and on + timedelta(days=wait + 30) < cutoff:
            own = {day["day_on"] for day in rows["account_day"] if day["account_key"] == account["account_key"] and day["has_logged_in"]}
            asked = {on + timedelta(days=wait + number) for number in range(1, 31)}
            facts = {"officer": account["is_officer"], "clerk": account["is_clerk"], "back": bool(own & asked)}
            yield from (Counted(unit, on, facts) for unit in units_on(rows, account["account_key"], on))


def is_worked(day: date) -> bool:
    return (day.weekday() < 5 and day not in DAYS_OFF) or day in WORKED_SATURDAYS


def habit_weeks(last: date) -> list[list[date]]:
    """The 4 newest weeks, counted back from the last day, in which at least 3 days were worked."""
    found: list[list[date]] = []
    while len(found) < 4:
        week = [last - timedelta(days=offset) for offset in range(7)]
        if sum(map(is_worked, week)) >= 3:
            found.append(week)
        last -= timedelta(days=7)
    return found


def units_on(rows: Rows, key: str, on: date) -> list[str | None]:
    """Where the account stands on a day: several units where it is in all of them, None where it is in none."""
    found = [one["unit_code"] for one in rows["account_assignment"] if one["account_key"] == key and one["valid_from"] <= on <= one["valid_to"]]
    return found or [None]


def logins(rows: Rows, first: date, last: date) -> Iterable[Counted]:
    for account in rows["account"]:
        for day in rows["account_day"]:
            if day["account_key"] == account["account_key"] and first <= day["day_on"] <= last and day["login_count"]:
                facts = {"officer": account["is_officer"], "clerk": account["is_clerk"], "logins": day["login_count"]}
                suspect = {"account_key": account["account_key"], "day_on": day["day_on"]} in rows.get("suspect_day", [])
                facts |= {"day": 1, "plain": int(not suspect)}
                yield from (Counted(unit, day["day_on"], facts) for unit in units_on(rows, account["account_key"], day["day_on"]))


def documents(rows: Rows, first: date, last: date) -> Iterable[Counted]:
    for document in rows["document"]:
        if first <= document["issued_on"] <= last:
            yield Counted(document["unit_code"], document["issued_on"], document)


def registered(rows: Rows, first: date, last: date) -> Iterable[Counted]:
    for document in rows["registered_document"]:
        if first <= document["registered_on"] <= last and not document["is_recalled"]:
            yield Counted(document["unit_code"], document["registered_on"], document)


def deliveries(rows: Rows, first: date, last: date) -> Iterable[Counted]:
    for delivery in rows["delivery"]:
        if first <= delivery["arrived_on"] <= last:
            yield Counted(delivery["receiver_code"], delivery["arrived_on"], delivery)


def sendings(rows: Rows, first: date, last: date) -> Iterable[Counted]:
    for sending in rows["axis_sending"]:
        if first <= sending["sent_on"] <= last and not sending["is_recalled"]:
            yield Counted(sending["unit_code"], sending["sent_on"], sending)


def units_on_the_axis(rows: Rows, first: date, last: date) -> Iterable[Counted]:
    sent = {one["unit_code"] for one in rows["axis_sending"] if first <= one["sent_on"] <= last and not one["is_recalled"]}
    came = [one for one in rows["delivery"] if one["is_from_axis"] and not one["is_recalled"]]
    used = sent | {one["receiver_code"] for one in came if first <= one["arrived_on"] <= last}
    for unit in rows["org_unit"]:
        if unit["valid_from"] <= last <= unit["valid_to"]:
            yield Counted(unit["unit_code"], last, {"code": unit["unit_code"], "used": unit["unit_code"] in used})


def due(rows: Rows, first: date, last: date, cutoff: date) -> Iterable[Counted]:
    for delivery in rows["delivery"]:
        due_on, done_on = delivery.get("due_on"), delivery.get("completed_on")
        if due_on is not None and first <= due_on <= last and not delivery["is_recalled"] and due_on < cutoff:
            yield Counted(
                delivery["receiver_code"], delivery["arrived_on"], {"on_time": done_on is not None and done_on <= due_on, "done": done_on is not None}
            )


def left_open(rows: Rows, last: date) -> Iterable[Counted]:
    for delivery in rows["delivery"]:
        done_on = delivery.get("completed_on")
        if delivery["arrived_on"] <= last and (done_on is None or done_on > last) and not delivery["is_recalled"]:
            due_on = delivery.get("due_on")
            yield Counted(
                delivery["receiver_code"], delivery["arrived_on"], {"due": due_on is not None, "overdue": due_on is not None and due_on < last}
            )


def completed(rows: Rows, first: date, last: date) -> Iterable[Counted]:
    for delivery in rows["delivery"]:
        done_on, day = delivery.get("completed_on"), delivery["arrived_on"]
        if done_on is not None and first <= done_on <= last and done_on >= day and not delivery["is_recalled"]:
            worked = 0
            while day < done_on:
                day += ONE
                worked += is_worked(day)
            yield Counted(delivery["receiver_code"], delivery["arrived_on"], {"worked": worked})


def paper(rows: Rows, first: date, last: date) -> Iterable[Counted]:
    for document in documents(rows, first, last):
        facts = document.facts
        if facts["is_electronic"] and not facts["is_recalled"]:
            receivers = sum(1 for one in rows["delivery"] if one["document_key"] == facts["document_key"] and not one["is_recalled"])
            if receivers:
                yield Counted(document.unit, document.tree_on, {"pages": (facts["page_count"] or 0) * receivers})


def declared(rows: Rows, first: date, last: date, base: str = "administrative_documents") -> Iterable[Counted]:
    units = {unit["unit_code"]: unit for unit in rows["org_unit"]}
    for code in {one["unit_code"] for one in rows["declared_total"]}:
        begin = max(first, units[code]["valid_from"]) if code in units else first
        end = min(last, units[code]["valid_to"]) if code in units else last
        spans = [
            (one["from_on"], one["to_on"], one["value"])
            for one in rows["declared_total"]
            if one["unit_code"] == code and one["from_on"] >= first and one["to_on"] <= last and one["metric_base"] == base
        ]
        longest = [a for a in spans if not any(b[0] <= a[0] and b[1] >= a[1] and b[:2] != a[:2] for b in spans)]
        days = [a[0] + timedelta(days=offset) for a in longest for offset in range((a[1] - a[0]).days + 1)]
        if longest and sorted(days) == [begin + timedelta(days=offset) for offset in range((end - begin).days + 1)]:
            issued = sum(
                1
                for one in rows["document"]
                if one["unit_code"] == code
                and begin <= one["issued_on"] <= end
                and not one["is_recalled"]
                and (one["is_electronic"] or one["is_parallel"])
            )
            yield Counted(code, end, {"issued": issued, "declared": sum(a[2] for a in longest)})


def work_files(rows: Rows, first: date, last: date) -> Iterable[Counted]:
    online = {one.unit: one.facts["declared"] for one in declared(rows, first, last, "work_files_online")}
    for one in declared(rows, first, last, "work_files"):
        if one.unit in online:
            yield Counted(one.unit, one.tree_on, {"online": online[one.unit], "files": one.facts["declared"]})


def headcounts(rows: Rows, last: date) -> Iterable[Counted]:
    for code in {one["unit_code"] for one in rows["declared_total"]}:
        mine = [one for one in rows["declared_total"] if one["unit_code"] == code and one["metric_base"] == "headcount"]
        there = [one for one in mine if one["from_on"] <= last <= one["to_on"]]
        if there:
            newest = max(one["from_on"] for one in there)
            people = [one for one in accounts(rows, last, last) if one.unit == code and one.facts["officer"]]
            facts = {"posts": max(one["value"] for one in there if one["from_on"] == newest), "accounts": len(people)}
            yield Counted(code, last, facts | {"activated": sum(one.facts["activated"] for one in people)})


Fact = Callable[[dict[str, Any]], Any]


def every(_: dict[str, Any]) -> bool:
    return True


def fact(name: str) -> Fact:
    return lambda facts: facts[name]


def both(*names: str) -> Fact:
    return lambda facts: all(facts[name] for name in names)


def signed(facts: dict[str, Any]) -> bool:
    return bool(facts["is_organ_signed"] or facts["is_signer_signed"])


# name: (kind, numerator, denominator or None)
DEFINITIONS: dict[str, tuple[str, Fact, Fact | None]] = {
    "activation_rate": ("account", fact("activated"), every),
    "login_rate": ("account", fact("logged_in"), fact("activated")),
    "login_rate_of_provisioned": ("account", both("activated", "logged_in"), every),
    "login_rate_of_existing": ("account", fact("logged_in"), every),
    "weekly_active_rate": ("account", fact("weekly"), fact("activated")),
    "habitual_rate": ("account", fact("habitual"), fact("activated")),
    "processing_rate": ("account", fact("processed"), fact("activated")),
    "leader_login_rate": ("leader", both("activated", "logged_in"), every),
    "leader_processing_rate": ("leader", both("activated", "processed"), every),
    "leader_signing_rate": ("leader", both("activated", "signed"), every),
    "personal_signing_rate": ("account", both("activated", "signed"), every),
    "daily_use_rate": ("use", fact("days_used"), fact("days_to_use")),
    "median_login_days": ("logged_in", every, None),
    "regular_processing_rate": ("account", fact("regular"), fact("activated")),
    "one_day_only_rate": ("account", lambda facts: facts["login_days"] == 1, both("activated", "logged_in")),
    "view_only_rate": ("account", lambda facts: not facts["processed"], both("activated", "logged_in")),
    "first_login_30_days_rate": ("activation", fact("logged_in"), every),
    "first_processing_30_days_rate": ("activation", fact("processed"), every),
    "retention_1_month_rate": ("back_after_30", fact("back"), every),
    "retention_3_months_rate": ("back_after_90", fact("back"), every),
    "retention_6_months_rate": ("back_after_180", fact("back"), every),
    "never_used_rate": ("account", lambda facts: not facts["ever"], fact("activated")),
    "dormant_rate": ("account", lambda facts: facts["ever"] and not facts["recently"], fact("activated")),
    "electronic_issue_ratio": ("declared", fact("issued"), fact("declared")),
    "work_files_online_ratio": ("work_file", fact("online"), fact("files")),
    "headcount_coverage_ratio": ("headcount", fact("accounts"), fact("posts")),
    "headcount_activation_ratio": ("headcount", fact("activated"), fact("posts")),
    "fully_electronic_ratio": ("document", fact("is_electronic"), every),
    "parallel_ratio": ("document", fact("is_parallel"), every),
    "digitally_signed_ratio": ("document", signed, every),
    "fully_signed_ratio": ("document", both("is_organ_signed", "is_signer_signed"), every),
    "on_time_ratio": ("due", fact("on_time"), every),
    "exchanged_signed_ratio": (
        "document",
        lambda facts: signed(facts) and bool(facts["is_electronic"] or facts["is_parallel"]),
        lambda facts: facts["is_sent_internally"] or facts["is_sent_by_axis"],
    ),
    "axis_success_ratio": ("document", fact("is_axis_acknowledged"), fact("is_sent_by_axis")),
    "provisioned_accounts": ("account", every, None),
    "activated_accounts": ("account", fact("activated"), None),
    "logged_in_accounts": ("account", both("activated", "logged_in"), None),
    "processing_accounts": ("account", both("activated", "processed"), None),
    "signing_accounts": ("account", both("activated", "signed"), None),
    "plain_login_day_rate": ("login", fact("plain"), fact("day")),
    "login_events": ("login", fact("logins"), None),
    "incoming_documents": ("incoming", every, None),
    "incoming_electronic_ratio": ("incoming", fact("has_electronic_form"), fact("has_form")),
    "incoming_processed_ratio": ("incoming", fact("is_processed"), fact("is_assigned")),
    "incoming_on_time_ratio": ("incoming", fact("is_on_time"), both("has_due_date", "is_processed")),
    "internal_documents": ("internal", every, None),
    "internal_electronic_ratio": ("internal", fact("has_electronic_form"), fact("has_form")),
    "internal_processed_ratio": ("internal", fact("is_processed"), fact("is_assigned")),
    "internal_on_time_ratio": ("internal", fact("is_on_time"), both("has_due_date", "is_processed")),
    "outgoing_documents": ("document", every, None),
    "outgoing_electronic": ("document", fact("is_electronic"), None),
    "outgoing_parallel": ("document", fact("is_parallel"), None),
    "outgoing_paper": ("document", fact("is_paper"), None),
    "outgoing_form_unknown": ("document", lambda facts: not any(facts[f"is_{form}"] for form in ("electronic", "parallel", "paper")), None),
    "outgoing_signed": ("document", signed, None),
    "outgoing_not_signed": ("document", lambda facts: not signed(facts), None),
    "internal_outgoing": ("document", fact("is_sent_internally"), None),
    "internal_incoming": ("delivery", fact("is_internal"), None),
    "other_incoming": ("delivery", lambda facts: not facts["is_internal"] and not facts["is_from_axis"], None),
    "axis_outgoing": ("document", fact("is_sent_by_axis"), None),
    "axis_incoming": ("delivery", fact("is_from_axis"), None),
    "recalled_documents": ("recalled", every, None),
    "recalled_ratio": ("any_document", fact("is_recalled"), every),
    "axis_updated_ratio": ("document", fact("is_axis_updated"), fact("is_sent_by_axis")),
    "axis_replacement_ratio": ("document", fact("is_axis_replacement"), fact("is_sent_by_axis")),
    "axis_refusal_ratio": ("sending", fact("is_refused"), every),
    "axis_completion_ratio": ("sending", fact("is_completed"), every),
    "axis_unit_ratio": ("axis_unit", fact("used"), every),
    "completed_late": ("due", lambda facts: facts["done"] and not facts["on_time"], None),
    "overdue": ("due", lambda facts: not facts["on_time"], None),
    "same_day_receipt_ratio": ("delivery", fact("is_received_same_day"), fact("is_listed")),
    "axis_receipt_ratio": ("sending", fact("is_acknowledged"), every),
    "open_deliveries": ("open", every, None),
    "open_overdue": ("open", fact("overdue"), None),
    "open_without_due_date": ("open", lambda facts: not facts["due"], None),
    "median_working_days": ("completed", every, None),
    "p90_working_days": ("completed", every, None),
    "paper_pages_saved": ("paper", fact("pages"), None),
}
SHORTEST = {"weekly_active_rate": 7, "habitual_rate": 28, "regular_processing_rate": 28, "one_day_only_rate": 28}


def earliest_login_asked(name: str, last: date) -> date | None:
    """The first day that a rate of use looks at, whatever the period."""
    asked = {"weekly_active_rate": last - timedelta(days=6), "dormant_rate": last - timedelta(days=89), "habitual_rate": habit_weeks(last)[-1][-1]}
    return asked.get(name)


SHARE = {"median_working_days": ("worked", 50), "p90_working_days": ("worked", 90), "median_login_days": ("login_days", 50)}
"""What is put in order, and the share of it that has to be reached."""
WAITS = {"back_after_30": 30, "back_after_90": 90, "back_after_180": 180}
OF_ACCOUNTS = ("account", "leader", "use", "logged_in", "activation", *WAITS, "login")
TABLES = dict.fromkeys(OF_ACCOUNTS, ("account",)) | dict.fromkeys(("declared", "work_file", "headcount"), ("declared_total",))
TABLES |= dict.fromkeys(("incoming", "internal"), ("registered_document",)) | dict.fromkeys(
    ("document", "any_document", "recalled", "paper"), ("document",)
)
COUNTED_BESIDE = {"declared": ("document",), "headcount": ("account",)}
"""What a kind counts in its numerator beside its own rows: it has to be there too."""
SPOKEN_OF = ("document", "delivery", "registered_document", "axis_sending")
"""A kind of row counts as delivered where one of its tables has rows; of kinds that are not in TABLES, where documents are spoken of."""


def counted_rows(rows: Rows, kind: str, first: date, last: date, cutoff: date, group: int | None) -> list[Counted]:
    if kind in OF_ACCOUNTS:
        if kind in WAITS:
            made = back_again(rows, first, last, cutoff, WAITS[kind])
            return [one for one in made if one.facts["officer"] and (group != 2 or one.facts["clerk"])]
        made = {"login": logins(rows, first, last), "activation": activations(rows, first, last, cutoff)}.get(kind) or accounts(rows, first, last)
        asked = {"leader": ("leader",), "use": ("activated",), "logged_in": ("activated", "logged_in")}.get(kind, ())
        return [one for one in made if all(one.facts[name] for name in ("officer", *asked, *(("clerk",) if group == 2 else ())))]
    if kind == "any_document":
        return list(documents(rows, first, last))
    if kind in {"document", "recalled"}:
        return [one for one in documents(rows, first, last) if one.facts["is_recalled"] == (kind == "recalled")]
    if kind in {"incoming", "internal"}:
        return [one for one in registered(rows, first, last) if one.facts["is_incoming" if kind == "incoming" else "is_internal_document"]]
    if kind == "delivery":
        return [one for one in deliveries(rows, first, last) if not one.facts["is_recalled"]]
    if kind == "sending":
        return list(sendings(rows, first, last))
    if kind == "axis_unit":
        return list(units_on_the_axis(rows, first, last))
    if kind == "due":
        return list(due(rows, first, last, cutoff))
    if kind == "open":
        return list(left_open(rows, last))
    if kind == "headcount":
        return list(headcounts(rows, last))
    return list({"declared": declared, "work_file": work_files, "completed": completed, "paper": paper}[kind](rows, first, last))


def figure(name: str, found: list[Counted]) -> tuple[int | None, int | None, float | None]:
    """numerator, denominator, value over the rows that count."""
    kind, numerator, denominator = DEFINITIONS[name]
    if name in SHARE:
        what, share = SHARE[name]
        days = sorted(one.facts[what] for one in found)
        return len(days), None, float(days[math.ceil(share * len(days) / 100) - 1]) if days else None
    if denominator is None:
        total = sum(int(numerator(one.facts)) for one in found)
        return total, None, float(total)
    if kind in {"declared", "work_file", "headcount", "use", "login"}:
        if kind not in {"use", "login"} and not found:
            return None, None, None
        over, under = sum(numerator(one.facts) for one in found), sum(denominator(one.facts) for one in found)
    else:
        base = [one for one in found if denominator(one.facts)]
        over, under = sum(bool(numerator(one.facts)) for one in base), len(base)
    return over, under, over / under if under else None


class Tree:
    """Where units stand, on any day."""

    def __init__(self, rows: Rows) -> None:
        self.units = {unit["unit_code"]: unit for unit in rows["org_unit"]}
        self.successions = rows.get("unit_succession", [])

    def exists(self, code: str | None, on: date) -> bool:
        return code in self.units and self.units[code]["valid_from"] <= on <= self.units[code]["valid_to"]

    def path(self, code: str | None, on: date) -> list[str]:
        """The unit and those above it, as far as all of them exist on the day."""
        found: list[str] = []
        while code is not None and self.exists(code, on):
            found.append(code)
            code = self.units[code].get("parent_code")
        return found

    def heirs(self, code: str, on: date) -> set[str]:
        if self.exists(code, on):
            return {code}
        found: set[str] = set()
        for one in self.successions:
            if one["old_code"] == code and one["effective_on"] <= on:
                found |= self.heirs(one["new_code"], on)
        return found

    def restated(self, code: str | None, on: date) -> str | None:
        while code is not None and code in self.units:
            heirs = sorted(self.heirs(code, on))
            if len(heirs) == 1:
                return heirs[0]
            if heirs:
                paths = [self.path(heir, on) for heir in heirs]
                return next((above for above in paths[0] if all(above in path for path in paths[1:])), None)
            if self.units[code]["valid_from"] > on:
                return None
            code = self.units[code].get("parent_code")
        return None

    def unchanged(self, code: str | None, since: date, until: date) -> bool:
        """Whether the rows of the unit belong to a series of one unit over all these days."""
        if code not in self.units:
            return False
        between = [one for one in self.successions if since < one["effective_on"] <= until]
        chain, at = [code], code
        while before := [one["old_code"] for one in between if one["new_code"] == at]:
            if len(set(before)) > 1 or len(chain) > 99:
                return False
            at = before[0]
            chain.insert(0, at)
        at = code
        while after := [one["new_code"] for one in between if one["old_code"] == at]:
            if len(set(after)) > 1 or len(chain) > 99:
                return False
            at = after[0]
            chain.append(at)
        for old, new in pairwise(chain):
            if {one["new_code"] for one in between if one["old_code"] == old} != {new} or {
                one["old_code"] for one in between if one["new_code"] == new
            } != {old}:
                return False
            if self.units[old]["valid_to"] + ONE != self.units[new]["valid_from"]:
                return False
        return self.units[chain[0]]["valid_from"] <= since and self.units[chain[-1]]["valid_to"] >= until
