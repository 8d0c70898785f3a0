"""The use case of `address scan`: the states in a folder or a bucket go into the index, if they changed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from iacwatch import __version__
from iacwatch.addresses.document import NotAStateError
from iacwatch.addresses.state import read_state
from iacwatch.app.address.add import index_of
from iacwatch.app.container import Container
from iacwatch.core.addresses import state_place
from iacwatch.core.addresses.stack_rules import filled, rule_of
from iacwatch.core.iac import PLAN, StateHead, StateRows
from iacwatch.errors import IacwatchError
from iacwatch.ports import AddressIndex
from iacwatch.storage.files import S3, FileStore, StoredFile, open_store, unzipped

UNCHANGED: Final = "unchanged"
FAILED: Final = "failed"
GONE: Final = "gone"
PASSED_OVER: Final = "passed-over"
READ_AGAIN: Final = timedelta(days=7)
"""After how long a state is read though it has not changed, so that it does not look forgotten."""

_AT_ONCE: Final = timedelta(0)
_HANDED_OVER: Final = "+"
"""Begins the version of a state that a pipeline handed over, too: what it said of the state is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedState:
    """What became of one state.

    `result` is what `Replaced` says, or unchanged, gone, failed, or passed over: a file that is no state.
    `why` says why, of the last two.
    """

    head: StateHead
    result: str
    rows: int | None = None
    dropped: int = 0
    why: str = ""


@dataclass(slots=True, kw_only=True)
class Scan:
    """A scan of one place: `states` does the work, state by state, and the figures grow with it."""

    container: Container
    index: AddressIndex
    store: FileStore
    counted: dict[str, int] = field(default_factory=dict)

    def states(self) -> Iterator[ScannedState]:
        """Read what changed, put it into the index, and yield what became of each state.

        What is no longer there is dropped once all was listed. Raises `Stopping` between two states,
        `IacwatchError` where the place cannot be listed or the index fails.
        """
        self.index.drop((), now=self.container.clock.now())  # the first write makes the index
        known = {each.place: each for each in self.index.states()}
        left = {place for place in known if self._lies_here(place.removesuffix(PLAN))}
        listed = 0
        for file in self.store.list():
            self.container.clock.sleep(_AT_ONCE)
            listed += 1
            self.container.report_progress("files", listed)
            left -= {self._place(file), self._place(file) + PLAN}
            yield self._count(self._scanned(file, known))
        if not listed:
            kept = f"; the index keeps what it has of it ({len(left)} states)" if left else ""
            raise IacwatchError(f"{self.store.where} holds no file{kept}", hint="check the path")
        self.index.drop(sorted(left), now=self.container.clock.now())
        for place in sorted(left):
            if not place.endswith(PLAN):
                yield self._count(ScannedState(head=known[place], result=GONE))

    def _count(self, done: ScannedState) -> ScannedState:
        self.counted[done.result] = self.counted.get(done.result, 0) + 1
        return done

    def _scanned(self, file: StoredFile, known: dict[str, StateHead]) -> ScannedState:
        """Put a state into the index, unless it is there as it is, or the file is none."""
        head = self._head(file)
        if not state_place.may_be_state(file.name):
            return ScannedState(head=head, result=PASSED_OVER, why=f"{head.place} is no state, by its name")
        before = known.get(head.place)
        if (
            before is not None
            and before.version.removeprefix(_HANDED_OVER) == head.version
            and head.seen_at - before.seen_at < READ_AGAIN
        ):
            return ScannedState(head=before, result=UNCHANGED)
        try:
            state = self._read(file, head, before)
        except NotAStateError as error:
            return ScannedState(head=head, result=PASSED_OVER, why=str(error))
        except IacwatchError as error:
            return ScannedState(head=head, result=FAILED, why=str(error))
        replaced = self.index.replace(state, now=head.seen_at)
        return ScannedState(
            head=state.head, result=str(replaced), rows=len(state.rows), dropped=state.dropped
        )

    def _read(self, file: StoredFile, head: StateHead, before: StateHead | None) -> StateRows:
        with self.store.open(file) as source:
            state = read_state(unzipped(source, head.place), head, name=head.place)
        if (
            before is not None
            and before.lineage == state.head.lineage
            and before.version[:1] in {"", _HANDED_OVER}
        ):
            state = replace(state, head=_as_handed_over(state.head, before))
        return filled(state, self.container.settings.iac.stack)

    def _head(self, file: StoredFile) -> StateHead:
        """Return what is known of a state unread; `version` changes with all that its rows come from."""
        place = self._place(file)
        stack, workspace = state_place.stack_of(self._below(place, file))
        head = StateHead(
            place=place,
            stack=stack or Path(place).parent.name,
            workspace=workspace,
            seen_at=self.container.clock.now(),
        )
        rule = rule_of(head, self.container.settings.iac.stack)
        version = hashlib.sha256(repr((file.version, rule, __version__)).encode()).hexdigest()[:20]
        return replace(head, version=version)

    def _place(self, file: StoredFile) -> str:
        return self.store.where if self.store.single else f"{self.store.where.rstrip('/')}/{file.name}"

    def _below(self, place: str, file: StoredFile) -> str:
        """Return a state's path below its bucket, or below the folder that is scanned."""
        return place.removeprefix(S3).partition("/")[2] if place.startswith(S3) else file.name

    def _lies_here(self, place: str) -> bool:
        return place == self.store.where or place.startswith(f"{self.store.where.rstrip('/')}/")


def _as_handed_over(head: StateHead, before: StateHead) -> StateHead:
    """Return the head of a state with what the pipeline said of it that handed it over."""
    return replace(
        head,
        stack=before.stack or head.stack,
        workspace=before.workspace or head.workspace,
        repository=before.repository,
        directory=before.directory,
        commit=before.commit if before.serial == head.serial else "",
        owner=before.owner,
        command=before.command,
        version=f"{_HANDED_OVER}{head.version}",
    )


def scan(container: Container, place: str) -> Scan:
    """Return a scan of a folder, a file or ``s3://bucket/prefix``, not begun.

    Raises `UsageError` where there is no such folder, `ConfigError` where no index is configured.
    """
    index = index_of(container)
    where = place if place.startswith(S3) else str(Path(place).expanduser().resolve())
    return Scan(container=container, index=index, store=open_store(where, container.sessions))
