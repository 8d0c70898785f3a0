"""The log files of one folder or bucket: how they lie there, and how to get at them."""

from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from io import BytesIO
from itertools import islice
from threading import Lock
from typing import IO, Final, NamedTuple

from iacwatch.errors import IacwatchError
from iacwatch.storage.files import S3, Blobs
from iacwatch.trails.log_files.flat import Flat
from iacwatch.trails.log_files.laid import Laid
from iacwatch.trails.log_files.layout import File, Layout
from iacwatch.trails.spans import LATE

_THREADS: Final = 8
_AHEAD: Final = 2 * _THREADS
_SMALL: Final = 512 * 1024
_MOST_BYTES: Final = 64 * 1024 * 1024
"""Files of a bucket, as they are stored, that are kept: those up to `_SMALL`, of all together so much."""


class Opened(NamedTuple):
    """A file that was opened, to be closed by its `stack`; or why it could not be."""

    file: File
    stack: ExitStack
    source: IO[bytes] | None = None
    failure: str = ""


class Shelf:
    """One folder or bucket."""

    def __init__(self, blobs: Blobs) -> None:
        """Take the place; nothing is looked at yet."""
        self.where = blobs.where
        self._blobs = blobs
        self._laid: Laid | None = None
        self._flat: Flat | None = None
        self._kept = _Kept()

    def listed(self, now: datetime, *, until: datetime) -> Laid | Flat:
        """Return what lies there; `until` is when what is asked about ends: what came later is not missed.

        Raises `IacwatchError` where it cannot be listed.
        """
        if self._laid is None:
            layout = Layout(self._blobs)
            self._laid = Laid(layout) if layout.known else None
        if self._laid is not None:
            self._laid.begin(now)
            return self._laid
        if self._flat is None or until + 2 * LATE > self._flat.at:
            self._flat = Flat(self._blobs, now)
        return self._flat

    def opened(self, files: Sequence[File]) -> Iterator[Opened]:
        """Open files in their order; those of a bucket are fetched ahead, while others are read."""
        if not self.where.startswith(S3):
            yield from map(self._open, files)
            return
        left = iter(files)
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="log-files")
        flying: deque[Future[Opened]] = deque()
        try:
            while True:
                flying.extend(pool.submit(self._fetch, file) for file in islice(left, _AHEAD - len(flying)))
                if not flying:
                    return
                yield flying.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            for future in flying:
                future.add_done_callback(_close)

    def _open(self, file: File) -> Opened:
        stack = ExitStack()
        try:
            return Opened(file, stack, stack.enter_context(self._blobs.open(file.blob)))
        except IacwatchError as error:
            return Opened(file, stack, failure=str(error))

    def _fetch(self, file: File) -> Opened:
        """Fetch a file of a bucket, or take it from what is kept: later rounds read the same ones again."""
        if (held := self._kept.get(file)) is not None:
            return Opened(file, ExitStack(), BytesIO(held))
        opened = self._open(file)
        if opened.source is None or file.blob.size > _SMALL:
            return opened
        with opened.stack:
            held = opened.source.read()
        self._kept.put(file, held)
        return Opened(file, ExitStack(), BytesIO(held))


class _Kept:
    """The bytes of the files that were used last; for several threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, file: File) -> bytes | None:
        with self._lock:
            held = self._held.get((file.blob.name, file.blob.size))
            if held is not None:
                self._held.move_to_end((file.blob.name, file.blob.size))
            return held

    def put(self, file: File, held: bytes) -> None:
        with self._lock:
            before = self._held.pop((file.blob.name, file.blob.size), b"")
            self._held[file.blob.name, file.blob.size] = held
            self._size += len(held) - len(before)
            while self._size > _MOST_BYTES:
                self._size -= len(self._held.popitem(last=False)[1])


def _close(future: Future[Opened]) -> None:
    """Close what was opened ahead and is not needed any more."""
    if not future.cancelled() and future.exception() is None:
        future.result().stack.close()
