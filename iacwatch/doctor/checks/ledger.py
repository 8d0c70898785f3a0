"""Checks whether the ledger, which remembers what was reported, can be used. Only reading is tried."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from iacwatch.aws.errors import calling
from iacwatch.core.text import plain
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, broken, fail, ok, refused, used, warn
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AwsError

KEY: Final = "pk"
TTL: Final = "ttl"
"""The names that the table's only key and its TTL attribute must have."""

_NOBODY: Final = "doctor"
"""An id that no finding has, since those have 32 hex digits."""


@check("ledger", after="accounts", aws=False)
def local_ledger(examination: Examination) -> Iterator[Result]:
    """Judge a ledger that needs no AWS."""
    setup = examination.setup
    ledger = setup.ledger
    if ledger.trouble is not None:
        yield broken("ledger", ledger.trouble)
    elif ledger.path:
        yield judge_file(Path(ledger.path))
    elif not ledger.table and setup.function:
        yield warn(
            "ledger",
            "each copy of the function remembers alone what it reported: a change may be reported again",
            "set IACWATCH_LEDGER__URL=dynamodb://table for the function",
        )
    elif not ledger.table:
        yield warn(
            "ledger",
            "what was reported is forgotten at the end of each run (memory): a change may be reported again",
            'set ledger.url = "sqlite", or "dynamodb://table" to share it with the function',
        )


def judge_file(path: Path) -> Result:
    """Judge a ledger's file, or the folder in which the first run will create it."""
    if not path.exists():
        folder = next((each for each in path.parents if each.exists()), Path("/"))
        if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK):
            return ok("ledger", f"the ledger {path} is made by the first run")
        return fail(
            "ledger",
            f"the ledger {path} cannot be made: {folder} cannot be written to",
            "change the folder's mode, or set ledger.url to another place",
        )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            database.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:
        mend = "change its mode, or name another in ledger.url"
        return fail("ledger", f"the ledger {path} cannot be read: {plain(str(error), 200)}", mend)
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK):
        mend = "change its mode and its folder's, or name another in ledger.url"
        return fail("ledger", f"the ledger {path} cannot be written to", mend)
    return ok("ledger", f"the ledger {path} can be read and written to")


@check("ledger.table", after="ledger")
def ledger_table(examination: Examination) -> Iterator[Result]:
    """Judge a ledger in DynamoDB by the read that every run begins with."""
    setup = examination.setup
    table = setup.ledger.table
    if not table:
        return
    keys = {table: {"Keys": [{KEY: {"S": _NOBODY}}], "ConsistentRead": True}}
    try:
        with calling(f"cannot use the ledger table {table}", action="dynamodb:BatchGetItem"):
            setup.sessions.client("dynamodb", region=setup.ledger.region).batch_get_item(RequestItems=keys)
    except AwsError as error:
        if error.code == "ValidationException":
            error.hint = f"its only key has to be {KEY}, a string; `iacwatch template` makes such a table"
        yield used("ledger", error, drained=examination.drained)
        return
    yield ok("ledger", f"the ledger table {table} answers (writing to it is not tried)")
    yield _time_to_live(setup, table)


def _time_to_live(setup: Setup, table: str) -> Result:
    """Judge whether the table forgets what is too old to be reported again."""
    try:
        with calling(f"cannot tell whether {table} forgets", action="dynamodb:DescribeTimeToLive"):
            answer = setup.sessions.client("dynamodb", region=setup.ledger.region).describe_time_to_live(
                TableName=table
            )
    except AwsError as error:
        return refused("ledger.ttl", error)
    described = answer.get("TimeToLiveDescription") or {}
    if described.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"} and described.get("AttributeName") == TTL:
        return ok("ledger.ttl", "the table forgets what is too old to be reported again")
    mend = setup.command(
        *("dynamodb", "update-time-to-live", "--table-name", table, "--time-to-live-specification"),
        f"Enabled=true,AttributeName={TTL}",
        region=setup.ledger.region,
    )
    return warn("ledger.ttl", f"the table grows without end: it has no TTL on {TTL}", mend)
