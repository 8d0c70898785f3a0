"""One lookup under way: which span it asks for, how far down it has come, where it may stop."""

from dataclasses import dataclass, field

from iacwatch.trails.lookup_events.state import Ask, Lookup, Page


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """A lookup of ``[lo, hi)`` that comes page by page, newest first, and may stop at `floor`.

    Everything from `cursor` on has been read. A sweep asks for more than it needs, since the floor may sink
    later and a token is only good for the span that was asked for. `at` is when its first page was asked for
    (epoch seconds): what came later was not necessarily seen. `tail` are the seconds of rows below `cursor`
    that came along already, `stuck` the pages since it last moved.
    """

    lookup: Lookup
    lo: int
    hi: int
    floor: int
    cursor: int
    token: str | None = None
    at: float | None = None
    busy: bool = False
    pages: int = 0
    rows: int = 0
    restarts: int = 0
    stuck: int = 0
    tail: list[int] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Say whether it has come as far down as it has to."""
        return self.cursor <= self.floor

    def ask(self, at: float) -> Ask:
        """Return the next request, sent at `at`."""
        self.busy = True
        if self.token is None:
            self.at, self.hi = at, self.cursor
        return Ask(lookup=self.lookup, lo=self.lo, hi=self.hi, token=self.token, job=self)

    def take(self, page: Page) -> tuple[int, int]:
        """Take in a page; return the span ``[new cursor, old cursor)`` that it completes."""
        before = self.cursor
        self.busy = False
        self.pages += 1
        self.rows += len(page.rows)
        if page.token is None:
            self.cursor = self.lo
        elif page.rows:
            # More events of that very second may be on the next page.
            self.cursor = min(before, min(row.at for row in page.rows) + 1)
        self.stuck = 0 if self.cursor < before else self.stuck + 1
        self.token = page.token
        return self.cursor, before

    def restart(self) -> None:
        """Begin again below what has been read: the token is no longer good."""
        self.busy, self.token = False, None
        self.restarts += 1
