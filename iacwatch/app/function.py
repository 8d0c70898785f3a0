"""The container of the Lambda function.

Settings come from the environment, one set of clients serves all that one process does, and runs end in time.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, TextIO

from iacwatch.app.container import Container
from iacwatch.app.store import Store
from iacwatch.aws.sessions import Sessions
from iacwatch.core.present.record import milliseconds
from iacwatch.ports import Sink
from iacwatch.settings.values import MEMORY
from iacwatch.sinks.lazy import LazySink
from iacwatch.sources.lambda_event import LambdaBatch, Watch

FRESH: Final = timedelta(minutes=15)
"""How long settings and secrets count as they were read."""

MARGIN: Final = timedelta(seconds=10)
"""How long before Lambda ends an invocation no new work is begun: the rest is given back meanwhile."""

GRACE: Final = timedelta(seconds=2.5)
"""How long what is under way by then is waited for at most."""

OUT_OF_TIME: Final = "the function's time is running out"

_LOG_EVENT: Final = 250_000
"""Characters of one line in CloudWatch Logs, which takes 256 KB with what Lambda adds."""

_BRIEF: Final = frozenset({"sqlite", MEMORY})


class FunctionContainer(Container):
    """The parts of a function, for as long as they are fresh: settings and secrets are read with them."""

    def __init__(
        self, *, environ: Mapping[str, str], arn: str, before: "FunctionContainer | None" = None
    ) -> None:
        """Read the settings; `arn` is the function's own, `before` the container that this one replaces."""
        sessions = (
            before.sessions
            if before
            else Sessions(region=environ.get("AWS_REGION"), account_id=account_of(arn))
        )
        clock = before.clock if before else None
        super().__init__(environ=environ, sessions=sessions, clock=clock, usual_places=False)
        self._made_at = self.clock.now()
        self._limits: dict[str, int | None] = {}
        posting = self.sinks.posting({}, by_default=True)
        self._posting: list[Sink] = [LazySink(name, make) for name, make in posting.items()]

    @property
    def fresh(self) -> bool:
        """Return whether settings and secrets need not be read again yet."""
        return abs(self.clock.now() - self._made_at) < FRESH

    @property
    def lasting(self) -> bool:
        """Return whether the ledger outlives this process."""
        return self.settings.ledger.url not in _BRIEF

    def outputs(self, out: TextIO, *, request_id: str) -> list[Sink]:
        """Return where findings go: where they are posted, and as whole records to the log `out`."""

        def entry() -> Mapping[str, str]:
            return {"timestamp": milliseconds(self.clock.now()), "level": "INFO", "requestId": request_id}

        def lines() -> Sink:
            return self.sinks.json_lines(out, before=entry, longest=_LOG_EVENT)

        return [*self._posting, LazySink(False, lines)]

    @property
    def posts(self) -> bool:
        """Return whether findings are posted anywhere."""
        return bool(self._posting)

    def batch(self, event: Any, *, most: int, watch: Watch) -> LambdaBatch:
        """Return the messages of an event; raise `UsageError` where it is none of a queue's."""
        return LambdaBatch(
            event=event,
            client=lambda region: self.sessions.client("sqs", region=region),
            clock=self.clock,
            limits=self._limits,
            most=most,
            watch=watch,
        )

    def begin(self, *, left: timedelta) -> None:
        """Begin with one event, of which Lambda leaves so much time."""
        self.clock.start_again()
        self.clock.end_after(left - _margin(left), OUT_OF_TIME)

    def store(self, *, remember: bool) -> Store:
        """Return where the function remembers; it has no home, in which the default would lie."""
        return super().store(remember=remember and self.lasting)


def latest(left: timedelta) -> timedelta:
    """Return after how much of the time that Lambda leaves nothing is waited for any more."""
    return left - _margin(left) + min(GRACE, _margin(left) / 3)


def _margin(left: timedelta) -> timedelta:
    return min(MARGIN, left / 4)


def account_of(arn: str) -> str:
    """Return the account of a function's ARN; "" where it is none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 and parts[0] == "arn" else ""  # noqa: PLR2004  (arn:partition:lambda:region:account:...)
