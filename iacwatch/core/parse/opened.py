"""Reads which session an STS call opened: the key that its answer hands out, whose it is, until when."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from iacwatch.core.model import Json, OpenedSession, Principal
from iacwatch.core.parse.identity import part, provider_name, word
from iacwatch.core.parse.json_values import moment
from iacwatch.errors import ParseError

_BY_SAML: Final = "AssumeRoleWithSAML"

OPENING: Final = frozenset(
    {
        *("AssumeRole", "AssumeRoleWithWebIdentity", _BY_SAML, "AssumeRoot"),
        *("GetFederationToken", "GetSessionToken"),
    }
)
"""The calls that hand out the key of a session."""

STS: Final = "sts.amazonaws.com"
_KEY: Final = re.compile(r"[A-Z0-9]{16,128}")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WRITTEN: Final = re.compile(
    f"({'|'.join(_MONTHS)})"
    r" ([0-9]{1,2}), ([0-9]{4}),?\s([0-9]{1,2}):([0-9]{2}):([0-9]{2})\s([AP])M"
)
"""How CloudTrail writes when a session ends: ``Nov 20, 2026, 11:09:58 AM``, by Java's custom."""

_NOON: Final = 12


def is_key(text: str) -> bool:
    """Return whether a text has the form of an access key's id."""
    return _KEY.fullmatch(text) is not None


def opened_session(record: Mapping[str, Json], name: str, caller: Principal) -> OpenedSession | None:
    """Return the session that a call of this name opened; None where it opened none, or does not show it."""
    if name not in OPENING or word(record, "eventSource") != STS:
        return None
    answer = part(record.get("responseElements"))
    credentials = part(answer.get("credentials"))
    key = word(credentials, "accessKeyId")
    if not is_key(key):
        return None
    saml = word(part(record.get("requestParameters")), "principalArn") if name == _BY_SAML else ""
    of_whom = part(answer.get("assumedRoleUser")) or part(answer.get("federatedUser"))
    return OpenedSession(
        access_key_id=key,
        arn=word(of_whom, "arn"),
        expires_at=_moment(credentials.get("expiration")),
        subject=caller.subject or word(answer, "subjectFromWebIdentityToken"),
        provider=provider_name(saml) or caller.provider or provider_name(word(answer, "provider")),
    )


def _moment(value: Json) -> datetime | None:
    if isinstance(value, str) and (found := _WRITTEN.fullmatch(value)):
        month, day, year, hour, minute, second, half = found.groups()
        hour = int(hour) % _NOON + (_NOON if half == "P" else 0)
        date = (int(year), _MONTHS.index(month) + 1, int(day))
        try:
            return datetime(*date, hour, int(minute), int(second), tzinfo=UTC)
        except ValueError:
            return None
    try:
        return moment(value, "expiration")
    except ParseError:
        return None
