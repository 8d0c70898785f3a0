"""Opens log files: those of a bucket are fetched ahead, and the small ones cached for later rounds."""

from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from io import BytesIO
from itertools import islice
from threading import Lock
from typing import Final

from iacwatch.storage.files import S3, FileStore, Opened, open_file
from iacwatch.trails.log_files.layout import LogFile

_THREADS: Final = 8
_AHEAD: Final = 2 * _THREADS
_SMALL: Final = 512 * 1024
_MOST_BYTES: Final = 64 * 1024 * 1024
"""Files of a bucket, as they are stored, that are cached: those up to `_SMALL`, of all together so much."""


class Fetcher:
    """Opens the log files of one folder or bucket."""

    def __init__(self, store: FileStore) -> None:
        """Take the place; nothing is looked at yet."""
        self._store = store
        self._cache = _Cache()

    def opened(self, files: Sequence[LogFile]) -> Iterator[Opened[LogFile]]:
        """Open files in their order; those of a bucket are fetched ahead, while others are read."""
        if not self._store.where.startswith(S3):
            for file in files:
                yield open_file(self._store, file)
            return
        left = iter(files)
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="log-files")
        flying: deque[Future[Opened[LogFile]]] = deque()
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

    def _fetch(self, file: LogFile) -> Opened[LogFile]:
        """Fetch a file of a bucket, or take it from the cache: later rounds read the same ones again."""
        if (content := self._cache.get(file)) is not None:
            return Opened(file, ExitStack(), BytesIO(content))
        opened = open_file(self._store, file)
        if opened.source is None or file.stored.size > _SMALL:
            return opened
        with opened.stack:
            content = opened.source.read()
        self._cache.put(file, content)
        return Opened(file, ExitStack(), BytesIO(content))


class _Cache:
    """The bytes of the files that were used last; for several threads."""

    def __init__(self) -> None:
        self._contents: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, file: LogFile) -> bytes | None:
        with self._lock:
            content = self._contents.get(file.key)
            if content is not None:
                self._contents.move_to_end(file.key)
            return content

    def put(self, file: LogFile, content: bytes) -> None:
        with self._lock:
            before = self._contents.pop(file.key, b"")
            self._contents[file.key] = content
            self._size += len(content) - len(before)
            while self._size > _MOST_BYTES:
                self._size -= len(self._contents.popitem(last=False)[1])


def _close(future: Future[Opened[LogFile]]) -> None:
    """Close what was opened ahead and is not needed any more."""
    if not future.cancelled() and future.exception() is None:
        future.result().stack.close()
