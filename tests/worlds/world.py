"""One world: accounts with things in them, calls that were made, items that were captured, and the truth."""

import json
import random
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from tests.worlds import config_documents as documents
from tests.worlds.kind import Call, Kind, Thing, filled
from tests.worlds.lookup_rows import listed
from tests.worlds.people import Who

START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
ACCOUNTS = ("111122223333", "444455556666")
REGIONS = ("eu-west-1", "us-east-1", "ap-southeast-2")
KEY = "managed-by"


@dataclass(frozen=True)
class Record:
    """One trail event, and when event history shows it."""

    document: dict[str, Any]
    names: tuple[str, ...]
    at: datetime
    shown_at: datetime


@dataclass(frozen=True)
class Truth:
    """What is true of one capture.

    `verdict` is a verdict, or ``skip:REASON``, ``duplicate``. `guilty` are the events that may be named;
    `made` all that made the change. `flags` are further facts of the finding (``removed``, ``value``).
    `shown_as` is the verdict where every change counts, if that is another.
    """

    scenario: str
    verdict: str
    guilty: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()
    flags: dict[str, Any] = field(default_factory=dict)
    shown_as: str = ""


@dataclass(frozen=True)
class Capture:
    """One message of AWS Config, when it was captured, and its truth."""

    id: str
    body: str
    at: datetime
    truth: Truth


