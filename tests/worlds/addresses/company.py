"""The company: its stacks, who owns them, its states as files, and the rules in its configuration."""

from tests.worlds.addresses.decoys import decoys
from tests.worlds.addresses.estate import CENTRAL, EAST, HOME, OWN, SECOND, THIRD, Estate
from tests.worlds.addresses.parts import Parts
from tests.worlds.addresses.plans import PLANNED, Plans
from tests.worlds.addresses.sorts import BARE
from tests.worlds.addresses.specials import Specials
from tests.worlds.addresses.states import junk
from tests.worlds.addresses.tagged import Tagged
from tests.worlds.addresses.traps import Traps

BUCKET = "acme-tfstate"
CODEOWNERS = {
    "acme/infra": """\
# Everything, unless a later line says otherwise
*                       @acme/platform
*.md                    @acme/docs
/live/                  @acme/live
/live/staging/          @acme/staging
live/prod/app/          @acme/app   # a comment
/live/*/net/            @acme/nobody
/live/prod/net/         @acme/net
/live/prod/*            @acme/files-of-prod-only
/live/prod/app/*.tfvars @acme/variables
/live/staging/
**/legacy/**            @acme/old
""",
    "acme/data/warehouse": """\
[Docs] @acme/docs
*.md

[Data][2] @acme/data
/terraform/

^[Optional]
/terraform/other/ @acme/other
""",
    "acme/legacy": "/infra @acme/legacy\n/infra/sub/ @acme/sub\ndocs/ @acme/docs\n",
    "acme/edge": "* @acme/platform\n/edge/**/prod @acme/edge\n/edge/prod/*.txt @acme/text\n",
    "acme/tools": "* @acme/everybody\nstacks/tools/ @acme/tools\n/tools/ @acme/wrong\n",
    "acme/odd": "* @acme/platform\n",
}
"""Last match wins, a line without an owner takes it away, `/live/prod/*` covers no folder below: GitHub's page on code owners."""
VPC = "prod/eu-west-1/vpc"
BARE_STATE, DATABASES = {"repository": "acme/bare", "provider": 4}, {"repository": "acme/databases"}
ODD_KEY = "a'; touch pwned; '$(touch pwned)<!channel>"
ODD_DIRECTORY = "live/a b;$(touch pwned)'\"<!channel>"


def rules():
    """Return the `[[iac.stack]]` rules that lead from a state's place to its code."""
    return f"""
[[iac.stack]]
state = "s3://{BUCKET}/live/prod/*/terraform.tfstate"
repository = "acme/databases"
directory = "live/prod/{{1}}"
owner = "@acme/dba"
account = "{OWN}"

[[iac.stack]]
state = "s3://{BUCKET}/live/**"
repository = "acme/never"
directory = "never"

[[iac.stack]]
state = "s3://{BUCKET}/env:/*/tools/terraform.tfstate"
repository = "acme/workspaces"
directory = "tools"
command = "tofu"

[[iac.stack]]
state = "**/scanned/prod/*/*/terraform.tfstate"
repository = "acme/live"
directory = "prod/{{2}}/{{3}}"
command = "terragrunt"

[[iac.stack]]
state = "**/scanned/eks/*/terraform.tfstate"
repository = "acme/atmos"
directory = "components/terraform/eks"
command = "atmos"
owner = "@acme/k8s"
"""


STACKS = (
    # (name, whence it is handed over, account, region, directory, owner, further)
    ("net-prod", "github", OWN, HOME, "live/prod/net", "@acme/net", {"provider": 6}),
    ("app-prod", "github", OWN, HOME, "live/prod/app", "@acme/app", {}),
    ("app-staging", "github", SECOND, HOME, "live/staging/app", None, {}),
    ("data", "gitlab", OWN, CENTRAL, "terraform/data", "@acme/data", {"repository": "acme/data/warehouse"}),
    ("legacy", "jenkins", SECOND, EAST, "infra", "@acme/legacy", {"repository": "acme/legacy", "provider": 4}),
    ("payments", "hcp", THIRD, HOME, None, None, {"repository": None, "provider": 6, "says": {"acme/payments-prod", "payments-prod"}}),
    ("edge", "atlantis", THIRD, EAST, "edge/prod", "@acme/edge", {"repository": "acme/edge", "engine": "opentofu"}),
    ("tools", "options", OWN, EAST, "stacks/tools", "@acme/tools", {"repository": "acme/tools"}),
    ("odd", "options", SECOND, CENTRAL, ODD_DIRECTORY, "@acme/platform", {"repository": "acme/odd", "says": {"<!channel> $(touch pwned)"}}),
    ("bare", "options", SECOND, HOME, "bare", None, BARE_STATE),
    ("bare-known", "options", THIRD, HOME, "known", None, BARE_STATE),
    ("bare-ruled", "options", SECOND, HOME, "ruled", None, BARE_STATE),
    ("foreign", "options", OWN, HOME, "foreign", None, BARE_STATE),
    ("destroyed", "options", THIRD, EAST, "live/destroyed", None, {}),
    ("renewed", "options", OWN, HOME, "live/renewed", None, {}),
    ("grunt", "folder", OWN, HOME, VPC, None, {"place": VPC, "repository": "acme/live", "command": "terragrunt"}),
    ("atmos", "folder", SECOND, EAST, "components/terraform/eks", "@acme/k8s", {"place": "eks/plat-ue1-prod", "repository": "acme/atmos", "command": "atmos"}),
    ("space", "folder", THIRD, HOME, None, None, {"place": "env:/staging/network", "repository": None}),
    ("s3-db", "bucket", OWN, HOME, "live/prod/db", "@acme/dba", DATABASES),
    ("s3-space", "bucket", SECOND, HOME, "tools", None, {"place": "env:/prod/tools", "repository": "acme/workspaces", "command": "tofu", "engine": "opentofu"}),
    ("s3-odd", "bucket", OWN, EAST, f"live/prod/{ODD_KEY}", "@acme/dba", DATABASES),
    ("s3-old", "bucket", THIRD, HOME, None, None, {"place": "misc/old", "repository": None}),
)  # fmt: skip
SHARES = {
    "net-prod": 0.16, "data": 0.09, "legacy": 0.09, "payments": 0.1, "edge": 0.09, "tools": 0.06, "odd": 0.05, "grunt": 0.05, "atmos": 0.05,
    "space": 0.05, "s3-db": 0.05, "s3-space": 0.04, "s3-odd": 0.02, "bare-known": 0.02,
}  # fmt: skip
"""How much of all objects lives in each stack."""
EVERYWHERE = {
    "net-prod": ((OWN, HOME, ""), (OWN, HOME, ""), (OWN, EAST, "use1")),
    "edge": ((THIRD, EAST, ""), (THIRD, EAST, ""), (OWN, EAST, "shared")),
    "payments": ((THIRD, HOME, ""), (THIRD, CENTRAL, "euc1")),
}
"""Accounts and regions of what lives in a stack, with the alias of the provider."""


