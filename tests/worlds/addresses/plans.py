"""Plans as `terraform show -json` writes them, and the changes that they tell about."""

import json
from collections import defaultdict

from tests.worlds.addresses.estate import Group
from tests.worlds.addresses.parts import PARTED, Parts

PLANNED = ("app-prod", "net-prod", "edge", "tools")
REFRESHED = "tools"
"""Of this stack there is a plan that only refreshes."""
USUAL = ("github", "atlantis", "equal names in two accounts", "one name, many types", "two regions")
"""Labels of objects of which nothing but the plan is to be told."""
SORTS = (
    "aws_dynamodb_table",
    "aws_kms_key",
    "aws_instance",
    "aws_lb_target_group",
    "aws_ecs_cluster",
    "aws_vpc",
    "aws_efs_file_system",
)
REPLACED = {"reason": "replace_because_cannot_update", "paths": [["ami"]]}
TOLD = (
    # (label, what the plan does, what the next apply does of a change that is no deletion, further of the plan)
    ("update", ["update"], {"revert"}, {}),
    ("create", ["create"], {"unknown"}, {}),
    ("replace", ["create", "delete"], {"replace"}, REPLACED),
    ("no-op", ["no-op"], {"nothing"}, {}),
    ("delete", ["delete"], {"unknown"}, {"reason": "delete_because_no_resource_config"}),
    # The change came after the plan: the plan says nothing of it.
    ("older than the change", ["no-op"], {"unknown"}, {}),
)


