"""Log files in a place that is not laid out as AWS does it: all are listed, and told apart by their names."""

from collections import defaultdict
from datetime import date, datetime

from iacwatch.storage.awslogs_layout import Place
from iacwatch.storage.files import Blobs
from iacwatch.trails.log_files.layout import File, read_name
from iacwatch.trails.spans import Cover, Deliveries


class Flat:
    """All files of a place, as they were listed `at` a time; `loose` are those that may be of anybody."""

    def __init__(self, blobs: Blobs, now: datetime) -> None:
        """List them."""
        self.at = now
        self.loose: list[File] = []
        self._files: dict[Place, list[File]] = defaultdict(list)
        self._days: set[tuple[str, date]] = set()
        for blob in blobs.list():
            file = read_name(blob)
            if file is None:
                continue
            if file.place is None or file.delivered is None:
                self.loose.append(file)
            else:
                self._files[file.place].append(file)
                self._days.add((file.place[0], file.delivered.date()))

    def cover(self, place: Place) -> Cover | None:
        """Return from when to when files of a place were delivered, as names tell; None: there are none."""
        times = [file.delivered for file in self._files.get(place, ()) if file.delivered]
        return Cover(first=min(times), last=max(times)) if times else None

    def holds(self, account_id: str, day: date) -> bool:
        """Say whether any file of an account was delivered on a day, or may have been."""
        return bool(self.loose) or (account_id, day) in self._days

    def files(self, place: Place, wanted: Deliveries) -> list[File]:
        """Return the files of a place that were delivered at the times wanted."""
        return [
            file
            for file in self._files.get(place, ())
            if file.delivered is not None and file.delivered in wanted
        ]
