"""Checks who may send to the queue: the rule must, not everybody may, and the key must allow it."""

import json
from collections.abc import Iterator
from typing import Final

from iacwatch.core.arn import arn_parts
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.queues import ExaminedQueue
from iacwatch.doctor.registry import check
from iacwatch.doctor.resource_policy import PolicyAnswer, PolicyRequest, lets, open_to_anybody
from iacwatch.doctor.result import Result, fail, ok, unseen, warn
from iacwatch.doctor.setup import Setup

_EVENTS: Final = "events.amazonaws.com"
_AWS_KEY: Final = "alias/aws/sqs"


@check("queue.policy", after="queue")
def queue_policy(examination: Examination) -> Iterator[Result]:
    """Judge the queue's policy and key by the rule that sends there, where one is known."""
    setup, queue = examination.setup, examination.queue
    if queue is None or queue.failure is not None:
        return
    senders = [rule.arn for rule in examination.rules.changes if rule.target(queue.arn) is not None]
    rule_arn = senders[0] if senders else ""
    if rule_arn:
        yield judge_policy(setup, queue, rule_arn)
    if open_to_anybody(queue.policy):
        yield warn(
            "queue.policy",
            "the queue's policy lets anybody send, so that changes can be made up",
            f"give its statement a Condition, such as {_condition(rule_arn or 'ARN-OF-THE-RULE')}",
        )
    yield judge_key(setup, queue)


def judge_policy(setup: Setup, queue: ExaminedQueue, rule_arn: str) -> Result:
    """Judge whether the rule may send."""
    parts = arn_parts(rule_arn)
    asked = PolicyRequest(
        service=_EVENTS,
        action="sqs:SendMessage",
        resource=queue.arn,
        source=rule_arn,
        account_id=parts.account_id if parts else "",
    )
    match lets(queue.policy, asked):
        case PolicyAnswer.YES:
            return ok("queue.policy", "the queue's policy lets the rule send")
        case PolicyAnswer.UNKNOWN:
            return unseen(
                "queue.policy",
                "whether the queue's policy lets the rule send is unknown: it has conditions beyond those"
                " that are understood here",
                f"see that it allows {_EVENTS} sqs:SendMessage with {_condition(rule_arn)}",
            )
        case PolicyAnswer.NO:
            return fail(
                "queue.policy",
                "the queue's policy does not let the rule send",
                _allow(setup, queue, rule_arn),
            )


def _allow(setup: Setup, queue: ExaminedQueue, rule_arn: str) -> str:
    """Return what lets a rule send: a command, unless that would replace a policy."""
    statement = {
        "Sid": "Rules",
        "Effect": "Allow",
        "Principal": {"Service": _EVENTS},
        "Action": "sqs:SendMessage",
        "Resource": queue.arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
    }
    if queue.policy:
        return f"add this statement to the queue's policy: {json.dumps(statement)}"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    attributes = json.dumps({"Policy": policy})
    return setup.command("sqs", "set-queue-attributes", "--queue-url", queue.url, "--attributes", attributes)


def _condition(rule_arn: str) -> str:
    return json.dumps({"ArnEquals": {"aws:SourceArn": rule_arn}})


def judge_key(setup: Setup, queue: ExaminedQueue) -> Result:
    """Judge how the queue is encrypted: EventBridge cannot use AWS's own key for SQS."""
    key = str(queue.attributes.get("KmsMasterKeyId") or "")
    if not key:
        return ok("queue.encryption", "EventBridge needs no key to send")
    managed = {"KmsMasterKeyId": "", "SqsManagedSseEnabled": "true"}
    mend = setup.command(
        "sqs", "set-queue-attributes", "--queue-url", queue.url, "--attributes", json.dumps(managed)
    )
    if key.endswith(_AWS_KEY):
        return warn(
            "queue.encryption",
            f"the queue is encrypted with {_AWS_KEY}, which EventBridge cannot use: nothing is delivered",
            mend,
        )
    return unseen(
        "queue.encryption",
        f"the queue is encrypted with {key}; whether that key lets EventBridge use it is not looked at",
        f"its policy has to allow {_EVENTS} kms:GenerateDataKey and kms:Decrypt; or use SQS's own: {mend}",
    )
