"""Where AWS puts the files that it delivers: ``[prefix/]AWSLogs/[o-ORG/]ACCOUNT/SERVICE/REGION/2023/07/10/``.

CloudTrail pads the numbers of a date with zeros, Config does not, and who made a copy of a bucket may have
done either.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from iacwatch.storage.files import FileStore

Place = tuple[str, str]
"""An account and a region."""

DAY: Final = timedelta(days=1)
_ACCOUNT: Final = re.compile(r"\d{12}")
_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}")
_ROOT: Final = "AWSLogs"


class ServiceFolders:
    """The folders below ``AWSLogs`` that one service delivers to, named as AWS names it (``CloudTrail``)."""

    def __init__(self, store: FileStore, service: str) -> None:
        """Look around in a place: its uppermost folders are listed."""
        self._store, self._service = store, service
        self._parents = [parent for root in _roots(store) for parent in _parents(store, root)]

    def accounts(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the folder of each account; the service need not have delivered anything there."""
        for parent in self._parents:
            for name in self._store.folders(parent):
                if _ACCOUNT.fullmatch(name):
                    yield name, _joined(parent, name)

    def any(self) -> bool:
        """Return whether any account has a folder of the service: the place is laid out as AWS does it."""
        return any(self._service in self._store.folders(folder) for _, folder in self.accounts())

    def all(self) -> Mapping[Place, Sequence[str]]:
        """Return the folders of all accounts and regions."""
        found: dict[Place, list[str]] = defaultdict(list)
        for account_id, folder in self.accounts():
            for region, below in self._regions(folder):
                found[account_id, region].append(below)
        return found

    def of_account(self, account_id: str) -> Mapping[str, Sequence[str]]:
        """Return the folders of an account by region; several where it was delivered to in several ways."""
        found: dict[str, list[str]] = defaultdict(list)
        for parent in self._parents:
            for region, below in self._regions(_joined(parent, account_id)):
                found[region].append(below)
        return found

    def days(self, folder: str, month: date) -> Mapping[date, Sequence[str]]:
        """Return the folders of the days of a month (its first day given) below a region's folder."""
        found: dict[date, list[str]] = defaultdict(list)
        for form in dict.fromkeys((f"{month:%Y/%m}", f"{month.year}/{month.month}")):
            for name in self._store.folders(f"{folder}/{form}"):
                if (day := _day(month, name)) is not None:
                    found[day].append(f"{folder}/{form}/{name}")
        return found

    def _regions(self, account: str) -> Iterator[tuple[str, str]]:
        folder = f"{account}/{self._service}"
        for region in self._store.folders(folder):
            yield region, f"{folder}/{region}"


def _roots(store: FileStore) -> list[str]:
    """Return the folders that accounts or organisations lie in; the place itself is ``""``."""
    top = store.folders()
    roots = [""] if any(_ACCOUNT.fullmatch(name) or _ORGANIZATION.fullmatch(name) for name in top) else []
    if _ROOT in top:
        return [*roots, _ROOT]
    return roots or [f"{name}/{_ROOT}" for name in top if _ROOT in store.folders(name)]


def _parents(store: FileStore, root: str) -> Iterator[str]:
    """Yield the folders that accounts lie in: a root, and the organisations in it."""
    yield root
    for name in store.folders(root):
        if _ORGANIZATION.fullmatch(name):
            yield _joined(root, name)


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _day(month: date, name: str) -> date | None:
    try:
        return month.replace(day=int(name))
    except ValueError:
        return None
