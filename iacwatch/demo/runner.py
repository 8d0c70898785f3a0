"""Runs the real iacwatch against the demo's AWS, in another process."""

import json
import os
import signal
import site
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, TextIO

from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.screen import Screen
from iacwatch.demo.story.callers import PIPELINE_ROLE, SUBJECT
from iacwatch.demo.story.thing import ACCOUNT

CHANNEL: Final = "#infra-changes"
WORKFLOWS: Final = (
    {
        "name": "terraform",
        "managed_by": ["terraform"],
        "principals": [PIPELINE_ROLE],
        "started_by": [f"token.actions.githubusercontent.com:{SUBJECT}"],
    },
    {
        "name": "stacks",
        "managed_by": ["cloudformation"],
        "principals": [f"arn:aws:iam::{ACCOUNT}:user/erin"],
        "invoked_by": ["cloudformation.amazonaws.com"],
    },
)
"""Who may change what in the demo's account: the pipeline from its main branch, and Erin's stacks."""
_KEPT: Final = (
    *("PATH", "PYTHONPATH", "LANG", "LC_ALL", "LC_CTYPE", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP"),
    *("TERM", "COLORTERM", "NO_COLOR", "FORCE_COLOR"),
)
"""What of the user's environment a run may see: how to start and how to write, nothing that configures it."""

_BY_SIGNAL: Final = 128
"""What shells add to the number of the signal that ended a process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Runs iacwatch where it finds nothing of the user's own configuration.

    `home` is an empty folder, which holds the ledger from one run to the next. `stacks` says what the places
    of states tell (``[[iac.stack]]``); none: there is no index of addresses.
    """

    aws: FakeAws
    queue_url: str
    home: Path
    dlq_url: str = ""
    stacks: tuple[Mapping[str, str], ...] = ()

    def environment(self) -> dict[str, str]:
        """Return the whole environment of a run: all defaults, but the workflows, the queue and Slack."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {
            **kept,
            **self.aws.environment(),
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_STATE_HOME": str(self.home / "state"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            **_imports(kept),
            "PYTHONUNBUFFERED": "1",
            "IACWATCH_QUEUE__URL": self.queue_url,
            **({"IACWATCH_QUEUE__DLQ_URL": self.dlq_url} if self.dlq_url else {}),
            "IACWATCH_WORKFLOW": json.dumps(WORKFLOWS),
            "IACWATCH_SLACK__TOKEN": "xoxb-of-the-demo",
            "IACWATCH_SLACK__CHANNEL": CHANNEL,
            "IACWATCH_SLACK__API_URL": self.aws.slack_url,
            **self._addresses(),
        }

    def _addresses(self) -> dict[str, str]:
        if not self.stacks:
            return {}
        return {"IACWATCH_IAC__INDEX": "sqlite", "IACWATCH_IAC__STACK": json.dumps(self.stacks)}

    def scan(self, folder: Path) -> None:
        """Fill the index of addresses from the states of a folder, as the pipeline does after each apply."""
        self._iacwatch(("address", "scan", str(folder)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def drain(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run drain, and return what it wrote, apart, with its exit code."""
        return self._run(options, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def show(self, screen: Screen) -> int:
        """Run drain where people see it; return its exit code."""
        screen.line(screen.style("$ iacwatch drain", "bold"))
        screen.flush()
        front = ("--color", screen.color)
        if screen.terminal:
            # A terminal gets it as it comes: colour, progress and tables that fit.
            return self._run((), front=front, stdout=screen.out, stderr=screen.out).returncode
        done = self._run((), front=front, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for line in done.stdout.splitlines():
            screen.line(line)
        return done.returncode

    def command(self, arguments: Sequence[str]) -> int:
        """Run a command line where the user is: same terminal, same folder; return its exit code.

        A signal to this process alone is passed on; a terminal's interrupt reaches both by itself.
        """
        nothing = self.home / "iacwatch.toml"
        nothing.touch()
        # An iacwatch.toml of the folder is the user's own, as is a Python module in it (-P).
        environment = {**self.environment(), "IACWATCH_CONFIG": str(nothing)}
        with _passing_on() as started:
            process = subprocess.Popen(  # noqa: S603  (our own program)
                [sys.executable, "-P", "-m", "iacwatch", *arguments], env=environment
            )
            started.append(process)
            code = process.wait()
        return code if code >= 0 else _BY_SIGNAL - code

    def _run(
        self,
        options: Sequence[str],
        *,
        stdout: int | TextIO,
        stderr: int | TextIO,
        front: Sequence[str] = (),
    ) -> subprocess.CompletedProcess[str]:
        return self._iacwatch((*front, "drain", *options), stdout=stdout, stderr=stderr)

    def _iacwatch(
        self, arguments: Sequence[str], *, stdout: int | TextIO, stderr: int | TextIO
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603  (our own program)
            [sys.executable, "-m", "iacwatch", *arguments],
            env=self.environment(),
            cwd=self.home,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )


@contextmanager
def _passing_on() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Pass SIGINT and SIGTERM on to the process that is put into the list, and outlive them."""
    started: list[subprocess.Popen[bytes]] = []

    def caught(number: int, _frame: FrameType | None) -> None:
        for process in started:
            if number != signal.SIGINT or not _in_foreground():
                process.send_signal(number)

    before = {number: signal.signal(number, caught) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield started
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_foreground() -> bool:
    """Return whether a terminal's interrupt reaches all our processes: a second one would cut them short."""
    for descriptor in range(3):
        try:
            if os.tcgetpgrp(descriptor) == os.getpgrp():
                return True
        except OSError:  # no terminal
            continue
    return False


def _imports(kept: Mapping[str, str]) -> dict[str, str]:
    """Return what lets the other process import what this one does, from another folder and home."""
    ours = str(Path(__file__).resolve().parents[2])
    paths = [str(Path(each).absolute()) for each in kept.get("PYTHONPATH", "").split(os.pathsep) if each]
    if ours not in (*site.getsitepackages(), site.getusersitepackages()):
        paths.insert(0, ours)
    return {"PYTHONUSERBASE": site.getuserbase(), **({"PYTHONPATH": os.pathsep.join(paths)} if paths else {})}
