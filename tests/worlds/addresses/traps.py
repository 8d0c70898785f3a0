"""What easy answers get wrong: names that several objects share, objects of no state, parts that look like one, states that changed."""

from tests.worlds.addresses.estate import BARREN, EAST, HOME, OWN, SECOND, THIRD, Group, Living
from tests.worlds.addresses.sorts import BARE, NAMED
from tests.worlds.addresses.states import BEFORE, NOW

OLD_TYPES = {
    "aws_lb": "aws_alb",
    "aws_lb_target_group": "aws_alb_target_group",
    "aws_vpc": "aws_default_vpc",
    "aws_security_group": "aws_default_security_group",
}
LAX = {"evidence": ("index", "tags", None), "precision": ("instance", "block", "stack", None)}
"""What may stand beside an address that need not be told."""
MAYBE, LOST = {"nothing", "unknown"}, {"recreate", "unknown"}
UNSURE = {"attribute": MAYBE, "deleted": MAYBE}


def arn(service, tail, account=OWN):
    return f"arn:aws:{service}:{HOME}:{account}:{tail}"


def near_a_function(name, own):
    """Yield what belongs to a function or bears its name, and is none of its addresses."""
    target, mapping = f"t-{name}", own.replace("function", "event-source-mapping")
    topic = arn("sns", f"t:{name}")
    yield "github_repository", {"id": name, "name": name}
    yield "aws_lambda_permission", {"id": name, "function_name": name, "statement_id": name}
    yield (
        "aws_lambda_alias",
        {"id": f"{own}:live", "arn": f"{own}:live", "function_name": own, "name": "live"},
    )
    yield (
        "aws_lambda_event_source_mapping",
        {"id": "1f2e", "function_arn": own, "function_name": own, "arn": mapping},
    )
    yield "aws_lambda_function_url", {"id": name, "function_arn": own, "function_name": name}
    yield "aws_cloudwatch_event_target", {"id": target, "arn": own, "rule": "nightly"}
    yield "aws_sns_topic_subscription", {"id": topic, "arn": topic, "endpoint": own}
    yield (
        "aws_cloudwatch_log_group",
        {"id": f"/aws/lambda/{name}", "arn": arn("logs", f"log-group:/aws/lambda/{name}")},
    )
    yield (
        "aws_ecs_task_definition",
        {"id": name, "arn": arn("ecs", f"task-definition/{name}:3"), "family": name},
    )


def near_a_table(name, _own):
    id_, target = f"table/{name}", arn("application-autoscaling", "scalable-target/0ab1")
    glue = {"id": f"{OWN}:db:{name}", "arn": arn("glue", f"table/db/{name}"), "name": name}
    yield "aws_dynamodb_table_item", {"id": f"{name}|key||", "table_name": name}
    yield "aws_appautoscaling_target", {"id": id_, "resource_id": id_, "arn": target}
    yield "aws_glue_catalog_table", glue
    yield "github_repository", {"id": name, "name": name}


