"""A copy of the project in which every function of some rooms stands with all its mutants beside it."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[3]
WORK = TOP / ".mutants"
TRIAL = Path(__file__).with_name("trial.py")
_GENERATE = (
    "from mutmut.__main__ import copy_also_copy_files, copy_src_dir, create_mutants;"
    "copy_src_dir(); copy_also_copy_files(); create_mutants(2)"
)
_SHOW = (
    "import json, sys; from mutmut.mutation.diff_apply import get_diff_for_mutant;"
    "print(json.dumps([get_diff_for_mutant(name) for name in sys.argv[1:]]))"
)


@dataclass(frozen=True)
class Result:
    """What became of a mutant; `by` is the test that was the last to run, "" where its code could not be imported."""

    result: str
    by: str

    @property
    def lives(self) -> bool:
        """Whether no test failed for it."""
        return self.result in {"survived", "reached by no test"}

    def caught_by(self, tests: Sequence[str]) -> bool:
        """Return whether it was one of these."""
        return not self.lives and (not self.by or self.by.startswith(tuple(tests)))


class Bench:
    """Made anew whenever a file of the project has changed; else what was tried in it before stands."""

    def __init__(self, rooms: Sequence[str], tests: Sequence[str]) -> None:
        self._rooms, self._tests = rooms, tests
        self._files = [Path(name) for name in _output("git", "ls-files", "-z").split("\0") if name]
        self._files = [file for file in self._files if (TOP / file).exists()]
        named = hashlib.sha256(json.dumps([rooms, tests]).encode()).hexdigest()[:12]
        self.folder = WORK / named
        made, state = self.folder / "made-of", self._state()
        if not made.exists() or made.read_text(encoding="utf-8") != state:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._make()
            made.write_text(state, encoding="utf-8")

    def drawn(self, room: str, count: int, seed: int) -> list[str]:
        """Draw mutants of a room: by their names' hashes, so that another function's change leaves the sample."""
        mutants: list[str] = []
        for file in (self.folder / "mutants" / "iacwatch" / room).rglob("*.meta"):
            mutants += json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        return sorted(mutants, key=lambda name: hashlib.sha256(f"{seed} {name}".encode()).digest())[:count]

    def tried(
        self, mutants: Sequence[str], own: Sequence[str], commands: Sequence[str]
    ) -> Mapping[str, Result]:
        """Try what was not tried before, and return what became of each."""
        left = [name for name in mutants if name not in self._results()]
        if left:
            plan = {"mutants": left, "own": own, "commands": commands, "tests": self._tests}
            print(f"Trying {len(left)} mutants ...", file=sys.stderr)
            (self.folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
            self._run(str(TRIAL))
        results = self._results()
        if missing := [name for name in mutants if name not in results]:
            raise SystemExit(
                f"{len(missing)} mutants have no result, {missing[0]} among them: run this again."
            )
        return {name: results[name] for name in mutants}

    def changes(self, mutants: Sequence[str]) -> dict[str, str]:
        """Return what each mutant changes, as a diff."""
        told = _output(sys.executable, "-c", _SHOW, *mutants, folder=self.folder)
        return dict(zip(mutants, json.loads(told), strict=True))

    def _results(self) -> dict[str, Result]:
        file = self.folder / "results.jsonl"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        rows = [json.loads(line) for line in lines]
        return {row["mutant"]: Result(row["result"], row["by"]) for row in rows if row["last"]}

    def _state(self) -> str:
        """Return what tells whether a file of the project has changed, but for this tool's own."""
        digest = hashlib.sha256()
        for file in self._files:
            if (TOP / file).parent == TRIAL.parent:
                continue
            digest.update(f"{file}\0".encode() + (TOP / file).read_bytes() + b"\0")
        return digest.hexdigest()

    def _make(self) -> None:
        for file in self._files:
            target = self.folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(TOP / file, target)
        settings: dict[str, Any] = {
            "source_paths": ["iacwatch"],
            "only_mutate": [f"iacwatch/{room}/*" for room in self._rooms],
            "also_copy": sorted({file.parts[0] for file in self._files} - {"iacwatch"}),
        }
        with (self.folder / "pyproject.toml").open("a", encoding="utf-8") as file:
            lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
            file.write("\n[tool.mutmut]\n" + "\n".join(lines) + "\n")
        print("Making the mutants ...", file=sys.stderr)
        self._run("-c", _GENERATE, stdout=subprocess.DEVNULL)

    def _run(self, *arguments: str, **more: Any) -> None:
        code = subprocess.run([sys.executable, *arguments], cwd=self.folder, check=False, **more).returncode
        if code:
            raise SystemExit(code)


def _output(*arguments: str, folder: Path = TOP) -> str:
    return subprocess.run(arguments, cwd=folder, check=True, capture_output=True, text=True).stdout
