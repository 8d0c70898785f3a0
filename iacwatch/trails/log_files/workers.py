"""Processes that read log files over the machine's cores, where there is work enough.

Each knows from its start what to read, and answers as it goes; the answers are taken in the files' order.
They heed no signal that asks a run to end: that is their parent's business, and they end as soon as it has.
"""

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Final

from iacwatch.clock import SIGNALS
from iacwatch.storage.files import FileStore
from iacwatch.trails.log_files.fetch import Fetcher
from iacwatch.trails.log_files.file_scan import FileScan, Record
from iacwatch.trails.log_files.layout import LogFile
from iacwatch.trails.record_filter import RecordFilter

Work = Sequence[tuple[RecordFilter, Sequence[LogFile]]]
Worker = tuple[BaseProcess, Connection]
Answer = tuple[FileScan, list[Record]]

_WORTH: Final = 12 * 1024 * 1024
"""Bytes of files, as they are stored, above which processes are started."""

_OF_A_CALL: Final = 64 * 1024
"""Bytes of a file that could be read in the time that asking S3 for it takes."""

_BATCH: Final = 1024 * 1024
_MOST: Final = 16
_POLL: Final = 0.2
_KILLED: Final = 5.0
"""Seconds that a killed process may take to end: on a busy machine it has to be scheduled once more."""


def workers_for(work: Work, *, remote: bool) -> int:
    """Return how many processes reading these files is worth; 0 where it is done sooner without any."""
    most = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    size = sum(file.stored.size + _OF_A_CALL * remote for _, files in work for file in files)
    batches = sum(1 for _ in _batches(work))
    return min(most, _MOST, batches) if size >= _WORTH and min(most, batches) > 1 else 0


def start_workers(count: int, store: FileStore, work: Work) -> list[Worker]:
    """Start so many processes over the files; none where the machine refuses."""
    workers: list[Worker] = []
    try:
        for number in range(count):
            workers += [_started(number, count, store, work)]
    except OSError:
        _end(workers)
        return []
    return workers


def read_by_workers(
    workers: Sequence[Worker], work: Work, pause: Callable[[], None]
) -> Iterator[tuple[RecordFilter, FileScan, list[Record]]]:
    """Yield what the files hold, in their order, and end the processes.

    `pause` is called while there is nothing to take, and may raise.
    """
    try:
        for number, (wanted, files) in enumerate(_batches(work)):
            for scan, records in _answers(workers[number % len(workers)], files, pause):
                yield wanted, scan, records
    finally:
        _end(workers)


def _end(workers: Sequence[Worker]) -> None:
    for process, connection in workers:
        connection.close()
        process.kill()
    for process, _ in workers:
        process.join(_KILLED)


def _started(number: int, count: int, store: FileStore, work: Work) -> Worker:
    """Start a worker. A forked one has our handlers at first: no signal may come until it has its own."""
    context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    task = {"number": number, "count": count, "store": store, "work": work, "parent": os.getpid()}
    process = context.Process(target=_work, args=(theirs, ours), kwargs=task, daemon=True)
    masks = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS) if masks else set()
    try:
        process.start()
    finally:
        if masks:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    theirs.close()
    return process, ours


def _answers(worker: Worker, files: Sequence[LogFile], pause: Callable[[], None]) -> list[Answer]:
    process, connection = worker
    with suppress(EOFError, OSError):
        while not connection.poll(_POLL):
            pause()
        pause()
        found: list[Answer] = connection.recv()
        return found
    process.join(_POLL)
    lost: list[Answer] = []
    for file in files:
        scan = FileScan(file)
        scan.failure = (
            f"the process that read log files ended early (exit code {process.exitcode}); try again"
        )
        lost.append((scan, []))
    return lost


def _work(
    answers: Connection,
    taken: Connection,
    *,
    number: int,
    count: int,
    store: FileStore,
    work: Work,
    parent: int,
) -> None:
    """Read every `count`-th batch, from the `number`-th on, and answer with what each file holds."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.set_wakeup_fd(-1)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    taken.close()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    own = [batch for place, batch in enumerate(_batches(work)) if place % count == number]
    opened = Fetcher(deepcopy(store)).opened([file for _, files in own for file in files])
    with suppress(BrokenPipeError, ConnectionError):
        for wanted, files in own:
            found: list[Answer] = []
            for file in files:
                scan = FileScan(file)
                found.append((scan, list(scan.records(next(opened), wanted, _go_on))))
            answers.send(found)


def _batches(work: Work) -> Iterator[tuple[RecordFilter, list[LogFile]]]:
    """Yield the files some at a time, together about `_BATCH` bytes."""
    for wanted, files in work:
        batch: list[LogFile] = []
        size = 0
        for file in files:
            batch.append(file)
            size += file.stored.size
            if size >= _BATCH or len(batch) == _MOST:
                yield wanted, batch
                batch, size = [], 0
        if batch:
            yield wanted, batch


def _end_with(parent: int) -> None:
    """End this process as soon as its parent has ended, whatever it hangs in."""
    while os.getppid() == parent:
        time.sleep(_POLL)
    os._exit(1)


def _go_on() -> None:
    """Stop for nothing: whoever started this process ends it."""
