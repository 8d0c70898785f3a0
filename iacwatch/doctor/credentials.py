"""Asks STS whose credentials these are, and notes the time by either clock."""

from dataclasses import dataclass
from datetime import datetime

from iacwatch.aws.errors import calling
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AccessDenied, AwsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What STS answered, or the `error` that it answered with.

    `account` is None where AWS does not take the credentials, so that nothing else is worth asking; "" where
    it takes them, and does not say whose they are. `date` is the time that the answer names ("": none); this
    machine's clock showed `asked_at` before and `answered_at` after it.
    """

    account: str | None
    arn: str = ""
    error: AwsError | None = None
    date: str = ""
    asked_at: datetime
    answered_at: datetime


def find_credentials(setup: Setup) -> Credentials:
    """Ask STS whose credentials these are."""
    asked_at = setup.clock.now()
    error: AwsError | None = None
    try:
        with calling("cannot tell whose credentials these are", action="sts:GetCallerIdentity"):
            answer = setup.sessions.client("sts", region=setup.region).get_caller_identity()
        account: str | None = str(answer["Account"])
    except AwsError as refusal:
        error, answer = refusal, getattr(refusal.__cause__, "response", None) or {}
        account = "" if isinstance(error, AccessDenied) else None
    headers = (answer.get("ResponseMetadata") or {}).get("HTTPHeaders") or {}
    return Credentials(
        account=account,
        arn=str(answer.get("Arn", "")),
        error=error,
        date=str(headers.get("date") or ""),
        asked_at=asked_at,
        answered_at=setup.clock.now(),
    )
