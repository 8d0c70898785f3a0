"""Which records of a log file some queries want: their bytes show it, so that only those are parsed.

What is let through is a superset. A record's time must lie in a query's window, it must not say that it only
reads (unless the query asks for reads), and one of the query's *needles* must stand somewhere in it: of each
name the last run of characters that JSON and URLs leave as they are (of an ARN its tail), or the word by
which CloudTrail says that it left parameters out. A query that wants all writes has the services that can
change such a resource for needles, where that is known; else all in its window is let through.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from typing import Final, Literal

from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.catalog.services import service_of
from iacwatch.core.model import TrailQuery
from iacwatch.storage.awslogs_layout import Place
from iacwatch.trails.coverage import EARLY, LATE, DeliveryTimes
from iacwatch.trails.needle_scanner import Scan, compiled, ends_of, is_coded
from iacwatch.trails.record_splitter import (
    CUT,
    NOT_SHAPE,
    TIME,
    Block,
    UnusualLayout,
    are_whole,
    depth,
    net,
)

SECOND: Final = timedelta(seconds=1)
Needles = tuple[bytes, ...]
ALL: Final[Needles] = (b"",)
"""The empty needle stands in every record."""

MANY: Final[Needles] = (b"many",)
"""Stands for so many that those of all windows are looked up at once."""

_WORTH: Final = 2 * 1024 * 1024
"""Bytes after which it pays to compile the needles into one pattern."""

_HANDFUL: Final = 8
"""Needles that are looked for in a whole file, before it is cut into records."""

_FEW: Final = 48
"""Needles that are looked for one by one; where there are more, a record's words are looked up instead."""

_RUN: Final = re.compile(r"[A-Za-z0-9_.-]+")
WORD: Final = r"\\u[0-9A-Fa-f]{4}|\\.|%[0-9A-Fa-f]{2}|[A-Za-z0-9_.-]+"
"""What a record is made of: runs, as needles are, and what JSON and URLs write for other characters."""

_WORD: Final = re.compile(WORD.encode())

_ESCAPE: Final = re.compile(rb'\\[^"\\/]')
"""What begins a character that JSON writes by letters, which are then no part of the run that follows."""

_APART: Final = bytes(byte if _RUN.fullmatch(chr(byte)) else ord(" ") for byte in range(256))
"""A translation of everything between runs into blanks: splitting is four times as fast as the expression."""

_OMITTED: Final = b"omitted"
"""Stands where CloudTrail left out parameters or an answer: whatever they named, nobody can see."""

_SHORTEST: Final = 2
_READS: Final = b'"readOnly":true'
_SAYS: Final = b'"readOnly":'
_CLOSE: Final = ord("}")
_NEAR: Final = 600
"""Bytes at the end of a record within which it says that it reads, as a rule; else it is parsed."""

_BEFORE: Final = b'"eventID":"'
_BACK: Final = len(_BEFORE) + 36 + len('",')
"""How far before `_READS` the id stands: a mount point of a task may be read-only, too."""


class RecordFilter:
    """The windows and needles of queries about one account and region, or about all of them."""

    def __init__(self, queries: Iterable[TrailQuery], *, among: Collection[TrailQuery] = ()) -> None:
        """Take the queries; those that they are `among` may be looked for in the same pass."""
        self.queries = tuple(queries)
        self.places = {(query.account_id, query.region) for query in self.queries}
        self._edges, self._needles = _steps(self.queries)
        self._readers = _steps([query for query in self.queries if query.reads])
        self.takes_reads = any(query.reads for query in self.queries)
        self._all = frozenset(needle for query in self.queries for needle in needles(query))
        common = [query.window for query in self.queries if any(map(_is_common, needles(query)))]
        self._common = DeliveryTimes(common) if common else None
        self._scanned = frozenset(needle for query in among or self.queries for needle in needles(query))
        self._scan: Scan | Literal[False] | None = None
        self._seen = 0

    def found(self, block: Block, delivered: datetime | None) -> list[bytes]:
        """Return the records of a block that may be wanted, of a file delivered then (None: unknown).

        Raises `UnusualLayout` where the block is not made of whole records.
        """
        scan = self._scanner(len(block.text), delivered)
        if scan is None:
            return self.picked(block.text.split(CUT))
        hits = scan(block.text)
        if not block.alone:
            bodies = block.text.split(CUT)
        elif hits:
            # What precedes a record shows whether it is one, and no part of another.
            end = block.text.find(CUT, hits[-1])
            bodies = (block.text if end < 0 else block.text[:end]).split(CUT)
        else:
            return []
        if not are_whole(bodies):
            raise UnusualLayout
        starts = list(accumulate((len(body) + len(CUT) for body in bodies), initial=0))
        return self.picked(
            [bodies[number] for number in sorted({bisect_left(starts, at) - 1 for at in hits})]
        )

    def picked(self, bodies: Sequence[bytes]) -> list[bytes]:
        """Return those records (as `record_splitter.bodies` gives them) that may be wanted.

        Raises `UnusualLayout` where one is none, or does not say its time where CloudTrail does.
        """
        edges, steps = self._edges, self._needles
        picked = []
        for body in bodies:
            at = body.find(TIME)
            head, rest = body[:at], body[at:]
            if at < 0 or body[-1] != _CLOSE or (depth(head.translate(None, NOT_SHAPE)) and net(head)):
                raise UnusualLayout
            # Another way of writing times: parse and see.
            wanted = ALL if rest[32:33] != b"Z" else steps[bisect_right(edges, rest[13:32])]
            said = _reading(rest) if wanted else -1
            if said < 0:
                if depth(rest.translate(None, NOT_SHAPE)) != -1 and net(rest) != -1:
                    raise UnusualLayout
            else:
                if depth(rest[:said].translate(None, NOT_SHAPE)) and net(rest[:said]):
                    raise UnusualLayout
                wanted = self._of_reads(rest[13:32]) if self.takes_reads else ()
            if wanted and self._stands(body, wanted):
                picked.append(body)
        return picked

    def _stands(self, body: bytes, wanted: Needles) -> bool:
        """Return whether a needle stands in a record, or may."""
        if wanted is MANY:
            if not self._all.isdisjoint(_words(body)):
                return True
        else:
            for needle in wanted:
                if needle in body:
                    return True
        return is_coded(body)

    def _scanner(self, size: int, delivered: datetime | None) -> Scan | None:
        """Return what finds the names in a block of so many bytes; None: looking at each record is better."""
        if self._common is not None and (delivered is None or delivered in self._common):
            return None
        self._seen += size
        if self._scan is None and self._seen >= _WORTH:
            self._scan = compiled(frozenset(needle for needle in self._scanned if not _is_common(needle)))
        return self._scan or self._one_by_one(delivered)

    def _one_by_one(self, delivered: datetime | None) -> Scan | None:
        """Return what looks for each needle of a file's time in turn, where they are a handful."""
        if delivered is None:
            return None
        first, last = (bisect_right(self._edges, _edge(at)) for at in (delivered - LATE, delivered + EARLY))
        needles = {needle for step in self._needles[first : last + 1] for needle in step}
        if len(needles) > _HANDFUL or not needles.isdisjoint((*ALL, *MANY)):
            return None
        return partial(ends_of, needles)

    def _of_reads(self, second: bytes) -> Needles:
        """Return what a record that only reads has to hold to be wanted, by its time."""
        edges, steps = self._readers
        return steps[bisect_right(edges, second)]

    def wants(self, moment: datetime, text: str) -> bool:
        """Return whether a record of any layout may be wanted, by its time and its JSON text."""
        wanted = self._needles[bisect_right(self._edges, _edge(moment))]
        return bool(wanted) and self._stands(text.encode("utf-8", "replace"), wanted)

    def concerned(self, place: Place | None, moment: datetime | None, text: str) -> list[TrailQuery]:
        """Return the queries that a record which cannot be read may concern, as far as is known of it."""
        return [
            query
            for query in self.queries
            if place in {None, (query.account_id, query.region)}
            and (moment is None or query.window.start <= moment < query.window.end)
            and (not query.names or any(needle.decode() in text for needle in _of_names(query.names)))
        ]


