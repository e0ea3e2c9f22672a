"""The unit tree of the sample: the pilot's 149 units, and the tree after the reorganisation of 1 July 2025 with its successions.

Names and mergers come from data/reference; the 355 regional units are invented and say so in their name.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from data.demo.calendar import REORGANISED_ON
from data.demo.draws import apportion
from data.paths import REFERENCE

ROOT = "VKSTC"
REGIONAL_UNITS = 355
FOUNDED_ON, OLD_END = date(2015, 6, 1), REORGANISED_ON - timedelta(days=1)
"""From and to when the units of 2024 were there, but for the root, which stays."""
UNIT_SCHEMA = {
    "unit_code": pl.String,
    "name": pl.String,
    "short_name": pl.String,
    "parent_code": pl.String,
    "level": pl.String,
    "pilot_group": pl.Int64,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "sort_order": pl.Int64,
}
NFD_UNITS = ("T06", "T22", "H002", "H193", "VKSTC-V8", "N24", "K015")
"""Units whose names the vendor stored decomposed (as one kind of keyboard writes them)."""
SHORT_NAMES = {
    ROOT: "VKSND tối cao",
    "VKSTC-VP": "Văn phòng",
    "VKSTC-TTR": "Thanh tra",
    "VKSTC-DHKS": "Trường ĐHKS",
    "VKSTC-DTBD": "Trường ĐTBD",
}
Row = dict[str, object]
Succession = tuple[str, str, str]
"""Old code, new code, basis."""


@dataclass(frozen=True)
class Units:
    """`frame`: one row per unit (UNIT_SCHEMA, stored_name, axis_code); `successions`: old_code, new_code, basis, from_on; the rest look-ups."""

    frame: pl.DataFrame
    successions: pl.DataFrame
    successor: dict[str, str]
    regional: dict[str, list[str]]
    """New province code to its regional units, in order."""
    legacy_districts: dict[str, int]
    """Old province code to the number of districts it had."""

    def of_group(self, group: int) -> list[str]:
        """The units of a group of the pilot."""
        return self.frame.filter(pilot_group=group)["unit_code"].to_list()


def plan_units() -> Units:
    """The whole tree; depends on the reference tables alone."""
    old = _reference("units_2024.csv")
    districts = Counter(f"T{row['province_code']}" for row in _reference("districts_legacy_2025-06.csv"))
    provinces = _reference("reorg_2025.csv")
    central, central_successions = _new_central_units(old)
    new_provinces, regional = _new_provinces(provinces, districts)
    rows = [*_numbered(_old_units(old), first=1), *_numbered(central + new_provinces, first=1001)]
    successions = [
        *central_successions,
        *((row["old_code"], row["new_code"], "Sắp xếp 63 thành 34 đơn vị cấp tỉnh") for row in provinces),
        *_district_successions(old, provinces, regional),
    ]
    return Units(
        frame=_with_stored_codes(pl.DataFrame(rows, schema=UNIT_SCHEMA)),
        successions=pl.DataFrame(successions, schema=["old_code", "new_code", "basis"], orient="row").with_columns(from_on=pl.lit(REORGANISED_ON)),
        successor={before: after for before, after, _ in successions},
        regional=regional,
        legacy_districts=districts,
    )


def _reference(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _with_stored_codes(units: pl.DataFrame) -> pl.DataFrame:
    """Adds the name as the vendor stored it, and the unit's code on the national axis.

    The code is invented from the place in the list, the highest organ last as QCVN 102:2016 writes it.
    """
    named = units.filter(pl.col("unit_code").is_in(NFD_UNITS)).select("unit_code", "name")
    decomposed = {code: unicodedata.normalize("NFD", name) for code, name in named.iter_rows()}
    high, low = (number.cast(pl.String).str.zfill(2) for number in (pl.col("sort_order") // 99, pl.col("sort_order") % 99 + 1))
    stored_name = pl.col("unit_code").replace_strict(decomposed, default=pl.col("name"))
    return units.with_columns(stored_name=stored_name, axis_code=pl.format("000.{}.{}.G98", high, low))


def _old_units(old: list[dict[str, str]]) -> list[Row]:
    """The tree of 2024 in preorder: central units, high procuracies, then each province followed by its districts."""

    def with_those_below(row: dict[str, str]) -> list[dict[str, str]]:
        return [row, *(entry for child in old if child["parent"] == row["code"] for entry in with_those_below(child))]

    return [
        {
            "unit_code": row["code"],
            "name": row["name"],
            "short_name": _short_name(row["code"], row["name"]),
            "parent_code": row["parent"] or None,
            "level": row["level"],
            "pilot_group": int(row["pilot_group"]) if row["pilot_group"] else None,
            "valid_from": FOUNDED_ON if row["parent"] else None,
            "valid_to": OLD_END if row["parent"] else None,
        }
        for top in old
        if not top["parent"]
        for row in with_those_below(top)
    ]


def _new_unit(code: str, name: str, short_name: str, parent: str, level: str) -> Row:
    """A unit of 2025; the groups are those of the pilot, and it is in none."""
    return {"unit_code": code, "name": name, "short_name": short_name, "parent_code": parent, "level": level, "valid_from": REORGANISED_ON}


def _numbered(rows: list[Row], first: int) -> list[Row]:
    return [{**row, "sort_order": number} for number, row in enumerate(rows, start=first)]


def _short_name(code: str, name: str) -> str:
    if bracketed := re.search(r"\((Vụ \d+|Cục \d+)\)$", name):
        return bracketed.group(1)
    if code in SHORT_NAMES:
        return SHORT_NAMES[code]
    if high := re.fullmatch(r"Viện kiểm sát nhân dân (cấp cao) tại (.+)", name):
        return f"VKS {high.group(1)} {high.group(2)}"
    return re.sub(r"^Viện kiểm sát (nhân dân|quân sự) ?(tỉnh |thành phố |quận |huyện |thị xã )?", "", name) or name


def _new_central_units(old: list[dict[str, str]]) -> tuple[list[Row], list[Succession]]:
    """Central units of 2025, one per new name, and who became what; a merged unit takes its code from the first of its parts."""
    rows: list[Row] = []
    code_of: dict[str, str] = {}
    successions: list[Succession] = []
    order = [row["code"] for row in old]
    for row in sorted(_reference("reorg_central_2025.csv"), key=lambda entry: order.index(entry["old_code"])):
        name = row["new"]
        if name not in code_of:
            code_of[name] = f"VKSTC-N{row['old_code'].removeprefix('VKSTC-')}"
            rows.append(_new_unit(code_of[name], name, re.sub(r"^Vụ (Công tố và )?", "Vụ ", name), ROOT, "don_vi_toi_cao"))
        inferred = " (suy ra)" if row["mapping"] == "suy_ra" else ""
        successions.append((row["old_code"], code_of[name], row["basis"] + inferred))
    return rows, successions


def _new_provinces(provinces: list[dict[str, str]], districts: Counter[str]) -> tuple[list[Row], dict[str, list[str]]]:
    """The 34 provinces, each followed by its regional units: 355 split by the number of districts that were there."""
    names: dict[str, str] = {}
    weight: Counter[str] = Counter()
    for row in provinces:
        names.setdefault(row["new_code"], row["new"])
        weight[row["new_code"]] += districts[row["old_code"]]
    shares = apportion(REGIONAL_UNITS, np.array([weight[code] for code in names], dtype=np.float64), low=2)
    rows: list[Row] = []
    regional: dict[str, list[str]] = {}
    for (code, name), share, before in zip(names.items(), shares, np.cumsum(shares) - shares, strict=True):
        short = _short_name(code, name)
        rows.append(_new_unit(code, name, short, ROOT, "cap_tinh"))
        regional[code] = [f"K{before + place:03}" for place in range(1, share + 1)]
        for place, unit in enumerate(regional[code], start=1):
            called = f"Viện kiểm sát nhân dân khu vực {place} - {short} (mô phỏng)"
            rows.append(_new_unit(unit, called, f"Khu vực {place} - {short}", code, "khu_vuc"))
    return rows, regional


def _district_successions(old: list[dict[str, str]], provinces: list[dict[str, str]], regional: dict[str, list[str]]) -> list[Succession]:
    """Districts go in blocks of neighbours to the first regional units of their new province."""
    new_code = {row["old_code"]: row["new_code"] for row in provinces}
    found: list[Succession] = []
    for province in dict.fromkeys(row["parent"] for row in old if row["level"] == "cap_huyen"):
        own = [row["code"] for row in old if row["parent"] == province]
        units = regional[new_code[province]][: max(1, (len(own) + 1) // 2)]
        found += [(code, units[place * len(units) // len(own)], "Khu vực mô phỏng") for place, code in enumerate(own)]
    return found
