"""The SQL that asks CloudTrail's table for many windows at once, and for what times it has records at all.

Athena is paid by what it reads, and cannot read less of a file than all: so the days, accounts and regions
that are asked about are joined in as few statements as can be, each of which reads every part once.

All values are literals of closed alphabets (12 digits, a region's name, a time, a run of `[A-Za-z0-9_.-]`):
Athena's execution parameters are SQL expressions themselves and need the same care. No text that a stranger
chose freely is ever part of a statement.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from iacwatch.aws.cloudtrail_partitions import PartitionKey, Partitions, partitions, values
from iacwatch.aws.cloudtrail_table import CloudTrailTable
from iacwatch.core.model import TrailQuery
from iacwatch.errors import ParseError
from iacwatch.storage.awslogs_layout import Place
from iacwatch.trails.athena.columns import Column, columns, quoted, searched
from iacwatch.trails.record_filter import ALL, WORD, needles

MOST_PLACES: Final = 40
"""Accounts and regions that a statement asks for each with its own times."""

_MOST_SPANS: Final = 60
"""Spans of one statement: an engine's expressions must not become too long."""

_WRITES: Final = """("readonly" IS NULL OR lower(CAST("readonly" AS varchar)) <> 'true')"""
_LITERAL: Final = re.compile(r"[A-Za-z0-9_.:/-]+")
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time that is asked about, and the words of which a record must hold one (`ALL`: none).

    `reads`: of calls that only read as well.
    """

    start: datetime
    end: datetime
    words: frozenset[bytes]
    reads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The table that is asked: its name as SQL has it, what it declares, how it is cut, what is asked for."""

    source: str
    table: CloudTrailTable
    cut: Partitions
    columns: tuple[Column, ...]


def target(source: str, table: CloudTrailTable) -> Target:
    """Return what statements about a table, named as SQL names it, are made of."""
    return Target(source=source, table=table, cut=partitions(table), columns=columns(table))


def writes(target: Target, queries: Sequence[TrailQuery], days: Sequence[date], *, every: bool) -> str:
    """Return the statement for the calls that some queries want, mostly writes: a superset of them.

    `every`: for all of their times, whatever they name.
    """
    spans, named = _spans(queries, every=every), searched(target.table)
    asked = ", ".join(f'{column.sql} AS "{column.alias}"' for column in target.columns)
    where = [
        *_parts(target.cut, days, spans),
        # An error code is a word; what is none is shown, and then it is a record that nobody can read.
        '("errorcode" IS NULL OR NOT regexp_like("errorcode", \'^[A-Za-z0-9]\'))',
        _places(spans, named),
    ]
    return f"SELECT {asked} FROM {target.source} WHERE {' AND '.join(where)}"  # noqa: S608  (literals: see above)


def covered(target: Target, places: Sequence[Place], days: Sequence[date]) -> str:
    """Return the statement for the first and the last record of each account, region and day there is."""
    accounts = _in('"recipientaccountid"', sorted({account for account, _ in places}))
    where = " AND ".join((*_parts(target.cut, days, places), accounts))
    names = '"recipientaccountid", "awsregion", substr("eventtime", 1, 10)'
    ends = 'min("eventtime") AS "first", max("eventtime") AS "last"'
    return f"SELECT {names}, {ends} FROM {target.source} WHERE {where} GROUP BY {names}"  # noqa: S608  (the same)


def literal(value: str) -> str:
    """Return a value as SQL takes it; raise `ParseError` where it holds what no such value holds."""
    if not _LITERAL.fullmatch(value):
        raise ParseError("a name that cannot be part of a query")
    return f"'{value}'"


def second(moment: datetime) -> str:
    """Return the first whole second that is not before a moment; without a zone parts of seconds compare."""
    whole = moment.replace(microsecond=0)
    return f"{(whole if whole == moment else whole + _SECOND).astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _spans(queries: Sequence[TrailQuery], *, every: bool) -> dict[Place, list[Span]]:
    """Return what is asked about by place: windows that overlap are joined, near ones where they are many."""
    found: dict[Place, list[Span]] = defaultdict(list)
    for query in queries:
        window, words = query.window, ALL if every else needles(query)
        if window.start < window.end:
            span = Span(start=window.start, end=window.end, words=frozenset(words), reads=query.reads)
            found[query.account_id, query.region].append(span)
    return _few(found)


def _few(spans: Mapping[Place, list[Span]]) -> dict[Place, list[Span]]:
    """Join spans of each place, the further apart the more there are."""
    gap = timedelta(0)
    joined = {place: _joined(there, gap) for place, there in spans.items()}
    while sum(map(len, joined.values())) > max(_MOST_SPANS, len(joined)):
        gap = max(2 * gap, timedelta(minutes=1))
        joined = {place: _joined(there, gap) for place, there in joined.items()}
    return joined


