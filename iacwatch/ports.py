"""The seams: what the road asks of an adapter, and the records that cross.

Each seam has laws, in ``tests/laws``, which every implementation keeps.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol, runtime_checkable

from iacwatch.core.iac import Indexed, IndexedRow, StackMetadata, StackResource, StateHead, StateRows
from iacwatch.core.model import Finding, Item, ItemQuery, Resource, TrailEvent, TrailQuery, Window
from iacwatch.core.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why something could not be fetched or delivered, as a sentence for people.

    "Could not look" is never "nothing there". `unknown` is True where it may have happened all the same
    (a time-out after sending). `beyond`: a trail does not hold the time, or the account and region, that was
    asked about, so that another trail may be asked; whatever went wrong on the way is not beyond it.
    `denied`: we may not look there, nor would we a second time.
    """

    reason: str
    unknown: bool = False
    beyond: bool = False
    denied: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Delivery:
    """One document as it arrived.

    `noun` is what people call such a thing, `id` which one it is.
    `document` is the text (or the parsed JSON) of the message; `receipt` belongs to the source alone.
    `receives` counts how often it was received, this time included; `max_receives` is how many the
    queue's redrive policy allows before it goes to the dead-letter queue (None: no such policy). `sent_at`
    is when it was first sent, `given_up_by` the ARN of the queue whose dead letter it is ("": none known).
    `previous_document` is the CI before, where the source has it at hand (history); `previous_known` says
    that the source looked for one, so that None then means that there is none.
    """

    id: str
    document: str | Mapping[str, Any]
    receipt: Any = None
    receives: int = 1
    max_receives: int | None = None
    previous_document: str | Mapping[str, Any] | None = None
    previous_known: bool = False
    sent_at: datetime | None = None
    given_up_by: str = ""
    noun: str = "message"


class Clock(Protocol):
    """The time, and the only place where adapters and the pipeline wait."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        ...

    def sleep(self, span: timedelta) -> None:
        """Wait; raise `errors.Stopping` as soon as the run has to end."""
        ...


class Progress(Protocol):
    """Reports how far a run has come; any thread calls it, and often: it costs next to nothing."""

    def __call__(self, phase: str, done: int, total: int | None = None, note: str = "") -> None:
        """Report that `done` of `total` (None: nobody knows) steps of a phase are done.

        `note` says what is waited for ("lookups, 10 s left"). Several phases may be open at
        once; one is over when `done` reaches `total`.
        """
        ...


def silent(phase: str, done: int, total: int | None = None, note: str = "") -> None:
    """Report nothing: a `Progress`."""
    del phase, done, total, note


class ChangeSource(Protocol):
    """Where changes come from."""

    def waves(self) -> Generator[Sequence[Delivery], None, None]:
        """Yield waves of deliveries: at most 1,000, or 64 MB each; end when there are no more.

        The source keeps them from other runs (visibility, lease) until they are settled. Closing the
        generator gives back what is not.
        """
        ...

    def settle(self, done: Sequence[tuple[Delivery, Outcome]]) -> None:
        """Do what each outcome asks for: delete, come back at a time, or leave for redrive."""
        ...


class QueueSource(ChangeSource, Protocol):
    """A source whose changes are lent: who does not take them gives them back."""

    def give_back(self) -> None:
        """Show others at once what is not settled: whoever works on it hangs. Any thread may call this."""
        ...


class PastSource(ChangeSource, Protocol):
    """A source of past changes: it is read whole, and knows what it could not see."""

    def finish(self) -> None:
        """Delete what would let an interrupted run go on: everything is done."""
        ...

    def close(self) -> None:
        """Release what is stored, so that another run can go on with it."""
        ...

    @property
    def failures(self) -> Sequence[str]:
        """Return a sentence for each thing that should have been looked at and could not be."""
        ...

    @property
    def gaps(self) -> Sequence[str]:
        """Return, in words, what such a source cannot see, or could not this time."""
        ...

    @property
    def work(self) -> Mapping[str, int]:
        """Return what reading it took (calls, files, resources), by name."""
        ...


class ItemStore(Protocol):
    """Where configuration items of the past can be had."""

    def fetch(self, asks: Sequence[ItemQuery]) -> Mapping[ItemQuery, Item | None | Failure]:
        """Answer every ask: the item, None where there is none, or why it could not be looked up."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Collected:
    """What a trail answered.

    `events` is a superset of what was asked for, each event once, in any order. `failures` holds the
    queries that could not be answered in full. `calls` counts requests sent, throttled ones included.
    `tried` says in words, query by query, what was looked up. `unanswered` holds the queries that it was too
    early to answer: asked again, they are gone on with. `answered_by` names, query by query, which of several
    trails answered; it is empty where there is one. `scanned` counts the bytes that were paid for (Athena).
    """

    events: tuple[TrailEvent, ...]
    failures: Mapping[TrailQuery, Failure] = field(default_factory=dict)
    calls: int = 0
    tried: Mapping[TrailQuery, tuple[str, ...]] = field(default_factory=dict)
    unanswered: frozenset[TrailQuery] = frozenset()
    answered_by: Mapping[TrailQuery, str] = field(default_factory=dict)
    scanned: int = 0


