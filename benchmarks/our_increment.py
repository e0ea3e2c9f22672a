"""Our way of the nightly increment: a new day comes into the source (not timed), then one run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.fresh import done
from benchmarks.nightly_increment import add_night
from benchmarks.our_rebuild import account_days
from data.paths import Home
from etl.run import run_etl
from etl.settings import load_settings

HOME = Home(Path(sys.argv[1]))


def work() -> Callable[[], Any]:
    run_etl(load_settings(HOME))
    return lambda: account_days(HOME)


if __name__ == "__main__":
    add_night(HOME.root)
    done(work)
