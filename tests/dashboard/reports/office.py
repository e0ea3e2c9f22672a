"""LibreOffice as the second reader of office files."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def converted(file: bytes, suffix: str, folder: Path) -> bytes:
    """The file as LibreOffice prints it to PDF; skips where there is none (never in continuous integration). Slow: call it once per module."""
    program = shutil.which("soffice")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("soffice is missing: install libreoffice")
        pytest.skip("soffice is missing: install libreoffice to see office files as pages")
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"document{suffix}"
    source.write_bytes(file)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300)
    target = source.with_suffix(".pdf")
    assert target.exists(), finished.stdout + finished.stderr
    return target.read_bytes()
