"""What people, pipelines and AWS do to an object of any type: one story a change, each with its trap.

A row of a table: what its type must allow (words of `Changes.allows`), and how the story goes.
"""

from functools import partial

from tests.worlds.blind.actors import OWN
from tests.worlds.blind.kind import store
from tests.worlds.stage import OMITTED, Stage

LONG_AGO = "2025-03-02T09:14:07.000Z"
NEW, GONE = {"status": "ResourceDiscovered"}, {"status": "ResourceDeleted"}
UNIQUE_NAMES = frozenset({"AWS::ElasticBeanstalk::Environment"})
"""Types whose objects have an id, and yet no two of one name in an account and region."""

SINGLE = {
    # (needs, who, what they do, how Config saw it)
    "person_updates": ("update", "person", "update", {}),
    "pipeline_updates": ("update", "pipeline", "update", {}),
    "oversized": ("update", "person", "update", {"envelope": "big"}),
    "no_diff": ("update", "person", "update", {"diff": "none"}),
    "nothing_before": ("update", "person", "update", {"diff": "none", "created": LONG_AGO}),
    "person_creates": ("", "person", "create", {"created": "now", **NEW}),
    "person_creates_untimed": ("", "person", "create", {"created": None, **NEW}),
    "pipeline_creates": ("", "pipeline", "create", {"created": "now", **NEW}),
    "person_deletes": ("", "person", "delete", GONE),
    "person_deletes_without_diff": ("", "person", "delete", {"diff": "none", **GONE}),
    "pipeline_deletes": ("", "pipeline", "delete", GONE),
    "person_tags": ("tag", "person", "tag", {}),
    "service_for_person": ("update", "service_for_person", "update", {}),
    "stack_of_person": ("update", "stack_of_person", "update", {}),
}
TWO = {
    # (needs, who is first, who is second, seconds between, whose parameters were left out)
    "pipeline_then_person": ("update both", "pipeline", "person", 8, None),
    "person_then_pipeline": ("update both", "person", "pipeline", 8, None),
    "aws_beside_person": ("update both", "aws", "person", 8, None),
    "omitted_beside_pipeline": ("update both", "pipeline", "person", 20, "person"),
    "omitted_by_pipeline": ("update both", "pipeline", "pipeline", 20, "pipeline"),
    "omitted_beside_person": ("update both", "person", "pipeline", 20, "pipeline"),
}
BESIDE = {
    # A person does it to another object, the pipeline to this one: (needs, which other, what they do)
    "neighbour": ("update", "neighbour", "update"),
    "neighbour_deleted": ("", "neighbour", "delete"),
    "its_part": ("update parts", "part", "update"),
    "twin_elsewhere": ("update nested", "twin", "update"),
    "twin_elsewhere_deleted": ("nested", "twin", "delete"),
    "namesake": ("update namesake", "namesake", "update"),
    "namesake_deleted": ("namesake", "namesake", "delete"),
    "same_name": ("update id", "same", "update"),
}
FURTHER = {
    # The rarer calls that change it: (needs, who, how Config saw it)
    "person_calls_further": ("further", "person", {}),
    "person_calls_further_too_big": ("further", "person", {"envelope": "big"}),
    "pipeline_calls_further": ("further", "pipeline", {}),
}
PARTS = {
    # Calls on a part, or a use of it, beside the change: (needs, who changes it, who calls the part)
    "person_beside_part": ("beside update", "pipeline", "person"),
    "pipeline_beside_part": ("beside update", "person", "pipeline"),
    "part_beside_nothing": ("beside update", None, "person"),
}
OTHERS = {
    "the_one_before": "update",
    "sent_before_differs": "update two",
    "refused": "update",
    "looked_at": "update look",
    "siblings": "",
    "aws_itself": "update",
    "nobody": "update",
    "omitted_alone": "update",
    "stranger_beside": "update",
}


