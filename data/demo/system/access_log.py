"""The web server's log of July 2024 (nginx, combined format): the database's logins and actions among all that browsers fetch."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import polars as pl

from data.demo.draws import random_for
from data.demo.months.month import PlannedMonth

FETCHES_PER_LOGIN = 9
ASSETS = (
    "/static/app.3f1c.css",
    "/static/app.77aa.js",
    "/static/logo.png",
    "/static/font.woff2",
    "/favicon.ico",
    "/qlvb/api/thong-bao",
    "/qlvb/api/hop-thu?trang=1",
)
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
)
BROWSER_OF = {"7": AGENTS[1], "8": AGENTS[1], "9": AGENTS[2]}
"""By the last digit of the account; the others have the first."""
REQUESTS = {
    "TC": ("POST /qlvb/dang-nhap HTTP/1.1", 302),
    "TB": ("POST /qlvb/dang-nhap HTTP/1.1", 401),
    "XEM": ("GET /qlvb/van-ban/xem?ma={} HTTP/1.1", 200),
    "XULY": ("POST /qlvb/van-ban/xu-ly?ma={} HTTP/1.1", 200),
    "KY": ("POST /qlvb/ky-so?ma={} HTTP/1.1", 200),
    "BANHANH": ("POST /qlvb/van-ban/ban-hanh?ma={} HTTP/1.1", 200),
    "DANGXUAT": ("GET /qlvb/dang-xuat HTTP/1.1", 302),
}
MALFORMED = (
    r'203.0.113.7 - - [03/Jul/2024:02:11:09 +0700] "\x16\x03\x01\x02\x00\x01" 400 157 "-" "-"',
    '203.0.113.9 - - [09/Jul/2024:04:40:51 +0700] "" 400 0 "-" "-"',
    "10.20.30.40 - cb000017 [11/Jul/2024:09:1",
    '203.0.113.11 - - [18/Jul/2024:23:59:59 +0700] "GET /%00../../etc/passwd HTTP/1.1" 400 157 "-" "curl/8.0 \\"quoted\\""',
)
"""A binary greeting, an empty request, a line cut off by a full disk, and a probe with quotes in its agent."""


def write_access_log(folder: Path, planned: PlannedMonth, seed: int) -> dict[str, int]:
    """One gzip file of the month, ordered by time; gives the number of lines of each kind for truth.json.

    Repeated rows of the login log are a fault of the database and stand here once.
    """
    rng = random_for(seed, "access log", planned.month.label)
    logins = planned.logins.filter(~pl.col("is_repeated")).select(
        "login", "at", action=pl.col("is_success").replace_strict({True: "TC", False: "TB"}, return_dtype=pl.String)
    )
    events = pl.concat([logins, planned.actions.select("login", "at", "action")])
    keys = planned.counted_documents["document_key"].to_numpy()
    fetched = logins[np.sort(rng.integers(0, len(logins), len(logins) * FETCHES_PER_LOGIN))].select("login", pl.col("at") + 2, action=pl.lit("-"))
    everything = pl.concat([events, fetched])
    count = len(everything)
    lines = everything.with_columns(
        request=_request(pl.Series(rng.choice(keys, count)), pl.Series(rng.choice(ASSETS, count))),
        status=pl.col("action").replace_strict({name: status for name, (_, status) in REQUESTS.items()}, default=200, return_dtype=pl.Int64),
        # Everybody keeps one browser.
        agent=pl.col("login").str.slice(-1).replace_strict(BROWSER_OF, default=AGENTS[0], return_dtype=pl.String),
        size=pl.Series(rng.integers(180, 24_000, count)),
    )
    line = pl.format(
        '{} - {} [{} +0700] "{}" {} {} "-" "{}"',
        pl.format("10.{}.{}.{}", pl.col("at") % 60 + 10, pl.col("at") % 250, pl.col("at") % 240 + 5),
        # Static files are served without asking who it is.
        pl.when(pl.col("request").str.contains("^GET /(static|favicon)")).then(pl.lit("-")).otherwise("login"),
        pl.from_epoch("at", time_unit="s").dt.to_string("%d/%b/%Y:%H:%M:%S"),
        "request",
        "status",
        "size",
        "agent",
    )
    text = lines.sort("at", "login", "action", maintain_order=True).select(line=line)["line"].to_list()
    for place, malformed in zip((1_000, 9_000, 20_000, 30_000), MALFORMED, strict=True):
        text.insert(min(place, len(text)), malformed)
    content = ("\n".join(text) + "\n").encode()
    (folder / f"access.log-{planned.month.label}.gz").write_bytes(gzip.compress(content, compresslevel=5, mtime=0))
    counts = dict(events.group_by("action").len().sort("action").iter_rows())
    return {"lines": len(text), "malformed": len(MALFORMED), "other": len(fetched), **counts}


def _request(document: pl.Series, asset: pl.Series) -> pl.Expr:
    expression = pl.format("GET {} HTTP/1.1", asset)
    for action, (template, _) in REQUESTS.items():
        before, parameter, after = template.partition("{}")
        request = pl.concat_str(pl.lit(before), document, pl.lit(after)) if parameter else pl.lit(template)
        expression = pl.when(pl.col("action") == action).then(request).otherwise(expression)
    return expression
