"""Objects with parts: rules, routes, attachments; of the object's own code, or with an address each."""

import copy

from tests.worlds.addresses.estate import CENTRAL, EAST, HOME, Living
from tests.worlds.addresses.sorts import BY_TYPE
from tests.worlds.blind.actors import digits
from tests.worlds.blind.service import op
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types.ec2 import E, call, done


def permission(port, cidr="10.0.0.0/8"):
    return {
        "fromPort": port, "ipProtocol": "tcp", "toPort": port, "ipv4Ranges": [{"cidrIp": cidr}], "ipRanges": [cidr],
        "ipv6Ranges": [], "prefixListIds": [], "userIdGroupPairs": [],
    }  # fmt: skip


class Parted:
    """A sort of part: what an object has at first, and the calls that add and take one."""

    def __init__(self, field, first, new, *calls):
        self.field, self.first, self.new = field, first, new
        self.added, self.taken, self.siblings, self.exclusive = (*calls, None)[:4]

    def shape(self, thing):
        thing.config[self.field] = [copy.deepcopy(each) for each in self.first]

    def add(self, m, kind):
        part = self.new(m)
        made = self.added(m, kind.thing, part)
        made.change = lambda: thing_set(kind.thing, self.field, [*kind.thing.config[self.field], part])
        return made

    def take(self, m, kind):
        part = kind.thing.config[self.field][0]
        made = self.taken(m, kind.thing, part)
        made.change = lambda: thing_set(kind.thing, self.field, kind.thing.config[self.field][1:])
        return made


def thing_set(thing, field, value):
    thing.config[field] = value


def group_call(operation):
    def make(m, thing, part):
        span = {
            "ipProtocol": "tcp", "fromPort": part["fromPort"], "toPort": part["toPort"], "groups": {}, "ipv6Ranges": {},
            "ipRanges": items(*({"cidrIp": each} for each in part["ipRanges"])),
        }  # fmt: skip
        sent = {"groupId": thing.id, "ipPermissions": items(span)}
        return call(operation, sent, done(m), [(E + "SecurityGroup", thing.id)])

    return make


def route_call(operation):
    def make(m, thing, part):
        sent = {"routeTableId": thing.id, "destinationCidrBlock": part["destinationCidrBlock"]}
        return call(operation, sent, done(m), [(E + "RouteTable", thing.id)])

    return make


def entry_call(operation):
    def make(m, thing, part):
        sent = {"networkAclId": thing.id, "ruleNumber": part["ruleNumber"], "egress": False}
        return call(operation, sent, done(m), [(E + "NetworkAcl", thing.id)])

    return make


def attach_call(operation, key):
    def make(_m, thing, part):
        return op(
            "iam",
            operation,
            {key: thing.name, "PolicyArn": part["policyArn"]},
            lists=[(f"AWS::IAM::{key[:-4]}", thing.name)],
        )

    return make


def inline_call(operation):
    def make(_m, thing, part):
        sent = {"RoleName": thing.name, "PolicyName": part["policyName"]}
        if operation.startswith("Put"):
            sent["PolicyDocument"] = part["policyDocument"]
        return op("iam", operation, sent, lists=[("AWS::IAM::Role", thing.name)])

    return make


def policy(name):
    return {"policyName": name, "policyArn": f"arn:aws:iam::aws:policy/{name}"}


def route(block):
    return {
        "destinationCidrBlock": block,
        "gatewayId": "igw-0a1b2c3d4e5f60718",
        "state": "active",
        "origin": "CreateRoute",
    }


