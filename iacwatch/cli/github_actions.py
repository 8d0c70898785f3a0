"""Writing in GitHub Actions, where the runner obeys lines of a certain form, whoever wrote them.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

import os
import re
import sys
from collections.abc import Mapping
from io import TextIOWrapper
from typing import Final, TextIO

_COMMAND: Final = re.compile(r"((?:^|[\r\n])\s*)::")
"""What begins a line as a command does: the runner takes leading blanks away."""


def running(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether this process runs in a job of GitHub Actions."""
    return environ.get("GITHUB_ACTIONS") == "true"


def summary_file(environ: Mapping[str, str] = os.environ) -> str:
    """Return the file that the job's summary page is made from; "" where there is none."""
    return environ.get("GITHUB_STEP_SUMMARY", "")


def repository(environ: Mapping[str, str] = os.environ) -> str:
    """Return the repository that the job runs for, such as ``acme/infra``; "" where it says none."""
    return environ.get("GITHUB_REPOSITORY", "")


def guard() -> None:
    """Keep what is written to stdout and stderr from being obeyed: names and messages are strangers' text."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, TextIOWrapper):
            setattr(sys, name, GuardedStream(stream))


class GuardedStream(TextIOWrapper):
    """A standard stream in which no line is a command, but for those written by `command`."""

    def __init__(self, stream: TextIOWrapper) -> None:
        """Take over a stream: it is of no use afterwards."""
        stream.flush()
        encoding, errors, by_line = stream.encoding, stream.errors, stream.line_buffering
        super().__init__(stream.detach(), encoding=encoding, errors=errors, line_buffering=by_line)
        self._held = ""

    def write(self, text: str, /) -> int:
        """Write text; a line that is not complete yet waits for its end, or for `flush`."""
        whole, newline, self._held = (self._held + text).rpartition("\n")
        if newline:
            super().write(_harmless(whole + newline))
        return len(text)

    def flush(self) -> None:
        """Write out what waits."""
        held, self._held = self._held, ""
        if held:
            super().write(_harmless(held))
        super().flush()

    def command(self, line: str) -> None:
        """Write a line that the runner is to obey."""
        self.flush()
        super().write(f"{line}\n")
        super().flush()


def command(line: str) -> None:
    """Write a line to stderr that the runner is to obey."""
    out: TextIO = sys.stderr
    if isinstance(out, GuardedStream):
        out.command(line)
    else:
        out.write(f"{line}\n")
        out.flush()


def _harmless(text: str) -> str:
    return _COMMAND.sub(r"\1: :", text).replace("##[", "# #[")
