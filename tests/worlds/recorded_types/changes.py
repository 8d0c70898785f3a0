"""Plays stories on objects of every type, each type about as often as any other."""

from collections import Counter

from tests.worlds.recorded_types.further import FURTHER, PARTS, table
from tests.worlds.recorded_types.rows import Subject, rows
from tests.worlds.recorded_types.stories import Stories

NAMES = ("orders", "payments", "web", "billing", "checkout", "search", "ledger", "mail")
NOT_IN_FILES = ("deletes", "deleted", "sent_before_differs", "the_one_before")
"""Words of stories of which a first item without a diff cannot tell."""


class Changes(Stories):
    """One world of stories; `in_files`: only those of which history files can tell."""

    def __init__(self, seed, *, now=None, in_files=False):
        super().__init__(seed, now)
        self.people = [self.alice, self.bob, self.dora, self.cast.saml()]
        self.further, self.on_parts = table(FURTHER), table(PARTS)
        self.stories = {
            name: story
            for name, story in sorted(self.every().items())
            if not (in_files and any(part in name for part in NOT_IN_FILES))
        }
        self.told, self.parts = Counter(), {}
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
            fitting = [name for name in self.stories if self.fits(name, row)]
            name = min(fitting, key=lambda each: (self.told[each], self.random.random()))
            self.told[name] += 1
            self.tell(name, row)
        return self.world

    def play_all(self):
        """Let a person make each call of each type once, and one of each part beside the pipeline's."""
        for row in rows().values():
            for name in ("person_creates_untimed", "person_updates", "person_deletes"):
                if self.fits(name, row):
                    self.tell(name, row)
            for call in self.further.get(row["type"], ()):
                self.tell("person_calls_further", row, which=call)
            for call in self.on_parts.get(row["type"], ()) if row["update"] else ():
                self.tell("person_beside_part", row, which=call)
        return self.world

    def tell(self, name, row, **more):
        self.begin(name)
        self.stories[name][1](row, **more)

    def fits(self, name, row):
        return all(self.allows(need, row) for need in self.stories[name][0].split())

    def allows(self, need, row):
        """Return whether a type allows what a story needs."""
        params = (row["update"] or {}).get("params") or ()
        match need:
            case "update":
                return bool(row["update"])
            case "two":  # two properties that a call sets
                return len(params) > 1
            case "both":  # two calls in turn leave something different
                return len(params) > 1 or (params[0][2] in {"string", "integer"} and not params[0][3])
            case "nested":  # several parents can hold an object of one name, and each call tells which
                alone = {"DetectorId", "AwsAccountId"} & set(row["pid"])
                return not alone and "parent" in (row["update"] or row["delete"])["sent"].values()
            case "id":
                return {"id", "name"} <= set(row["update"]["sent"].values())
            case "further" | "beside":
                return row["type"] in (self.further if need == "further" else self.on_parts)
            case "namesake" | "parts":
                return bool(self.namesakes(row) if need == "namesake" else self.parts_of(row))
            case "look":
                return Subject(self.m, row, "x").look() is not None
            case "tag":
                return bool(row["tags"]) and Subject(self.m, row, "x").tag({"a": "b"}) is not None

    def parts_of(self, row):
        """Return the types of the same service whose objects are held by such an object."""
        _, service, short = row["type"].split("::")
        called = {short + "Id", short + "Name"}
        every = self.parts.get(service, ()) if row["pid"][-1] in {*called, "Id", "Name"} else ()
        return [part for part in every if part is not row and {*called, short} & set(part["pid"])]

    @staticmethod
    def namesakes(row):
        """Return the types of the same service whose objects are called by name too."""
        mine = [other for other in rows().values() if other["source"] == row["source"] and other is not row]
        return [other for other in mine if other["name"] and other["update"] and row["name"]]

    # Shorthands.

    def person(self):
        return self.random.choice(self.people)

    def subject(self, row, *, born=True, name="", parent=""):
        name = name or f"{self.random.choice(NAMES)}-{self.m.next()}"
        one = Subject(self.m, row, name, parent=parent)
        if born:
            self.world.born(one.kind, managed="terraform")
        else:
            one.thing.tags.update({"Name": name, "managed-by": "terraform"})
            one.thing.created = None
        return one

    def do(self, actor, op, one, after=0, **record):
        return super().do(actor, op, one.kind, after, **record)

    def seen(self, one, *causes, after=0, **more):
        envelope = self.pick("eventbridge", "eventbridge", "sns")
        lag = self.random.uniform(20, 400)
        return super().seen(one.kind, *causes, after=after + lag, **{"envelope": envelope, **more})
