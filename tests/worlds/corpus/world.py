"""A world made of the corpus of calls: who made which call, what Config recorded of it, and so who it was."""

from datetime import timedelta

from tests.worlds.blind.config import HOME, LONG_AGO, Thing
from tests.worlds.blind.kind import Kind, Op
from tests.worlds.blind.world import World
from tests.worlds.corpus.calls import Slots, rows

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
        thing.config, thing.extra = (
            {**thing.config, **row.get("change", {})},
            {**thing.extra, **row.get("extra_change", {})},
        )
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


class Corpus:
    """Plays the rows of the corpus into a world."""

    def __init__(self, seed, now):
        self.world = World(seed, now)
        self.cast = self.world.cast
        self.people = [self.cast.sso("maria@example.com"), self.cast.iam_user("pete")]
        self.pipeline, self.stranger = self.cast.pipeline(), self.cast.sso("eve@example.com")

    def happens(self, row, name, who, at, *, managed="terraform", region=HOME, label="", asides=()):
        """Let somebody make a call, and Config record what came of it; others call aside."""
        world, subject = self.world, Subject(self.world.maker, row, name, region)
        kind, status = subject.kind, row.get("status", "OK")
        if status == "ResourceDiscovered":
            subject.thing.tags |= {"managed-by": managed} if managed else {}
        else:
            world.born(kind, managed=managed)
        for call, seconds, more in asides:
            world.call(self.stranger, subject.op(call), at + timedelta(seconds=seconds), kind=kind, **more)
        cause = world.call(who, subject.op(), at, kind=kind)
        seen = (at + timedelta(seconds=world.random.uniform(30, 500))).replace(microsecond=123000)
        world.capture(
            kind, seen, (cause,), label=label or row["label"], status=status, envelope="eventbridge"
        )

    def whole(self):
        """Let every call be made by a person, by the pipeline on a sibling, and aside of a change by a stranger."""
        calls = rows("calls")
        named, start = {row["label"]: row for row in calls}, self.world.now - timedelta(seconds=18_000)
        for number, row in enumerate(calls):
            at, name = start + timedelta(seconds=30 * number), f"svc{number:03d}"
            refused = (
                []
                if row.get("status") == "ResourceDiscovered"
                else [(row, -9, {"errorCode": "AccessDenied"})]
            )
            self.happens(row, name, self.people[number % 2], at)
            self.happens(row, f"{name}-2", self.pipeline, at + timedelta(seconds=4), asides=refused)
            if not row.get("global") and not row.get("region") and number % 3 == 0:
                later = at + timedelta(seconds=6)
                self.happens(row, f"{name}-2", self.stranger, later, managed=None, region="us-west-2")
        for number, row in enumerate(rows("asides")):
            at, label = (
                start + timedelta(seconds=80 * number),
                f"{row['of']} beside {row['source']}:{row['event']}",
            )
            asides = [(row, seconds, {}) for seconds in (-4, 9)]
            self.happens(
                named[row["of"]], f"thing{number:03d}", self.pipeline, at, label=label, asides=asides
            )
        return self.world