class World:
    """Things, calls, captures; everything from one seed."""

    def __init__(self, seed: int, hours: float = 4) -> None:
        self.random = random.Random(seed)
        self.records: list[Record] = []
        self.captures: list[Capture] = []
        self.history: defaultdict[tuple[str, str, str, str], list[dict[str, Any]]] = defaultdict(list)
        self.things: list[Thing] = []
        self.hours = hours

    def hexes(self, length: int = 17) -> str:
        return "".join(self.random.choice("0123456789abcdef") for _ in range(length))

    def moment(self) -> datetime:
        """Return a moment of the world's day."""
        return START + timedelta(seconds=self.random.uniform(3600, 3600 * (1 + self.hours)))

    def lag(self, kind: Kind) -> timedelta:
        """Return how long Config takes: minutes for EC2, seconds to minutes else."""
        if kind.slow and self.random.random() < 0.7:
            return timedelta(seconds=self.random.uniform(120, 890))
        return timedelta(
            seconds=self.random.choice((0.6, 3, 8, 20, 45, 80, 130, 200, 260)) * self.random.uniform(0.7, 1.3)
        )

    def thing(
        self,
        kind: Kind,
        *,
        name: str = "",
        tags: dict[str, str] | None = None,
        like: Thing | None = None,
        **facts: str,
    ) -> Thing:
        """Make a thing that has been there for weeks; it is in no history yet (`settle` puts it there)."""
        account = facts.pop("account", like.account if like else self.random.choice(ACCOUNTS))
        region = facts.pop("region", like.region if like else self.random.choice(REGIONS))
        known = {
            "account": account,
            "region": region,
            "name": name or self._name(),
            "path": "/",
            "hex": self.hexes(16),
            "up": self.hexes(16),
            "upper": self.hexes().upper(),
            "short": self.hexes(10),
            "short14": self.hexes(13).upper(),
            "uuid": str(uuid.UUID(int=self.random.getrandbits(128))),
            "other": self._name(),
            "parent": self._name(),
            "ip": f"203.0.113.{self.random.randrange(1, 250)}",
            "tagkey": "owner",
            "tagvalue": "someone",
        }
        for key, prefix in {
            "vpc": "vpc",
            "subnet": "subnet",
            "sg": "sg",
            "eni": "eni",
            "ami": "ami",
            "vol": "vol",
            "instance": "i",
        }.items():
            known[key] = f"{prefix}-0{self.hexes(16)}"
        known["part"] = f"{_PARTS.get(kind.type, 'part')}-0{self.hexes(16)}"
        known |= facts
        known["id"] = ""
        for _ in range(2):  # ids may be made of the ARN, and the ARN of the id
            known["arn"] = filled(kind.arn, known)
            known["id"] = filled(kind.id, known)
        known["urlarn"] = quote(known["arn"], safe="")
        known["ciname"] = filled(kind.name, known) if kind.name else ""
        made = Thing(
            kind,
            account,
            region,
            known,
            tags={KEY: "terraform", "team": "payments"} if tags is None else tags,
        )
        documents.configured(made)
        if kind.creation_time:
            made.created_at = START - timedelta(days=self.random.randrange(3, 300))
        self.things.append(made)
        return made

    def _name(self) -> str:
        words = ("web", "api", "orders", "billing", "search", "main", "data", "edge", "batch", "core")
        return f"{self.random.choice(words)}-{self.hexes(6)}"

    def settle(self, thing: Thing, days: float = 2) -> None:
        """Put the thing's present state into Config's history, captured days ago."""
        self._remember(thing, documents.item(thing, START - timedelta(days=days), "OK"))

    def _remember(self, thing: Thing, document: dict[str, Any]) -> None:
        place = (thing.account, document["awsRegion"], thing.kind.type, thing.id)
        self.history[place].append(documents.stored(document))

    def call(
        self,
        who: Who,
        at: datetime,
        call: Call,
        thing: Thing,
        *,
        error: str | None = None,
        read_only: bool = False,
        shown_after: float | None = None,
        region: str | None = None,
        event_type: str | None = None,
        **facts: str,
    ) -> str:
        """Make a call about a thing; return the event's id."""
        names = {**thing.facts, **facts}
        request, response = filled(call.request, names), filled(call.response, names)
        resources = [filled(each, names) for each in call.resources]
        source = call.source or thing.kind.source
        service = who.service_event or event_type == "AwsServiceEvent"
        event_id = str(uuid.UUID(int=self.random.getrandbits(128)))
        at = at.replace(microsecond=0)
        home = thing.trail_region if not call.source or call.source == thing.kind.source else thing.region
        document = {
            "eventVersion": "1.09",
            "userIdentity": who.identity,
            "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": f"{source}.amazonaws.com",
            "eventName": call.name,
            "awsRegion": region or home,
            "sourceIPAddress": who.ip,
            "userAgent": who.agent,
            "requestParameters": request,
            "responseElements": None if error else response,
            "requestID": str(uuid.UUID(int=self.random.getrandbits(128))),
            "eventID": event_id,
            "readOnly": read_only,
            "eventType": "AwsServiceEvent" if service else "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": thing.account,
            "eventCategory": "Management",
            **who.extra,
        }
        if resources:
            document["resources"] = [{"ARN": each, "accountId": thing.account} for each in resources]
        if error:
            document["errorCode"] = error
        names_listed = listed(source, call.name, request, document["responseElements"], resources)
        if call.listed is not None:
            names_listed = tuple(filled(each, names) for each in call.listed)
        delay = self.random.uniform(60, 420) if shown_after is None else shown_after
        self.records.append(Record(document, names_listed, at, at + timedelta(seconds=delay)))
        return event_id

    def capture(
        self,
        thing: Thing,
        at: datetime,
        truth: Truth,
        *,
        entries: Iterable[documents.Entry] = (),
        tags: dict[str, str] | None = None,
        status: str = "OK",
        form: str = "message",
        daily: bool = False,
        top_tags: bool = True,
        recorded_in: str | None = None,
    ) -> None:
        """Capture a thing after a change: bring it into its new state, write the item and the message.

        `form`: ``message`` with a diff, ``bare`` without one, ``oversized`` with a summary alone.
        """
        changed = [tuple(filled(list(entry), thing.facts)) for entry in entries]
        kind = {"ResourceDiscovered": "CREATE", "ResourceDeleted": "DELETE"}.get(status, "UPDATE")
        if kind == "DELETE":
            diff = documents.deletion(thing)
        else:
            documents.apply(thing, changed, side=2)
            diff = [] if kind == "CREATE" else changed
            if tags is not None:
                diff = [*diff, *documents.tag_entries(thing, thing.tags, tags, top=top_tags)]
                thing.tags = tags
        at = at.replace(microsecond=at.microsecond // 1000 * 1000)
        top_tags = top_tags or thing.kind.tags_in == "tags"
        document = documents.item(thing, at, status, top_tags=top_tags, recorded_in=recorded_in)
        if daily:
            document["recordingFrequency"] = "DAILY"
        self._remember(thing, document)
        if form == "oversized":
            body = documents.oversized(document, kind)
        else:
            body = documents.message(document, None if form == "bare" else diff, kind)
        self.captures.append(Capture(f"m{len(self.captures)}", body, at, truth))

    def dump(self) -> str:
        """Return the world as text, to see what it is made of."""
        return json.dumps([record.document for record in self.records])


_PARTS = {
    "AWS::EC2::RouteTable": "rtbassoc",
    "AWS::EC2::NetworkInterface": "eni-attach",
    "AWS::EC2::Instance": "eni-attach",
    "AWS::EC2::EIP": "eipassoc",
    "AWS::EC2::NetworkAcl": "aclassoc",
}
