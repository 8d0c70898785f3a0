"""AWS Config's recorder of a region, and by which rule it chooses the types that it records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from iacwatch.aws.errors import calling
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AwsError

Document = Mapping[str, Any]


class Strategy(StrEnum):
    """How a recorder chooses the types that it records, in the API's words."""

    ALL = "ALL_SUPPORTED_RESOURCE_TYPES"
    EXCLUDED = "EXCLUSION_BY_RESOURCE_TYPES"
    LISTED = "INCLUSION_BY_RESOURCE_TYPES"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """A region's recorder as Config describes it; None: there is none. `failure`: why it is not known."""

    document: Document | None = None
    failure: AwsError | None = None


def look(setup: Setup, region: str) -> Recorder:
    """Ask for a region's recorder; those that belong to AWS services do not count."""
    doing = f"cannot look at AWS Config's recorder in {region}"
    try:
        with calling(doing, action="config:DescribeConfigurationRecorders"):
            answer = setup.sessions.client("config", region=region).describe_configuration_recorders()
    except AwsError as error:
        return Recorder(failure=error)
    found = [each for each in answer.get("ConfigurationRecorders", ()) if not each.get("servicePrincipal")]
    return Recorder(document=found[0] if found else None)


def strategy(group: Document) -> str:
    """Return a recording group's strategy (a `Strategy`); older recorders only imply it."""
    only = (group.get("recordingStrategy") or {}).get("useOnly")
    if only:
        return str(only)
    if excluded(group):
        return Strategy.EXCLUDED
    return Strategy.LISTED if group.get("resourceTypes") and not group.get("allSupported") else Strategy.ALL


def excluded(group: Document) -> Sequence[str]:
    """Return the types that a recording group leaves out by name."""
    return tuple((group.get("exclusionByResourceTypes") or {}).get("resourceTypes") or ())


def listed(types: Sequence[str], *, most: int = 5) -> str:
    """Return types as a sentence names them: the first in the order of their names, and how many more."""
    more = f" and {len(types) - most} more" if len(types) > most else ""
    return ", ".join(sorted(types)[:most]) + more
