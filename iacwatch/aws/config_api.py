"""Calls of AWS Config's API: at a pace of our own for each account and region, again where it refuses."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from iacwatch.aws.rate_limit import RateLimit
from iacwatch.aws.sessions import Sessions, explained, throttled, transient
from iacwatch.core.model import Json
from iacwatch.ports import Clock

_REFUSALS: Final = 8
_FAULTS: Final = 3
_PAUSE: Final = timedelta(seconds=0.5)


class ConfigPlace(NamedTuple):
    """Where a recorder writes: an account ("": that of our own credentials, whichever it is) and a region."""

    account_id: str
    region: str

    def __str__(self) -> str:
        """Return it as sentences have it."""
        return f"{self.account_id} {self.region}".strip()


class ConfigCalls:
    """Makes calls in any account and region, from any thread; `made` counts them, refused ones included."""

    def __init__(self, sessions: Sessions, clock: Clock, rate_limit: RateLimit) -> None:
        """Take what makes clients, what waits, and how fast Config may be asked."""
        self._sessions = sessions
        self._clock = clock
        self._rate_limit = rate_limit
        self._lock = threading.Lock()
        self.made = 0

    def ready(self, place: ConfigPlace) -> None:
        """Make the client of a place, so that calls go out in the order in which they are asked for."""
        self._client(place)

    def ask(self, place: ConfigPlace, operation: str, doing: str, **asked: Any) -> Mapping[str, Json]:
        """Make one call and return its answer.

        `operation` is its name as AWS writes it (``SelectResourceConfig``), `doing` begins the sentence of an
        error.
        Raises `AwsError`, with AWS's own code, where it is refused for good; `Stopping` where the run ends.
        """
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  (only where AWS is asked)

        client = self._client(place)
        method = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation)[1:]
        key = ("config", *place)
        refusals = faults = 0
        while True:
            self._rate_limit.wait(key)
            with self._lock:
                self.made += 1
            try:
                answer: Mapping[str, Json] = getattr(client, method)(**asked)
            except (BotoCoreError, ClientError) as error:
                if throttled(error) and refusals < _REFUSALS:
                    self._rate_limit.throttled(key)
                    refusals += 1
                elif transient(error) and faults < _FAULTS:
                    self._clock.sleep(_PAUSE)
                    faults += 1
                else:
                    raise explained(error, doing, action=f"config:{operation}") from error
            else:
                return answer

    def _client(self, place: ConfigPlace) -> Any:
        return self._sessions.client("config", region=place.region, account_id=place.account_id or None)
