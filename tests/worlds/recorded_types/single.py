"""Stories of one change with one call that made it."""

from tests.worlds.recorded_types.stage import seconds


class SingleCalls:
    """One call, or a rarer one; the item told in every form."""

    def story_person_updates(self, row, at):
        """[update] A person changes a property."""
        one = self.subject(row)
        self.seen(one, at, self.do(self.person(), one.update(), at, one))

    def story_pipeline_updates(self, row, at):
        """[update] The pipeline changes a property."""
        one = self.subject(row)
        self.seen(one, at, self.do(self.pipeline, one.update(), at, one))

    def story_oversized(self, row, at):
        """[update] The item is too big for its message."""
        one = self.subject(row)
        self.seen(one, at, self.do(self.person(), one.update(), at, one), envelope="big")

    def story_no_diff(self, row, at):
        """[update] No diff came with the item; history holds the one before."""
        one = self.subject(row)
        self.seen(one, at, self.do(self.person(), one.update(), at, one), diff="none")

    def story_nothing_before(self, row, at):
        """[update] No diff came, and nothing was recorded before."""
        one = self.subject(row, born=False)
        one.thing.created = "2025-03-02T09:14:07.000Z"
        self.seen(one, at, self.do(self.person(), one.update(), at, one), diff="none")

    def story_person_creates(self, row, at):
        """A person creates a managed object."""
        one = self.subject(row, born=False)
        one.thing.created = f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
        self.seen(one, at, self.do(self.person(), one.create(), at, one), status="ResourceDiscovered")

    def story_person_creates_untimed(self, row, at):
        """A person creates a managed object whose item does not tell when it was created."""
        one = self.subject(row, born=False)
        self.seen(one, at, self.do(self.person(), one.create(), at, one), status="ResourceDiscovered")

    def story_pipeline_creates(self, row, at):
        """The pipeline creates an object."""
        one = self.subject(row, born=False)
        one.thing.created = f"{at:%Y-%m-%dT%H:%M:%S}.000Z"
        self.seen(one, at, self.do(self.pipeline, one.create(), at, one), status="ResourceDiscovered")

    def story_person_deletes(self, row, at):
        """A person deletes an object; the diff holds what it was."""
        one = self.subject(row)
        self.seen(one, at, self.do(self.person(), one.delete(), at, one), status="ResourceDeleted")

    def story_person_deletes_without_diff(self, row, at):
        """A person deletes an object; only history holds what it was."""
        one = self.subject(row)
        call = self.do(self.person(), one.delete(), at, one)
        self.seen(one, at, call, status="ResourceDeleted", diff="none")

    def story_pipeline_deletes(self, row, at):
        """The pipeline deletes an object."""
        one = self.subject(row)
        self.seen(one, at, self.do(self.pipeline, one.delete(), at, one), status="ResourceDeleted")

    def story_person_tags(self, row, at):
        """[tag] A person adds a tag."""
        one = self.subject(row)
        self.seen(one, at, self.do(self.person(), one.tag({"owner": "dora"}), at, one))

    def further_of(self, row, call=None):
        """Return an object with a call of the further ones that changes it."""
        one = self.subject(row, born=False)
        call = call or self.random.choice(self.further[row["type"]])
        one.thing.created = "2025-03-02T09:14:07.000Z"
        one.thing.config[call["shows"]] = "before"
        self.world.born(one.on, managed="terraform")
        op = one.plain(call)
        op.change = lambda: one.thing.config.__setitem__(call["shows"], "after")
        return one, op

    def story_person_calls_further(self, row, at, which=None):
        """[further] A person makes one of the rarer calls that change it."""
        one, op = self.further_of(row, which)
        self.seen(one, at, self.do(self.person(), op, at, one))

    def story_person_calls_further_too_big(self, row, at):
        """[further] The same, of an item that history alone has."""
        one, op = self.further_of(row)
        self.seen(one, at, self.do(self.person(), op, at, one), envelope="big")

    def story_pipeline_calls_further(self, row, at):
        """[further] The pipeline makes one of the rarer calls that change it."""
        one, op = self.further_of(row)
        self.seen(one, at, self.do(self.pipeline, op, at, one))

    def story_person_beside_part(self, row, at, which=None):
        """[beside][update] The pipeline changes it; a person calls a part, or uses it."""
        one = self.subject(row)
        call = self.do(self.pipeline, one.update(), at, one)
        which = which or self.random.choice(self.beside[row["type"]])
        self.do(self.person(), one.plain(which), at + seconds(6), one)
        self.seen(one, at + seconds(6), call)

    def story_pipeline_beside_part(self, row, at):
        """[beside][update] A person changes it; the pipeline calls a part, or uses it."""
        one = self.subject(row)
        call = self.do(self.person(), one.update(), at, one)
        self.do(self.pipeline, one.plain(self.random.choice(self.beside[row["type"]])), at + seconds(6), one)
        self.seen(one, at + seconds(6), call)

    def story_part_beside_nothing(self, row, at):
        """[beside][update] A person calls a part, or uses it; nobody changed it in any trail."""
        one = self.subject(row)
        self.do(self.person(), one.plain(self.random.choice(self.beside[row["type"]])), at, one)
        one.update().change()
        self.seen(one, at, verdict="unattributed")
