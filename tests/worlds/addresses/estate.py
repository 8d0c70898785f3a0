"""The company's objects, the stacks in which they live, and the changes that befall them, each with what is right to say."""

from dataclasses import dataclass, field
from datetime import timedelta

from tests.worlds.addresses.addressing import HOSTILE, PLAIN, module
from tests.worlds.addresses.sorts import BY_TYPE, SORTS, Sort
from tests.worlds.addresses.states import BEFORE, Canaries, State
from tests.worlds.blind.actors import FIREFOX, OWN, SECOND, Cast, digits
from tests.worlds.blind.kind import Kind
from tests.worlds.origins.sessions import THIRD
from tests.worlds.stage import Stage

BARREN = "555566667777"
"""An account of ours that no state has an object of."""
HOME, EAST, CENTRAL = "eu-west-1", "us-east-1", "eu-central-1"
UNKNOWN, SILENT = frozenset({"unknown"}), frozenset({None})
VERDICTS = {"person": "out-of-band", "pipeline": "in-workflow", "nobody": "unattributed"}
MODULES = (
    (),
    (),
    (("app", None),),
    (("net", "prod"),),
    (("org", "team-a"), ("svc", "orders.api"), ("db", 0)),
)


@dataclass(kw_only=True)
class Stack:
    """One stack: its state, whence it is handed over, and what is right of it; `says`: what `stack` may be."""

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

    @property
    def was(self):
        """Return the serial of the state before."""
        return self.state.serial - 3

    def contents(self):
        """Return the states in the order in which they are handed over: of `edge` the older one comes late."""
        now, more = self.state.content(), {"serial": self.was}
        if self.name == "renewed":
            more = {"serial": 90, "lineage": "00000000-1111-2222-3333-444444444444"}
        if BEFORE not in self.state.when.values():
            return [now]
        before = self.state.content(BEFORE, **more)
        return [now, before] if self.name == "edge" else [before, now]


@dataclass(kw_only=True)
class Living:
    """One object of AWS and where it lives; `homes`: the addresses that are right, of several stacks maybe."""

    label: str
    sort: Sort
    kind: Kind
    homes: list = field(default_factory=list)
    same: list = field(default_factory=list)
    parts: list = field(default_factory=list)
    engine: str = "terraform"
    taken: bool = False

    @property
    def thing(self):
        return self.kind.thing

    @property
    def home(self):
        """Return its first address."""
        return self.homes[0][1]


@dataclass(kw_only=True)
class Truth:
    """What is right of one change; each set in `right` holds all that may be said, None in it: nothing."""

    label: str
    living: Living
    captures: list
    verdict: str
    right: dict
    more: dict

    def __getattr__(self, name):
        """Return what identifies the object: `account`, `type`, `id`."""
        return getattr(self.living.thing, name)


