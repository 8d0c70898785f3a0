"""Findings as one page that needs nothing else: timeline, counts, filters, what was and what is.

Everything in it was written by strangers. It is data in the page, which the page's own script shows as text;
a content security policy lets no other script run, and nothing be loaded.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TextIO

from iacwatch.core.model import Finding
from iacwatch.ports import Clock, Delivered, Failure
from iacwatch.sinks.html_page.data import PageData, script_json
from iacwatch.sinks.html_page.page import PLAIN_ROWS, page
from iacwatch.sinks.stream import write_whole
from iacwatch.sinks.style import DEFAULT_STYLE, ReportStyle


class HtmlPage:
    """A `ports.Sink` that holds the findings, as text, and writes the page on `close`.

    `clock` knows when it was made.
    """

    remembered = False
    deferred_close = True

    def __init__(
        self, *, out: TextIO, clock: Clock, style: ReportStyle = DEFAULT_STYLE, one: bool = False
    ) -> None:
        """Take where to write: a stream in UTF-8.

        `one`: all findings are about one resource, the newest comes first.
        """
        self._out = out
        self._clock = clock
        self._data = PageData(style, one=one)
        self._open = True

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Take the findings in; they are written on `close`."""
        for finding in findings:
            self._data.add(finding)
        return {finding.finding_id: Delivered() for finding in findings}

    def close(self) -> None:
        """Write the page; raise `DeliveryError` where that fails."""
        if not self._open:
            return
        self._open = False
        write_whole(self._out, self._parts())

    def _parts(self) -> Iterator[str]:
        lines, shared = self._data.lines(), self._data.shared()
        first = list(islice(lines, PLAIN_ROWS))
        head, tail = page(self._data.counts, shared, first, made_at=self._clock.now())
        yield head
        yield script_json(shared).removesuffix("}")
        yield ',"findings":['
        for place, line in enumerate(chain(first, lines)):
            yield f",\n{line}" if place else f"\n{line}"
        yield "\n]}"
        yield tail
