"""What `iacwatch address` writes: states and rows, as a table, a line each, or a JSON object a line."""

import logging
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from iacwatch.app.address.add import Added
from iacwatch.app.address.scan import FAILED, GONE, PASSED_OVER, UNCHANGED, Scan, ScannedState
from iacwatch.cli import logs
from iacwatch.cli.console import console
from iacwatch.cli.global_options import GlobalOptions
from iacwatch.core.iac import PLAN, IndexedRow, StateHead, StateRows
from iacwatch.core.model import Json
from iacwatch.core.present.address import facts
from iacwatch.core.present.address_row import as_address, row_record, state_record
from iacwatch.core.present.sentence import said
from iacwatch.core.text import age, json_line, plain
from iacwatch.ports import Replaced

_LONGEST: Final = 400


def write_json(record: dict[str, Json]) -> None:
    """Write one record as a line on stdout, at once."""
    sys.stdout.write(f"{json_line(record)}\n")
    sys.stdout.flush()


def write_row(indexed: IndexedRow) -> None:
    """Write a row as JSON."""
    write_json(row_record(indexed))


def write_state(state: StateRows) -> None:
    """Write a state and each of its rows as JSON."""
    write_json(state_record(state.head))
    for row in state.rows:
        write_row(IndexedRow(row=row, head=state.head))


def added(done: Added) -> dict[str, Json]:
    """Return the record of a state that was handed over: what is known of it, and what came of it."""
    return _with_outcome(
        done.state.head, str(done.replaced or "ignored"), len(done.state.rows), done.state.dropped
    )


def scanned(done: ScannedState) -> dict[str, Json]:
    """Return the record of a state that a scan came upon."""
    return _with_outcome(done.head, done.result, done.rows, done.dropped, done.why)


def said_of(done: Added) -> Iterator[tuple[int, str]]:
    """Yield what is to be said of a state that was handed over: each with the level of its log entry."""
    state, name = done.state, _name(done.state.head)
    noun = "plan" if state.head.planned_at else "state"
    if not done.proposes:
        why = "only refreshes, or has no object of AWS: it says nothing of an apply, and is not kept"
        yield logging.WARNING, f"the plan of {name} {why}"
        return
    if done.replaced is Replaced.OLDER:
        which = "the plan" if state.head.planned_at else f"serial {state.head.serial}"
        yield logs.NOTICE, f"{which} of {name} is older than what the index has: left as it is"
        return
    if done.replaced is Replaced.RECREATED:
        sentence = f"{name} was another {noun} until now, by its lineage"
        yield logging.WARNING, f"{sentence}; if these are two stacks, give each a --stack of its own"
    if not state.rows:
        yield logging.WARNING, f"the {noun} of {name} holds no object of AWS"
    if state.dropped:
        yield logging.WARNING, f"{_count(state.dropped, 'instance')} left out: its address cannot be read"
    whose = f"the plan of {name}" if state.head.planned_at else name
    would = "kept" if done.replaced else "would be kept"
    yield logs.NOTICE, f"{_count(len(state.rows), 'address')} of {whose} {would}"


def outcome(done: ScannedState) -> str:
    """Return what became of a state that a scan came upon."""
    name = _name(done.head)
    if done.result == GONE:
        return f"{name}: gone"
    left_out = (
        f", {_count(done.dropped, 'instance')} left out: its address cannot be read" if done.dropped else ""
    )
    if done.result == Replaced.OLDER:
        return f"{name}: older than what the index has, left as it is"
    return f"{name}: {_count(done.rows or 0, 'address')}{left_out}"


def summed_up(scan: Scan, *, stopped: bool) -> str:
    """Return the figures of a scan."""
    counted = {**dict.fromkeys((Replaced.WRITTEN, UNCHANGED), 0), **scan.counted}
    counted[Replaced.WRITTEN] += counted.pop(Replaced.RECREATED, 0)
    passed_over = counted.pop(PASSED_OVER, 0)
    names = {Replaced.WRITTEN: "read", FAILED: "not readable"}
    parts = ", ".join(f"{count} {names.get(result, result)}" for result, count in counted.items())
    total = _count(sum(counted.values()), "state")
    others = f"; {_count(passed_over, 'other file')} passed over" if passed_over else ""
    return f"{'stopped: ' if stopped else ''}{total}: {parts}{others}"


def kept(state: StateRows, general: GlobalOptions) -> None:
    """Show people all that an index would keep of a state."""
    head = state.head
    texts: dict[str, Any] = state_record(head)
    screen = console(general, sys.stdout)
    for name, text in texts.items():
        if name != "schema" and text is not None:
            screen.out(f"{name}: {plain(str(text), _LONGEST)}", highlight=False)
    rows = [
        (
            row.address + (f" (deposed {row.deposed})" if row.deposed else ""),
            row.arn or row.id,
            row.account_id,
            row.region,
            row.parent,
            ", ".join(row.planned.actions) if row.planned else "",
        )
        for row in state.rows
    ]
    _table(("address", "object", "account", "region", "part of", "plan"), rows, general)


