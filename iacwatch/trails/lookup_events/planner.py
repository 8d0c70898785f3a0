"""How one account's event history in one region is asked as seldom as possible, for many queries at once.

Pure: it makes requests and takes in pages; somebody else sends them. A sweep reads every write of a
span and answers each query in it wholly; a lookup by name answers one query. Which is cheaper depends on
how many writes there are, which only pages show, so that the plan changes as they come in.
"""

import math
from collections.abc import Iterable

from iacwatch.core.model import TrailQuery
from iacwatch.trails.lookup_events.by_name import ByName
from iacwatch.trails.lookup_events.queries import Shares, Want, Wants
from iacwatch.trails.lookup_events.state import WRITES, Ask, Job, Known, Lookup, Page
from iacwatch.trails.lookup_events.sweeps import Sweeps


class Plan:
    """What to ask next, until every query of a round is answered.

    `under_way` counts the requests that were made and have not come back.
    """

    def __init__(
        self, queries: Iterable[TrailQuery], known: Known, shares: Shares, *, now: float, oldest: int = 0
    ) -> None:
        """Take the queries of one account and region; `known` and `shares` learn, and outlive the plan.

        It is `now`, and nothing is asked for before `oldest` (epoch seconds).
        """
        self._known = known
        self._now = now
        self.wants = Wants(queries, known, shares, now=now, oldest=oldest)
        rest: dict[Lookup, float] = {}
        self._sweeps = Sweeps(self.wants, known, rest)
        self._names = ByName(self.wants, known, rest)
        self._musts: list[Want] = []
        self.under_way = 0

    @property
    def done(self) -> bool:
        """Return whether all is answered."""
        return not self.wants.open

    @property
    def left(self) -> int:
        """Return how many requests are thought to be still to come: a guess, which pages change."""
        names = {lookup for want in self.wants.all if want.open and not want.must for lookup in want.lookups}
        return len(names) + math.ceil(self._sweeps.left)

    def next(self, at: float) -> Ask | None:
        """Return a request to send at `at` (epoch seconds); None while others must come back first.

        None without any request under way means that there is nothing left to ask.
        """
        if self.done:
            return None
        job = self._pick()
        if job is None and not self.under_way:
            for want in self.wants.all:
                self._check(want)
            self._names.fill()
            job = self._pick()
        if job is None:
            return None
        self.under_way += 1
        # A clock that was set back must not make an answer look older than the question.
        return job.ask(max(at, self._now))

    def take(self, ask: Ask, page: Page) -> None:
        """Take in the answer to a request."""
        self.under_way -= 1
        job: Job = ask.job
        self.wants.notice(self._known.add(page.rows))
        span = job.take(page)
        if ask.lookup == WRITES:
            self._sweeps.take(job, page, span)
            self.wants.close_swept(*span)
            self._sweeps.go_on(job)
        else:
            self._names.take(job, span)
            for want in self.wants.by_lookup[ask.lookup]:
                self._check(want)
            self._names.go_on(job)

    def lost(self, ask: Ask) -> None:
        """Take in that a token has expired: what is left of its span is asked for anew."""
        self.under_way -= 1
        ask.job.restart()

    def refused(self, ask: Ask) -> None:
        """Take in that the service does not take this attribute: only sweeps answer who needs it."""
        self.under_way -= 1
        self._names.drop(ask.job)
        self._sweeps.enqueue(self.wants.demand_sweeps(ask.lookup))

    def _check(self, want: Want) -> None:
        if self.wants.check(want):
            self._musts.append(want)

    def _pick(self) -> Job | None:
        """Choose: sweeps, then names that may lead to sweeps, those sweeps, sure names, hot names at last."""
        if job := self._sweeps.next():
            return job
        if self._sweeps.probing:
            return None
        expected = self._sweeps.expected
        if job := self._names.doubtful(expected):
            return job
        if self._musts:
            self._sweeps.enqueue(self._musts)
            self._musts = []
            return self._pick()
        if job := self._names.sure(expected):
            return job
        if hot := self._names.put_aside():
            self._sweeps.enqueue(hot)
            if job := self._sweeps.next():
                return job
        return self._names.hot()
