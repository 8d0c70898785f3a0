"""What all fake services share: the scope of a call, its record, its answer and its errors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from iacwatch.core.model import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose call it is, and where: from the credential scope of the request's signature."""

    account_id: str
    region: str
    access_key_id: str = ""


@dataclass(slots=True, kw_only=True)
class RecordedCall:
    """One request that reached the fake; `status` is 0 until (or unless) it was answered."""

    service: str
    operation: str
    account_id: str
    region: str
    body: Mapping[str, Json]
    status: int = 0
    throttled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What goes back over the wire; `status` 0 drops the connection without a word."""

    status: int
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()


DROPPED = HttpAnswer(status=0, body=b"", content_type="")


class ApiError(Exception):
    """An error that the service answers with.

    `kind` is the shape's name (what boto3's ``client.exceptions`` calls it), `code` the legacy code of the
    query protocol, which botocore shows instead where there is one.
    """

    def __init__(self, kind: str, message: str = "", *, status: int = 400, code: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status
        self.code = code


def json_answer(document: Json, *, status: int = 200, version: str = "1.1") -> HttpAnswer:
    """Answer in the awsJson protocol of this `version`."""
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return HttpAnswer(status=status, body=body, content_type=f"application/x-amz-json-{version}")


def epoch(moment: datetime) -> float:
    """Return epoch seconds, to the millisecond."""
    return round(moment.timestamp(), 3)


def moment_of(value: datetime | str | float) -> datetime:
    """Read a time as recorded documents have it: epoch seconds, ISO 8601 or a datetime."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    if isinstance(value, str):
        return datetime.fromisoformat(value).astimezone(UTC)
    return datetime.fromtimestamp(value, UTC)
