"""What vanban.env may say, and what is said of a line that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.configuration import environment_of
from data.errors import ConfigurationError
from data.paths import Home


def read(folder: Path, text: str) -> dict[str, str]:
    home = Home(folder)
    home.environment.write_text(text, encoding="utf-8")
    return environment_of(home)


def test_values_keep_every_sign_of_an_address_and_name_the_home(tmp_path: Path) -> None:
    lines = (
        "# addresses",
        "",
        "QLVB_URL = postgresql+psycopg://đọc:p=a#b$c%20@host/x?y='z'",
        "FILE_URL=sqlite:///{home}/a b.sqlite\r",
        "EMPTY=",
        'QUOTED="a #b"',
    )
    found = read(tmp_path, "\n".join(lines))
    assert found["QLVB_URL"] == "postgresql+psycopg://đọc:p=a#b$c%20@host/x?y='z'"
    assert found["FILE_URL"] == f"sqlite:///{tmp_path.as_posix()}/a b.sqlite"
    assert (found["EMPTY"], found["QUOTED"]) == ("", "a #b")


def test_the_process_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLVB_URL", "outside")
    assert read(tmp_path, "QLVB_URL=inside\n")["QLVB_URL"] == "outside"


@pytest.mark.parametrize("line", ["secret", "=secret", "a-b=secret", "two words=secret", 'A="secret'])
def test_a_line_that_cannot_be_read_is_named_by_its_number_alone(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigurationError, match=r"vanban\.env, line 2: expected NAME=value\.") as refused:
        read(tmp_path, f"GOOD=1\n{line}\n")
    assert "secret" not in str(refused.value)
