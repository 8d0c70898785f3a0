"""Checks for the daily run, which reports what EventBridge (best effort) did not deliver."""

from collections.abc import Iterator
from typing import Final

from iacwatch.core.arn import arn_parts
from iacwatch.doctor.event_rules import EventRule
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, ok, refused, warn

_DAILY: Final = (
    "run `iacwatch backfill --since 26h --slack --new` once a day (from CI, with the function's ledger),"
    " or set the template's Reconcile to true"
)


@check("reconcile", after="function")
def reconcile(examination: Examination) -> Iterator[Result]:
    """Judge whether a rule starts the daily run."""
    setup, rules = examination.setup, examination.rules
    if examination.queue is None:
        return
    if rules.failure is not None:
        yield refused("reconcile", rules.failure)
        return
    starting = [rule for rule in rules.daily if _starts_a_function(rule)]
    enabled = [rule for rule in starting if rule.enabled]
    if enabled:
        yield ok("reconcile", f"the rule {enabled[0].name} starts the daily look for what was not delivered")
    elif starting:
        yield warn(
            "reconcile",
            f"the rule {starting[0].name}, for the daily look for what was not delivered, is disabled",
            setup.command("events", "enable-rule", "--name", starting[0].name),
        )
    elif rules.daily and rules.unread is not None:
        yield refused("reconcile", rules.unread)
    else:
        yield warn(
            "reconcile",
            "no rule starts a daily look for changes that EventBridge did not deliver"
            " (a job elsewhere, such as in CI, is not seen from here)",
            _DAILY,
        )


def _starts_a_function(rule: EventRule) -> bool:
    parts = [arn_parts(str(each.get("Arn", ""))) for each in rule.targets]
    return any(each is not None and each.service == "lambda" for each in parts)
