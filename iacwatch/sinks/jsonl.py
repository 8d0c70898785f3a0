"""Findings as JSON Lines: one record a line, for programs."""

import json
from collections.abc import Mapping, Sequence
from typing import TextIO

from iacwatch.core.model import Finding
from iacwatch.core.present.record import record
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.stream import each_written
from iacwatch.sinks.style import DEFAULT_STYLE, ReportStyle


class JsonLines:
    """A `ports.Sink` that writes one line of ASCII for each finding, and flushes it."""

    remembered = False
    deferred_close = False

    def __init__(self, *, out: TextIO, style: ReportStyle = DEFAULT_STYLE) -> None:
        """Take where to write."""
        self._out = out
        self._style = style

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Write the findings in the order given. A closed pipe raises `BrokenPipeError`."""
        return each_written(findings, self._write)

    def close(self) -> None:
        """Finish; every line is written already."""

    def _write(self, finding: Finding) -> None:
        self._out.write(_line(record(finding, redact=self._style.redact)))
        self._out.flush()


def _line(document: Mapping[str, object]) -> str:
    # DEL is the one control character that JSON's escaping leaves as it is.
    return json.dumps(document, ensure_ascii=True).replace("\x7f", "\\u007f") + "\n"
