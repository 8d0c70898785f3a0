"""What people, pipelines and AWS do to objects of every type: one story a change, each with its trap.

A story makes calls at a time and lets Config record what came of them; the truth is who did it.
"""

from collections import Counter
from datetime import UTC, datetime

from tests.worlds.blind.world import World
from tests.worlds.recorded_types.further import FURTHER, PARTS, table
from tests.worlds.recorded_types.mixed import MixedCalls
from tests.worlds.recorded_types.rows import Subject, rows
from tests.worlds.recorded_types.single import SingleCalls
from tests.worlds.recorded_types.stage import seconds
from tests.worlds.recorded_types.veiled import VeiledCalls

NAMES = ("orders", "payments", "web", "billing", "checkout", "search", "ledger", "mail")


class Changes(SingleCalls, MixedCalls, VeiledCalls):
    """Plays stories on the types of the rows, as many as asked for, each type about as often as any other."""

    def __init__(self, seed, *, now=None):
        self.world = World(seed, now or datetime.now(UTC))
        self.random, self.m = self.world.random, self.world.maker
        self.cast, self.pipeline = self.world.cast, self.world.cast.pipeline()
        self.people = [self.cast.alice(), self.cast.bob(), self.cast.iam_user("dora"), self.cast.saml()]
        self.stories = [getattr(self, name) for name in sorted(dir(self)) if name.startswith("story_")]
        self.told = Counter()
        self.further, self.beside = table(FURTHER), table(PARTS)
        self.parts = {}
        for row in rows().values():
            if len(row["pid"]) > 1 and "parent" in row["create"]["sent"].values() and row["update"]:
                self.parts.setdefault(row["type"].split("::")[1], []).append(row)

    def play(self, count):
        """Tell stories until there are so many judged changes."""
        every = list(rows().values())
        self.random.shuffle(every)
        number = 0
        while len(self.world.truths) < count:
            row = every[number % len(every)]
            number += 1
            fitting = [story for story in self.stories if self.fits(story, row)]
            story = min(fitting, key=lambda each: (self.told[each.__name__], self.random.random()))
            self.told[story.__name__] += 1
            self.tell(story, row)
        return self.world

    def play_all(self):
        """Let a person make each call of each type once, and one of each part beside the pipeline's."""
        for row in rows().values():
            for story in (
                self.story_person_creates_untimed,
                self.story_person_updates,
                self.story_person_deletes,
            ):
                if self.fits(story, row):
                    self.tell(story, row)
            for call in self.further.get(row["type"], ()):
                self.tell(self.story_person_calls_further, row, call)
            for call in self.beside.get(row["type"], ()) if row["update"] else ():
                self.tell(self.story_person_beside_part, row, call)
        return self.world

    def tell(self, story, row, *call):
        self.label = story.__name__.removeprefix("story_")
        story(row, self.world.ago(minutes=self.random.uniform(75, 400)), *call)

    def fits(self, story, row):
        needs = story.__doc__
        if "[update]" in needs and not row["update"]:
            return False
        if "[two]" in needs and len(row["update"]["params"]) < 2:
            return False
        if "[both]" in needs and not self.both(row):
            return False
        if "[nested]" in needs and not self.nested(row):
            return False
        if "[id]" in needs and not (
            "id" in row["update"]["sent"].values() and "name" in row["update"]["sent"].values()
        ):
            return False
        if "[namesake]" in needs and not self.namesakes(row):
            return False
        if "[further]" in needs and row["type"] not in self.further:
            return False
        if "[beside]" in needs and row["type"] not in self.beside:
            return False
        if "[parts]" in needs and not self.parts_of(row):
            return False
        if "[look]" in needs and Subject(self.m, row, "x").look() is None:
            return False
        if "[tag]" not in needs:
            return True
        return bool(row["tags"]) and Subject(self.m, row, "x").tag({"a": "b"}) is not None

    @staticmethod
    def both(row):
        """Return whether two calls in turn leave something different: two properties, or one of many values."""
        params = row["update"]["params"]
        return len(params) > 1 or (params[0][2] in {"string", "integer"} and not params[0][3])

    def parts_of(self, row):
        short = row["type"].split("::")[2]
        return [
            part
            for part in self.parts.get(row["type"].split("::")[1], ())
            if part is not row
            and any(name in {short + "Id", short + "Name", short} for name in part["pid"])
            and row["pid"][-1] in {short + "Id", "Id", "Name", short + "Name"}
        ]

    @staticmethod
    def nested(row):
        """Return whether several parents can hold an object of one name, and each call tells which."""
        alone = {"DetectorId", "AwsAccountId"} & set(row["pid"])
        return not alone and "parent" in (row["update"] or row["delete"])["sent"].values()

    @staticmethod
    def namesakes(row):
        """Return the types of the same service whose objects are called by name too."""
        return [
            other
            for other in rows().values()
            if other["source"] == row["source"]
            and other is not row
            and other["name"]
            and other["update"]
            and row["name"]
        ]

    # Shorthands.

    def subject(self, row, *, managed="terraform", born=True, name="", parent=""):
        name = name or f"{self.random.choice(NAMES)}-{self.m.next()}"
        subject = Subject(self.m, row, name, parent=parent)
        kind = subject.kind()
        if born:
            self.world.born(kind, managed=managed)
        else:
            subject.thing.tags.update({"Name": name, "managed-by": managed})
            subject.thing.created = None
        subject.on = kind
        return subject

    def do(self, actor, op, at, subject, **record):
        return self.world.call(actor, op, at, kind=subject.on, **record)

    def seen(self, subject, at, *causes, **more):
        more.setdefault("label", self.label)
        more.setdefault("envelope", self.random.choice(("eventbridge", "eventbridge", "sns")))
        return self.world.capture(subject.on, at + self.lag(), causes, **more)

    def lag(self):
        return seconds(self.random.uniform(20, 400))

    def person(self):
        return self.random.choice(self.people)

    def two(self):
        return self.random.sample(self.people, 2)
