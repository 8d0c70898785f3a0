"""The messages that may still grow: where each stands, shared by all runs and functions through notes.

Two notes a message. One says where the message of an origin stands in a channel; of two runs that want to
post it, one wins. The other holds the message itself with what came after it, so that any run can bring it up
to date. Both are a help: without them, a message begins anew.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from iacwatch.core.model import Json
from iacwatch.core.present.record import MOST_WINDOWS
from iacwatch.ports import Clock, Notes
from iacwatch.sinks.slack.best_effort import BestEffortNotes
from iacwatch.sinks.slack.blocks import Later
from iacwatch.sinks.slack.client import Posted

LASTING: Final = timedelta(days=7)
"""How long a message can be edited where a change in it is undone."""

_LEASE: Final = timedelta(seconds=45)
"""How long a run may take to post what it has begun: a little longer than it may wait for Slack."""

_UNREADABLE: Final = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError)
"""What a note raises that holds anything."""

_LONGEST_WORDS: Final = 200
_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the message of an origin stands, and when the first and the last change in it were made.

    `replies` is False where the channel takes none. While a run posts it, `posted` is None and `until` is
    when that run is given up.
    """

    posted: Posted | None
    first_at: datetime
    last_at: datetime
    replies: bool = True
    holder: str = ""
    until: datetime | None = None

    def continues(self, moments: Sequence[datetime], window: timedelta) -> bool:
        """Return whether changes made at these moments belong to the message."""
        begin, end = min(moments), max(moments)
        near = begin - self.last_at < window and self.first_at - end < window
        return near and max(end, self.last_at) - min(begin, self.first_at) < window * MOST_WINDOWS

    def in_hand(self, now: datetime) -> bool:
        """Return whether a run is posting it; one whose clock is far ahead of ours is not waited for."""
        return self.until is not None and now < self.until <= now + 2 * _LEASE

    def text(self) -> str:
        """Return the note that says this."""
        return json.dumps(
            {
                "v": _VERSION,
                "channel": self.posted.channel if self.posted else None,
                "stamp": self.posted.stamp if self.posted else None,
                "first_at": self.first_at.isoformat(),
                "last_at": self.last_at.isoformat(),
                "replies": self.replies,
                "holder": self.holder,
                "until": self.until.isoformat() if self.until else None,
            }
        )

    @classmethod
    def of(cls, text: str | None) -> "Place | None":
        """Return what a note says; None where there is none, or it cannot be read."""
        try:
            fields = json.loads(text or "null")
            if fields["v"] != _VERSION:
                return None
            stamp, until = fields["stamp"], fields["until"]
            return cls(
                posted=None if stamp is None else Posted(channel=str(fields["channel"]), stamp=str(stamp)),
                first_at=_moment(fields["first_at"]),
                last_at=_moment(fields["last_at"]),
                replies=fields["replies"] is True,
                holder=str(fields["holder"]),
                until=None if until is None else _moment(until),
            )
        except _UNREADABLE:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A message as it was posted, what came after it, and which of its lines were undone since.

    `lines` are its lines, by the key of the finding that each is about, "" where it has none; `undone` what
    stands behind them now.
    """

    message: Mapping[str, Json]
    later: Later | None = None
    lines: Mapping[str, str] = field(default_factory=dict)
    undone: Mapping[str, str] = field(default_factory=dict)


class OpenMessages:
    """Finds, claims and keeps the messages that may still grow."""

    def __init__(self, notes: Notes, clock: Clock, *, window: timedelta) -> None:
        """Take the notes; `window`: within what time a message grows."""
        self._notes, self._clock = BestEffortNotes(notes, clock), clock
        self._lasting = max(LASTING, 2 * MOST_WINDOWS * window)

    def look(self, key: str) -> str | None:
        """Return the note that says where a message stands; `Place.of` says what it means."""
        return self._notes.read([key]).get(key)

    def claim(self, key: str, *, seen: str | None, moments: Sequence[datetime]) -> tuple[bool, str | None]:
        """Claim the right to post a message where its note still says what was `seen`.

        Return whether that succeeded, and the note: the proof of the claim, or what another run wrote.
        """
        mine = Place(
            posted=None,
            first_at=min(moments),
            last_at=max(moments),
            holder=secrets.token_hex(8),
            until=self._clock.now() + _LEASE,
        ).text()
        there = self._notes.swap(key, seen=seen, new=mine, lasts=_LEASE)
        return there == mine, there

    def opened(self, key: str, *, claimed: str, posted: Posted, saved: Saved, replies: bool = True) -> None:
        """Say where the message stands that was posted under a claim."""
        self.keep(posted, saved)
        if (place := Place.of(claimed)) is not None:
            new = replace(place, posted=posted, replies=replies, holder="", until=None)
            self._notes.swap(key, seen=claimed, new=new.text(), lasts=self._lasting)

    def keep(self, posted: Posted, saved: Saved) -> None:
        """Save a message, so that any run can bring it up to date."""
        self._notes.write({message_key(posted): _saved_text(saved)}, lasts=self._lasting)

    def give_up(self, key: str, *, claimed: str) -> None:
        """Let others post it at once: this run could not."""
        if (place := Place.of(claimed)) is not None:
            new = replace(place, until=self._clock.now())
            self._notes.swap(key, seen=claimed, new=new.text(), lasts=self._lasting)

    def stretch(self, key: str, posted: Posted, moments: Sequence[datetime]) -> None:
        """Say that the message has grown by changes made at these moments."""

        def grown(place: Place) -> Place:
            return replace(
                place, first_at=min(place.first_at, *moments), last_at=max(place.last_at, *moments)
            )

        self._move(key, posted, grown)

    def forget(self, key: str, posted: Posted) -> None:
        """Let the next one begin a new message: somebody deleted this one."""
        self._move(key, posted, lambda place: replace(place, posted=None, until=self._clock.now()))

    def change(self, posted: Posted, how: Callable[[Saved], Saved | None]) -> bool:
        """Change what is saved of a message; return whether that was there to be changed."""

        def changed(text: str) -> str | None:
            saved = _saved_of(text)
            new = how(saved) if saved is not None else None
            return None if new is None else _saved_text(new)

        return self._notes.change(message_key(posted), changed, lasts=self._lasting) is not None

    def saved(self, posted: Posted) -> Saved | None:
        """Return what is saved of a message."""
        key = message_key(posted)
        text = self._notes.read([key]).get(key)
        return None if text is None else _saved_of(text)

    def _move(self, key: str, posted: Posted, how: Callable[[Place], Place]) -> None:
        """Change where a message stands, unless another one stands there by now."""

        def moved(text: str) -> str | None:
            place = Place.of(text)
            return how(place).text() if place is not None and place.posted == posted else None

        self._notes.change(key, moved, lasts=self._lasting)


def place_key(channel: str, company: object) -> str:
    """Return the key of the note that says where an origin's message stands in a channel."""
    return f"slack/{_digest(channel, repr(company))}"


