"""Ways of doing one thing, measured side by side: in turn, in a random order, as medians of ratios within a round."""

import multiprocessing
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

TOP = Path(__file__).resolve().parents[2]
_DRAW = random.Random(1)
T = TypeVar("T")


def paired(ways: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """Return what each way returned in each round."""
    taken: dict[str, list[T]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name in _DRAW.sample(list(ways), len(ways)):
            taken[name].append(ways[name]())
    return taken


def ratio(ours: Iterable[float], theirs: Iterable[float]) -> float:
    """Return the median of the ratios within each round."""
    return statistics.median(one / other for one, other in zip(ours, theirs, strict=True))


def seconds(work: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> float:
    """Return how long a piece of work takes by a clock; of the processor, unless said otherwise."""
    began = clock()
    work()
    return clock() - began


def process(line: Sequence[str], **more: Any) -> tuple[float, float]:
    """Return what a whole process takes: seconds on the clock, and of the processor."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(line, stdout=subprocess.DEVNULL, check=True, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - began, spent


def peak() -> float:
    """Return the most memory that this process had, in MB (its own rusage would count its parent's)."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


class Cost(NamedTuple):
    """What a piece of work returned in a process of its own; what it took: seconds of CPU, MB before and at most."""

    answer: Any
    seconds: float
    before: float
    most: float


def alone(work: Callable[..., Any], *arguments: Any) -> Cost:
    """Return what a piece of work costs in a new process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (work, arguments))


def _measured(work: Callable[..., Any], arguments: Sequence[Any]) -> Cost:
    before, began = peak(), time.process_time()
    answer = work(*arguments)
    return Cost(answer, time.process_time() - began, before, peak())


def number(usual: int) -> int:
    """Return the number that the command line gives, or the usual one."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else usual


def line(name: object, *figures: object) -> None:
    """Print a row of a table: a name, and columns of titles, counts and figures."""
    cells = (f"{round(each, 2):,}" if isinstance(each, int | float) else str(each) for each in figures)
    print(f"{name!s:<30}", *(f"{cell:>10}" for cell in cells), flush=True)