PARTED = {
    "aws_security_group": Parted(
        "ipPermissions", (permission(443), permission(5432)), lambda m: permission(1024 + m.next(), "0.0.0.0/0"),
        group_call("AuthorizeSecurityGroupIngress"), group_call("RevokeSecurityGroupIngress"),
        ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule"), "aws_vpc_security_group_rules_exclusive",
    ),
    "aws_route_table": Parted(
        "routes", (route("0.0.0.0/0"), route("172.16.0.0/16")), lambda m: route(f"172.20.{m.next() % 250}.0/24"),
        route_call("CreateRoute"), route_call("DeleteRoute"), ("aws_route",),
    ),
    "aws_network_acl": Parted(
        "entries",
        ({"ruleNumber": 100, "ruleAction": "allow", "cidrBlock": "10.0.0.0/8"}, {"ruleNumber": 32767, "ruleAction": "deny", "cidrBlock": "0.0.0.0/0"}),
        lambda m: {"ruleNumber": 200 + m.next(), "ruleAction": "allow", "cidrBlock": "0.0.0.0/0"},
        entry_call("CreateNetworkAclEntry"), entry_call("DeleteNetworkAclEntry"), ("aws_network_acl_rule",),
    ),
    "aws_iam_role": Parted(
        "attachedManagedPolicies", (policy("ReadOnlyAccess"), policy("AWSSupportAccess")), lambda m: policy(f"Extra{m.next()}"),
        attach_call("AttachRolePolicy", "RoleName"), attach_call("DetachRolePolicy", "RoleName"),
        ("aws_iam_role_policy_attachment",), "aws_iam_role_policy_attachments_exclusive",
    ),
    "aws_iam_user": Parted(
        "attachedManagedPolicies", (policy("ReadOnlyAccess"),), lambda m: policy(f"Extra{m.next()}"),
        attach_call("AttachUserPolicy", "UserName"), attach_call("DetachUserPolicy", "UserName"),
        ("aws_iam_user_policy_attachment",), "aws_iam_user_policy_attachments_exclusive",
    ),
}  # fmt: skip
INLINE = Parted(
    "rolePolicyList", ({"policyName": "base", "policyDocument": "%7B%7D"},),
    lambda m: {"policyName": f"p{m.next()}", "policyDocument": "{}"},
    inline_call("PutRolePolicy"), inline_call("DeleteRolePolicy"), ("aws_iam_role_policy",), "aws_iam_role_policies_exclusive",
)  # fmt: skip
OF_THE_PARENT = {
    "aws_security_group": "security_group_id",
    "aws_route_table": "route_table_id",
    "aws_network_acl": "network_acl_id",
    "aws_iam_role": "role",
    "aws_iam_user": "user",
}


class Parts:
    """Plays changes of parts: added and taken, with and without addresses of their own."""

    def __init__(self, stage):
        self.stage, self.estate, self.canaries = stage, stage.estate, stage.estate.canaries

    def play(self, rounds=3):
        for _ in range(rounds):
            for type_, parted in (*PARTED.items(), ("aws_iam_role", INLINE)):
                self.inline(type_, parted)
                self.separate(type_, parted)
                if parted.exclusive:
                    self.only_these(type_, parted)

    def made(self, label, type_, parted, *, region=HOME):
        estate = self.estate
        stack = estate.stacks["net-prod"]
        kind = estate.thing(BY_TYPE[type_], stack.account, region, shape=parted.shape)
        living = Living(label=label, sort=BY_TYPE[type_], kind=kind)
        estate.live(
            stack, living, f"parted_{estate.number()}", alias={EAST: "use1", CENTRAL: "euc1"}.get(region, "")
        )
        estate.objects.append(living)
        return living

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
            attributes = {
                "id": ids.get(kind, f"{thing.name}-2025030209140700000000000{number}"),
                OF_THE_PARENT[type_]: named,
            }
            if kind == "aws_security_group_rule":
                attributes["type"] = "ingress"
            if kind == "aws_vpc_security_group_ingress_rule":
                attributes["arn"] = (
                    f"arn:aws:ec2:{thing.region}:{thing.account}:security-group-rule/{attributes['id']}"
                )
            if "attachment" in kind:
                attributes["policy_arn"] = part["policyArn"]
            attributes |= {"description": self.canaries.new("rule"), "policy": self.canaries.new("rule")}
            name = f"part_{self.estate.number()}"
            living.parts.append(stack.state.put(kind, name, attributes, key=number if number % 2 else None))

    def play_on(self, living, parted, added, taken):
        """Let somebody add a part, or take one, each in a change of its own."""
        m = self.estate.world.maker
        if self.estate.random.random() < 0.5:
            self.stage.change(living, parted.add(m, living.kind), does=added)
        else:
            self.stage.change(living, parted.take(m, living.kind), does=taken)

    def inline(self, type_, parted):
        living = self.made("part, in the object's code", type_, parted)
        self.play_on(living, parted, {"unknown"}, {"unknown"})

    def separate(self, type_, parted):
        living = self.made("part, with addresses", type_, parted)
        self.siblings(living, type_, parted)
        self.play_on(living, parted, {"nothing"}, {"recreate"})

    def only_these(self, type_, parted):
        living = self.made("part, exclusive", type_, parted)
        self.siblings(living, type_, parted)
        stack, thing = living.homes[0][0], living.thing
        key = {"aws_security_group": "security_group_id", "aws_iam_user": "user_name"}.get(type_, "role_name")
        parent = thing.id if key == "security_group_id" else thing.name
        stack.state.put(parted.exclusive, f"only_{self.estate.number()}", {key: parent})
        living.parts += [f"{parted.exclusive}.only_{self.estate.count}"]
        living.exclusive = True
        self.play_on(living, parted, {"revert"}, {"recreate", "revert"})
