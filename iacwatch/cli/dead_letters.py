"""What `iacwatch replay-dlq --list` writes: each message, and what would become of it now."""

import json
import logging
import sys
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from iacwatch.app.container import Container
from iacwatch.cli import logs
from iacwatch.cli.console import console
from iacwatch.cli.global_options import GlobalOptions
from iacwatch.core.model import Change
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Outcome, Reported, Skipped
from iacwatch.core.parse.config_item import parse
from iacwatch.core.present import sentence
from iacwatch.core.present.record import milliseconds, seconds
from iacwatch.core.text import age, plain
from iacwatch.errors import ParseError, Stopping

if TYPE_CHECKING:
    from rich.console import Console

    from iacwatch.ports import ChangeSource, Delivery

FORMATS: Final = ("table", "jsonl")
SCHEMA: Final = "iacwatch.dead-letter/1"

_log = logging.getLogger(__name__)

_LONGEST: Final = 500
_SOON: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One message, and what would become of it. `change` is None where none can be read in it."""

    delivery: "Delivery"
    outcome: Outcome
    change: Change | None

    @property
    def fate(self) -> tuple[str, str]:
        """Return a word for what would become of it, and a sentence that says why."""
        match self.outcome:
            case Failed(reason=reason, unreadable=unreadable):
                return ("unreadable" if unreadable else "fails"), reason
            case Reported(finding=finding, emitted=emitted):
                whom = f", {sentence.whom(finding)}" if finding.match else ""
                return ("told" if emitted else "not reported"), f"{finding.verdict}{whom}: {finding.reason}"
            case Skipped(reason=reason, detail=detail):
                return "ignored", f"{reason}: {detail}" if detail else reason
            case Deferred(until=until, why=why):
                return "waits", f"until {seconds(until)}: {why}"
            case Duplicate(finding_id=finding_id):
                return "deleted", f"another message reports the same change (finding {finding_id})"


class ObservedSource:
    """A `ports.ChangeSource` that passes another on, and notes what became of each message in `letters`."""

    def __init__(self, source: "ChangeSource") -> None:
        """Take the source."""
        self.letters: list[DeadLetter] = []
        self._source = source

    def waves(self) -> "Generator[Sequence[Delivery], None, None]":
        """Yield the other's waves."""
        yield from self._source.waves()

    def settle(self, done: "Sequence[tuple[Delivery, Outcome]]") -> None:
        """Take note of the outcomes, and settle."""
        self.letters.extend(
            DeadLetter(delivery=delivery, outcome=outcome, change=_change(delivery))
            for delivery, outcome in done
        )
        self._source.settle(done)


def show(
    general: GlobalOptions,
    form: str,
    container: Container,
    *,
    max_messages: int | None,
    max_seconds: float | None,
) -> int:
    """Write the list on stdout and a summary on stderr; return the exit code."""
    # What would fail is what this command reports on stdout.
    logging.getLogger("iacwatch.pipeline").setLevel(
        logging.DEBUG if general.verbose > 1 else logging.CRITICAL
    )
    code = 0
    with container.clock.listening():
        if max_seconds is not None:
            container.end_after(max_seconds)
        source = container.dead_letters(max_messages=max_messages, dry_run=True)
        container.clock.at_worst(lambda _stopping: source.give_back())
        observed = ObservedSource(source)
        try:
            container.pipeline([], remember=False).run(observed)
        except Stopping as stopping:
            code = stopping.exit_code
        contents = container.move_task().contents()
    now = container.clock.now()
    letters = sorted(observed.letters, key=lambda each: (each.delivery.sent_at or now, each.delivery.id))
    if form == "jsonl":
        for letter in letters:
            # DEL is the one control character that JSON's escaping leaves as it is.
            sys.stdout.write(
                json.dumps(record(letter, now=now, retention=contents.retention)).replace("\x7f", "\\u007f")
            )
            sys.stdout.write("\n")
        sys.stdout.flush()
    elif letters:
        Listing(console(general, sys.stdout), now=now).show(letters)
    _summary(letters, hidden=contents.hidden, retention=contents.retention, now=now)
    return code


