"""A report in a file (``--output``): whole or not at all.

It is there when the run closes its sinks. A run that was asked to end early closes them too: its file then
holds what was settled until there.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from iacwatch.core.model import Finding
from iacwatch.errors import DeliveryError
from iacwatch.ports import Delivered, Failure, Sink
from iacwatch.storage.atomic_file import PRIVATE, AtomicFile


class ReportFile:
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
        self._fault = ""
        self._open = True
        try:
            self._file = AtomicFile(path, mode=PRIVATE)
        except IsADirectoryError as error:
            raise DeliveryError(f"cannot write {path}: it is a folder", hint="name a file in it") from error
        except OSError as error:
            folder = os.path.dirname(os.path.realpath(path))  # noqa: PTH120  (a link to itself, too)
            raise self._error(error, f"does the folder {folder} exist, and may you write there?") from error
        self._out = TextIOWrapper(self._file.stream, encoding="utf-8", newline="")
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
            if self._fault:
                raise DeliveryError(
                    f"{self._path} was not written: {self._fault}", hint="nothing of it was kept"
                )
            self._file.commit()
        except OSError as error:
            raise self._error(error, "nothing of it was kept") from error
        finally:
            self._file.discard()

    def _error(self, error: OSError, hint: str) -> DeliveryError:
        return DeliveryError(
            f"cannot write {self._path}: {error.strerror or type(error).__name__}", hint=hint
        )
