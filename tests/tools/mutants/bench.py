"""A copy of the project in which every function of some rooms stands with all its mutants beside it."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).parents[3]
TRIAL = Path(__file__).with_name("trial.py")
_GENERATE = (
    "from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants;"
    "copy_src_dir(); copy_also_copy_files(); create_mutants(2)"
)
_SHOW = (
    "import json, sys; from mutmut.mutation.diff_apply import get_diff_for_mutant;"
    "print(json.dumps([get_diff_for_mutant(name) for name in sys.argv[1:]]))"
)


class Result(NamedTuple):
    """What became of a mutant; `by` is the test that was the last to run, "" where its code could not be imported."""

    result: str
    by: str

    @property
    def lives(self):
        return self.result in {"survived", "reached by no test"}

    def caught_by(self, tests):
        """Return whether it was one of these."""
        return not self.lives and (not self.by or self.by.startswith(tuple(tests)))


class Bench:
    """Made anew whenever a file of the project has changed; else what was tried in it before stands."""

    def __init__(self, rooms, tests):
        self._tests = tests
        named = hashlib.sha256(json.dumps([rooms, tests]).encode()).hexdigest()[:12]
        self.folder = TOP / ".mutants" / named
        files = [Path(name) for name in _output("git", "ls-files", "-z").split("\0") if name]
        files = [file for file in files if (TOP / file).exists()]
        digest, made = hashlib.sha256(), self.folder / "made-of"
        for file in files:
            if (TOP / file).parent != TRIAL.parent:
                digest.update(f"{file}\0".encode() + (TOP / file).read_bytes() + b"\0")
        if not made.exists() or made.read_text(encoding="utf-8") != digest.hexdigest():
            shutil.rmtree(self.folder, ignore_errors=True)
            self._make(rooms, files)
            made.write_text(digest.hexdigest(), encoding="utf-8")

    def drawn(self, room, count, seed):
        """Draw mutants of a room: by their names' hashes, so that another function's change leaves the sample."""
        mutants = []
        for file in (self.folder / "mutants" / "iacwatch" / room).rglob("*.meta"):
            mutants += json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        return sorted(mutants, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())[:count]

    def tried(self, mutants, own, commands):
        """Try what was not tried before, and return what became of each."""
        known = self._results()
        if left := [name for name in mutants if name not in known]:
            plan = {"mutants": left, "own": own, "commands": commands, "tests": self._tests}
            print(f"Trying {len(left)} mutants ...", file=sys.stderr)
            (self.folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
            self._run(str(TRIAL))
        known = self._results()
        if missing := [name for name in mutants if name not in known]:
            raise SystemExit(f"{len(missing)} mutants have no result: run this again. {missing[0]}")
        return {name: known[name] for name in mutants}

    def changes(self, mutants):
        """Return what each mutant changes, as a diff."""
        told = _output(sys.executable, "-c", _SHOW, *mutants, folder=self.folder)
        return dict(zip(mutants, json.loads(told), strict=True))

    def _results(self):
        file = self.folder / "results.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        rows = map(json.loads, lines)
        return {row["mutant"]: Result(row["result"], row["by"]) for row in rows}

    def _make(self, rooms, files):
        for file in files:
            target = self.folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / file, target)
        settings = {
            "source_paths": ["iacwatch"],
            "only_mutate": [f"iacwatch/{room}/*" for room in rooms],
            "also_copy": sorted({file.parts[0] for file in files} - {"iacwatch"}),
        }
        with (self.folder / "pyproject.toml").open("a", encoding="utf-8") as file:
            lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
            file.write("\n[tool.mutmut]\n" + "\n".join(lines) + "\n")
        print("Making the mutants ...", file=sys.stderr)
        self._run("-c", _GENERATE, stdout=subprocess.DEVNULL)

    def _run(self, *arguments, **more):
        done = subprocess.run([sys.executable, *arguments], cwd=self.folder, check=False, **more)
        if done.returncode:
            raise SystemExit(done.returncode)


def _output(*arguments, folder=TOP):
    return subprocess.run(arguments, cwd=folder, check=True, capture_output=True, text=True).stdout
