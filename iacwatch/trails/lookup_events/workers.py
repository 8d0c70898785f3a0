"""Several requests of one plan under way at once: as many as it takes to use the pace that AWS allows."""

import math
import threading
from collections.abc import Callable
from typing import Final

from iacwatch.errors import AwsError, IacwatchError
from iacwatch.ports import Clock
from iacwatch.trails.lookup_events.client import LookupEventsClient, NotTakenError, TokenLostError
from iacwatch.trails.lookup_events.planner import Plan
from iacwatch.trails.lookup_events.state import Ask

_PER_SECOND: Final = 2
"""Calls a second that AWS allows: so many have to be under way for each second of a round trip."""

_MOST: Final = 6
_MOST_RESTARTS: Final = 3
_MOST_STUCK: Final = 1_000
"""Pages in a row that come no further, of a lookup that then counts as broken: 50,000 events in a second."""


class Workers:
    """Sends what a plan asks for until it is done, or something went wrong."""

    def __init__(
        self,
        plan: Plan,
        calls: LookupEventsClient,
        clock: Clock,
        *,
        ended: Callable[[], None],
        taken: Callable[[int], None] = lambda _left: None,
    ) -> None:
        """Take the plan, what sends its requests, and the time.

        `ended` is called once nothing is under way any more, `taken` after each answer with how many requests
        are thought to be left. `turn` is to be held by who looks at the plan. `failed` is why it could not
        be done, `broken` what was raised otherwise, by any of the threads.
        """
        self._plan = plan
        self._calls = calls
        self._clock = clock
        self._ended = ended
        self._taken = taken
        self._over = False
        self._threads = self._working = 0
        self.turn = threading.Condition()
        self.failed: IacwatchError | None = None
        self.broken: BaseException | None = None

    def start(self) -> None:
        """Begin."""
        with self.turn:
            self._add()

    def leave(self) -> None:
        """Do nothing more. An answer that comes in afterwards is thrown away."""
        with self.turn:
            self._over = True
            self.turn.notify_all()

    @property
    def working(self) -> bool:
        """Return whether anything is under way."""
        return self._working > 0

    def _work(self) -> None:
        try:
            while (ask := self._next()) is not None:
                self._send(ask)
        except IacwatchError as error:
            self._end(failed=error)
        except BaseException as error:  # noqa: BLE001  (raised again by who waits for the answers)
            self._end(broken=error)
        finally:
            with self.turn:
                self._working -= 1
            if not self._working:
                self._ended()

    def _next(self) -> Ask | None:
        """Return the next request as soon as there is one; None when there will be no more."""
        with self.turn:
            while self.failed is None and not self._over:
                if ask := self._plan.next(self._clock.now().timestamp()):
                    self._join_in()
                    return ask
                if not self._plan.under_way:
                    break
                self.turn.wait()
            self.turn.notify_all()
            return None

    def _send(self, ask: Ask) -> None:
        try:
            page = self._calls.page(ask)
        except TokenLostError:
            if ask.job.restarts >= _MOST_RESTARTS:
                raise
            with self.turn:
                self._plan.lost(ask)
                self.turn.notify_all()
        except NotTakenError:
            with self.turn:
                self._plan.refused(ask)
                self.turn.notify_all()
        else:
            with self.turn:
                if not self._over:
                    self._plan.take(ask, page)
                    self._taken(self._plan.left)
                self.turn.notify_all()
            if ask.job.stuck > _MOST_STUCK:
                raise AwsError(f"{self._calls.doing}: {ask.lookup.key} has no end")

    def _join_in(self) -> None:
        """Let one more thread join in where a round trip takes so long that the pace isn't reached."""
        wanted = math.ceil(_PER_SECOND * self._calls.round_trip.total_seconds())
        if self._threads < min(wanted, _MOST):
            self._add()

    def _add(self) -> None:
        self._threads += 1
        self._working += 1
        threading.Thread(target=self._work, name="lookup-events", daemon=True).start()

    def _end(self, *, failed: IacwatchError | None = None, broken: BaseException | None = None) -> None:
        with self.turn:
            self.failed = self.failed or failed
            self.broken = self.broken or broken
            if broken is not None:
                self._over = True
            self.turn.notify_all()
