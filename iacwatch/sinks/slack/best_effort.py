"""Notes whose store may fail: nothing is held up by it, and no message is lost."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from iacwatch.errors import IacwatchError
from iacwatch.ports import Clock, Notes

_log = logging.getLogger(__name__)

_ATTEMPTS: Final = 20
"""How often a change of a note is tried in a row where others change it meanwhile."""


class BestEffortNotes:
    """Notes of which none is there while their store fails, and of which none raises."""

    def __init__(self, notes: Notes, clock: Clock) -> None:
        """Take the notes, which all runs and functions share."""
        self._notes, self._clock = notes, clock

    def read(self, keys: Sequence[str]) -> Mapping[str, str]:
        """Return the notes that there are, by key."""
        try:
            return self._notes.read(keys, now=self._clock.now()) if keys else {}
        except IacwatchError as error:
            _log.info("the notes could not be read: %s", error)
            return {}

    def write(self, notes: Mapping[str, str], *, lasts: timedelta) -> None:
        """Write notes, whatever stood there before."""
        now = self._clock.now()
        try:
            if notes:
                self._notes.write(notes, now=now, expires_at=now + lasts)
        except IacwatchError as error:
            _log.info("a note could not be written: %s", error)

    def swap(self, key: str, *, seen: str | None, new: str, lasts: timedelta) -> str | None:
        """Write a note where it still says what was `seen`; return what it says then.

        Where the store fails, `new` counts as written.
        """
        now = self._clock.now()
        try:
            return self._notes.swap(key, seen=seen, new=new, now=now, expires_at=now + lasts)
        except IacwatchError as error:
            _log.info("a note could not be written: %s", error)
            return new

    def change(self, key: str, how: Callable[[str], str | None], *, lasts: timedelta) -> str | None:
        """Change a note that is there, without losing what others write meanwhile; return what it says then.

        None where there is none, or `how` leaves it as it is.
        """
        seen = self.read([key]).get(key)
        for _ in range(_ATTEMPTS):
            new = how(seen) if seen is not None else None
            if new is None:
                return None
            there = self.swap(key, seen=seen, new=new, lasts=lasts)
            if there == new:
                return new
            seen = there
        return None
