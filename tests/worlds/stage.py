"""Where a story of any world is played: the world, its people and its pipeline, one moment, and shorthands."""

from datetime import UTC, datetime, timedelta

from tests.worlds.blind.kind import Op
from tests.worlds.blind.world import World

OMITTED = {"reason": "requestParameters too large", "omitted": True, "originalSize": 281_640}
"""What CloudTrail writes in place of parameters that are too long."""


def seconds(count):
    return timedelta(seconds=count)


class Stage:
    """One world, and what stories do in it; `now` is when the command runs. `at` is the present story's moment."""

    def __init__(self, seed=0, now=None, *, minutes=(75, 400), world=None):
        """Make the world, or play in one; `minutes` is how long ago a story plays where it says nothing else."""
        self.world = world or World(seed, now or datetime.now(UTC))
        self.random, self.m, self.cast = self.world.random, self.world.maker, self.world.cast
        self.pipeline, self.alice, self.bob = self.cast.pipeline(), self.cast.alice(), self.cast.bob()
        self.dora = self.cast.iam_user("dora")
        self.label, self.at, self.minutes = "", self.world.now, minutes

    def begin(self, label, minutes=None):
        """Begin a story, some minutes ago."""
        self.label = label
        self.at = self.world.ago(minutes=minutes or self.random.uniform(*self.minutes))

    def pick(self, *values):
        return self.random.choice(values)

    def person(self):
        return self.pick(self.alice, self.bob, self.dora)

    def thing(self, make, name="", managed="terraform", *, parent="", **more):
        """Return an object that has been there for days."""
        kind = make(self.m.at(), name or f"shop-{self.m.next()}", parent)
        return self.world.born(kind, managed=managed, **more)

    def op(self, service, operation, request, **more):
        return Op(service=service, operation=operation, request=request, **more)

    def do(self, actor, op, kind, after=0, **record):
        """Record a call, or one of the object's updates by its number; parameters left out are listed nowhere."""
        if isinstance(op, int):
            op = kind.updates[op]()
        if "requestParameters" in record:
            record.setdefault("lists", ())
        return self.world.call(actor, op, self.at + seconds(after), kind=kind, **record)

    def seen(self, kind, *causes, after=100, **more):
        """Let Config record the object; return the truth about it."""
        given = {"label": self.label, "envelope": "eventbridge", **more}
        return self.world.capture(kind, self.at + seconds(after), causes, **given)


def play(group, prefix):
    """Play every method of a group whose name begins so, in the order of their names."""
    for name in sorted(vars(type(group))):
        if name.startswith(prefix):
            group.s.begin(name.removeprefix(prefix))
            getattr(group, name)()
