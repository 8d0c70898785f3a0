"""Findings as Markdown that pastes into a pull request: a summary, a table, and folded details.

The gravest comes first. Every finding has its row; details are left out, from the end, where the whole would
not fit into a comment, and the summary says so.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TextIO

from iacwatch.core.model import Finding, Verdict
from iacwatch.core.present import origin
from iacwatch.core.present.gravity import Precedence, precedence
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.markdown import text
from iacwatch.sinks.markdown.rows import HEADER, MARKS, row, section
from iacwatch.sinks.stream import write_whole
from iacwatch.sinks.style import DEFAULT_STYLE, ReportStyle, view_of

LONGEST_COMMENT: Final = 65_536
"""Characters that GitHub takes as one comment."""

_SPARE: Final = 1_000
"""Characters kept free for the summary, and for a line of the reader's own."""

_ORIGINS_SHOWN: Final = 10
_MOST_HELD: Final = 10 * LONGEST_COMMENT


class Markdown:
    """A `ports.Sink` that holds the findings, as text, and writes them in order on `close`."""

    remembered = False
    deferred_close = True

    def __init__(self, *, out: TextIO, style: ReportStyle = DEFAULT_STYLE, one: bool = False) -> None:
        """Take where to write: a stream in UTF-8.

        `one`: all findings are about one resource, the newest comes first.
        """
        self._out = out
        self._one = one
        self._style = style
        self._held: list[_Held] = []
        self._origins: Counter[str] = Counter()
        self._accounts: set[str] = set()
        self._details = 0
        self._open = True

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Take the findings in; they are written on `close`."""
        for finding in findings:
            seen = view_of(finding, self._style)
            held = _Held(
                at=finding.happened_at,
                precedence=precedence(finding),
                verdict=finding.verdict,
                row=row(finding, seen, self._style.names),
                section=section(finding, seen, self._style.names),
            )
            self._held.append(held)
            self._details += len(held.section)
            self._accounts.add(finding.change.resource.account_id)
            if finding.actor is not None:
                self._origins[text.code(origin.subject(finding.actor))] += 1
        if self._details > _MOST_HELD:
            self._drop_details(LONGEST_COMMENT)
        return {finding.finding_id: Delivered() for finding in findings}

    def close(self) -> None:
        """Write the report; raise `DeliveryError` where that fails."""
        if not self._open:
            return
        self._open = False
        self._drop_details(LONGEST_COMMENT - _SPARE - len(HEADER) - sum(len(held.row) for held in self._held))
        write_whole(self._out, self._parts())

    def _drop_details(self, room: int) -> None:
        """Put the findings in order and forget the details beyond so many characters: those of the last."""
        if self._one:
            self._held.sort(key=lambda held: held.precedence[2:], reverse=True)
        else:
            self._held.sort(key=lambda held: held.precedence)
        self._details = 0
        for held in self._held:
            room -= len(held.section)
            if room < 0:
                held.section = ""
            self._details += len(held.section)

    def _parts(self) -> Iterator[str]:
        if not self._held:
            yield "**No changes to report.**\n"
            return
        yield self._summary()
        yield HEADER
        for held in self._held:
            yield held.row
        yield "\n"
        for held in self._held:
            yield held.section

    def _summary(self) -> str:
        counts = Counter(held.verdict for held in self._held)
        shown = ", ".join(f"{MARKS[each]} {counts[each]} {each}" for each in Verdict if counts[each])
        moments = [held.at for held in self._held]
        first, last = _minute(min(moments)), _minute(max(moments))
        facts = [
            f"**{_number(len(self._held), 'change')}**: {shown}",
            _number(len(self._origins), "actor") if self._origins else "",
            _number(len(self._accounts), "account"),
            f"{first} UTC" if first == last else f"{first} to {last} UTC",
        ]
        without = sum(not held.section for held in self._held)
        note = (
            f"Without details, since a comment takes {LONGEST_COMMENT:,} characters: the last"
            f" {_number(without, 'change')}.\n\n"
            if without
            else ""
        )
        return f"{' · '.join(fact for fact in facts if fact)}\n\n{self._by_origin()}{note}"

    def _by_origin(self) -> str:
        """Return how many changes each origin made, those with most first; "" where there is one."""
        if len(self._origins) <= 1:
            return ""
        shown = [f"{who} {count:,}" for who, count in self._origins.most_common(_ORIGINS_SHOWN)]
        left = len(self._origins) - len(shown)
        return f"Who: {', '.join([*shown, f'and {left} more'] if left else shown)}\n\n"


@dataclass(slots=True, kw_only=True)
class _Held:
    """A finding as it will be written; `section` is "" once its details are dropped."""

    at: datetime
    precedence: Precedence
    verdict: Verdict
    row: str
    section: str


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
