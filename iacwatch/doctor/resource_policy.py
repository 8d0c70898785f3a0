"""Reads a queue's resource policy: what it lets an AWS service do, and whether it lets everybody.

Only what queues' policies are made of is understood; whatever else a policy says makes the answer unknown,
never a guess.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from iacwatch.core.globs import any_matches
from iacwatch.core.model import Json

_LIKE: Final = frozenset({"arnlike", "stringlike", "arnequals"})
_UNEQUAL: Final = frozenset({"arnnotequals", "arnnotlike", "stringnotequals", "stringnotlike"})


class PolicyAnswer(StrEnum):
    """A policy's answer to a request."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRequest:
    """A question to a policy: whether `service` may do `action` to `resource`, on behalf of `source`."""

    service: str
    action: str
    resource: str
    source: str
    account_id: str


def statements(policy: str) -> Sequence[Mapping[str, Json]] | None:
    """Return the statements of a policy (JSON, "" for none); None where it cannot be read."""
    if not policy:
        return ()
    try:
        listed = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    found = listed if isinstance(listed, list) else [listed]
    return found if all(isinstance(each, Mapping) for each in found) else None


def lets(policy: str, request: PolicyRequest) -> PolicyAnswer:
    """Return whether a policy lets a service do something."""
    found = statements(policy)
    if found is None:
        return PolicyAnswer.UNKNOWN
    answers = {
        effect: [_applies(each, request) for each in found if each.get("Effect") == effect]
        for effect in ("Deny", "Allow")
    }
    if PolicyAnswer.YES in answers["Deny"]:
        return PolicyAnswer.NO
    if PolicyAnswer.YES in answers["Allow"]:
        return PolicyAnswer.UNKNOWN if PolicyAnswer.UNKNOWN in answers["Deny"] else PolicyAnswer.YES
    return PolicyAnswer.UNKNOWN if PolicyAnswer.UNKNOWN in answers["Allow"] else PolicyAnswer.NO


def open_to_anybody(policy: str) -> bool:
    """Return whether a policy lets anybody at all send messages, without any condition."""
    return any(
        each.get("Effect") == "Allow"
        and not each.get("Condition")
        and "*" in _principals(each.get("Principal"), "AWS")
        and any_matches(many(each.get("Action")), ["sqs:SendMessage", "SQS:SendMessage"])
        for each in statements(policy) or ()
    )


def sources(policy: str, service: str) -> tuple[str, ...]:
    """Return the sources of a service (``sns``) in a policy's conditions."""
    return tuple(
        dict.fromkeys(
            value
            for each in statements(policy) or ()
            for operator in conditions(each).values()
            for key, values in operator.items()
            for value in many(values)
            if key.lower() == "aws:sourcearn" and f":{service}:" in value
        )
    )


def _applies(statement: Mapping[str, Json], request: PolicyRequest) -> PolicyAnswer:
    """Return whether a statement is about a request."""
    if {"NotPrincipal", "NotAction", "NotResource"} & statement.keys():
        return PolicyAnswer.UNKNOWN
    actions = [each.lower() for each in many(statement.get("Action"))]
    named = (
        {"*", request.service} & set(_principals(statement.get("Principal"), "Service"))
        and any_matches(actions, [request.action.lower()])
        and any_matches(many(statement.get("Resource")) or ["*"], [request.resource])
    )
    if not named:
        return PolicyAnswer.NO
    held = [
        _holds(operator.lower(), key.lower(), many(values), request)
        for operator, keys in conditions(statement).items()
        for key, values in keys.items()
    ]
    if PolicyAnswer.NO in held:
        return PolicyAnswer.NO
    return PolicyAnswer.UNKNOWN if PolicyAnswer.UNKNOWN in held else PolicyAnswer.YES


def _holds(operator: str, key: str, wanted: Sequence[str], request: PolicyRequest) -> PolicyAnswer:
    """Return whether one condition holds."""
    operator = operator.removesuffix("ifexists")
    known = {
        "aws:sourcearn": request.source,
        "aws:sourceaccount": request.account_id,
        "aws:securetransport": "true",
        "aws:principalisawsservice": "true",
    }
    if key not in known:
        return PolicyAnswer.UNKNOWN
    value = known[key]
    if operator == "bool":
        return _answer(value in {each.lower() for each in wanted})
    if operator in _UNEQUAL:
        return _answer(not any_matches(wanted, [value]))
    if operator in _LIKE:
        return _answer(any_matches(wanted, [value]))
    if operator == "stringequals":
        return _answer(value in wanted)
    return PolicyAnswer.UNKNOWN


def _answer(held: bool) -> PolicyAnswer:
    return PolicyAnswer.YES if held else PolicyAnswer.NO


def conditions(statement: Mapping[str, Json]) -> Mapping[str, Mapping[str, Json]]:
    """Return a statement's conditions: keys and values, by operator."""
    found = statement.get("Condition")
    if not isinstance(found, Mapping):
        return {}
    return {name: keys for name, keys in found.items() if isinstance(keys, Mapping)}


def _principals(principal: Json, kind: str) -> tuple[str, ...]:
    """Return whom a statement names: AWS services or AWS accounts; "*" is everybody, services too."""
    if isinstance(principal, str):
        return (principal,)
    if not isinstance(principal, Mapping):
        return ()
    everybody = ("*",) if "*" in many(principal.get("AWS")) else ()
    return (*many(principal.get(kind)), *everybody)


def many(value: Any) -> tuple[str, ...]:
    """Return the entries of what a policy may write as a list or as a single text."""
    if isinstance(value, list):
        return tuple(map(str, value))
    return () if value is None else (str(value),)
