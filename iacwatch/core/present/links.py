"""Deep links into the AWS console: a resource's timeline in Config, an event in CloudTrail.

Every link is made of a known domain, a region of valid form and percent-encoded parts, so that nothing
strangers write can lead elsewhere. A partition without a public console has no links.
"""

import re
from typing import Final
from urllib.parse import quote

from iacwatch.core.arn import GLOBAL, is_region, partition_of
from iacwatch.core.catalog.places import partition, trail_region
from iacwatch.core.model import Resource, TrailEvent

_DOMAINS: Final = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-eusc": "console.amazonaws-eusc.eu",
}
_EVENT_ID: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


def config_timeline(resource: Resource) -> str | None:
    """Return the address of a resource's timeline, in the region whose recorder wrote the item."""
    region = resource.recorded_in or resource.region
    if region == GLOBAL:
        region = trail_region(resource)
    page = _page(partition(resource), region, "config")
    if page is None:
        return None
    named = f"&resourceName={_quoted(resource.name)}" if resource.name else ""
    return (
        f"{page}#/resources/timeline?resourceId={_quoted(resource.id)}{named}"
        f"&resourceType={_quoted(resource.type)}"
    )


def cloudtrail_event(event: TrailEvent) -> str | None:
    """Return the address of an event in CloudTrail's event history, which keeps 90 days."""
    page = _page(partition_of(event.region), event.region, "cloudtrailv2")
    if page is None or not _EVENT_ID.fullmatch(event.event_id):
        return None
    return f"{page}#/events/{event.event_id}"


def _page(where: str, region: str, service: str) -> str | None:
    domain = _DOMAINS.get(where)
    if domain is None or not is_region(region):
        return None
    return f"https://{region}.{domain}/{service}/home?region={region}"


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="replace")
