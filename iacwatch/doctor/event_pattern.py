"""Tries an EventBridge pattern with sample events, as EventBridge would, to see which changes it lets pass.

A pattern is an object like the event; at the end of each path stands a list of what is let pass, of which one
has to fit: a value, or an object with an operator (``{"prefix": "aws."}``).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from iacwatch.core.catalog.catalog import facts_of, ranked
from iacwatch.core.globs import matches as fits_glob
from iacwatch.core.model import Json
from iacwatch.errors import ParseError

_SOURCE: Final = "aws.config"
_DETAIL_TYPE: Final = "Config Configuration Item Change"
WHOLE: Final = {
    "source": [_SOURCE],
    "detail-type": [_DETAIL_TYPE],
    "detail": {
        "messageType": [
            "ConfigurationItemChangeNotification",
            "OversizedConfigurationItemChangeNotification",
        ]
    },
}
"""The pattern that lets pass all changes, and nothing else. It has no tags: a deletion has none."""

_TYPES: Final = {each: facts_of(each).sources[0] for each in ranked("sample")}
_UPDATES, _CREATIONS, _DELETIONS = "updates", "creations", "deletions"
_TAG_LOST, _OVERSIZED = "changes that remove the tag", "oversized items"
_KINDS: Final = (_UPDATES, _CREATIONS, _DELETIONS, _TAG_LOST, _OVERSIZED)
_MISSING: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAccount:
    """Where the samples are from, and the tag that makes an object managed there."""

    account_id: str
    region: str
    tag_key: str = "managed-by"
    tag_value: str = "terraform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Whether a pattern lets any changes pass, and which ones it does not (in words)."""

    any: bool
    missed: tuple[str, ...] = ()


def judge(pattern: str, sample: SampleAccount) -> Passed:
    """Try a pattern (JSON) with samples of each kind of change; raise `ParseError` for what is not one."""
    try:
        parsed = json.loads(pattern)
    except (ValueError, RecursionError) as error:
        raise ParseError("it is not JSON") from error
    if not isinstance(parsed, Mapping):
        raise ParseError("it is not an object")
    passed = {
        (kind, type_) for kind in _KINDS for type_ in _TYPES if _object(parsed, _sample(kind, type_, sample))
    }
    missed = [kind for kind in _KINDS if not any((kind, type_) in passed for type_ in _TYPES)]
    types = [type_ for type_ in _TYPES if not any((kind, type_) in passed for kind in _KINDS)]
    if types:
        missed.append(f"all types but those it names (such as {types[0]})")
    elif not missed and len(passed) < len(_KINDS) * len(_TYPES):
        missed.append("some kinds of changes of some types")
    return Passed(any=bool(passed), missed=tuple(missed))


def _sample(kind: str, type_: str, sample: SampleAccount) -> Mapping[str, Json]:
    """Return the event that Config sends for one kind of change, as far as patterns look at it."""
    arn = f"arn:aws:{_TYPES[type_]}:{sample.region}:{sample.account_id}:sample"
    own = {
        "awsAccountId": sample.account_id,
        "awsRegion": sample.region,
        "resourceType": type_,
        "resourceId": "sample",
        "ARN": arn,
        "configurationItemStatus": {_CREATIONS: "ResourceDiscovered", _DELETIONS: "ResourceDeleted"}.get(
            kind, "OK"
        ),
        "configurationItemCaptureTime": "2026-11-20T10:12:03.123Z",
    }
    change_type = {_CREATIONS: "CREATE", _DELETIONS: "DELETE"}.get(kind, "UPDATE")
    detail: dict[str, Json] = {"recordVersion": "1.3", "notificationCreationTime": "2026-11-20T10:12:04.385Z"}
    if kind == _OVERSIZED:
        detail |= {
            "messageType": "OversizedConfigurationItemChangeNotification",
            "configurationItemSummary": {**own, "changeType": change_type},
            "s3DeliverySummary": {"s3BucketLocation": "bucket/key"},
        }
    else:
        tagged = kind in {_UPDATES, _CREATIONS}
        detail |= {
            "messageType": "ConfigurationItemChangeNotification",
            "configurationItem": {**own, "tags": {sample.tag_key: sample.tag_value} if tagged else {}},
            "configurationItemDiff": {"changeType": change_type, "changedProperties": {}},
        }
    return {
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "detail-type": _DETAIL_TYPE,
        "source": _SOURCE,
        "account": sample.account_id,
        "time": "2026-11-20T10:12:04Z",
        "region": sample.region,
        "resources": [arn],
        "detail": detail,
    }


