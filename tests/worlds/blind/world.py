"""A day of several accounts, as AWS delivers it: trail events, configuration items, messages; and the truth.

The truth is told by who did what, never by how iacwatch looks for it: every successful write ends in a CI of
what it changed, and nothing else does.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.worlds.blind import config
from tests.worlds.blind.actors import OWN, SECOND, Actor, Cast
from tests.worlds.blind.kind import Kind, Maker, Op

KEY = "managed-by"
IAM_REGIONS = (config.HOME, "us-east-1", "eu-central-1")
GLOBAL_SERVICES = frozenset({"iam", "cloudfront", "route53", "organizations"})
SLOW = "AWS::EC2::"


def regions_of(thing):
    """Return the regions whose recorders write copies of a thing's items."""
    return IAM_REGIONS if thing.region == "global" and "IAM" in thing.type else ()


@dataclass(frozen=True, kw_only=True)
class Told:
    """One recorded call."""

    id: str
    op: Op
    actor: Actor
    at: datetime

    @property
    def text(self):
        return f"{self.op.operation} by {'/'.join(self.actor.names) or 'AWS'} at {self.at:%H:%M:%S}"


@dataclass(kw_only=True)
class Truth:
    """What really became of one change; `captures` are the capture times of its copies in several regions."""

    label: str
    account: str
    type: str
    id: str
    captures: list[datetime]
    outcome: str
    verdict: str = ""
    reason: str = ""
    managed_by: str | None = None
    causes: Sequence[Told] = ()
    named: Sequence[Told] = ()
    bodies: list[str] = field(default_factory=list)

    @property
    def text(self):
        at = f"{self.captures[0]:%H:%M:%S.%f}"
        return f"[{self.label}] {self.type} {self.id} captured {at} ({self.account})"


