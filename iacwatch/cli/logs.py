"""What iacwatch logs on stderr, and how: as text, or a JSON object a line."""

import json
import logging
import sys
from typing import Final, TextIO

from iacwatch import logs
from iacwatch.cli.global_options import GlobalOptions

NOTICE: Final = logs.NOTICE


def set_up(general: GlobalOptions) -> None:
    """Send the log to stderr, as talkative as the command line asks for."""
    handler = _Stderr()
    handler.setFormatter(
        _Json(general.tracebacks) if general.log_format == "json" else _Text(general.tracebacks)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.ERROR if general.quiet else logging.WARNING)
    logging.getLogger("iacwatch").setLevel(_level(general))
    logs.quieten()


def _level(general: GlobalOptions) -> int:
    if general.quiet:
        return logging.ERROR
    return {0: NOTICE, 1: logging.INFO}.get(general.verbose, logging.DEBUG)


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is now, and goes quiet where nobody reads it any more."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (logging's name)
        if not isinstance(sys.exception(), BrokenPipeError):
            super().handleError(record)


class _Text(logging.Formatter):
    """One line an entry: warnings and errors say that they are, the rest just says it."""

    def __init__(self, tracebacks: bool) -> None:
        super().__init__()
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        text = logs.message(record)
        if record.levelno >= logging.ERROR:
            text = f"Error: {text}"
        elif record.levelno >= logging.WARNING:
            text = f"Warning: {text}"
        return "\n".join((text, *self._trace(record)))

    def _trace(self, record: logging.LogRecord) -> list[str]:
        return logs.trace(record) if self._tracebacks else []


class _Json(_Text):
    """One object a line: when, how grave, where from, what; `data` where there are figures."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": logs.moment(record),
            "level": "info" if record.levelno == NOTICE else record.levelname.lower(),
            "logger": record.name,
            "message": logs.message(record),
        }
        data = getattr(record, "data", None)
        if data is not None:
            entry["data"] = data
        if trace := self._trace(record):
            entry["traceback"] = trace
        return json.dumps(entry)
