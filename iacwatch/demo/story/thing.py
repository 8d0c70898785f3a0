"""One AWS object in one state, as AWS Config describes it, with its tags where its type keeps them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from iacwatch.core.model import Json

ACCOUNT = "111122223333"
REGION = "eu-west-1"
VPC = "vpc-0d3e4f5a6b7c8d9e0"
SUBNET = "subnet-0a9b8c7d6e5f40312"
CREATED = "2026-03-02T09:14:07.000Z"


class TagPlace(StrEnum):
    """Where a type carries its tags beside ``tags``."""

    NOWHERE = "nowhere"
    CONFIGURATION = "configuration.tags"
    SUPPLEMENTARY_MAP = "supplementary map"
    SUPPLEMENTARY_LIST = "supplementary list"
    SUPPLEMENTARY_KMS = "supplementary kms"
    BUCKET = "bucket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One object in one state. `created` is what its CI says, None for the types that have none."""

    type: str
    id: str
    arn: str
    name: str | None = None
    region: str = REGION
    configuration: Mapping[str, Json] = field(default_factory=dict)
    supplementary: Mapping[str, Json] = field(default_factory=dict)
    relationships: tuple[Mapping[str, Json], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    tag_place: TagPlace = TagPlace.NOWHERE
    created: str | None = CREATED

    def having(self, **configuration: Json) -> Self:
        """Return the same object with other values in its configuration."""
        return replace(self, configuration={**self.configuration, **configuration})

    def extended(self, **supplementary: Json) -> Self:
        """Return the same object with other values in its supplementary configuration."""
        return replace(self, supplementary={**self.supplementary, **supplementary})

    def tagged(self, **tags: str) -> Self:
        """Return the same object with further tags; ``managed_by`` is written ``managed-by``."""
        return replace(
            self, tags={**self.tags, **{name.replace("_", "-"): value for name, value in tags.items()}}
        )

    def untagged(self, key: str) -> Self:
        """Return the same object without this tag."""
        return replace(self, tags={name: value for name, value in self.tags.items() if name != key})

    def related(self, *relationships: Mapping[str, Json]) -> Self:
        """Return the same object with these relationships."""
        return replace(self, relationships=relationships)

    def born(self, moment: str) -> Self:
        """Return the same object, created at another time."""
        return replace(self, created=moment)

    def full_configuration(self) -> dict[str, Json]:
        """Return the configuration with the tags that sit in it."""
        if self.tag_place is not TagPlace.CONFIGURATION:
            return dict(self.configuration)
        return {**self.configuration, "tags": _pairs(self.tags, "key", "value")}

    def full_supplementary(self) -> dict[str, Json]:
        """Return the supplementary configuration with the tags that sit in it."""
        match self.tag_place:
            case TagPlace.SUPPLEMENTARY_MAP:
                own: dict[str, Json] = {"Tags": dict(self.tags)}
            case TagPlace.SUPPLEMENTARY_LIST:
                own = {"Tags": _pairs(self.tags, "key", "value")}
            case TagPlace.SUPPLEMENTARY_KMS:
                own = {"Tags": _pairs(self.tags, "tagKey", "tagValue")}
            case TagPlace.BUCKET:
                own = (
                    {"BucketTaggingConfiguration": {"tagSets": [{"tags": dict(self.tags)}]}}
                    if self.tags
                    else {}
                )
            case _:
                own = {}
        return {**self.supplementary, **own}


def _pairs(tags: Mapping[str, str], key: str, value: str) -> list[dict[str, str]]:
    return [{key: name, value: text} for name, text in tags.items()]


def unique(prefix: str, seed: str, length: int = 17) -> str:
    """Return an id that looks like AWS's, always the same for the same seed."""
    return prefix + hashlib.sha256(seed.encode()).hexdigest()[:length]


def iam_id(prefix: str, seed: str) -> str:
    """Return an IAM unique id, always the same for the same seed."""
    return prefix + hashlib.sha256(seed.encode()).hexdigest()[:17].upper()


def arn_of(service: str, rest: str, region: str = REGION) -> str:
    """Return an ARN in the demo's account."""
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{rest}"


def relation(kind: str, identifier: str, name: str) -> dict[str, Json]:
    """Return one relationship."""
    return {"resourceType": kind, "resourceId": identifier, "resourceName": None, "name": name}


def rule(protocol: str, port: int, network: str, description: str | None = None) -> dict[str, Json]:
    """Return one permission of a security group."""
    span = {"cidrIp": network} | ({"description": description} if description else {})
    ports = {} if protocol == "-1" else {"fromPort": port, "toPort": port}
    return {
        "ipProtocol": protocol,
        **ports,
        "ipv6Ranges": [],
        "prefixListIds": [],
        "userIdGroupPairs": [],
        "ipv4Ranges": [span],
        "ipRanges": [network],
    }
