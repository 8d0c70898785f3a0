"""One destination with the ledger's memory of it: what it took is not reported there again.

    claim -> emit -> complete | release

Each destination has ids of its own in the ledger, so that what one of several could not take is reported
again there, and there alone.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from iacwatch.core.model import Finding
from iacwatch.core.outcome import Deferred, Duplicate
from iacwatch.ports import Claim, Claimed, Clock, Delivered, Failure, Grant, Ledger, Sink

LEASE: Final = timedelta(seconds=60)
"""How long a claim stays with a process that was killed."""

_FIRST: Final = "slack"
"""The destination whose ids are plain: there was none beside it at first, and ledgers remember long."""

Answer: TypeAlias = Delivered | Failure | Duplicate | Deferred
"""What became of a finding at one destination: taken, refused, taken before, or in another run's hands."""


class RememberedSink:
    """A sink, and the ledger's memory of what that very sink reported."""

    def __init__(self, sink: Sink, ledger: Ledger, clock: Clock, lease: timedelta = LEASE) -> None:
        """Take a sink whose `remembered` is the destination's name."""
        self._sink = sink
        self._name = str(sink.remembered)
        self._ledger = ledger
        self._clock = clock
        self._lease = lease

    def reported(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those of some finding ids and cause keys that this destination took."""
        return reported(self._ledger, ids, self._name)

    def report(self, findings: Sequence[Finding], answers: dict[str, Answer]) -> None:
        """Report what nobody has reported there, nor is about to; add to `answers` what became of each.

        Where the run ends, or the ledger fails, half-way, what is known by then is in `answers` all the same.
        """
        grants = self._claim(findings, answers)
        granted = [finding for finding in findings if finding.finding_id in grants]
        if not granted:
            return
        delivered: set[str] = set()
        try:
            for name, answer in self._sink.emit(granted).items():
                answers[name] = answer
                if isinstance(answer, Delivered):
                    delivered.add(name)
        finally:
            done = [grant for name in delivered for grant in grants[name]]
            self._ledger.complete(done, now=self._clock.now())
            self._ledger.release(
                [grant for name in grants if name not in delivered for grant in grants[name]]
            )

    def _claim(self, findings: Sequence[Finding], answers: dict[str, Answer]) -> dict[str, list[Grant]]:
        """Claim each finding, and its cause where it has one; return the grants by finding id."""
        keys = {
            finding.finding_id: [
                _own(key, self._name) for key in (finding.finding_id, finding.cause_key) if key
            ]
            for finding in findings
        }
        now = self._clock.now()
        claims = self._ledger.claim(
            [key for asked in keys.values() for key in asked], now=now, lease=self._lease
        )
        grants: dict[str, list[Grant]] = {}
        for name, asked in keys.items():
            mine = [claims[key] for key in asked]
            got = [claimed.grant for claimed in mine if claimed.grant is not None]
            if len(got) == len(mine):
                grants[name] = got
            else:
                self._ledger.release(got)
                answers[name] = _refused(name, mine, latest=now + self._lease)
        return grants


def _refused(name: str, claims: Sequence[Claimed], *, latest: datetime) -> Answer:
    """Return why a finding was not granted; `latest` is when what holds it ends at the latest."""
    if any(claimed.claim is Claim.REPORTED for claimed in claims):
        return Duplicate(finding_id=name)
    until = max((claimed.until for claimed in claims if claimed.until), default=latest)
    return Deferred(until=until, why="another run is reporting it")


def reported(ledger: Ledger, ids: Sequence[str], name: str) -> frozenset[str]:
    """Return those of some finding ids and cause keys that the destination of that name took."""
    plain = {_own(key, name): key for key in ids}
    return frozenset(plain[key] for key in ledger.reported(list(plain)))


def _own(key: str, name: str) -> str:
    """Return the id under which the ledger remembers a finding, or a cause, for one destination."""
    return key if name == _FIRST else f"{key}@{name}"
