"""The ordinary day: every kind of thing lives, side by side with its look-alikes."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from tests.worlds.blind.catalogue import catalogue
from tests.worlds.blind.kind import Op
from tests.worlds.blind.scenarios.scene import PLACES, WORDS, Scene, Unfit, regions
from tests.worlds.blind.world import KEY

SOONEST = timedelta(minutes=52)
SCALING = "ecs.application-autoscaling.amazonaws.com", "AWSServiceRoleForApplicationAutoScaling_ECSService"
MACHINES = {
    "AWS::ECS::Service": SCALING,
    "AWS::RDS::DBInstance": ("rds.amazonaws.com", "AWSServiceRoleForRDS"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("ecs.amazonaws.com", "AWSServiceRoleForECS"),
}
REFUSALS = "AccessDenied", "Client.UnauthorizedOperation", "Client.DryRunOperation", "ValidationException"


class Day(Scene):
    """Plays the lives of all kinds into a world; each goes on until it is too late for another capture."""

    def chance(self, share):
        return self.random.random() < share

    def whole(self):
        """Let each kind live once, next to a newly made thing of a similar name, and one elsewhere of its name."""
        for number, (name, make) in enumerate(catalogue().items()):
            self.label, base, place = f"day/{name}", self.pick(*WORDS), self.pick(*PLACES)
            self.at = start = self.world.ago(minutes=self.draw(120, 215))
            self.life(make, base, place)
            self.at = start + timedelta(seconds=self.draw(-200, 200))
            self.birth(make, self.pick(f"{base}-api", f"{base}-prod", f"{base}2", f"my-{base}"), place)
            # A global thing of the same name can only be in another account.
            everywhere = make.region == "$region"
            others = [each for each in PLACES if each[0] != place[0] or (each != place and everywhere)]
            self.at = start + timedelta(seconds=self.draw(-100, 100))
            self.life(make, base, self.pick(*others), steps=1, ends=number % 2 == 0)
        return self.world

    def life(self, make, called, place, *, steps=3, ends=None):
        """Let a managed thing be changed by one after the other, and perhaps be deleted."""
        managed = self.value()
        kind = self.one(make, place=place, name=called, managed=managed)
        for _ in range(steps):
            if not self.changed(kind, managed):
                return
        if (self.chance(0.55) if ends is None else ends) and kind.delete:
            self.step(kind, [self.someone(kind, managed)], [kind.delete], status="ResourceDeleted")

    def birth(self, make, called, place):
        """Let a thing be created and tagged in a second call, or be found untended; its tag changes then."""
        managed = self.value()
        if make.create and make.tag and self.chance(0.7):
            kind = self.made(make, place, called)
            kind.thing.tags.update({"Name": called})
            self.made_at(kind, 0)
            calls = [kind.create, lambda: kind.tag({KEY: managed})]
            if not self.step(kind, [self.someone(kind, managed)], calls, status="ResourceDiscovered"):
                return
        else:
            tags = {"Managed-By": "terraform", "managed-by-team": "shop"}
            kind = self.one(make, place=place, name=called, managed=None, tags=tags)
            if not self.changed(kind, "terraform"):
                return
        other = self.pick("pulumi", "terraform", "cloudformation")
        if kind.untag and KEY in kind.thing.tags and self.chance(0.4):
            self.step(kind, [self.someone(kind, managed)], [lambda: kind.untag([KEY])])
        elif kind.tag and kind.thing.tags.get(KEY) != other:
            self.step(kind, [self.someone(kind, other)], [lambda: kind.tag({KEY: other})])

    def changed(self, kind, managed):
        if kind.tag and (not kind.updates or self.chance(0.12)):
            return self.step(kind, [self.someone(kind, managed)], [lambda: self.marked(kind)])
        count = self.random.choices((1, 2, 3), (6, 1, 1))[0]
        actors = [self.someone(kind, managed) for _ in range(self.random.randint(1, count))]
        return self.step(kind, actors, [lambda: self.possible(kind)] * count)

    def possible(self, kind):
        """Return a call that changes the thing as it is now, if only a tag of it."""
        with suppress(Unfit):
            return self.update(kind)
        return self.marked(kind)

    def marked(self, kind):
        return kind.tag({"cost-center": str(self.m.next())})

    def step(self, kind, actors, calls, *, status="OK"):
        """Make calls, let Config capture what they did; return whether there was time for it."""
        world, spread = self.world, self.draw(1, 50) if len(calls) > 1 else 0
        seen = spread * (len(calls) - 1) + self.lag(kind, 14 * 60 if spread else 3600)
        last = seen + (140 if regions(kind) else 0)
        if self.at + timedelta(seconds=last) > world.now - SOONEST:
            return False
        causes = []
        for number, call in enumerate(calls):
            odd = {"errorCode": ""} if self.chance(0.03) else {}
            causes.append(self.do(actors[min(number, len(actors) - 1)], call(), kind, spread * number, **odd))
        if status == "OK" and kind.thing.shot() == kind.thing.captured and kind.tag:
            # Two calls that undo each other leave nothing to capture: a third one does.
            causes.append(self.do(actors[-1], self.marked(kind), kind, spread * (len(calls) - 1)))
        self.traps(kind, seen)
        diff = "none" if self.chance(0.25 if status == "ResourceDeleted" else 0.04) else "normal"
        self.seen(kind, *causes, after=seen, status=status, diff=diff, regions=regions(kind))
        self.at += timedelta(seconds=last + self.draw(8, 380))
        return True

    def traps(self, kind, seen):
        """Put calls near the capture that did not make it."""
        cast, thing, made = self.cast_of(kind), kind.thing, self.pick(*kind.updates, lambda: None)()
        strangers = (cast.alice, cast.bob, cast.iam_user, cast.app_deploy, cast.root, cast.linked)
        one = {"complianceResourceType": thing.type, "complianceResourceId": thing.id}
        rule = Op(service="config", operation="PutEvaluations", request={"evaluations": [one]})
        beside = [(0.2, rule, {})]
        if made:
            lists = made.lists if self.chance(0.7) else ()
            look = replace(made, operation=f"Describe{made.operation}")
            beside += [(0.35, made, {"errorCode": self.pick(*REFUSALS), "lists": lists})]
            beside += [(0.5, look, {"readOnly": True})]
        if kind.mentions:
            beside.append((0.6, self.pick(*kind.mentions)(), {}))
        for share, op, more in beside:
            if self.chance(share):
                self.do(self.pick(*strangers)(), op, kind, seen * self.draw(0.1, 0.97), **more)

    # Who does it.

    def value(self):
        return self.random.choices(("terraform", "pulumi", "cloudformation"), (7, 2, 2))[0]

    def someone(self, kind, managed):
        """Return somebody who may, or may not, change a thing that is managed so."""
        cast, roll = self.cast_of(kind), self.random.random()
        if roll < 0.42:
            stacks = cast.cloudformation(cast.alice()), cast.cloudformation_role()
            net = cast.pipeline("gha-terraform-net", "net-4711")
            terraform = cast.pipeline(), net, cast.jump_host(), cast.migration()
            return self.pick(*{"pulumi": [cast.pulumi()], "cloudformation": stacks}.get(managed, terraform))
        if roll < 0.5:
            usual = "autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"
            service = MACHINES.get(kind.thing.type, usual)
            return self.pick(cast.linked(*service), cast.service(service[0]))
        if roll < 0.53 and kind.thing.type in {"AWS::S3::Bucket", "AWS::KMS::Key"}:
            return cast.foreign_account()
        return self.pick(*cast.strangers, cast.migration(), cast.pipeline())
