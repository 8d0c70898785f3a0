"""Which spans to sweep, planned anew as pages show how many writes there are."""

from collections.abc import Iterable, Mapping
from typing import Final

from iacwatch.trails.lookup_events.cluster import NEVER, Cluster, grouped, pieces
from iacwatch.trails.lookup_events.cost import MUST, PAGE, START, Choice, Pages, split
from iacwatch.trails.lookup_events.intervals import Intervals
from iacwatch.trails.lookup_events.queries import Want, Wants
from iacwatch.trails.lookup_events.state import WRITES, Job, Known, Lookup, Page

PROBE_LEAST: Final = 4
"""Calls by name from which on a page is worth spending just to learn how busy the account is."""

_ALWAYS: Final = 4
_DRIFT: Final = 0.5
_DRIFT_SHARE: Final = 0.02
"""A plan is made anew after each of its first pages, then when pages have come to differ from it so much."""

_DARING: Final = 1.5
_EXPLORE: Final = 0.02
"""How daringly unseen time is tried, while fewer pages were read than this share of all calls by name."""

_NEWS: Final = 0.1
_CHEAPER: Final = 0.8
_SPLIT_LEAST: Final = 4.0
"""Pages that a sweep must have left for a second stream to begin in its middle."""


class Sweeps:
    """The sweeps of one round, over all clusters."""

    def __init__(self, wants: Wants, known: Known, rest: Mapping[Lookup, float]) -> None:
        """Plan for what is open. `rest`: pages that lookups under way still need; any other needs one."""
        self._wants = wants
        self._known = known
        self._density = known.density
        self._rest = rest
        still = [want for want in wants.all if want.open and not want.query.reads]
        pays = {want: self._pay(want) for want in still}
        self._taken = 0
        self._stake = sum(want.pay for want in still if not want.must)
        self._may_probe = (len(still) > 1 and sum(pays.values()) >= PROBE_LEAST) or any(
            want.must for want in still
        )
        clusters = [Cluster(*group) for group in grouped(still)]
        clusters.sort(key=lambda cluster: cluster.hi, reverse=True)
        clusters.sort(key=lambda cluster: -sum(pays[want] for want in cluster.wants))
        self._of = {want: cluster for cluster in clusters for want in cluster.wants}
        self._queue = dict.fromkeys(clusters)
        self._resting: dict[Cluster, None] = {}
        self._active: dict[Job, Cluster] = {}

    def enqueue(self, wants: Iterable[Want]) -> None:
        """Plan anew where these windows lie: what they cost by name has changed."""
        for want in wants:
            if want.query.reads:
                continue  # no sweep answers it
            self._may_probe = True
            self._of[want].guess = NEVER
            self._queue.setdefault(self._of[want])

    def next(self) -> Job | None:
        """Return the sweep whose next page to ask for; None where there is none to ask for now."""
        for job in self._active:
            if not job.busy:
                return job
        if self.probing:
            return None
        return self._begin() or self._divide() or (self._begin() if self._look_again() else None)

    def take(self, job: Job, page: Page, span: tuple[int, int]) -> None:
        """Learn from a page that completed `span`."""
        cluster = self._active[job]
        lo, hi = span
        own = self._observe(job, page, lo, hi)
        self._known.reads[WRITES].add(lo, hi, job.at or 0.0)
        expected = cluster.pages.between(lo, hi) if cluster.pages else 0.0
        cluster.drift += expected + (own - len(page.rows)) / PAGE
        cluster.taken += 1
        self._taken += 1

    def go_on(self, job: Job) -> None:
        """Plan the rest of a cluster anew where its pages have come to differ from what was expected."""
        cluster = self._active[job]
        if cluster.taken <= _ALWAYS or abs(cluster.drift) > _DRIFT + _DRIFT_SHARE * cluster.taken:
            self._plan(cluster)
        self._drop_done(cluster)

    @property
    def probing(self) -> bool:
        """Return whether the first page is under way, on which all else depends."""
        return bool(self._active) and not self._density.known

    @property
    def expected(self) -> Intervals:
        """Return the seconds that are swept already, or are going to be."""
        coming = [(job.floor, job.cursor) for job in self._active]
        if not coming:
            return self._wants.swept
        return Intervals((*self._wants.swept, *coming))

    @property
    def left(self) -> float:
        """Return how many pages the sweeps that are under way or planned are thought to have left."""
        coming = [(cluster, job.floor, job.cursor) for job, cluster in self._active.items()]
        coming += [(cluster, lo, hi) for cluster in self._queue for lo, hi in cluster.todo]
        return sum(max(1.0, cluster.pages.between(lo, hi)) for cluster, lo, hi in coming if cluster.pages)

    def _observe(self, job: Job, page: Page, lo: int, hi: int) -> int:
        """Learn what was seen for the first time; return how many rows are the changes' own."""
        background = [row.at for row in page.rows if not self._wants.bears(row)]
        moments = [*job.tail, *background]
        for gap_lo, gap_hi in self._wants.swept.gaps(lo, hi):
            self._density.observe(gap_lo, gap_hi, [at for at in moments if gap_lo <= at < gap_hi])
        job.tail = [at for at in moments if at < lo]
        return len(page.rows) - len(background)

    def _begin(self) -> Job | None:
        """Begin a sweep that a plan asks for."""
        while self._queue:
            cluster = next(iter(self._queue))
            now = self._guess()
            if abs(now - cluster.guess) > _NEWS * now:
                self._plan(cluster)
            if cluster.todo:
                gaps = self._wants.swept.gaps(*cluster.todo.pop())
                if not gaps:
                    continue
                lo, hi = gaps[0][0], gaps[-1][1]
                job = cluster.suspended.pop(hi, None)
                if job is None or job.lo > lo:
                    bottom = max(min(lo, cluster.base), self._wants.swept.end_below(lo))
                    job = Job(lookup=WRITES, lo=bottom, hi=hi, floor=lo, cursor=hi)
                job.floor = lo
                return self._start(job, cluster)
            del self._queue[cluster]
            self._resting[cluster] = None
        return None

    def _divide(self) -> Job | None:
        """Let another stream begin in the middle of the longest sweep under way."""
        rests = [
            (cluster.pages.between(job.floor, job.cursor), place)
            for place, (job, cluster) in enumerate(self._active.items())
            if cluster.pages
        ]
        rest, place = max(rests, default=(0.0, 0))
        if rest < _SPLIT_LEAST:
            return None
        job, cluster = list(self._active.items())[place]
        middle = cluster.pages.middle(job.floor, job.cursor) if cluster.pages else job.floor
        if not job.floor < middle < job.cursor:
            return None
        other = Job(lookup=WRITES, lo=job.lo, hi=middle, floor=job.floor, cursor=middle)
        job.floor = middle
        return self._start(other, cluster)

    def _start(self, job: Job, cluster: Cluster) -> Job:
        cluster.jobs.append(job)
        self._active[job] = cluster
        return job

    def _look_again(self) -> bool:
        """Queue the clusters that were planned when sweeping looked dearer than it does now."""
        now = self._guess()
        again = [cluster for cluster in self._resting if now < _CHEAPER * cluster.guess]
        for cluster in again:
            del self._resting[cluster]
            self._queue[cluster] = None
        return bool(again)

    @property
    def _daring(self) -> float:
        """Return how daringly unseen time is tried: it may cost more pages where more calls are at stake."""
        return _DARING if self._taken < _EXPLORE * self._stake else 0.0

    def _guess(self) -> float:
        return self._density.guess(self._daring)

    def _pages(self, cluster: Cluster) -> Pages:
        return Pages.expected(self._density, cluster.lo, cluster.hi, self._wants.swept, self._daring)

    def _plan(self, cluster: Cluster) -> None:
        """Decide what of a cluster to sweep, and how far down the sweeps under way are to go."""
        pages = cluster.pages = self._pages(cluster)
        cluster.drift, cluster.guess = 0.0, self._guess()
        spans: list[tuple[int, int]] = []
        if self._density.known or self._may_probe:
            spans = split(
                [
                    Choice(want.lo, want.hi, self._pay(want, pages), 0 if want.seen else 1)
                    for want in cluster.wants
                    if want.open
                ],
                pages,
            )
        tops = {job.cursor: job for job in cluster.jobs}
        left = dict(pieces(spans, self._wants, sorted(tops)))
        for cursor, job in tops.items():
            job.floor = left.pop(cursor, cursor)
        cluster.todo = sorted((lo, hi) for hi, lo in left.items())
        if cluster.todo:
            self._queue.setdefault(cluster)

    def _drop_done(self, cluster: Cluster) -> None:
        for job in [job for job in cluster.jobs if job.done and not job.busy]:
            cluster.jobs.remove(job)
            del self._active[job]
            if job.token is not None:
                cluster.suspended[job.cursor] = job

    def _pay(self, want: Want, pages: Pages | None = None) -> float:
        """Return what answering a query by names costs, its share of a sweep afterwards included."""
        if want.must:
            return MUST
        names = want.pay
        for lookup in want.lookups if self._rest else ():
            names += (self._rest.get(lookup, 1.0) - 1) / len(self._wants.by_lookup[lookup])
        if pages is None or want.missing <= 0 or want.found:
            return names
        # What was seen already, and lists no name, no lookup finds.
        return names + (1.0 if want.seen else want.missing) * (pages.between(want.lo, want.hi) + START)
