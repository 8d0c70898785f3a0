"""Findings on an EventBridge bus: one event for each, whose detail is the finding's record.

From there EventBridge's own rules and API destinations reach mail, Teams, PagerDuty, Jira, Security Hub.
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from iacwatch.aws.caller import Answer, ApiCaller, Retries
from iacwatch.core.arn import arn_parts
from iacwatch.core.model import Finding, Json
from iacwatch.core.present.record import record, shortened
from iacwatch.core.text import json_line, plain
from iacwatch.errors import AccessDenied, AwsError, NotThere, Stopping
from iacwatch.ports import Clock, Delivered, Failure
from iacwatch.sinks.style import DEFAULT_STYLE, ReportStyle

SOURCE: Final = "iacwatch"
DETAIL_TYPE: Final = "iacwatch finding"

_MOST_ENTRIES: Final = 10
_MOST_BYTES: Final = 250_000
"""Of one call, and so of one event; AWS and many targets take 256 KB, with what stands around them."""

_AROUND: Final = 5_000
"""More than what an event holds besides its detail; an ARN has at most 2,048 characters."""

_DEFAULT: Final = "default"
_PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (0.2, 0.5, 1.0, 2.0))
_PASSING: Final = frozenset({"InternalFailure", "InternalException", "ThrottlingException"})
"""Why an entry is refused that is taken once it is sent again."""

_MAY: Final = "let our policy and the bus's own allow events:PutEvents"
_INTEGERS: Final = range(-(2**63), 2**63)
"""What AWS takes for a JSON integer."""

_log = logging.getLogger(__name__)

Entry = Mapping[str, Any]


class EventBus:
    """A `ports.Sink` that puts findings on the bus `bus`, which is a name or an ARN.

    AWS answers an event for a bus that does not exist like any other, and drops it: so the bus is looked at
    before the first one.
    """

    remembered = "events"
    deferred_close = False

    def __init__(
        self, *, client: Callable[[], Any], bus: str, clock: Clock, style: ReportStyle = DEFAULT_STYLE
    ) -> None:
        """Take what makes EventBridge's client; nothing is asked for yet."""
        self._client = client
        self._bus = bus
        self._clock = clock
        self._style = style
        self._doing = f"cannot put events on the bus {bus}"
        self._seen = bus == _DEFAULT
        retries = Retries(throttled=len(_PAUSES), faults=len(_PAUSES), pauses=_PAUSES, unanswered=False)
        self._caller = ApiCaller("events", clock=clock, retries=retries)

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Put the findings on the bus; answer for each finding id.

        `Stopping` comes through unless something was put already: what was reported must not be forgotten.
        """
        answers: dict[str, Delivered | Failure] = {}
        entries = {finding.finding_id: self._entry(finding) for finding in findings}
        try:
            for together in _calls(entries):
                answers |= self._put(together)
        except Stopping as stopping:
            if not any(isinstance(answer, Delivered) for answer in answers.values()):
                raise
            rest = Failure(reason=f"not put on the bus: the run ended ({stopping.why})")
            return {name: answers.get(name, rest) for name in entries}
        return answers

    def close(self) -> None:
        """Finish; every event is put already."""

    def _entry(self, finding: Finding) -> Entry:
        document = _portable(record(finding, redact=self._style.redact))
        if not _fits(document):
            document = shortened(document, _fits)
        arn = finding.change.resource.arn
        return {
            "EventBusName": self._bus,
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Detail": json_line(document),
            **({"Resources": [_portable(arn)]} if arn and arn_parts(arn) else {}),
        }

    def _put(self, entries: Mapping[str, Entry]) -> dict[str, Delivered | Failure]:
        """Put at most ten entries, and again those that are refused for a while."""
        answers: dict[str, Delivered | Failure] = {}
        left = dict(entries)
        for pause in (*_PAUSES, None):
            try:
                self._look()
                found = self._call("PutEvents", Entries=list(left.values())).get("Entries", ())
            except AwsError as error:
                return answers | dict.fromkeys(left, Failure(reason=str(error)))
            if len(found) != len(left):
                reason = f"{self._doing}: {len(found)} answers came for {len(left)} events; try again"
                return answers | dict.fromkeys(left, Failure(reason=reason, unknown=True))
            said = dict(zip(left, found, strict=True))
            answers |= {name: self._read(answer) for name, answer in said.items()}
            left = {name: left[name] for name, answer in said.items() if answer.get("ErrorCode") in _PASSING}
            if not left or pause is None:
                break
            self._clock.sleep(pause)
        return answers

    def _read(self, answer: Answer) -> Delivered | Failure:
        """Return what AWS says of one entry."""
        if answer.get("EventId") and not answer.get("ErrorCode"):
            return Delivered(detail=f"{self._bus} {answer['EventId']}")
        code = plain(str(answer.get("ErrorCode") or "no event id"), 100)
        message = plain(str(answer.get("ErrorMessage") or ""), 300)
        happened = f"{self._doing}: {': '.join(text for text in (code, message) if text)}"
        return Failure(reason=f"{happened}; {_MAY}" if code == "AccessDeniedException" else happened)

    def _look(self) -> None:
        """Look once whether the bus is there; raise `NotThere` where it is not."""
        if self._seen:
            return
        try:
            self._call("DescribeEventBus", Name=self._bus)
        except AccessDenied as error:
            _log.warning("whether the bus %s exists cannot be seen: %s", self._bus, plain(str(error), 500))
        except NotThere as error:
            error.hint = "check events.bus; what is sent to a bus that is not there is lost"
            raise
        self._seen = True

    def _call(self, operation: str, **asked: Any) -> Answer:
        return self._caller.call(self._client(), operation, asked, doing=self._doing)


def _calls(entries: Mapping[str, Entry]) -> Iterator[dict[str, Entry]]:
    """Yield the entries by calls: at most ten, and at most as many bytes as one takes."""
    together: dict[str, Entry] = {}
    size = 0
    for name, entry in entries.items():
        more = len(entry["Detail"]) + _AROUND
        if len(together) == _MOST_ENTRIES or size + more > _MOST_BYTES:
            yield together
            together, size = {}, 0
        together[name] = entry
        size += more
    if together:
        yield together


def _portable(value: Any) -> Any:
    """Return JSON values as EventBridge takes them: no half characters, and integers of 64 bits."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case int() if value not in _INTEGERS:
            return str(value)
        case Mapping():
            return {_portable(key): _portable(each) for key, each in value.items()}
        case list() | tuple():
            return [_portable(each) for each in value]
        case _:
            return value


def _fits(document: Mapping[str, Json]) -> bool:
    return len(json_line(document)) <= _MOST_BYTES - _AROUND
