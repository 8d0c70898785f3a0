"""The company: its stacks, who owns them, its states as files, and the rules in its configuration."""

from tests.worlds.addresses.estate import CENTRAL, EAST, HOME, OWN, SECOND, THIRD
from tests.worlds.addresses.parts import Parts
from tests.worlds.addresses.plans import STACKS, Plans
from tests.worlds.addresses.sorts import BARE, SORTS
from tests.worlds.addresses.specials import Specials
from tests.worlds.addresses.stage import Stage
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


class Company:
    """Everything of one world: the stage, the stacks, the plans, and what lies between the states."""

    def __init__(self, seed, *, objects=430, rounds=3, without=(), planned=STACKS, now=None):
        self.stage = Stage(seed, now)
        self.estate = estate = self.stage.estate
        self.stacks()
        for name in without:
            del estate.stacks[name]
        self.fill(objects)
        Specials(self.stage).play(rounds)
        Traps(self.stage).play(rounds)
        Parts(self.stage).play(rounds)
        Tagged(self.stage).play(rounds)
        self.plans = Plans(self.stage, planned)
        self.plans.play(rounds)
        self.stage.ordinary()
        self.plans.complete()
        for stack in estate.stacks.values():
            estate.decoys(stack)
        self.finish()
        self.junk = junk(estate.stacks["app-prod"].state, estate.canaries)

    def stacks(self):
        make = self.estate.stack
        infra = {"repository": "acme/infra"}
        make(
            "net-prod", "github", OWN, HOME, provider=6, directory="live/prod/net", owner="@acme/net", **infra
        )
        make("app-prod", "github", OWN, HOME, directory="live/prod/app", owner="@acme/app", **infra)
        make("app-staging", "github", SECOND, HOME, directory="live/staging/app", owner=None, **infra)
        make(
            "data",
            "gitlab",
            OWN,
            CENTRAL,
            repository="acme/data/warehouse",
            directory="terraform/data",
            owner="@acme/data",
        )
        make(
            "legacy",
            "jenkins",
            SECOND,
            EAST,
            provider=4,
            repository="acme/legacy",
            directory="infra",
            owner="@acme/legacy",
        )
        make("payments", "hcp", THIRD, HOME, provider=6, says={"acme/payments-prod", "payments-prod"})
        make(
            "edge",
            "atlantis",
            THIRD,
            EAST,
            engine="opentofu",
            repository="acme/edge",
            directory="edge/prod",
            owner="@acme/edge",
        )
        make(
            "tools",
            "options",
            OWN,
            EAST,
            repository="acme/tools",
            directory="stacks/tools",
            owner="@acme/tools",
            says={"tools"},
        )
        make(
            "odd",
            "options",
            SECOND,
            CENTRAL,
            repository="acme/odd",
            directory=ODD_DIRECTORY,
            owner="@acme/platform",
            says={"<!channel> $(touch pwned)"},
        )
        make(
            "bare",
            "options",
            SECOND,
            HOME,
            provider=4,
            repository="acme/bare",
            directory="bare",
            says={"bare"},
        )
        make(
            "bare-known",
            "options",
            THIRD,
            HOME,
            provider=4,
            repository="acme/bare",
            directory="known",
            says={"bare-known"},
        )
        make(
            "bare-ruled",
            "options",
            SECOND,
            HOME,
            provider=4,
            repository="acme/bare",
            directory="ruled",
            says={"bare-ruled"},
        )
        make(
            "foreign",
            "options",
            OWN,
            HOME,
            provider=4,
            repository="acme/bare",
            directory="foreign",
            says={"foreign"},
        )
        make(
            "destroyed",
            "options",
            THIRD,
            EAST,
            repository="acme/infra",
            directory="live/destroyed",
            says={"destroyed"},
        )
        make(
            "renewed",
            "options",
            OWN,
            HOME,
            repository="acme/infra",
            directory="live/renewed",
            says={"renewed"},
        )
        folder = {"how": "folder"}
        make(
            "grunt",
            account=OWN,
            region=HOME,
            place="prod/eu-west-1/vpc/terraform.tfstate",
            repository="acme/live",
            directory="prod/eu-west-1/vpc",
            command="terragrunt",
            **folder,
        )
        make(
            "atmos",
            account=SECOND,
            region=EAST,
            place="eks/plat-ue1-prod/terraform.tfstate",
            repository="acme/atmos",
            directory="components/terraform/eks",
            owner="@acme/k8s",
            command="atmos",
            **folder,
        )
        make("space", account=THIRD, region=HOME, place="env:/staging/network/terraform.tfstate", **folder)
        bucket = {"how": "bucket"}
        make(
            "s3-db",
            account=OWN,
            region=HOME,
            place="live/prod/db/terraform.tfstate",
            repository="acme/databases",
            directory="live/prod/db",
            owner="@acme/dba",
            **bucket,
        )
        make(
            "s3-space",
            account=SECOND,
            region=HOME,
            place="env:/prod/tools/terraform.tfstate",
            repository="acme/workspaces",
            directory="tools",
            command="tofu",
            engine="opentofu",
            **bucket,
        )
        make(
            "s3-odd",
            account=OWN,
            region=EAST,
            place=f"live/prod/{ODD_KEY}/terraform.tfstate",
            repository="acme/databases",
            directory=f"live/prod/{ODD_KEY}",
            owner="@acme/dba",
            **bucket,
        )
        make("s3-old", account=THIRD, region=HOME, place="misc/old/terraform.tfstate", **bucket)

    def fill(self, objects):
        """Let objects of all sorts live in the stacks; two accounts share all names of `app`."""
        estate, seed = self.estate, self.estate.seed
        shares = {
            "net-prod": 0.16,
            "data": 0.09,
            "legacy": 0.09,
            "payments": 0.1,
            "edge": 0.09,
            "tools": 0.06,
            "odd": 0.05,
            "grunt": 0.05,
            "atmos": 0.05,
            "space": 0.05,
            "s3-db": 0.05,
            "s3-space": 0.04,
            "s3-odd": 0.02,
            "bare-known": 0.02,
        }
        everywhere = {
            "net-prod": ((OWN, HOME, ""), (OWN, HOME, ""), (OWN, EAST, "use1")),
            "edge": ((THIRD, EAST, ""), (THIRD, EAST, ""), (OWN, EAST, "shared")),
            "payments": ((THIRD, HOME, ""), (THIRD, CENTRAL, "euc1")),
        }
        for name, share in shares.items():
            if name not in estate.stacks:
                continue
            hostile = 0.9 if name == "odd" else 0.12
            estate.grow(
                estate.stacks[name],
                max(2, round(objects * share)),
                sorts=SORTS,
                accounts=everywhere.get(name, ()),
                hostile=hostile,
            )
        twins = max(2, round(objects * 0.05))
        state, turn, count = estate.random.getstate(), estate.turn, estate.count
        for name in ("app-prod", "app-staging"):
            estate.random.setstate(state)
            estate.turn, estate.count = turn, count
            estate.grow(
                estate.stacks[name],
                twins,
                label="equal names in two accounts",
                sorts=BARE,
                names=lambda n: f"orders-{seed}-{n}",
            )
        estate.count += 1000

    def finish(self):
        """Write down what each state was before, and what it is now."""
        for stack in self.estate.stacks.values():
            state = stack.state
            everything, serial = (
                {key: list(block["instances"]) for key, block in state.blocks.items()},
                state.serial,
            )
            leaving, coming = (each.get(stack.name, []) for each in (self.estate.leaving, self.estate.coming))
            replacing = self.estate.replacing.get(stack.name, [])
            if leaving or coming or replacing:
                for address in coming:
                    assert state.drop(address), address
                without(state, [new for _, new in replacing])
                before = state.content()
                for key, instances in everything.items():
                    state.blocks[key]["instances"] = list(instances)
                for address in leaving:
                    assert state.drop(address), address
                without(state, [old for old, _ in replacing])
                state.serial, stack.was = serial + 3, serial
                stack.earlier, stack.late = (None, before) if stack.name == "edge" else (before, None)
            if stack.name == "renewed":
                lineage, state.lineage, state.serial = (
                    state.lineage,
                    "00000000-1111-2222-3333-444444444444",
                    90,
                )
                state.put(
                    "aws_vpc",
                    "before",
                    {
                        "id": "vpc-0aaaaaaaaaaaaaaaa",
                        "arn": f"arn:aws:ec2:{HOME}:{OWN}:vpc/vpc-0aaaaaaaaaaaaaaaa",
                    },
                )
                stack.earlier = state.content()
                state.drop("aws_vpc.before")
                state.lineage, state.serial = lineage, 1
            if stack.name == "s3-old":
                stack.earlier = state.content()
            if stack.name == "destroyed":
                stack.earlier, stack.was = state.content(), serial
                state.blocks, state.serial = {}, serial + 1


def without(state, instances):
    """Take these instances out of a state."""
    gone = {id(each) for each in instances}
    for block in state.blocks.values():
        block["instances"] = [each for each in block["instances"] if id(each) not in gone]
