"""What an ARN says, and which partition and home region a region belongs to."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

GLOBAL: Final = "global"
"""What `Resource.region` is for global types."""

HOMES: Final = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}
"""The region whose CloudTrail holds the global services' calls, by partition."""

_PREFIXES: Final = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
)
_REGION: Final = re.compile(r"[a-z]{2,5}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}")
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_ARN_FIELDS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ArnParts:
    """The fields of an ARN; `region` and `account_id` are "" where the service leaves them out."""

    partition: str
    service: str
    region: str
    account_id: str
    resource: str


@lru_cache(maxsize=1024)
def arn_parts(arn: str | None) -> ArnParts | None:
    """Split an ARN; None where the text is none (``arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE``)."""
    fields = (arn or "").split(":", _ARN_FIELDS - 1)
    if len(fields) < _ARN_FIELDS or fields[0] != "arn":
        return None
    _, partition_, service, region, account_id, resource = fields
    if not partition_ or not service or not resource:
        return None
    return ArnParts(
        partition=partition_, service=service, region=region, account_id=account_id, resource=resource
    )


def is_region(text: str) -> bool:
    """Return whether a text has the form of a region's name; only then may it become part of an endpoint."""
    return _REGION.fullmatch(text) is not None


def is_account(text: str) -> bool:
    """Return whether a text has the form of an account id: 12 digits."""
    return _ACCOUNT.fullmatch(text) is not None


def partition_of(region: str) -> str:
    """Return the partition that a region belongs to; ``aws`` for an unknown name."""
    return next((name for prefix, name in _PREFIXES if region.startswith(prefix)), "aws")


def home_of(region: str) -> str:
    """Return the home region of a region's partition: where global resources are most often recorded."""
    return HOMES[partition_of(region)]