def found(rows: Sequence[IndexedRow], general: GlobalOptions, *, now: datetime) -> None:
    """Show people the rows that were found: a table on a terminal, a sentence each in a pipe."""
    if sys.stdout.isatty():
        lines = [
            (
                indexed.row.address + (f" (deposed {indexed.row.deposed})" if indexed.row.deposed else ""),
                indexed.row.id or indexed.row.arn,
                " ".join(filter(None, (indexed.row.account_id, indexed.row.region))),
                _where(indexed),
                indexed.head.owner,
                _when(indexed, now),
            )
            for indexed in rows
        ]
        _table(("address", "object", "account", "stack", "owner", "seen"), lines, general)
        return
    screen = console(general, sys.stdout)
    for indexed in rows:
        row = indexed.row
        whole = as_address(indexed)
        about = [said(fact) for fact in facts(whole, longest=_LONGEST, now=now)]
        about[0] += f" (deposed {row.deposed})" if row.deposed else ""
        about.insert(1, " ".join(filter(None, (row.arn or row.id, row.account_id, row.region))))
        about += [part for part in (_part(indexed), _planned(indexed), _gone(indexed)) if part]
        screen.out(", ".join(plain(each, _LONGEST) for each in about), highlight=False)


def searched(heads: Sequence[StateHead], *, now: datetime) -> str:
    """Return how many states were searched in vain, and how old what is known of them is."""
    states = [head for head in heads if head.planned_at is None]
    if not states:
        return "the index holds no state yet"
    ages = list(dict.fromkeys(_old(span) for span in sorted(now - head.seen_at for head in states)))
    count = "1 state" if len(states) == 1 else f"{len(states)} states"
    if len(ages) == 1:
        return f"searched {count}, seen {ages[0]} ago"
    return f"searched {count}, seen {ages[0]} to {ages[-1]} ago"


def _old(span: timedelta) -> str:
    return age(span) or "a minute"


def _with_outcome(
    head: StateHead, result: str, rows: int | None, dropped: int, why: str = ""
) -> dict[str, Json]:
    return {**state_record(head), "result": result, "rows": rows, "dropped": dropped, "reason": why or None}


def _name(head: StateHead) -> str:
    """Return what people call a state: its stack and the repository, and its place where that says more."""
    place = plain(head.place.removesuffix(PLAN), _LONGEST)
    if not head.stack:
        return place
    stack = plain(f"{head.stack} of {head.repository}" if head.repository else head.stack, _LONGEST)
    return stack if head.place.removesuffix(PLAN).endswith(head.stack) else f"{stack} ({place})"


def _count(number: int, noun: str) -> str:
    ending = "es" if noun.endswith("s") else "s"
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}{ending}"


def _where(indexed: IndexedRow) -> str:
    head = indexed.head
    where = head.stack or head.place
    if head.directory and not where.startswith(head.directory):
        where = f"{where} in {head.directory}"
    return f"{where} of {head.repository}" if head.repository else where


def _when(indexed: IndexedRow, now: datetime) -> str:
    seen = f"{_old(now - indexed.head.seen_at)} ago"
    return "; ".join(filter(None, (seen, _planned(indexed), _gone(indexed))))


def _part(indexed: IndexedRow) -> str:
    return f"part of {indexed.row.parent}" if indexed.row.parent else ""


def _planned(indexed: IndexedRow) -> str:
    planned = indexed.row.planned
    if planned is None:
        return ""
    actions = " and ".join(planned.actions) or "nothing"
    why = f" ({planned.action_reason})" if planned.action_reason else ""
    return "a plan that only refreshes" if planned.drift_only else f"planned: {actions}{why}"


def _gone(indexed: IndexedRow) -> str:
    return f"gone since {indexed.gone_at.astimezone(UTC):%Y-%m-%d %H:%MZ}" if indexed.gone_at else ""


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]], general: GlobalOptions) -> None:
    """Write rows: in a table that fits a terminal, else padded; columns that are all empty are left out."""
    used = [at for at, _ in enumerate(titles) if any(row[at] for row in rows)]
    cells = [[plain(row[at], _LONGEST) for at in used] for row in rows]
    screen = console(general, sys.stdout)
    if not screen.is_terminal:
        widths = [max((len(row[at]) for row in cells), default=0) for at in range(len(used))]
        for row in cells:
            screen.out(
                "  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)).rstrip(), highlight=False
            )
        return
    from rich.table import Table  # noqa: PLC0415  (a pipe needs it not)
    from rich.text import Text  # noqa: PLC0415  (the same)

    grid = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for at in used:
        grid.add_column(titles[at], overflow="fold")
    for row in cells:
        grid.add_row(*map(Text, row))
    screen.print(grid)
