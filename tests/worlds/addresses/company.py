"""The company: its stacks, who owns them, its states as files, and the rules in its configuration."""

from tests.worlds.addresses.estate import CENTRAL, EAST, HOME, OWN, SECOND, THIRD, Estate
from tests.worlds.addresses.parts import Parts
from tests.worlds.addresses.plans import Plans
from tests.worlds.addresses.sorts import BARE
from tests.worlds.addresses.states import BEFORE, decoys
from tests.worlds.addresses.tagged import Tagged
from tests.worlds.addresses.traps import Traps

CODEOWNERS = {
    "acme/infra": """\
*                       @acme/platform
/live/staging/          @acme/staging
live/prod/app/          @acme/app   # a comment
/live/*/net/            @acme/nobody
/live/prod/net/         @acme/net
/live/prod/*            @acme/files-of-prod-only
/live/staging/
""",
    "acme/warehouse": "/terraform @acme/data\n/terraform/sub/ @acme/sub\n",
    "acme/edge": "* @acme/platform\n/edge/**/prod @acme/edge\n/edge/prod/*.txt @acme/text\n",
    "acme/tools": "* @acme/everybody\nstacks/tools/ @acme/tools\n/tools/ @acme/wrong\n",
    "acme/odd": "* @acme/platform\n",
}  # fmt: skip
"""Last match wins, a line without an owner takes it away, `/live/prod/*` covers no folder below: GitHub's page on code owners."""
VPC = "prod/eu-west-1/vpc"
BARE_STATE, DATABASES = {"repository": "acme/bare", "provider": 4}, {"repository": "acme/databases"}
ODD_KEY = "a'; touch pwned; '$(touch pwned)<!channel>"
ODD_DIRECTORY = "live/a b;$(touch pwned)'\"<!channel>"
RULES = f"""
[[iac.stack]]
state = "**/scanned/live/prod/*/terraform.tfstate"
repository = "acme/databases"
directory = "live/prod/{{2}}"
owner = "@acme/dba"
account = "{OWN}"

[[iac.stack]]
state = "**/scanned/live/**"
repository = "acme/never"
directory = "never"

[[iac.stack]]
state = "**/scanned/env:/*/tools/terraform.tfstate"
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
"""How they lead from a state's place to its code."""
STACKS = (
    # (name, whence it is handed over, account, region, directory, owner, further)
    ("net-prod", "github", OWN, HOME, "live/prod/net", "@acme/net", {"provider": 6}),
    ("app-prod", "github", OWN, HOME, "live/prod/app", "@acme/app", {}),
    ("app-staging", "github", SECOND, HOME, "live/staging/app", None, {}),
    ("data", "github", OWN, CENTRAL, "terraform/data", "@acme/data", {"repository": "acme/warehouse"}),
    ("payments", "github", THIRD, HOME, "live", None, {"repository": "acme/payments", "provider": 6}),
    ("edge", "github", THIRD, EAST, "edge/prod", "@acme/edge", {"repository": "acme/edge", "engine": "opentofu"}),
    ("tools", "options", OWN, EAST, "stacks/tools", "@acme/tools", {"repository": "acme/tools", "provider": 4}),
    ("odd", "options", SECOND, CENTRAL, ODD_DIRECTORY, "@acme/platform", {"repository": "acme/odd", "says": {"<!channel> $(touch pwned)"}}),
    ("bare", "options", SECOND, HOME, "bare", None, BARE_STATE),
    ("bare-known", "options", THIRD, HOME, "known", None, BARE_STATE),
    ("bare-ruled", "folder", OWN, HOME, "live/prod/ruled", "@acme/dba", {**DATABASES, "provider": 4}),
    ("foreign", "options", OWN, HOME, "foreign", None, BARE_STATE),
    ("destroyed", "options", THIRD, EAST, "live/destroyed", None, {}),
    ("renewed", "options", OWN, HOME, "live/renewed", None, {}),
    ("grunt", "folder", OWN, HOME, VPC, None, {"place": VPC, "repository": "acme/live", "command": "terragrunt"}),
    ("atmos", "folder", SECOND, EAST, "components/terraform/eks", "@acme/k8s", {"place": "eks/plat-ue1-prod", "repository": "acme/atmos", "command": "atmos"}),
    ("workspace", "folder", SECOND, HOME, "tools", None, {"place": "env:/prod/tools", "repository": "acme/workspaces", "command": "tofu", "engine": "opentofu"}),
    ("odd-folder", "folder", OWN, EAST, f"live/prod/{ODD_KEY}", "@acme/dba", DATABASES),
    ("old", "folder", THIRD, HOME, None, None, {"place": "misc/old", "repository": None}),
)  # fmt: skip
SHARES = {
    "net-prod": 0.2, "data": 0.12, "payments": 0.12, "edge": 0.12, "tools": 0.1, "odd": 0.05, "grunt": 0.06, "atmos": 0.05,
    "workspace": 0.05, "odd-folder": 0.03, "bare-known": 0.02,
}  # fmt: skip
"""How much of all objects lives in each stack."""
EVERYWHERE = {
    "net-prod": ((OWN, HOME, ""), (OWN, HOME, ""), (OWN, EAST, "use1")),
    "edge": ((THIRD, EAST, ""), (THIRD, EAST, ""), (OWN, EAST, "shared")),
}
"""Accounts and regions of what lives in a stack, with the alias of the provider."""


class Company:
    """Everything of one world: the estate, the stacks, the plans, and what lies between the states."""

    def __init__(self, seed, *, objects=430, rounds=3, now=None):
        self.estate = estate = Estate(seed, now)
        for name, how, account, region, directory, owner, more in STACKS:
            given = {"repository": "acme/infra", "says": {name} if how == "options" else set(), **more}
            if how == "folder":
                given["place"] = f"{given.get('place', directory)}/terraform.tfstate"
            estate.stack(name, how, account, region, directory=directory, owner=owner, **given)
        self.fill(objects)
        self.plans = Plans(estate)
        for group in (Traps(estate), Parts(estate), Tagged(estate), self.plans):
            group.play(rounds)
        estate.ordinary()
        self.plans.complete()
        for stack in estate.stacks.values():
            decoys(estate, stack)
        gone = estate.stacks["destroyed"].state
        gone.when = dict.fromkeys(gone.when, BEFORE)

    def fill(self, objects):
        """Let objects of all sorts live in the stacks; two accounts share all names of `app`."""
        estate = self.estate
        for name, share in SHARES.items():
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
