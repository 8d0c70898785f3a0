"""Which parts of an object may be Terraform resources by themselves, and where AWS Config shows them."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from iacwatch.core.addresses.terraform_types import stands_for
from iacwatch.core.iac import AddressRow
from iacwatch.core.model import Json, Resource

Element = Mapping[str, Json]
"""One part as Config lists it, its keys in lower case."""

_PROTOCOLS: Final = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6", "-1": "all"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one kind in the items of one type, which Terraform calls `of`.

    `field` is the list in the configuration (lower case), `types` are the Terraform types of a part,
    `exclusive` those that remove what they do not name. `identity` are the keys of an element that tell it
    from others; none: a firewall's permissions, which are compared by what they open. `ids` yields the ids
    that a state may know an element by. `innate`: whether AWS itself puts an element there. `direction`:
    whose rules alone these are.
    """

    of: str
    field: str
    types: frozenset[str]
    exclusive: frozenset[str] = frozenset()
    identity: tuple[str, ...] = ()
    ids: Callable[[Resource, Element], Iterator[str]] = lambda _resource, _element: iter(())
    innate: Callable[[Element], bool] = lambda _element: False
    direction: str = ""

    def holds(self, row: AddressRow) -> bool:
        """Return whether a row is a part of this kind."""
        return row.type in self.types and (not self.direction or _direction(row) == self.direction)

    def may_hold(self, row: AddressRow) -> bool:
        """Return whether a row may be a part of this kind: where it leads may not be known."""
        return row.type in self.types and (not self.direction or _direction(row) in {"", self.direction})

    def rules(self, row: AddressRow) -> bool:
        """Return whether a row removes parts of this kind that it does not name."""
        return row.exclusive and row.type in self.exclusive


@lru_cache(maxsize=1024)
def parts_of(config_type: str) -> tuple[Parts, ...]:
    """Return the kinds of parts that items of a type hold."""
    return tuple(kind for kind in _PARTS if stands_for(kind.of, config_type))


def _direction(row: AddressRow) -> str:
    if row.direction:
        return row.direction
    return next((way for way in ("ingress", "egress") if f"_{way}" in row.type), "")


def _text(element: Element, key: str) -> str:
    value = element.get(key)
    return value if isinstance(value, str) else ""


def _route_ids(resource: Resource, element: Element) -> Iterator[str]:
    """Yield a route's id: the table's and a checksum of where it leads (the provider's own way)."""
    for key in _DESTINATIONS:
        if target := _text(element, key):
            yield f"r-{resource.id}{zlib.crc32(target.encode())}"


def _entry_ids(resource: Resource, element: Element) -> Iterator[str]:
    """Yield the ids of a network ACL's rule: a checksum of what tells it from others."""
    number, egress = element.get("rulenumber"), str(bool(element.get("egress"))).lower()
    protocol = str(element.get("protocol", ""))
    for name in (protocol, _PROTOCOLS.get(protocol, protocol)):
        yield f"nacl-{zlib.crc32(f'{resource.id}-{number}-{egress}-{name}-'.encode())}"


def _policy_ids(resource: Resource, element: Element) -> Iterator[str]:
    yield f"{resource.name}:{_text(element, 'policyname')}"


def _attachment_ids(resource: Resource, element: Element) -> Iterator[str]:
    yield f"{resource.name}/{_text(element, 'policyarn')}"


def _association_ids(_resource: Resource, element: Element) -> Iterator[str]:
    for key in ("routetableassociationid", "networkaclassociationid", "associationid"):
        if found := _text(element, key):
            yield found


_DESTINATIONS: Final = ("destinationcidrblock", "destinationipv6cidrblock", "destinationprefixlistid")
_LAST_RULE: Final = 32_767
"""The number of the rule that refuses what no other names: each network ACL has it."""

_GROUP_RULES: Final = frozenset({"aws_vpc_security_group_rules_exclusive"})


def _of_identity(kind: str) -> Iterator[Parts]:
    """Yield the parts of a role, user or group of IAM."""
    prefix = f"aws_iam_{kind}"
    yield Parts(
        of=prefix,
        field=f"{kind}policylist",
        types=frozenset({f"{prefix}_policy", f"awscc_iam_{kind}_policy"}),
        exclusive=frozenset({f"{prefix}_policies_exclusive"}),
        identity=("policyname",),
        ids=_policy_ids,
    )
    yield Parts(
        of=prefix,
        field="attachedmanagedpolicies",
        types=frozenset({f"{prefix}_policy_attachment"}),
        exclusive=frozenset({f"{prefix}_policy_attachments_exclusive"}),
        identity=("policyarn",),
        ids=_attachment_ids,
    )


_PARTS: Final = (
    Parts(
        of="aws_security_group",
        field="ippermissions",
        types=frozenset(
            {
                "aws_security_group_rule",
                "aws_vpc_security_group_ingress_rule",
                "awscc_ec2_security_group_ingress",
            }
        ),
        exclusive=_GROUP_RULES,
        direction="ingress",
    ),
    Parts(
        of="aws_security_group",
        field="ippermissionsegress",
        types=frozenset(
            {
                "aws_security_group_rule",
                "aws_vpc_security_group_egress_rule",
                "awscc_ec2_security_group_egress",
            }
        ),
        exclusive=_GROUP_RULES,
        direction="egress",
    ),
    Parts(
        of="aws_route_table",
        field="routes",
        types=frozenset({"aws_route", "awscc_ec2_route"}),
        exclusive=frozenset({"aws_route_table_routes_exclusive"}),
        identity=_DESTINATIONS,
        ids=_route_ids,
        innate=lambda route: route.get("origin", "CreateRoute") != "CreateRoute",
    ),
    Parts(
        of="aws_route_table",
        field="associations",
        types=frozenset({"aws_route_table_association", "aws_main_route_table_association"}),
        identity=("routetableassociationid",),
        ids=_association_ids,
        innate=lambda association: association.get("main") is True,
    ),
    Parts(
        of="aws_network_acl",
        field="entries",
        types=frozenset({"aws_network_acl_rule", "awscc_ec2_network_acl_entry"}),
        identity=("rulenumber", "egress"),
        ids=_entry_ids,
        innate=lambda entry: entry.get("rulenumber") == _LAST_RULE,
    ),
    Parts(
        of="aws_network_acl",
        field="associations",
        types=frozenset({"aws_network_acl_association"}),
        identity=("networkaclassociationid",),
        ids=_association_ids,
    ),
    Parts(
        of="aws_vpc",
        field="cidrblockassociationset",
        types=frozenset({"aws_vpc_ipv4_cidr_block_association"}),
        identity=("associationid",),
        ids=_association_ids,
    ),
    *(parts for kind in ("role", "user", "group") for parts in _of_identity(kind)),
)
