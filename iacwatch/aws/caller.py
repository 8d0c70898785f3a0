"""How AWS is called, whatever for: within a rate limit, again where that helps, and page by page."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from iacwatch.aws.errors import code_of, explained, throttled, transient
from iacwatch.aws.rate_limit import RateLimit
from iacwatch.ports import Clock

Answer = Mapping[str, Any]

_AT_ONCE: Final = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How often a call that failed is made again, and after which pause.

    `throttled` is how many times AWS may refuse one call for being one too many, or for how long it may
    refuse all of them; `faults` how often the network or AWS itself may fail. `pauses` come before the first,
    second ... further try, the last of them before all that follow; a throttled call waits for the rate limit
    instead, where there is one. `unanswered`: whether a call without any answer is worth another try.
    """

    throttled: int | timedelta
    faults: int
    pauses: Sequence[timedelta] = (timedelta(0),)
    unanswered: bool = True

    def pause(self, failures: int) -> timedelta:
        """Return the wait after the given number of failures (1 or more)."""
        return self.pauses[min(failures, len(self.pauses)) - 1]

    def again(self, error: Exception) -> bool:
        """Return whether a fault is one that another try may mend."""
        return transient(error) and (self.unanswered or bool(code_of(error)))


class ApiCaller:
    """Calls one AWS service, from any thread; `made` counts the requests, refused ones included."""

    def __init__(
        self,
        service: str,
        *,
        clock: Clock,
        retries: Retries,
        rate_limit: RateLimit | None = None,
        took: Callable[[timedelta], None] | None = None,
    ) -> None:
        """Take the service as IAM names it ("config"), what waits, and how patient to be.

        `took` is called with the time that each answer took, from any thread.
        """
        self._service = service
        self._clock = clock
        self._retries = retries
        self._rate_limit = rate_limit
        self._took = took
        self._throttled_since: dict[tuple[str, ...], datetime] = {}
        self._lock = threading.Lock()
        self.made = 0

    def call(
        self, client: Any, operation: str, asked: Answer, *, doing: str, key: tuple[str, ...] = ()
    ) -> Answer:
        """Make one call and return its answer.

        `operation` is its name as AWS writes it (``SelectResourceConfig``), `asked` are its parameters,
        `doing` begins the sentence of an error, `key` says whose rate limit counts (an account and a region).
        Raises `AwsError`, with AWS's own code, where no further try helps; `Stopping` where the run ends.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  (only where AWS is asked)

        method = getattr(client, _method(operation))
        refusals = faults = 0
        while True:
            self._wait(key)
            sent_at = self._clock.now()
            with self._lock:
                self.made += 1
            try:
                answer: Answer = method(**asked)
            except (BotoCoreError, ClientError) as error:
                if throttled(error):
                    refusals += 1
                    again = self._bears_throttling(key, refusals)
                    pause = _AT_ONCE if self._rate_limit else self._retries.pause(refusals)
                else:
                    faults += 1
                    again = faults <= self._retries.faults and self._retries.again(error)
                    pause = self._retries.pause(faults)
                if not again:
                    raise explained(error, doing, action=f"{self._service}:{operation}") from error
                if pause:
                    self._clock.sleep(pause)
            else:
                with self._lock:
                    self._throttled_since.pop(key, None)
                if self._took is not None:
                    self._took(self._clock.now() - sent_at)
                return answer

    def _wait(self, key: tuple[str, ...]) -> None:
        """Wait until the next call may be made; raise `Stopping` where the run ends."""
        if self._rate_limit is None:
            self._clock.sleep(_AT_ONCE)
        else:
            self._rate_limit.wait(key)

    def _bears_throttling(self, key: tuple[str, ...], refusals: int) -> bool:
        """Take in that a call was one too many; return whether it is worth another try."""
        if self._rate_limit is not None:
            self._rate_limit.throttled(key)
        if isinstance(self._retries.throttled, int):
            return refusals <= self._retries.throttled
        now = self._clock.now()
        with self._lock:
            since = self._throttled_since.setdefault(key, now)
        return now - since < self._retries.throttled


def pages(call: Callable[..., Answer], asked: Answer) -> Iterator[Answer]:
    """Yield an operation's answers page by page, each asked for once the one before was used.

    `call` takes by name what is asked for. AWS spells the token of the next page in two ways.
    """
    wanted = dict(asked)
    while True:
        answer = call(**wanted)
        yield answer
        more = {name: answer[name] for name in ("NextToken", "nextToken") if answer.get(name)}
        if not more:
            return
        wanted |= more


def _method(operation: str) -> str:
    """Return what botocore calls an operation: ``select_resource_config``."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)[1:]
