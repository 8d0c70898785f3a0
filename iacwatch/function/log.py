"""What the function writes on stdout, which Lambda puts in its log: one JSON object a line, nothing else.

The keys ``timestamp``, ``level`` and ``requestId`` are those of Lambda's own entries, so that one query finds
all, and so that Lambda's filter on levels knows what it sees.
"""

import logging
from typing import Any, Final, TextIO

from iacwatch import logs
from iacwatch.core.text import json_line

_LEVELS: Final = {"TRACE": logging.DEBUG, "DEBUG": logging.DEBUG, "WARN": logging.WARNING}
_WORDS: Final = ((logging.ERROR, "ERROR"), (logging.WARNING, "WARN"), (logging.INFO, "INFO"))


def set_up(out: TextIO, *, level: str, request_id: str) -> None:
    """Send the log to `out`, in the name of one request; `level` is Lambda's word, INFO where unknown."""
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Lines(request_id))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    level = level.upper()
    known = logging.getLevelNamesMapping().get(level, logging.INFO)
    logging.getLogger("iacwatch").setLevel(_LEVELS.get(level, known))
    # Below a warning it logs nothing but faults of ours, with their tracebacks.
    logging.getLogger("iacwatch.pipeline").setLevel(logging.DEBUG)
    logs.quieten()


class _Lines(logging.Formatter):
    """One object a line: when, how grave, which request, what; then what `data` holds, and a traceback."""

    def __init__(self, request_id: str) -> None:
        super().__init__()
        self._request_id = request_id

    def format(self, record: logging.LogRecord) -> str:
        trace = logs.trace(record)
        entry: dict[str, Any] = {
            "timestamp": logs.moment(record).replace("+00:00", "Z"),
            "level": _word(max(record.levelno, logging.ERROR if trace else 0)),
            "requestId": self._request_id,
            "logger": record.name,
            "message": logs.message(record),
            **getattr(record, "data", {}),
        }
        if trace:
            entry["traceback"] = trace
        return json_line(entry)


def _word(level: int) -> str:
    """Return Lambda's word for a level."""
    return next((word for least, word in _WORDS if level >= least), "DEBUG")
