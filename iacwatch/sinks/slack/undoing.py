"""Knows which reported changes a later change put back, so that their messages can say so.

Values are compared by their digests alone: no value is kept. Where a secret differs nothing is kept at all,
since a short one can be guessed from its digest.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final, TypeAlias

from iacwatch.core.catalog.places import key_of
from iacwatch.core.model import ChangeType, Finding, Json, PropertyChange, Resource, Verdict
from iacwatch.core.present import origin
from iacwatch.core.present.redact import redacted
from iacwatch.ports import Clock, Notes
from iacwatch.sinks.slack.best_effort import BestEffortNotes
from iacwatch.sinks.slack.client import Posted
from iacwatch.sinks.slack.open_messages import LASTING

_MOST_PROPERTIES: Final = 20
_MOST_WAITING: Final = 20
"""How many changes of one object wait to be put back; the newest do."""
_NAME: Final = 80
_KEY: Final = 16

_Turn: TypeAlias = tuple[str, str, str]
"""A property, and the digests of what it was and of what it became."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """A reported change that was put back: in which message, which finding, by whom and when."""

    posted: Posted
    key: str
    words: str


@dataclass(slots=True, kw_only=True)
class _Waiting:
    """A finding in a message, when it was captured (seconds since 1970), and what is not put back yet."""

    posted: Posted
    key: str
    captured: float
    turns: list[_Turn]


class Undoing:
    """Expects that reported changes are put back, and notices where they are."""

    def __init__(self, notes: Notes, clock: Clock, *, redact: Sequence[str] = ()) -> None:
        """Take the notes, which all runs and functions share; `redact`: further globs on secrets."""
        self._notes = BestEffortNotes(notes, clock)
        self._redact = redact

    def expect(self, findings: Sequence[Finding], posted: Posted) -> None:
        """Remember what each finding changed, and the message that reports it."""
        more: dict[str, list[_Waiting]] = {}
        for finding in sorted(findings, key=_captured):
            if turns := _turns(finding, self._redact):
                note = _note(finding.change.resource)
                waiting = _Waiting(
                    posted=posted,
                    key=finding_key(finding),
                    captured=finding.change.captured_at.timestamp(),
                    turns=turns,
                )
                more.setdefault(note, []).append(waiting)
        there = self._notes.read(list(more))
        self._notes.write(
            {note: _text([*_waiting(there.get(note)), *each]) for note, each in more.items()}, lasts=LASTING
        )

    def undone(self, findings: Sequence[Finding]) -> tuple[list[Undo], Mapping[str, str]]:
        """Return the reported changes that these findings put back, as far as all of it is back.

        And what is left to expect, for `expect_only` once the messages say so: a run that ends in between
        leaves that to the next one. A finding captured before a reported change undid nothing of it, although
        it is often judged later.
        """
        by_note: dict[str, list[Finding]] = {}
        for finding in sorted(filter(_puts_back, findings), key=_captured):
            by_note.setdefault(_note(finding.change.resource), []).append(finding)
        undos: list[Undo] = []
        left: dict[str, str] = {}
        for note, text in self._notes.read(list(by_note)).items():
            waiting = _waiting(text)
            for finding in by_note[note]:
                at = finding.change.captured_at.timestamp()
                before = [each for each in waiting if each.captured < at]
                for turn in _each_turn(finding):
                    _put_back(before, turn)
                undos += [
                    Undo(posted=each.posted, key=each.key, words=_words(finding))
                    for each in waiting
                    if not each.turns
                ]
                waiting = [each for each in waiting if each.turns]
            if (now := _text(waiting)) != text:
                left[note] = now
        return undos, left

    def expect_only(self, left: Mapping[str, str]) -> None:
        """Forget what was put back."""
        self._notes.write(left, lasts=LASTING)


def finding_key(finding: Finding) -> str:
    """Return the key of a finding within a message."""
    return finding.finding_id[:_KEY]


def _put_back(waiting: Sequence[_Waiting], back: _Turn) -> None:
    """Take away what one property's way back undoes: one change of it, or several after one another."""
    name, now, goal = back
    way: list[tuple[_Waiting, _Turn]] = []
    for each in reversed(waiting):
        for turn in reversed(each.turns):
            if turn[0] == name and turn[2] == now:
                way.append((each, turn))
                now = turn[1]
                break
        if way and now == goal:
            for one, turn in way:
                one.turns.remove(turn)
            return


def _captured(finding: Finding) -> tuple[datetime, str]:
    return finding.change.captured_at, finding.finding_id


def _puts_back(finding: Finding) -> bool:
    change = finding.change
    return (
        finding.verdict is Verdict.IN_WORKFLOW
        and change.change_type is ChangeType.UPDATE
        and bool(change.diff)
    )


def _turns(finding: Finding, redact: Sequence[str]) -> list[_Turn]:
    """Return what a finding changed; nothing where it cannot be put back, is secret, or is too much."""
    change = finding.change
    if change.change_type is not ChangeType.UPDATE:
        return []
    for raw, shown in zip(change.diff or (), redacted(change, redact), strict=True):
        if (raw.previous, raw.updated) != (shown.previous, shown.updated):
            return []
    turns = list(_each_turn(finding))
    return turns if len(turns) <= _MOST_PROPERTIES else []


def _each_turn(finding: Finding) -> Iterator[_Turn]:
    for entry in finding.change.diff or ():
        if not entry.path.lower().startswith("relationships"):
            yield _property(entry), _digest(entry.previous), _digest(entry.updated)


def _property(entry: PropertyChange) -> str:
    """Return a property without its places in lists: what was added at one place is taken away at another."""
    return ".".join(part for part in entry.path.lower().split(".") if not part.isdigit())


def _digest(value: Json) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def _note(resource: Resource) -> str:
    return f"slack-object/{_digest(key_of(resource))}"


def _words(finding: Finding) -> str:
    who = origin.subject(finding.actor) if finding.actor else "the workflow"
    return f"undone by {who[:_NAME]} {finding.happened_at:%H:%M}"


def _text(waiting: Sequence[_Waiting]) -> str:
    return json.dumps({"v": 1, "waiting": [asdict(each) for each in waiting[-_MOST_WAITING:]]})


def _waiting(text: str | None) -> list[_Waiting]:
    """Return what a note says; nothing where there is none, or it cannot be read."""
    try:
        fields = json.loads(text or "null")
        return [
            _Waiting(
                posted=Posted(channel=str(each["posted"]["channel"]), stamp=str(each["posted"]["stamp"])),
                key=str(each["key"]),
                captured=float(each["captured"]),
                turns=[(str(name), str(before), str(after)) for name, before, after in each["turns"]],
            )
            for each in (fields["waiting"] if fields["v"] == 1 else ())
        ]
    except (ValueError, LookupError, TypeError, RecursionError):
        return []
