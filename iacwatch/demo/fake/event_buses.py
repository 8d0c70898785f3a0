"""EventBridge's buses: PutEvents, as strict and as forgiving as AWS is, and DescribeEventBus.

An event for a bus that does not exist is answered like any other, and is gone.
"""

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from iacwatch.core.model import Json
from iacwatch.demo.fake.wire import ApiError, Scope

Body = Mapping[str, Json]

MOST_ENTRIES = 10
MOST_BYTES = 256 * 1024
_MOST_TYPE = 128
_INTEGERS = range(-(2**63), 2**63)
_NAME = re.compile(
    r"(?:arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus/)?[.\-_A-Za-z0-9]{1,256}"
)


@dataclass(slots=True)
class FakeEventBuses:
    """The buses by their ARN, and what was put on them in order: ``bus``, and the entry's own fields."""

    put: list[dict[str, Json]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    """The codes with which the next entries are refused, first come first served."""
    _buses: set[str] = field(default_factory=set)

    def create(self, scope: Scope, name: str) -> str:
        """Make a bus, and return its ARN."""
        arn = _arn(scope, name)
        self._buses.add(arn)
        return arn

    def operations(self) -> Mapping[str, Callable[[Scope, Body], Json]]:
        """Return what can be asked, by operation."""
        return {"PutEvents": self.put_events, "DescribeEventBus": self.describe}

    def describe(self, scope: Scope, body: Body) -> Json:
        """Answer DescribeEventBus."""
        arn = _arn(scope, str(body.get("Name") or "default"))
        if not self._there(scope, arn):
            raise ApiError("ResourceNotFoundException", f"Event bus {arn.rpartition('/')[2]} does not exist.")
        return {"Name": arn.rpartition("/")[2], "Arn": arn}

    def put_events(self, scope: Scope, body: Body) -> Json:
        """Answer PutEvents: an entry's fault is its own, a request's is everybody's."""
        entries = body.get("Entries")
        if not isinstance(entries, list) or not 1 <= len(entries) <= MOST_ENTRIES:
            raise ApiError("ValidationException", f"1 to {MOST_ENTRIES} entries are taken.")
        if sum(map(_size, entries)) > MOST_BYTES:
            raise ApiError(
                "ValidationException", "Total size of the entries in the request is over the limit."
            )
        answers = [self._answer(scope, entry) for entry in entries]
        return {"FailedEntryCount": sum("ErrorCode" in answer for answer in answers), "Entries": answers}

    def _answer(self, scope: Scope, entry: Body) -> dict[str, Json]:
        bus = str(entry.get("EventBusName") or "default")
        code = self.refusals.pop(0) if self.refusals else next(_wrong(bus, entry), "")
        arn = _arn(scope, bus)
        if not code and arn.split(":")[4] != scope.account_id and not self._there(scope, arn):
            code = "AccessDeniedException"
        if code:
            return {"ErrorCode": code, "ErrorMessage": f"{code}, says the demo's AWS."}
        if self._there(scope, arn):
            self.put.append({"bus": arn, **entry})
        return {"EventId": str(uuid.uuid4())}

    def _there(self, scope: Scope, arn: str) -> bool:
        return arn in self._buses or arn == _arn(scope, "default")


def _arn(scope: Scope, bus: str) -> str:
    return (
        bus if bus.startswith("arn:") else f"arn:aws:events:{scope.region}:{scope.account_id}:event-bus/{bus}"
    )


def _size(entry: Body) -> int:
    """Return the bytes of an entry as AWS counts them."""
    resources = entry.get("Resources")
    texts = [entry.get(name) for name in ("Source", "DetailType", "Detail")]
    texts += resources if isinstance(resources, list) else []
    return sum(len(text.encode()) for text in texts if isinstance(text, str)) + 14 * ("Time" in entry)


def _wrong(bus: str, entry: Body) -> Iterator[str]:
    """Yield the codes of what is wrong with an entry."""
    source, kind, detail = (entry.get(name) for name in ("Source", "DetailType", "Detail"))
    given = all(isinstance(text, str) and text for text in (source, kind, detail))
    if not given or len(str(kind)) > _MOST_TYPE or not _NAME.fullmatch(bus):
        yield "InvalidArgument"
    elif str(source).startswith("aws."):
        yield "NotAuthorizedForSourceException"
    elif not _is_object(str(detail)):
        yield "MalformedDetail"


def _is_object(detail: str) -> bool:
    """Return whether a detail is a JSON object, of numbers and characters that exist."""

    def integer(text: str) -> int:
        if (number := int(text)) not in _INTEGERS:
            raise ValueError(text)
        return number

    def refused(constant: str) -> None:
        raise ValueError(constant)

    try:
        document = json.loads(detail, parse_int=integer, parse_constant=refused)
        json.dumps(document, ensure_ascii=False).encode()
    except ValueError:
        return False
    return isinstance(document, dict)