def _object(pattern: Mapping[str, Json], event: Json) -> bool:
    """Return whether every path of a pattern fits an event."""
    for key, wanted in pattern.items():
        if key == "$or" and isinstance(wanted, list):
            if not any(isinstance(each, Mapping) and _object(each, event) for each in wanted):
                return False
            continue
        found = event.get(key, _MISSING) if isinstance(event, Mapping) else _MISSING
        if isinstance(wanted, Mapping):
            inner = found if isinstance(found, list) else [found]
            if not any(_object(wanted, each) for each in inner):
                return False
        elif isinstance(wanted, list):
            if not any(_fits(each, found) for each in wanted):
                return False
        else:
            raise ParseError(f"{key} is neither an object nor a list")
    return True


def _fits(wanted: Json, found: Json) -> bool:
    """Return whether a value passes; of a list of values, one has to."""
    if isinstance(wanted, Mapping) and wanted.keys() == {"exists"}:
        return bool(wanted["exists"]) is (found is not _MISSING)
    if found is _MISSING:
        return False
    values = found if isinstance(found, list) else [found]
    return any(
        _operator(wanted, value) if isinstance(wanted, Mapping) else wanted == value for value in values
    )


def _operator(wanted: Mapping[str, Json], value: Json) -> bool:
    if len(wanted) != 1:
        raise ParseError("an operator stands beside another")
    (name, argument), *_ = wanted.items()
    match name:
        case "anything-but":
            return not any(_but(each, value) for each in _many(argument))
        case "prefix" | "suffix" | "equals-ignore-case" | "wildcard":
            return isinstance(value, str) and _text(name, argument, value)
        case "numeric" | "cidr":
            return False  # no field of a change is a number or an address
        case _:
            raise ParseError(f"the operator {name!a} is not known here")


def _but(argument: Json, value: Json) -> bool:
    """Return whether a value is one of those that ``anything-but`` keeps out."""
    if not isinstance(argument, Mapping):
        return bool(argument == value)
    return any(
        isinstance(value, str) and _text(name, each, value)
        for name, arguments in argument.items()
        for each in _many(arguments)
    )


def _text(name: str, argument: Json, value: str) -> bool:
    if isinstance(argument, Mapping) and argument.keys() == {"equals-ignore-case"}:
        argument, value = str(argument["equals-ignore-case"]).lower(), value.lower()
    if not isinstance(argument, str):
        raise ParseError(f"the operator {name!a} has no text")
    match name:
        case "prefix":
            return value.startswith(argument)
        case "suffix":
            return value.endswith(argument)
        case "equals-ignore-case":
            return value.lower() == argument.lower()
        case "wildcard":
            return fits_glob(argument.replace("?", "\0"), value)
        case _:
            raise ParseError(f"the operator {name!a} is not known here")


def _many(argument: Json) -> Sequence[Any]:
    return argument if isinstance(argument, list) else [argument]


def is_about_config(pattern: str) -> bool:
    """Return whether a pattern names AWS Config, whatever else it says."""
    return _SOURCE in pattern or _DETAIL_TYPE in pattern


def spelled() -> str:
    """Return the right pattern as JSON, in one line."""
    return json.dumps(WHOLE, separators=(",", ":"))
