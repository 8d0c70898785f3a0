"""A report in a file (``--output``): whole or not at all.

What is written goes to a temporary file beside it, which takes its name when the run closes its sinks. A run
that was asked to end early closes them too: its file then holds what was settled until there.
"""

import os
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

from iacwatch.core.model import Finding
from iacwatch.errors import DeliveryError
from iacwatch.ports import Delivered, Failure, Sink

_SUFFIX: Final = ".iacwatch-unfinished"


class AtomicFile:
    """A `ports.Sink` that lends a file to another sink, and puts it in its place on `close`.

    The file is readable by its owner alone: reports say who did what. A device or a pipe (``/dev/stdout``)
    cannot be replaced; it is written to on `close`.
    """

    remembered = False
    deferred_close = True

    def __init__(self, path: Path, make_sink: Callable[[TextIO], Sink]) -> None:
        """Open the temporary file; raise `DeliveryError` where there can be none.

        `make_sink` builds the sink that writes the report into the stream that it is handed.
        """
        self._path = path
        self._target = path.resolve()
        self._special = self._target.exists() and not self._target.is_file()
        self._fault = ""
        self._open = True
        if self._target.is_dir():
            raise DeliveryError(f"cannot write {path}: it is a folder", hint="name a file in it")
        folder = Path(tempfile.gettempdir()) if self._special else self._target.parent
        try:
            handle, name = tempfile.mkstemp(suffix=_SUFFIX, prefix=f".{self._target.name[:100]}-", dir=folder)
        except OSError as error:
            raise self._error(error, f"does the folder {folder} exist, and may you write there?") from error
        self._unfinished = Path(name)
        self._out = os.fdopen(handle, "w", encoding="utf-8", newline="")
        # Whatever ends the process in an orderly way, an unfinished file does not stay.
        self._discard = weakref.finalize(self, _discard, self._out, self._unfinished)
        self._sink = make_sink(self._out)

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Hand the findings on; once writing failed, nothing of the file counts."""
        answers = dict(self._sink.emit(findings))
        for answer in answers.values():
            if isinstance(answer, Failure) and not self._fault:
                self._fault = answer.reason
        return {name: Failure(reason=self._fault) for name in answers} if self._fault else answers

    def close(self) -> None:
        """Put the file in its place; raise `DeliveryError`, leaving nothing, where it can't be written."""
        if not self._open:
            return
        self._open = False
        try:
            self._sink.close()
            self._out.flush()
            os.fsync(self._out.fileno())
            self._out.close()
            if self._fault:
                raise DeliveryError(
                    f"{self._path} was not written: {self._fault}", hint="nothing of it was kept"
                )
            self._place()
        except OSError as error:
            raise self._error(error, "nothing of it was kept") from error
        finally:
            self._discard()

    def _place(self) -> None:
        if self._special:
            with self._target.open("wb") as out:
                out.write(self._unfinished.read_bytes())
        else:
            self._unfinished.replace(self._target)
            _sync(self._target.parent)

    def _error(self, error: OSError, hint: str) -> DeliveryError:
        return DeliveryError(
            f"cannot write {self._path}: {error.strerror or type(error).__name__}", hint=hint
        )


def _sync(folder: Path) -> None:
    """Let the file's new name survive a power failure: the messages that it is about are deleted next."""
    with suppress(OSError):  # some file systems cannot
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _discard(out: TextIO, unfinished: Path) -> None:
    with suppress(OSError):
        out.close()
    unfinished.unlink(missing_ok=True)
