"""Makes the sample document system in a home: database, workbooks, web log, axis messages, configuration and truth.json.

The same seed and scale give the same content.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy.engine import make_url

from data.demo.calendar import months
from data.demo.months import defects
from data.demo.months.declarations import NOT_DECLARED, POINTED, plan_declarations
from data.demo.months.documents import is_ordinary
from data.demo.months.month import PlannedMonth, Serials, plan_month
from data.demo.organisation.accounts import Accounts, plan_accounts
from data.demo.organisation.pilot_staff import MIDNIGHT
from data.demo.organisation.units import NFD_UNITS, Units, plan_units
from data.demo.system.access_log import write_access_log
from data.demo.system.database import VERSION, Database, engine_for, holds_sample
from data.demo.system.edxml import write_edxml
from data.demo.system.tables import ROUTING_YEARS
from data.demo.system.workbook import write_workbook
from data.demo.truth import Truth
from data.organisation import GROUPS, LEVELS
from data.paths import REFERENCE, SAMPLE, Home

Progress = Callable[[str, float], None]
"""Called with what is being made and how much of the whole is done (0 to 1)."""
SQLITE_URL = "sqlite:///{home}/sample/qlvb.sqlite"


def build_sample(home: Path, *, scale: float = 1.0, seed: int = 2024, url: str | None = None, progress: Progress | None = None) -> None:
    """Makes the sample system in `home`: `sample/`, `sources/`, `vanban.toml`, `vanban.env`.

    July 2024 is the same at every `scale`; the later months' volume grows with it. `url` (SQLAlchemy) puts the tables into another
    database than the SQLite file. `sample/complete.json` is written last; without it nothing here is taken as finished.
    Raises ConfigurationError for an address that can't be used, SourceUnreachable when that database can't be reached.
    """
    if scale <= 0:
        raise ValueError("scale must be more than 0")
    if url is not None:
        engine_for(url).dispose()
    folder = home / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "complete.json").unlink(missing_ok=True)
    report = progress or (lambda _what, _done: None)

    report("units and accounts", 0.0)
    units = plan_units()
    accounts = plan_accounts(units, seed)
    truth = Truth(units, accounts)
    finished = folder / "qlvb.sqlite"
    unfinished = folder / "qlvb.sqlite.part"
    unfinished.unlink(missing_ok=True)
    declared_folder = _emptied(folder / "khai_bao")
    with Database(url or f"sqlite:///{unfinished.as_posix()}", seed=seed, scale=scale) as database:
        _write_people(database, units, accounts, truth)
        serials = Serials()
        for place, month in enumerate(months()):
            report(month.label, 0.05 + 0.9 * place / len(months()))
            planned = plan_month(units, accounts, month, scale, seed, serials)
            truth.add_month(planned)
            _write_month(database, planned, truth)
            _write_declarations(declared_folder, planned, units, seed, truth)
            if month.is_pilot:
                truth.files["access_log"] = write_access_log(_emptied(folder / "nhat_ky_web"), planned, seed)
                truth.files["edxml"] = write_edxml(_emptied(folder / "edxml"), planned, units, seed)
    if url is None:
        unfinished.replace(finished)
    report("configuration", 0.97)
    _write_json(folder / "truth.json", truth.as_json(seed=seed, scale=scale, version=VERSION))
    _write_home(home, url)
    _write_json(folder / "complete.json", _stamp(scale, seed, url))
    report("done", 1.0)


def sample_is_complete(home: Path, *, scale: float = 1.0, seed: int = 2024, url: str | None = None) -> bool:
    """Whether `home` holds the finished sample of this version, scale, seed and database."""
    try:
        stamp = json.loads((home / "sample" / "complete.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if stamp != _stamp(scale, seed, url):
        return False
    return (home / "sample" / "qlvb.sqlite").is_file() if url is None else holds_sample(url, seed=seed, scale=scale)


def _stamp(scale: float, seed: int, url: str | None) -> dict[str, Any]:
    # The address is kept without its password.
    return {"version": VERSION, "scale": float(scale), "seed": seed, "database": make_url(url).render_as_string() if url else "sqlite"}


def _write_people(database: Database, units: Units, accounts: Accounts, truth: Truth) -> None:
    database.write("don_vi", units=units.frame)
    database.write("sap_nhap", successions=units.successions)
    database.write("can_bo", accounts=accounts.frame, assignments=accounts.assignments)
    database.write("nguoi_dung", accounts=accounts.frame)
    database.write("dieu_dong", assignments=accounts.assignments, accounts=accounts.frame)
    kept = accounts.frame.filter(~pl.col("is_deleted"))
    truth.add_rows("qlvb", "org_unit", len(units.frame))
    truth.add_rows("qlvb", "unit_succession", len(units.successions))
    truth.add_rows("qlvb", "account", len(kept))
    truth.add_rows("qlvb", "account_assignment", len(accounts.assignments.join(kept, on="account", how="semi")))
    truth.counts.update(names_in_nfd=len(NFD_UNITS), deleted_units=2, midnight_accounts=len(MIDNIGHT), moved_account=1, parts_exceed_declared_total=1)


def _write_month(database: Database, planned: PlannedMonth, truth: Truth) -> None:
    columns = ["login", "at", "is_success", "recorded"]
    logins, actions, deliveries = planned.logins.select(columns), planned.actions.select("login", "at", "action"), planned.deliveries
    if planned.month.is_pilot:
        logins, actions, deliveries = _with_single_defects(planned, logins, actions, truth)
    database.write("nhat_ky_dang_nhap", logins=logins)
    database.write("nhat_ky_xu_ly", actions=actions)
    database.write("van_ban_di", documents=planned.documents)
    database.write("van_ban_den", incoming=planned.incoming)
    database.write("ky_so", signatures=planned.signatures)
    sent_in = pl.from_epoch("sent", time_unit="s").dt.year().fill_null(planned.month.year)
    for year in ROUTING_YEARS:
        database.write(f"luan_chuyen_{year}", deliveries=deliveries.filter(sent_in == year))
    if planned.month.label == defects.REPEATED_NUMBER_MONTH:
        counted = planned.documents.filter(is_ordinary() & ~pl.col("is_deleted"))
        truth.counts["repeated_number"] += len(counted) - counted.select("unit_code", "number").n_unique()


def _with_single_defects(
    planned: PlannedMonth, logins: pl.DataFrame, actions: pl.DataFrame, truth: Truth
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The rows that are planted once, in the pilot month, with their accounting."""
    is_counted = pl.col("document_key").is_in(planned.counted_documents["document_key"].implode())
    internal = planned.deliveries.filter(is_counted, ~pl.col("is_deleted"), channel="NB")
    nameless, unknown = defects.nameless_logins(), defects.unknown_actions(actions)
    repeated, undated = defects.repeated_deliveries(internal), defects.undated_deliveries(internal)
    truth.add_rows("qlvb", "access_event", len(nameless) + len(unknown), rejected={"account_key": len(nameless), "kind": len(unknown)})
    truth.add_rows("qlvb", "delivery", len(repeated) + len(undated), duplicate=len(repeated), rejected={"sent_at": len(undated)})
    truth.counts.update(
        nameless_logins=len(nameless), unknown_actions=len(unknown), repeated_deliveries=len(repeated), undated_deliveries=len(undated)
    )
    return pl.concat([logins, nameless]), pl.concat([actions, unknown]), pl.concat([planned.deliveries, repeated, undated])