def message_key(posted: Posted) -> str:
    """Return the key of the note that holds a message."""
    return f"slack-message/{_digest(posted.channel, posted.stamp)}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _saved_text(saved: Saved) -> str:
    """Return a note that no other run writes, so that two that add the same at once are both counted."""
    later = saved.later
    return json.dumps(
        {
            "v": _VERSION,
            "mark": secrets.token_hex(8),
            "message": saved.message,
            "later": later
            and {
                "count": later.count,
                "last": later.last.isoformat(),
                "gravest": later.gravest,
                "gravity": later.gravity,
            },
            "lines": dict(saved.lines),
            "undone": dict(saved.undone),
        }
    )


def _saved_of(text: str) -> Saved | None:
    try:
        fields = json.loads(text)
        message, later = fields["message"], fields["later"]
        written = [block["text"]["text"] for block in message["blocks"] if block["type"] == "section"]
        is_list = isinstance(message["blocks"], list)
        if fields["v"] != _VERSION or not is_list or not all(isinstance(each, str) for each in written):
            return None
        return Saved(
            message={"text": str(message["text"]), "blocks": message["blocks"]},
            later=later
            and Later(
                count=int(later["count"]),
                last=_moment(later["last"]),
                gravest=str(later["gravest"])[:_LONGEST_WORDS],
                gravity=int(later["gravity"]),
            ),
            lines={str(name): str(line) for name, line in fields["lines"].items()},
            undone={str(name): str(words) for name, words in fields["undone"].items()},
        )
    except _UNREADABLE:
        return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
