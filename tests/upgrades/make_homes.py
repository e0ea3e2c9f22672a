"""Makes the homes of `tests/upgrades/homes` anew, each by the program of its commit: `python -m tests.upgrades.make_homes [commit ...]`.

Needs the whole history of the repository. Each home has two nights behind it, two pinned reports (one with a sentence of one's own, one
approved), and beside it `expected.json`: what its own program said of figures and reports. All of it is made up.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
HOMES = Path(__file__).with_name("homes")
COMMITS = {
    "1ed881b": "snapshot 4, template 1: the first reports in a ledger",
    "c06e5ee": "snapshot 4, template 2: levels and groups still of the program",
    "3a452da": "snapshot 5 with other columns than today: people and tokens",
    "f6d642e": "snapshot 5: audit and entries",
}
"""Short names of the commits, and what their homes are like."""

INSIDE = """
import json, subprocess, sys
from pathlib import Path
from tests.etl.tiny_system import TinySystem

home = Path(sys.argv[1])
system = TinySystem(home)
(home / "vanban.env").chmod(0o600)
for number in range(3, 15):
    system.add("account", account_key=f"u{number}", unit_code="AB"[number % 2])
    system.add("access_event", account_key=f"u{number}", occurred_at=f"2024-07-{number:02d} 08:00:00")
    system.add("document", document_key=f"d{number}", unit_code="AB"[number % 2], issued_at=f"2024-07-{number:02d} 09:00:00")
system.save(); system.run()
system.add("access_event", account_key="u2", occurred_at="2024-07-25 08:00:00")
system.add("document", document_key="d20", issued_at="2024-07-26 09:00:00")
system.save(); system.run()


def vanban(*words):
    done = subprocess.run([sys.executable, "-m", "cli", *words, "--home", str(home)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{words}: {done.stdout}{done.stderr}")
    return done.stdout


month = ("--from", "2024-07-01", "--to", "2024-07-31", "--group", "all")
keys = [row["key"] for row in json.loads(vanban("report", "text", "so-ket", *month, "--format", "json"))]
edits = home.with_name("edits.toml")
edits.write_text(f'"{keys[0]}" = "C\\u00e2u do c\\u00e1n b\\u1ed9 vi\\u1ebft."\\n', encoding="utf-8")
by = ("--by", "Nguy\\u1ec5n V\\u0103n M\\u1eabu")
vanban("report", "pin", "so-ket", *month, "--edits", str(edits), "--format", "html", "--format", "docx", *by)
vanban("report", "pin", "don-vi", *month, "--unit", "A", "--format", "html", *by)
approved = subprocess.run([sys.executable, "-m", "cli", "report", "approve", "1", "--by", "Ph\\u00f2ng Th\\u1ed1ng k\\u00ea", "--home", str(home)],
                          capture_output=True, text=True)
gaps = [line.split(":")[0].removeprefix("- ") for line in approved.stderr.splitlines() if line.startswith("- ")]
if approved.returncode:
    answers = [word for gap in gaps for word in ("--answer", f"{gap}=\\u0111\\u00e3 bi\\u1ebft")]
    vanban("report", "approve", "1", "--by", "Ph\\u00f2ng Th\\u1ed1ng k\\u00ea", *answers)
if Path("cli/people").is_dir():
    issuer = ("--issuer", "https://id.example/realms/mau")
    vanban("people", "add", "248289761001", "--role", "statistics", "--name", "Nguy\\u1ec5n V\\u0103n M\\u1eabu", *issuer)
figures = json.loads(vanban("metrics", *month[:4], "--by", "unit", "--format", "json"))
reports = json.loads(vanban("report", "list", "--format", "json"))
print(json.dumps({"figures": figures, "reports": reports}, ensure_ascii=False))
"""


def make(commit: str, target: Path) -> None:
    """Writes `<target>/<commit>.tar.xz`: `home` and `expected.json`."""
    with tempfile.TemporaryDirectory() as folder:
        tree, home = Path(folder) / "program", Path(folder) / "home"
        subprocess.run(["git", "-C", PROJECT, "worktree", "add", "--quiet", "--detach", tree, commit], check=True)
        try:
            made = subprocess.run([sys.executable, "-c", INSIDE, home], cwd=tree, capture_output=True, text=True)
            if made.returncode:
                raise SystemExit(f"{commit}: {made.stderr}")
        finally:
            subprocess.run(["git", "-C", PROJECT, "worktree", "remove", "--force", tree], check=True)
        expected = json.loads(made.stdout)
        expected["bytes"] = {
            path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted((home / "var" / "ledger").rglob("*"))
            if path.is_file() and path.parent.name != "ledger"
        }
        (Path(folder) / "expected.json").write_text(json.dumps(expected, ensure_ascii=False), encoding="utf-8")
        target.mkdir(parents=True, exist_ok=True)
        with tarfile.open(target / f"{commit}.tar.xz", "w:xz", preset=9) as archive:
            archive.add(home, "home", filter=lambda entry: None if entry.name == "home/var/reserve" else entry)  # noise, which only takes up room
            archive.add(Path(folder) / "expected.json", "expected.json")


if __name__ == "__main__":
    for one in sys.argv[1:] or COMMITS:
        make(one, HOMES)
        print(one, (HOMES / f"{one}.tar.xz").stat().st_size)
