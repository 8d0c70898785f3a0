"""Tries mutants in a copy of the project: `python trial.py` in a folder that `bench.py` made.

What to try stands in `plan.json`. Each mutant gets a fork of a process that has collected the tests and run none,
so that nothing is kept from one for the next. `results.jsonl` gets a line for each as soon as it is known.
"""

import json
import os
import resource
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from mutmut.configuration import config
from mutmut.mutation import trampoline
from mutmut.state import state
from mutmut.utils.file_utils import setup_source_paths

AT_ONCE = 2
LONGEST = 4
"""CPU seconds: a test that takes longer is left out."""

BUDGET = 5
"""CPU seconds for tests of other rooms that a survivor of its own may cost."""

PATIENCE = 5
"""How many times longer than usual, and two CPU seconds more, a test may take under a mutant."""

MEMORY = 8 << 30
"""Bytes that a mutant may fill."""

SURVIVED, UNREACHED = "survived", "reached by no test"
ENDS = {
    pytest.ExitCode.OK: SURVIVED,
    pytest.ExitCode.NO_TESTS_COLLECTED: UNREACHED,
    pytest.ExitCode.TESTS_FAILED: "a test failed",
    pytest.ExitCode.INTERRUPTED: "could not be imported",
    pytest.ExitCode.INTERNAL_ERROR: "pytest failed",
    -signal.SIGXCPU: "took too long",
    -signal.SIGSEGV: "crashed",
    -signal.SIGABRT: "crashed",
}
"""What the end of a mutant's process tells. Any other, a kill for one, tells nothing."""

FOLDER = Path.cwd()
REACH, RESULTS = FOLDER / "reach.json", FOLDER / "results.jsonl"


class Look:
    """Notes which functions the tests of each file reach, and how many CPU seconds each test takes."""

    def __init__(self) -> None:
        self.files: defaultdict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self._began = 0.0

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._began = process_time()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] = process_time() - self._began
        for function in state()._stats:
            self.files[function].add(file_of(nodeid))
        state()._stats.clear()


class Limits:
    """Ends a test that takes far longer than usual, and keeps the name of the last that began."""

    def __init__(self, seconds: Mapping[str, float], last: Path) -> None:
        self._seconds, self._last = seconds, last

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._last.write_text(nodeid, encoding="utf-8")
        most = int(process_time() + PATIENCE * (2 + self._seconds.get(nodeid, 0))) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


