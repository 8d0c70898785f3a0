"""A ledger, and notes, that last as long as the process: for runs that remember nothing, and for tests."""

import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from iacwatch.ledgers.note_text import packed, unpacked
from iacwatch.ports import Claim, Claimed, Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """Who may report an id, and until when; or that it was reported."""

    token: str
    until: datetime
    reported: bool = False


class MemoryLedger:
    """A `ports.Ledger` in a dictionary, for any number of threads."""

    def __init__(self) -> None:
        """Begin with nothing reported."""
        self._entries: dict[str, _Entry] = {}
        self._lock = threading.Lock()

    def reported(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those that were completed."""
        with self._lock:
            return frozenset(key for key in ids if (entry := self._entries.get(key)) and entry.reported)

    def claim(self, ids: Sequence[str], *, now: datetime, lease: timedelta) -> Mapping[str, Claimed]:
        """Claim each id until ``now + lease``, where nobody holds it and it was not reported."""
        token = uuid.uuid4().hex
        with self._lock:
            return {key: self._claim(key, token, now, now + lease) for key in dict.fromkeys(ids)}

    def complete(self, grants: Sequence[Grant], *, now: datetime) -> None:
        """Record as reported what is still ours."""
        with self._lock:
            for grant in self._ours(grants):
                self._entries[grant.id] = _Entry(token=grant.token, until=now, reported=True)

    def release(self, grants: Sequence[Grant]) -> None:
        """Give up the claims that are still ours."""
        with self._lock:
            for grant in self._ours(grants):
                del self._entries[grant.id]

    def _claim(self, key: str, token: str, now: datetime, until: datetime) -> Claimed:
        held = self._entries.get(key)
        if held is not None and held.reported:
            return Claimed(claim=Claim.REPORTED)
        if held is not None and held.until > now:
            return Claimed(claim=Claim.HELD, until=held.until)
        self._entries[key] = _Entry(token=token, until=until)
        return Claimed(claim=Claim.GRANTED, grant=Grant(id=key, token=token))

    def _ours(self, grants: Sequence[Grant]) -> list[Grant]:
        """Return the grants that nobody else has claimed since, and that are still to be reported."""
        return [
            grant
            for grant in dict.fromkeys(grants)
            if (entry := self._entries.get(grant.id)) and entry.token == grant.token and not entry.reported
        ]


class MemoryNotes:
    """`ports.Notes` in a dictionary, for any number of threads; it refuses what no store would take."""

    def __init__(self) -> None:
        """Begin with none."""
        self._notes: dict[str, tuple[bytes, datetime]] = {}
        self._lock = threading.Lock()

    def read(self, keys: Sequence[str], *, now: datetime) -> Mapping[str, str]:
        """Return the notes that there are and that have not expired, by key."""
        with self._lock:
            return {key: text for key in dict.fromkeys(keys) if (text := self._there(key, now)) is not None}

    def write(self, notes: Mapping[str, str], *, now: datetime, expires_at: datetime) -> None:
        """Write notes whatever stood there before."""
        del now
        stored = {key: (packed(text), expires_at) for key, text in notes.items()}
        with self._lock:
            self._notes.update(stored)

    def swap(
        self, key: str, *, seen: str | None, new: str, now: datetime, expires_at: datetime
    ) -> str | None:
        """Write a note where it still says what was `seen`; return what it says then."""
        stored = (packed(new), expires_at)
        with self._lock:
            there = self._there(key, now)
            if there == seen:
                self._notes[key] = stored
                there = new
        return there

    def _there(self, key: str, now: datetime) -> str | None:
        stored, expires_at = self._notes.get(key, (b"", now))
        return unpacked(stored) if expires_at > now else None
