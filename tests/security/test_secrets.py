"""No password is told: not by a command, not by what a failing command leaves behind, however odd its characters and wherever it was typed."""

from __future__ import annotations

from itertools import product
from urllib.parse import quote

import pytest

from tests.conftest import run_vanban
from tests.etl.tiny_system import TinySystem
from tests.faults.figures import Campaign

PASSWORD = "Zq7@Vx#9/Ky:Wj%4Bf"
PIECE = 4
SPELT = {"as it must be": quote(PASSWORD, safe=""), "as it is": PASSWORD}
"""In an address its odd characters have to be written otherwise; whoever does not know that pastes it as it is."""
ADDRESSES = [
    "postgresql://nguoi:{}@127.0.0.1:1/kho",
    "mysql://nguoi:{}@127.0.0.1:1/kho",
    "mssql+pymssql://nguoi:{}@127.0.0.1:1/kho",
    "oracle+oracledb://nguoi:{}@127.0.0.1:1/kho",
    "postgresql+nothing://nguoi:{}@127.0.0.1:1/kho",
    "nothing://nguoi:{}@127.0.0.1:1/kho",
    "postgresql://nguoi:{}@127.0.0.1:x/kho",
    "{}",
]
SOURCE = [("source", "check", "tiny"), ("source", "check", "tiny", "--preview"), ("etl", "run"), ("etl", "status"), ("doctor",)]
LEDGER = [("ledger", "list"), ("audit", "verify"), ("people", "list"), ("report", "list"), ("doctor",)]
COMMANDS = {"TINY_URL": SOURCE, "VANBAN_LEDGER_URL": LEDGER}


def pieces_told(tiny: TinySystem, variable: str, address: str) -> list[str]:
    """The pieces of the password that any command tells, on the terminal or in a file of the home, where a variable holds that address."""
    lines = [line for line in tiny.home.environment.read_text(encoding="utf-8").splitlines() if not line.startswith(f"{variable}=")]
    tiny.home.environment.write_text("\n".join([f"{variable}={address}", *lines]) + "\n", encoding="utf-8")
    tiny.home.environment.chmod(0o600)
    found = [run_vanban(*command, home=tiny.home.root) for command in COMMANDS[variable]]
    assert any(finished.returncode for finished in found), f"{variable}={address} was taken for an address"
    told = [(f"vanban {' '.join(command)}", one.stdout + one.stderr) for command, one in zip(COMMANDS[variable], found, strict=True)]
    for path in tiny.home.root.rglob("*"):
        if path.is_file() and path != tiny.home.environment:
            told.append((str(path.name), path.read_bytes().decode("utf-8", "replace")))
    pieces = {text[at : at + PIECE] for text in SPELT.values() for at in range(len(text) - PIECE + 1)}
    return [f"{place}: {piece}" for place, text in told for piece in pieces if piece in text]


@pytest.mark.parametrize("variable", COMMANDS)
def test_no_piece_of_a_password_is_told(tiny: TinySystem, variable: str) -> None:
    for address, spelt in product((ADDRESSES[0], ADDRESSES[5]), SPELT.values()):
        assert pieces_told(tiny, variable, address.format(spelt)) == []


@pytest.mark.long
def test_no_piece_of_a_password_is_told_whatever_the_address(tiny: TinySystem) -> None:
    campaign = Campaign(
        "S9", "a password with @ # / : % in addresses of sources and of the ledger, rightly written or pasted", "no piece of four characters"
    )
    tried = list(product(COMMANDS, ADDRESSES, SPELT.values()))
    told = [(variable, address, one) for variable, address, spelt in tried for one in pieces_told(tiny, variable, address.format(spelt))]
    commands = sum(len(COMMANDS[variable]) for variable, _, _ in tried)
    campaign.record(f"{len(tried)} addresses, {commands} commands, their words and all files of the home: {len(told)} pieces")
    assert told == []
