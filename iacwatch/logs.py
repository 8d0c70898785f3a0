"""What every log line has to go through, whoever writes it and in whatever form.

Text of strangers reaches the log in names and reasons: it is escaped here.
"""

import logging
import traceback
from datetime import UTC, datetime
from typing import Final

from iacwatch.core.text import plain

NOTICE: Final = 25
"""A level between a warning and what only ``-v`` shows: the closing summary."""

_LONGEST: Final = 2000
_VERBOSE_LIBRARIES: Final = ("urllib3", "botocore", "boto3", "slack_sdk")


def quieten() -> None:
    """Let libraries log errors only: below a warning they write whole requests, headers, bodies, tokens."""
    logging.addLevelName(NOTICE, "NOTICE")
    for name in _VERBOSE_LIBRARIES:
        logging.getLogger(name).setLevel(logging.ERROR)


def message(record: logging.LogRecord) -> str:
    """Return what an entry says, on one line."""
    return plain(record.getMessage(), _LONGEST)


def trace(record: logging.LogRecord) -> list[str]:
    """Return the lines of an entry's traceback; none where it has none."""
    if not record.exc_info or record.exc_info[1] is None:
        return []
    lines = "".join(traceback.format_exception(record.exc_info[1])).splitlines()
    return [plain(line, _LONGEST) for line in lines]


def moment(record: logging.LogRecord) -> str:
    """Return when an entry was made: UTC, in milliseconds, RFC 3339."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
