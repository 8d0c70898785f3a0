"""What all scenarios share: a thing in its state before, a call on it, its capture."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.worlds import config_documents as documents
from tests.worlds.kind import Call, Kind, Thing, filled
from tests.worlds.people import Who, persons, pipeline
from tests.worlds.world import Truth, World

SIDE = (
    "Relationships.0",
    None,
    {"resourceId": "x", "resourceType": "AWS::EC2::VPC", "name": "Is contained in Vpc"},
)


def person(w: World, thing: Thing) -> Who:
    return w.random.choice(persons(thing.account))


def deployer(thing: Thing) -> Who:
    return pipeline(thing.account)


def update_of(w: World, kind: Kind) -> Call | None:
    return w.random.choice(kind.updates) if kind.updates else None


def ready(w: World, kind: Kind, *calls: Call, days: float = 2, **more: object) -> Thing:
    """Return a thing in the state before these calls, known to Config's history."""
    thing = w.thing(kind, **more)
    for call in calls:
        before(thing, call)
    w.settle(thing, days)
    return thing


def before(thing: Thing, call: Call) -> None:
    entries = [tuple(filled(list(entry), thing.facts)) for entry in call.paths]
    documents.apply(thing, entries, side=1)


def form(w: World) -> str:
    """Return how the message comes: mostly whole."""
    return w.random.choices(("message", "bare", "oversized"), (0.8, 0.12, 0.08))[0]


def oob(name: str, guilty: Iterable[str], made: Iterable[str] = (), **flags: object) -> Truth:
    guilty = frozenset(guilty)
    return Truth(name, "out-of-band", guilty, guilty | frozenset(made), flags)


def inside(name: str, *made: str, **flags: object) -> Truth:
    return Truth(name, "in-workflow", frozenset(made), frozenset(made), flags)


def aws(name: str, *made: str) -> Truth:
    return Truth(name, "aws-service", frozenset(made), frozenset(made))


def nothing(name: str, verdict: str) -> Truth:
    return Truth(name, verdict)


def unmanaged_by(name: str, *made: str) -> Truth:
    """Return the truth of a change that is only shown where every change counts."""
    return Truth(name, "skip:unmanaged", made=frozenset(made), shown_as="unmanaged")


def updated(
    w: World, thing: Thing, call: Call, who: Who, at: datetime, **more: object
) -> tuple[str, datetime]:
    """Make a call; return the event and when Config captures what it did."""
    event = w.call(who, at, call, thing, **more)
    return event, at + w.lag(thing.kind)


def near(w: World, at: datetime, low: float, high: float) -> datetime:
    return at + timedelta(seconds=w.random.uniform(low, high))
