"""What is missing on a machine is said, and continuous integration misses nothing."""

from __future__ import annotations

import pytest

from tests.programs import program


def test_a_missing_program_is_a_skip_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"apt-get install some-package\): nothing was seen"):
        program("no-such-program", package="some-package", without="nothing was seen")


def test_a_missing_program_fails_in_continuous_integration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is missing"):
        program("no-such-program", package="some-package", without="nothing was seen")


def test_a_program_on_the_path_is_found() -> None:
    assert program("no-such-program", "sh", package="dash", without="nothing runs").endswith("sh")