def _write_declarations(folder: Path, planned: PlannedMonth, units: Units, seed: int, truth: Truth) -> None:
    label = planned.month.label
    declared = plan_declarations(planned, units, seed)
    write_workbook(folder / f"khai_bao_{label}.xlsx", declared, units, planned.month)
    repeated, refused = int(declared["is_repeated"].sum()), int(declared["is_refused"].sum())
    truth.add_rows("khai_bao", "declared_total", len(declared), duplicate=repeated, rejected={"value": refused})
    truth.counts.update(
        declared_twice=repeated,
        declared_not_a_number=refused,
        declared_number_as_text=label == POINTED[0],
        missing_declaration=label == NOT_DECLARED[0],
    )
    truth.declared[label] = declared.filter(~pl.col("is_repeated") & ~pl.col("is_refused"))


def _write_home(home: Path, url: str | None) -> None:
    """Configuration and source folders, as a customer has them."""
    place = Home(home)
    for source in sorted((SAMPLE / "home" / "sources").iterdir()):
        if source.is_dir():
            shutil.copytree(source, _emptied(place.sources / source.name), dirs_exist_ok=True)
    for name in ("vanban.toml", "targets.csv", "events.csv"):
        shutil.copyfile(SAMPLE / "home" / name, home / name)
    for name in (LEVELS, GROUPS):
        shutil.copyfile(REFERENCE / name, home / name)
    # The address may hold a password: the file is the owner's alone from its first byte.
    unfinished = place.environment.with_suffix(".env.part")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"QLVB_URL={url or SQLITE_URL}\n")
    unfinished.replace(place.environment)


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _write_json(path: Path, content: object) -> None:
    unfinished = path.with_suffix(".json.part")
    unfinished.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    unfinished.replace(path)
