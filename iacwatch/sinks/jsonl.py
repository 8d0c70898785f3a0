"""Findings as JSON Lines: one record a line, for programs."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TextIO

from iacwatch.core.model import Finding
from iacwatch.core.present.record import record, shortened
from iacwatch.core.text import json_line
from iacwatch.ports import Delivered, Failure
from iacwatch.sinks.stream import each_written
from iacwatch.sinks.style import DEFAULT_STYLE, ReportStyle


class JsonLines:
    """A `ports.Sink` that writes one line of ASCII for each finding, and flushes it."""

    remembered = False
    deferred_close = False

    def __init__(
        self,
        *,
        out: TextIO,
        style: ReportStyle = DEFAULT_STYLE,
        before: Callable[[], Mapping[str, Any]] = dict,
        longest: float = math.inf,
    ) -> None:
        """Take where to write.

        `before` returns what stands before the keys of a record in its line. A record of more than `longest`
        characters is shortened.
        """
        self._out = out
        self._before = before
        self._longest = longest
        self._style = style

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Write the findings in the order given. A closed pipe raises `BrokenPipeError`."""
        return each_written(findings, self._write)

    def close(self) -> None:
        """Finish; every line is written already."""

    def _write(self, finding: Finding) -> None:
        document = record(finding, redact=self._style.redact)
        if not self._fits(document):
            document = shortened(document, self._fits)
        self._out.write(json_line({**self._before(), **document}) + "\n")
        self._out.flush()

    def _fits(self, document: Mapping[str, Any]) -> bool:
        return len(json_line(document)) <= self._longest