class Stories(Stage):
    """The stories; each takes a type's row."""

    def every(self):
        """Return all stories by name: what each needs of a type, and how it goes."""
        found = {name: (needs, getattr(self, name)) for name, needs in OTHERS.items()}
        tables = (SINGLE, self.single), (TWO, self.two), (BESIDE, self.beside), (FURTHER, self.further_call)
        for table, story in (*tables, (PARTS, self.part_call)):
            for name, (needs, *given) in table.items():
                found[name] = needs, partial(story, given)
        return found

    def single(self, given, row):
        who, deed, seen = given
        created = seen.get("created", "")
        one = self.subject(row, born=created == "")
        if created:
            one.thing.created = f"{self.at:%Y-%m-%dT%H:%M:%S}.000Z" if created == "now" else created
        tags = ({"owner": "dora"},) if deed == "tag" else ()
        call = self.do(self.by(who, one), getattr(one, deed)(*tags), one)
        self.seen(one, call, **{name: each for name, each in seen.items() if name != "created"})

    def two(self, given, row):
        first, second, between, omitted = given
        one = self.subject(row)
        calls = [self.do(self.by(first, one), one.update(), one)]
        left = {"requestParameters": OMITTED} if omitted else {}
        calls.append(self.do(self.by(second), one.second(), one, between, **left))
        if omitted == "person":
            self.seen(one, after=between, verdict="unattributed").leads = {calls[1].id}
        else:
            self.seen(one, *calls[: 1 if omitted else 2], after=between)

    def beside(self, given, row):
        which, deed = given
        if which == "same" and row["type"] in UNIQUE_NAMES:
            return
        one = self.subject(row)
        other = self.other(one, which, deed)
        by = self.do(self.person(), getattr(other, deed)(), other, 4)
        seen = {"after": 4, **(GONE if deed == "delete" else {})}
        self.seen(one, self.do(self.pipeline, getattr(one, deed)(), one), **seen)
        self.seen(other, by, **seen)

    def other(self, one, which, deed):
        """Return another object that is easily taken for this one."""
        row = one.row
        match which:
            case "neighbour":
                names = () if deed == "delete" else (f"my-{one.name}", one.name[:-1])
                return self.subject(row, name=self.pick(f"{one.name}-2", *names))
            case "part":
                part = self.random.choice(self.parts_of(row))
                by_id = row["id"] and row["id"] in row["pid"]
                return self.subject(part, parent=one.id if by_id else one.name)
            case "twin":
                return self.subject(row, name=one.name, parent=f"{one.parent}-2")
            case "namesake":
                return self.subject(self.random.choice(self.namesakes(row)), name=one.name)
        return self.subject(row, name=one.name)

    def further_call(self, given, row, which=None):
        who, seen = given
        one = self.subject(row, born=False)
        call = which or self.random.choice(self.further[row["type"]])
        one.thing.created = LONG_AGO
        one.thing.config[call["shows"]] = "before"
        self.world.born(one.kind, managed="terraform")
        op = one.plain(call)
        op.change = store(one.thing.config, **{call["shows"]: "after"})
        self.seen(one, self.do(self.by(who), op, one), **seen)

    def part_call(self, given, row, which=None):
        changer, caller = given
        one = self.subject(row)
        calls = [self.do(self.by(changer), one.update(), one)] if changer else []
        after = 6 if changer else 0
        op = one.plain(which or self.random.choice(self.on_parts[row["type"]]))
        self.do(self.by(caller), op, one, after)
        if not changer:
            one.update().change()
        self.seen(one, *calls, after=after, **({} if changer else {"verdict": "unattributed"}))

    def the_one_before(self, row):
        """Record a person's change minutes ago; now the pipeline changes it back."""
        one = self.subject(row)
        truth = self.seen(one, self.do(self.person(), one.update(), one))
        self.at = truth.captures[0]
        self.seen(one, self.do(self.pipeline, one.update(turn=0), one, 40), after=40)

    def sent_before_differs(self, row):
        """Let two people change it within a minute; only what one of them sent differs."""
        one = self.subject(row)
        first, second = self.random.sample(self.people, 2)
        idle = self.do(first, one.update(1, turn=0, shown=False), one, 9)
        self.seen(one, self.do(second, one.update(0), one), after=9).spared = {idle.id}

    def refused(self, row):
        """Refuse a person, before and after; the pipeline changes it."""
        one, person = self.subject(row), self.person()
        for when in (-5, 6):
            self.do(person, one.update(1), one, when, errorCode="AccessDenied", responseElements=None)
        self.seen(one, self.do(self.pipeline, one.update(), one), after=6)

    def looked_at(self, row):
        """Let a person read it; the pipeline changes it."""
        one = self.subject(row)
        self.do(self.person(), one.look(), one, 3, readOnly=True)
        self.seen(one, self.do(self.pipeline, one.update(), one), after=3)

    def siblings(self, row):
        """Let two people create two objects of a type in the same seconds."""
        for person, when in zip(self.random.sample(self.people, 2), (0, 2), strict=True):
            one = self.subject(row, born=False)
            one.thing.created = f"{self.at:%Y-%m-%dT%H:%M:%S}.000Z"
            self.seen(one, self.do(person, one.create(), one, when), after=when, **NEW)

    def aws_itself(self, row):
        """Let AWS act: its own service, a linked role, under the root's name, or namelessly."""
        one = self.subject(row)
        service = f"{row['source']}.amazonaws.com"
        root = {"type": "Root", "principalId": OWN, "arn": f"arn:aws:iam::{OWN}:root", "accountId": OWN}
        plain, internal = self.cast.service(service), self.cast.service("AWS Internal")
        actor, identity = self.pick(
            (plain, {}),
            (self.cast.linked(service, "AWSServiceRoleForIt", "It"), {}),
            (plain, {"userIdentity": {**root, "invokedBy": service}}),
            (internal, {"userIdentity": {"accountId": OWN, "invokedBy": "AWS Internal"}}),
        )
        self.seen(one, self.do(actor, one.update(), one, **identity))

    def nobody(self, row):
        """Change a property without a call in any trail."""
        one = self.subject(row)
        one.update().change()
        self.seen(one, verdict="unattributed")

    def stranger_beside(self, row):
        """Let a person be busy elsewhere in the service; nobody called this object."""
        other = self.subject(row)
        by = self.do(self.person(), other.update(), other)
        self.nobody(row)
        self.seen(other, by)

    def omitted_alone(self, row):
        """Let a person call, alone, and leave the parameters out."""
        one = self.subject(row)
        padded = self.do(self.person(), one.update(), one, requestParameters=OMITTED)
        self.seen(one, verdict="unattributed").leads = {padded.id}

    def by(self, who, one=None):
        """Return who acts."""
        match who:
            case "person":
                return self.person()
            case "aws":
                return self.cast.service(f"{one.row['source']}.amazonaws.com")
            case "service_for_person":
                return self.cast.on_behalf(self.person(), "servicecatalog.amazonaws.com")
            case "stack_of_person":
                return self.cast.cloudformation(self.person())
        return self.pipeline