def _joined(spans: Sequence[Span], gap: timedelta) -> list[Span]:
    made: list[Span] = []
    words: list[set[bytes]] = []
    for span in sorted(spans, key=lambda each: (each.reads, each.start, each.end)):
        if made and span.reads is made[-1].reads and span.start <= made[-1].end + gap:
            made[-1] = replace(made[-1], end=max(made[-1].end, span.end))
            words[-1] |= span.words
        else:
            made.append(span)
            words.append(set(span.words))
    return [
        replace(span, words=frozenset(ALL if {*ALL} & theirs else theirs))
        for span, theirs in zip(made, words, strict=True)
    ]


def _places(spans: Mapping[Place, list[Span]], searched_text: str) -> str:
    """Return the condition for all places: each with its times, or where they are many all with all times."""
    if len(spans) <= MOST_PLACES:
        return _any(_place(place, there, searched_text) for place, there in spans.items())
    (together,) = _few({("", ""): [span for there in spans.values() for span in there]}).values()
    accounts = _in('"recipientaccountid"', sorted({account for account, _ in spans}))
    regions = _in('"awsregion"', sorted({region for _, region in spans}))
    return f"({accounts} AND {regions} AND {_any(_span(span, searched_text) for span in together)})"


def _place(place: Place, spans: Sequence[Span], searched_text: str) -> str:
    account, region = place
    times = _any(_span(span, searched_text) for span in spans)
    return f'("recipientaccountid" = {literal(account)} AND "awsregion" = {literal(region)} AND {times})'


def _span(span: Span, searched_text: str) -> str:
    condition = f"\"eventtime\" >= '{second(span.start)}' AND \"eventtime\" < '{second(span.end)}'"
    if not {*ALL} & span.words:
        words = ", ".join(literal(word.decode()) for word in sorted(span.words))
        condition += f" AND arrays_overlap(regexp_extract_all({searched_text}, '{WORD}'), ARRAY[{words}])"
    return f"({condition})" if span.reads else f"({condition} AND {_WRITES})"


def _parts(cut: Partitions, days: Sequence[date], places: Iterable[Place]) -> Iterator[str]:
    """Yield the conditions by which Athena knows which files it need not read."""
    if cut.date is not None:
        if cut.date.shape.kind == "date":
            yield f"{quoted(cut.date.name)} IN ({', '.join(f'DATE {literal(str(day))}' for day in days)})"
        elif cut.hourly:
            yield _any(_hours(cut.date, cut.formats, days))
        else:
            yield _in(quoted(cut.date.name), values(cut.formats, days))
    elif cut.parts:
        yield _any(_calendar(cut, days))
    if cut.account is not None:
        yield _key(cut.account, sorted({account for account, _ in places}))
    if cut.region is not None:
        yield _key(cut.region, sorted({region for _, region in places}))


def _hours(key: PartitionKey, formats: Sequence[str], days: Sequence[date]) -> Iterator[str]:
    """Yield a condition for each run of days: their hours one by one would be too many."""
    for run in _runs(days):
        hours = values(formats, run)
        yield f"{quoted(key.name)} BETWEEN {literal(hours[0])} AND {literal(hours[-1])}"


def _runs(days: Sequence[date]) -> Iterator[list[date]]:
    run: list[date] = []
    for day in sorted(days):
        if run and day - run[-1] > timedelta(days=1):
            yield run
            run = []
        run.append(day)
    yield run


def _calendar(cut: Partitions, days: Sequence[date]) -> Iterator[str]:
    """Yield a condition for each day, or month, by keys of their own, however their numbers are written."""
    wanted = {tuple(getattr(day, name) for name in cut.parts): None for day in days}
    for numbers in wanted:
        parts = []
        for key, number in zip(cut.parts.values(), numbers, strict=True):
            spelled = [str(number)] if key.number else list(dict.fromkeys((str(number), f"{number:02d}")))
            parts.append(_key(key, spelled))
        yield f"({' AND '.join(parts)})"


def _key(key: PartitionKey, texts: Sequence[str]) -> str:
    if key.number:
        numbers = ", ".join(str(int(text)) for text in texts)
        return f"{quoted(key.name)} IN ({numbers})"
    return _in(quoted(key.name), texts)


def _in(name: str, texts: Sequence[str]) -> str:
    return f"{name} IN ({', '.join(map(literal, texts))})"


def _any(conditions: Iterable[str]) -> str:
    return f"({' OR '.join(conditions)})"