class TrailSource(Protocol):
    """Where trail events come from."""

    def reach(self, account_id: str, region: str, *, now: datetime) -> Window:
        """Return the span that this trail can answer for."""
        ...

    def collect(self, queries: Sequence[TrailQuery]) -> Collected:
        """Fetch what the queries ask for, as cheaply as can be; plan over all of them together."""
        ...


RETENTION: Final = timedelta(days=400)
"""How long a ledger remembers: longer than any queue or trail holds what could report a change again."""


class Claim(StrEnum):
    """What came of asking for an id."""

    GRANTED = "granted"
    HELD = "held"
    REPORTED = "reported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The right to report one id, until the lease ends; `token` is this claim's own."""

    id: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The answer to a claim: `grant` is set where it was granted, `until` where another run holds it."""

    claim: Claim
    grant: Grant | None = None
    until: datetime | None = None


class Ledger(Protocol):
    """What was reported. Ids are finding ids and cause keys; all laws hold for each id alone."""

    def reported(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those that were completed."""
        ...

    def claim(self, ids: Sequence[str], *, now: datetime, lease: timedelta) -> Mapping[str, Claimed]:
        """Claim each id until ``now + lease``; of two claims at once exactly one is granted."""
        ...

    def complete(self, grants: Sequence[Grant], *, now: datetime) -> None:
        """Record as reported what is still ours; a grant that was lost completes nothing."""
        ...

    def release(self, grants: Sequence[Grant]) -> None:
        """Give up the claims that are still ours, so that others may claim at once."""
        ...


class Notes(Protocol):
    """Short texts by key that runs and functions share: who opened a session, where a message stands.

    They lie beside the ledger, in the same store. A note is a help, never a promise: it may be gone early.
    Whatever its characters, a text may have some 380 KB as gzip, a key any length. Everything raises
    `IacwatchError` where the store fails, where a text is larger, or where what is read is no note.
    """

    def read(self, keys: Sequence[str], *, now: datetime) -> Mapping[str, str]:
        """Return the notes that there are and that have not expired, by key."""
        ...

    def write(self, notes: Mapping[str, str], *, now: datetime, expires_at: datetime) -> None:
        """Write notes whatever stood there before."""
        ...

    def swap(
        self, key: str, *, seen: str | None, new: str, now: datetime, expires_at: datetime
    ) -> str | None:
        """Write a note where it still says what was `seen` (None: nothing, or it has expired).

        Return what it says then: `new` where the write went through, else what another writer wrote.
        """
        ...


class AddressBook(Protocol):
    """What the states of a company's IaC hold, by resource."""

    def find(self, resources: Sequence[Resource], *, now: datetime) -> Mapping[Resource, Indexed | Failure]:
        """Answer for every resource, with one call for each 25; a store that fails is a `Failure` of each."""
        ...


class StackBook(Protocol):
    """What CloudFormation's stacks say of their resources."""

    def metadata(self, resources: Sequence[StackResource]) -> Mapping[StackResource, StackMetadata]:
        """Return what is known of resources, which may be of none: it is a help, and nothing waits for it."""
        ...


class Replaced(StrEnum):
    """What came of putting a state into an index.

    `OLDER`: the index has a newer serial of the same lineage (of a plan: a later one); nothing was changed.
    `RECREATED`: it is in, and what the index had before was another state, by its lineage.
    """

    WRITTEN = "written"
    RECREATED = "recreated"
    OLDER = "older"


class AddressIndex(AddressBook, Protocol):
    """An address book that can be written, searched and counted.

    Everything but `find` raises `IacwatchError` where the store fails. Rows that are gone for 30 days are not
    answered any more.
    """

    def replace(self, state: StateRows, *, now: datetime) -> Replaced:
        """Put a state's rows in the place of what the index has of the same `place`, all at once.

        What is no longer there is gone from `now` on.
        """
        ...

    def drop(self, places: Sequence[str], *, now: datetime) -> None:
        """Let all rows of states be gone: the states are no longer there."""
        ...

    def states(self) -> Sequence[StateHead]:
        """Return every state and plan that the index holds, by place; not those that were dropped."""
        ...

    def search(self, text: str, *, now: datetime) -> Sequence[IndexedRow]:
        """Return the rows whose id, ARN, address or name in the code is exactly `text`, in a fixed order."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A finding reached its destination; `detail` says where (a channel, a message's timestamp)."""

    detail: str = ""


@runtime_checkable
class Noticing(Protocol):
    """A sink that has work to do after a wave's reports, and wants to know of what is not reported.

    What is not reported may put back what was.
    """

    def notice(self, unreported: Sequence[Finding]) -> None:
        """Take in a wave's findings that are not reported, if any; what fails here holds nothing up."""
        ...


class Sink(Protocol):
    """Where findings go.

    `deferred_close`: what it was given is only delivered when `close` returns, so that the run settles at its
    end.
    """

    deferred_close: bool

    @property
    def remembered(self) -> str | bool:
        """Return the name under which the ledger remembers what it reported, and which is not repeated.

        False of what shows everything it is given (a table, a file).
        """
        ...

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Report the findings; answer for each finding id."""
        ...

    def close(self) -> None:
        """Finish; raise `errors.DeliveryError` where something could not be delivered."""
        ...
