"""A sink that is made with the first finding: what it takes (a secret) is fetched only then."""

from collections.abc import Callable, Mapping, Sequence

from iacwatch.core.model import Finding
from iacwatch.errors import IacwatchError
from iacwatch.ports import Delivered, Failure, Sink


class LazySink:
    """A `ports.Sink` in front of one that remembers, and that `make` returns.

    Where it cannot be made, each finding fails with the reason, and the next call tries again.
    """

    deferred_close = False

    def __init__(self, name: str, make: Callable[[], Sink]) -> None:
        """Take what makes the sink, and the name under which the ledger remembers what it reports."""
        self.remembered = name
        self._make = make
        self._made: Sink | None = None

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Report the findings; answer for each finding id."""
        if self._made is None:
            try:
                self._made = self._make()
            except IacwatchError as error:
                return {finding.finding_id: Failure(reason=str(error)) for finding in findings}
        return self._made.emit(findings)

    def close(self) -> None:
        """Finish what was begun, if anything was."""
        if self._made is not None:
            self._made.close()
