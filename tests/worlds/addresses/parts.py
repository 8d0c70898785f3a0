"""Objects with parts: rules, routes, attachments; of the object's own code, or with an address each."""

import copy
from collections.abc import Callable
from dataclasses import dataclass

from tests.worlds.addresses.estate import Group
from tests.worlds.blind.actors import digits
from tests.worlds.blind.kind import Op, store
from tests.worlds.blind.spelling import items


def permission(port, cidr="10.0.0.0/8"):
    return {
        "fromPort": port, "ipProtocol": "tcp", "toPort": port, "ipv4Ranges": [{"cidrIp": cidr}], "ipRanges": [cidr],
        "ipv6Ranges": [], "prefixListIds": [], "userIdGroupPairs": [],
    }  # fmt: skip


@dataclass(frozen=True)
class Parted:
    """A sort of part: what an object has at first, and the calls that add and take one.

    `call(thing, operation, part)` makes one. `siblings` are the types of parts with an address each.
    """

    field: str
    first: tuple
    new: Callable
    call: Callable
    operations: tuple
    siblings: tuple
    exclusive: str = ""

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


def group_call(thing, operation, part):
    span = {each: part[each] for each in ("ipProtocol", "fromPort", "toPort")}
    ranges = items(*({"cidrIp": each} for each in part["ipRanges"]))
    span |= {"groups": {}, "ipv6Ranges": {}, "ipRanges": ranges}
    sent = {"groupId": thing.id, "ipPermissions": items(span)}
    return call("ec2", operation, sent, thing.id)


def route_call(thing, operation, part):
    sent = {"routeTableId": thing.id, "destinationCidrBlock": part["destinationCidrBlock"]}
    return call("ec2", operation, sent, thing.id)


def entry_call(thing, operation, part):
    sent = {"networkAclId": thing.id, "ruleNumber": part["ruleNumber"], "egress": False}
    return call("ec2", operation, sent, thing.id)


def attach_call(thing, operation, part):
    kind = operation.removesuffix("Policy")[6:]
    sent = {f"{kind.lower()}Name": thing.name, "policyArn": part["policyArn"]}
    return call("iam", operation, sent, thing.name)


def inline_call(thing, operation, part):
    sent = {"roleName": thing.name, "policyName": part["policyName"]}
    if operation.startswith("Put"):
        sent["policyDocument"] = part["policyDocument"]
    return call("iam", operation, sent, thing.name)


def policy(name):
    return {"policyName": name, "policyArn": f"arn:aws:iam::aws:policy/{name}"}


def route(block):
    gateway = "igw-0a1b2c3d4e5f60718"
    return {"destinationCidrBlock": block, "gatewayId": gateway, "state": "active", "origin": "CreateRoute"}


def entry(number, action="allow", block="0.0.0.0/0"):
    return {"ruleNumber": number, "ruleAction": action, "cidrBlock": block}


READS = policy("ReadOnlyAccess")
PARTED = {
    "aws_security_group": Parted(
        "ipPermissions", (permission(443), permission(5432)), lambda m: permission(1024 + m.next(), "0.0.0.0/0"),
        group_call, ("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"),
        ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule"), "aws_vpc_security_group_rules_exclusive",
    ),
    "aws_route_table": Parted(
        "routes", (route("0.0.0.0/0"), route("172.16.0.0/16")), lambda m: route(f"172.20.{m.next() % 250}.0/24"),
        route_call, ("CreateRoute", "DeleteRoute"), ("aws_route",),
    ),
    "aws_network_acl": Parted(
        "entries", (entry(100, block="10.0.0.0/8"), entry(32767, "deny")), lambda m: entry(200 + m.next()),
        entry_call, ("CreateNetworkAclEntry", "DeleteNetworkAclEntry"), ("aws_network_acl_rule",),
    ),
    "aws_iam_role": Parted(
        "attachedManagedPolicies", (READS, policy("AWSSupportAccess")), lambda m: policy(f"Extra{m.next()}"),
        attach_call, ("AttachRolePolicy", "DetachRolePolicy"),
        ("aws_iam_role_policy_attachment",), "aws_iam_role_policy_attachments_exclusive",
    ),
    "aws_iam_user": Parted(
        "attachedManagedPolicies", (READS,), lambda m: policy(f"Extra{m.next()}"),
        attach_call, ("AttachUserPolicy", "DetachUserPolicy"),
        ("aws_iam_user_policy_attachment",), "aws_iam_user_policy_attachments_exclusive",
    ),
}  # fmt: skip
INLINE = Parted(
    "rolePolicyList", ({"policyName": "base", "policyDocument": "%7B%7D"},),
    lambda m: {"policyName": f"p{m.next()}", "policyDocument": "{}"},
    inline_call, ("PutRolePolicy", "DeleteRolePolicy"), ("aws_iam_role_policy",), "aws_iam_role_policies_exclusive",
)  # fmt: skip
OF_THE_PARENT = {
    "aws_security_group": "security_group_id",
    "aws_route_table": "route_table_id",
    "aws_network_acl": "network_acl_id",
    "aws_iam_role": "role",
    "aws_iam_user": "user",
}


