"""Work that several threads do, its results taken in by one: no more in flight than is good for memory."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TypeVar

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


def done_by(
    threads: int, work: Callable[[_Task], _Result], tasks: Iterable[_Task], *, ahead: int = 2
) -> Iterator[_Result]:
    """Yield the result of each task as it comes, in any order; `ahead` tasks wait for each thread.

    What a task raises is raised here at once (`Stopping` above all); what has not begun then never does.
    """
    left = iter(tasks)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="history")
    try:
        flying: set[Future[_Result]] = set()
        while True:
            flying |= {pool.submit(work, task) for task in islice(left, threads * ahead - len(flying))}
            if not flying:
                return
            done, flying = wait(flying, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