class World:
    """What happened, and what AWS wrote down about it."""

    def __init__(self, seed: int, now: datetime):
        self.random = random.Random(seed)
        self.seed, self.now = seed, now.astimezone(UTC)
        self.since, self.until = self.ago(minutes=600), self.ago(minutes=130)
        self.cast = Cast(self.now, since=self.since, until=self.until)
        self.second = Cast(self.now, since=self.since, until=self.until, account=SECOND)
        self.maker = Maker(f"world{seed}")
        self.events: list[tuple[dict, tuple, datetime | None]] = []
        self.items: list[tuple[dict, str]] = []
        self.messages: list[tuple[datetime, str]] = []
        self.truths: list[Truth] = []
        self.kinds: list[Kind] = []

    def ago(self, **span):
        return self.now - timedelta(**span)

    def chance(self, share):
        return self.random.random() < share

    def between(self, least, most):
        return timedelta(seconds=self.random.uniform(least, most))

    # What is there before the day begins.

    def born(self, kind, *, managed=None, tags=None):
        """Let a thing have been there for days, so that Config's history knows it."""
        thing = kind.thing
        thing.tags.update({"Name": thing.name or thing.id[:40], "team": "shop", **(tags or {})})
        if managed:
            thing.tags[KEY] = managed
        thing.captured = thing.shot()
        at = self.now - timedelta(days=9, seconds=self.random.uniform(0, 9000))
        for region in regions_of(thing) or [thing.recorder]:
            later = at + self.between(0, 40)
            self.items.append((config.item(thing, thing.captured, later, "OK"), region))
        self.kinds.append(kind)
        return kind

    # What happens.

    def call(
        self, actor: Actor, op: Op, at: datetime, *, kind=None, region=None, account=None, **record
    ) -> Told:
        """Record a call, carried out unless it failed or only read; further fields go into the record."""
        thing = kind.thing if kind else None
        account = account or (thing.account if thing else OWN)
        region = region or (thing.recorder if thing else config.HOME)
        if op.service in GLOBAL_SERVICES:
            region = "us-east-1"
        delivered_at = record.pop("delivered_at", None)
        lists = record.pop("lists", op.lists)
        failed = bool(record.get("errorCode"))
        answer = None if failed else op.answer
        agent = actor.agent.replace("{service}", op.service)
        document = {
            "eventVersion": self.random.choice(("1.08", "1.09", "1.11")),
            "userIdentity": actor.identity,
            "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": f"{op.service}.amazonaws.com",
            "eventName": op.operation,
            "awsRegion": region,
            "sourceIPAddress": actor.ip,
            "userAgent": f"[{agent}]" if op.service == "s3" else agent,
            "requestParameters": op.request,
            "responseElements": answer,
            "requestID": str(self.uuid()),
            "eventID": str(self.uuid()),
            "readOnly": False,
            "eventType": actor.event_type,
            "managementEvent": True,
            "eventCategory": "Management",
            "recipientAccountId": account,
            **actor.more,
            **record,
        }
        if op.resources:
            document["resources"] = list(op.resources)
        self.events.append((document, tuple(lists), delivered_at))
        if not failed and document.get("readOnly") is not True:
            op.change()
        return Told(id=document["eventID"], op=op, actor=actor, at=at)

    def uuid(self):
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def lag(self, kind):
        """Return how long Config takes: EC2 up to 15 minutes, others less, now and then more."""
        if kind.thing.type.startswith(SLOW):
            return self.between(40, 890) if self.chance(0.93) else self.between(900, 2400)
        return self.between(1.5, 260) if self.chance(0.93) else self.between(600, 1100)

    def capture(
        self, kind: Kind, at: datetime, causes: Sequence[Told] = (), *, status="OK", regions=(), **told
    ) -> Truth:
        """Let Config record the thing as it is now, and say so; return the truth about it.

        Further fields tell how it is delivered (`envelope`, `diff`, `daily`, and whether the `history` keeps it), and
        the truth (`label`, `verdict`, the reason why it is `ignored`, `outcome`).
        """
        envelope, diff = told.pop("envelope", ""), told.pop("diff", "normal")
        history, daily = told.pop("history", True), told.pop("daily", False)
        thing, before = kind.thing, kind.thing.captured
        after = None if status.startswith("ResourceDeleted") else thing.shot()
        truth = self.truth(kind, causes, before, after, **told)
        for number, region in enumerate(regions or [thing.recorder]):
            moment = self.millis(at + number * self.between(9, 70))
            truth.captures.append(moment)
            document = config.item(thing, after, moment, status, daily=daily)
            if history:
                self.items.append((document, region))
            truth.bodies.append(
                self.body(kind, document, (before, after), region, envelope=envelope, diff=diff)
            )
            self.messages.append((moment, truth.bodies[-1]))
        thing.captured = after
        self.truths.append(truth)
        if kind not in self.kinds:
            self.kinds.append(kind)
        return truth

    def millis(self, moment):
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def truth(self, kind, causes, before, after, *, label, verdict="", ignored="", outcome=""):
        thing = kind.thing
        old, new = (shot.tags.get(KEY) if shot else None for shot in (before, after))
        needed = {value for value in (old, new) if value is not None}
        persons = [cause for cause in causes if not cause.actor.service]
        strangers = [c for c in persons if not all(c.actor.covers(value, c.at) for value in needed)]
        named = strangers or persons or list(causes)
        if not verdict and causes:
            verdict = "out-of-band" if strangers else "in-workflow" if persons else "aws-service"
        if not needed:
            ignored = ignored or "unmanaged"
        return Truth(
            label=label,
            account=thing.account,
            type=thing.type,
            id=thing.arn if thing.type == "AWS::ECS::TaskDefinition" else thing.id,  # its revisions share one
            captures=[],
            outcome=outcome or ("ignored" if ignored else "finding"),
            verdict="" if ignored else verdict,
            reason=ignored,
            managed_by=old or new,
            causes=tuple(causes),
            named=() if ignored else tuple(named),
        )

    def body(self, kind, document, shots, region, *, envelope, diff):
        """Return the message: mostly EventBridge's, some through SNS, some too big."""
        before, after = shots
        status, account = document["configurationItemStatus"], kind.thing.account
        change_type = {"ResourceDiscovered": "CREATE", "OK": "UPDATE"}.get(status, "DELETE")
        if diff == "none" or (before is None and change_type == "DELETE"):
            changed = None
        elif diff == "empty" or before is None:
            changed = {}
        else:
            changed = config.differences(before, after, bare_tags=kind.bare_tags, tag_set=kind.tag_set)
        envelope = envelope or self.random.choices(("eventbridge", "sns", "raw", "big"), (78, 12, 4, 6))[0]
        detail = config.notification(document, changed, change_type)
        if envelope == "big":
            detail = config.oversized(document, change_type)
        if envelope in {"sns", "raw"} and document["awsRegion"] != "global":
            return config.sns(detail, account=account, region=region, raw=envelope == "raw")
        return config.eventbridge(detail, account=account, region=region, arn=kind.thing.arn)
