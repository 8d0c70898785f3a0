"""Objects whose tags tell where they come from: stacks, Crossplane, provenance tags; and what contradicts them."""

from tests.worlds.addresses.estate import OWN, SECOND, THIRD
from tests.worlds.blind.actors import digits

SORTS = (
    "aws_sqs_queue",
    "aws_dynamodb_table",
    "aws_lambda_function",
    "aws_sns_topic",
    "aws_kms_key",
    "aws_vpc",
    "aws_iam_role",
)


class Tagged:
    """Plays changes of tagged objects; none of CloudFormation's is in a state, unless it says so."""

    def __init__(self, stage):
        self.stage, self.estate, self.random = stage, stage.estate, stage.random

    def play(self, rounds=4):
        for turn in range(rounds):
            for part in (
                self.stack, self.cdk, self.sam, self.crossplane, self.pulumi, self.yor, self.yor_and_index, self.own_tags, self.both,
            ):  # fmt: skip
                part(turn)

    def made(self, label, managed, tags, *, stack=None, account=None):
        return self.estate.alone(
            label, stack, self.random.choice(SORTS), account=account or (stack.account if stack else self.random.choice((OWN, SECOND, THIRD))),
            managed=managed, tags=tags,
        )  # fmt: skip

    def names(self, turn, account, logical="Orders"):
        name = f"shop-{self.estate.seed}-{turn}"
        uuid = digits(name, 32)
        return {
            "aws:cloudformation:stack-name": name,
            "aws:cloudformation:stack-id": f"arn:aws:cloudformation:eu-west-1:{account}:stack/{name}/{uuid[:8]}-1111-11f0-9c57-{uuid[:12]}",
            "aws:cloudformation:logical-id": f"{logical}{turn}",
        }

    def by_stack(self, label, turn, engines, tags=None, *, logical="Orders", managed="cloudformation"):
        account = self.random.choice((OWN, SECOND))
        own = self.names(turn, account, logical)
        living = self.made(label, managed, {**own, **(tags or {})}, account=account)
        stack, name = own["aws:cloudformation:stack-name"], own["aws:cloudformation:logical-id"]
        self.stage.deed(
            living, self.random.choice(("attribute", "tag", "delete")), attribute={"nothing"}, deleted={"nothing"},
            addresses=(name, f"{stack}/{name}", f"{stack}.{name}"), evidence={"stack-tags"}, precision={"instance"},
            engines=engines, stack=stack, targets=(),
        )  # fmt: skip

    def stack(self, turn):
        self.by_stack("tags: CloudFormation", turn, {"cloudformation"})

    def cdk(self, turn):
        self.by_stack(
            "tags: CDK", turn, {"cloudformation", "cdk"}, logical="OrdersQueue8C2F1A3B", managed="cdk"
        )

    def sam(self, turn):
        self.by_stack(
            "tags: SAM", turn, {"cloudformation", "sam"}, {"lambda:createdBy": "SAM"}, managed="sam"
        )

    def crossplane(self, turn):
        name = f"orders-{self.estate.seed}-{turn}"
        tags = {
            "crossplane-kind": "queue.sqs.aws.upbound.io", "crossplane-name": name, "crossplane-providerconfig": "default",
        }  # fmt: skip
        living = self.made("tags: Crossplane", "crossplane", tags)
        self.stage.deed(
            living, self.random.choice(("attribute", "delete")), attribute={"revert"}, deleted={"revert", "recreate"}, engines={"crossplane"},
            addresses=(name, f"queue.sqs.aws.upbound.io/{name}", f"queue/{name}"), evidence={"stack-tags", "tags"},
            precision={"instance"}, targets=(),
        )  # fmt: skip

    def pulumi(self, turn):
        living = self.made("tags: Pulumi", "pulumi", {"pulumi:stack": "acme/shop/prod"})
        self.stage.deed(
            living, self.random.choice(("attribute", "delete")), attribute={"nothing", "unknown"}, deleted={"nothing", "unknown"}, targets=(),
            addresses=(None,), engines={"pulumi", None},
        )  # fmt: skip

    def yor(self, turn):
        """Provenance tags alone: they name a block at best."""
        tags = {
            "git_file": f"modules/q{turn}/main.tf", "git_repo": "infra", "git_org": "acme", "git_commit": digits(str(turn), 40),
            "yor_name": "orders", "yor_trace": "8f2c6f0e-3c1a-4b52-9d57-1b7c4c1a9d57", "git_modifiers": "alice",
        }  # fmt: skip
        living = self.made("tags: yor", "terraform", tags)
        self.stage.deed(
            living, self.random.choice(("attribute", "delete")), attribute={"unknown", "nothing"}, deleted={"recreate", "unknown", "nothing"},
            addresses=(None, "orders", f"{living.sort.type}.orders"), evidence={"tags"}, precision={"block", "stack"}, targets=(), path=f"modules/q{turn}/main.tf",
        )  # fmt: skip

    def yor_and_index(self, turn):
        """Provenance tags beside the index: the index tells the instance."""
        tags = {
            "git_file": "modules/z/main.tf",
            "git_repo": "infra",
            "git_org": "acme",
            "yor_name": "one",
            "owner": "@acme/tagged",
        }
        living = self.made(
            "tags: yor, and in a state", "terraform", tags, stack=self.estate.stacks["app-prod"]
        )
        self.stage.deed(living, self.random.choice(("attribute", "delete")))

    def own_tags(self, turn):
        tags = {"repo": "acme/custom", "stack": f"live/custom-{turn}", "owner": "@acme/custom"}
        living = self.made("tags: the company's", "terraform", tags)
        self.stage.deed(
            living, self.random.choice(("attribute", "delete")), attribute={"unknown", "nothing"}, deleted={"recreate", "unknown", "nothing"},
            addresses=(None,), evidence={"tags"}, precision={"stack", "block"}, targets=(), repository="acme/custom",
            stack=f"live/custom-{turn}", owner="@acme/custom",
        )  # fmt: skip

    def both(self, turn):
        """A stack's tags on what is in a state too: the stack's are first, and the other is told."""
        stack = self.estate.stacks["app-prod"]
        own = self.names(turn, OWN, "Both")
        living = self.made("tags: CloudFormation, and in a state", "cloudformation", own, stack=stack)
        name, logical = own["aws:cloudformation:stack-name"], own["aws:cloudformation:logical-id"]
        self.stage.deed(
            living, "attribute", attribute={"nothing", "unknown"}, addresses=(logical, f"{name}/{logical}", f"{name}.{logical}"),
            evidence={"stack-tags"}, precision={"instance"}, engines={"cloudformation"}, stack=name, targets=(), said=living.homes[0][1],
        )  # fmt: skip