class Plans(Group):
    """Plans of some stacks: for each a recent one, an older one, one that failed; for one, a refresh alone."""

    def __init__(self, estate, planned):
        super().__init__(estate)
        self.planned, self.secret = planned, estate.canaries.new
        self.changes, self.drift = defaultdict(list), defaultdict(list)

    def play(self, rounds):
        for turn in range(rounds):
            for stack in self.planned:
                if stack == REFRESHED:
                    self.drifts(stack)
                    continue
                for label, actions, does, more in TOLD:
                    self.told(stack, label, actions, does, turn, **more)
                if stack == self.planned[0]:
                    self.of_another_address(stack)
                self.told(stack, "forget", ["forget"], {"unknown", "nothing"}, turn)
                self.deposes(stack)
                self.moves(stack)
            self.rules()

    def living(self, label, stack):
        sort, key = self.random.choice(SORTS), self.pick(None, 0, 'a "b"', "$(touch pwned)")
        return self.alone(f"plan: {label}", stack, sort, key=key)

    def says(self, living, actions, *, address=None, reason=None, paths=None):
        """Write one change into the plan of an object's stack; return the entry."""
        stack, address = living.homes[0][0], address or living.home
        state = stack.state.instance(address).items()
        ids = {
            key: value
            for key, value in state
            if isinstance(value, str) and not value.startswith(("cnry", "{"))
        }
        before = {**ids, "password": self.secret("plan"), "description": self.secret("plan")}
        change = {
            "actions": actions,
            "before": None if actions == ["create"] else before,
            "after": None if actions == ["delete"] else {**before, "password": self.secret("plan")},
            "after_unknown": {"id": True},
            "before_sensitive": {"password": True},
            "after_sensitive": {"password": True},
        }
        if actions == ["create"]:
            known = {key: value for key, value in ids.items() if key not in {"id", "arn"}}
            change["after"] = {**known, "password": self.secret("plan")}
        if paths:
            change["replace_paths"] = paths
        type_, name = stack.state.named(address)
        entry = {"address": address, "mode": "managed", "type": type_, "name": name, "change": change}
        entry["provider_name"] = "registry.terraform.io/hashicorp/aws"
        entry |= {"action_reason": reason} if reason else {}
        self.changes[stack.name].append(entry)
        return entry

    def told(self, stack, label, actions, does, turn, **more):
        """Let the plan tell of one object, and somebody change or delete it."""
        living = self.living(label, stack)
        self.says(living, actions[::-1] if turn % 2 else actions, **more)
        late = {"minutes": self.random.uniform(46, 50)} if label == "older than the change" else {}
        deed = "delete" if actions == ["create"] else "attribute"
        return self.deed(living, deed, attribute=does, **late)

    def deposes(self, stack):
        """Beside what the plan leaves as it is, it deletes what is left of an older one."""
        living = self.living("deletes a deposed one", stack)
        self.says(living, ["no-op"])
        entry = self.says(living, ["delete"])
        entry["deposed"] = "0a1b2c3d"
        entry["change"]["before"] |= {"id": "of-another", "arn": None}
        self.deed(living, "attribute", attribute={"nothing", "unknown"})

    def moves(self, stack):
        """The code calls it otherwise by now: the state has the older address."""
        living = self.living("moved", stack)
        new = f"module.new.{living.home}"
        self.says(living, ["update"]).update({"address": new, "previous_address": living.home})
        truth = self.deed(living, "attribute", attribute={"revert", "unknown"})
        truth.addresses |= {new}

    def drifts(self, stack):
        """Only what a refresh would take over is known."""
        living = self.living("drift alone", stack)
        self.says(living, ["update"])
        self.drift[stack].append(self.changes[stack].pop())
        self.deed(living, "attribute")

    def of_another_address(self, stack):
        """The bucket itself stays; what is put back has an address of its own."""
        living = self.alone("plan: of a further address", stack, "aws_s3_bucket")
        if not living.same:
            ids, name = {"id": living.thing.id, "bucket": living.thing.id}, living.home.partition(".")[2]
            living.same.append(self.stacks[stack].state.put("aws_s3_bucket_versioning", name, ids))
        self.says(living, ["no-op"])
        self.says(living, ["update"], address=living.same[0])
        self.deed(living, "attribute", attribute={"revert", "unknown"})

    def rules(self):
        """A rule with an address was taken: the group stays, the plan makes the rule again; and one was added."""
        type_, maker = "aws_security_group", self.estate.m
        parts, parted = Parts(self.estate), PARTED[type_]
        for label, made, does in (
            ("is made again", parted.take, "recreate"),
            ("too many", parted.add, "nothing"),
        ):
            living = self.alone(f"plan: a part {label}", "net-prod", type_, shape=parted.shape)
            parts.siblings(living, type_, parted)
            for address in (living.home, *living.parts):
                again = does == "recreate" and address == living.parts[0]
                self.says(living, ["create" if again else "no-op"], address=address)
            self.estate.change(living, made(maker, living.kind), does={does})

    def complete(self):
        """Let the plans tell of all else in their stacks: as real ones do, whether it changes or not."""
        truths = {id(truth.living): truth for truth in self.estate.truths}
        for living in self.estate.objects:
            stack = living.homes[0][0].name if living.homes else ""
            if living.label not in USUAL or stack not in self.planned or stack == REFRESHED:
                continue
            truth = truths.get(id(living))
            actions, does = ["no-op"], "nothing"
            if truth and "recreate" in truth.does:
                actions, does = ["create"], "recreate"
            elif truth and self.random.random() < 0.7:
                actions, does = ["update"], "revert"
            self.says(living, actions)
            for address in living.same:
                self.says(living, actions if actions == ["create"] else ["no-op"], address=address)
            if truth and truth.verdict != "in-workflow":
                truth.does = frozenset({does})

    def document(self, at, **more):
        secret = self.secret
        variable = {"value": secret("variable")}
        planned = {"resources": [{"address": "aws_x.y", "values": {"p": secret("planned values")}}]}
        output = {"before": secret("output change"), "after": secret("output change")}
        prior = {"outputs": {"p": {"sensitive": True, "value": secret("prior state")}}}
        return {
            "format_version": "1.2",
            "terraform_version": "1.9.8",
            "variables": {"db_password": variable},
            "planned_values": {"root_module": planned},
            "output_changes": {"p": {"actions": ["no-op"], **output}},
            "prior_state": {"format_version": "1.0", "values": prior},
            "configuration": {"root_module": {"variables": {"p": {"default": secret("configuration")}}}},
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "applyable": True,
            "complete": True,
            "errored": False,
            **more,
        }

    def files(self, stack):
        """Return a stack's plans, by kind, in the order in which they are handed over: an old one, a failed one, the one that counts, a refresh."""
        ago = self.estate.world.ago
        if stack == REFRESHED:
            plans = {"refresh-only plan": self.document(ago(minutes=54), resource_drift=self.drift[stack])}
        else:
            turned = []
            for each in self.changes[stack]:
                other = ["no-op"] if each["change"]["actions"] != ["no-op"] else ["update"]
                turned.append({**each, "change": {**each["change"], "actions": other}})
            cut = {"errored": True, "complete": False, "applyable": False}
            plans = {
                "old plan": self.document(ago(hours=20), resource_changes=turned),
                "failed plan": self.document(ago(minutes=56), resource_changes=turned, **cut),
                "plan": self.document(ago(minutes=55), resource_changes=self.changes[stack]),
            }
        return {name: json.dumps(each).encode() for name, each in plans.items()}