class Company:
    """Everything of one world: the estate, the stacks, the plans, and what lies between the states."""

    def __init__(self, seed, *, objects=430, rounds=3, without=(), planned=PLANNED, now=None):
        self.estate = estate = Estate(seed, now)
        for name, how, account, region, directory, owner, more in STACKS:
            given = {"repository": "acme/infra", "says": {name} if how == "options" else set(), **more}
            if "place" in given or how == "bucket":
                given["place"] = f"{given.get('place', directory)}/terraform.tfstate"
            estate.stack(name, how, account, region, directory=directory, owner=owner, **given)
        for name in without:
            del estate.stacks[name]
        self.fill(objects)
        for group in (Specials, Traps, Parts, Tagged):
            group(estate).play(rounds)
        self.plans = Plans(estate, planned)
        self.plans.play(rounds)
        estate.ordinary()
        self.plans.complete()
        for stack in estate.stacks.values():
            decoys(estate, stack)
        for stack in estate.stacks.values():
            finish(stack)
        self.junk = junk(estate.stacks["app-prod"].state, estate.canaries)

    def fill(self, objects):
        """Let objects of all sorts live in the stacks; two accounts share all names of `app`."""
        estate = self.estate
        for name, share in SHARES.items():
            if name in estate.stacks:
                more = {"accounts": EVERYWHERE.get(name, ()), "hostile": 0.9 if name == "odd" else 0.12}
                estate.grow(estate.stacks[name], max(2, round(objects * share)), **more)
        more = {"label": "equal names in two accounts", "sorts": BARE}
        state, turn, count = estate.random.getstate(), estate.turn, estate.count
        for name in ("app-prod", "app-staging"):
            estate.random.setstate(state)
            estate.turn, estate.count = turn, count
            twins = max(2, round(objects * 0.05))
            estate.grow(estate.stacks[name], twins, names=lambda n: f"orders-{estate.seed}-{n}", **more)
        estate.count += 1000


def finish(stack):
    """Write down what a state was before, and what it is now."""
    state, serial = stack.state, stack.state.serial
    if stack.leaving or stack.coming or stack.replacing:
        now = {key: list(block["instances"]) for key, block in state.blocks.items()}
        for address in stack.coming:
            assert state.drop(address), address
        without(state, [new for _, new in stack.replacing])
        before = state.content()
        for key, instances in now.items():
            state.blocks[key]["instances"] = list(instances)
        for address in stack.leaving:
            assert state.drop(address), address
        without(state, [old for old, _ in stack.replacing])
        state.serial, stack.was = serial + 3, serial
        stack.earlier, stack.late = (None, before) if stack.name == "edge" else (before, None)
    match stack.name:
        case "renewed":
            lineage, state.lineage, state.serial = state.lineage, "00000000-1111-2222-3333-444444444444", 90
            id_ = "vpc-0aaaaaaaaaaaaaaaa"
            state.put("aws_vpc", "before", {"id": id_, "arn": f"arn:aws:ec2:{HOME}:{OWN}:vpc/{id_}"})
            stack.earlier = state.content()
            state.drop("aws_vpc.before")
            state.lineage, state.serial = lineage, 1
        case "s3-old":
            stack.earlier = state.content()
        case "destroyed":
            stack.earlier, stack.was = state.content(), serial
            state.blocks, state.serial = {}, serial + 1


def without(state, instances):
    """Take these instances out of a state."""
    gone = {id(each) for each in instances}
    for block in state.blocks.values():
        block["instances"] = [each for each in block["instances"] if id(each) not in gone]
