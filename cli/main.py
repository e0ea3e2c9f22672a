"""The command line: made of the tables of contents in `cli/`, and its exit codes. `cli/` alone knows etl, metrics and dashboard.

Exit codes: 0 done, 1 the data failed a check, 2 usage or configuration, 3 a source could not be reached, 4 time was up (`source check`).
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Annotated

import typer

import cli
from cli.terminal.console import tell
from cli.terminal.options import with_single_options
from data.errors import VanbanError


def command_group(package: ModuleType, path: str = "vanban") -> typer.Typer:
    """The commands of a package, typed after `path`; the one named as the package is what happens without a subcommand."""
    # A word of Python's own cannot be a file's name: the command `import` is `import_.py`.
    modules = {name.rpartition(".")[2].rstrip("_"): import_module(f"{package.__name__}.{name}") for name in package.COMMANDS}
    itself = modules.pop(package.__name__.rpartition(".")[2], None)
    group = typer.Typer(
        help=itself.run.__doc__ if itself else package.__doc__,
        no_args_is_help=itself is None,
        invoke_without_command=itself is not None,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    if itself:
        group.callback(epilog=f"Example: {path} {itself.EXAMPLE}")(with_single_options(itself.run))
    for name, module in modules.items():
        if hasattr(module, "COMMANDS"):
            group.add_typer(command_group(module, f"{path} {name}"), name=name)
        else:
            settings = getattr(module, "CONTEXT_SETTINGS", None)
            group.command(name, epilog=f"Example: {path} {name} {module.EXAMPLE}", context_settings=settings)(with_single_options(module.run))
    return group


def show_version(is_asked: bool) -> None:
    """Ends after one line: version and commit."""
    if is_asked:
        from data.version import program_name

        print(program_name())
        raise typer.Exit


VersionOption = Annotated[bool, typer.Option("--version", callback=show_version, is_eager=True, help="Version and commit.")]


def of_all_commands(version: VersionOption = False) -> None:
    """Options that stand before any command."""


app = command_group(cli)
app.callback(no_args_is_help=True)(of_all_commands)
app.info.help = "Shows whether an organisation's new document-management system is really used. Start with: vanban demo"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit code."""
    try:
        outcome = app(list(arguments) if arguments is not None else None, prog_name="vanban", standalone_mode=False)
    except VanbanError as error:
        tell(f"vanban: {error}")
        return error.exit_code
    except typer.TyperException as error:
        error.show()  # type: ignore[attr-defined]  # every usage error has it; the exported type does not say so
        return 2
    except (KeyboardInterrupt, typer.Abort):
        tell("vanban: interrupted; what was published before stays.")
        return 130
    return outcome if isinstance(outcome, int) else 0
