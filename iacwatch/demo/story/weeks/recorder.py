"""Weeks as AWS recorded them: calls in event history and items in Config's history, none of it in a queue.

What happens is put on an agenda, in any order, and played in the order of time: an object is at each moment
what all that came before has made of it.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from iacwatch.core.model import Json
from iacwatch.demo.story import documents
from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.calls import ApiCall
from iacwatch.demo.story.recorder import Place, Recorded, Truth, World, odd, recorded
from iacwatch.demo.story.sessions import SessionLog
from iacwatch.demo.story.thing import REGION, Thing

BEGAN: Final = timedelta(days=69, hours=20)
"""How long ago AWS Config was switched on: everything that was there then was discovered."""

_EACH: Final = timedelta(seconds=2)
_SOONEST, _SPREAD = 41, 139
"""Seconds from a call to its capture: the shortest, and by how many they differ."""


class Edit(NamedTuple):
    """How a call turns an object into another state: both are made of the state before."""

    call: Callable[[Thing], ApiCall]
    after: Callable[[Thing], Thing]


class RecordedChange(NamedTuple):
    """One change in Config's history, with its truth. `before` is None where the object is new."""

    thing: Thing
    before: Thing | None
    captured_at: datetime
    truth: Truth
    recorded_in: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Return type, id and capture time, as a report's record writes them."""
        return (self.thing.type, self.thing.id, documents.stamp(self.captured_at))


@dataclass(slots=True, kw_only=True)
class Weeks:
    """The weeks before `now`, as they grow. `states` is how each object is at their end, by place."""

    now: datetime
    changes: list[RecordedChange] = field(default_factory=list)
    events: list[Recorded] = field(default_factory=list)
    items: list[tuple[dict[str, Json], str]] = field(default_factory=list)
    states: dict[Place, Thing] = field(default_factory=dict)
    sessions: SessionLog = field(default_factory=SessionLog)
    _captured: dict[Place, datetime] = field(default_factory=dict)
    _agenda: list[tuple[datetime, Callable[[], None]]] = field(default_factory=list)

    def ago(self, days: int, minutes: int = 0, seconds: int = 0) -> datetime:
        """Return a whole second: so many days before now, and so long after that."""
        moment = self.now - timedelta(days=days) + timedelta(minutes=minutes, seconds=seconds)
        return moment.replace(microsecond=0)

    def begin(self, thing: Thing, *, recorded_in: str = REGION) -> None:
        """Let Config discover an object that was there when it was switched on."""
        if (thing.type, thing.id, recorded_in) in self.states:
            raise ValueError(f"{thing.type} {thing.name or thing.id} was discovered already")
        at = self.now.replace(microsecond=0) - BEGAN + _EACH * len(self.states)
        self._keep(thing, documents.item(thing, odd(at, thing), "ResourceDiscovered"), recorded_in)

    def state(self, thing: Thing, *, recorded_in: str = REGION) -> Thing:
        """Return an object as it is by now."""
        return self.states[thing.type, thing.id, recorded_in]

    def call(self, caller: Caller, call: ApiCall, at: datetime) -> None:
        """Record a call."""
        self.events.extend(recorded(self.sessions, caller, call, at))

    def update(self, after: Thing, at: datetime, truth: Truth, *, recorded_in: str = REGION) -> None:
        """Record that an object is found in another state, at the earliest at `at`."""
        before = self.state(after, recorded_in=recorded_in)
        if before == after:
            raise ValueError(f"{after.type} {after.name or after.id} does not change {self.now - at} ago")
        document = documents.item(after, odd(at, after))
        self._record_change(after, before, document, truth, recorded_in)

    def discover(self, thing: Thing, at: datetime, truth: Truth) -> None:
        """Record that an object is seen for the first time."""
        document = documents.item(thing, odd(at, thing), "ResourceDiscovered")
        self._record_change(thing, None, document, truth, REGION)

    def delete(self, thing: Thing, at: datetime, truth: Truth) -> None:
        """Record that an object is gone: only the item before shows what it was."""
        before = self.state(thing)
        self._record_change(before, before, documents.deleted_item(before, odd(at, before)), truth, REGION)
        del self.states[thing.type, thing.id, REGION]

    # The agenda.

    def then(self, at: datetime, happen: Callable[[], None]) -> None:
        """Put something on the agenda."""
        self._agenda.append((at, happen))

    def edit(
        self,
        at: datetime,
        caller: Caller,
        thing: Thing,
        edit: Edit,
        truth: Truth,
        *,
        lag: int | None = None,
        also_in: str | None = None,
    ) -> None:
        """Put a call on the agenda that changes an object, captured `lag` seconds later.

        `also_in`: a second region whose recorder sees it some seconds afterwards, as Config has it of IAM.
        """

        def happen() -> None:
            before = self.state(thing)
            self.call(caller, edit.call(before), at)
            seen_at = at + timedelta(seconds=self.lag(thing, at) if lag is None else lag)
            self.update(edit.after(before), seen_at, truth)
            if also_in is not None:
                again = Truth(instead="duplicate", story="the same change, recorded in a second region")
                self.update(edit.after(before), seen_at + timedelta(seconds=21), again, recorded_in=also_in)

        self.then(at, happen)

    def creation(self, at: datetime, caller: Caller, thing: Thing, call: ApiCall, truth: Truth) -> None:
        """Put on the agenda that somebody makes an object."""
        made = thing.born(documents.stamp(at)) if thing.created is not None else thing

        def happen() -> None:
            self.call(caller, call, at)
            self.discover(made, at + timedelta(seconds=self.lag(made, at)), truth)

        self.then(at, happen)

    def deletion(
        self, at: datetime, caller: Caller, thing: Thing, call: Callable[[Thing], ApiCall], truth: Truth
    ) -> None:
        """Put on the agenda that somebody deletes an object."""

        def happen() -> None:
            self.call(caller, call(self.state(thing)), at)
            self.delete(thing, at + timedelta(seconds=self.lag(thing, at)), truth)

        self.then(at, happen)

    def play(self) -> None:
        """Let everything happen that is on the agenda."""
        for _, happen in sorted(self._agenda, key=lambda each: each[0]):
            happen()
        self._agenda = []

    def put_into(self, world: World) -> None:
        """Put the weeks into an AWS."""
        for document, recorded_in in self.items:
            world.add_item(document, recorded_in=recorded_in)
        for event in self.events:
            world.add_event(event.document, resource_names=event.listed)

    def lag(self, thing: Thing, at: datetime) -> int:
        """Return the seconds from a call to its capture: the same for the same weeks, and never alike."""
        since = int((self.now - at).total_seconds())
        return _SOONEST + zlib.crc32(f"{thing.id} {since}".encode()) % _SPREAD

    def _record_change(
        self, thing: Thing, before: Thing | None, document: dict[str, Json], truth: Truth, region: str
    ) -> None:
        self._keep(thing, document, region)
        place = (thing.type, thing.id, region)
        self.changes.append(RecordedChange(thing, before, self._captured[place], truth, region))

    def _keep(self, thing: Thing, document: dict[str, Json], region: str) -> None:
        place = (thing.type, thing.id, region)
        captured_at = datetime.fromisoformat(document["configurationItemCaptureTime"])
        if place in self._captured and captured_at <= self._captured[place]:
            raise ValueError(f"{thing.type} {thing.name or thing.id} was captured later already")
        self._captured[place] = captured_at
        self.states[place] = thing
        self.items.append((document, region))