class Parts(Group):
    """Plays changes of parts: added and taken, with and without addresses of their own."""

    def play(self, rounds):
        for _ in range(rounds):
            for type_, parted in (*PARTED.items(), ("aws_iam_role", INLINE)):
                self.played("in the object's code", type_, parted, {"unknown"}, {"unknown"})
                self.played("with addresses", type_, parted, {"nothing"}, {"recreate"})
                if parted.exclusive:
                    self.played("exclusive", type_, parted, {"revert"}, {"recreate", "revert"})

    def siblings(self, living, type_, parted):
        """Give each part of an object an address."""
        thing, stack = living.thing, living.homes[0][0]
        named = thing.name if type_.startswith("aws_iam") else thing.id
        for number, part in enumerate(thing.config[parted.field]):
            kind = parted.siblings[(number + self.estate.number()) % len(parted.siblings)]
            own = digits(f"{thing.id}{number}", 17)
            ids = {
                "aws_security_group_rule": f"sgrule-{int(own[:8], 16)}",
                "aws_vpc_security_group_ingress_rule": f"sgr-0{own[:16]}",
                "aws_route": f"r-{thing.id}{int(own[:8], 16)}",
                "aws_network_acl_rule": f"nacl-{int(own[:8], 16)}",
                "aws_iam_role_policy": f"{thing.name}:{part.get('policyName')}",
            }
            id_ = ids.get(kind, f"{thing.name}-2025030209140700000000000{number}")
            attributes = {"id": id_, OF_THE_PARENT[type_]: named}
            if kind == "aws_security_group_rule":
                attributes["type"] = "ingress"
            if kind == "aws_vpc_security_group_ingress_rule":
                attributes["arn"] = f"arn:aws:ec2:{thing.region}:{thing.account}:security-group-rule/{id_}"
            if "attachment" in kind:
                attributes["policy_arn"] = part["policyArn"]
            secret = self.estate.canaries.new
            attributes |= {"description": secret("rule"), "policy": secret("rule")}
            name = f"part_{self.estate.number()}"
            home = stack.state.put(kind, name, attributes, key=number if number % 2 else None)
            living.parts.append(home)

    def played(self, how, type_, parted, added, taken):
        """Let somebody add a part, or take one; the sets are what the next apply does of either."""
        living = self.alone(f"part, {how}", "net-prod", type_, shape=parted.shape)
        if how != "in the object's code":
            self.siblings(living, type_, parted)
        if how == "exclusive":
            self.only_these(living, type_, parted)
        part, does = (parted.add, added) if self.random.random() < 0.5 else (parted.take, taken)
        self.estate.change(living, part(self.estate.m, living.kind), does=does)

    def only_these(self, living, type_, parted):
        """Let the state say that the object has no further parts."""
        key = {"aws_security_group": "security_group_id", "aws_iam_user": "user_name"}.get(type_, "role_name")
        parent = living.thing.id if key == "security_group_id" else living.thing.name
        name = f"only_{self.estate.number()}"
        living.parts.append(living.homes[0][0].state.put(parted.exclusive, name, {key: parent}))
