"""Objects with parts: rules, routes, attachments; of the object's own code, or with an address each."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

from tests.worlds.addresses.estate import Group
from tests.worlds.blind.actors import digits
from tests.worlds.blind.kind import Op, store
from tests.worlds.blind.spelling import items


@dataclass(frozen=True)
class Parted:
    """A sort of part: what an object has at first, and the calls that add and take one.

    `call(thing, operation, part)` makes one. `siblings` are the types of parts with an address each, `parent` and
    `named` how they name the object.
    """

    field: str
    first: tuple
    new: Callable
    call: Callable
    operations: tuple
    siblings: tuple
    parent: str
    named: str = "id"

    def shape(self, thing):
        thing.config[self.field] = copy.deepcopy(list(self.first))

    def add(self, m, kind):
        parts, part = kind.thing.config[self.field], self.new(m)
        return self.made(kind.thing, self.operations[0], part, [*parts, part])

    def take(self, _m, kind):
        first, *others = kind.thing.config[self.field]
        return self.made(kind.thing, self.operations[1], first, others)

    def made(self, thing, operation, part, after):
        op = self.call(thing, operation, part)
        op.change = store(thing.config, **{self.field: after})
        return op


def call(service, operation, sent, name):
    """Return a call on an object, which event history lists by this name."""
    answer = {"_return": True} if service == "ec2" else None
    return Op(service=service, operation=operation, request=sent, answer=answer, lists=((None, name),))


def permission(port, cidr="10.0.0.0/8"):
    return {
        "fromPort": port, "ipProtocol": "tcp", "toPort": port, "ipv4Ranges": [{"cidrIp": cidr}], "ipRanges": [cidr],
        "ipv6Ranges": [], "prefixListIds": [], "userIdGroupPairs": [],
    }  # fmt: skip


def group_call(thing, operation, part):
    span = {each: part[each] for each in ("ipProtocol", "fromPort", "toPort")}
    ranges = items(*({"cidrIp": each} for each in part["ipRanges"]))
    span |= {"groups": {}, "ipv6Ranges": {}, "ipRanges": ranges}
    sent = {"groupId": thing.id, "ipPermissions": items(span)}
    return call("ec2", operation, sent, thing.id)


def route(block):
    gateway = "igw-0a1b2c3d4e5f60718"
    return {"destinationCidrBlock": block, "gatewayId": gateway, "state": "active", "origin": "CreateRoute"}


def route_call(thing, operation, part):
    sent = {"routeTableId": thing.id, "destinationCidrBlock": part["destinationCidrBlock"]}
    return call("ec2", operation, sent, thing.id)


def policy(name):
    return {"policyName": name, "policyArn": f"arn:aws:iam::aws:policy/{name}"}


def attach_call(thing, operation, part):
    return call("iam", operation, {"roleName": thing.name, "policyArn": part["policyArn"]}, thing.name)


PARTED = {
    "aws_security_group": Parted(
        "ipPermissions", (permission(443), permission(5432)), lambda m: permission(1024 + m.next(), "0.0.0.0/0"),
        group_call, ("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"),
        ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule"), "security_group_id",
    ),
    "aws_route_table": Parted(
        "routes", (route("0.0.0.0/0"), route("172.16.0.0/16")), lambda m: route(f"172.20.{m.next() % 250}.0/24"),
        route_call, ("CreateRoute", "DeleteRoute"), ("aws_route",), "route_table_id",
    ),
    "aws_iam_role": Parted(
        "attachedManagedPolicies", (policy("ReadOnlyAccess"), policy("AWSSupportAccess")), lambda m: policy(f"Extra{m.next()}"),
        attach_call, ("AttachRolePolicy", "DetachRolePolicy"), ("aws_iam_role_policy_attachment",), "role", "name",
    ),
}  # fmt: skip


def siblings(estate, living, parted):
    """Give each part of an object an address."""
    thing, stack = living.thing, living.homes[0][0]
    for number, part in enumerate(thing.config[parted.field]):
        kind = parted.siblings[(number + estate.number()) % len(parted.siblings)]
        own = digits(f"{thing.id}{number}", 17)
        ids = {
            "aws_security_group_rule": f"sgrule-{int(own[:8], 16)}",
            "aws_vpc_security_group_ingress_rule": f"sgr-0{own[:16]}",
            "aws_route": f"r-{thing.id}{int(own[:8], 16)}",
        }
        id_ = ids.get(kind, f"{thing.name}-2025030209140700000000000{number}")
        attributes = {"id": id_, parted.parent: getattr(thing, parted.named)}
        match kind:
            case "aws_security_group_rule":
                attributes["type"] = "ingress"
            case "aws_vpc_security_group_ingress_rule":
                place = f"{thing.region}:{thing.account}"
                attributes["arn"] = f"arn:aws:ec2:{place}:security-group-rule/{id_}"
            case "aws_iam_role_policy_attachment":
                attributes["policy_arn"] = part["policyArn"]
        attributes["description"] = estate.canaries.new("rule")
        name, key = f"part_{estate.number()}", number if number % 2 else None
        living.parts.append(stack.state.put(kind, name, attributes, key=key))


class Parts(Group):
    """Plays changes of parts: added and taken, with and without addresses of their own."""

    def part_of_each_sort(self, _turn):
        for type_, parted in PARTED.items():
            self.played("in the object's code", type_, parted, {"unknown"}, {"unknown"})
            self.played("with addresses", type_, parted, {"nothing"}, {"recreate"})

    def played(self, how, type_, parted, added, taken):
        """Let somebody add a part, or take one; the sets are what the next apply does of either."""
        living = self.alone(f"part, {how}", "net-prod", type_, shape=parted.shape)
        if how != "in the object's code":
            siblings(self.estate, living, parted)
        part, does = (parted.add, added) if self.random.random() < 0.5 else (parted.take, taken)
        self.estate.change(living, part(self.estate.m, living.kind), does=does)
