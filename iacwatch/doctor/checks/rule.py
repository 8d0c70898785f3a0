"""Checks whether an EventBridge rule sends all of AWS Config's changes to the queue."""

import json
from collections.abc import Iterator
from typing import Final

from iacwatch.doctor import queues
from iacwatch.doctor.event_pattern import Passed, SampleAccount, judge, spelled
from iacwatch.doctor.event_rules import Document, EventRule, EventRules
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import check
from iacwatch.doctor.resource_policy import sources
from iacwatch.doctor.result import Result, broken, fail, ok, refused, unseen, warn
from iacwatch.doctor.setup import Setup
from iacwatch.errors import NotThere, ParseError

_DISABLED: Final = "DISABLED"
_AS_IT_IS: Final = (None, "", "$", "$.detail")
"""The parts of an event that a target may pass on so that the message can still be read."""


@check("rule", after="queue.url")
def rule(examination: Examination) -> Iterator[Result]:
    """Judge the rules by the queue that they are to send to."""
    setup, rules, queue = examination.setup, examination.rules, examination.queue
    if queue is None:
        return
    if rules.failure is not None:
        yield refused("rule", rules.failure)
        return
    sending = [(rule, target) for rule in rules.changes if (target := rule.target(queue.arn)) is not None]
    if not sending:
        # Topics may send there as well.
        yield _nobody(setup, rules, queue.arn, sources(queue.policy, "sns"))
    for rule, target in sending:
        yield _state(setup, rule, queue.arn)
        yield judge_pattern(setup, rule, examination.sample)
        yield from judge_target(setup, rule, target)
    for _, target in sending:
        arn = str((target.get("DeadLetterConfig") or {}).get("Arn") or "")
        if queues.url_of(arn):
            yield from _dead_letters(setup, arn)


def _nobody(setup: Setup, rules: EventRules, queue_arn: str, topics: tuple[str, ...]) -> Result:
    """Return the result for a queue that no rule seems to send to."""
    if rules.unread is not None:
        return refused("rule", rules.unread)
    if topics:
        return unseen(
            "rule",
            f"no rule sends changes to {queue_arn}; the topic {topics[0]} may, which is not looked at",
            "send changes by a rule: it needs no delivery channel, and says which item changed and how",
        )
    name = queue_arn.rpartition(":")[2]
    put = setup.command("events", "put-rule", "--name", name, "--event-pattern", spelled())
    targets = json.dumps([{"Id": "queue", "Arn": queue_arn}])
    to = setup.command("events", "put-targets", "--rule", name, "--targets", targets)
    elsewhere = [arn for arn in rules.queues if arn != queue_arn]
    but = f"; {rules.changes[0].name} sends them to {elsewhere[0]}" if elsewhere else ""
    return fail("rule", f"no rule sends AWS Config's changes to {queue_arn}{but}", f"{put} && {to}")


def _state(setup: Setup, rule: EventRule, queue_arn: str) -> Result:
    if not rule.enabled:
        return fail(
            "rule",
            f"the rule {rule.name} is disabled: no change reaches the queue",
            setup.command("events", "enable-rule", "--name", rule.name),
        )
    return ok("rule", f"the rule {rule.name} sends changes to {queue_arn}")


def judge_pattern(setup: Setup, rule: EventRule, sample: SampleAccount) -> Result:
    """Judge what a rule lets pass."""
    # A rule that is put again without a state is enabled.
    state = () if rule.enabled else ("--state", _DISABLED)
    mend = setup.command("events", "put-rule", "--name", rule.name, "--event-pattern", spelled(), *state)
    try:
        passed: Passed = judge(rule.pattern, sample)
    except ParseError as error:
        return unseen("rule.pattern", f"the pattern of {rule.name} cannot be judged: {error.message}", mend)
    if not passed.any:
        return fail("rule.pattern", f"the pattern of {rule.name} lets no change of an item pass", mend)
    if passed.missed:
        missed = ", ".join(passed.missed)
        return warn("rule.pattern", f"the pattern of {rule.name} does not let pass: {missed}", mend)
    return ok("rule.pattern", "its pattern lets pass every change, deletions and oversized items too")


def judge_target(setup: Setup, rule: EventRule, target: Document) -> Iterator[Result]:
    """Judge how a rule sends: the event as it is, and with a dead-letter queue for what cannot be sent."""
    if target.get("Input") or target.get("InputTransformer") or target.get("InputPath") not in _AS_IT_IS:
        yield fail(
            "rule.target",
            f"the rule {rule.name} rewrites what it sends: such messages cannot be read",
            "remove Input, InputPath and InputTransformer from its target",
        )
    if not (target.get("DeadLetterConfig") or {}).get("Arn"):
        again = {name: value for name, value in target.items() if name != "DeadLetterConfig"}
        targets = json.dumps([{**again, "DeadLetterConfig": {"Arn": "ARN-OF-A-QUEUE"}}])
        yield warn(
            "rule.dead-letters",
            f"what {rule.name} cannot send within a day is dropped: its target has no dead-letter queue",
            setup.command("events", "put-targets", "--rule", rule.name, "--targets", targets),
        )


def _dead_letters(setup: Setup, arn: str) -> Iterator[Result]:
    """Judge the rule's own dead-letter queue, by its ARN."""
    dead = queues.look(setup, queues.url_of(arn))
    waiting = dead.number("ApproximateNumberOfMessages")
    if dead.failure is not None:
        yield (broken if isinstance(dead.failure, NotThere) else refused)("rule.dead-letters", dead.failure)
    elif waiting:
        yield warn(
            "rule.dead-letters",
            f"about {waiting} changes could not be sent to the queue; they are in {dead.arn}",
            "mend the queue's policy or key (each message's ERROR_CODE says why), then"
            f" `iacwatch drain --queue-url {dead.url}`",
        )
    else:
        yield ok("rule.dead-letters", "every change could be sent: the rule's dead-letter queue is empty")
