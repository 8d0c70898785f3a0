"""Pastes the commands that a report offers into a shell in which terraform only writes down how it was called."""

import os
import re
import shlex
import subprocess

TOOLS = ("terraform", "tofu", "terragrunt", "atmos")
RECORD = '#!/bin/sh\nprintf "%s\\0" "$(basename "$0")" "$@" >> "$RECORD"\n'
ASSIGNED = re.compile(r"[A-Z_]+=")


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
        variables = {
            "PATH": f"{self.tools}:{os.environ['PATH']}",
            "RECORD": str(self.record),
            "HOME": str(self.here),
        }
        checked = subprocess.run(
            ["bash", "-n", "-c", text], capture_output=True, text=True, env=variables, check=False
        )
        if checked.returncode:
            return [], f"bash -n: {checked.stderr.strip()[:200]}"
        done = subprocess.run(
            ["bash", "-c", text],
            capture_output=True,
            text=True,
            env=variables,
            cwd=self.here,
            timeout=20,
            check=False,
        )
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
        if wrong:
            return wrong
        while words and ASSIGNED.match(words[0]):
            words.pop(0)
        if arguments != words:
            return f"the shell reads {arguments}, shlex {words}"
        if any(word in {"apply", "destroy", "-auto-approve"} for word in arguments):
            return f"it applies: {arguments}"
        if "plan" not in arguments:
            return f"no plan: {arguments}"
        named = [each.partition("=")[2] for each in arguments if each.startswith(("-target=", "--target="))]
        if not named or not set(named) <= targets:
            return f"-target should be one of {sorted(targets)}, is {named}"
        if tool and arguments[0] != tool:
            return f"the tool should be {tool}, is {arguments[0]}"
        if (
            directory
            and arguments[0] != "atmos"
            and not any(directory in each for each in arguments if "-target" not in each)
        ):
            return f"the directory {directory!r} is missing: {arguments}"
        return ""
