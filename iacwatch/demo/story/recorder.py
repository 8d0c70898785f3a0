"""A day as AWS recorded it: changes in the queue, calls in event history, items in Config's history.

Beside each change stands what it really was, so that a test can hold every verdict against it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from iacwatch.core.model import Json, Verdict
from iacwatch.demo.story import documents
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.calls import ApiCall, Listed, record
from iacwatch.demo.story.sessions import SessionLog
from iacwatch.demo.story.thing import REGION, Thing

_SENT_AFTER = timedelta(seconds=1)
_LAST_WEEK = timedelta(days=3, hours=5)

Place = tuple[str, str, str]
"""An object's type and id, and the region of the recorder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What really happened.

    `verdict` and `actor` are what a report must say; `verdict` is None where there is nothing to report,
    and `instead` says why: ``unmanaged``, ``no-change``, ``duplicate``, ``unreadable``. `late`: its trail
    event is not there yet when the day is first looked at. `story` is a line for people.
    """

    verdict: Verdict | None = None
    actor: str | None = None
    instead: str = ""
    late: bool = False
    story: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One message in the queue, with its truth. `thing` and `captured_at` are None in an unreadable one."""

    body: str
    sent_at: datetime
    truth: Truth
    thing: Thing | None = None
    captured_at: datetime | None = None
    receives: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        """Return type, id and capture time, as a report's record writes them."""
        if self.thing is None or self.captured_at is None:
            return ("", "", "")
        return (self.thing.type, self.thing.id, documents.stamp(self.captured_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One record in event history, with what is listed beside it, and since when it is there."""

    document: Mapping[str, Json]
    listed: Listed
    delivered_at: datetime | None = None


def recorded(
    sessions: SessionLog, caller: Caller, call: ApiCall, at: datetime, *, delivered_at: datetime | None = None
) -> Iterator[Recorded]:
    """Yield a call's record, behind those of the calls that opened the sessions which it was made in."""
    session, opening = sessions.of(caller, at)
    if opening is not None and session.opened_by is not None and session.began is not None:
        yield from recorded(sessions, session.opened_by, opening, session.began)
    yield Recorded(document=record(call, session, at), listed=call.listed, delivered_at=delivered_at)


class World(Protocol):
    """Where a day is put: `server.FakeAws` is one."""

    def send(self, queue_url: str, body: str, *, receives: int = 0, sent_at: datetime | None = None) -> str:
        """Put a message into a queue."""
        ...

    def add_event(
        self,
        record: Mapping[str, Json],
        *,
        resource_names: Listed = (),
        delivered_at: datetime | None = None,
    ) -> None:
        """Put a record into event history."""
        ...

    def add_item(self, document: Mapping[str, Json], *, recorded_in: str | None = None) -> None:
        """Put a CI into Config's history."""
        ...


@dataclass(slots=True, kw_only=True)
class Day:
    """The day up to `now`, as it grows: give it what was called and what changed, in the order of time.

    `states` is how each object is by now; what it holds at first is known to Config's history already.
    """

    now: datetime
    arrivals: list[Arrival] = field(default_factory=list)
    events: list[Recorded] = field(default_factory=list)
    items: list[tuple[Mapping[str, Json], str]] = field(default_factory=list)
    states: dict[Place, Thing] = field(default_factory=dict)
    sessions: SessionLog = field(default_factory=SessionLog)

    def ago(self, *, hours: int = 0, minutes: int = 0, seconds: int = 0) -> datetime:
        """Return a whole second so long before now."""
        moment = self.now - timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return moment.replace(microsecond=0)

    def state(self, thing: Thing, *, recorded_in: str = REGION) -> Thing:
        """Return an object as it is by now; its first sight puts an item of last week into the history."""
        place = (thing.type, thing.id, recorded_in)
        if place not in self.states:
            self.states[place] = thing
            self.items.append((documents.item(thing, self.now - _LAST_WEEK), recorded_in))
        return self.states[place]

    def call(
        self, caller: Caller, call: ApiCall, at: datetime, *, delivered_at: datetime | None = None
    ) -> None:
        """Record a call; event history shows it from `delivered_at` on."""
        self.events.extend(recorded(self.sessions, caller, call, at, delivered_at=delivered_at))

    def update(
        self, after: Thing, at: datetime, truth: Truth, *, recorded_in: str = REGION, oversized: bool = False
    ) -> None:
        """Record that an object is found in another state; `oversized`: too large for a notification."""
        before = self.state(after, recorded_in=recorded_in)
        document = documents.item(after, odd(at, after))
        if oversized:
            detail = documents.oversized(document, "UPDATE")
        else:
            detail = documents.notification(document, documents.diff(before, after))
        self._arrive(after, document, detail, truth, recorded_in)

    def discover(self, thing: Thing, at: datetime, truth: Truth) -> None:
        """Record that an object is seen for the first time."""
        document = documents.item(thing, odd(at, thing), "ResourceDiscovered")
        detail = documents.notification(document, documents.diff(None, thing))
        self._arrive(thing, document, detail, truth, REGION)

    def delete(self, thing: Thing, at: datetime, truth: Truth) -> None:
        """Record that an object is gone: only the diff, or the item before, shows what it was."""
        before = self.state(thing)
        document = documents.deleted_item(before, odd(at, thing))
        detail = documents.notification(document, documents.diff(before, None))
        self._arrive(before, document, detail, truth, REGION)

    def garble(self, body: str, at: datetime, truth: Truth, *, receives: int) -> None:
        """Put a message into the queue that nobody can read, received so often already."""
        self.arrivals.append(Arrival(body=body, sent_at=at, truth=truth, receives=receives))

    def put_into(self, world: World, queue_url: str) -> None:
        """Put the whole day into an AWS."""
        for document, recorded_in in self.items:
            world.add_item(document, recorded_in=recorded_in)
        for event in self.events:
            world.add_event(event.document, resource_names=event.listed, delivered_at=event.delivered_at)
        for arrival in sorted(self.arrivals, key=lambda each: each.sent_at):
            world.send(queue_url, arrival.body, receives=arrival.receives, sent_at=arrival.sent_at)

    def _arrive(
        self, thing: Thing, document: dict[str, Json], detail: Mapping[str, Json], truth: Truth, region: str
    ) -> None:
        captured_at = datetime.fromisoformat(document["configurationItemCaptureTime"])
        self.states[thing.type, thing.id, region] = thing
        self.items.append((document, region))
        self.arrivals.append(
            Arrival(
                body=documents.envelope(detail, thing.arn, region),
                sent_at=captured_at + _SENT_AFTER,
                truth=truth,
                thing=thing,
                captured_at=captured_at,
            )
        )


def odd(at: datetime, thing: Thing) -> datetime:
    """Return a capture time with milliseconds, as Config's have, always the same for the same object."""
    return at.replace(microsecond=(sum(thing.id.encode()) * 7 % 1000) * 1000)
