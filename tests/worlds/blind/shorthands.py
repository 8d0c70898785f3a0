"""A base class for groups of stories in the blind world, and their shorthands."""

from datetime import timedelta

MINUTE = timedelta(minutes=1)
SECOND_ = timedelta(seconds=1)


def seconds(count):
    return timedelta(seconds=count)


class StoryGroup:
    """Plays each of its stories in a world, at different times."""

    label = ""

    def __init__(self, world):
        self.world, self.random, self.cast, self.m = world, world.random, world.cast, world.maker
        self.pipeline = self.cast.pipeline()

    def play(self):
        for name in sorted(vars(type(self))):
            if name.startswith("story_"):
                self.label = name.removeprefix("story_")
                getattr(self, name)(self.world.ago(minutes=self.random.uniform(95, 190)))

    def thing(self, make, name, managed="terraform", **more):
        kind = make(self.m.at(), f"{name}-{self.m.next()}")
        return self.world.born(kind, managed=managed, **more)

    def do(self, actor, made, at, kind=None, **record):
        return self.world.call(actor, made, at, kind=kind, **record)

    def seen(self, kind, at, *causes, **more):
        more.setdefault("label", self.label)
        return self.world.capture(kind, at, causes, **more)
