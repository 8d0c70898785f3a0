"""Further traps: ids that several types share, parts that look like the object, and objects that moved or were made again."""

from tests.worlds.addresses.estate import HOME, OWN, SECOND, Group, Living
from tests.worlds.addresses.sorts import BARE, BY_TYPE
from tests.worlds.addresses.specials import LAX, MAYBE
from tests.worlds.blind.actors import digits

OLD_TYPES = {
    "aws_lb": "aws_alb",
    "aws_lb_target_group": "aws_alb_target_group",
    "aws_vpc": "aws_default_vpc",
    "aws_security_group": "aws_default_security_group",
    "aws_route_table": "aws_default_route_table",
    "aws_subnet": "aws_default_subnet",
    "aws_network_acl": "aws_default_network_acl",
}
SHARED = [sort for sort in BARE if sort.type not in {"aws_iam_role", "aws_sqs_queue", "aws_kinesis_stream"}]
UNSURE = {"attribute": MAYBE, "deleted": MAYBE}


def arn(service, tail, account=OWN):
    return f"arn:aws:{service}:{HOME}:{account}:{tail}"


def near_a_function(name, thing):
    live = f"{thing.arn}:live"
    return (
        ("aws_lambda_permission", {"id": name, "function_name": name, "statement_id": name}),
        ("aws_lambda_alias", {"id": live, "arn": live, "function_name": name, "name": "live"}),
        ("aws_cloudwatch_log_group", {"id": f"/aws/lambda/{name}", "arn": arn("logs", f"log-group:/aws/lambda/{name}")}),
        ("aws_ecs_task_definition", {"id": name, "arn": arn("ecs", f"task-definition/{name}:3"), "family": name}),
    )  # fmt: skip


def near_a_bucket(_name, thing):
    role = f"arn:aws:iam::{OWN}:role/{thing.id}"
    return (
        ("aws_s3_object", {"id": thing.id, "bucket": "another-bucket", "key": thing.id}),
        ("aws_iam_role", {"id": thing.id, "arn": role, "name": thing.id}),
    )


def near_a_table(name, _thing):
    id_, target = f"table/{name}", arn("application-autoscaling", "scalable-target/0ab1")
    glue = {"id": f"{OWN}:db:{name}", "arn": arn("glue", f"table/db/{name}"), "name": name}
    return (
        ("aws_dynamodb_table_item", {"id": f"{name}|key||", "table_name": name}),
        ("aws_appautoscaling_target", {"id": id_, "resource_id": id_, "arn": target}),
        ("aws_glue_catalog_table", glue),
    )


NEAR = (
    ("aws_lambda_function", "fn", near_a_function),
    ("aws_s3_bucket", "files", near_a_bucket),
    ("aws_dynamodb_table", "rows", near_a_table),
)


