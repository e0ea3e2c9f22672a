"""The worked examples of both kinds on the sample's log and messages, against what the generator says it wrote."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from data.paths import SAMPLE, Home
from tests.etl.landed_and_staged import PSEUDONYMS, Staged, land_and_stage

KINDS = {"TC": "login", "TB": "login_failed", "DANGXUAT": "logout", "XEM": "view", "XULY": "process", "KY": "sign", "BANHANH": "issue"}


@pytest.fixture(scope="module")
def home(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("sample") / "home")))


@pytest.fixture(scope="module")
def files(home: Home) -> dict[str, dict[str, int]]:
    truth: dict[str, Any] = json.loads((home.root / "sample" / "truth.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, int]] = truth["files"]
    return found


@pytest.fixture(scope="module")
def log(home: Home) -> Staged:
    return land_and_stage(home, "nhat_ky_nginx")["access_event"]


@pytest.fixture(scope="module")
def messages(home: Home) -> Staged:
    return land_and_stage(home, "truc_lien_thong")["axis_message"]


def test_the_examples_are_copied_with_the_sample_and_not_listed_by_the_demo(home: Home) -> None:
    for name in ("nhat_ky_nginx", "truc_lien_thong"):
        example = SAMPLE / "home" / "sources" / name / "source.toml"
        assert (home.sources / name / "source.toml").read_bytes() == example.read_bytes()
        assert name not in home.config.read_text(encoding="utf-8")


def test_the_log_says_what_its_generator_wrote(log: Staged, files: dict[str, dict[str, int]]) -> None:
    written = files["access_log"]
    assert Counter(row["kind"] for row in log.rows) == {kind: written[action] for action, kind in KINDS.items()}
    account = log.account
    assert (account.rows_in, account.rows_duplicate) == (written["lines"], 0)
    # Of the four odd lines three are of the format, without being a request of anybody; the cut one is not.
    assert (account.rows_filtered, account.rows_rejected) == (written["other"] + written["malformed"] - 1, 1)


def test_the_log_and_the_login_table_tell_the_same_logins(home: Home, log: Staged) -> None:
    database = land_and_stage(home, "qlvb")["access_event"]
    logins = [row for row in database.rows if row["kind"] == "login"]
    in_july = {(row["account_key"], row["occurred_at"]) for row in logins if row["occurred_on"].startswith("2024-07")}
    assert in_july == {(row["account_key"], row["occurred_at"]) for row in log.rows if row["kind"] == "login"}
    assert PSEUDONYMS.of("-") is None  # nobody, and never a person of that name


def test_the_messages_are_those_that_their_generator_wrote(messages: Staged, files: dict[str, dict[str, int]]) -> None:
    written = files["edxml"]
    by_kind: dict[tuple[str, str], set[str]] = {}
    for row in messages.rows:
        by_kind.setdefault((row["kind"], row["business_type"] or ""), set()).add(row["message_key"])
    assert {kind: len(keys) for kind, keys in by_kind.items()} == {
        ("document", "new"): written["documents_received"] + written["documents_sent"],
        ("document", "recall"): written["recalls"],
        ("status", ""): written["status_messages"],
    }
    assert (messages.account.rows_duplicate, messages.account.rows_rejected) == (written["repeated"], written["refused"])
    assert {reason for _, _, reason in messages.rejects} == {
        "bytes before the XML declaration",
        "a prefix without a namespace",
        "cut off before its end",
        "has a DTD",
    }


def test_statuses_and_recalls_find_their_documents(messages: Staged) -> None:
    documents = {row["document_key"] for row in messages.rows if row["business_type"] == "new"}
    others = [row for row in messages.rows if row["business_type"] != "new"]
    assert others and all(row["document_key"] in documents for row in others)  # whichever way either side spelt the organ's code


def test_nothing_of_a_subject_or_a_name_is_landed(home: Home, messages: Staged, log: Staged) -> None:
    for path in Path(home.var).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert "mô phỏng".encode() not in content and b"Mozilla" not in content, path
