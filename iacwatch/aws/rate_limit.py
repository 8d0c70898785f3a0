"""How fast an AWS API may be called: a limit for each key (an account and a region), over all threads.

CloudTrail counts calls as they arrive, over a sliding second, and shares its limit with everybody else in
the account. So calls are spaced evenly, never sent in a burst, and slowed down for a while where the
service refused one. Where AWS publishes no limit (Config's history), the rate grows until a call is refused.
"""

import random
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from iacwatch.ports import Clock

_LATE: Final = 0.06
"""Seconds by which a call may arrive later than it was sent, beyond what the calls around it need."""

_FRESH: Final = timedelta(seconds=0.2)
"""What a new connection takes. The first two calls may each need one; the third then gains on them."""

_IDLE: Final = timedelta(seconds=10)
"""After so long without a call, connections count as new."""

_SLOWEST: Final = 32.0
_RECOVERY: Final = 0.8
_GROWTH: Final = 0.93
"""What a call that was let through leaves of the gap, where the rate may grow."""
_BELOW: Final = 1.5
"""By how much a gap that was refused is widened for good."""
_SLICE: Final = timedelta(seconds=1)
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Spacing:
    """The state of one key. `slowness` is by how much the gap is wider than the rate asks for.

    `least` is the least that it may become: below 1 where the rate may grow.
    """

    next_at: datetime = _NEVER
    seen_at: datetime = _NEVER
    sent_at: datetime = _NEVER
    refused_at: datetime = _NEVER
    calls: int = 0
    slowness: float = 1.0
    least: float = 1.0


class RateLimit:
    """Lets calls through, for each key at most `per_second` of them in any one second."""

    def __init__(self, clock: Clock, *, per_second: float, at_most: float | None = None) -> None:
        """Take the clock that waits, and how many calls may arrive in a second (more than 0).

        `at_most`: the rate begins at `per_second` and grows up to this, as long as nothing is refused.
        """
        self._clock = clock
        self._least = per_second / max(per_second, at_most or per_second)
        self._gap = timedelta(seconds=(1 + _LATE) / per_second)
        self._spacings: dict[tuple[str, ...], _Spacing] = {}
        self._lock = threading.Lock()
        self._random = random.SystemRandom()

    def wait(self, key: tuple[str, ...]) -> None:
        """Return as soon as one more call for this key may be sent; raise `Stopping` where the run ends.

        Nothing is taken before it returns: who is stopped while waiting costs the others nothing.
        """
        self._clock.sleep(timedelta(0))
        while (left := self._take(key)) > timedelta(0):
            self._clock.sleep(min(left, _SLICE))

    def throttled(self, key: tuple[str, ...]) -> None:
        """Take in that the service refused a call: this key waits longer, twice as long with each refusal.

        Every call that is let through afterwards wins some of the rate back.
        """
        with self._lock:
            spacing = self._spacing(key)
            now = spacing.seen_at
            if now - spacing.refused_at >= self._gap:  # calls in flight together are refused together
                spacing.least = max(spacing.least, min(1.0, spacing.slowness * _BELOW))
                spacing.slowness = min(max(spacing.slowness, 0.5) * 2, _SLOWEST)
                spacing.refused_at = now
            spacing.next_at = max(spacing.next_at, now + self._gap_after(spacing))

    def _take(self, key: tuple[str, ...]) -> timedelta:
        """Take the next place if it has come; return how long it is still to come."""
        with self._lock:
            spacing = self._spacing(key)
            now = spacing.seen_at
            if now < spacing.next_at:
                return spacing.next_at - now
            spacing.calls = 1 if now - spacing.sent_at >= _IDLE else spacing.calls + 1
            spacing.sent_at = now
            spacing.next_at = now + self._gap_after(spacing)
            if spacing.calls == 2:  # noqa: PLR2004 - so that any three calls have the wider gap among them
                spacing.next_at += min(_FRESH, self._gap)
            step = _RECOVERY if spacing.slowness > 1 else _GROWTH
            spacing.slowness = max(spacing.least, spacing.slowness * step)
            return timedelta(0)

    def _spacing(self, key: tuple[str, ...]) -> _Spacing:
        """Return the spacing of a key, moved along where the machine's clock was set back."""
        spacing = self._spacings.get(key)
        if spacing is None:
            spacing = self._spacings[key] = _Spacing(least=self._least)
        now = self._clock.now()
        if now < spacing.seen_at:
            spacing.next_at = min(spacing.next_at, now + (spacing.next_at - spacing.seen_at))
            spacing.sent_at = min(spacing.sent_at, now)
            spacing.refused_at = min(spacing.refused_at, now)
        spacing.seen_at = now
        return spacing

    def _gap_after(self, spacing: _Spacing) -> timedelta:
        """Return the gap to the next call; slowed down, it differs, so that processes don't beat in time."""
        jitter = self._random.uniform(1.0, 1.5) if spacing.slowness > 1 else 1.0
        return self._gap * spacing.slowness * jitter
