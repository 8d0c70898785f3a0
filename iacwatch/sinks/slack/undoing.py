"""Knows which reported changes a later change put back, so that their messages can say so.

Values are compared by their digests alone: no value is kept.
"""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from iacwatch.core.catalog.places import key_of
from iacwatch.core.model import ChangeType, Finding, Json, PropertyChange, Resource, Verdict
from iacwatch.core.present import origin, sentence
from iacwatch.errors import IacwatchError
from iacwatch.ports import Clock, Notes
from iacwatch.sinks.slack.client import Posted
from iacwatch.sinks.slack.open_messages import LASTING

_log = logging.getLogger(__name__)

_MOST_PROPERTIES: Final = 20
_NAME: Final = 80

_Turn: TypeAlias = tuple[str, str, str]
"""A property, and the digests of what it was and of what it became."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """A reported change that was put back: in which message, which of its objects, by whom and when."""

    posted: Posted
    key: str
    words: str


class Undoing:
    """Expects that reported changes are put back, and notices where they are."""

    def __init__(self, notes: Notes, clock: Clock) -> None:
        """Take the notes, which all runs and functions share."""
        self._notes, self._clock = notes, clock

    def expect(self, findings: Sequence[Finding], posted: Posted) -> None:
        """Remember what each finding changed, and the message that reports it."""
        now = self._clock.now()
        notes = {
            _note(finding.change.resource): _text(posted, turns)
            for finding in findings
            if (turns := _turns(finding))
        }
        try:
            if notes:
                self._notes.write(notes, now=now, expires_at=now + LASTING)
        except IacwatchError as error:
            _log.info("a note could not be written: %s", error)

    def undone(self, findings: Sequence[Finding]) -> Iterator[Undo]:
        """Yield the reported changes that these findings put back, as far as all of it is back."""
        by_note = {_note(each.change.resource): each for each in findings if _puts_back(each)}
        now = self._clock.now()
        try:
            found = self._notes.read(list(by_note), now=now) if by_note else {}
            for key, text in found.items():
                expected = _expected(text)
                if expected is None:
                    continue
                posted, turns = expected
                finding = by_note[key]
                back = {(name, after, before) for name, before, after in _each_turn(finding)}
                left = [turn for turn in turns if turn not in back]
                if len(left) < len(turns):
                    self._notes.write({key: _text(posted, left)}, now=now, expires_at=now + LASTING)
                if turns and not left:
                    yield Undo(posted=posted, key=object_key(finding.change.resource), words=_words(finding))
        except IacwatchError as error:
            _log.info("the notes could not be read: %s", error)


def object_key(resource: Resource) -> str:
    """Return the key of an object within a message."""
    return _digest(key_of(resource))[:16]


def _puts_back(finding: Finding) -> bool:
    change = finding.change
    return (
        finding.verdict is Verdict.IN_WORKFLOW
        and change.change_type is ChangeType.UPDATE
        and bool(change.diff)
    )


def _turns(finding: Finding) -> list[_Turn]:
    """Return what a finding changed; nothing where it cannot be put back, or there is too much of it."""
    if finding.change.change_type is not ChangeType.UPDATE:
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
    return f"undone by {who[:_NAME]} {sentence.happened_at(finding):%H:%M}"


def _text(posted: Posted, turns: Sequence[_Turn]) -> str:
    return json.dumps({"v": 1, "channel": posted.channel, "stamp": posted.stamp, "turns": turns})


def _expected(text: str) -> tuple[Posted, list[_Turn]] | None:
    try:
        fields = json.loads(text)
        posted = Posted(channel=str(fields["channel"]), stamp=str(fields["stamp"]))
        turns = [(str(name), str(before), str(after)) for name, before, after in fields["turns"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return (posted, turns) if fields.get("v") == 1 else None
