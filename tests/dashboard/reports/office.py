"""LibreOffice as the second reader of office files."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from data.paths import PROJECT
from tests.programs import program

FONTS = PROJECT / "dashboard" / "reports" / "layout" / "fonts"
"""The project's own typeface, so that pages break as they do for whoever has it installed."""


def converted(file: bytes, suffix: str, folder: Path) -> bytes:
    """The file as LibreOffice prints it to PDF; skips where there is none (never in continuous integration). Slow: call it once per module."""
    return all_converted({f"document{suffix}": file}, folder)["document.pdf"]


def all_converted(files: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """Several files in one start of the program: the PDF of `name.docx` by `name.pdf`."""
    soffice = program("soffice", package="libreoffice-writer libreoffice-calc libreoffice-impress", without="office files were not seen as pages")
    folder.mkdir(parents=True, exist_ok=True)
    for name, file in files.items():
        (folder / name).write_bytes(file)
    fonts = folder / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>{escape(str(FONTS))}</dir>'
        '<alias binding="same"><family>Times New Roman</family><accept><family>Liberation Serif</family></accept></alias></fontconfig>\n',
        encoding="utf-8",
    )
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *(str(folder / name) for name in files)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, "FONTCONFIG_FILE": str(fonts)})
    targets = [(folder / name).with_suffix(".pdf") for name in files]
    assert all(target.exists() for target in targets), finished.stdout + finished.stderr
    return {target.name: target.read_bytes() for target in targets}
