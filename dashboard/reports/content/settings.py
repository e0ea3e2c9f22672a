"""`[report]` of vanban.toml: who issues the reports, who signs, who receives them."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any

from dashboard.reports.content.kinds import SWITCHES
from dashboard.session.installation import left_out
from dashboard.session.state import Population, is_population
from dashboard.typed_text import checked_text
from data.configuration import Section
from data.errors import ConfigurationError

LONGEST = 300
"""Characters of one setting: longer ones would not fit where the decree places them."""
MOST_LINES = 12


@dataclass(frozen=True)
class ReportSettings:
    """The parts of an administrative document that do not change from report to report; empty where the installation says nothing."""

    national_head: bool | None = None
    """Whether reports begin with the nation's name and motto; None: where the organisation keeps Viet Nam's time."""
    parent_organ: str = ""
    issuing_organ: str = ""
    organ_abbreviation: str = ""
    unit_abbreviation: str = ""
    """Of the unit that wrote it, for the archive line: `Lưu: VT, C2.`"""
    place: str = ""
    system: str = "phần mềm quản lý văn bản"
    """What the software is called in running text."""
    system_en: str = "the document management system"
    address: str = ""
    """Origin of the dashboard, to which figures of the PDF refer; that of `[sign_in]` where `[report]` says none."""
    population: Population | None = None
    """Whose figures reports speak of; None: those of the dashboard's first view."""
    signer_authority: tuple[str, ...] = ()
    signer_name: str = ""
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    """Sections and metrics that no report of this installation has."""


_LISTS = {"signer_authority", "addressees", "recipients"}
_OTHER_TABLES = {"mail"}
_SYMBOL = re.compile(r"[^\W_]+([-.&][^\W_]+)*")
"""What stands behind `Số: 05/BC-`: letters and digits, parts joined by a hyphen, a full stop or `&`; Decree 30/2020/NĐ-CP, annex I, II.3."""
_ORIGIN = re.compile(r"https?://[a-z0-9.-]{1,200}(:[0-9]{1,5})?")


def report_settings(configuration: Section) -> ReportSettings:
    """The section as parsed; raises ConfigurationError naming the key and what is allowed."""
    section = configuration.get("report", {})
    if not isinstance(section, dict):
        raise ConfigurationError("vanban.toml: report must be a section. Write [report] on a line of its own and the settings below it.")
    known = {one.name for one in fields(ReportSettings)}
    for key in section:
        if key not in known | _OTHER_TABLES:
            raise ConfigurationError(f"vanban.toml, [report]: there is no setting {key}. Settings: {', '.join(sorted(known | _OTHER_TABLES))}.")
    values: dict[str, Any] = {key: _checked(key, value) for key, value in section.items() if key in known - {"without"}}
    sign_in = configuration.get("sign_in")
    if "address" not in values and isinstance(sign_in, dict) and sign_in.get("address"):
        values["address"] = _checked("address", sign_in["address"])
    return ReportSettings(**values, without=tuple(sorted(left_out(configuration, "report", SWITCHES))))


def _checked(key: str, value: object) -> object:
    if key == "population":
        if not is_population(value):
            raise ConfigurationError(f"vanban.toml, [report]: population is {value!r}. Write pilot, all, or the number of a group in quotes.")
        return value
    if key == "national_head":
        if not isinstance(value, bool):
            raise ConfigurationError("vanban.toml, [report]: national_head must be true or false, without quotes.")
        return value
    if key == "address":
        if not isinstance(value, str) or not _ORIGIN.fullmatch(value):
            raise ConfigurationError(
                'vanban.toml, [report]: address must be what people type for the dashboard. Write address = "https://vanban.example".'
            )
        return value
    if key in _LISTS:
        if not isinstance(value, list) or len(value) > MOST_LINES:
            raise ConfigurationError(f'vanban.toml, [report]: {key} must be a list of at most {MOST_LINES} texts. Write {key} = ["..."].')
        return tuple(_text(key, one) for one in value)
    text = _text(key, value)
    if key in ("organ_abbreviation", "unit_abbreviation") and text and not _SYMBOL.fullmatch(text):
        raise ConfigurationError(
            f'vanban.toml, [report]: {key} is {text!r}, which no number of a document has. Write letters and digits, as in "VKSTC-C2".'
        )
    return text


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise ConfigurationError(f'vanban.toml, [report]: {key} must be text. Write {key} = "...".')
    return checked_text(f"vanban.toml, [report]: {key}", value, LONGEST)