def needles(query: TrailQuery) -> Needles:
    """Return what a record has to hold to be wanted by a query: one of these."""
    if query.reads and query.names:
        return _of_names(query.names)
    named = (*_of_names(query.names), *(name.encode() for name in query.event_names), _OMITTED)
    if query.names and not (
        query.thorough or query.missing > 0 or service_of(query.resource_type).folds_case
    ):
        return named
    facts = facts_of(query.resource_type)
    if facts.derived:
        return ALL
    # A call of another service changes no such resource, but for the tag editor's.
    services = (*facts.sources, "tagging")
    return (*named, *(f"{service}.amazonaws.com".encode() for service in services))


def _is_common(needle: bytes) -> bool:
    """Return whether a needle stands in so many records that looking for it first saves nothing."""
    return not needle or needle.endswith(b".amazonaws.com")


def _words(text: bytes) -> list[bytes]:
    """Return the runs of a record, among others."""
    if b"%" in text or (b"\\" in text and _ESCAPE.search(text)):
        return _WORD.findall(text)
    return text.translate(_APART).split()


def _of_names(names: Iterable[str]) -> Needles:
    found = []
    for name in names:
        runs = _RUN.findall(name)
        if not runs or len(runs[-1]) < _SHORTEST:
            return ALL
        found.append(runs[-1].encode())
    return tuple(dict.fromkeys(found))


def _reading(rest: bytes) -> int:
    """Return where a record says that it only reads, as CloudTrail does, behind the id; -1 where it does not.

    `rest` is the record from its time on. What is said of something within the record does not count.
    """
    at = rest.rfind(_READS, -_NEAR)
    if at < _BACK or rest[at - _BACK : at - _BACK + len(_BEFORE)] != _BEFORE:
        return -1
    end = rest[at:]
    is_own = depth(end.translate(None, NOT_SHAPE)) == -1 and _SAYS not in end[1:]
    return at if is_own else -1


def _steps(queries: Sequence[TrailQuery]) -> tuple[list[bytes], list[Needles]]:
    """Return the edges of all windows, sorted, and the needles from each to the next (first: before all)."""
    changes: dict[datetime, list[tuple[int, Needles]]] = defaultdict(list)
    for query in queries:
        start, end = _second(query.window.start), _second(query.window.end)
        if start < end:
            wanted = needles(query)
            changes[start].append((1, wanted))
            changes[end].append((-1, wanted))
    edges: list[bytes] = []
    steps: list[Needles] = [()]
    active: Counter[bytes] = Counter()
    for at in sorted(changes):
        for count, wanted in changes[at]:
            for needle in wanted:
                active[needle] += count
                if not active[needle]:
                    del active[needle]
        edges.append(_edge(at))
        few = MANY if len(active) > _FEW else tuple(active)
        steps.append(ALL if b"" in active else few)
    return edges, steps


def _second(moment: datetime) -> datetime:
    """Return the first whole second that is not before a moment: events have whole seconds."""
    whole = moment.replace(microsecond=0)
    return whole if whole == moment else whole + SECOND


def _edge(moment: datetime) -> bytes:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
