"""How a run ends badly: one sentence on stderr that says what to do, and an exit code."""

import os
import sys
from types import TracebackType
from typing import Final

from iacwatch.cli.global_options import GlobalOptions

INTERRUPTED: Final = 130
FAILED: Final = 1
USAGE: Final = 2
FINDINGS: Final = 3
_LONGEST: Final = 2000


def say(sentence: str, general: GlobalOptions | None = None) -> None:
    """Write an error's sentence on stderr, in the form that the log has."""
    from iacwatch.core.text import plain  # noqa: PLC0415  (nothing that ends well needs it)

    text = plain(sentence, _LONGEST)
    if general is not None and general.log_format == "json":
        import json  # noqa: PLC0415  (the same)

        text = json.dumps({"level": "error", "message": text})
    else:
        text = f"Error: {text}"
    try:
        print(text, file=sys.stderr, flush=True)  # noqa: T201  (this is the place that talks)
    except BrokenPipeError:
        hush()


def report(error: BaseException, general: GlobalOptions) -> None:
    """Write an error's sentence, and with ``-vv`` how it came to it."""
    if general.tracebacks:
        import traceback  # noqa: PLC0415  (nothing that ends well needs it)

        traceback.print_exception(error)
    say(str(error), general)


def fault(error: BaseException) -> str:
    """Return the sentence about an error that nothing expected: a fault of ours, which a user can report."""
    return f"a fault in iacwatch ({type(error).__name__}: {error}); -vv shows where"


class Fault:
    """What Python calls where nothing caught an exception: a fault of ours, which a user can report."""

    def __init__(self, general: GlobalOptions) -> None:
        """Take how the run was started."""
        self._general = general

    def __call__(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None, /
    ) -> None:
        """Write one sentence, and with ``-vv`` the traceback."""
        if self._general.tracebacks:
            sys.__excepthook__(kind, error, trace)
        say(fault(error), self._general)


def flushed(code: int) -> int:
    """Write out what stdout still holds, before Python itself would; return the exit code after that."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        hush()
    except OSError as error:
        hush()
        if not code:
            say(f"cannot write to stdout: {error.strerror or type(error).__name__}")
            return FAILED
    return code


def hush() -> None:
    """Point stdout at nothing: whoever read it went away, and Python would complain when it ends."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)
