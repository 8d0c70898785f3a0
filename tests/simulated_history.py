"""A simulated event history of one account and region: what LookupEvents would answer, page by page.

Times are epoch seconds. Background writes follow a rate that is even, or differs from five minutes to five
minutes (lognormal); every change has one write of its own. A hot name is one that is read all the time.
"""

import random
from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, datetime

from iacwatch.core.model import TrailQuery, Window
from iacwatch.trails.lookup_events.state import WRITES, Ask, Page, Seen

PAGE = 50
LOOKBACK, AFTER = 1_200, 6
START = 1_793_000_000
STRETCH = 300
ACCOUNT, REGION = "111122223333", "eu-west-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: where its write lies, and how event history lists it."""

    number: int
    captured: int
    at: int
    kind: str
    names: tuple[str, ...]
    missing: float
    listed: bool = True
    hot_pages: float = 0.0

    @property
    def lo(self) -> int:
        return self.captured - LOOKBACK

    @property
    def hi(self) -> int:
        return self.captured + AFTER

    def query(self, **more) -> TrailQuery:
        window = Window(start=moment(self.lo), end=moment(self.hi))
        return TrailQuery(
            **{
                "account_id": ACCOUNT,
                "region": REGION,
                "window": window,
                "names": self.names,
                "resource_type": self.kind,
                "missing": self.missing,
                **more,
            }
        )


def moment(second: float) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@dataclass(slots=True, kw_only=True)
class History:
    """All writes in time, and the reads of hot names; `calls` counts the pages that were asked for."""

    changes: list[Change]
    writes: list[tuple[int, int]]  # (second, number of the change or -1)
    seconds: list[int] = field(init=False)
    calls: int = 0
    by_name: dict[str, Change] = field(init=False)

    def __post_init__(self) -> None:
        self.writes.sort()
        self.seconds = [second for second, _ in self.writes]
        self.by_name = {name: change for change in self.changes for name in change.names}

    def count(self, lo: int, hi: int) -> int:
        return bisect_left(self.seconds, hi) - bisect_left(self.seconds, lo)

    def answer(self, ask: Ask) -> Page:
        """Answer one request, newest first; a token is the place in the whole answer."""
        self.calls += 1
        done = int(ask.token or 0)
        if ask.lookup == WRITES:
            first, last = bisect_left(self.seconds, ask.lo), bisect_left(self.seconds, ask.hi) - done
            places = range(last - 1, max(first, last - PAGE) - 1, -1)
            rows = [self._row(place) for place in places]
            more = last - PAGE > first
        else:
            found = self._named(ask)
            rows = found[done : done + PAGE]
            more = len(found) > done + PAGE
        return Page(rows=rows, token=str(done + PAGE) if more else None)

    def _row(self, place: int) -> Seen:
        second, number = self.writes[place]
        if number < 0:
            return Seen(event_id=f"w{place}", at=second)
        change = self.changes[number]
        return Seen(
            event_id=f"c{number}",
            at=second,
            names=change.names[:1] if change.listed else (),
            mentions=frozenset(change.names[:1]),
            event=number,
        )

    def _named(self, ask: Ask) -> list[Seen]:
        change = self.by_name.get(ask.lookup.value)
        if ask.lookup.key != "ResourceName" or change is None or ask.lookup.value != change.names[0]:
            return []
        rows = []
        if change.listed and ask.lo <= change.at < ask.hi:
            rows.append(self._row(bisect_left(self.writes, (change.at, change.number))))
        if change.hot_pages:
            gap = (change.hi - change.lo) / (change.hot_pages * PAGE)
            first, last = int(ask.lo / gap) + 1, int(ask.hi / gap)
            rows += [
                Seen(event_id=f"r{change.number}-{tick}", at=int(tick * gap), can_change=False)
                for tick in range(first, last)
            ]
        return sorted(rows, key=lambda row: -row.at)


def history(
    rng: random.Random,
    count: int,
    *,
    shape: str,
    per_second: float,
    uneven: bool = False,
    kinds: tuple[tuple[str, int, float], ...] = (("one-name", 1, 0.0),),
    hot: float = 0.0,
    span: int = 86_400,
) -> History:
    """Make a history with `count` changes.

    `shape`: ``burst`` (1,000 in three minutes, the next thousand an hour later), ``bursts`` (of 50 in a
    minute, anywhere in the span) or ``spread``. `kinds`: (type, names, share of events that list none).
    """
    changes = []
    begins = [START + rng.randrange(span) for _ in range(count // 50 + 1)]
    for number in range(count):
        if shape == "burst":
            captured = START + number // 1_000 * 3_600 + rng.randrange(180)
        elif shape == "bursts":
            captured = begins[number // 50] + rng.randrange(60)
        else:
            captured = START + rng.randrange(span)
        kind, names, missing = kinds[number % len(kinds)]
        lag = rng.randrange(5, 90) if rng.random() < 0.9 else rng.randrange(90, 900)
        changes.append(
            Change(
                number=number,
                captured=captured,
                at=captured - lag,
                kind=kind,
                names=tuple(f"{kind}-{number}-{place}" for place in range(names)),
                missing=missing,
                listed=rng.random() >= missing,
                hot_pages=rng.uniform(20, 80) if rng.random() < hot else 0.0,
            )
        )
    writes = [(change.at, change.number) for change in changes]
    first = min(change.lo for change in changes) // STRETCH
    last = max(change.hi for change in changes) // STRETCH
    needed = {
        stretch
        for change in changes
        for stretch in range(change.lo // STRETCH - 12, change.hi // STRETCH + 13)
    }
    for stretch in range(first, last + 1):
        rate = per_second * (rng.lognormvariate(-0.5, 1.0) if uneven else 1.0)
        if stretch in needed:
            expected = rate * STRETCH
            number = max(0, round(rng.gauss(expected, expected**0.5)))
            writes += [(stretch * STRETCH + int(rng.random() * STRETCH), -1) for _ in range(number)]
    return History(changes=changes, writes=writes)
