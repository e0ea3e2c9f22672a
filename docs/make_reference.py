"""Writes the API reference: every public module, class and function of the product with its docstring, as Markdown in docs/reference.

Run it as `vanban dev docs`; the same code gives the same files. With --check it only tells whether the files are current (exit code 1 if not).
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
REFERENCE = PROJECT / "docs" / "reference"
ROOMS = ("data", "etl", "metrics", "dashboard", "cli")
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def reference() -> dict[str, str]:
    """The files of the reference by name: one for each folder of modules, and an index."""
    files: dict[str, str] = {}
    index = ["# API reference", "", "Made of the docstrings by `vanban dev docs`. What each room is for: [README](../../README.md), *The house*.", ""]
    for folder in sorted(path.parent for room in ROOMS for path in (PROJECT / room).rglob("__init__.py")):
        package = ".".join(folder.relative_to(PROJECT).parts)
        modules = [folder / "__init__.py", *sorted(path for path in folder.glob("*.py") if not path.stem.startswith("__"))]
        text = "\n\n".join(part for path in modules for part in module_text(path))
        files[f"{package}.md"] = f"# {package}\n\n{text}\n"
        index.append(f"- [{package}]({package}.md): {summary(ast.parse(modules[0].read_text(encoding='utf-8')))}")
    return {"README.md": "\n".join(index) + "\n", **files}


def module_text(path: Path) -> Iterator[str]:
    """The paragraphs of one module: what it is for, then its public classes and functions in their order."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = path.relative_to(PROJECT).with_suffix("").parts
    if parts[-1] != "__init__":
        yield f"## {'.'.join(parts)}"
    if told := docstring(tree):
        yield told
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield from member_text(node, "###")


def member_text(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef, heading: str) -> Iterator[str]:
    """A class with its fields and methods, or a function: how it is called, and its docstring."""
    yield f"{heading} `{signature(node)}`"
    if told := docstring(node):
        yield told
    if isinstance(node, ast.ClassDef):
        if fields := list(fields_of(node)):
            yield "\n".join(fields)
        for member in node.body:
            if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef) and not member.name.startswith("_"):
                yield from member_text(member, f"{heading}#")


def signature(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """As the code says it, on one line."""
    if isinstance(node, ast.ClassDef):
        bases = ", ".join(map(ast.unparse, node.bases))
        return f"class {node.name}({bases})" if bases else f"class {node.name}"
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"{node.name}({ast.unparse(node.args)}){returns}"


def fields_of(node: ast.ClassDef) -> Iterator[str]:
    """The public fields that a class declares, each with the text below it."""
    for place, field in enumerate(node.body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and not field.target.id.startswith("_"):
            after = node.body[place + 1] if place + 1 < len(node.body) else None
            is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str)
            told = f": {' '.join(after.value.value.split())}" if is_text else ""
            yield f"- `{field.target.id}: {ast.unparse(field.annotation)}`{told}"


def docstring(node: Documented) -> str:
    """What the code says of itself; lines that are indented further stay as they stand."""
    told = cleandoc(ast.get_docstring(node) or "")
    return told.replace("<", "&lt;")


def summary(node: Documented) -> str:
    """The first sentence of a docstring, or nothing."""
    return " ".join(docstring(node).partition("\n\n")[0].split())


def main() -> int:
    parser = argparse.ArgumentParser(prog="vanban dev docs", description="Writes docs/reference anew from the docstrings.")
    parser.add_argument("--check", action="store_true", help="only tell whether it is current")
    is_check = parser.parse_args().check
    wanted = reference()
    present = {path.name: path.read_text(encoding="utf-8") for path in REFERENCE.glob("*.md")}
    stale = sorted(name for name in {*wanted, *present} if wanted.get(name) != present.get(name))
    if is_check:
        print(f"Not current: {', '.join(stale)}. Run: vanban dev docs" if stale else "The reference is current.", file=sys.stderr)
        return 1 if stale else 0
    REFERENCE.mkdir(exist_ok=True)
    for name in stale:
        if name in wanted:
            (REFERENCE / name).write_text(wanted[name], encoding="utf-8")
        else:
            (REFERENCE / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