class Trial:
    """Mutants, each against the tests of its own room, and then those of the others, that reach its function."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self._own, self._tests, self._commands = tuple(plan["own"]), plan["tests"], plan["commands"]
        self._running: dict[int, str] = {}
        self._anew = False
        if not REACH.exists() and _in_a_fork(self._look):
            sys.exit("The tests are not green as they are, without any mutant: nothing was tried.")
        reach = json.loads(REACH.read_text(encoding="utf-8"))
        self._imported, self._files = frozenset(reach["imported"]), reach["files"]
        self._seconds: dict[str, float] = reach["seconds"]
        self._long = [f"--deselect={test}" for test, each in self._seconds.items() if each > LONGEST]
        self._totals: Counter[str] = Counter()
        for test, seconds in self._seconds.items():
            if seconds <= LONGEST:
                self._totals[file_of(test)] += seconds

    def run(self, mutants: Sequence[str]) -> None:
        """Try each; those whose function is called by imports, too, may survive only what imports all anew."""
        known = results()
        if _in_a_fork(lambda: self._collected(name for name in mutants if name not in known)):
            sys.exit("The process that tries mutants has ended.")
        known = results()
        self._anew = True
        self._try(name for name in mutants if name in known and not known[name]["last"])

    def _collected(self, mutants: Iterable[str]) -> int:
        _quietly(lambda: _pytest("--collect-only", *self._tests))
        self._try(mutants)
        return 0

    def _look(self) -> int:
        print("Looking which tests reach what ...", file=sys.stderr)
        trampoline.set_mutant_under_test("stats")
        del os.environ["MUTANT_UNDER_TEST"]  # only this process counts
        _quietly(lambda: _pytest("--collect-only", *self._tests))
        imported, look = sorted(state()._stats), Look()
        state()._stats.clear()
        code = _quietly(lambda: _pytest(*self._tests, plugin=look))
        if code or not look.seconds:
            print(*look.failed, sep="\n", file=sys.stderr)
            return 1
        files = {function: sorted(files) for function, files in look.files.items()}
        _write(REACH, json.dumps({"imported": imported, "files": files, "seconds": look.seconds}))
        return 0

    def _try(self, mutants: Iterable[str]) -> None:
        for name in mutants:
            while len(self._running) >= AT_ONCE:
                self._reap()
            if tests := self._reaching(function_of(name)):
                self._running[self._start(name, tests)] = name
            else:
                self._note(name, UNREACHED, "")
        while self._running:
            self._reap()

    def _start(self, name: str, tests: Sequence[str]) -> int:
        pid = os.fork()
        if not pid:
            trampoline.set_mutant_under_test(name)
            trampoline.get_mutant_under_test = lambda: name  # every call asks: a third of the time
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            limits = Limits(self._seconds, _last(os.getpid()))
            os._exit(_quietly(lambda: _pytest("-x", *self._long, *tests, plugin=limits)))
        return pid

    def _reap(self) -> None:
        pid, status = os.wait()
        last = _last(pid)
        by = last.read_text(encoding="utf-8") if last.exists() else ""
        last.unlink(missing_ok=True)
        name, code = self._running.pop(pid), os.waitstatus_to_exitcode(status)
        if code in ENDS:
            self._note(name, ENDS[code], by)
        else:
            print(f"{name} has no result: its process ended with {code}.", file=sys.stderr)

    def _note(self, mutant: str, result: str, by: str) -> None:
        lives = result in {SURVIVED, UNREACHED}
        last = self._anew or not lives or function_of(mutant) not in self._imported
        with RESULTS.open("a", encoding="utf-8") as file:
            row = {"mutant": mutant, "result": result, "by": by, "last": last}
            print(json.dumps(row), file=file, flush=True)

    def _reaching(self, function: str) -> list[str]:
        """Return the files of tests: those of the own room first, the quickest of each first, then commands."""
        if self._anew:
            return [file for file in self._totals if file.startswith(self._own)]
        reached = self._files.get(function, ())
        quickest = sorted(reached, key=lambda file: (self._totals[file], file))
        own = [file for file in quickest if file.startswith(self._own)]
        others = [file for file in quickest if file not in {*own, *self._commands}]
        spent = accumulate(self._totals[file] for file in others)
        quick = [file for file, seconds in zip(others, spent, strict=True) if seconds <= BUDGET]
        return [*own, *quick, *self._commands]


def results() -> dict[str, dict[str, Any]]:
    """Return what became of the mutants that were tried in this folder."""
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.exists() else []
    rows = map(json.loads, lines)
    return {row["mutant"]: row for row in rows}


def file_of(test: str) -> str:
    """Return the file of a test, by its name in pytest."""
    return test.partition("::")[0]


def function_of(mutant: str) -> str:
    """Return the function that a mutant changes, as mutmut names it."""
    return mutant.rpartition("__mutmut_")[0]


def _pytest(*arguments: str, plugin: object | None = None) -> int:
    fixed = ("-q", "--rootdir=.", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-profile=mutants")
    return int(pytest.main([*fixed, *arguments], plugins=[plugin] if plugin else []))


def _quietly(work: Callable[[], int]) -> int:
    kept = sys.stdout, sys.stderr
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        sys.stdout = sys.stderr = nowhere
        try:
            return work()
        finally:
            sys.stdout, sys.stderr = kept


def _in_a_fork(work: Callable[[], int]) -> int:
    pid = os.fork()
    if not pid:
        os._exit(work())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _last(pid: int) -> Path:
    return FOLDER / f"last-{pid}"


def _write(file: Path, text: str) -> None:
    part = file.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def main() -> None:
    """Try what has no result yet of the plan in this folder."""
    plan = json.loads((FOLDER / "plan.json").read_text(encoding="utf-8"))
    config()  # mutmut's settings are those of the folder above
    setup_source_paths()
    os.chdir("mutants")
    Trial(plan).run(plan["mutants"])


if __name__ == "__main__":
    main()
