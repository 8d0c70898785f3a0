"""Files in a folder or in an S3 bucket, one interface: listed by prefix, read with bounds, unzipped as read.

Names are relative to the place (``AWSLogs/111122223333/Config/...``), in both with ``/`` between their parts.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final, Generic, NamedTuple, Protocol, TypeVar

from iacwatch.aws.errors import calling, transient
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError, ParseError, UsageError
from iacwatch.storage.zipping import ERRORS, gzip_reader

S3: Final = "s3://"
LARGEST: Final = 4 * 1024**3
"""Bytes of one unzipped file. Nothing that AWS writes comes near; what is larger was made to be."""

_CHUNK: Final = 1 << 20
_IN_MEMORY: Final = 8 << 20
_ATTEMPTS: Final = 3
_GZIP: Final = b"\x1f\x8b"
_MOST_PAGES: Final = 16
"""Pages of 1,000 names that are looked through for the folders of one level."""

_LAST: Final = "\U0010ffff"
"""Comes after all other characters: S3 lists in the order of UTF-8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One file: its name, and its size as it is stored; `version` is another one once its content changes."""

    name: str
    size: int
    version: str = ""


class ClientFactory(Protocol):
    """What gives a boto3 client for a service; `aws.Sessions` does."""

    def client(self, service: str) -> Any:
        """Return the client."""
        ...


class FileStore(Protocol):
    """A place that holds files; `where` is how people call it. `single`: it turned out to be one file."""

    where: str
    single: bool

    def folders(self, prefix: str = "") -> list[str]:
        """Return the names of the folders directly below a prefix, sorted; none where there is none."""
        ...

    def list(self, prefix: str = "") -> Iterator[StoredFile]:
        """Yield every file whose name begins with `prefix`, in the order of names."""
        ...

    def open(self, file: StoredFile) -> AbstractContextManager[IO[bytes]]:
        """Return a context manager that gives the file's bytes as stored (``read(size)``)."""
        ...


def open_store(place: str, clients: ClientFactory) -> FileStore:
    """Return the place that a text names: ``s3://bucket/prefix``, or a folder (or one file) of this machine.

    Raises `UsageError` where it names none.
    """
    if place.startswith(S3):
        bucket, _, prefix = place.removeprefix(S3).partition("/")
        if not bucket:
            raise UsageError(f"{plain(place, 200)} names no bucket", hint="write s3://bucket/prefix")
        return Bucket(bucket, prefix.strip("/"), clients)
    return Folder(Path(place).expanduser())


