"""Where stories are told: things at home, calls that no row has, captures with a diff."""

from tests.worlds.blind.kind import Op, retag
from tests.worlds.blind.lookup_rows import listed
from tests.worlds.blind.scenarios.scene import Scene
from tests.worlds.blind.world import regions_of


class Telling(Scene):
    """A group of stories: each method that begins with `story_` plays at a time of its own."""

    def whole(self):
        """Tell every story of the group."""
        for name in sorted(vars(type(self))):
            if name.startswith("story_"):
                self.begin(name.removeprefix("story_"), self.draw(95, 190))
                getattr(self, name)()
        return self.world

    def raw(self, service, operation, request, answer=None, change=lambda: None, **more):
        """Return a call that no row has, as the service's event history lists it."""
        if "lists" not in more:
            arns = [each["ARN"] for each in more.get("resources", ())]
            more["lists"] = tuple((None, each) for each in listed(service, operation, request, answer, arns))
        return Op(service=service, operation=operation, request=request, answer=answer, change=change, **more)

    def changes(self, seen, told, *, actor=None, lists=None, **more):
        """Let Alice, or the actor, make a call that no row has; Config sees each thing so many seconds later."""
        seen = list(seen)
        made = self.raw(*told, **({"lists": tuple((None, each) for each in lists)} if lists else {}))
        who = self.do(actor or self.alice, made, seen[0][0])
        for kind, after in seen:
            self.seen(kind, who, after=after, **more)

    def seen(self, kind, *causes, after=100, **more):
        given = {"diff": "normal", "regions": regions_of(kind.thing) if causes else (), **more}
        return super().seen(kind, *causes, after=after, **given)

    def ours(self, kind, after=0, op=0):
        return self.do(self.pipeline, op, kind, after)


def each(*changes):
    """Return what makes several changes at once."""
    return lambda: [change() for change in changes]


def untag(kind, *keys):
    return retag(kind.thing, gone=keys)
