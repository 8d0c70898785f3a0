"""How the function reports its work: a log line for each message, a summary, and the metrics."""

import logging
from typing import Any, Final, TextIO

from iacwatch.core.model import Finding
from iacwatch.core.outcome import Deferred, Duplicate, Failed, Outcome, Reported, Skipped
from iacwatch.core.text import json_line, plain
from iacwatch.function import metrics
from iacwatch.pipeline.summary import Summary, figures, spelled
from iacwatch.ports import Clock, Delivery

_log = logging.getLogger("iacwatch.journal")

_LONGEST: Final = 300


class InvocationReport:
    """Reports one invocation: log entries, and at the end the metrics on `out`."""

    def __init__(self, *, out: TextIO, clock: Clock, function: str, request_id: str) -> None:
        """Take where metrics are written, and in whose name."""
        self._out = out
        self._clock = clock
        self._function = function
        self._request_id = request_id
        self._lags: list[float] = []

    def settled(self, delivery: Delivery, outcome: Outcome) -> None:
        """Log what became of one message."""
        if isinstance(outcome, Reported) and outcome.emitted:
            lag = self._clock.now() - outcome.finding.change.captured_at
            self._lags.append(round(lag.total_seconds(), 3))
        word, data = _described(outcome)
        entry = {"message_id": plain(delivery.id, _LONGEST), "receives": delivery.receives, "outcome": word}
        name = plain(delivery.id, _LONGEST)
        _log.info("%s %s: %s", delivery.noun, name, word, extra={"data": entry | data})

    def finish(self, totals: Summary, *, unsettled: int, stopped: str = "") -> None:
        """Log what was done in all, how much was not, and why the run ended early, if it did."""
        data = {**figures(totals), "given_back": unsettled, "stopped": stopped or None}
        _log.info("messages handled: %d, given back: %d", totals.deliveries, unsettled, extra={"data": data})
        now = self._clock.now()
        for document in metrics.documents(
            totals,
            self._lags,
            unsettled=unsettled,
            function=self._function,
            request_id=self._request_id,
            now=now,
        ):
            self._out.write(json_line(document) + "\n")
        self._out.flush()


def _described(outcome: Outcome) -> tuple[str, dict[str, Any]]:
    """Return an outcome's word, and the details worth logging."""
    match outcome:
        case Reported(finding=finding, emitted=emitted):
            return "reported" if emitted else "not-reported", _finding(finding)
        case Skipped(reason=reason, detail=detail):
            return "ignored", {"reason": reason, "detail": plain(detail, _LONGEST)}
        case Duplicate(finding_id=name):
            return "duplicate", {"finding_id": name}
        case Deferred(until=until, why=why):
            return "deferred", {"until": spelled(until), "waits_for": plain(why, _LONGEST)}
        case Failed(reason=reason, unreadable=unreadable):
            return "unreadable" if unreadable else "failed", {"reason": plain(reason, _LONGEST)}


def _finding(finding: Finding) -> dict[str, Any]:
    resource, named = finding.change.resource, finding.match
    return {
        "finding_id": finding.finding_id,
        "verdict": str(finding.verdict),
        "account_id": resource.account_id,
        "region": resource.region,
        "resource_type": resource.type,
        "resource_id": plain(resource.id, _LONGEST),
        "captured_at": spelled(finding.change.captured_at),
        "actor": plain(named.event.actor.name, _LONGEST) if named else None,
        "event_id": named.event.event_id if named else None,
        "looked_up": [plain(words, _LONGEST) for words in finding.tried],
    }
