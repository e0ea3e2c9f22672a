"""The command line: its table of contents and its exit codes. `cli/` is the only place that knows etl, metrics and dashboard.

Exit codes: 0 done, 1 the data failed a check, 2 usage or configuration, 3 a source could not be reached.
"""

from __future__ import annotations

from collections.abc import Sequence

import typer

from cli.bench import bench
from cli.check import check_app
from cli.compare import compare
from cli.console import tell
from cli.demo import dashboard, demo
from cli.etl import etl_app
from cli.metrics import dictionary, metrics, why
from cli.options import command_group
from cli.report import report_app
from cli.source import source_app
from cli.test import test
from data.errors import VanbanError

app = command_group("Shows whether an organisation's new document-management system is really used. Start with: vanban demo")
app.command(epilog="Example: vanban demo --no-browser --port 8600")(demo)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, epilog="Example: vanban test tests/metrics -k pilot")(test)
app.command(epilog="Example: vanban bench ranking --size 1")(bench)
app.command(epilog="Example: vanban dashboard --home /srv/vanban --port 8600")(dashboard)
app.command(epilog="Example: vanban metrics --from 2024-07-01 --to 2024-07-31 --group 1 --metric activation_rate --format json")(metrics)
app.command(epilog="Example: vanban compare activation_rate --from 2024-07-15 --to 2024-07-31 --group 1 --with 2024-07-14")(compare)
app.command(epilog="Example: vanban why activation_rate --from 2024-07-01 --to 2024-07-31 --group 1")(why)
app.command(epilog="Example: vanban dictionary --format csv")(dictionary)
app.add_typer(etl_app, name="etl")
app.add_typer(source_app, name="source")
app.add_typer(report_app, name="report")
app.add_typer(check_app, name="check", invoke_without_command=True)


def main(arguments: Sequence[str] | None = None) -> int:
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