class Estate(Stage):
    """Makes objects, puts them into states, and lets people, pipelines and nobody change them, an object once."""

    def __init__(self, seed, now=None):
        super().__init__(seed, now, minutes=(60, 420))
        self.seed, self.canaries = seed, Canaries(seed)
        span = {"since": self.world.since, "until": self.world.until}
        accounts = (OWN, SECOND, THIRD, BARREN)
        self.casts = {account: Cast(self.world.now, account=account, **span) for account in accounts}
        self.stacks: dict[str, Stack] = {}
        self.objects: list[Living] = []
        self.truths: list[Truth] = []
        self.count, self.turn = 0, self.random.randrange(len(SORTS))
        self.hostile = self.random.sample(HOSTILE, len(HOSTILE))

    def number(self):
        self.count += 1
        return self.count

    def stack(self, name, how, account, region, *, engine="terraform", provider=5, **more):
        lineage = "-".join(digits(f"{self.seed}/{name}/{n}", 8) for n in range(4))
        serial = 5 + self.number()
        state = State(lineage, self.canaries, engine=engine, provider=provider, serial=serial)
        commit = None if how in {"folder", "options"} else digits(f"{self.seed}/{name}", 40)
        made = Stack(name=name, how=how, state=state, account=account, region=region, commit=commit, **more)
        self.stacks[name] = made

    def born(self, sort, account, region, *, name=None, managed="terraform", tags=None, shape=None):
        """Return one object that has been there for days; `shape` changes it before Config saw it first."""
        maker = self.m.at(account=account, region=region)
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
        return {
            **ids,
            **(sort.more(thing) if arn else {}),
            "password": secret("password"),
            "policy": f'{{"Statement": [{{"Sid": "{secret("policy")}"}}]}}',
            "environment": [{"variables": {"API_KEY": secret("environment")}}],
            "tags": {"Name": thing.name, "note": secret("tag"), "managed-by": "terraform"},
            "tags_all": {"note": secret("tags_all")},
            "timeouts": None,
        }

    def identity(self, sort, thing, provider):
        if provider < 6:
            return None
        if sort.id_of(thing, 6) == thing.arn:
            return {"arn": thing.arn}
        place = {"account_id": thing.account} | ({} if sort.everywhere else {"region": thing.region})
        return {**place, "id": sort.id_of(thing, 6)}

    def live(self, stack, living, name, *, arn=True, type_=None, **at):
        """Put an object into a stack's state, with what lies beside it; return its address."""
        sort, thing, state = living.sort, living.thing, stack.state
        attributes = self.attributes(sort, thing, state.provider, arn=arn)
        identity = self.identity(sort, thing, state.provider) if arn else None
        home = state.put(type_ or sort.type, name, attributes, identity=identity, **at)
        living.homes.append((stack, home))
        for beside in sort.beside if self.random.random() < 0.6 else ():
            attributes = {"id": beside.id(thing), beside.parent: beside.parent_value(thing)}
            attributes["policy"] = self.canaries.new(beside.type)
            living.same.append(state.put(beside.type, name, attributes, **at))
        return home

    def grow(self, stack, count, *, label="", sorts=SORTS, names=None, accounts=(), hostile=0.15):
        """Let so many objects of all sorts live in a stack: single, counted, by keys, in modules."""
        made = []
        while len(made) < count:
            self.turn += 1
            sort = sorts[self.turn % len(sorts)]
            copies = min(count - len(made), self.random.choice((1, 1, 1, 2, 3)))
            steps = self.random.choice(MODULES)
            if self.random.random() < hostile:
                steps = (*steps, ("odd", self.hostile[self.number() % len(self.hostile)]))
            within, block = module(*steps), f"{self.pick('this', 'main', 'web')}_{self.number()}"
            account, region, alias = self.random.choice(accounts or ((stack.account, stack.region, ""),))
            for key in self.keys(copies, hostile):
                kind = self.born(sort, account, region, name=names(len(made)) if names else None)
                living = Living(label=label or stack.how, sort=sort, kind=kind, engine=stack.state.engine)
                self.live(stack, living, block, key=key, within=within, alias=alias)
                made.append(living)
        self.objects += made

    def keys(self, copies, hostile):
        """Return the keys of a block's instances."""
        if copies == 1 and self.random.random() < 0.5:
            return [None]
        if self.random.random() < 0.4:
            return list(range(copies))
        pool = self.hostile if self.random.random() < hostile * 3 else PLAIN
        start = self.number()
        return [pool[(start + n) % len(pool)] for n in range(copies)]

    def alone(self, label, stack, sort, *, account=None, region=None, **more):
        """Return one object under a plain address; without a stack it lives nowhere. Stacks and sorts go by their name."""
        sort = BY_TYPE[sort] if isinstance(sort, str) else sort
        stack = self.stacks[stack] if stack else None
        where = account or stack.account, region or (stack.region if stack else HOME)
        given = {key: more.pop(key) for key in ("name", "shape", "managed", "tags") if key in more}
        living = Living(label=label, sort=sort, kind=self.born(sort, *where, **given))
        if stack:
            living.engine = stack.state.engine
            self.live(stack, living, f"one_{self.number()}", **more)
        self.objects.append(living)
        return living

    def change(self, living, op, *, does, by="person", minutes=None, deleted=False, **expected):
        """Let somebody make a call on an object; keep what is right to say, and return it.

        `by`: person, pipeline or nobody. `expected` may hold `addresses`, `evidence`, `precision`, `targets`, `engine`.
        """
        assert not living.taken, living.label
        living.taken, kind, causes, verdict = True, living.kind, [], VERDICTS[by]
        self.begin(living.label, minutes)
        self.at = self.at.replace(microsecond=0)
        if by == "nobody":
            op.change()
        else:
            cast = self.casts[living.thing.account]
            person = cast.sso(self.pick("alice", "bob", "carol") + "@example.com", agent=FIREFOX)
            causes = [self.do(cast.pipeline() if by == "pipeline" else person, op, kind)]
        recorded = self.world.capture(
            kind,
            self.at + timedelta(seconds=100, milliseconds=self.random.randrange(1000)),
            causes,
            label=living.label,
            status="ResourceDeleted" if deleted else "OK",
            verdict=verdict if by == "nobody" else "",
            envelope="eventbridge" if living.label.startswith("tags") else "",
        )
        homes = [address for _, address in living.homes]
        given = {
            "addresses": homes or SILENT,
            "targets": (*homes, *living.parts, *living.same),
            "engine": {living.engine} if homes else (),
            "evidence": {"index"} if homes else (),
            "precision": {"instance"} if homes else (),
            "same": living.same,
            "does": SILENT if verdict == "in-workflow" else does,
        }
        more = {key: expected.pop(key) for key in list(expected) if key not in given}
        right = {key: frozenset(value) for key, value in {**given, **expected}.items()}
        labelled = {
            "label": living.label,
            "living": living,
            "captures": recorded.captures,
            "verdict": verdict,
        }
        truth = Truth(**labelled, right=right, more=more)
        self.truths.append(truth)
        return truth

    def deed(self, living, deed="", *, attribute=UNKNOWN, deleted=("recreate",), **more):
        """Let a person change an attribute or a tag of it, or delete it, as far as it can be; return the truth."""
        kind, sort = living.kind, living.sort
        deed = deed or self.pick("attribute", "tag", "delete")
        plain = kind.updates and sort.update is not None
        tag = {"opened": "by-hand"}
        if deed == "tag" and kind.tag:
            plain, tag = False, {"opened": f"by-{self.number()}"}
        if (deed == "delete" and kind.delete) or not (plain or kind.tag):
            return self.change(living, kind.delete(), does=deleted, deleted=True, **more)
        op = kind.updates[sort.update]() if plain else kind.tag(tag)
        return self.change(living, op, does=attribute, **more)

    def ordinary(self, share=0.8):
        """Change most of the objects that nothing befell."""
        for living in [each for each in self.objects if not each.taken]:
            if self.random.random() > share:
                continue
            by = self.random.choices(("person", "pipeline", "nobody"), (85, 8, 7))[0]
            deed = self.random.choices(("attribute", "tag", "delete"), (45, 15, 40))[0]
            if by == "nobody":  # what AWS may have done itself is no finding without a call
                by, deed = ("nobody", "tag") if living.kind.tag else ("person", deed)
            self.deed(living, deed, by=by)


class Group:
    """A group of stories: each part is played in each round."""

    def __init__(self, estate):
        self.estate, self.random, self.pick = estate, estate.random, estate.pick
        self.deed, self.alone, self.stacks = estate.deed, estate.alone, estate.stacks

    def play(self, rounds):
        for turn in range(rounds):
            for name in sorted(each for each in vars(type(self)) if each.startswith("part_")):
                getattr(self, name)(turn)