def record(letter: DeadLetter, *, now: datetime, retention: timedelta) -> dict[str, Any]:
    """Return one message as JSON values, keys in this order."""
    delivery, outcome, change = letter.delivery, letter.outcome, letter.change
    fate, why = letter.fate
    sent_at = delivery.sent_at
    finding = outcome.finding if isinstance(outcome, Reported) else None
    return {
        "schema": SCHEMA,
        "message_id": delivery.id,
        "sent_at": milliseconds(sent_at) if sent_at else None,
        "age_s": int((now - sent_at).total_seconds()) if sent_at else None,
        "dropped_at": milliseconds(sent_at + retention) if sent_at else None,
        "receives": delivery.receives,
        "given_up_by": delivery.given_up_by or None,
        "change": {
            "account_id": change.resource.account_id,
            "region": change.resource.region,
            "resource_type": change.resource.type,
            "resource_id": change.resource.id,
            "resource_name": change.resource.name,
            "change_type": str(change.change_type),
            "captured_at": milliseconds(change.captured_at),
        }
        if change
        else None,
        "fate": fate,
        "reason": why,
        "finding_id": finding.finding_id if finding else None,
        "verdict": str(finding.verdict) if finding else None,
    }


class Listing:
    """Writes the list for people: a table on a terminal, one line a message in a pipe."""

    def __init__(self, console: "Console", *, now: datetime) -> None:
        """Take where to write, and the time that ages are counted to."""
        self._console = console
        self._now = now

    def show(self, letters: Sequence[DeadLetter]) -> None:
        """Write all messages."""
        rows = [("AGE", "RECEIVED", "FROM", "CHANGE", "NOW"), *map(self._row, letters)]
        if not self._console.is_terminal:
            widths = [max(len(row[column]) for row in rows) for column in range(4)]
            for row in rows:
                line = "  ".join((*(f"{cell:<{widths[at]}}" for at, cell in enumerate(row[:4])), row[4]))
                self._console.out(line.rstrip(), highlight=False)
            return
        from rich.table import Table  # noqa: PLC0415  (jsonl needs it not)
        from rich.text import Text  # noqa: PLC0415  (the same)

        grid = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        for title, options in zip(rows[0], _COLUMNS, strict=True):
            grid.add_column(title.lower(), **options)
        for row in rows[1:]:
            grid.add_row(*(Text(cell) for cell in row))
        self._console.print(grid)

    def _row(self, letter: DeadLetter) -> tuple[str, str, str, str, str]:
        delivery, change = letter.delivery, letter.change
        fate, why = letter.fate
        what = f"message {delivery.id}"
        if change is not None:
            kind = change.resource.type.removeprefix("AWS::")
            name, captured = sentence.called(change.resource), seconds(change.captured_at)
            what = f"{change.change_type} {kind} {name} {captured}"
        return (
            (age(self._now - delivery.sent_at) or "new") if delivery.sent_at else "?",
            f"{delivery.receives}x",
            plain(delivery.given_up_by.rpartition(":")[2] or "-", 80),
            plain(what, _LONGEST),
            plain(f"{fate}: {why}", _LONGEST),
        )


_COLUMNS: Final[Sequence[dict[str, Any]]] = (
    {"no_wrap": True},
    {"no_wrap": True},
    {"overflow": "fold", "max_width": 24},
    {"overflow": "fold", "ratio": 2},
    {"overflow": "fold", "ratio": 3},
)


def _change(delivery: "Delivery") -> Change | None:
    try:
        found = parse(delivery.document)
    except ParseError:
        return None
    return found if isinstance(found, Change) else None


def _summary(letters: Sequence[DeadLetter], *, hidden: int, retention: timedelta, now: datetime) -> None:
    counted = Counter(letter.fate[0] for letter in letters)
    parts = ", ".join(f"{count} {fate}" for fate, count in counted.items())
    count = "1 message" if len(letters) == 1 else f"{len(letters)} messages"
    _log.log(logs.NOTICE, "%s%s; all given back", count, f": {parts}" if parts else "")
    if hidden:
        words_ = "1 more is" if hidden == 1 else f"{hidden} more are"
        _log.log(logs.NOTICE, "  %s hidden now: another run works on them, or they are deferred", words_)
    soon = sum(
        1 for each in letters if each.delivery.sent_at and each.delivery.sent_at + retention - now < _SOON
    )
    if soon:
        _log.warning("SQS drops %d of them within a day, when their retention ends", soon)
