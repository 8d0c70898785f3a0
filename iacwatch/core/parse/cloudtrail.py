"""Reads a CloudTrail record: one document becomes one trail event, with the actor behind it.

Where a record comes from (event history, a log file, an EventBridge event, Athena) makes no difference. An
event needs an id, a name and a time; `ParseError` says which is missing.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from iacwatch.core.model import Json, TrailEvent
from iacwatch.core.parse.actor import CallContext, actor
from iacwatch.core.parse.identity import account_of, identity, is_true, part, word
from iacwatch.core.parse.json_values import mapping, moment, shown, text
from iacwatch.core.parse.mentions import mentions, object_of, sent
from iacwatch.core.parse.opened import opened_session
from iacwatch.errors import ParseError

_LONGEST_WORD: Final = 256
_LONGEST_ERROR: Final = 256
_LONGEST_NAME: Final = 2_048
_MOST_NAMES: Final = 1_000
_MOST_RESOURCES: Final = 100
_VERSION: Final = re.compile(r"\d{8}(?:v\d)?\Z")
_NO_CALLS: Final = frozenset({"AwsConsoleSignIn", "AwsConsoleAction"})
"""Types of events about people at the console, not about calls: they change no resource."""

_READING: Final = re.compile(
    r"(?:Get|List|Describe|Head|Lookup|BatchGet|BatchDescribe|BatchList|Search|Assume|Decrypt|GenerateDataKey)(?:[A-Z0-9]\w*)?"
)
"""Names of calls that only read, for the old records that do not say so themselves."""


def event(document: Mapping[str, Json] | str | bytes, *, resource_names: Sequence[str] = ()) -> TrailEvent:
    """Return the trail event that a CloudTrail record describes; raise `ParseError` where it is none.

    `document` is a record, as an object or as JSON text (LookupEvents' ``CloudTrailEvent``), also in
    EventBridge's envelope. `resource_names` are what LookupEvents lists beside it. Event times have whole
    seconds; CloudTrail notes when a call completed.
    """
    try:
        return _event(mapping(document, "the record"), resource_names)
    except RecursionError:
        raise ParseError("the record is nested too deeply") from None


def without_version(event_name: str) -> str:
    """Return an event's name without the version of the API (``UpdateFunctionCode20150331v2``)."""
    return _VERSION.sub("", event_name) or event_name


def _event(document: Mapping[str, Json], resource_names: Sequence[str]) -> TrailEvent:
    record, envelope = document, part(None)
    if "eventID" not in document and "detail" in document:
        record, envelope = mapping(document["detail"], "detail"), document
    event_name = _needed(record, "eventName")
    event_type = word(record, "eventType")
    source = word(record, "eventSource")[:_LONGEST_WORD]
    service_event = event_type == "AwsServiceEvent"
    who = identity(record.get("userIdentity"))
    account_id = _account(record, envelope, who.principal.account_id)
    call = CallContext(
        source=source,
        service_event=service_event,
        recipient=account_id,
        source_ip=word(record, "sourceIPAddress"),
        user_agent=word(record, "userAgent"),
        from_console=is_true(record.get("sessionCredentialFromConsole")),
    )
    name, error = without_version(event_name), _error(record)
    return TrailEvent(
        event_id=_needed(record, "eventID"),
        event_name=event_name,
        name=name,
        event_source=source,
        occurred_at=_occurred(record.get("eventTime")),
        region=(word(record, "awsRegion") or word(envelope, "region"))[:_LONGEST_WORD],
        account_id=account_id,
        actor=actor(who, call),
        principal=who.principal,
        mentions=mentions(*_sections(record, service_event=service_event)),
        sent=sent(record.get("requestParameters")),
        resource_names=_names(resource_names),
        read_only=_read_only(record.get("readOnly"), event_name, event_type),
        error_code=error,
        service_event=service_event,
        management=_management(record),
        omitted=_omitted(record),
        opened=None if error else opened_session(record, name, who.principal),
        shared_event_id=word(record, "sharedEventID")[:_LONGEST_WORD],
    )


def _needed(record: Mapping[str, Json], name: str) -> str:
    value = text(record, name, most=_LONGEST_WORD)
    if not value.strip():
        raise ParseError(f"{name} is missing")
    return value


def _occurred(value: Json) -> datetime:
    if value is None or value == "":
        raise ParseError("eventTime is missing")
    return moment(value, "eventTime").replace(microsecond=0)


def _account(record: Mapping[str, Json], envelope: Mapping[str, Json], callers: str) -> str:
    """Return whose trail the record is of; old records do not say, and then their surroundings have to."""
    listed = record.get("resources")
    owners = {
        word(part(each), "accountId")
        for each in (listed[:_MOST_RESOURCES] if isinstance(listed, list | tuple) else ())
    } - {""}
    owner = owners.pop() if len(owners) == 1 else ""
    return account_of(word(record, "recipientAccountId"), word(envelope, "account"), owner, callers)


def _sections(record: Mapping[str, Json], *, service_event: bool) -> list[tuple[str, Json]]:
    sections = [
        ("request", record.get("requestParameters")),
        ("response", record.get("responseElements")),
        ("resources", record.get("resources")),
    ]
    if service_event:  # these have no parameters: what they concern stands here or there
        sections += [
            ("service", record.get("serviceEventDetails")),
            ("service", record.get("additionalEventData")),
        ]
    return sections


def _omitted(record: Mapping[str, Json]) -> tuple[str, ...]:
    """Return which sections CloudTrail left out; it then writes why, and how large they were."""
    sections = (("request", "requestParameters"), ("response", "responseElements"))
    return tuple(name for name, key in sections if is_true(object_of(record.get(key)).get("omitted")))


def _names(resource_names: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(name for name in resource_names[:_MOST_NAMES] if 0 < len(name) <= _LONGEST_NAME)
    )


def _read_only(value: Json, event_name: str, event_type: str) -> bool | None:
    if event_type in _NO_CALLS:
        return True
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if value is not None and value != "":
        raise ParseError(f"readOnly is {shown(value)}, neither true nor false")
    return True if _READING.fullmatch(event_name) else None


def _management(record: Mapping[str, Json]) -> bool:
    category = record.get("eventCategory")
    if category is None or category == "":
        management = record.get("managementEvent")
        return management is None or is_true(management)
    return isinstance(category, str) and category.lower() == "management"


def _error(record: Mapping[str, Json]) -> str:
    """Return a failed call's error code, "" for a success; a few services write it in the answer alone."""
    answer = part(record.get("responseElements"))
    code = _code(record, "errorCode") or _code(answer, "errorCode", "ErrorCode")
    for name in ("error", "Error"):
        code = code or _code(part(answer.get(name)), "code", "Code", "errorCode")
    return (code or word(record, "errorMessage"))[:_LONGEST_ERROR]


def _code(document: Mapping[str, Json], *names: str) -> str:
    for name in names:
        value = document.get(name)
        if not value or value is True:
            continue
        if isinstance(value, str | int | float):
            return str(value)
        raise ParseError(f"{name} is {shown(value)}, not text")
    return ""
