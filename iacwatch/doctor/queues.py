"""Chooses the queue to examine, and asks SQS for its attributes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from iacwatch.aws.errors import calling
from iacwatch.core.arn import arn_parts, is_account, partition_of
from iacwatch.doctor.event_rules import EventRules
from iacwatch.doctor.result import Result, fail, ok, refused, unseen
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AwsError


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedQueue:
    """A queue and how SQS describes it. `failure`: why it does not; `attributes` are then empty."""

    url: str
    arn: str
    attributes: Mapping[str, str]
    failure: AwsError | None = None

    def number(self, name: str) -> int:
        """Return an attribute that is a whole number (of seconds, of messages); 0 where there is none."""
        text = str(self.attributes.get(name, ""))
        return int(text) if text.isascii() and text.isdigit() else 0

    @property
    def policy(self) -> str:
        """Return the queue's policy as JSON; "" where it has none."""
        return str(self.attributes.get("Policy") or "")

    @property
    def redrive(self) -> tuple[str, int]:
        """Return the dead-letter queue's ARN and after how many receives; "" and 0 where there is none."""
        try:
            policy = json.loads(self.attributes.get("RedrivePolicy") or "{}")
            return str(policy.get("deadLetterTargetArn", "")), int(policy.get("maxReceiveCount", 0))
        except (ValueError, TypeError, AttributeError):
            return "", 0


def look(setup: Setup, url: str) -> ExaminedQueue:
    """Ask SQS for all attributes of a queue."""
    arn = arn_of(url, setup.region)
    try:
        with calling(f"cannot look at the queue {url}", action="sqs:GetQueueAttributes"):
            client = setup.sessions.client("sqs", region=setup.region)
            answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    except AwsError as error:
        return ExaminedQueue(url=url, arn=arn, attributes={}, failure=error)
    attributes = answer.get("Attributes") or {}
    return ExaminedQueue(url=url, arn=str(attributes.get("QueueArn") or arn), attributes=attributes)


def arn_of(url: str, region: str) -> str:
    """Return the ARN that a queue's URL (``https://HOST/ACCOUNT/NAME``) stands for."""
    account, _, name = urlsplit(url).path.strip("/").rpartition("/")
    return f"arn:{partition_of(region)}:sqs:{region}:{account}:{name}"


def url_of(arn: str) -> str:
    """Return the URL of a queue by its ARN; "" where the ARN is not a queue's."""
    parts = arn_parts(arn)
    if parts is None or parts.service != "sqs" or not is_account(parts.account_id):
        return ""
    suffix = "amazonaws.com.cn" if parts.partition == "aws-cn" else "amazonaws.com"
    return f"https://sqs.{parts.region}.{suffix}/{parts.account_id}/{parts.resource}"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChoice:
    """The URL of the queue to examine ("": none is known), and the results that say why it is this one."""

    url: str
    results: Sequence[Result] = ()


def choose(setup: Setup, rules: EventRules) -> QueueChoice:
    """Choose the queue that is set, else the only one that a rule sends changes to."""
    if setup.queue_url:
        return QueueChoice(url=setup.queue_url)
    mend = "give --queue-url (or --function), or set queue.url"
    if rules.failure is not None:
        unknown = unseen("queue", "no queue is configured", mend)
        return QueueChoice(url="", results=[refused("rule", rules.failure), unknown])
    if len(rules.queues) == 1:
        message = (
            f"no queue is configured; the one that rules send changes to is looked at: {rules.queues[0]}"
        )
        return QueueChoice(url=url_of(rules.queues[0]), results=[ok("queue", message)])
    if not rules.queues:
        message = "no queue is configured, and no rule sends AWS Config's changes to one"
        return QueueChoice(url="", results=[fail("queue", message, f"deploy `iacwatch template`; or {mend}")])
    names = ", ".join(rules.queues)
    message = f"no queue is configured; rules send changes to {names}"
    return QueueChoice(url="", results=[fail("queue", message, mend)])
