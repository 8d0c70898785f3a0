"""How much Athena may read in a run: it is paid for by the bytes."""

from iacwatch.core.text import size
from iacwatch.errors import AwsError


class ScanBudget:
    """The bytes that all statements of a run may read together; `used` are those that were read so far."""

    def __init__(self, most: int | None = None) -> None:
        """Take the limit; None: there is none."""
        self._most = most
        self.used = 0

    def admit(self, estimate: int | None) -> None:
        """Raise `AwsError` where a statement that reads so much (None: nobody knows) would be too much."""
        if self._most is None:
            return
        if self.used >= self._most or (estimate is not None and self.used + estimate > self._most):
            about = f", and this query would read about {size(estimate)} more" if estimate else ""
            raise self._refusal(f"{size(self.used)} were read{about}")

    def check(self) -> None:
        """Raise `AwsError` where a statement under way has read too much."""
        if self._most is not None and self.used > self._most:
            raise self._refusal(f"{size(self.used)} were read, and the query was stopped")

    def _refusal(self, why: str) -> AwsError:
        return AwsError(
            f"cannot scan more than {size(self._most or 0)}: {why}",
            hint="raise --max-scan (trail.athena_max_scan), or ask for a shorter range",
        )