class Traps(Group):
    """Plays them; each label is one kind."""

    def parts(self):
        return (
            self.one_name, self.looks_like_it, self.parts_of_a_function, self.old_types, self.another_stack,
            self.made_again, self.replaced, self.foreign_arn, self.target_of_a_rule,
        )  # fmt: skip

    def one_name(self, turn):
        """Objects of several types that have one name, in one state; and without ARNs, of a known account."""
        name = f"same-{self.estate.seed}-{turn}"
        for sort in self.random.sample(SHARED, 5):
            self.deed(self.alone("one name, many types", "app-prod", sort, name=name))
        name = f"plain-{self.estate.seed}-{turn}"
        for sort in self.random.sample(SHARED, 4):
            self.deed(self.alone("one name, many types, no ARN", "bare-ruled", sort, name=name, arn=False))

    def looks_like_it(self, turn):
        for type_, prefix, decoys in NEAR:
            name = f"{prefix}-{self.estate.seed}-{turn}"
            living = self.alone("orphan with parts in a state", None, type_, account=OWN, name=name)
            for number, (kind, attributes) in enumerate(decoys(name, living.thing)):
                self.stacks["app-prod"].state.put(kind, f"near_{digits(name, 4)}_{number}", attributes)
            self.deed(living, **UNSURE)

    def parts_of_a_function(self, _turn):
        """What belongs to a function and is none of its addresses."""
        living = self.alone("parts of a function", "app-prod", "aws_lambda_function")
        name, own = living.thing.name, living.thing.arn
        mapping = {"id": "1f2e", "function_name": own, "function_arn": own}
        for kind, attributes in (
            ("aws_lambda_permission", {"id": "AllowExecution", "function_name": name}),
            ("aws_lambda_alias", {"id": f"{own}:live", "arn": f"{own}:live", "function_name": own, "name": "live"}),
            ("aws_lambda_event_source_mapping", {**mapping, "arn": own.replace("function", "event-source-mapping")}),
        ):  # fmt: skip
            home = self.stacks["app-prod"].state.put(kind, f"of_{self.estate.number()}", attributes)
            living.parts.append(home)
        self.deed(living, self.pick("tag", "delete"))

    def old_types(self, turn):
        """Under the older name of its type, or as what was there by default."""
        type_ = list(OLD_TYPES)[(turn + self.estate.seed) % len(OLD_TYPES)]
        stack = "app-prod" if type_.startswith("aws_lb") or turn % 2 else "bare"
        more = {"type_": OLD_TYPES[type_], "arn": stack != "bare"}
        self.deed(self.alone("another type's name", stack, type_, **more), "tag")

    def another_stack(self, turn):
        """It was moved from one stack's state into another's: only the new place is right."""
        living = self.alone("moved into another stack", "data", "aws_kms_key")
        self.stacks["data"].leaving.append(living.homes.pop()[1])
        new = self.stacks[("net-prod", "app-prod")[turn % 2]]
        self.estate.live(new, living, f"came_{self.estate.number()}")
        self.deed(living)

    def successor(self, label, turn):
        """Put an object under an address that another object has now; return both, and what is lax of the older."""
        stack, sort = self.stacks["data"], BY_TYPE[("aws_kms_key", "aws_vpc", "aws_instance")[turn % 3]]
        living = self.alone(label, stack, sort)
        home = living.homes.pop()[1]
        kind = self.estate.born(sort, stack.account, stack.region)
        place, block, old = stack.state.found(home)
        assert place[2] == sort.type
        assert not block["instances"][1:]
        new = {**old, "attributes": self.estate.attributes(sort, kind.thing, stack.state.provider)}
        block["instances"].append(new)
        stack.replacing.append((old, new))
        homes = [(stack, home)]
        later = Living(label=f"{label}, its successor", sort=sort, kind=kind, homes=homes)
        self.estate.objects.append(later)
        return living, later, {"addresses": (home, None), "targets": (home,), **LAX}

    def made_again(self, turn):
        """Deleted by a person, and made again by an apply since: the next apply does nothing about it."""
        living, later, lax = self.successor("made again already", turn)
        self.deed(living, "delete", deleted=MAYBE, **lax)
        self.deed(later, "attribute")

    def replaced(self, turn):
        """Changed by a person, and replaced by an apply since."""
        living, later, lax = self.successor("replaced since", turn)
        self.deed(living, "attribute", **UNSURE, **lax)
        self.deed(later)

    def foreign_arn(self, turn):
        """A state without ARNs of its own; some in it are another account's, where objects have the same names."""
        name = f"abroad-{self.estate.seed}-{turn}"
        topic, bus = arn("sns", f"alerts-{turn}", SECOND), arn("events", "event-bus/central", SECOND)
        id_ = f"{topic}:1f2e3d4c-0000-4000-8000-00000000000{turn}"
        policy = f"arn:aws:iam::{SECOND}:policy/far"
        secret = arn("secretsmanager", "secret:far-AbCdEf", SECOND)
        for kind, attributes in (
            ("aws_sns_topic_subscription", {"id": id_, "arn": id_, "topic_arn": topic}),
            ("aws_cloudwatch_event_target", {"id": f"rule-{turn}-far", "arn": bus, "rule": "x"}),
            ("aws_iam_role_policy_attachment", {"id": f"{name}-2025", "role": name, "policy_arn": policy}),
            ("aws_secretsmanager_secret_policy", {"id": secret, "secret_arn": secret}),
        ):
            self.stacks["foreign"].state.put(kind, f"far_{turn}", attributes)
        sort, at = self.random.choice(SHARED), {"region": HOME, "name": name}
        mine = self.alone("beside foreign ARNs", "foreign", sort, account=OWN, arn=False, **at)
        self.deed(mine, "attribute", addresses=(mine.home, None), **LAX)
        other = self.alone("beside foreign ARNs, of another", None, sort, account=SECOND, **at)
        self.deed(other, deleted={"unknown"})

    def target_of_a_rule(self, turn):
        """A target, a mapping and a permission bear the function's ARN: none is an address of it."""
        put = self.stacks["app-prod"].state.put
        for stack, which in (("app-prod", "a"), (None, "b")):
            name = f"target-{self.estate.seed}-{turn}-{which}"
            living = self.alone("target of a rule", stack, "aws_lambda_function", account=OWN, name=name)
            own, number = living.thing.arn, self.estate.number()
            topic = arn("sns", f"t:{number}")
            target = {"id": f"r-{number}", "arn": own, "rule": "nightly"}
            subscription = {"id": topic, "arn": topic, "endpoint": own}
            near = [put("aws_cloudwatch_event_target", f"near_{number}", target)]
            near.append(put("aws_sns_topic_subscription", f"near_{number}", subscription))
            if stack is None:
                url = {"id": name, "function_arn": own, "function_name": name}
                put("aws_lambda_function_url", f"near_{number}", url)
            living.parts += near if stack else []
            self.deed(living, "tag", attribute={"unknown"} if stack else MAYBE)
