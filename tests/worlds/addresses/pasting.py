"""Pastes the commands that a report offers into a shell in which terraform only writes down how it was called."""

import os
import re
import shlex
import subprocess

TOOLS = ("terraform", "tofu", "terragrunt", "atmos")
RECORD = '#!/bin/sh\nprintf "%s\\0" "$(basename "$0")" "$@" >> "$RECORD"\n'
ASSIGNED = re.compile(r"[A-Z_]+=")
APPLIES = {"apply", "destroy", "-auto-approve"}


class Shell:
    """A folder with the tools' doubles, and an empty one in which commands run."""

    def __init__(self, folder):
        self.tools, self.here, self.record = folder / "tools", folder / "here", folder / "record"
        self.tools.mkdir(parents=True)
        self.here.mkdir()
        for name in TOOLS:
            (self.tools / name).write_text(RECORD)
            (self.tools / name).chmod(0o755)

    def paste(self, text):
        """Run a command line; return the tool's arguments, and what went wrong."""
        self.record.unlink(missing_ok=True)
        path = f"{self.tools}:{os.environ['PATH']}"
        variables = {"PATH": path, "RECORD": str(self.record), "HOME": str(self.here)}
        captured = {"capture_output": True, "text": True, "env": variables, "cwd": self.here}
        done = subprocess.run(["bash", "-c", text], timeout=20, check=False, **captured)
        left = [each.name for each in self.here.iterdir()]
        for each in self.here.iterdir():
            each.unlink()
        if left:
            return [], f"the command made files: {left}"
        if done.returncode or not self.record.exists():
            return [], f"exit {done.returncode}: {done.stderr.strip()[:200]}"
        return self.record.read_bytes().decode().split("\0")[:-1], ""

    def judge(self, text, targets, directory, tool):
        """Return what is wrong with a plan command."""
        try:
            words = shlex.split(text)
        except ValueError as error:
            return f"shlex: {error}"
        arguments, wrong = self.paste(text)
        while words and ASSIGNED.match(words[0]):
            words.pop(0)
        named = [each.partition("=")[2] for each in arguments if each.startswith(("-target=", "--target="))]
        there = any(directory in each for each in arguments if "-target" not in each) if directory else True
        checks = (
            (wrong == "", wrong),
            (arguments == words, f"the shell reads {arguments}, shlex {words}"),
            (not APPLIES.intersection(arguments), f"it applies: {arguments}"),
            ("plan" in arguments, f"no plan: {arguments}"),
            (named and set(named) <= targets, f"-target should be one of {sorted(targets)}, is {named}"),
            (not tool or arguments[:1] == [tool], f"the tool should be {tool}: {arguments}"),
            (there or arguments[:1] == ["atmos"], f"the directory {directory!r} is missing: {arguments}"),
        )
        return next((text for fits, text in checks if not fits), "")
