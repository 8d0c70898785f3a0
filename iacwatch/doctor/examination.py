"""`iacwatch doctor`: what an account must have, looked at one after the other, with what mends it.

Nothing is ever written: only calls that read are made. Each look stands alone, so that a permission that is
missing costs its own line and no other.
"""

from collections.abc import Generator, Iterator
from typing import Final

from iacwatch.core.arn import is_account
from iacwatch.doctor import function, ledger, mapping, reconcile, recorder, sending, slack, trail, workflow
from iacwatch.doctor import queue as queues
from iacwatch.doctor import reader as readers
from iacwatch.doctor import rule as rule_looks
from iacwatch.doctor.account import caller
from iacwatch.doctor.check import Check, broken, fail, ok, refused, unseen
from iacwatch.doctor.pattern import Place
from iacwatch.doctor.policy import sources
from iacwatch.doctor.queue import Queue, url_of
from iacwatch.doctor.reader import Reader
from iacwatch.doctor.rule import Rules
from iacwatch.doctor.setup import Setup
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
    account = caller(setup, noted)
    yield from noted
    drained = False
    if account is not None:
        drained = yield from _aws(setup, account)
    else:
        yield unseen("aws", "nothing else of AWS was looked at", "sign in, then run `iacwatch doctor` again")
    yield from ledger.local(setup)
    if account is not None:
        yield from ledger.remote(setup, drained=drained)
    yield from slack.checks(setup)
    yield from workflow.checks(setup)
    if account is not None:
        for check in workflow.seen_lately(setup):
            # Where lookups are not what names people, they need not be allowed.
            if check.seen or setup.trail.lookups:
                yield check


def _aws(setup: Setup, account: str) -> Generator[Check, None, bool]:
    """Follow a change on its way; return whether a function does the work, by a role of its own."""
    yield from recorder.checks(setup)
    place = _place(setup, account)
    rules = rule_looks.look(setup, place)
    url, told = _queue_url(setup, rules)
    yield from told
    drained = bool(setup.function)
    if url:
        queue = queues.look(setup, url)
        reader = readers.look(setup, queue.arn)
        drained = drained or reader.known
        yield from _rule(setup, rules, queue, place)
        yield from _queue(setup, rules, queue, reader)
        yield from mapping.checks(setup, reader, queue)
        yield from function.checks(setup, reader)
        yield from reconcile.checks(setup, rules)
    yield from trail.checks(setup, drained=drained)
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
    yield from rule_looks.checks(setup, rules, queue.arn, place, sources(queue.policy, "sns"))
    for rule in rules.changes:
        target = rule.target(queue.arn) or {}
        arn = str((target.get("DeadLetterConfig") or {}).get("Arn") or "")
        if url_of(arn):
            yield from queues.rule_dead_letters(setup, arn)


def _queue(setup: Setup, rules: Rules, queue: Queue, reader: Reader) -> Iterator[Check]:
    yield from queues.checks(setup, queue, timeout=reader.timeout)
    senders = [rule.arn for rule in rules.changes if rule.target(queue.arn) is not None]
    yield from sending.checks(setup, queue, senders[0] if senders else "")
