"""`iacwatch doctor`: what an account must have, looked at one after the other, with what mends it.

Nothing is ever written: only calls that read are made. Each look stands alone, so that a permission that is
missing costs its own line and no other.
"""

from collections.abc import Generator, Iterator
from typing import Final

from iacwatch import (
    doctor_account,
    doctor_function,
    doctor_ledger,
    doctor_mapping,
    doctor_queue,
    doctor_reader,
    doctor_reconcile,
    doctor_recorder,
    doctor_rule,
    doctor_sending,
    doctor_slack,
    doctor_trail,
    doctor_workflow,
)
from iacwatch.core.places import is_account
from iacwatch.doctor_check import Check, broken, fail, ok, refused, unseen
from iacwatch.doctor_pattern import Place
from iacwatch.doctor_policy import sources
from iacwatch.doctor_queue import Queue, url_of
from iacwatch.doctor_reader import Reader
from iacwatch.doctor_rule import Rules
from iacwatch.doctor_setup import Setup
from iacwatch.errors import ConfigError

_VALUE: Final = "terraform"
_SOME_ACCOUNT: Final = "111122223333"


def examine(setup: Setup) -> Iterator[Check]:
    """Yield what is found, line by line, as it is found.

    Raises `UsageError` where no region or an unknown profile is set: then there is nothing to look at.
    """
    if setup.trouble is not None:
        name = "function.settings"
        yield (broken if isinstance(setup.trouble, ConfigError) else refused)(name, setup.trouble)
    noted: list[Check] = []
    account = doctor_account.caller(setup, noted)
    yield from noted
    drained = False
    if account is not None:
        drained = yield from _aws(setup, account)
    else:
        yield unseen("aws", "nothing else of AWS was looked at", "sign in, then run `iacwatch doctor` again")
    yield from doctor_ledger.local(setup)
    if account is not None:
        yield from doctor_ledger.remote(setup, drained=drained)
    yield from doctor_slack.checks(setup)
    yield from doctor_workflow.checks(setup)
    if account is not None:
        for check in doctor_workflow.seen_lately(setup):
            # Where lookups are not what names people, they need not be allowed.
            if check.seen or setup.trail.lookups:
                yield check


def _aws(setup: Setup, account: str) -> Generator[Check, None, bool]:
    """Follow a change on its way; return whether a function does the work, by a role of its own."""
    yield from doctor_recorder.checks(setup)
    place = _place(setup, account)
    rules = doctor_rule.look(setup, place)
    url, told = _queue_url(setup, rules)
    yield from told
    drained = bool(setup.function)
    if url:
        queue = doctor_queue.look(setup, url)
        reader = doctor_reader.look(setup, queue.arn)
        drained = drained or reader.known
        yield from _rule(setup, rules, queue, place)
        yield from _queue(setup, rules, queue, reader)
        yield from doctor_mapping.checks(setup, reader, queue)
        yield from doctor_function.checks(setup, reader)
        yield from doctor_reconcile.checks(setup, rules)
    yield from doctor_trail.checks(setup, drained=drained)
    return drained


def _place(setup: Setup, account: str) -> Place:
    """Return where samples of events are from; where our account is not known, it is the queue's."""
    if not account:
        parts = setup.queue_url.split("/")
        account = next((part for part in reversed(parts) if is_account(part)), _SOME_ACCOUNT)
    value = next(iter(setup.rules.tag.values), _VALUE)
    return Place(account_id=account, region=setup.region, tag_key=setup.rules.tag.key, tag_value=value)


def _queue_url(setup: Setup, rules: Rules) -> tuple[str, list[Check]]:
    """Return the queue's URL: the one that is set, else the only one that a rule sends changes to."""
    if setup.queue_url:
        return setup.queue_url, []
    mend = "give --queue-url (or --function), or set queue.url"
    if rules.failure is not None:
        return "", [refused("rule", rules.failure), unseen("queue", "no queue is configured", mend)]
    if len(rules.queues) == 1:
        message = (
            f"no queue is configured; the one that rules send changes to is looked at: {rules.queues[0]}"
        )
        return url_of(rules.queues[0]), [ok("queue", message)]
    if not rules.queues:
        message = "no queue is configured, and no rule sends AWS Config's changes to one"
        return "", [fail("queue", message, f"deploy `iacwatch template`; or {mend}")]
    names = ", ".join(rules.queues)
    return "", [fail("queue", f"no queue is configured; rules send changes to {names}", mend)]


def _rule(setup: Setup, rules: Rules, queue: Queue, place: Place) -> Iterator[Check]:
    yield from doctor_rule.checks(setup, rules, queue.arn, place, sources(queue.policy, "sns"))
    for rule in rules.changes:
        target = rule.target(queue.arn) or {}
        arn = str((target.get("DeadLetterConfig") or {}).get("Arn") or "")
        if url_of(arn):
            yield from doctor_queue.rule_dead_letters(setup, arn)


def _queue(setup: Setup, rules: Rules, queue: Queue, reader: Reader) -> Iterator[Check]:
    yield from doctor_queue.checks(setup, queue, timeout=reader.timeout)
    sending = [rule.arn for rule in rules.changes if rule.target(queue.arn) is not None]
    yield from doctor_sending.checks(setup, queue, sending[0] if sending else "")
