"""Where a run over the past keeps what it gathered: the same arguments find the same spool again."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from iacwatch import __version__
from iacwatch.core.model import Window
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError
from iacwatch.storage.spool import Spool, about

_STILL_GOOD: Final = timedelta(hours=6)
_SHARE: Final = 10
"""For how long a run is gone on with where its range would be another one by now: for six hours, or, where it
was interrupted, for a tenth of the range, whichever is longer."""

_ENDED: Final = "ended"
_FORGOTTEN: Final = timedelta(days=14)
"""After how long what an interrupted run gathered is thrown away."""


def spool_of(
    folder: Path, terms: Mapping[str, str], window: Window, *, now: datetime
) -> tuple[Spool, Window, datetime | None]:
    """Return the spool of a run, its range, and since when it is under way if it was interrupted.

    `terms` are the run's arguments as they were given. A span ("26h"), or no end, means another range an hour
    later: what was interrupted, or could not read something, is gone on with for a while, over the range that
    it began with, and is begun anew then.
    """
    _forget_old(folder, now)
    key = {**terms, "version": __version__}
    name = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:20]
    path = folder / f"{name}.sqlite3"
    spool = Spool(path)
    begun = spool.note("range") if about(spool, key) else None
    if begun is not None:
        begun_at, start, end = (datetime.fromisoformat(each) for each in json.loads(begun))
        before = Window(start=start, end=end)
        if before == window or now - begun_at < _good_for(before, window, ended=bool(spool.note(_ENDED))):
            spool.take_note(_ENDED, "")
            spool.commit()
            return spool, before, begun_at
        spool.remove()
        spool = Spool(path)
        about(spool, key)
    spool.take_note("range", json.dumps([each.isoformat() for each in (now, window.start, window.end)]))
    spool.commit()
    return spool, window, None


def mark_ended(spool: Spool) -> None:
    """Note that a run came to its end, but is not whole: it may be taken up, but not for long."""
    spool.take_note(_ENDED, "yes")
    spool.commit()


def _good_for(before: Window, window: Window, *, ended: bool) -> timedelta:
    if ended:
        return _STILL_GOOD
    if before.start == window.start:
        return _FORGOTTEN
    return min(_FORGOTTEN, max(_STILL_GOOD, (before.end - before.start) / _SHARE))


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
