"""Where AWS puts the files that it delivers: ``[prefix/]AWSLogs/[o-ORG/]ACCOUNT/SERVICE/REGION/2023/07/10/``.

CloudTrail pads the numbers of a date with zeros, Config does not, and who made a copy of a bucket may have
done either. Several trails may share a bucket, below prefixes of any depth, and a place may begin anywhere in
the layout: its folders are found by looking into a few of them, the likely ones first, never into all.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import islice
from typing import IO, Final

from iacwatch.storage.files import S3, FileStore, StoredFile

Place = tuple[str, str]
"""An account and a region."""

DAY: Final = timedelta(days=1)
_ACCOUNT: Final = re.compile(r"\d{12}")
_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}")
_REGION: Final = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d{1,2}")
_YEAR: Final = re.compile(r"20\d\d")
_ROOT: Final = "AWSLogs"
_LIKELY: Final = re.compile(r"trail|log|audit|aws|org|secur|config", re.IGNORECASE)
_BEGUN: Final = re.compile(
    r"(?:^|/)(\d{12}(?:/(?:CloudTrail|Config)"
    r"(?:/[a-z]{2}(?:-[a-z]+)+-\d{1,2}(?:/20\d\d(?:/\d{1,2}(?:/\d{1,2})?)?)?)?)?)/?$"
)
"""How a path ends that begins at an account, or deeper: what stands before it does not matter."""

_LOOKS: Final = {True: (8, 40), False: (500, 5_000)}
"""Unlikely folders that are looked into, of a bucket (True) or not: once some are found, and until then."""

_MANY: Final = 20
"""Folders side by side, of which any one is less likely to be the one looked for."""

_DEEPEST: Final = 8
_SAMPLE: Final = 12


def rooted(store: FileStore) -> FileStore:
    """Return a place with its names as below `AWSLogs`, where it begins at an account's folder or deeper."""
    path = store.where
    if not path.startswith(S3):
        path = os.path.abspath(path)  # noqa: PTH100  (it leaves links as they are)
    match = _BEGUN.search(path.replace(os.sep, "/"))
    return _Below(store, match[1]) if match else store


class ServiceFolders:
    """The folders that one service delivers to, named as AWS names it (``CloudTrail``).

    `anybody` are folders of years of which no folder says whose they are. `cut` says that there was more to
    look into than was looked into.
    """

    def __init__(self, store: FileStore, service: str) -> None:
        """Look around in a place: some of its uppermost folders are listed."""
        self._store, self._service = store, service
        found = _Survey(store, service)
        self._parents = found.parents
        self.anybody: Sequence[str] = () if found.parents else tuple(found.dated)
        self.cut = found.cut

    def accounts(self) -> Iterator[tuple[str, str]]:
        """Yield the id and the folder of each account; the service need not have delivered anything there."""
        for parent, names in self._parents.items():
            for name in names:
                yield name, _joined(parent, name)

    def any(self) -> bool:
        """Return whether a folder of the service is found: the place is laid out as AWS does it."""
        accounts = islice(self.accounts(), _SAMPLE)
        return bool(self.anybody) or any(any(True for _ in self._regions(*each)) for each in accounts)

    def all(self) -> Mapping[Place, Sequence[str]]:
        """Return the folders of all accounts and regions."""
        found: dict[Place, list[str]] = defaultdict(list)
        for account_id, folder in self.accounts():
            for region, below in self._regions(account_id, folder):
                found[account_id, region].append(below)
        return found

    def of_account(self, account_id: str) -> Mapping[str, Sequence[str]]:
        """Return the folders of an account by region; several where it was delivered to in several ways."""
        found: dict[str, list[str]] = defaultdict(list)
        parents = [parent for parent, names in self._parents.items() if account_id in names]
        for parent in parents or self._parents:  # it may be newer than the survey
            for region, below in self._regions(account_id, _joined(parent, account_id)):
                found[region].append(below)
        return found

    def days(self, folder: str, month: date) -> Mapping[date, Sequence[str]]:
        """Return the folders of the days of a month (its first day given) below a region's folder."""
        found: dict[date, list[str]] = defaultdict(list)
        for form in dict.fromkeys((f"{month:%Y/%m}", f"{month.year}/{month.month}")):
            below = _joined(folder, form)
            for name in self._store.folders(below):
                if (day := _day(month, name)) is not None:
                    found[day].append(f"{below}/{name}")
        return found

    def _regions(self, account_id: str, account: str) -> Iterator[tuple[str, str]]:
        """Yield the regions' folders of an account; its folder may be the prefix of a trail of its own."""
        found = self._of_service(account)
        if not found and _ROOT not in account.split("/"):
            for name in self._store.folders(f"{account}/{_ROOT}"):
                if name == account_id:
                    found += self._of_service(f"{account}/{_ROOT}/{name}")
                elif _ORGANIZATION.fullmatch(name):
                    found += self._of_service(f"{account}/{_ROOT}/{name}/{account_id}")
        yield from found

    def _of_service(self, account: str) -> list[tuple[str, str]]:
        folder = f"{account}/{self._service}"
        return [(region, f"{folder}/{region}") for region in self._store.folders(folder)]


