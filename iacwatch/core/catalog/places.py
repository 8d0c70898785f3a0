"""Where resources are: which types are global, whose CloudTrail holds the calls, what identifies one.

A global type has one state for the whole account, whichever region's recorder wrote the item; its calls
are in the trail of its partition's home region, or of its service's own.
"""

from iacwatch.core.arn import GLOBAL, HOMES, arn_parts, is_region, partition_of
from iacwatch.core.catalog.catalog import ROWS
from iacwatch.core.catalog.services import service_of
from iacwatch.core.model import Resource


def is_global(resource_type: str, arn: str | None = None) -> bool:
    """Return whether a type is global; of WAFv2 only what CloudFront uses is, and only the ARN shows it."""
    service = service_of(resource_type)
    if service.global_arn:
        parts = arn_parts(arn)
        return parts is not None and parts.resource.startswith(service.global_arn)
    return service.is_global


def partition(resource: Resource) -> str:
    """Return the partition of a resource: its region's, else the recorder's, else its ARN's; or ``aws``.

    The region comes first, since it is what was checked: an ARN that disagrees must not lead elsewhere.
    """
    region = resource.recorded_in if resource.region == GLOBAL else resource.region
    if is_region(region):
        return partition_of(region)
    parts = arn_parts(resource.arn)
    return parts.partition if parts is not None and parts.partition in HOMES else "aws"


def trail_region(resource: Resource) -> str:
    """Return the region whose CloudTrail holds the calls that change a resource."""
    where = partition(resource)
    service = service_of(resource.type)
    if where == "aws" and service.trail_region:
        return service.trail_region
    if resource.region == GLOBAL or is_global(resource.type, resource.arn):
        return HOMES[where]
    return resource.region


def key_of(resource: Resource) -> tuple[str, str, str, str]:
    """Return what distinguishes a resource from all others: account, region, type, and id.

    Where revisions share one id (ECS task definitions do), the ARN tells them apart.
    """
    row = ROWS.get(resource.type)
    unique = resource.arn if row is not None and row.revisions and resource.arn else resource.id
    return (resource.account_id, resource.region, resource.type, unique)
