"""The messages that may still grow: where each stands, shared by all runs and functions through notes.

Two notes a message. One says where the message of an origin stands in a channel; of two runs that want to
post it, one wins. The other holds the message itself with what came after it, so that any run can bring it up
to date. Both are a help: without them, a message begins anew.
"""

import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from iacwatch.core.model import Json
from iacwatch.core.present.record import MOST_WINDOWS
from iacwatch.errors import IacwatchError
from iacwatch.ports import Clock, Notes
from iacwatch.sinks.slack.blocks import Later
from iacwatch.sinks.slack.client import Posted

_log = logging.getLogger(__name__)

LASTING: Final = timedelta(days=7)
"""How long a message can be edited where a change in it is undone."""

_LEASE: Final = timedelta(seconds=45)
"""How long a run may take to post what it has begun: a little longer than it may wait for Slack."""

_ATTEMPTS: Final = 20
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A message as it was posted, what came after it, and which of its lines were undone since.

    `lines` are the lines in it about one object each, by the object's key; `undone` what stands behind them
    now.
    """

    message: Mapping[str, Json]
    later: Later | None = None
    lines: Mapping[str, str] = field(default_factory=dict)
    undone: Mapping[str, str] = field(default_factory=dict)


class OpenMessages:
    """Finds, claims and keeps the messages that may still grow."""

    def __init__(self, notes: Notes, clock: Clock, *, window: timedelta) -> None:
        """Take the notes; `window`: within what time a message grows."""
        self._notes, self._clock = notes, clock
        self._lasting = max(LASTING, 2 * MOST_WINDOWS * window)

    def look(self, key: str) -> tuple[str | None, Place | None]:
        """Return what the note says, and what it means; None for what is not there or cannot be read."""
        text = self._read(key)
        return text, None if text is None else _place_of(text)

    def claim(self, key: str, *, seen: str | None, moments: Sequence[datetime]) -> str | None:
        """Claim the right to post the message; return the note that proves it, None where another run won."""
        now = self._clock.now()
        mine = Place(
            posted=None,
            first_at=min(moments),
            last_at=max(moments),
            holder=secrets.token_hex(8),
            until=now + _LEASE,
        )
        text = _text_of(mine)
        return text if self._swap(key, seen=seen, new=text) == text else None

    def opened(self, key: str, *, claimed: str, posted: Posted, saved: Saved, replies: bool = True) -> None:
        """Say where the message stands that was posted under a claim."""
        place = _place_of(claimed)
        if place is None:
            return
        self.keep(posted, saved)
        new = replace(place, posted=posted, replies=replies, holder="", until=None)
        self._swap(key, seen=claimed, new=_text_of(new))

    def keep(self, posted: Posted, saved: Saved) -> None:
        """Save a message, so that any run can bring it up to date."""
        self._write(message_key(posted), _saved_text(saved))

    def give_up(self, key: str, *, claimed: str) -> None:
        """Let others post it at once: this run could not."""
        if (place := _place_of(claimed)) is not None:
            self._swap(key, seen=claimed, new=_text_of(replace(place, until=self._clock.now())))

    def stretch(self, key: str, moments: Sequence[datetime]) -> None:
        """Say that the message has grown by changes made at these moments."""

        def grown(text: str) -> str | None:
            place = _place_of(text)
            if place is None or place.posted is None:
                return None
            return _text_of(
                replace(
                    place,
                    first_at=min(place.first_at, *moments),
                    last_at=max(place.last_at, *moments),
                )
            )

        self._change(key, grown)

    def change(self, posted: Posted, how: Callable[[Saved], Saved | None]) -> Saved | None:
        """Change what is saved of a message; return what is saved then, None where nothing is or changes."""

        def changed(text: str) -> str | None:
            saved = _saved_of(text)
            new = how(saved) if saved is not None else None
            return None if new is None else _saved_text(new)

        text = self._change(message_key(posted), changed)
        return None if text is None else _saved_of(text)

    def saved(self, posted: Posted) -> Saved | None:
        """Return what is saved of a message."""
        text = self._read(message_key(posted))
        return None if text is None else _saved_of(text)

    def _change(self, key: str, how: Callable[[str], str | None]) -> str | None:
        seen = self._read(key)
        for _ in range(_ATTEMPTS):
            new = how(seen) if seen is not None else None
            if new is None:
                return None
            there = self._swap(key, seen=seen, new=new)
            if there == new:
                return new
            seen = there
        return None

    def _read(self, key: str) -> str | None:
        try:
            return self._notes.read([key], now=self._clock.now()).get(key)
        except IacwatchError as error:
            _log.info("the notes could not be read: %s", error)
            return None

    def _write(self, key: str, text: str) -> None:
        now = self._clock.now()
        try:
            self._notes.write({key: text}, now=now, expires_at=now + self._lasting)
        except IacwatchError as error:
            _log.info("a note could not be written: %s", error)

    def _swap(self, key: str, *, seen: str | None, new: str) -> str | None:
        """Swap a note; where that fails, what was to be written counts: a message is posted in any case."""
        now = self._clock.now()
        try:
            return self._notes.swap(key, seen=seen, new=new, now=now, expires_at=now + self._lasting)
        except IacwatchError as error:
            _log.info("a note could not be written: %s", error)
            return new


def place_key(channel: str, company: object) -> str:
    """Return the key of the note that says where an origin's message stands in a channel."""
    return f"slack/{_digest(channel, repr(company))}"


def message_key(posted: Posted) -> str:
    """Return the key of the note that holds a message."""
    return f"slack-message/{_digest(posted.channel, posted.stamp)}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _text_of(place: Place) -> str:
    return json.dumps(
        {
            "v": _VERSION,
            "channel": place.posted.channel if place.posted else None,
            "stamp": place.posted.stamp if place.posted else None,
            "first_at": place.first_at.isoformat(),
            "last_at": place.last_at.isoformat(),
            "replies": place.replies,
            "holder": place.holder,
            "until": place.until.isoformat() if place.until else None,
        }
    )


def _place_of(text: str) -> Place | None:
    try:
        fields = json.loads(text)
        if fields["v"] != _VERSION:
            return None
        stamp, until = fields["stamp"], fields["until"]
        return Place(
            posted=None if stamp is None else Posted(channel=str(fields["channel"]), stamp=str(stamp)),
            first_at=_moment(fields["first_at"]),
            last_at=_moment(fields["last_at"]),
            replies=fields["replies"] is True,
            holder=str(fields["holder"]),
            until=None if until is None else _moment(until),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _saved_text(saved: Saved) -> str:
    later = saved.later
    return json.dumps(
        {
            "v": _VERSION,
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
        if fields["v"] != _VERSION or not isinstance(fields["message"], dict):
            return None
        later = fields["later"]
        return Saved(
            message=fields["message"],
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
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
