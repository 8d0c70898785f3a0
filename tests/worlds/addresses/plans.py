"""Plans as `terraform show -json` writes them, and the changes that they tell about."""

from collections import defaultdict

from tests.worlds.addresses.estate import Group
from tests.worlds.addresses.parts import PARTED, siblings

PLANNED = ("app-prod", "net-prod", "edge")
REFRESHED = "tools"
"""Of this stack there is a plan that only refreshes."""
USUAL = ("github", "equal names in two accounts", "one name, many types", "two regions")
"""Labels of objects of which nothing but the plan is to be told."""
SORTS = (
    "aws_dynamodb_table",
    "aws_kms_key",
    "aws_instance",
    "aws_lb_target_group",
    "aws_ecs_cluster",
    "aws_vpc",
)
NO_OP, UPDATE, CREATE = ["no-op"], ["update"], ["create"]
TOLD = (
    # (label, what the plan does, what the next apply does of a change that is no deletion, further of the plan)
    ("update", UPDATE, {"revert"}, {}),
    ("create", CREATE, {"unknown"}, {}),
    ("replace", ["create", "delete"], {"replace"}, {"action_reason": "replace_because_cannot_update"}),
    ("no-op", NO_OP, {"nothing"}, {}),
    ("delete", ["delete"], {"unknown"}, {"action_reason": "delete_because_no_resource_config"}),
    ("forget", ["forget"], {"unknown", "nothing"}, {}),
    # The change came after the plan: the plan says nothing of it.
    ("older than the change", NO_OP, {"unknown"}, {}),
)


