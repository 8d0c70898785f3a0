"""Lists the EventBridge rules about AWS Config and those that start the daily run, with their targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from iacwatch.aws.errors import calling
from iacwatch.core.arn import arn_parts
from iacwatch.doctor.event_pattern import SampleAccount, is_about_config, judge
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AwsError, ParseError

Document = Mapping[str, Any]

_DISABLED: Final = "DISABLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule:
    """One rule and its targets; `pattern` is "" for a schedule."""

    name: str
    arn: str
    enabled: bool
    pattern: str
    targets: tuple[Document, ...] = ()

    def target(self, arn: str) -> Document | None:
        """Return the rule's target that has this ARN, or None."""
        return next((each for each in self.targets if each.get("Arn") == arn), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRules:
    """The rules about AWS Config and the schedules that look like the daily run's, on the default bus.

    `failure`: why the rules could not be listed; `unread`: why the targets of some could not.
    """

    changes: tuple[EventRule, ...] = ()
    daily: tuple[EventRule, ...] = ()
    failure: AwsError | None = None
    unread: AwsError | None = None

    @property
    def queues(self) -> tuple[str, ...]:
        """Return the ARNs of the queues that get changes, each once."""
        arns = (str(each.get("Arn", "")) for rule in self.changes if rule.enabled for each in rule.targets)
        return tuple(dict.fromkeys(arn for arn in arns if (of := arn_parts(arn)) and of.service == "sqs"))


def look(setup: Setup, sample: SampleAccount) -> EventRules:
    """List the rules, and the targets of those that matter."""
    client = setup.sessions.client("events", region=setup.region)
    try:
        with calling(f"cannot list the rules in {setup.region}", action="events:ListRules"):
            pages = client.get_paginator("list_rules").paginate()
            listed = [rule for page in pages for rule in page["Rules"] if not rule.get("ManagedBy")]
    except AwsError as error:
        return EventRules(failure=error)
    unread: AwsError | None = None
    changes: list[EventRule] = []
    daily: list[EventRule] = []
    for document in (rule for rule in listed if _daily(rule) or _passes(rule, sample)):
        targets: tuple[Document, ...] = ()
        try:
            with calling(
                f"cannot list the targets of the rule {document['Name']}", action="events:ListTargetsByRule"
            ):
                targets = tuple(client.list_targets_by_rule(Rule=document["Name"])["Targets"])
        except AwsError as error:
            unread = error
        rule = EventRule(
            name=str(document["Name"]),
            arn=str(document["Arn"]),
            enabled=document.get("State") != _DISABLED,
            pattern=str(document.get("EventPattern", "")),
            targets=targets,
        )
        (daily if _daily(document) else changes).append(rule)
    return EventRules(changes=tuple(changes), daily=tuple(daily), unread=unread)


def _daily(rule: Document) -> bool:
    """Return whether a rule looks like the one that the templates make for the daily run."""
    return bool(rule.get("ScheduleExpression")) and "reconcile" in str(rule["Name"]).lower()


def _passes(rule: Document, sample: SampleAccount) -> bool:
    """Return whether a rule is about AWS Config, or lets its changes pass without naming it."""
    pattern = str(rule.get("EventPattern", ""))
    if not pattern or is_about_config(pattern):
        return bool(pattern)
    try:
        return judge(pattern, sample).any
    except ParseError:
        return False
