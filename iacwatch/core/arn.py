"""ARNs, accounts, regions and partitions: which types are global, and where a resource's calls are.

A global type has one state for the whole account, whichever region's recorder wrote the item; its calls
are in the trail of its partition's home region, or of its service's own.
"""

import re
from dataclasses import dataclass
from typing import Final

from iacwatch.core.model import Resource

GLOBAL: Final = "global"
"""What `Resource.region` is for global types."""

_SERVICES: Final = frozenset(
    {
        "Billing",
        "Budgets",
        "CE",
        "CloudFront",
        "CUR",
        "GlobalAccelerator",
        "IAM",
        "NetworkManager",
        "Organizations",
        "Route53",
        "Route53Domains",
        "Route53RecoveryControl",
        "Route53RecoveryReadiness",
        "Shield",
        "WAF",
    }
)
"""Services whose types are all global. Route53Resolver, WAFRegional and ShieldRegional are not."""

_TRAILS: Final = {
    "GlobalAccelerator": "us-west-2",
    "NetworkManager": "us-west-2",
    "Route53RecoveryControl": "us-west-2",
    "Route53RecoveryReadiness": "us-west-2",
    "ShieldRegional": "us-east-1",
}
"""Services with one endpoint for all regions of the ``aws`` partition, where it isn't the home region's,
or whose types are regional all the same."""

_HOMES: Final = {
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


def is_global(resource_type: str, arn: str | None = None) -> bool:
    """Return whether a type is global; of WAFv2 only what CloudFront uses is, which only the ARN shows."""
    service = _service(resource_type)
    if service == "WAFv2":
        parts = arn_parts(arn)
        return parts is not None and parts.resource.startswith("global/")
    return service in _SERVICES


def partition(resource: Resource) -> str:
    """Return the partition of a resource: its region's, else the recorder's, else its ARN's; or ``aws``.

    The region comes first, since it is what was checked: an ARN that disagrees must not lead elsewhere.
    """
    region = resource.recorded_in if resource.region == GLOBAL else resource.region
    if is_region(region):
        return partition_of(region)
    parts = arn_parts(resource.arn)
    return parts.partition if parts is not None and parts.partition in _HOMES else "aws"


def partition_of(region: str) -> str:
    """Return the partition that a region belongs to; ``aws`` for an unknown name."""
    return next((name for prefix, name in _PREFIXES if region.startswith(prefix)), "aws")


def home_of(region: str) -> str:
    """Return the home region of a region's partition: where global resources are most often recorded."""
    return _HOMES[partition_of(region)]


def trail_region(resource: Resource) -> str:
    """Return the region whose CloudTrail holds the calls that change a resource."""
    where = partition(resource)
    service = _service(resource.type)
    if where == "aws" and service in _TRAILS:
        return _TRAILS[service]
    if resource.region == GLOBAL or is_global(resource.type, resource.arn):
        return _HOMES[where]
    return resource.region


def _service(resource_type: str) -> str:
    parts = resource_type.split("::")
    return parts[1] if parts[0] == "AWS" and len(parts) > 1 else ""