class Plans(Group):
    """Plans of some stacks: for each a recent one, an older one, one that failed; for one, a refresh alone."""

    def __init__(self, estate):
        super().__init__(estate)
        self.secret = estate.canaries.new
        self.changes, self.drift = defaultdict(list), []

    def living(self, label, stack):
        sort, key = self.random.choice(SORTS), self.pick(None, 0, 'a "b"', "$(touch pwned)")
        return self.alone(f"plan: {label}", stack, sort, key=key)

    def says(self, living, actions, *, address=None, **more):
        """Write one change into the plan of an object's stack; return the entry."""
        stack, address = living.homes[0][0], address or living.home
        (type_, name), _, instance = stack.state.found(address)
        state = instance["attributes"].items()
        ids = {
            key: text for key, text in state if isinstance(text, str) and not text.startswith(("cnry", "{"))
        }
        before = after = {**ids, "password": self.secret("plan"), "description": self.secret("plan")}
        if actions == CREATE:
            after = {key: text for key, text in before.items() if key not in {"id", "arn"}}
        change = {
            "actions": actions,
            "before": None if actions == CREATE else before,
            "after": None if actions == ["delete"] else {**after, "password": self.secret("plan")},
            "after_unknown": {"id": True},
            "before_sensitive": {"password": True},
        }
        entry = {"address": address, "mode": "managed", "type": type_, "name": name, "change": change}
        entry |= {"provider_name": "registry.terraform.io/hashicorp/aws", **more}
        self.changes[stack.name].append(entry)
        return entry

    def part_told(self, turn):
        """Let the plan tell of one object, and somebody change or delete it."""
        for stack in PLANNED:
            for label, actions, does, more in TOLD:
                living = self.living(label, stack)
                self.says(living, actions[::-1] if turn % 2 else actions, **more)
                late = {"minutes": self.random.uniform(46, 50)} if label == "older than the change" else {}
                self.deed(living, "delete" if actions == CREATE else "attribute", attribute=does, **late)

    def part_deposed_and_moved(self, _turn):
        """Beside what stays, the plan deletes what is left of an older one; or the code calls it otherwise by now."""
        for stack in PLANNED:
            living = self.living("deletes a deposed one", stack)
            self.says(living, NO_OP)
            entry = self.says(living, ["delete"], deposed="0a1b2c3d")
            entry["change"]["before"] |= {"id": "of-another", "arn": None}
            self.deed(living, "attribute", attribute={"nothing", "unknown"})
            living = self.living("moved", stack)
            new = f"module.new.{living.home}"
            self.says(living, UPDATE).update({"address": new, "previous_address": living.home})
            truth = self.deed(living, "attribute", attribute={"revert", "unknown"})
            truth.right["addresses"] |= {new}

    def part_drift(self, _turn):
        """Only what a refresh would take over is known."""
        living = self.living("drift alone", REFRESHED)
        self.drift.append(self.says(living, UPDATE))
        self.deed(living, "attribute")

    def part_of_another_address(self, _turn):
        """The bucket itself stays; what is put back has an address of its own."""
        living = self.alone("plan: of a further address", "net-prod", "aws_s3_bucket")
        if not living.same:
            ids, name = {"id": living.thing.id, "bucket": living.thing.id}, living.home.partition(".")[2]
            living.same.append(self.stacks["net-prod"].state.put("aws_s3_bucket_versioning", name, ids))
        self.says(living, NO_OP)
        self.says(living, UPDATE, address=living.same[0])
        self.deed(living, "attribute", attribute={"revert", "unknown"})

    def part_rules(self, _turn):
        """A rule with an address was taken: the group stays, the plan makes the rule again; and one was added."""
        type_ = "aws_security_group"
        parted = PARTED[type_]
        for label, made, does in (
            ("is made again", parted.take, "recreate"),
            ("too many", parted.add, "nothing"),
        ):
            living = self.alone(f"plan: a part {label}", "net-prod", type_, shape=parted.shape)
            siblings(self.estate, living, parted)
            for address in (living.home, *living.parts):
                again = does == "recreate" and address == living.parts[0]
                self.says(living, CREATE if again else NO_OP, address=address)
            self.estate.change(living, made(self.estate.m, living.kind), does={does})

    def complete(self):
        """Let the plans tell of all else in their stacks: as real ones do, whether it changes or not."""
        truths = {id(truth.living): truth for truth in self.estate.truths}
        for living in self.estate.objects:
            if living.label not in USUAL or living.homes[0][0].name not in PLANNED:
                continue
            truth, actions, does = truths.get(id(living)), NO_OP, "nothing"
            if truth and "recreate" in truth.right["does"]:
                actions, does = CREATE, "recreate"
            elif truth and self.random.random() < 0.7:
                actions, does = UPDATE, "revert"
            self.says(living, actions)
            for address in living.same:
                self.says(living, actions if actions == CREATE else NO_OP, address=address)
            if truth and truth.verdict != "in-workflow":
                truth.right["does"] = frozenset({does})

    def document(self, at, **more):
        secret = self.secret
        planned = {"resources": [{"address": "aws_x.y", "values": {"p": secret("planned values")}}]}
        prior = {"outputs": {"p": {"sensitive": True, "value": secret("prior state")}}}
        return {
            "format_version": "1.2",
            "variables": {"db_password": {"value": secret("variable")}},
            "planned_values": {"root_module": planned},
            "output_changes": {"p": {"actions": ["no-op"], "before": secret("output change")}},
            "prior_state": {"format_version": "1.0", "values": prior},
            "configuration": {"root_module": {"variables": {"p": {"default": secret("configuration")}}}},
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "complete": True,
            "errored": False,
            **more,
        }

    def files(self):
        """Yield stack, kind and plan in the order in which they are handed over: an old one, a failed one, the one that counts; a refresh."""
        ago = self.estate.world.ago
        for stack in PLANNED:
            turned = []
            for each in self.changes[stack]:
                other = NO_OP if each["change"]["actions"] != NO_OP else UPDATE
                turned.append({**each, "change": {**each["change"], "actions": other}})
            cut = {"errored": True, "complete": False}
            yield stack, "old plan", self.document(ago(hours=20), resource_changes=turned)
            yield stack, "failed plan", self.document(ago(minutes=56), resource_changes=turned, **cut)
            yield stack, "plan", self.document(ago(minutes=55), resource_changes=self.changes[stack])
        yield REFRESHED, "refresh-only plan", self.document(ago(minutes=54), resource_drift=self.drift)
