"""SessionLog that somebody opened: each begins with the call that took the role, which event history has."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from iacwatch.demo.story.callers import Caller
from iacwatch.demo.story.calls import ApiCall
from iacwatch.demo.story.thing import iam_id

_BEFORE: Final = timedelta(seconds=37)
_LASTS: Final = timedelta(hours=1)


@dataclass(slots=True)
class SessionLog:
    """The times at which sessions were opened so far, by the session's ARN and who opened it."""

    _opened: dict[str, list[datetime]] = field(default_factory=dict)

    def of(self, caller: Caller, at: datetime) -> tuple[Caller, ApiCall | None]:
        """Return a caller in a session that is open at a time, and the call that opened it if it is new."""
        if caller.opened_by is None:
            return caller, None
        whose = f"{caller.identity['arn']} {caller.opened_by.identity}"
        opened = self._opened.setdefault(whose, [])
        open_yet = next((began for began in opened if timedelta() <= at - began < _LASTS), None)
        began = open_yet or at - _BEFORE
        key = iam_id("ASIA", f"{whose} {began}")[:20]
        session = replace(caller, began=began, identity={**caller.identity, "accessKeyId": key})
        if open_yet is not None:
            return session, None
        opened.append(began)
        return session, _opening(session, caller.opened_by, ends=began + _LASTS)


def _opening(session: Caller, opener: Caller, *, ends: datetime) -> ApiCall:
    """Return the call that opened a session, with a token or in another session."""
    identity, name = session.identity, session.identity["arn"].rpartition("/")[2]
    role = identity["sessionContext"]["sessionIssuer"]["arn"]
    key, unique = identity["accessKeyId"], identity["principalId"]
    answer = {
        "credentials": {
            "accessKeyId": key,
            "sessionToken": "HIDDEN_DUE_TO_SECURITY_REASONS",
            "expiration": f"{ends:%b} {ends.day}, {ends.year}, {ends.hour % 12 or 12}:{ends:%M:%S %p}",
        },
        "assumedRoleUser": {"assumedRoleId": unique, "arn": identity["arn"]},
    }
    by_token = opener.identity["type"] == "WebIdentityUser"
    token = {
        "subjectFromWebIdentityToken": opener.identity.get("userName"),
        "provider": opener.identity.get("identityProvider"),
        "audience": "sts.amazonaws.com",
    }
    return ApiCall(
        source="sts",
        name="AssumeRoleWithWebIdentity" if by_token else "AssumeRole",
        request={"roleArn": role, "roleSessionName": name, "durationSeconds": 3600},
        response={**answer, **(token if by_token else {})},
        listed=(
            ("AWS::IAM::AccessKey", key),
            *(("AWS::STS::AssumedRole", each) for each in (name, unique, identity["arn"])),
            ("AWS::IAM::Role", role),
        ),
        touched=(("AWS::IAM::Role", role),),
        read_only=True,
    )
