"""A ledger in a DynamoDB table, for the function, the command line and whatever else shares the table.

One item for each id: its key ``pk``, and a ``status`` (``claimed``, or ``told`` once it was reported) with
the claim's own ``token``. Every write is conditional, so that of two claims at once DynamoDB itself grants
one. What was reported stays for 400 days by the table's TTL (attribute ``ttl``), which deletes late and so
never decides about a lease.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from iacwatch.aws.dynamodb_table import KEY, TTL, DynamoTable, each, expiry
from iacwatch.errors import AwsError
from iacwatch.ports import RETENTION, Claim, Claimed, Grant

_ABANDONED: Final = timedelta(days=1)
_PREFIX: Final = "told#"
_CLAIMED: Final = "claimed"
_TOLD: Final = "told"

# `status`, `token` and `ttl` are words of DynamoDB's own, which an expression may not use as names.
_STATUS: Final = {"#status": "status"}
_NAMES: Final = {**_STATUS, "#token": "token"}
_FREE: Final = f"attribute_not_exists({KEY}) OR (#status = :claimed AND lease_until <= :now)"
_OURS: Final = "#status = :claimed AND #token = :token"
_COMPLETE: Final = "SET #status = :told, told_at = :now, #ttl = :ttl REMOVE lease_until"

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

Values = dict[str, dict[str, str]]


class DynamoLedger:
    """A `ports.Ledger` in the table `table`; `client` returns DynamoDB's client, once it is needed.

    Everything raises `NotThere` where there is no such table, `AccessDenied` where it may not be used.
    """

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """Take what makes the client, and the table's name; nothing is asked for yet."""
        self._table = DynamoTable(client, table, noun="ledger")

    def reported(self, ids: Sequence[str]) -> frozenset[str]:
        """Return those that were completed."""
        found = self._table.read([f"{_PREFIX}{key}" for key in ids], "status")
        return frozenset(
            item[KEY]["S"].removeprefix(_PREFIX) for item in found if item.get("status", {}).get("S") == _TOLD
        )

    def claim(self, ids: Sequence[str], *, now: datetime, lease: timedelta) -> Mapping[str, Claimed]:
        """Claim each id until ``now + lease``, where nobody holds it and it was not reported.

        Where one cannot be asked for (which is not the same as being refused), the others are released.
        """
        token = uuid.uuid4().hex
        keys = list(dict.fromkeys(ids))
        claims: dict[str, Claimed] = {}

        def claim(key: str) -> None:
            claims[key] = self._claim(key, token, now, now + lease)

        try:
            each(claim, keys)
        except AwsError:
            with suppress(AwsError):
                self.release([claimed.grant for claimed in claims.values() if claimed.grant])
            raise
        return {key: claims[key] for key in keys}

    def complete(self, grants: Sequence[Grant], *, now: datetime) -> None:
        """Record as reported what is still ours."""
        values = {":told": {"S": _TOLD}, ":now": _number(now), ":ttl": expiry(now + RETENTION)}

        def complete(grant: Grant) -> None:
            self._table.write(
                "UpdateItem",
                Key=_key(grant.id),
                UpdateExpression=_COMPLETE,
                ConditionExpression=_OURS,
                ExpressionAttributeNames={**_NAMES, "#ttl": TTL},
                ExpressionAttributeValues={**values, **_ours(grant)},
            )

        each(complete, dict.fromkeys(grants))

    def release(self, grants: Sequence[Grant]) -> None:
        """Give up the claims that are still ours."""

        def release(grant: Grant) -> None:
            self._table.write(
                "DeleteItem",
                Key=_key(grant.id),
                ConditionExpression=_OURS,
                ExpressionAttributeNames=_NAMES,
                ExpressionAttributeValues=_ours(grant),
            )

        each(release, dict.fromkeys(grants))

    def _claim(self, key: str, token: str, now: datetime, until: datetime) -> Claimed:
        there = self._table.write(
            "PutItem",
            Item={
                **_key(key),
                "status": {"S": _CLAIMED},
                "token": {"S": token},
                "lease_until": _number(until),
                TTL: expiry(until + _ABANDONED),
            },
            ConditionExpression=_FREE,
            ExpressionAttributeNames=_STATUS,
            ExpressionAttributeValues={":claimed": {"S": _CLAIMED}, ":now": _number(now)},
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        # Where the answer to a write was lost, the next try is refused because of what the first one wrote.
        if there is None or there.get("token", {}).get("S") == token:
            return Claimed(claim=Claim.GRANTED, grant=Grant(id=key, token=token))
        if there.get("status", {}).get("S") == _TOLD:
            return Claimed(claim=Claim.REPORTED)
        held = there.get("lease_until", {}).get("N")
        return Claimed(claim=Claim.HELD, until=_EPOCH + int(held) * _MILLISECOND if held else until)


def _key(key: str) -> Values:
    return {KEY: {"S": f"{_PREFIX}{key}"}}


def _ours(grant: Grant) -> Values:
    return {":claimed": {"S": _CLAIMED}, ":token": {"S": grant.token}}


def _number(moment: datetime) -> dict[str, str]:
    """Return whole milliseconds since 1970, as DynamoDB takes numbers."""
    return {"N": str((moment - _EPOCH) // _MILLISECOND)}