class Traps(Group):
    """Plays them; each label is one kind."""

    def one_of(self, label, stack, *sorts, **more):
        return self.alone(label, stack, self.pick(*sorts), **more)

    def part_one_name(self, turn):
        """Objects of one name: of several types in one state, with ARNs or without; in two regions under two aliases."""
        for label, stack, more in (
            ("one name, many types", "app-prod", {}),
            ("one name, many types, no ARN", "bare-ruled", {"arn": False}),
        ):
            name = f"{stack}-{self.estate.seed}-{turn}"
            for sort in self.random.sample(NAMED, 4):
                self.deed(self.alone(label, stack, sort, name=name, **more))
        name = f"twin-{self.estate.seed}-{turn}"
        sort = [sort for sort in BARE if not sort.everywhere][turn]
        for region, alias in ((HOME, ""), (EAST, "use1")):
            self.deed(self.alone("two regions", "net-prod", sort, region=region, alias=alias, name=name))

    def part_two_states(self, turn):
        """One object in two states: both addresses are right."""
        living = self.one_of("two states", "app-prod", "aws_sns_topic", "aws_vpc", "aws_s3_bucket")
        self.estate.live(self.stacks["tools"], living, f"shared_{turn}")
        self.deed(living, "attribute")

    def part_orphan(self, turn):
        """In no state, though others of its account are; in none as data alone; of an account that no state covers."""
        sorts = ("aws_vpc", "aws_dynamodb_table", "aws_iam_role", "aws_security_group", "aws_lambda_function")
        living = self.one_of("orphan", None, *sorts, account=self.pick(OWN, SECOND, THIRD))
        self.deed(living, attribute={"nothing"}, deleted=MAYBE)
        living = self.one_of("data only", None, "aws_vpc", "aws_kms_key", account=OWN)
        ids = {"id": living.thing.id, "arn": living.thing.arn}
        self.stacks["app-prod"].state.put(living.sort.type, f"data_{turn}", ids, data=True)
        self.deed(living, attribute={"nothing"}, deleted=MAYBE)
        sorts = ("aws_vpc", "aws_dynamodb_table", "aws_iam_role", "aws_kms_key")
        living = self.one_of("uncovered account", None, *sorts, account=BARREN)
        self.deed(living, attribute={"unknown"}, deleted=LOST)

    def part_looks_like_it(self, turn):
        """Parts and others' resources of its name lie in a state: of an object that is there, and of one that is not."""
        put = self.stacks["app-prod"].state.put
        for stack, type_, near in (
            ("app-prod", "aws_lambda_function", near_a_function),
            (None, "aws_lambda_function", near_a_function),
            (None, "aws_dynamodb_table", near_a_table),
        ):
            name = f"near-{self.estate.seed}-{turn}-{self.estate.number()}"
            label = "parts in its state" if stack else "orphan with parts in a state"
            living = self.alone(label, stack, type_, account=OWN, name=name)
            for kind, attributes in near(name, living.thing.arn):
                home = put(kind, f"near_{self.estate.number()}", attributes)
                living.parts += [home] if stack else []
            self.deed(living, *([self.pick("tag", "delete")] if stack else []), **({} if stack else UNSURE))

    def part_bare(self, turn):
        """A state without a single ARN: its name may be either account's; others' or the configuration may tell.

        Played for the object that lives there, and for one of that name in another account.
        """
        labels = {"bare": "", "bare-known": ", account known", "bare-ruled": ", account ruled"}
        for stack, label in labels.items():
            at = {"region": HOME, "name": f"{stack}-{self.estate.seed}-{turn}-{self.estate.number()}"}
            sort, sure = NAMED[(turn * 2 + len(label)) % len(NAMED)], stack == "bare-ruled"
            mine = self.alone(f"bare name{label}", stack, sort, arn=False, **at)
            self.deed(mine, "attribute", **({} if sure else {"addresses": (mine.home, None), **LAX}))
            elsewhere = SECOND if sure else OWN
            other = self.alone(f"bare name{label}, of another", None, sort, account=elsewhere, **at)
            may = MAYBE if label else {"unknown"}
            self.deed(other, attribute=may, deleted=may)
        sorts = ("aws_vpc", "aws_instance", "aws_security_group", "aws_subnet")
        self.deed(self.one_of("no ARN, one id", "bare", *sorts, arn=False))

    def part_foreign_arn(self, turn):
        """A state without ARNs of its own; some in it are another account's, where objects have the same names."""
        name = f"abroad-{self.estate.seed}-{turn}"
        topic, bus = arn("sns", f"alerts-{turn}", SECOND), arn("events", "event-bus/central", SECOND)
        id_ = f"{topic}:1f2e3d4c-0000-4000-8000-00000000000{turn}"
        policy = f"arn:aws:iam::{SECOND}:policy/far"
        for kind, attributes in (
            ("aws_sns_topic_subscription", {"id": id_, "arn": id_, "topic_arn": topic}),
            ("aws_cloudwatch_event_target", {"id": f"rule-{turn}-far", "arn": bus, "rule": "x"}),
            ("aws_iam_role_policy_attachment", {"id": f"{name}-2025", "role": name, "policy_arn": policy}),
        ):
            self.stacks["foreign"].state.put(kind, f"far_{turn}", attributes)
        sort, at = self.random.choice(NAMED), {"region": HOME, "name": name}
        mine = self.alone("beside foreign ARNs", "foreign", sort, account=OWN, arn=False, **at)
        self.deed(mine, "attribute", addresses=(mine.home, None), **LAX)
        other = self.alone("beside foreign ARNs, of another", None, sort, account=SECOND, **at)
        self.deed(other, deleted={"unknown"})

    def part_other_types(self, turn):
        """Under the older name of its type, as what was there by default, or under the Cloud Control provider."""
        type_ = list(OLD_TYPES)[(turn + self.estate.seed) % len(OLD_TYPES)]
        stack = "app-prod" if type_.startswith("aws_lb") or turn % 2 else "bare"
        more = {"type_": OLD_TYPES[type_], "arn": stack != "bare"}
        self.deed(self.alone("another type's name", stack, type_, **more), "tag")
        living = self.alone("awscc", None, "aws_s3_bucket", account=OWN)
        id_, stack = living.thing.id, self.stacks["net-prod"]
        ids = {"id": id_, "arn": living.thing.arn, "bucket_name": id_, "x": self.estate.canaries.new("awscc")}
        living.homes.append((stack, stack.state.put("awscc_s3_bucket", f"cc_{turn}", ids)))
        self.deed(living)

    def leave(self, living):
        """Let an object leave its state; return the address that it had."""
        stack, home = living.homes[0]
        for address in (home, *living.same):
            stack.state.mark(address, BEFORE)
        return home

    def part_gone(self, turn):
        """Deleted by a person: then a refresh took it out of its state, or its state went, or its stack and all."""
        stacks = {
            "gone from its state": "app-prod",
            "gone with its stack": "destroyed",
            "its state is gone": "old",
        }
        for label, stack in stacks.items():
            living = self.one_of(label, stack, "aws_sqs_queue", "aws_kms_key", "aws_vpc")
            if stack != "old":
                self.leave(living)
            self.deed(living, "delete", deleted=LOST)

    def part_forgotten(self, turn):
        """Taken out of its state by `state rm`: it lives on."""
        living = self.one_of("forgotten by its state", "data", "aws_sqs_queue", "aws_kms_key")
        here = (self.leave(living), None)
        self.deed(living, "attribute", addresses=here, attribute=MAYBE, **LAX)

    def part_moved(self, turn):
        """A newer serial knows it under another address; elsewhere an older serial arrives after the newer one."""
        for label, stack, within in (
            ("moved in its state", "data", 'module.new["x"]'),
            ("after a late older state", "edge", "module.late"),
        ):
            living = self.one_of(
                label, stack, "aws_dynamodb_table", "aws_kms_key", "aws_ecs_cluster", "aws_lb"
            )
            self.leave(living)
            living.homes, living.same = [], []
            self.estate.live(self.stacks[stack], living, f"moved_{turn}", within=within, when=NOW)
            self.deed(living)
        living = self.alone("moved into another stack", "data", "aws_kms_key")
        self.leave(living)
        new = self.stacks[("net-prod", "app-prod")[turn % 2]]
        living.homes = []
        self.estate.live(new, living, f"came_{self.estate.number()}")
        self.deed(living)

    def part_renewed(self, turn):
        """The state was made anew: another lineage, a lower serial."""
        id_ = "vpc-0aaaaaaaaaaaaaaaa"
        gone = {"id": id_, "arn": arn("ec2", f"vpc/{id_}")}
        self.stacks["renewed"].state.put("aws_vpc", f"before_{turn}", gone, when=BEFORE)
        self.deed(self.one_of("state made anew", "renewed", "aws_sqs_queue", "aws_kms_key"))

    def successor(self, label, stack, sort, *, when="", **more):
        """Put an object under an address that another object had; return both, and what is lax of the older."""
        living, stack = self.alone(label, stack, sort), self.stacks[stack]
        kind = self.estate.born(living.sort, stack.account, stack.region)
        attributes = self.estate.attributes(living.sort, kind.thing, stack.state.provider)
        home = living.home
        stack.state.put(sort, home.partition(".")[2], attributes, when=when, **more)
        other = Living(label=f"{label}, the other", sort=living.sort, kind=kind)
        self.estate.objects.append(other)
        return living, other, {"addresses": (home, None), "targets": (home,), **LAX}

    def part_made_again(self, turn):
        """Deleted or changed by a person, and made again or replaced by an apply since."""
        for label, deed, does in (
            ("made again already", "delete", "attribute"),
            ("replaced since", "attribute", ""),
        ):
            sort = ("aws_kms_key", "aws_vpc", "aws_instance")[turn % 3]
            older, newer, lax = self.successor(label, "data", sort, when=NOW)
            newer.homes, older.homes = older.homes, []
            self.stacks["data"].state.mark(newer.home, BEFORE)
            self.deed(older, deed, **UNSURE, **lax)
            self.deed(newer, does)

    def part_deposed(self, turn):
        """What is left of a replacement: the next apply destroys it."""
        more = {"deposed": f"0a1b2c3{turn}"}
        current, old, lax = self.successor("deposed", "app-prod", "aws_instance", **more)
        self.deed(current)
        self.deed(old, deleted=MAYBE, **lax)
