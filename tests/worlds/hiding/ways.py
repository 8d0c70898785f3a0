"""What groups of ways to hide share: alice hides, the pipeline works beside her."""

from tests.worlds.blind.config import Thing
from tests.worlds.blind.kind import Kind, store


class Ways:
    """Plays every method whose name begins so; the first call of a story is at its moment."""

    def __init__(self, stage):
        self.s, self.m, self.cast = stage, stage.m, stage.cast
        self.thing, self.seen, self.op, self.do = stage.thing, stage.seen, stage.op, stage.do

    def rows(self):
        """Play the ways that are told in a table."""

    def alice(self, kind, op=0, after=0, **record):
        return self.do(self.s.alice, op, kind, after, **record)

    def pipeline(self, kind, op=0, after=0, **record):
        return self.do(self.s.pipeline, op, kind, after, **record)

    def sets(self, kind, service, operation, sent, more=None, **fields):
        """Return a call that sets these fields of the configuration; `more` is what a call has besides."""
        change = store(kind.thing.config, **fields)
        return self.op(service, operation, sent, change=change, **(more or {}))

    def alone(self, make, op=0, **seen):
        """Let alice alone make one change."""
        kind = self.thing(make)
        self.seen(kind, self.alice(kind, op), **seen)

    def both(self, make, hers, its, after=7, **record):
        """Let alice and the pipeline change one object, it four seconds after the story's beginning."""
        kind = self.thing(make)
        calls = [(after, self.alice, hers, record), (4, self.pipeline, its, {})]
        calls.sort(key=lambda each: each[0])
        self.seen(kind, *(by(kind, op, when, **more) for when, by, op, more in calls))

    def new(self, type_, id_, arn, config, *, managed="terraform", **more):
        """Return an object of a type that no other world has, and that was not there before."""
        tags = {"managed-by": managed}
        return Kind(thing=Thing(type=type_, id=id_, arn=arn, config=config, created=None, tags=tags, **more))
