"""Plans as `terraform show -json` writes them, and the changes that they tell about."""

import json
from collections import defaultdict

from tests.worlds.addresses.estate import HOME, Living
from tests.worlds.addresses.parts import PARTED, Parts

STACKS = ("app-prod", "net-prod", "edge", "tools")
REFRESHED = "tools"
"""Of this stack there is a plan that only refreshes."""
USUAL = ("github", "atlantis", "equal names in two accounts", "one name, many types", "two regions")
"""Labels of objects of which nothing but the plan is to be told."""


class Plans:
    """Plans of some stacks: for each a recent one, an older one, one that failed; for one, a refresh alone."""

    def __init__(self, stage, stacks):
        self.stage, self.estate, self.canaries = stage, stage.estate, stage.estate.canaries
        self.stacks = stacks
        self.changes = defaultdict(list)
        self.drift = defaultdict(list)

    def play(self, rounds):
        for turn in range(rounds):
            for stack in self.stacks:
                for part in (
                    self.reverts, self.recreates, self.replaces, self.nothing, self.deletes, self.young, self.drifts, self.of_another_address, self.forgets,
                    self.deposes,
                    self.moves,
                ):  # fmt: skip
                    if (part == self.drifts) == (stack == REFRESHED):
                        part(stack, turn)
            self.rule(turn)
            self.added_rule(turn)

    def living(self, label, stack):
        sorts = (
            "aws_dynamodb_table",
            "aws_kms_key",
            "aws_instance",
            "aws_lb_target_group",
            "aws_ecs_cluster",
            "aws_vpc",
            "aws_efs_file_system",
        )
        return self.estate.alone(
            f"plan: {label}", self.estate.stacks[stack], self.stage.random.choice(sorts), key=self.stage.random.choice((None, 0, 'a "b"', "$(touch pwned)")),
        )  # fmt: skip

    def says(self, living, actions, *, address=None, reason=None, paths=None):
        """Write one change into the plan of an object's stack."""
        stack, home = living.homes[0]
        address = address or home
        state = stack.state.instance(address)
        secret = self.canaries.new
        ids = {
            key: value
            for key, value in state.items()
            if isinstance(value, str) and not value.startswith(("cnry", "{"))
        }
        before = {**ids, "password": secret("plan"), "description": secret("plan")}
        change = {
            "actions": actions,
            "before": None if actions == ["create"] else before,
            "after": None if actions == ["delete"] else {**before, "password": secret("plan")},
            "after_unknown": {"id": True},
            "before_sensitive": {"password": True},
            "after_sensitive": {"password": True},
        }
        if actions == ["create"]:
            known = {key: value for key, value in ids.items() if key not in {"id", "arn"}}
            change["after"] = {**known, "password": secret("plan")}
        if paths:
            change["replace_paths"] = paths
        type_, name = stack.state.named(address)
        entry = {"address": address, "mode": "managed", "type": type_, "name": name, "change": change}
        entry["provider_name"] = "registry.terraform.io/hashicorp/aws"
        if reason:
            entry["action_reason"] = reason
        self.changes[stack.name].append(entry)

    def reverts(self, stack, _turn):
        living = self.living("update", stack)
        self.says(living, ["update"])
        self.stage.deed(living, "attribute", attribute={"revert"})

    def recreates(self, stack, _turn):
        living = self.living("create", stack)
        self.says(living, ["create"])
        self.stage.deed(living, "delete")

    def replaces(self, stack, turn):
        living = self.living("replace", stack)
        actions = ["delete", "create"] if turn % 2 else ["create", "delete"]
        self.says(living, actions, reason="replace_because_cannot_update", paths=[["ami"]])
        self.stage.deed(living, "attribute", attribute={"replace"})

    def nothing(self, stack, _turn):
        living = self.living("no-op", stack)
        self.says(living, ["no-op"])
        self.stage.deed(living, "attribute", attribute={"nothing"})

    def deletes(self, stack, _turn):
        living = self.living("delete", stack)
        self.says(living, ["delete"], reason="delete_because_no_resource_config")
        self.stage.deed(living, "attribute", attribute={"unknown"})

    def forgets(self, stack, _turn):
        living = self.living("forget", stack)
        self.says(living, ["forget"])
        self.stage.deed(living, "attribute", attribute={"unknown", "nothing"})

    def deposes(self, stack, _turn):
        """Beside what the plan leaves as it is, it deletes what is left of an older one."""
        living = self.living("deletes a deposed one", stack)
        self.says(living, ["no-op"])
        self.says(living, ["delete"])
        self.changes[stack][-1]["deposed"] = "0a1b2c3d"
        self.changes[stack][-1]["change"]["before"] |= {"id": "of-another", "arn": None}
        self.stage.deed(living, "attribute", attribute={"nothing", "unknown"})

    def moves(self, stack, _turn):
        """The code calls it otherwise by now: the state has the older address."""
        living = self.living("moved", stack)
        self.says(living, ["update"])
        home = living.homes[0][1]
        self.changes[stack][-1] |= {"address": f"module.new.{home}", "previous_address": home}
        truth = self.stage.deed(living, "attribute", attribute={"revert", "unknown"})
        truth.addresses |= {f"module.new.{home}"}

    def young(self, stack, _turn):
        """The change came after the plan: the plan says nothing of it."""
        living = self.living("older than the change", stack)
        self.says(living, ["no-op"])
        self.stage.deed(living, "attribute", minutes=self.stage.random.uniform(46, 50))

    def drifts(self, stack, _turn):
        """Only what a refresh would take over is known."""
        living = self.living("drift alone", stack)
        self.says(living, ["update"])
        self.drift[stack].append(self.changes[stack].pop())
        self.stage.deed(living, "attribute", attribute={"unknown"})

    def of_another_address(self, stack, _turn):
        """The bucket itself stays; what is put back has an address of its own."""
        if stack != self.stacks[0]:
            return
        living = self.estate.alone("plan: of a further address", self.estate.stacks[stack], "aws_s3_bucket")
        if not living.same:
            home = living.homes[0][1].partition(".")[2]
            living.same.append(
                self.estate.stacks[stack].state.put(
                    "aws_s3_bucket_versioning", home, {"id": living.thing.id, "bucket": living.thing.id}
                )
            )
        self.says(living, ["no-op"])
        self.says(living, ["update"], address=living.same[0])
        self.stage.deed(living, "attribute", attribute={"revert", "unknown"})

    def rule(self, _turn):
        """A rule with an address was taken: the group stays, the plan makes the rule again."""
        living, parted = self.group("plan: a part is made again")
        self.says(living, ["no-op"])
        self.says(living, ["create"], address=living.parts[0])
        self.says(living, ["no-op"], address=living.parts[1])
        self.stage.change(living, parted.take(self.estate.world.maker, living.kind), does={"recreate"})

    def added_rule(self, _turn):
        living, parted = self.group("plan: a part too many")
        for address in (living.homes[0][1], *living.parts):
            self.says(living, ["no-op"], address=address)
        self.stage.change(living, parted.add(self.estate.world.maker, living.kind), does={"nothing"})

    def group(self, label) -> tuple[Living, object]:
        parts, parted = Parts(self.stage), PARTED["aws_security_group"]
        living = parts.made(label, "aws_security_group", parted, region=HOME)
        parts.siblings(living, "aws_security_group", parted)
        return living, parted

    def complete(self):
        """Let the plans tell of all else in their stacks: as real ones do, whether it changes or not."""
        truths = {id(truth.living): truth for truth in self.stage.truths}
        for living in self.estate.objects:
            stack = living.homes[0][0].name if living.homes else ""
            if living.label not in USUAL or stack not in self.stacks or stack == REFRESHED:
                continue
            truth = truths.get(id(living))
            actions, does = ["no-op"], "nothing"
            if truth and "recreate" in truth.does:
                actions, does = ["create"], "recreate"
            elif truth and self.stage.random.random() < 0.7:
                actions, does = ["update"], "revert"
            self.says(living, actions)
            for address in living.same:
                self.says(living, actions if actions == ["create"] else ["no-op"], address=address)
            if truth and truth.verdict != "in-workflow":
                truth.does = frozenset({does})

    # As files.

    def document(self, at, **more):
        secret = self.canaries.new
        return {
            "format_version": "1.2",
            "terraform_version": "1.9.8",
            "variables": {"db_password": {"value": secret("variable")}},
            "planned_values": {
                "root_module": {
                    "resources": [{"address": "aws_x.y", "values": {"p": secret("planned values")}}]
                }
            },
            "output_changes": {
                "p": {
                    "actions": ["no-op"],
                    "before": secret("output change"),
                    "after": secret("output change"),
                }
            },
            "prior_state": {
                "format_version": "1.0",
                "values": {"outputs": {"p": {"sensitive": True, "value": secret("prior state")}}},
            },
            "configuration": {"root_module": {"variables": {"p": {"default": secret("configuration")}}}},
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "applyable": True,
            "complete": True,
            "errored": False,
            **more,
        }

    def files(self, stack):
        """Return a stack's plans, by kind, in the order in which they are handed over: an old one, a failed one, the one that counts, a refresh."""
        world = self.estate.world
        if stack == REFRESHED:
            refresh = self.document(world.ago(minutes=54), resource_drift=self.drift[stack])
            return {"refresh-only plan": json.dumps(refresh).encode()}
        turned = []
        for each in self.changes[stack]:
            other = ["no-op"] if each["change"]["actions"] != ["no-op"] else ["update"]
            turned.append({**each, "change": {**each["change"], "actions": other}})
        old = self.document(world.ago(hours=20), resource_changes=turned)
        cut = {"errored": True, "complete": False, "applyable": False}
        failed = self.document(world.ago(minutes=56), resource_changes=turned, **cut)
        good = self.document(world.ago(minutes=55), resource_changes=self.changes[stack])
        named = {"old plan": old, "failed plan": failed, "plan": good}
        return {name: json.dumps(each).encode() for name, each in named.items()}
