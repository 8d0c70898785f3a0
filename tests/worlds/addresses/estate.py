"""The company's objects, and the stacks in which they live."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.worlds.addresses.addressing import HOSTILE, PLAIN, module
from tests.worlds.addresses.canaries import Canaries
from tests.worlds.addresses.sorts import BY_TYPE, SORTS, Sort
from tests.worlds.addresses.states import State
from tests.worlds.blind.actors import OWN, SECOND, Cast, digits
from tests.worlds.blind.kind import Kind
from tests.worlds.blind.world import World
from tests.worlds.origins.sessions import THIRD

BARREN = "555566667777"
"""An account of ours that no state has an object of."""
HOME, EAST, CENTRAL = "eu-west-1", "us-east-1", "eu-central-1"
MODULES = (
    (),
    (),
    (("app", None),),
    (("net", "prod"),),
    (("platform", None), ("cell", 2)),
    (("org", "team-a"), ("svc", "orders.api"), ("db", 0)),
)


@dataclass(kw_only=True)
class Stack:
    """One stack: its state, whence it is handed over, and what is right of it."""

    name: str
    how: str
    state: State
    account: str
    region: str
    place: str = ""
    repository: str | None = None
    commit: str | None = None
    directory: str | None = None
    owner: str | None = None
    command: str = "terraform"
    says: set = field(default_factory=set)
    """What `stack` may be."""
    earlier: bytes | None = None
    """What was handed over before."""
    was: int | None = None
    """The serial of an object that left it."""
    late: bytes | None = None
    """What is handed over after, though older."""


@dataclass(kw_only=True)
class Living:
    """One object of AWS and where it lives; `homes`: the addresses that are right, of several stacks maybe."""

    label: str
    sort: Sort | None
    kind: Kind
    homes: list = field(default_factory=list)
    same: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    exclusive: bool = False
    engine: str = "terraform"
    taken: bool = False
    traits: dict = field(default_factory=dict)

    @property
    def thing(self):
        return self.kind.thing


class Estate:
    """Makes objects and puts them into states."""

    def __init__(self, seed, now=None):
        self.world = World(seed, now or datetime.now(UTC))
        self.random, self.seed = self.world.random, seed
        self.canaries = Canaries(seed)
        self.casts = {
            account: Cast(self.world.now, since=self.world.since, until=self.world.until, account=account)
            for account in (OWN, SECOND, THIRD, BARREN)
        }
        self.stacks: dict[str, Stack] = {}
        self.objects: list[Living] = []
        self.leaving: dict[str, list] = {}
        self.coming: dict[str, list] = {}
        self.replacing: dict[str, list] = {}
        self.count = 0
        self.turn = self.random.randrange(len(SORTS))
        self.hostile = self.random.sample(HOSTILE, len(HOSTILE))

    def number(self):
        self.count += 1
        return self.count

    # Stacks.

    def stack(self, name, how, account, region, *, engine="terraform", provider=5, serial=None, **more):
        lineage = "-".join(digits(f"{self.seed}/{name}/{n}", 8) for n in range(4))
        state = State(
            lineage, self.canaries, engine=engine, provider=provider, serial=serial or 5 + self.number()
        )
        commit = digits(f"{self.seed}/{name}", 40) if how not in {"folder", "bucket", "options"} else None
        made = Stack(name=name, how=how, state=state, account=account, region=region, commit=commit, **more)
        self.stacks[name] = made
        return made

    # Objects.

    def thing(self, sort, account, region, *, name=None, managed="terraform", tags=None, shape=None):
        """Return one object that has been there for days; `shape` changes it before Config saw it first."""
        maker = self.world.maker.at(account=account, region=region)
        kind = sort.make(maker, name or f"shop-{self.seed}-{self.number()}")
        if shape:
            shape(kind.thing)
        return self.world.born(kind, managed=managed, tags=tags)

    def attributes(self, sort, thing, provider, *, arn=True):
        """Return what a state shows of an object: ids, and secrets wherever there is place."""
        secret = self.canaries.new
        ids = {"id": sort.id_of(thing, provider)}
        if arn and sort.shows_arn(provider):
            ids["arn"] = thing.arn.replace(":eip-allocation/", ":elastic-ip/")
        if provider >= 6 and not sort.everywhere:
            ids["region"] = thing.region
        if arn:
            ids |= sort.more(thing)
        return {
            **ids,
            "description": secret("description"),
            "password": secret("password"),
            "user_data": secret("user data"),
            "policy": f'{{"Statement": [{{"Sid": "{secret("policy")}"}}]}}',
            "environment": [{"variables": {"API_KEY": secret("environment")}}],
            "tags": {"Name": thing.name, "note": secret("tag"), "managed-by": "terraform"},
            "tags_all": {"note": secret("tags_all")},
            "timeouts": None,
            "force_destroy": False,
        }

    def identity(self, sort, thing, provider):
        if provider < 6:
            return None
        if sort.id_of(thing, 6) == thing.arn:
            return {"arn": thing.arn}
        place = {"account_id": thing.account} | ({} if sort.everywhere else {"region": thing.region})
        return {**place, "id": sort.id_of(thing, 6)}

    def live(self, stack, living, name, *, key=None, within="", alias="", arn=True, type_=None):
        """Put an object into a stack's state, with what lies beside it; return its address."""
        sort, thing, state = living.sort, living.thing, stack.state
        at = {"key": key, "within": within, "alias": alias}
        home = state.put(
            type_ or sort.type, name, self.attributes(sort, thing, state.provider, arn=arn),
            identity=self.identity(sort, thing, state.provider) if arn else None, **at,
        )  # fmt: skip
        living.homes.append((stack, home))
        for beside in sort.beside if self.random.random() < 0.6 else ():
            attributes = {"id": beside.id(thing), beside.parent: beside.parent_value(thing)}
            attributes["policy"] = self.canaries.new(beside.type)
            living.same.append(state.put(beside.type, name, attributes, **at))
        return home

    def grow(self, stack, count, *, label="", sorts=None, names=None, accounts=(), hostile=0.15):
        """Let so many objects of all sorts live in a stack: single, counted, by keys, in modules."""
        left, made = count, []
        while left > 0:
            sort = self.next_sort(sorts)
            copies = min(left, self.random.choice((1, 1, 1, 2, 3)))
            steps = self.random.choice(MODULES)
            if self.random.random() < hostile and self.hostile:
                steps = (*steps, ("odd", self.hostile[self.number() % len(self.hostile)]))
            within, block = module(*steps), f"{self.random.choice(('this', 'main', 'web'))}_{self.number()}"
            account, region, alias = self.random.choice(accounts or ((stack.account, stack.region, ""),))
            for key in self.keys(copies, hostile):
                name = names(len(made)) if names else None
                kind = self.thing(sort, account, region, name=name)
                living = Living(label=label or stack.how, sort=sort, kind=kind, engine=stack.state.engine)
                self.live(stack, living, block, key=key, within=within, alias=alias)
                made.append(living)
            left -= copies
        self.objects += made
        return made

    def next_sort(self, sorts):
        self.turn += 1
        return (sorts or SORTS)[self.turn % len(sorts or SORTS)]

    def keys(self, copies, hostile):
        """Return the keys of a block's instances."""
        if copies == 1 and self.random.random() < 0.5:
            return [None]
        if self.random.random() < 0.4:
            return list(range(copies))
        pool = self.hostile if self.random.random() < hostile * 3 else PLAIN
        start = self.number()
        return [pool[(start + n) % len(pool)] for n in range(copies)]

    def alone(self, label, stack, sort, *, account=None, region=None, name=None, alias="", **more):
        """Return one object under a plain address; without a stack it lives nowhere."""
        sort = BY_TYPE[sort] if isinstance(sort, str) else sort
        account, region = account or stack.account, region or (stack.region if stack else HOME)
        given = {key: more.pop(key) for key in ("shape", "managed", "tags") if key in more}
        kind = self.thing(sort, account, region, name=name, **given)
        living = Living(label=label, sort=sort, kind=kind)
        if stack:
            living.engine = stack.state.engine
            self.live(stack, living, f"one_{self.number()}", alias=alias, **more)
        self.objects.append(living)
        return living

    # What else is in states.

    def decoys(self, stack):
        """Put into a state what is no object of AWS, reads one only, or is worth stealing."""
        state, secret = stack.state, self.canaries.new
        names = [each.thing.name for each in self.objects if each.homes and each.homes[0][0] is stack]
        shared = self.random.choice([each for each in names if each] or ["orders"])
        put = state.put
        put("random_password", "db", {"id": "none", "result": secret("random_password")})
        put(
            "random_string", "suffix", {"id": secret("random_string's id"), "result": secret("random_string")}
        )
        put("random_id", "salt", {"id": secret("random_id's id"), "hex": secret("random_id")})
        put("random_pet", "name", {"id": shared, "prefix": secret("random_pet")})
        put("null_resource", "run", {"id": "8674665223082153551", "triggers": {"t": secret("null_resource")}})
        put(
            "tls_private_key", "ssh", {"id": digits(shared, 40), "private_key_pem": secret("tls_private_key")}
        )
        put(
            "kubernetes_secret",
            "api",
            {"id": f"default/{shared}", "data": {"k": secret("kubernetes_secret")}},
        )
        put(
            "github_repository",
            "app",
            {"id": shared, "arn": None, "token": secret("github")},
            registry="integrations/github",
        )
        put(
            "github_actions_secret", "token",
            {"id": secret("github secret's id"), "plaintext_value": secret("github secret")}, registry="integrations/github",
        )  # fmt: skip
        put("terraform_data", "x", {"id": "0f3c", "output": {"v": secret("terraform_data")}}, registry="x")
        put("vault_generic_secret", "v", {"id": f"secret/{shared}", "data_json": secret("vault")})
        put(
            "aws_iam_access_key",
            "ci",
            {"id": "AKIA" + digits(shared, 16).upper(), "secret": secret("access key"), "user": "ci"},
        )
        if stack.name not in {"bare", "foreign"}:  # no ARN is to tell its account
            put(
                "aws_secretsmanager_secret_version", "v",
                {"id": f"arn:aws:secretsmanager:{stack.region}:{stack.account}:secret:x-AbCdEf|terraform-1", "secret_string": secret("secret version")},
            )  # fmt: skip
            put(
                "aws_ssm_parameter",
                "p",
                {
                    "id": f"/{shared}/p",
                    "arn": f"arn:aws:ssm:{stack.region}:{stack.account}:parameter/{shared}/p",
                    "value": secret("parameter"),
                },
            )
        put("aws_iam_policy_document", "doc", {"id": "1234567", "json": secret("policy document")}, data=True)
        put(
            "terraform_remote_state",
            "net",
            {"outputs": {"value": {"p": secret("remote state")}}},
            data=True,
            registry="x",
        )
        put(
            "aws_secretsmanager_secret_version",
            "read",
            {"id": "x|AWSCURRENT", "secret_string": secret("data")},
            data=True,
        )
        for each in self.objects:
            if each.homes and each.homes[0][0] is not stack and self.random.random() < 0.03:
                kind = each.sort.type if each.sort else "aws_vpc"
                attributes = {"id": each.thing.id, "arn": each.thing.arn, "name": each.thing.name}
                put(kind, f"read_{self.number()}", {**attributes, "tags": {"n": secret("data")}}, data=True)
