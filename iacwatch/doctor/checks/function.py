"""Checks the function that reads the queue: its state, its timeout, and secrets in its environment."""

from collections.abc import Iterator
from typing import Final

from iacwatch.doctor.examination import Examination
from iacwatch.doctor.queue_reader import Document, QueueReader
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, broken, fail, ok, refused, unseen, warn
from iacwatch.doctor.setup import Setup
from iacwatch.errors import ConfigError, NotThere

_HANDLER: Final = "iacwatch.lambda_handler.handler"
_SHORTEST: Final = 60
_LEDGER: Final = "IACWATCH_LEDGER__URL"
_SECRETS: Final = {"IACWATCH_SLACK__TOKEN": "xox", "IACWATCH_SLACK__WEBHOOK_URL": "http"}
"""How these variables begin where they hold the secret itself instead of where it is stored."""


@check("function.settings", after="", aws=False)
def settings(examination: Examination) -> Iterator[Result]:
    """Report why the named function's settings could not be read: then those here are judged."""
    if (trouble := examination.setup.trouble) is not None:
        yield (broken if isinstance(trouble, ConfigError) else refused)("function.settings", trouble)


@check("function", after="mapping")
def function(examination: Examination) -> Iterator[Result]:
    """Judge the function that reads the queue, where there is one."""
    setup, reader = examination.setup, examination.reader
    if reader.unread is not None:
        yield (broken if isinstance(reader.unread, NotThere) else refused)("function", reader.unread)
    if reader.function is not None:
        yield from judge_function(setup, reader.function)
        yield from judge_variables(setup, reader)


def judge_function(setup: Setup, function: Document) -> Iterator[Result]:
    """Judge the function by its configuration."""
    name, handler = str(function.get("FunctionName", "")), str(function.get("Handler", ""))
    state, update = str(function.get("State", "Active")), str(function.get("LastUpdateStatus", ""))
    timeout = int(function.get("Timeout", 3))
    if state == "Failed" or update == "Failed":
        why = str(function.get("StateReason") or function.get("LastUpdateStatusReason") or "it says not why")
        yield fail("function", f"the function {name} cannot run: {why}", "deploy it again")
    elif handler != _HANDLER:
        yield warn(
            "function",
            f"the function {name} has the handler {handler or '(an image)'}, which is not iacwatch's",
            setup.command(
                *("lambda", "update-function-configuration", "--function-name", name, "--handler", _HANDLER)
            ),
        )
    else:
        yield ok("function", f"the function {name} is ready (its role is not tried); it may take {timeout} s")
    if timeout < _SHORTEST:
        yield warn(
            "function.timeout",
            f"the function {name} may take {timeout} s only: lookups are paced, and a batch needs minutes",
            setup.command(
                *("lambda", "update-function-configuration", "--function-name", name, "--timeout", "300")
            ),
        )


def judge_variables(setup: Setup, reader: QueueReader) -> Iterator[Result]:
    """Judge the function's environment; no value of it is shown."""
    variables = reader.variables
    if variables is None:
        yield unseen(
            "function.settings",
            f"the environment of {reader.name} cannot be read",
            "grant kms:Decrypt on the key that encrypts it",
        )
        return
    open_ = [name for name, start in _SECRETS.items() if variables.get(name, "").startswith(start)]
    if open_:
        yield warn(
            "function.settings",
            f"{open_[0]} holds the secret itself: whoever may look at the function reads it",
            "keep it in Secrets Manager or SSM, and name the place: secretsmanager:ID or ssm:/name",
        )
    if setup.function:
        return
    ledger_url = variables.get(_LEDGER, "")
    if ledger_url and ledger_url != setup.ledger.url and (setup.slack.token or setup.slack.webhook):
        yield warn(
            "function.settings",
            f"the function remembers what it reported in {ledger_url}, these settings in {setup.ledger.url}:"
            " what both see is reported twice",
            f'set ledger.url = "{ledger_url}"',
        )
