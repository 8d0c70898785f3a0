"""A world made of the corpus of calls: who made which call, what Config recorded of it, and so who it was."""

from tests.worlds.blind.config import HOME, LONG_AGO, Thing
from tests.worlds.blind.kind import Kind, Op
from tests.worlds.corpus.calls import Slots, rows
from tests.worlds.stage import Stage, seconds

VALUES = {"key": "value", "Key": "Value", "tagKey": "tagValue", "TagKey": "TagValue", "tag_key": "tag_value"}


class Subject:
    """A resource of the corpus with the call on it; another call about it is made of its names."""

    def __init__(self, m, row, name, region):
        self.region = row.get("region") or region
        self.slots = Slots(name, self.region, m.account)
        self.row = row = self.slots.filled(row)
        place, form = row.get("tagged", "configuration.Tags Key").split()
        section, key = place.split(".")
        self.thing = Thing(
            type=row["type"],
            id=row["id"],
            name=row.get("name"),
            arn=row.get("arn"),
            region=row.get("recorded_as", self.region),
            config=row.get("resource", {}),
            extra=row.get("extra", {}),
            tag_places=((section, key, f"{form}/{VALUES[form]}" if form in VALUES else form),),
            tags={"Name": name},
            created=None if row.get("status") == "ResourceDiscovered" else LONG_AGO,
            told_in=self.region,
        )
        self.kind = Kind(thing=self.thing, bare_tags=False)

    def change(self):
        thing, row = self.thing, self.row
        thing.config |= row.get("change", {})
        thing.extra |= row.get("extra_change", {})
        tags = {**thing.tags, **row.get("tags", {})}
        thing.tags = {key: text for key, text in tags.items() if text is not None}

    def op(self, row=None):
        """Return the call on the resource, or another one with its names."""
        told = self.slots.filled(row) if row else self.row
        return Op(
            service=told["source"],
            operation=told["event"],
            request=told.get("request"),
            answer=told.get("response"),
            lists=tuple((None, each) for each in told.get("lists", ())),
            resources=tuple(told.get("resources", ())),
            change=(lambda: None) if row or self.row.get("status") else self.change,
        )


class Corpus(Stage):
    """Plays the rows of the corpus into a world."""

    def happens(self, row, name, who, *, managed="terraform", region=HOME, asides=()):
        """Let somebody make a call, and Config record what came of it; others call aside."""
        subject, status = Subject(self.m, row, name, region), row.get("status", "OK")
        kind = subject.kind
        if status == "ResourceDiscovered":
            subject.thing.tags |= {"managed-by": managed} if managed else {}
        else:
            self.world.born(kind, managed=managed)
        for call, after, more in asides:
            self.do(self.bob, subject.op(call), kind, after, **more)
        cause = self.do(who, subject.op(), kind)
        self.seen(kind, cause, after=self.random.uniform(30, 500), status=status)

    def whole(self):
        """Let every call be made by a person, by the pipeline on a sibling, and aside of a change by a stranger."""
        calls = rows("calls")
        named = {row["label"]: row for row in calls}
        for number, row in enumerate(calls):
            self.begin(row["label"], 300 - number / 2)
            name, new = f"svc{number:03d}", row.get("status") == "ResourceDiscovered"
            self.happens(row, name, self.pick(self.alice, self.dora))
            self.at += seconds(4)
            refused = [] if new else [(row, -9, {"errorCode": "AccessDenied"})]
            self.happens(row, f"{name}-2", self.pipeline, asides=refused)
            if not row.get("global") and not row.get("region") and number % 3 == 0:
                self.happens(row, f"{name}-2", self.bob, managed=None, region="us-west-2")
        for number, row in enumerate(rows("asides")):
            self.begin(f"{row['of']} beside {row['source']}:{row['event']}", 300 - number)
            asides = [(row, after, {}) for after in (-4, 9)]
            self.happens(named[row["of"]], f"thing{number:03d}", self.pipeline, asides=asides)
        return self.world
