"""What one account's event history in one region has shown so far, and the words used to ask it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from iacwatch.trails.lookup_events.density import Density
from iacwatch.trails.lookup_events.intervals import Intervals

SETTLED: Final = 45 * 60
"""Seconds after which no event comes late any more: what was fetched then stays true."""

_MOST_REFUSED: Final = 2_000
_MOST_SPANS: Final = 5_000
_MOST_READS: Final = 20_000
"""Spans remembered of one lookup, and lookups of one account and region; those before are asked again."""


class Lookup(NamedTuple):
    """An attribute to look up: ``ResourceName`` or ``EventName``, and its value.

    `reads`: successful reads are wanted as well, which other lookups leave unread.
    """

    key: str
    value: str
    reads: bool = False


WRITES: Final = Lookup("ReadOnly", "false")
"""The sweep: every write, whatever it names."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ask:
    """One request: a page of the events with one attribute in ``[lo, hi)``, newest first.

    `token` goes on with an earlier request of the same attribute and span. `job` is the plan's own.
    """

    lookup: Lookup
    lo: int
    hi: int
    token: str | None
    job: Any = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """One row of a page: epoch second, the names that it lists, every string that it mentions.

    `can_change` is False for reads and failed calls; `wanted` is True for a read that was asked for. `event`
    is whatever the caller wants back. Where the row's record could not be read, `unreadable` is its raw text:
    it may have been anybody's.
    """

    event_id: str
    at: int
    event_name: str = ""
    names: tuple[str, ...] = ()
    can_change: bool = True
    wanted: bool = False
    mentions: frozenset[str] = frozenset()
    event: Any = None
    unreadable: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Page:
    """One answer: rows newest first, and the token of the next page; None at the end."""

    rows: Sequence[Seen]
    token: str | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """A lookup of ``[lo, hi)`` that comes page by page, newest first, and may stop at `floor`.

    Everything from `cursor` on has been read. A sweep asks for more than it needs, since the floor may sink
    later and a token is only good for the span that was asked for. `at` is when its first page was asked for
    (epoch seconds): what came later was not necessarily seen. `tail` are the seconds of rows below `cursor`
    that came along already, `stuck` the pages since it last moved.
    """

    lookup: Lookup
    lo: int
    hi: int
    floor: int
    cursor: int
    token: str | None = None
    at: float | None = None
    busy: bool = False
    pages: int = 0
    rows: int = 0
    restarts: int = 0
    stuck: int = 0
    tail: list[int] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Return whether it has come as far down as it has to."""
        return self.cursor <= self.floor

    def ask(self, at: float) -> Ask:
        """Return the next request, sent at `at`."""
        self.busy = True
        if self.token is None:
            self.at, self.hi = at, self.cursor
        return Ask(lookup=self.lookup, lo=self.lo, hi=self.hi, token=self.token, job=self)

    def take(self, page: Page) -> tuple[int, int]:
        """Take in a page; return the span ``[new cursor, old cursor)`` that it completes."""
        before = self.cursor
        self.busy = False
        self.pages += 1
        self.rows += len(page.rows)
        if page.token is None:
            self.cursor = self.lo
        elif page.rows:
            # More events of that very second may be on the next page.
            self.cursor = min(before, min(row.at for row in page.rows) + 1)
        self.stuck = 0 if self.cursor < before else self.stuck + 1
        self.token = page.token
        return self.cursor, before

    def restart(self) -> None:
        """Begin again below what has been read: the token is no longer good."""
        self.busy, self.token = False, None
        self.restarts += 1


class Read(NamedTuple):
    """A span that was read to the end, and when (epoch seconds)."""

    lo: int
    hi: int
    at: float


class Reads:
    """Which spans were read of one attribute, and when."""

    def __init__(self, reads: Iterable[Read] = ()) -> None:
        """Take reads made before."""
        self.all = list(reads)
        self._usable: dict[float | None, Intervals] = {}

    def add(self, lo: int, hi: int, at: float) -> None:
        """Take in that ``[lo, hi)`` was read, by an answer asked for at `at` or later."""
        if lo >= hi:
            return
        last = self.all[-1] if self.all else None
        if last is not None and last.at == at and lo <= last.hi and hi >= last.lo:
            self.all[-1] = Read(min(lo, last.lo), max(hi, last.hi), at)
        else:
            self.all.append(Read(lo, hi, at))
        for as_of, spans in self._usable.items():
            spans.add(lo, _usable_until(hi, at, as_of))

    def usable(self, as_of: float | None) -> Intervals:
        """Return the seconds whose answers still hold: fetched since `as_of`, or long settled by then.

        The set goes on growing with `add`.
        """
        if as_of not in self._usable:
            self._usable[as_of] = Intervals((lo, _usable_until(hi, at, as_of)) for lo, hi, at in self.all)
        return self._usable[as_of]

    def since(self, edge: int) -> "Reads":
        """Return what of it lies at or after `edge`."""
        return Reads(read._replace(lo=max(read.lo, edge)) for read in self.all if read.hi > edge)


def _usable_until(hi: int, at: float, as_of: float | None) -> int:
    return hi if as_of is None or at >= as_of else min(hi, int(at) - SETTLED)


@dataclass(slots=True, kw_only=True, eq=False)
class Known:
    """The memory of one account and region: events, and which spans were read for which attribute.

    `refused` are calls that failed: they explain nothing, but people want to see that they were looked at.
    """

    events: dict[str, Seen] = field(default_factory=dict)
    refused: dict[str, Seen] = field(default_factory=dict)
    reads: defaultdict[Lookup, Reads] = field(default_factory=lambda: defaultdict(Reads))
    density: Density = field(default_factory=Density)

    def add(self, rows: Iterable[Seen]) -> list[Seen]:
        """Add the rows that can have changed something, or were asked for; return those that are new."""
        new = []
        for row in rows:
            if (row.can_change or row.wanted) and row.event_id not in self.events:
                self.events[row.event_id] = row
                new.append(row)
            elif not row.can_change and row.event is not None and len(self.refused) < _MOST_REFUSED:
                self.refused[row.event_id] = row
        return new

    def forget(self, most: int) -> None:
        """Keep the `most` newest events; what was known of the time before is asked again when needed."""
        edge = None
        self.refused = dict(list(self.refused.items())[-_MOST_REFUSED // 2 :])
        if len(self.events) > most:
            newest = sorted(self.events.values(), key=lambda row: row.at, reverse=True)
            edge = newest[most].at + 1
            self.events = {row.event_id: row for row in newest[:most] if row.at >= edge}
            self.density.forget(edge)
        writes = self.reads.pop(WRITES, Reads())
        lookups = [(WRITES, writes), *list(self.reads.items())[-_MOST_READS:]]
        self.reads = defaultdict(Reads)
        for lookup, reads in lookups:
            # The sets of answers that still hold are made anew: each wave has a time of its own.
            still = Reads(reads.all[-_MOST_SPANS:]) if edge is None else reads.since(edge)
            if still.all:
                self.reads[lookup] = still
