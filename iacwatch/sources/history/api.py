"""Every change of every managed resource in a range of time, from AWS Config's own history.

What may have changed is listed first (`Inventory`), then the history of each is read (`HistoryReader`), by
several threads at the pace of each account and region. All of it goes into a spool, from which the changes
come out by capture time; what a killed run had done already, the next one finds there.
"""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from iacwatch.aws.config_api import ConfigCalls, ConfigPlace
from iacwatch.aws.thread_pool import done_by
from iacwatch.core.model import Window
from iacwatch.errors import AwsError
from iacwatch.ports import Clock, Delivery, Progress
from iacwatch.sources.history.api_reader import HistoryReader, ResourceHistory
from iacwatch.sources.history.changes import SpooledChanges
from iacwatch.sources.history.checkpoint import DONE, FAILED, MISSING, TO_DO, Todo
from iacwatch.sources.history.inventory import COMMON, Inventory, ListedResource, unsupported
from iacwatch.storage.spool import Spool

_THREADS: Final = 4
_MOST_THREADS: Final = 16
_SAVE_EVERY: Final = 25
"""Resources after which what was read is saved."""

_LISTING: Final = "Config: what changed"
_READING: Final = "Config: histories"


class _Listing(NamedTuple):
    """One thing to list; `name` is what it is noted as once it is done."""

    inventory: Inventory
    place: ConfigPlace
    name: str
    pages: Callable[[], Iterator[list[ListedResource]]]
    needed: bool = True


class _Listed(NamedTuple):
    listing: _Listing
    resources: Sequence[ListedResource] = ()
    error: AwsError | None = None


class HistoryApi(SpooledChanges):
    """A `ports.PastSource` by AWS Config's API, over several accounts and regions."""

    def __init__(
        self,
        *,
        calls: ConfigCalls,
        spool: Spool,
        places: Sequence[ConfigPlace],
        window: Window,
        tag_key: str,
        types: Sequence[str],
        clock: Clock,
        progress: Progress,
    ) -> None:
        """Take where and when to look; `types` (empty: all) narrows.

        Raises `UsageError` where the tag's key cannot be asked for.
        """
        super().__init__(spool, window, progress)
        self._calls, self._places, self._types, self._clock = calls, tuple(places), tuple(types), clock
        self._inventories = {
            place: Inventory(calls, place, window, tag_key=tag_key, types=types) for place in places
        }
        self._reader = HistoryReader(calls, window, tag_key=tag_key)
        self._todo = Todo(spool, places, window)
        self._untagged_unseen: list[ConfigPlace] = []
        self._listed_types = 0

    def waves(self) -> Generator[Sequence[Delivery], None, None]:
        """Gather everything, then yield the changes by capture time."""
        self._list()
        self._read()
        self._spool.sort()
        yield from self._changes()

    @property
    def gaps(self) -> Sequence[str]:
        """Return what Config's API does not show."""
        gaps = [
            f"in {place}: resources that lost the tag, since Config takes no query by capture time there;"
            " its history files (--changes s3://...) show them"
            for place in self._untagged_unseen
        ]
        if missing := self._todo.count(MISSING):
            gaps.append(f"{missing} resources that changed, but of which Config holds no history any more")
        if not self._types:
            gaps.append(
                f"deleted resources of other than the {self._listed_types} types that were looked for"
                " (those that are there, and the common ones), and changes of what is there of types that"
                " Config's queries do not know; --resource-type names such a type"
            )
        return gaps

    @property
    def work(self) -> Mapping[str, int]:
        """Return the calls that were made, and how many resources were looked at."""
        return {"Config calls": self._calls.made, "resources looked at": self._todo.count(DONE, MISSING)}

    def _list(self) -> None:
        """Find out what may have changed, place by place, all places at once."""
        first = [
            listing
            for place, inventory in self._inventories.items()
            for listing in (
                _Listing(inventory, place, f"tagged {place}", inventory.tagged),
                _Listing(inventory, place, f"changed {place}", inventory.changed, needed=False),
            )
        ]
        self._take_in(first)
        types = self._types or sorted({*COMMON, *self._known_types()})
        self._listed_types = len(types)
        self._take_in(
            [
                _Listing(
                    inventory,
                    place,
                    f"deleted {place} {each}",
                    lambda inventory=inventory, each=each: inventory.deleted(each),  # type: ignore[misc]  # (bound now)
                    needed=bool(self._types),
                )
                for each in types
                for place, inventory in self._inventories.items()
            ]
        )

    def _known_types(self) -> set[str]:
        """Return the types that are there, by this run's lists or by an earlier one's."""
        name = "types"
        found = set(json.loads(self._spool.note(name) or "[]"))
        for inventory in self._inventories.values():
            found |= inventory.seen
        self._spool.take_note(name, json.dumps(sorted(found)))
        self._spool.commit()
        return found

    def _take_in(self, listings: Sequence[_Listing]) -> None:
        todo = [each for each in listings if self._spool.note(each.name) is None]
        done = len(listings) - len(todo)
        self._progress(_LISTING, done, len(listings))
        for listed in done_by(self._threads, _listed, todo):
            done += 1
            self._progress(_LISTING, done, len(listings))
            listing = listed.listing
            if listed.error is not None and (listing.needed or not unsupported(listed.error)):
                self._fail(str(listed.error))
                continue
            self._todo.add(listed.resources)
            self._spool.take_note(listing.name, "unsupported" if listed.error else "done")
            self._spool.commit()
        self._untagged_unseen = [
            place for place in self._places if self._spool.note(f"changed {place}") == "unsupported"
        ]

    def _read(self) -> None:
        """Read the histories that were not read yet."""
        left, total = self._todo.count(TO_DO), self._todo.count()
        self._progress(_READING, total - left, total)
        begun, made = self._clock.now(), self._calls.made
        for done, history in enumerate(done_by(self._threads, self._reader, self._todo.left()), start=1):
            self._save(history)
            if done % _SAVE_EVERY == 0:
                self._spool.commit()
            calls, seconds = self._calls.made - made, (self._clock.now() - begun).total_seconds()
            each = max(1.0, (calls - self._threads) / done)  # without those that are under way
            note = _budget((left - done) * each, seconds / max(1, calls))
            self._progress(_READING, total - left + done, total, note)
        self._spool.commit()

    def _save(self, history: ResourceHistory) -> None:
        self._spool.add(history.rows)
        if history.failure:
            self._fail(history.failure)
            self._todo.mark(history.resource, FAILED)
        else:
            self._todo.mark(history.resource, MISSING if history.missing else DONE)

    @property
    def _threads(self) -> int:
        return min(_THREADS * len(self._places), _MOST_THREADS)


def _budget(calls: float, seconds: float) -> str:
    """Return a note on what is left to wait for: `calls` calls of `seconds` each."""
    return f"resources, {calls:.0f} Config calls and {calls * seconds:.0f} s left"


def _listed(listing: _Listing) -> _Listed:
    """List one thing whole, so that it is done or not."""
    try:
        return _Listed(listing, [resource for page in listing.pages() for resource in page])
    except AwsError as error:
        return _Listed(listing, error=error)
