"""Plays changes of the company's objects, and keeps what is right to say of each."""

from dataclasses import dataclass, field
from datetime import timedelta

from tests.worlds.addresses.estate import Estate, Living
from tests.worlds.blind.actors import FIREFOX, Actor

UNKNOWN = frozenset({"unknown"})
SILENT = frozenset({None})


@dataclass(kw_only=True)
class Truth:
    """What is right of one change; a set holds all that may be said, None in it: nothing."""

    label: str
    living: Living
    captures: list
    addresses: frozenset
    does: frozenset
    targets: frozenset
    engines: frozenset = frozenset()
    evidence: frozenset = frozenset()
    precision: frozenset = frozenset()
    same: frozenset = frozenset()
    more: dict = field(default_factory=dict)
    verdict: str = "out-of-band"


class Stage:
    """Lets people, pipelines and nobody change objects, an object once."""

    def __init__(self, seed, now=None):
        self.estate = Estate(seed, now)
        self.world, self.random = self.estate.world, self.estate.random
        self.truths: list[Truth] = []

    def person(self, account) -> Actor:
        return self.estate.casts[account].sso(
            self.random.choice(("alice", "bob", "carol")) + "@example.com", agent=FIREFOX
        )

    # One change.

    def change(self, living, op, *, does, by="person", minutes=None, deleted=False, **expected):
        """Let somebody make a call on an object; keep what is right to say, and return it.

        `by`: person, pipeline or nobody. `expected` may hold `addresses`, `evidence`, `precision`, `targets`, `engines`, `label`.
        """
        assert not living.taken, living.label
        living.taken = True
        thing, world = living.thing, self.world
        at = world.ago(minutes=minutes or self.random.uniform(60, 420)).replace(microsecond=0)
        causes, verdict = [], {"pipeline": "in-workflow", "nobody": "unattributed"}.get(by, "out-of-band")
        if by == "nobody":
            op.change()
        else:
            cast = self.estate.casts[thing.account]
            actor = cast.pipeline() if by == "pipeline" else self.person(thing.account)
            causes = [world.call(actor, op, at, kind=living.kind, account=thing.account)]
        recorded = world.capture(
            living.kind, at + timedelta(seconds=100, milliseconds=self.random.randrange(1000)), causes,
            label=living.label, status="ResourceDeleted" if deleted else "OK",
            verdict=verdict if by == "nobody" else "", envelope="eventbridge" if living.label.startswith("tags") else "",
        )  # fmt: skip
        homes = [address for _, address in living.homes]
        found = bool(homes)
        given = {
            "addresses": frozenset(homes) or SILENT,
            "targets": frozenset((*homes, *living.parts, *living.same)),
            "engines": frozenset({living.engine}) if found else frozenset(),
            "evidence": frozenset({"index"}) if found else frozenset(),
            "precision": frozenset({"instance"}) if found else frozenset(),
            "same": frozenset(living.same),
        }
        label = expected.pop("label", living.label)
        more = {key: expected.pop(key) for key in list(expected) if key not in given}
        given |= {key: frozenset(value) for key, value in expected.items()}
        truth = Truth(
            label=label, living=living, captures=recorded.captures, more=more, verdict=verdict,
            does=SILENT if verdict == "in-workflow" else frozenset(does), **given,
        )  # fmt: skip
        self.truths.append(truth)
        return truth

    # Changes that every object allows.

    def attribute(self, living):
        """Return a call that changes no part, or None."""
        sort, kind = living.sort, living.kind
        if not kind.updates or (sort and sort.update is None):
            return None
        return kind.updates[sort.update if sort else 0]()

    def deed(self, living, deed, *, attribute=UNKNOWN, deleted=("recreate",), **more):
        """Let a person change an attribute or a tag of it, or delete it, as far as it can be; return the truth."""
        kind = living.kind
        if deed == "delete" and kind.delete:
            return self.change(living, kind.delete(), does=deleted, deleted=True, **more)
        if deed == "tag" and kind.tag:
            return self.change(
                living, kind.tag({"opened": f"by-{self.estate.number()}"}), does=attribute, **more
            )
        op = self.attribute(living)
        if op is None:
            op = kind.tag({"opened": "by-hand"}) if kind.tag else None
        if op is None:
            return self.change(living, kind.delete(), does=deleted, deleted=True, **more)
        return self.change(living, op, does=attribute, **more)

    def ordinary(self, share=0.8):
        """Change most of the objects that nothing befell."""
        for living in [each for each in self.estate.objects if not each.taken]:
            if self.random.random() > share:
                continue
            by = self.random.choices(("person", "pipeline", "nobody"), (85, 8, 7))[0]
            deed = self.random.choices(("attribute", "tag", "delete"), (45, 15, 40))[0]
            if by == "nobody":  # what AWS may have done itself is no finding without a call
                by, deed = ("nobody", "tag") if living.kind.tag else ("person", deed)
            self.deed(living, deed, by=by, **living.traits)
