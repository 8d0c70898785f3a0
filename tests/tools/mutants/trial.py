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
from contextlib import redirect_stderr, redirect_stdout
from itertools import accumulate
from pathlib import Path
from time import process_time

import pytest
from mutmut.configuration import config
from mutmut.mutation import trampoline
from mutmut.state import state
from mutmut.utils.file_utils import setup_source_paths

AT_ONCE = 2
LONGEST = 4  # CPU seconds: a test that takes longer is left out
BUDGET = 5  # CPU seconds for tests of other rooms that a survivor of its own may cost
PATIENCE = 5  # times longer than usual, and two CPU seconds more, a test may take under a mutant
MEMORY = 8 << 30  # bytes that a mutant may fill
UNREACHED = "reached by no test"
ENDS = {
    pytest.ExitCode.OK: "survived",
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
FIXED = ("-q", "--rootdir=.", "--tb=no", "-p", "no:cacheprovider", "--hypothesis-profile=mutants")


class Look:
    """Notes which functions the tests of each file reach, and how many CPU seconds each test takes."""

    def __init__(self):
        self.files, self.seconds, self.failed, self._began = defaultdict(set), {}, [], 0.0

    def pytest_runtest_logstart(self, nodeid):
        self._began = process_time()

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid):
        self.seconds[nodeid] = process_time() - self._began
        for function in state()._stats:
            self.files[function].add(file_of(nodeid))
        state()._stats.clear()


class Limits:
    """Ends a test that takes far longer than usual, and keeps the name of the last that began."""

    def __init__(self, seconds):
        self._seconds, self._last = seconds, last_of(os.getpid())

    def pytest_runtest_logstart(self, nodeid):
        self._last.write_text(nodeid, encoding="utf-8")
        most = int(process_time() + PATIENCE * (2 + self._seconds.get(nodeid, 0))) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (most, resource.RLIM_INFINITY))


class Trial:
    """Mutants, each against the tests of its own room, and then those of the others, that reach its function."""

    def __init__(self, plan):
        self._own, self._tests, self._commands = tuple(plan["own"]), plan["tests"], plan["commands"]
        self._running = {}
        if not REACH.exists() and in_a_fork(self._look):
            sys.exit("The tests are not green as they are, without any mutant: nothing was tried.")
        reach = json.loads(REACH.read_text(encoding="utf-8"))
        self._imported, self._files = frozenset(reach["imported"]), reach["files"]
        self._seconds, self._totals = reach["seconds"], Counter()
        for test, seconds in self._seconds.items():
            if seconds <= LONGEST:
                self._totals[file_of(test)] += seconds

    def run(self, mutants):
        """Try each; those whose function is called by imports, too, where everything is imported anew."""
        early = [name for name in mutants if function_of(name) in self._imported]
        if in_a_fork(lambda: self._collected(name for name in mutants if name not in early)):
            sys.exit("The process that tries mutants has ended.")
        self._try(early)

    def _collected(self, mutants):
        quiet_pytest("--collect-only", *self._tests)
        self._try(mutants)
        return 0

    def _look(self):
        print("Looking which tests reach what ...", file=sys.stderr)
        trampoline.set_mutant_under_test("stats")
        del os.environ["MUTANT_UNDER_TEST"]  # only this process counts
        quiet_pytest("--collect-only", *self._tests)
        imported, look = sorted(state()._stats), Look()
        state()._stats.clear()
        if quiet_pytest(*self._tests, plugin=look) or not look.seconds:
            print(*look.failed, sep="\n", file=sys.stderr)
            return 1
        files = {function: sorted(files) for function, files in look.files.items()}
        part = REACH.with_suffix(".part")
        told = {"imported": imported, "files": files, "seconds": look.seconds}
        part.write_text(json.dumps(told), encoding="utf-8")
        part.replace(REACH)
        return 0

    def _try(self, mutants):
        for name in mutants:
            while len(self._running) >= AT_ONCE:
                self._reap()
            if tests := self._reaching(function_of(name)):
                self._start(name, tests)
            else:
                self._note(name, UNREACHED, "")
        while self._running:
            self._reap()

    def _start(self, name, tests):
        pid = os.fork()
        if pid:
            self._running[pid] = name
            return
        trampoline.set_mutant_under_test(name)
        trampoline.get_mutant_under_test = lambda: name  # every call asks: a third of the time
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        long = [f"--deselect={test}" for test, seconds in self._seconds.items() if seconds > LONGEST]
        os._exit(quiet_pytest("-x", *long, *tests, plugin=Limits(self._seconds)))

    def _reap(self):
        pid, status = os.wait()
        last = last_of(pid)
        by = last.read_text(encoding="utf-8") if last.exists() else ""
        last.unlink(missing_ok=True)
        name, code = self._running.pop(pid), os.waitstatus_to_exitcode(status)
        if code in ENDS:
            self._note(name, ENDS[code], by)
        else:
            print(f"{name} has no result: its process ended with {code}.", file=sys.stderr)

    def _note(self, mutant, result, by):
        with RESULTS.open("a", encoding="utf-8") as file:
            print(json.dumps({"mutant": mutant, "result": result, "by": by}), file=file, flush=True)

    def _reaching(self, function):
        """Return the files of tests: those of the own room first, the quickest of each first, then commands."""
        reached = self._totals if function in self._imported else self._files.get(function, ())
        quickest = sorted(reached, key=lambda file: (self._totals[file], file))
        own = [file for file in quickest if file.startswith(self._own)]
        others = [file for file in quickest if file not in {*own, *self._commands}]
        spent = accumulate(self._totals[file] for file in others)
        quick = [file for file, seconds in zip(others, spent, strict=True) if seconds <= BUDGET]
        return [*own, *quick, *self._commands]


def file_of(test):
    return test.partition("::")[0]


def function_of(mutant):
    return mutant.rpartition("__mutmut_")[0]


def last_of(pid):
    return FOLDER / f"last-{pid}"


def quiet_pytest(*arguments, plugin=None):
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        return int(pytest.main([*FIXED, *arguments], plugins=[plugin] if plugin else []))


def in_a_fork(work):
    pid = os.fork()
    if not pid:
        os._exit(work())
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


if __name__ == "__main__":
    asked = json.loads((FOLDER / "plan.json").read_text(encoding="utf-8"))
    config()  # mutmut's settings are those of the folder above
    setup_source_paths()
    os.chdir("mutants")
    Trial(asked).run(asked["mutants"])
