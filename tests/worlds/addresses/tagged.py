"""Objects whose tags tell where they come from: stacks, Crossplane, provenance tags; and what contradicts them."""

from functools import partial

from tests.worlds.addresses.estate import OWN, SECOND, THIRD, Group
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
NOTHING, MAYBE, LOST = {"nothing"}, {"nothing", "unknown"}, {"recreate", "unknown", "nothing"}


class Tagged(Group):
    """Plays changes of tagged objects; none of CloudFormation's is in a state, unless it says so."""

    def parts(self):
        for label, more in (
            ("CloudFormation", {"managed": "cloudformation"}),
            ("CDK", {"managed": "cdk", "logical": "OrdersQueue8C2F1A3B"}),
            ("SAM", {"managed": "sam", "tags": {"lambda:createdBy": "SAM"}}),
        ):
            yield partial(self.by_stack, f"tags: {label}", **more)
        yield from (self.crossplane, self.pulumi, self.yor, self.yor_and_index, self.own_tags, self.both)

    def made(self, label, managed, tags, *, stack=None, account=None):
        sort = self.random.choice(SORTS)
        account = account or (self.stacks[stack].account if stack else self.pick(OWN, SECOND, THIRD))
        return self.alone(label, stack, sort, account=account, managed=managed, tags=tags)

    def either(self, living, *deeds, **right):
        self.deed(living, self.pick(*(deeds or ("attribute", "delete"))), targets=(), **right)

    def names(self, turn, account, logical="Orders"):
        """Return CloudFormation's tags, and what may be said of the address."""
        name = f"shop-{self.estate.seed}-{turn}"
        uuid = digits(name, 32)
        id_ = f"stack/{name}/{uuid[:8]}-1111-11f0-9c57-{uuid[:12]}"
        tags = {
            "stack-name": name,
            "stack-id": f"arn:aws:cloudformation:eu-west-1:{account}:{id_}",
            "logical-id": f"{logical}{turn}",
        }
        one = tags["logical-id"]
        right = {"addresses": (one, f"{name}/{one}", f"{name}.{one}"), "stack": name}
        right |= {"evidence": {"stack-tags"}, "precision": {"instance"}}
        return {f"aws:cloudformation:{key}": text for key, text in tags.items()}, right

    def by_stack(self, label, turn, *, managed, logical="Orders", tags=()):
        account = self.pick(OWN, SECOND)
        own, right = self.names(turn, account, logical)
        living = self.made(label, managed, {**own, **dict(tags)}, account=account)
        right |= {"engines": {"cloudformation", managed}, "attribute": NOTHING, "deleted": NOTHING}
        self.either(living, "attribute", "tag", "delete", **right)

    def crossplane(self, turn):
        name, kind = f"orders-{self.estate.seed}-{turn}", "queue.sqs.aws.upbound.io"
        tags = {"kind": kind, "name": name, "providerconfig": "default"}
        tags = {f"crossplane-{key}": text for key, text in tags.items()}
        right = {"addresses": (name, f"{kind}/{name}", f"queue/{name}"), "precision": {"instance"}}
        right |= {"engines": {"crossplane"}, "evidence": {"stack-tags", "tags"}}
        living = self.made("tags: Crossplane", "crossplane", tags)
        self.either(living, attribute={"revert"}, deleted={"revert", "recreate"}, **right)

    def pulumi(self, turn):
        living = self.made("tags: Pulumi", "pulumi", {"pulumi:stack": "acme/shop/prod"})
        self.either(living, attribute=MAYBE, deleted=MAYBE, addresses=(None,), engines={"pulumi", None})

    def yor(self, turn):
        """Provenance tags alone: they name a block at best."""
        file = f"modules/q{turn}/main.tf"
        tags = {
            "git_file": file, "git_repo": "infra", "git_org": "acme", "git_commit": digits(str(turn), 40),
            "yor_name": "orders", "yor_trace": "8f2c6f0e-3c1a-4b52-9d57-1b7c4c1a9d57", "git_modifiers": "alice",
        }  # fmt: skip
        living = self.made("tags: yor", "terraform", tags)
        right = {"addresses": (None, "orders", f"{living.sort.type}.orders"), "path": file}
        right |= {"evidence": {"tags"}, "precision": {"block", "stack"}}
        self.either(living, attribute=MAYBE, deleted=LOST, **right)

    def yor_and_index(self, turn):
        """Provenance tags beside the index: the index tells the instance."""
        git = {"git_file": "modules/z/main.tf", "git_repo": "infra", "git_org": "acme"}
        tags = {**git, "yor_name": "one", "owner": "@acme/tagged"}
        living = self.made("tags: yor, and in a state", "terraform", tags, stack="app-prod")
        self.deed(living, self.pick("attribute", "delete"))

    def own_tags(self, turn):
        tags = {"repo": "acme/custom", "stack": f"live/custom-{turn}", "owner": "@acme/custom"}
        living = self.made("tags: the company's", "terraform", tags)
        right = {"addresses": (None,), "evidence": {"tags"}, "precision": {"stack", "block"}}
        right |= {"repository": tags["repo"], "stack": tags["stack"], "owner": tags["owner"]}
        self.either(living, attribute=MAYBE, deleted=LOST, **right)

    def both(self, turn):
        """A stack's tags on what is in a state too: the stack's are first, and the other is told."""
        own, right = self.names(turn, OWN, "Both")
        living = self.made("tags: CloudFormation, and in a state", "cloudformation", own, stack="app-prod")
        right |= {"engines": {"cloudformation"}, "attribute": MAYBE, "targets": ()}
        self.deed(living, "attribute", **right)
