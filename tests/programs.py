"""Programs that the tests look through. Where one is missing, a test is a skip with its reason; in continuous integration (CI=true) it fails."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

SERVERS = "/usr/sbin"
"""Where Debian keeps servers, which need not be on PATH."""


def program(*names: str, package: str, without: str) -> str:
    """The path of the first of these programs that is there. `package` has them on Debian; `without` says what is not tried when none is."""
    path = os.pathsep.join([os.environ.get("PATH", ""), SERVERS])
    found = next((found for name in names if (found := shutil.which(name, path=path))), None)
    return found or not_tried(f"{names[0]} is missing (apt-get install {package}): {without}")


def not_tried(reason: str) -> NoReturn:
    """Ends a test that cannot run on this machine."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
