"""Stories of two callers within one item, and of calls that made nothing of it."""

from tests.worlds.recorded_types.stage import seconds

UNIQUE_NAMES = frozenset({"AWS::ElasticBeanstalk::Environment"})
"""Types whose objects have an id, and yet no two of one name in an account and region."""


class MixedCalls:
    """Whoever else called near the change."""

    def story_pipeline_then_person(self, row, at):
        """[update][both] Both change it within one item, the person last."""
        one = self.subject(row)
        first = self.do(self.pipeline, one.update(0), at, one)
        second = self.do(self.person(), one.second(), at + seconds(8), one)
        self.seen(one, at + seconds(8), first, second)

    def story_person_then_pipeline(self, row, at):
        """[update][both] Both change it within one item, the pipeline last."""
        one = self.subject(row)
        first = self.do(self.person(), one.update(0), at, one)
        second = self.do(self.pipeline, one.second(), at + seconds(8), one)
        self.seen(one, at + seconds(8), first, second)

    def story_the_one_before(self, row, at):
        """[update] A person's change was recorded minutes ago; now the pipeline changes it back."""
        one = self.subject(row)
        self.seen(one, at, self.do(self.person(), one.update(), at, one))
        later = one.thing.captured and self.world.truths[-1].captures[0] + seconds(40)
        self.seen(one, later, self.do(self.pipeline, one.update(turn=0), later, one))

    def story_sent_before_differs(self, row, at):
        """[update][two] Two people within a minute; only what one of them sent differs."""
        one = self.subject(row)
        first, second = self.two()
        idle = self.do(first, one.update(1, turn=0, shown=False), at + seconds(9), one)
        call = self.do(second, one.update(0), at, one)
        truth = self.seen(one, at + seconds(9), call, label=self.label)
        truth.spared = {idle.id}

    # Calls that made nothing of it.

    def story_refused(self, row, at):
        """[update] A person is refused, before and after; the pipeline changes it."""
        one = self.subject(row)
        person = self.person()
        for when in (-5, 6):
            self.do(
                person,
                one.update(1),
                at + seconds(when),
                one,
                errorCode="AccessDenied",
                responseElements=None,
            )
        self.seen(one, at + seconds(6), self.do(self.pipeline, one.update(), at, one))

    def story_looked_at(self, row, at):
        """[update][look] A person reads it; the pipeline changes it."""
        one = self.subject(row)
        self.do(self.person(), one.look(), at + seconds(3), one, readOnly=True)
        self.seen(one, at + seconds(3), self.do(self.pipeline, one.update(), at, one))

    def story_neighbour(self, row, at):
        """[update] A person changes an object of nearly the same name, the pipeline this one."""
        one = self.subject(row)
        other = self.subject(row, name=self.random.choice((f"{one.name}-2", f"my-{one.name}", one.name[:-1])))
        by = self.do(self.person(), other.update(), at + seconds(4), other)
        self.seen(one, at + seconds(4), self.do(self.pipeline, one.update(), at, one))
        self.seen(other, at + seconds(4), by)

    def story_neighbour_deleted(self, row, at):
        """A person deletes an object of nearly the same name, the pipeline this one."""
        one = self.subject(row)
        other = self.subject(row, name=f"{one.name}-2")
        by = self.do(self.person(), other.delete(), at + seconds(4), other)
        self.seen(
            one, at + seconds(4), self.do(self.pipeline, one.delete(), at, one), status="ResourceDeleted"
        )
        self.seen(other, at + seconds(4), by, status="ResourceDeleted")

    def story_its_part(self, row, at):
        """[update][parts] A person changes a part with a life of its own, the pipeline the whole."""
        one = self.subject(row)
        part_row = self.random.choice(self.parts_of(row))
        called = one.id if row["id"] and row["id"] in row["pid"] else one.name
        part = self.subject(part_row, parent=called)
        by = self.do(self.person(), part.update(), at + seconds(4), part)
        self.seen(one, at + seconds(4), self.do(self.pipeline, one.update(), at, one))
        self.seen(part, at + seconds(4), by)

    def story_siblings(self, row, at):
        """Two people create two objects of a type in the same seconds."""
        first, second = self.two()
        for person, when in ((first, 0), (second, 2)):
            one = self.subject(row, born=False)
            one.thing.created = f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
            moment = at + seconds(when)
            self.seen(one, moment, self.do(person, one.create(), moment, one), status="ResourceDiscovered")

    def story_twin_elsewhere(self, row, at):
        """[update][nested] A person changes an object of the same name in another parent, the pipeline this one."""
        one = self.subject(row)
        other = self.subject(row, name=one.name, parent=f"{one.parent}-2")
        by = self.do(self.person(), other.update(), at + seconds(4), other)
        self.seen(one, at + seconds(4), self.do(self.pipeline, one.update(), at, one))
        self.seen(other, at + seconds(4), by)

    def story_twin_elsewhere_deleted(self, row, at):
        """[nested] A person deletes an object of the same name in another parent, the pipeline this one."""
        one = self.subject(row)
        other = self.subject(row, name=one.name, parent=f"{one.parent}-2")
        by = self.do(self.person(), other.delete(), at + seconds(4), other)
        self.seen(
            one, at + seconds(4), self.do(self.pipeline, one.delete(), at, one), status="ResourceDeleted"
        )
        self.seen(other, at + seconds(4), by, status="ResourceDeleted")

    def story_namesake(self, row, at):
        """[update][namesake] A person changes an object of another type of the service, of the same name."""
        one = self.subject(row)
        other = self.subject(self.random.choice(self.namesakes(row)), name=one.name)
        by = self.do(self.person(), other.update(), at + seconds(4), other)
        self.seen(one, at + seconds(4), self.do(self.pipeline, one.update(), at, one))
        self.seen(other, at + seconds(4), by)

    def story_namesake_deleted(self, row, at):
        """[namesake] A person deletes an object of another type of the service, of the same name."""
        one = self.subject(row)
        other = self.subject(self.random.choice(self.namesakes(row)), name=one.name)
        by = self.do(self.person(), other.delete(), at + seconds(4), other)
        self.seen(
            one, at + seconds(4), self.do(self.pipeline, one.delete(), at, one), status="ResourceDeleted"
        )
        self.seen(other, at + seconds(4), by, status="ResourceDeleted")

    def story_same_name(self, row, at):
        """[update][id] A person changes an object of the same name, which has an id of its own."""
        if row["type"] in UNIQUE_NAMES:
            return
        one = self.subject(row)
        other = self.subject(row, name=one.name)
        by = self.do(self.person(), other.update(), at + seconds(4), other)
        self.seen(one, at + seconds(4), self.do(self.pipeline, one.update(), at, one))
        self.seen(other, at + seconds(4), by)
