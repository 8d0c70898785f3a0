"""Objects whose tags tell where they come from: stacks, Crossplane, provenance tags; and what contradicts them."""

from tests.worlds.addresses.estate import OWN, SECOND, THIRD, Group
from tests.worlds.blind.actors import digits

SORTS = (
    "aws_sqs_queue",
    "aws_dynamodb_table",
    "aws_lambda_function",
    "aws_sns_topic",
    "aws_kms_key",
    "aws_iam_role",
)
NOTHING, MAYBE, LOST = {"nothing"}, {"nothing", "unknown"}, {"recreate", "unknown", "nothing"}
STACK_TAGS = {"evidence": {"stack-tags"}, "precision": {"instance"}}
GIT = {"git_file": "modules/z/main.tf", "git_repo": "infra", "git_org": "acme"}


class Tagged(Group):
    """Plays changes of tagged objects; none of CloudFormation's is in a state, unless it says so."""

    def made(self, label, managed, tags, *, stack=None, account=None):
        account = account or (self.stacks[stack].account if stack else self.pick(OWN, SECOND, THIRD))
        sort = self.random.choice(SORTS)
        return self.alone(f"tags: {label}", stack, sort, account=account, managed=managed, tags=tags)

    def either(self, living, *deeds, **right):
        self.deed(living, self.pick(*(deeds or ("attribute", "delete"))), targets=(), **right)

    def names(self, turn, account, one):
        """Return CloudFormation's tags, and what may be said of the address."""
        name = f"shop-{self.estate.seed}-{turn}"
        uuid = digits(name, 32)
        id_ = f"stack/{name}/{uuid[:8]}-1111-11f0-9c57-{uuid[:12]}"
        id_ = f"arn:aws:cloudformation:eu-west-1:{account}:{id_}"
        tags = {"stack-name": name, "stack-id": id_, "logical-id": one}
        right = {"addresses": (one, f"{name}/{one}", f"{name}.{one}"), "stack": name, **STACK_TAGS}
        return {f"aws:cloudformation:{key}": text for key, text in tags.items()}, right

    def part_by_stack(self, turn):
        for managed, logical in (("cloudformation", "Orders"), ("cdk", "OrdersQueue8C2F1A3B")):
            account = self.pick(OWN, SECOND)
            tags, right = self.names(turn, account, f"{logical}{turn}")
            living = self.made(managed, managed, tags, account=account)
            right |= {"engine": {"cloudformation", managed}, "attribute": NOTHING, "deleted": NOTHING}
            self.either(living, "attribute", "tag", "delete", **right)

    def part_by_stack_and_in_a_state(self, turn):
        """A stack's tags on what is in a state too: the stack's are first, and the other is told."""
        tags, right = self.names(turn, OWN, f"Both{turn}")
        living = self.made("CloudFormation, and in a state", "cloudformation", tags, stack="app-prod")
        right |= {"engine": {"cloudformation"}, "attribute": MAYBE, "targets": ()}
        self.deed(living, "attribute", **right)

    def part_crossplane(self, turn):
        name, kind = f"orders-{self.estate.seed}-{turn}", "queue.sqs.aws.upbound.io"
        tags = {"kind": kind, "name": name, "providerconfig": "default"}
        tags = {f"crossplane-{key}": text for key, text in tags.items()}
        right = {"addresses": (name, f"{kind}/{name}", f"queue/{name}"), "precision": {"instance"}}
        right |= {"engine": {"crossplane"}, "evidence": {"stack-tags", "tags"}}
        living = self.made("Crossplane", "crossplane", tags)
        self.either(living, attribute={"revert"}, deleted={"revert", "recreate"}, **right)

    def part_pulumi(self, _turn):
        living = self.made("Pulumi", "pulumi", {"pulumi:stack": "acme/shop/prod"})
        self.either(living, attribute=MAYBE, deleted=MAYBE, addresses=(None,), engines={"pulumi", None})

    def part_yor(self, _turn):
        """Provenance tags alone name a block at best; beside the index, that tells the instance."""
        living = self.made("yor", "terraform", {**GIT, "git_commit": digits("yor", 40), "yor_name": "orders"})
        right = {"addresses": (None, "orders", f"{living.sort.type}.orders"), "path": GIT["git_file"]}
        right |= {"evidence": {"tags"}, "precision": {"block", "stack"}}
        self.either(living, attribute=MAYBE, deleted=LOST, **right)
        tags = {**GIT, "yor_name": "one", "owner": "@acme/tagged"}
        living = self.made("yor, and in a state", "terraform", tags, stack="app-prod")
        self.deed(living, self.pick("attribute", "delete"))

    def part_own_tags(self, turn):
        tags = {"repo": "acme/custom", "stack": f"live/custom-{turn}", "owner": "@acme/custom"}
        living = self.made("the company's", "terraform", tags)
        right = {"addresses": (None,), "evidence": {"tags"}, "precision": {"stack", "block"}}
        right |= {"repository": tags["repo"], "stack": tags["stack"], "owner": tags["owner"]}
        self.either(living, attribute=MAYBE, deleted=LOST, **right)
