"""Further traps: ids that several types share, parts that look like the object, and objects that moved or were made again."""

from tests.worlds.addresses.estate import HOME, OWN, SECOND, Living
from tests.worlds.addresses.sorts import BARE, BY_TYPE
from tests.worlds.addresses.specials import ANY, EITHER
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


class Traps:
    """Plays them; each label is one kind."""

    def __init__(self, stage):
        self.stage, self.estate, self.random = stage, stage.estate, stage.random

    def play(self, rounds):
        for turn in range(rounds):
            for part in (
                self.one_name, self.one_name_bare, self.looks_like_a_function, self.looks_like_a_bucket, self.looks_like_a_table,
                self.parts_of_a_function, self.old_types, self.another_stack, self.made_again, self.replaced, self.foreign_arn, self.target_of_a_rule,
            ):  # fmt: skip
                part(turn)

    def deed(self, living, deed=None, **more):
        return self.stage.deed(living, deed or self.random.choice(("attribute", "tag", "delete")), **more)

    def one_name(self, turn):
        """Objects of several types that have one name, in one state."""
        name = f"same-{self.estate.seed}-{turn}"
        for sort in self.random.sample(SHARED, 5):
            self.deed(
                self.estate.alone("one name, many types", self.estate.stacks["app-prod"], sort, name=name)
            )

    def one_name_bare(self, turn):
        """The same without ARNs, of an account that the configuration tells."""
        name, stack = f"plain-{self.estate.seed}-{turn}", self.estate.stacks["bare-ruled"]
        for sort in self.random.sample(SHARED, 4):
            self.deed(self.estate.alone("one name, many types, no ARN", stack, sort, name=name, arn=False))

    # Parts and neighbours whose ids look like the object's.

    def orphan(self, label, type_, name, decoys):
        living = self.estate.alone(label, None, type_, account=OWN, name=name)
        state = self.estate.stacks["app-prod"].state
        for number, (kind, attributes) in enumerate(decoys(living.thing)):
            state.put(kind, f"near_{digits(name, 4)}_{number}", attributes)
        may = {"nothing", "unknown"}
        self.deed(living, attribute=may, deleted=may)

    def looks_like_a_function(self, turn):
        name = f"fn-{self.estate.seed}-{turn}"
        self.orphan("orphan with parts in a state", "aws_lambda_function", name, lambda thing: (
            ("aws_lambda_permission", {"id": name, "function_name": name, "statement_id": name}),
            ("aws_lambda_alias", {"id": f"{thing.arn}:live", "arn": f"{thing.arn}:live", "function_name": name, "name": "live"}),
            ("aws_cloudwatch_log_group", {"id": f"/aws/lambda/{name}", "arn": f"arn:aws:logs:{HOME}:{OWN}:log-group:/aws/lambda/{name}"}),
            ("aws_ecs_task_definition", {"id": name, "arn": f"arn:aws:ecs:{HOME}:{OWN}:task-definition/{name}:3", "family": name}),
        ))  # fmt: skip

    def looks_like_a_bucket(self, turn):
        name = f"files-{self.estate.seed}-{turn}"
        self.orphan("orphan with parts in a state", "aws_s3_bucket", name, lambda thing: (
            ("aws_s3_object", {"id": thing.id, "bucket": "another-bucket", "key": thing.id}),
            ("aws_iam_role", {"id": thing.id, "arn": f"arn:aws:iam::{OWN}:role/{thing.id}", "name": thing.id}),
        ))  # fmt: skip

    def looks_like_a_table(self, turn):
        name = f"rows-{self.estate.seed}-{turn}"
        self.orphan("orphan with parts in a state", "aws_dynamodb_table", name, lambda _thing: (
            ("aws_dynamodb_table_item", {"id": f"{name}|key||", "table_name": name}),
            ("aws_appautoscaling_target", {"id": f"table/{name}", "resource_id": f"table/{name}", "arn": f"arn:aws:application-autoscaling:{HOME}:{OWN}:scalable-target/0ab1"}),
            ("aws_glue_catalog_table", {"id": f"{OWN}:db:{name}", "arn": f"arn:aws:glue:{HOME}:{OWN}:table/db/{name}", "name": name}),
        ))  # fmt: skip

    def parts_of_a_function(self, _turn):
        """What belongs to a function and is none of its addresses."""
        stack = self.estate.stacks["app-prod"]
        living = self.estate.alone("parts of a function", stack, "aws_lambda_function")
        name, arn = living.thing.name, living.thing.arn
        for kind, attributes in (
            ("aws_lambda_permission", {"id": "AllowExecution", "function_name": name}),
            ("aws_lambda_alias", {"id": f"{arn}:live", "arn": f"{arn}:live", "function_name": arn, "name": "live"}),
            ("aws_lambda_event_source_mapping", {"id": "1f2e", "function_name": arn, "function_arn": arn, "arn": f"{arn.replace('function', 'event-source-mapping')}"}),
        ):  # fmt: skip
            living.parts.append(stack.state.put(kind, f"of_{self.estate.number()}", attributes))
        self.deed(living, self.random.choice(("tag", "delete")))

    def old_types(self, turn):
        """Under the older name of its type, or as what was there by default."""
        type_ = list(OLD_TYPES)[(turn + self.estate.seed) % len(OLD_TYPES)]
        stack = self.estate.stacks["app-prod" if type_.startswith("aws_lb") or turn % 2 else "bare"]
        living = self.estate.alone(
            "another type's name", stack, type_, type_=OLD_TYPES[type_], arn=stack.name != "bare"
        )
        self.deed(living, "tag")

    # Objects that moved, and what came after them.

    def another_stack(self, turn):
        """It was moved from one stack's state into another's: only the new place is right."""
        old, new = self.estate.stacks["data"], self.estate.stacks[("net-prod", "app-prod")[turn % 2]]
        living = self.estate.alone("moved into another stack", old, "aws_kms_key")
        self.estate.leaving.setdefault(old.name, []).append(living.homes.pop()[1])
        self.estate.live(new, living, f"came_{self.estate.number()}")
        self.deed(living)

    def successor(self, label, turn):
        """Put an object under an address that another object has now; return the older one."""
        stack = self.estate.stacks["data"]
        sort = BY_TYPE[("aws_kms_key", "aws_vpc", "aws_instance")[turn % 3]]
        living = self.estate.alone(label, stack, sort)
        home = living.homes.pop()[1]
        kind = self.estate.thing(sort, stack.account, stack.region)
        later = Living(label=f"{label}, its successor", sort=sort, kind=kind)
        place, block, old = stack.state.found(home)
        assert place[2] == sort.type
        assert not block["instances"][1:]
        new = {**old, "attributes": self.estate.attributes(sort, kind.thing, stack.state.provider)}
        block["instances"].append(new)
        self.estate.replacing.setdefault(stack.name, []).append((old, new))
        later.homes.append((stack, home))
        self.estate.objects.append(later)
        return living, later, home

    def made_again(self, turn):
        """Deleted by a person, and made again by an apply since: the next apply does nothing about it."""
        living, later, home = self.successor("made again already", turn)
        self.deed(
            living,
            "delete",
            deleted={"nothing", "unknown"},
            addresses=(home, None),
            evidence=EITHER,
            precision=ANY,
            targets=(home,),
        )
        self.deed(later, "attribute")

    def replaced(self, turn):
        """Changed by a person, and replaced by an apply since."""
        living, later, home = self.successor("replaced since", turn)
        may = {"nothing", "unknown"}
        self.deed(
            living,
            "attribute",
            attribute=may,
            deleted=may,
            addresses=(home, None),
            evidence=EITHER,
            precision=ANY,
            targets=(home,),
        )
        self.deed(later)

    # ARNs in a state that are another object's, or another account's.

    def foreign_arn(self, turn):
        """A state without ARNs of its own; some in it are another account's, where objects have the same names."""
        stack, name = self.estate.stacks["foreign"], f"abroad-{self.estate.seed}-{turn}"
        far = f"arn:aws:sns:{HOME}:{SECOND}:alerts-{turn}"
        put = stack.state.put
        put(
            "aws_sns_topic_subscription",
            f"far_{turn}",
            {
                "id": f"{far}:1f2e3d4c-0000-4000-8000-00000000000{turn}",
                "arn": f"{far}:1f2e3d4c-0000-4000-8000-00000000000{turn}",
                "topic_arn": far,
            },
        )
        put(
            "aws_cloudwatch_event_target",
            f"far_{turn}",
            {
                "id": f"rule-{turn}-far",
                "arn": f"arn:aws:events:{HOME}:{SECOND}:event-bus/central",
                "rule": "x",
            },
        )
        put(
            "aws_iam_role_policy_attachment",
            f"far_{turn}",
            {"id": f"{name}-2025", "role": name, "policy_arn": f"arn:aws:iam::{SECOND}:policy/far"},
        )
        put(
            "aws_secretsmanager_secret_policy",
            f"far_{turn}",
            {
                "id": f"arn:aws:secretsmanager:{HOME}:{SECOND}:secret:far-AbCdEf",
                "secret_arn": f"arn:aws:secretsmanager:{HOME}:{SECOND}:secret:far-AbCdEf",
            },
        )
        sort = self.random.choice(SHARED)
        mine = self.estate.alone(
            "beside foreign ARNs", stack, sort, account=OWN, region=HOME, name=name, arn=False
        )
        self.deed(mine, "attribute", addresses=(mine.homes[0][1], None), evidence=EITHER, precision=ANY)
        other = self.estate.alone(
            "beside foreign ARNs, of another", None, sort, account=SECOND, region=HOME, name=name
        )
        self.deed(other, attribute={"unknown"}, deleted={"unknown"})

    def target_of_a_rule(self, turn):
        """A target, a mapping and a permission bear the function's ARN: none is an address of it."""
        stack = self.estate.stacks["app-prod"]
        for home in (stack, None):
            name = f"target-{self.estate.seed}-{turn}-{'a' if home else 'b'}"
            living = self.estate.alone(
                "target of a rule", home, "aws_lambda_function", account=OWN, name=name
            )
            arn, number = living.thing.arn, self.estate.number()
            put = stack.state.put
            near = [
                put("aws_cloudwatch_event_target", f"near_{number}", {"id": f"r-{number}", "arn": arn, "rule": "nightly"}),
                put("aws_sns_topic_subscription", f"near_{number}", {"id": f"arn:aws:sns:{HOME}:{OWN}:t:{number}", "arn": f"arn:aws:sns:{HOME}:{OWN}:t:{number}", "endpoint": arn}),
            ]  # fmt: skip
            if not home:
                put(
                    "aws_lambda_function_url",
                    f"near_{number}",
                    {"id": name, "function_arn": arn, "function_name": name},
                )
            living.parts += near if home else []
            may = {"nothing", "unknown"}
            self.deed(living, "tag", attribute={"unknown"} if home else may)
