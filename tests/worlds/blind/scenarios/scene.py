"""Where scenarios are played: things of any kind, at any of the world's places, and what is done to them."""

from datetime import timedelta

from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.config import HOME, stamp
from tests.worlds.blind.kind import Op, retag
from tests.worlds.blind.world import KEY
from tests.worlds.stage import Stage

PLACES = ((OWN, HOME), (OWN, HOME), (OWN, HOME), (OWN, "us-east-1"), (OWN, "eu-central-1"), (SECOND, HOME))
WORDS = ("web", "api", "orders", "billing", "search", "main", "data", "edge", "batch", "core")


class Unfit(Exception):
    """A scenario is not for a kind: it cannot be changed, ended, tagged or mentioned."""


class Scene(Stage):
    """Things of any kind, at any of the world's places, and what is done to them."""

    def play(self, name, scenario, make):
        """Play a scenario with a thing of a kind, if it can be."""
        self.begin(f"{name}/{make.type}", self.random.uniform(100, 190))
        try:
            scenario(self, make)
        except Unfit:
            return

    def draw(self, least, most):
        return self.random.uniform(least, most)

    # Things, and the calls that there are for them.

    def one(self, make, *, place=None, name="", parent="", managed="terraform", **more):
        """Return a thing that has been there for days."""
        kind = self.made(make, place or self.place(), name, parent)
        return self.world.born(kind, managed=managed, **more)

    def place(self):
        return self.pick(*PLACES)

    def made(self, make, place, name="", parent=""):
        maker = self.m.at(account=place[0], region=place[1])
        kind = make(maker, name or f"{self.pick(*WORDS)}-{self.m.next()}", parent)
        kind.thing.untold_tags = bool(kind.thing.tag_places) and self.random.random() < 0.15
        kind.bare_tags = not kind.thing.untold_tags
        return kind

    def new(self, make, place=None, name=""):
        """Return a thing that is made at this moment, with the tag that says who manages it."""
        kind = self.made(make, place or self.place(), name)
        kind.thing.tags.update({"Name": "new", KEY: "terraform"})
        self.made_at(kind, 0)
        return kind

    def made_at(self, kind, after):
        if kind.thing.created:
            kind.thing.created = stamp((self.at + timedelta(seconds=after)).replace(microsecond=0))

    def update(self, kind, *, but=frozenset()):
        """Return a call that changes the thing as it is now."""
        for _ in range(20 if kind.updates else 0):
            if (op := self.pick(*kind.updates)()) is not None and op.operation not in but:
                return op
        raise Unfit

    def needed(self, call):
        if call is None:
            raise Unfit
        return call

    def ended(self, kind):
        return self.needed(kind.delete)()

    def tagged(self, kind, tags):
        return self.needed(kind.tag)(tags)

    def untagged(self, kind, key):
        return self.needed(kind.untag)([key])

    def editor(self, kind, tags, **failed):
        """Return the tag editor's call, which names things of any service by ARN."""
        if kind.tag is None or kind.row.region != "$region" or not (kind.thing.arn or "").startswith("arn"):
            raise Unfit
        request = {"resourceARNList": ["arn:aws:s3:::x", kind.thing.arn], "tags": tags}
        answer = {"failedResourcesMap": {kind.thing.arn: failed} if failed else {}}
        change = (lambda: None) if failed else retag(kind.thing, tags)
        return Op(service="tagging", operation="TagResources", request=request, answer=answer, change=change)

    def mentions(self, kind, least, most):
        """Let people make all calls that name the thing and leave it as it is."""
        if not kind.mentions:
            raise Unfit
        for mention in kind.mentions:
            self.do(self.somebody(kind), mention(), kind, self.draw(least, most))

    # Who does it, and when it is seen.

    def cast_of(self, kind):
        return self.world.second if kind.thing.account == SECOND else self.cast

    def deployer(self, kind):
        cast = self.cast_of(kind)
        return self.pick(cast.pipeline(), cast.pipeline("gha-terraform-net", "net-4711"), cast.jump_host())

    def somebody(self, kind):
        return self.pick(*self.cast_of(kind).strangers)

    def either(self, kind):
        return self.pick(self.deployer, self.somebody)(kind)

    def aws(self, kind):
        """Return a service-linked role, or a service that calls by itself."""
        return self.pick(self.cast_of(kind).linked, self.cast_of(kind).service)()

    def lag(self, kind, most=3600):
        """Return how many seconds Config takes."""
        return min(self.world.lag(kind).total_seconds(), most)

    def late(self, after, seconds):
        """Return when an event that happened then is shown that many seconds later."""
        return {"delivered_at": self.at + timedelta(seconds=after + seconds)}

    def seen(self, kind, *causes, after=100, **more):
        """Let Config record the thing, in any envelope, with a diff or not; what two calls undo leaves no trace."""
        if causes and not more.get("status") and kind.thing.shot() == kind.thing.captured:
            return None
        given = {"envelope": "", "diff": "none" if self.random.random() < 0.12 else "normal", **more}
        return super().seen(kind, *causes, after=after, **given)

    def forget(self):
        """Let the last capture be one that the queue never got: only Config's history tells of it."""
        self.world.truths.pop()
        self.world.messages.pop()


def place_of(kind):
    return kind.thing.account, kind.thing.recorder if kind.row.region == "$region" else HOME


def fit(s, make, but=frozenset()):
    """Return a thing, and a call that changes it."""
    kind = s.one(make)
    return kind, s.update(kind, but=but)
