"""Which resources are still to be looked at: a list in the spool, so that a killed run goes on."""

from collections.abc import Iterator, Sequence
from typing import Final

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.core.model import Window
from iacwatch.sources.history.inventory import ListedResource
from iacwatch.storage.spool import Spool, moment_of, stamp

TO_DO, DONE, FAILED, MISSING = range(4)
"""States of a look. `MISSING`: Config lists the resource, but holds no history of it."""

_AT_ONCE: Final = 50
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS look (place TEXT, type TEXT, id TEXT, last INTEGER, state INTEGER DEFAULT 0,"
    " PRIMARY KEY (place, type, id))"
)
_ADD: Final = (
    "INSERT INTO look (place, type, id, last) VALUES (?, ?, ?, ?)"
    " ON CONFLICT DO UPDATE SET last = MAX(last, excluded.last) WHERE state = 0"
)


class Todo:
    """The resources of one run whose history is read."""

    def __init__(self, spool: Spool, places: Sequence[ConfigPlace], window: Window) -> None:
        """Take up what an earlier run left; what failed then is tried again."""
        self._spool, self._places, self._window = spool, tuple(places), window
        spool.run(_TABLE)
        spool.run("UPDATE look SET state = ? WHERE state = ?", (TO_DO, FAILED))

    def add(self, resources: Sequence[ListedResource]) -> None:
        """Put resources on the list, each once, with the latest time at which it was recorded."""
        rows = (
            (str(resource.place), resource.type, resource.id, stamp(resource.last_at or self._window.end))
            for resource in resources
        )
        self._spool.run_many(_ADD, rows)

    def mark(self, resource: ListedResource, state: int) -> None:
        """Remember what became of one."""
        self._spool.run(
            "UPDATE look SET state = ? WHERE place = ? AND type = ? AND id = ?",
            (state, str(resource.place), resource.type, resource.id),
        )

    def count(self, *states: int) -> int:
        """Return how many there are in these states; in any, where none is given."""
        counts = dict(self._spool.run("SELECT state, COUNT(*) FROM look GROUP BY state").fetchall())
        return sum(count for state, count in counts.items() if not states or state in states)

    def left(self) -> Iterator[ListedResource]:
        """Yield what is still to be done, all places in turn, so that each is asked at its own pace."""
        after = dict.fromkeys(map(str, self._places), 0)
        while after:
            for place in list(after):
                rows = self._spool.run(
                    "SELECT rowid, type, id, last FROM look WHERE place = ? AND state = 0 AND rowid > ?"
                    " ORDER BY rowid LIMIT ?",
                    (place, after[place], _AT_ONCE if len(after) == 1 else 1),
                ).fetchall()
                if not rows:
                    del after[place]
                    continue
                after[place] = rows[-1][0]
                where = ConfigPlace(*place.split(" "))
                for _, kind, name, last in rows:
                    yield ListedResource(place=where, type=kind, id=name, last_at=moment_of(last))
