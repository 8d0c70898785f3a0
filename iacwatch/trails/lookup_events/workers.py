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
        over: threading.Event,
        taken: Callable[[int], None] = lambda _left: None,
    ) -> None:
        """Take the plan, what sends its requests, and the time; once `over` is set, nothing more is done.

        An answer that comes in afterwards is thrown away: the memory that it would go to is somebody else's
        by then. `taken` is called after each answer with how many requests are thought to be left.
        """
        self._plan = plan
        self._calls = calls
        self._clock = clock
        self._over = over
        self._taken = taken
        self._turn = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._failed: IacwatchError | None = None
        self._broken: BaseException | None = None

    def run(self) -> IacwatchError | None:
        """Work until the plan is done; return why it could not be, if so.

        Raises `Stopping`, and whatever else was raised in any of the threads.
        """
        self._work()
        for thread in self._threads if self._broken is None else ():
            thread.join()
        if self._broken is not None:
            raise self._broken
        return self._failed

    def _work(self) -> None:
        try:
            while (ask := self._next()) is not None:
                self._send(ask)
        except IacwatchError as error:
            self._end(failed=error)
        except BaseException as error:  # noqa: BLE001  (raised again by `run`, in the thread that is waited for)
            self._end(broken=error)

    def _next(self) -> Ask | None:
        """Return the next request as soon as there is one; None when there will be no more."""
        with self._turn:
            while self._failed is None and not self._over.is_set():
                if ask := self._plan.next(self._clock.now().timestamp()):
                    self._join_in()
                    return ask
                if not self._plan.under_way:
                    break
                self._turn.wait()
            self._turn.notify_all()
            return None

    def _send(self, ask: Ask) -> None:
        try:
            page = self._calls.page(ask)
        except TokenLostError:
            if ask.job.restarts >= _MOST_RESTARTS:
                raise
            with self._turn:
                self._plan.lost(ask)
                self._turn.notify_all()
        except NotTakenError:
            with self._turn:
                self._plan.refused(ask)
                self._turn.notify_all()
        else:
            with self._turn:
                if not self._over.is_set():
                    self._plan.take(ask, page)
                    self._taken(self._plan.left)
                self._turn.notify_all()
            if ask.job.stuck > _MOST_STUCK:
                raise AwsError(f"{self._calls.doing}: {ask.lookup.key} has no end")

    def _join_in(self) -> None:
        """Let one more thread join in where a round trip takes so long that the pace isn't reached."""
        wanted = math.ceil(_PER_SECOND * self._calls.round_trip.total_seconds())
        if len(self._threads) + 1 < min(wanted, _MOST):
            thread = threading.Thread(target=self._work, name="lookup-events", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _end(self, *, failed: IacwatchError | None = None, broken: BaseException | None = None) -> None:
        with self._turn:
            self._failed = self._failed or failed
            self._broken = self._broken or broken
            if broken is not None:
                self._over.set()
            self._turn.notify_all()
