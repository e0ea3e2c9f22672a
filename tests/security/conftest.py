from __future__ import annotations

from pathlib import Path

import pytest

from tests.etl.tiny_system import TinySystem


@pytest.fixture
def tiny(tmp_path: Path) -> TinySystem:
    return TinySystem(tmp_path / "nhà")
