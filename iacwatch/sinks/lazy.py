"""A sink that is made with the first finding: what it takes (a secret) is fetched only then."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from iacwatch.core.model import Finding
from iacwatch.errors import IacwatchError
from iacwatch.ports import Delivered, Failure, Noticing, Sink


class LazySink:
    """A `ports.Sink` in front of one that remembers, and that `make` returns.

    Where it cannot be made, each finding fails with the reason, and the next call tries again.
    """

    deferred_close = False

    def __init__(self, name: str | bool, make: Callable[[], Sink]) -> None:
        """Take what makes the sink, and the name under which the ledger remembers what it reports."""
        self.remembered = name
        self._make = make
        self._made: Sink | None = None

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Report the findings; answer for each finding id."""
        try:
            sink = self._sink()
        except IacwatchError as error:
            return {finding.finding_id: Failure(reason=str(error)) for finding in findings}
        return sink.emit(findings)

    def notice(self, unreported: Sequence[Finding]) -> None:
        """Do the same for a sink that has work to do after a wave's reports: a `ports.Noticing`."""
        if not unreported and self._made is None:
            return
        with suppress(IacwatchError):
            sink = self._sink()
            if isinstance(sink, Noticing):
                sink.notice(unreported)

    def close(self) -> None:
        """Finish what was begun, if anything was."""
        if self._made is not None:
            self._made.close()

    def _sink(self) -> Sink:
        if self._made is None:
            self._made = self._make()
        return self._made