class Folder:
    """A folder of this machine, or one file of it."""

    def __init__(self, path: Path) -> None:
        """Take the path; raise `UsageError` where there is nothing."""
        self.where = str(path)
        if not path.exists():
            raise UsageError(f"there is no file or folder {plain(str(path), 200)}", hint="check the path")
        self._root, self._only = (path, "") if path.is_dir() else (path.parent, path.name)
        self.single = bool(self._only)

    def folders(self, prefix: str = "") -> list[str]:
        """Return the names of the folders directly below a prefix (the name of a folder), sorted."""
        below = self._root / prefix
        if self._only or not below.is_dir():
            return []
        with self._reading(below):
            return sorted(each.name for each in below.iterdir() if each.is_dir())

    def list(self, prefix: str = "") -> Iterator[StoredFile]:
        """Yield every file whose name begins with `prefix`; links to folders are not followed."""
        if self._only:
            if self._only.startswith(prefix):
                yield self._stored(self._root / self._only)
            return
        top = self._root / (prefix.rpartition("/")[0])
        if not top.is_dir():
            return
        with self._reading(top):
            for folder, inner, files in os.walk(top, onerror=_raised):
                inner.sort()
                for name in sorted(files):
                    path = Path(folder) / name
                    if self._name(path).startswith(prefix) and path.is_file():
                        yield self._stored(path)

    @contextmanager
    def open(self, file: StoredFile) -> Iterator[IO[bytes]]:
        """Give the file's bytes as stored."""
        path = self._root / file.name
        try:
            with path.open("rb") as source:
                yield source
        except OSError as error:
            raise _unreadable(path, error) from error

    def _name(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _stored(self, path: Path) -> StoredFile:
        about = path.stat()
        return StoredFile(
            name=self._name(path), size=about.st_size, version=f"{about.st_size} {about.st_mtime_ns}"
        )

    @contextmanager
    def _reading(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _unreadable(path, error) from error


class Bucket:
    """What lies below a prefix of an S3 bucket."""

    def __init__(self, bucket: str, prefix: str, clients: ClientFactory) -> None:
        """Take the bucket, the prefix without slashes around it, and what makes clients; nothing is asked."""
        self.where = f"{S3}{bucket}/{prefix}".rstrip("/")
        self._bucket, self._clients = bucket, clients
        self._base = f"{prefix}/" if prefix else ""
        self.single = False

    def folders(self, prefix: str = "") -> list[str]:
        """Return the names of the folders directly below a prefix, sorted.

        Where many objects lie beside them, most of these are jumped over, so that a folder whose name begins
        as theirs do may be missed.
        """
        below = f"{self._base}{prefix}/" if prefix else self._base
        found: list[str] = []
        where: dict[str, str] = {}
        first, jumps = "", 0
        for _ in range(_MOST_PAGES):
            page = self._page(Prefix=below, Delimiter="/", **where)
            found += [
                each["Prefix"].removeprefix(below).rstrip("/") for each in page.get("CommonPrefixes", ())
            ]
            if not page.get("IsTruncated"):
                break
            where = {"ContinuationToken": page["NextContinuationToken"]}
            if page.get("CommonPrefixes"):
                first, jumps = "", 0
            else:
                first, last = first or page["Contents"][0]["Key"], page["Contents"][-1]["Key"]
                where, jumps = {"StartAfter": _beyond(first, last, len(below), jumps)}, jumps + 1
        return sorted(found)

    def list(self, prefix: str = "") -> Iterator[StoredFile]:
        """Yield every object whose name begins with `prefix`; where the place is one object, this."""
        if not self.single:
            any_ = False
            for page in self._pages(Prefix=self._base + prefix):
                for each in page.get("Contents", ()):
                    any_, name = True, each["Key"].removeprefix(self._base)
                    if name and not name.endswith("/"):
                        yield StoredFile(name=name, size=each["Size"], version=each.get("ETag", ""))
            if any_ or prefix or not self._base:
                return
        key = self._base.rstrip("/")
        for each in self._page(Prefix=key, MaxKeys=1).get("Contents", ()):
            if each["Key"] == key and (name := key.rpartition("/")[2]).startswith(prefix):
                self.single = True
                yield StoredFile(name=name, size=each["Size"], version=each.get("ETag", ""))

    @contextmanager
    def open(self, file: StoredFile) -> Iterator[IO[bytes]]:
        """Give the object's bytes as stored; it is fetched whole first (to disk, where it is large)."""
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as whole:
            self._fetch(file, whole)
            whole.seek(0)
            yield whole

    def _key(self, file: StoredFile) -> str:
        return self._base.rstrip("/") if self.single else self._base + file.name

    def _page(self, **asked: Any) -> dict[str, Any]:
        with calling(f"cannot list {plain(self.where, 200)}", action="s3:ListBucket"):
            page: dict[str, Any] = self._clients.client("s3").list_objects_v2(Bucket=self._bucket, **asked)
            return page

    def _pages(self, **asked: str) -> Iterator[dict[str, Any]]:
        with calling(f"cannot list {plain(self.where, 200)}", action="s3:ListBucket"):
            paginator = self._clients.client("s3").get_paginator("list_objects_v2")
            yield from paginator.paginate(Bucket=self._bucket, **asked)

    def _fetch(self, file: StoredFile, whole: IO[bytes]) -> None:
        """Fetch an object, again where the connection broke off in its midst."""
        doing = f"cannot read {S3}{self._bucket}/{plain(self._key(file), 300)}"
        with calling(doing, action="s3:GetObject"):
            for attempt in range(1, _ATTEMPTS + 1):
                whole.seek(0)
                whole.truncate()
                try:
                    answer = self._clients.client("s3").get_object(Bucket=self._bucket, Key=self._key(file))
                    for chunk in answer["Body"].iter_chunks(_CHUNK):
                        whole.write(chunk)
                except Exception as error:
                    if attempt == _ATTEMPTS or not transient(error):
                        raise
                else:
                    return


class NamedFile(Protocol):
    """What is known of a file by its name, and the file itself."""

    @property
    def stored(self) -> StoredFile:
        """Return the file as it is stored."""
        ...


_File = TypeVar("_File", bound=NamedFile)


class Opened(NamedTuple, Generic[_File]):
    """A file that was opened, to be closed by its `stack`; or why it could not be."""

    file: _File
    stack: ExitStack
    source: IO[bytes] | None = None
    failure: str = ""


def open_file(store: FileStore, file: _File) -> Opened[_File]:
    """Open a file, or say why it cannot be opened."""
    stack = ExitStack()
    try:
        return Opened(file, stack, stack.enter_context(store.open(file.stored)))
    except IacwatchError as error:
        return Opened(file, stack, failure=str(error))


def unzipped(source: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield a file's content in pieces of about 1 MB, unzipped where it is gzip, however many members it has.

    What was zipped twice (by CloudWatch Logs, then Firehose) is unzipped twice. Raises `ParseError` where it
    is cut short, damaged, or larger than `LARGEST`.
    """
    pieces = _gunzipped(_gunzipped(iter(partial(source.read, _CHUNK), b""), name), name)
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST:
            raise ParseError(f"{plain(name, 300)} holds more than {LARGEST // 1024**3} GB")
        yield piece


def _gunzipped(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield what some pieces hold unzipped; as they are where the first is not gzip."""
    left = next(pieces, b"")
    if not left.startswith(_GZIP):
        yield from chain([left] if left else [], pieces)
        return
    unzip = gzip_reader()
    try:
        while True:
            if piece := unzip.decompress(left, _CHUNK):
                yield piece
            left = unzip.unconsumed_tail
            if unzip.eof:
                left = unzip.unused_data or next(pieces, b"")
                if not left.strip(b"\0"):
                    return
                unzip = gzip_reader()
            elif not left:
                left = next(pieces, b"")
                if not left:
                    raise ParseError(f"{plain(name, 300)} is cut short")
    except ERRORS as error:
        raise ParseError(f"{plain(name, 300)} is damaged: {plain(str(error), 100)}") from None


def _beyond(first: str, last: str, below: int, jumps: int) -> str:
    """Return after which key to go on, past those that begin as these two do, or as the last one does.

    `below` characters are the folder's. Where jumps bring nothing new, all that begins with a digit is jumped
    over, or with a capital.
    """
    pairs = enumerate(zip(first, last, strict=False))
    alike = next((at for at, (one, other) in pairs if one != other), len(first))
    if alike > below:
        return last[:alike] + _LAST
    after = "9" if last[below].isdigit() else "Z" if last[below].isupper() else last[below]
    return last[:below] + (after if jumps else last[below]) + _LAST


def _unreadable(path: Path, error: OSError) -> IacwatchError:
    reason = error.strerror or type(error).__name__
    return IacwatchError(
        f"cannot read {plain(str(path), 300)}: {reason}", hint="check its mode and its folder's"
    )


def _raised(error: OSError) -> None:
    raise error
