from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.faults.fork_server import Forks, fork_server


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Runs in processes of their own, without the seconds that their imports take."""
    if os.name != "posix":
        pytest.skip("needs fork")
    with fork_server() as server:
        yield server


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether the full figures are asked for (`./vanban test --long`)."""
    return bool(request.config.getoption("--long"))
