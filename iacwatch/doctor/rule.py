"""The EventBridge rules: which one sends AWS Config's changes to the queue, and does it send all of them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from iacwatch.aws.sessions import calling
from iacwatch.core.arn import arn_parts
from iacwatch.doctor.check import Check, fail, ok, refused, unseen, warn
from iacwatch.doctor.pattern import Passed, Place, is_about_config, judge, spelled
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AwsError, ParseError

Document = Mapping[str, Any]

_DISABLED: Final = "DISABLED"
_AS_IT_IS: Final = (None, "", "$", "$.detail")
"""What a target may take of an event, so that the message can still be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule and its targets; `pattern` is "" for a schedule."""

    name: str
    arn: str
    enabled: bool
    pattern: str
    targets: tuple[Document, ...] = ()

    def target(self, arn: str) -> Document | None:
        """Return the target that something of this ARN is, if it is one."""
        return next((each for each in self.targets if each.get("Arn") == arn), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules about AWS Config and the schedules that look like the daily run's, on the default bus.

    `failure`: why the rules could not be listed; `unread`: why the targets of some could not.
    """

    changes: tuple[Rule, ...] = ()
    daily: tuple[Rule, ...] = ()
    failure: AwsError | None = None
    unread: AwsError | None = None

    @property
    def queues(self) -> tuple[str, ...]:
        """Return the ARNs of the queues that get changes, each once."""
        arns = (str(each.get("Arn", "")) for rule in self.changes if rule.enabled for each in rule.targets)
        return tuple(dict.fromkeys(arn for arn in arns if (of := arn_parts(arn)) and of.service == "sqs"))


def look(setup: Setup, place: Place) -> Rules:
    """List the rules, and the targets of those that matter."""
    client = setup.sessions.client("events", region=setup.region)
    try:
        with calling(f"cannot list the rules in {setup.region}", action="events:ListRules"):
            pages = client.get_paginator("list_rules").paginate()
            listed = [rule for page in pages for rule in page["Rules"] if not rule.get("ManagedBy")]
    except AwsError as error:
        return Rules(failure=error)
    unread: AwsError | None = None
    changes: list[Rule] = []
    daily: list[Rule] = []
    for document in (rule for rule in listed if _daily(rule) or _passes(rule, place)):
        targets: tuple[Document, ...] = ()
        try:
            with calling(
                f"cannot list the targets of the rule {document['Name']}", action="events:ListTargetsByRule"
            ):
                targets = tuple(client.list_targets_by_rule(Rule=document["Name"])["Targets"])
        except AwsError as error:
            unread = error
        rule = Rule(
            name=str(document["Name"]),
            arn=str(document["Arn"]),
            enabled=document.get("State") != _DISABLED,
            pattern=str(document.get("EventPattern", "")),
            targets=targets,
        )
        (daily if _daily(document) else changes).append(rule)
    return Rules(changes=tuple(changes), daily=tuple(daily), unread=unread)


def _daily(rule: Document) -> bool:
    """Say whether a rule looks like the daily run's, as the templates call it."""
    return bool(rule.get("ScheduleExpression")) and "reconcile" in str(rule["Name"]).lower()


def _passes(rule: Document, place: Place) -> bool:
    """Say whether a rule is about AWS Config, or lets its changes pass without naming it."""
    pattern = str(rule.get("EventPattern", ""))
    if not pattern or is_about_config(pattern):
        return bool(pattern)
    try:
        return judge(pattern, place).any
    except ParseError:
        return False


def checks(
    setup: Setup, rules: Rules, queue_arn: str, place: Place, topics: tuple[str, ...]
) -> Iterator[Check]:
    """Judge the rules by the queue that they are to send to; `topics` may send there as well."""
    if rules.failure is not None:
        yield refused("rule", rules.failure)
        return
    sending = [(rule, target) for rule in rules.changes if (target := rule.target(queue_arn)) is not None]
    if not sending:
        yield _nobody(setup, rules, queue_arn, topics)
    for rule, target in sending:
        yield _state(setup, rule, queue_arn)
        yield judge_pattern(setup, rule, place)
        yield from judge_target(setup, rule, target)


def _nobody(setup: Setup, rules: Rules, queue_arn: str, topics: tuple[str, ...]) -> Check:
    """Return the line for a queue that no rule sends to, as far as can be seen."""
    if rules.unread is not None:
        return refused("rule", rules.unread)
    if topics:
        return unseen(
            "rule",
            f"no rule sends changes to {queue_arn}; the topic {topics[0]} may, which is not looked at",
            "send changes by a rule: it needs no delivery channel, and tells which item changed how",
        )
    name = queue_arn.rpartition(":")[2]
    put = setup.command("events", "put-rule", "--name", name, "--event-pattern", spelled())
    targets = json.dumps([{"Id": "queue", "Arn": queue_arn}])
    to = setup.command("events", "put-targets", "--rule", name, "--targets", targets)
    elsewhere = [arn for arn in rules.queues if arn != queue_arn]
    but = f"; {rules.changes[0].name} sends them to {elsewhere[0]}" if elsewhere else ""
    return fail("rule", f"no rule sends AWS Config's changes to {queue_arn}{but}", f"{put} && {to}")


def _state(setup: Setup, rule: Rule, queue_arn: str) -> Check:
    if not rule.enabled:
        return fail(
            "rule",
            f"the rule {rule.name} is disabled: no change reaches the queue",
            setup.command("events", "enable-rule", "--name", rule.name),
        )
    return ok("rule", f"the rule {rule.name} sends changes to {queue_arn}")


def judge_pattern(setup: Setup, rule: Rule, place: Place) -> Check:
    """Judge what a rule lets pass."""
    # A rule that is put again without a state is enabled.
    state = () if rule.enabled else ("--state", _DISABLED)
    mend = setup.command("events", "put-rule", "--name", rule.name, "--event-pattern", spelled(), *state)
    try:
        passed: Passed = judge(rule.pattern, place)
    except ParseError as error:
        return unseen("rule.pattern", f"the pattern of {rule.name} cannot be judged: {error.message}", mend)
    if not passed.any:
        return fail("rule.pattern", f"the pattern of {rule.name} lets no change of an item pass", mend)
    if passed.missed:
        missed = ", ".join(passed.missed)
        return warn("rule.pattern", f"the pattern of {rule.name} does not let pass: {missed}", mend)
    return ok("rule.pattern", "its pattern lets pass every change, deletions and oversized items too")


def judge_target(setup: Setup, rule: Rule, target: Document) -> Iterator[Check]:
    """Judge how a rule sends: the event as it is, and with somewhere to keep what cannot be sent."""
    if target.get("Input") or target.get("InputTransformer") or target.get("InputPath") not in _AS_IT_IS:
        yield fail(
            "rule.target",
            f"the rule {rule.name} rewrites what it sends: such messages cannot be read",
            "remove Input, InputPath and InputTransformer from its target",
        )
    if not (target.get("DeadLetterConfig") or {}).get("Arn"):
        again = {name: value for name, value in target.items() if name != "DeadLetterConfig"}
        kept = json.dumps([{**again, "DeadLetterConfig": {"Arn": "ARN-OF-A-QUEUE"}}])
        yield warn(
            "rule.dead-letters",
            f"what {rule.name} cannot send within a day is dropped: its target has no dead-letter queue",
            setup.command("events", "put-targets", "--rule", rule.name, "--targets", kept),
        )
