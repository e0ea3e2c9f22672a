"""Named places in a run at which a test has the process die, to show that the next run ends as if nothing had happened.

Inert unless the environment variable FAIL_AT names a place: `VANBAN_FAIL_AT=publish.placed` kills the process when it gets there,
`VANBAN_FAIL_AT=landing.batch_placed:3` when it gets there for the third time. Only tests set it.

POINTS is the whole list, in the order in which a run passes them.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import NoReturn

FAIL_AT = "VANBAN_FAIL_AT"

POINTS: dict[str, str] = {
    "run.begun": "the lock is held, and the remains of earlier runs are cleared away",
    "landing.rows_written": "a batch's rows are written, under its unfinished name",
    "landing.difference_written": "the changes to the batches before are written, under their unfinished name",
    "landing.batch_placed": "the batch has its name, and no manifest yet",
    "landing.manifest_placed": "the batch has its manifest, and no set names it yet",
    "landing.set_in_force": "a source's current.json names the new batches",
    "json.written": "a small JSON file (manifest, current set, pointer) is written, under its unfinished name",
    "warehouse.opened": "the warehouse is open: the kept one, or a fresh one in the builds",
    "stage.entity_staged": "one entity of one source is staged",
    "check.done": "the checks have been run",
    "model.built": "the core tables and marts are built",
    "warehouse.committed": "a kept warehouse holds what is new; nothing is published yet",
    "publish.written": "the snapshot is written, under its unfinished name",
    "publish.verified": "the snapshot was opened and verified",
    "publish.placed": "the snapshot has its name, and the pointer names the one before",
    "publish.in_force": "the pointer names the new snapshot",
    "publish.old_removed": "snapshots beyond the number to keep are gone",
    "warehouse.placed": "the fresh warehouse has its name, and the pointer names the one before",
    "warehouse.kept": "the pointer names the fresh warehouse",
    "run.recorded": "the run stands in the history",
}
"""Name of each place, and what is true when a run gets there. Some are passed several times in a run."""

_passed: Counter[str] = Counter()


def reach(point: str) -> None:
    """Says that the run has got to `point`, one of POINTS."""
    chosen = os.environ.get(FAIL_AT)
    if not chosen:
        return
    name, _, count = chosen.partition(":")
    if name != point:
        return
    _passed[point] += 1
    if _passed[point] == int(count or 1):
        _die()


def _die() -> NoReturn:
    """Ends the process as a power cut would: nothing is flushed, no handler runs."""
    if hasattr(signal, "SIGKILL"):
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(137)