@dataclass
class _Survey:
    """What looking around finds: the accounts by their parents, and folders of years of anybody (`dated`)."""

    store: FileStore
    service: str
    parents: dict[str, list[str]] = field(default_factory=dict)
    dated: list[str] = field(default_factory=list)
    cut: bool = False
    _waiting: list[tuple[int, int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        enough, most = _LOOKS[self.store.where.startswith(S3)]
        self._wait("")
        looks = 0
        while self._waiting:
            rank, depth, folder = heappop(self._waiting)
            if rank and looks >= (enough if self.parents or self.dated else most):
                self.cut = True
                break
            looks += rank > 0
            self._look_into(folder, rank, depth)

    def _look_into(self, folder: str, rank: int, depth: int) -> None:
        names = self.store.folders(folder)
        if accounts := [name for name in names if _ACCOUNT.fullmatch(name)]:
            self.parents[folder] = accounts
        if any(_YEAR.fullmatch(name) for name in names):
            self.dated.append(folder)
        own = folder.rpartition("/")[2]
        if own == self.service:
            self.dated += [_joined(folder, name) for name in names if _REGION.fullmatch(name)]
            return
        ours = own == _ROOT or _ORGANIZATION.fullmatch(own)
        many = int(len(names) > _MANY)
        for name in names:
            below = _joined(folder, name)
            if name in {_ROOT, self.service} or _ORGANIZATION.fullmatch(name):
                self._wait(below)
            elif _REGION.fullmatch(name):
                self.dated.append(below)
            elif not (ours or _ACCOUNT.fullmatch(name) or _YEAR.fullmatch(name)) and depth < _DEEPEST:
                self._wait(below, max(rank, 1) + many + (not _LIKELY.search(name)), depth + 1)

    def _wait(self, folder: str, rank: int = 0, depth: int = 0) -> None:
        """Look into a folder later: those of the lowest rank first, and of one rank the uppermost."""
        heappush(self._waiting, (rank, depth, folder))


class _Below:
    """A place that begins at an account or deeper, with names as if it began above the accounts."""

    def __init__(self, store: FileStore, above: str) -> None:
        self.where, self.single = store.where, store.single
        self._store, self._above = store, f"{above}/"

    def folders(self, prefix: str = "") -> list[str]:
        """Return the names of the folders directly below a prefix; above the place, the way down to it."""
        below = f"{prefix}/" if prefix else ""
        if below.startswith(self._above):
            return self._store.folders(below.removeprefix(self._above).rstrip("/"))
        return [self._above.removeprefix(below).split("/")[0]] if self._above.startswith(below) else []

    def list(self, prefix: str = "") -> Iterator[StoredFile]:
        """Yield every file whose name begins with `prefix`."""
        if prefix.startswith(self._above) or self._above.startswith(prefix):
            for file in self._store.list(prefix[len(self._above) :]):
                yield replace(file, name=self._above + file.name)

    def open(self, file: StoredFile) -> AbstractContextManager[IO[bytes]]:
        """Return a context manager that gives the file's bytes as stored."""
        return self._store.open(replace(file, name=file.name.removeprefix(self._above)))


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _day(month: date, name: str) -> date | None:
    try:
        return month.replace(day=int(name))
    except ValueError:
        return None
