"""STS over the query protocol: GetCallerIdentity and AssumeRole."""

import re
import secrets
import string
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from xml.sax.saxutils import escape

from iacwatch.core.model import Json
from iacwatch.demo.fake.clock import FakeClock
from iacwatch.demo.fake.wire import ApiError, HttpAnswer, Scope

_SPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_EXTERNAL_ID = re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)
_SHORTEST, _DEFAULT, _LONGEST = 900, 3_600, 43_200


@dataclass(slots=True)
class Sts:
    """Who calls, and which roles may be assumed. Keys end in the account's twelve digits."""

    clock: FakeClock
    _roles: dict[str, str | None] = field(default_factory=dict)
    _sessions: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add_role(self, arn: str, external_id: str | None = None) -> None:
        """Let `arn` be assumed, with this external id where one is set."""
        self._roles[arn] = external_id

    def operations(self) -> Mapping[str, Callable[[Scope, Mapping[str, Json]], Json]]:
        """Return what this service can do, by operation."""
        return {"GetCallerIdentity": self.caller, "AssumeRole": self.assume}

    def caller(self, scope: Scope, _body: Mapping[str, Json]) -> Json:
        """Answer GetCallerIdentity."""
        arn, user_id = self._sessions.get(
            scope.access_key_id,
            (f"arn:aws:iam::{scope.account_id}:user/iacwatch", "AIDAIACWATCHDEMO0001"),
        )
        return {"Arn": arn, "UserId": user_id, "Account": scope.account_id}

    def assume(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer AssumeRole; a role that was not added, or a wrong external id, is refused."""
        arn, session = str(body.get("RoleArn", "")), str(body.get("RoleSessionName", ""))
        seconds = _check(arn, session, body)
        expected = self._roles.get(arn)
        if arn not in self._roles or (expected is not None and body.get("ExternalId") != expected):
            caller = self.caller(scope, {})["Arn"]
            raise ApiError(
                "AccessDenied",
                f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {arn}",
                status=403,
            )
        _, _, _, _, account, role = arn.split(":", 5)
        unique = "AROA" + _letters(17)
        assumed = f"arn:aws:sts::{account}:assumed-role/{role.rpartition('/')[2]}/{session}"
        key = "ASIA" + _letters(4) + account
        self._sessions[key] = (assumed, f"{unique}:{session}")
        expires = self.clock.now() + timedelta(seconds=seconds)
        return {
            "AssumedRoleUser": {"AssumedRoleId": f"{unique}:{session}", "Arn": assumed},
            "Credentials": {
                "AccessKeyId": key,
                "SecretAccessKey": secrets.token_hex(20),
                "SessionToken": secrets.token_hex(32),
                "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
        }


def _check(arn: str, session: str, body: Mapping[str, Json]) -> int:
    if not re.fullmatch(r"arn:[\w-]+:iam::\d{12}:role/\S+", arn):
        raise ApiError("ValidationError", f"{arn} is invalid")
    if not _SESSION_NAME.fullmatch(session):
        raise ApiError(
            "ValidationError", f"1 validation error detected: Value '{session}' at 'roleSessionName'"
        )
    if "ExternalId" in body and not _EXTERNAL_ID.fullmatch(str(body["ExternalId"])):
        raise ApiError("ValidationError", "1 validation error detected: Value at 'externalId'")
    seconds = str(body.get("DurationSeconds", _DEFAULT))
    if not seconds.isdigit() or not _SHORTEST <= int(seconds) <= _LONGEST:
        raise ApiError("ValidationError", "1 validation error detected: Value at 'durationSeconds'")
    return int(seconds)


def _letters(count: int) -> str:
    return "".join(secrets.choice(string.ascii_uppercase + "234567") for _ in range(count))


def xml_answer(operation: str, result: Json) -> HttpAnswer:
    """Wrap a result as the query protocol does."""
    request = uuid.uuid4()
    body = (
        f'<{operation}Response xmlns="{_SPACE}"><{operation}Result>{_xml(result)}</{operation}Result>'
        f"<ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata></{operation}Response>"
    )
    return HttpAnswer(status=200, body=body.encode(), content_type="text/xml")


def xml_error(error: ApiError) -> HttpAnswer:
    """Wrap an error as the query protocol does."""
    body = (
        f'<ErrorResponse xmlns="{_SPACE}"><Error><Type>Sender</Type><Code>{escape(error.kind)}</Code>'
        f"<Message>{escape(error.message)}</Message></Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )
    return HttpAnswer(status=error.status, body=body.encode(), content_type="text/xml")


def _xml(value: Json) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{_xml(each)}</{name}>" for name, each in value.items())
    return escape(str(value))
