"""The ordinary day: every kind of thing lives, side by side with its look-alikes."""

from dataclasses import replace
from datetime import timedelta

from tests.worlds.blind.catalogue import catalogue
from tests.worlds.blind.kind import Op
from tests.worlds.blind.scenarios.scene import PLACES, Scene, Unfit, regions
from tests.worlds.blind.world import KEY

NAMES = ("orders", "payments", "web", "billing", "checkout", "search")
SOONEST = timedelta(minutes=52)
MACHINES = {
    "AWS::ECS::Service": (
        "ecs.application-autoscaling.amazonaws.com",
        "AWSServiceRoleForApplicationAutoScaling_ECSService",
    ),
    "AWS::RDS::DBInstance": ("rds.amazonaws.com", "AWSServiceRoleForRDS"),
    "AWS::ElasticLoadBalancingV2::TargetGroup": ("ecs.amazonaws.com", "AWSServiceRoleForECS"),
}


class Day(Scene):
    """Plays the lives of all kinds into a world."""

    def chance(self, share):
        return self.random.random() < share

    def whole(self):
        """Let each kind live once, next to a newly made thing of a similar name, and here and there to others."""
        for number, (name, make) in enumerate(catalogue().items()):
            self.label, base, place = f"day/{name}", self.pick(*NAMES), self.pick(*PLACES)
            self.at = start = self.world.ago(minutes=self.draw(120, 215))
            self.life(make, base, place)
            twin = self.pick(f"{base}-api", f"{base}-prod", f"{base}2", f"my-{base}")
            self.at = start + timedelta(seconds=self.draw(-200, 200))
            self.birth(make, twin, place)
            if self.chance(0.5):
                self.untended(make, f"{base}-dev", place)
            # A global thing of the same name can only be in another account.
            everywhere = make.region == "$region"
            others = [each for each in PLACES if each[0] != place[0] or (each != place and everywhere)]
            if self.chance(0.4):
                self.at = start + timedelta(seconds=self.draw(-100, 100))
                self.life(make, base, self.pick(*others), steps=1, ends=number % 2 == 0)
        return self.world

    def value(self):
        return self.random.choices(("terraform", "pulumi", "cloudformation"), (7, 2, 2))[0]

    # Lives; each goes on until it is too late for another capture.

    def life(self, make, called, place, *, steps=3, ends=None):
        """Let a managed thing be changed by one after the other, and perhaps be deleted."""
        managed = self.value()
        kind = self.one(make, place=place, name=called, managed=managed)
        for _ in range(self.random.randint(1, steps)):
            if not self.changed(kind, managed):
                return
        if (self.chance(0.55) if ends is None else ends) and kind.delete:
            self.step(kind, [self.someone(kind, managed)], [kind.delete], status="ResourceDeleted")

    def changed(self, kind, managed):
        if kind.tag and (not kind.updates or self.chance(0.12)):
            return self.step(kind, [self.someone(kind, managed)], [lambda: self.marked(kind)])
        count = 1 if self.chance(0.75) else self.random.randint(2, 3)
        actors = [self.someone(kind, managed) for _ in range(2 if count > 1 and self.chance(0.6) else 1)]
        return self.step(kind, actors, [lambda: self.possible(kind)] * count)

    def possible(self, kind):
        """Return a call that changes the thing as it is now, if only a tag of it."""
        try:
            return self.update(kind)
        except Unfit:
            return self.marked(kind)

    def marked(self, kind):
        return kind.tag({"cost-center": str(self.m.next())})

    def birth(self, make, called, place):
        """Let a thing be created, tagged in a second call, and lose its tag again."""
        managed = self.value()
        if make.create and make.tag:
            kind = self.made(make, place, called)
            kind.thing.tags.update({"Name": called})
            self.made_at(kind, 0)
            calls = [kind.create, lambda: kind.tag({KEY: managed})]
            if not self.step(kind, [self.someone(kind, managed)], calls, status="ResourceDiscovered"):
                return
        else:
            kind = self.one(make, place=place, name=called, managed=managed)
        match self.random.randrange(3):
            case 0 if kind.untag:
                self.step(kind, [self.someone(kind, managed)], [lambda: kind.untag([KEY])])
            case 1 if kind.tag:
                other = self.pick("pulumi", "terraform", "cloudformation")
                self.step(kind, [self.someone(kind, other)], [lambda: kind.tag({KEY: other})])
            case _:
                self.changed(kind, managed)

    def untended(self, make, called, place):
        """Let a thing that nobody manages be changed, and perhaps be tagged by hand."""
        tags = {"Managed-By": "terraform", "managed-by-team": "shop"}
        kind = self.one(make, place=place, name=called, managed=None, tags=tags)
        if self.changed(kind, "terraform") and kind.tag and self.chance(0.5):
            value = self.value()
            self.step(kind, [self.someone(kind, value)], [lambda: kind.tag({KEY: value})])

    def step(self, kind, actors, calls, *, status="OK"):
        """Make calls, let Config capture what they did; return whether there was time for it."""
        world, spread = self.world, self.draw(1, 50) if len(calls) > 1 else 0
        lag = self.lag(kind, 14 * 60 if spread else 3600)
        seen = spread * (len(calls) - 1) + lag
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
        cast, thing = self.cast_of(kind), kind.thing
        strangers = (cast.alice, cast.bob, cast.iam_user, cast.app_deploy, cast.root, cast.linked)
        made = self.pick(*kind.updates)() if kind.updates else None
        if made and self.chance(0.35):
            code = self.pick(
                "AccessDenied",
                "Client.UnauthorizedOperation",
                "Client.DryRunOperation",
                "ValidationException",
            )
            lists = made.lists if self.chance(0.7) else ()
            self.do(
                self.pick(*strangers)(), made, kind, seen * self.draw(0.1, 0.97), errorCode=code, lists=lists
            )
        if made and self.chance(0.5):
            look = replace(made, operation=f"Describe{made.operation}")
            self.do(self.pick(*strangers)(), look, kind, seen * self.draw(0.1, 0.97), readOnly=True)
        if kind.mentions and self.chance(0.6):
            self.do(self.pick(*strangers)(), self.pick(*kind.mentions)(), kind, seen * self.draw(0.1, 0.97))
        if self.chance(0.2):
            one = {
                "complianceResourceType": thing.type,
                "complianceResourceId": thing.id,
                "complianceType": "COMPLIANT",
            }
            rule = Op(
                service="config",
                operation="PutEvaluations",
                request={"evaluations": [one], "resultToken": "x"},
            )
            self.do(cast.function(), rule, kind, seen * self.draw(0.1, 0.97))

    def someone(self, kind, managed):
        """Return somebody who may, or may not, change a thing that is managed so."""
        cast, roll = self.cast_of(kind), self.random.random()
        if roll < 0.42:
            return self.insider(cast, managed)
        if roll < 0.5:
            service = MACHINES.get(
                kind.thing.type, ("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling")
            )
            return self.pick(cast.linked(*service), cast.service(service[0]))
        if roll < 0.53 and kind.thing.type in {"AWS::S3::Bucket", "AWS::KMS::Key"}:
            return cast.foreign_account()
        return self.pick(*cast.strangers, cast.migration(), cast.pipeline())

    def insider(self, cast, managed):
        match managed:
            case "pulumi":
                return cast.pulumi()
            case "cloudformation":
                return self.pick(cast.cloudformation(cast.alice()), cast.cloudformation_role())
            case _:
                net = cast.pipeline("gha-terraform-net", "net-4711")
                return self.pick(cast.pipeline(), net, cast.jump_host(), cast.migration())
