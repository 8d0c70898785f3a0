"""Where a run over the past keeps what it gathered: the same arguments find the same spool again."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from iacwatch import __version__
from iacwatch.core.model import Window
from iacwatch.core.plain import plain
from iacwatch.errors import IacwatchError
from iacwatch.spool import Spool, about

_STILL_GOOD: Final = timedelta(hours=6)
"""For how long an interrupted run over a span such as 26h is taken up: the next one has another range."""

_FORGOTTEN: Final = timedelta(days=14)
"""After how long what an interrupted run gathered is thrown away."""


def spool_of(
    folder: Path, terms: Mapping[str, str], window: Window, *, now: datetime
) -> tuple[Spool, Window, datetime | None]:
    """Return the spool of a run, its range, and since when it is under way if it was interrupted.

    `terms` are the run's arguments as they were given. A span ("26h") means another range an hour later: what
    was interrupted is gone on with for a while, over its own range, and begun anew then.
    """
    _forget_old(folder, now)
    told = {**terms, "version": __version__}
    name = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:20]
    path = folder / f"{name}.sqlite3"
    spool = Spool(path)
    held = spool.note("range") if about(spool, told) else None
    if held is not None:
        begun_at, start, end = (datetime.fromisoformat(each) for each in json.loads(held))
        if (start, end) == (window.start, window.end) or now - begun_at < _STILL_GOOD:
            return spool, Window(start=start, end=end), begun_at
        spool.remove()
        spool = Spool(path)
        about(spool, told)
    spool.take_note("range", json.dumps([each.isoformat() for each in (now, window.start, window.end)]))
    spool.commit()
    return spool, window, None


def _forget_old(folder: Path, now: datetime) -> None:
    """Throw away what interrupted runs gathered that nobody went on with."""
    try:
        for path in folder.glob("*.sqlite3*"):
            if now.timestamp() - path.stat().st_mtime > _FORGOTTEN.total_seconds():
                path.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise IacwatchError(
            f"cannot use {plain(str(folder), 300)}: {reason}", hint="check its mode"
        ) from error
