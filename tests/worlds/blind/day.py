"""The ordinary day of the blind world: every kind of thing lives, side by side with its look-alikes."""

import inspect
from datetime import timedelta

from tests.worlds.blind import builders, messages
from tests.worlds.blind import traps as blind_traps
from tests.worlds.blind.actors import OWN, SECOND
from tests.worlds.blind.config import HOME, stamp
from tests.worlds.blind.types import (
    balancers,
    compute,
    databases,
    ec2,
    edge,
    gateways,
    global_types,
    iam,
    interfaces,
    rare,
    rare_ec2,
    secrets,
    storage,
    streams,
    unlisted,
    vpc,
)
from tests.worlds.blind.world import KEY

KINDS = (
    balancers,
    builders,
    compute,
    databases,
    ec2,
    edge,
    gateways,
    global_types,
    iam,
    interfaces,
    messages,
    rare,
    rare_ec2,
    unlisted,
    secrets,
    storage,
    streams,
    vpc,
)
PLACES = ((OWN, HOME), (OWN, HOME), (OWN, HOME), (OWN, "us-east-1"), (OWN, "eu-central-1"), (SECOND, HOME))
IAM_REGIONS = (HOME, "us-east-1", "eu-central-1")
NAMES = ("orders", "payments", "web", "billing", "checkout", "search")
GLOBAL = frozenset({iam.role, iam.user, iam.policy, iam.instance_profile})
SOONEST = timedelta(minutes=52)


def catalogue():
    """Return every function that makes a kind from a maker and a name."""
    found = {}
    for module in KINDS:
        for name, made in vars(module).items():
            own = inspect.isfunction(made) and made.__module__ == module.__name__
            if own and list(inspect.signature(made).parameters)[:2] == ["m", "name"]:
                found[name] = made
    return found


class Day:
    """Plays the lives of all kinds into a world."""

    def __init__(self, world):
        self.world, self.random = world, world.random

    def play(self):
        for number, (name, make) in enumerate(catalogue().items()):
            base = self.random.choice(NAMES)
            start = self.world.ago(minutes=self.random.uniform(120, 215))
            place = self.random.choice(PLACES)
            self.life(name, make, base, start, place, managed=self.value())
            twin = self.random.choice((f"{base}-api", f"{base}-prod", f"{base}2", f"my-{base}"))
            near = start + self.world.between(-200, 200)
            self.birth(name, make, twin, near, place)
            if self.world.chance(0.5):
                self.untended(name, make, f"{base}-dev", near, place)
            # A global thing of the same name can only be in another account.
            others = [
                each for each in PLACES if each[0] != place[0] or (each != place and make not in GLOBAL)
            ]
            if self.world.chance(0.4):
                other = self.random.choice(others)
                later = start + self.world.between(-100, 100)
                self.life(name, make, base, later, other, managed=self.value(), steps=1, ends=number % 2 == 0)

    def value(self):
        return self.random.choices(("terraform", "pulumi", "cloudformation"), (7, 2, 2))[0]

    # Lives.

    def made(self, name, make, called, place):
        kind = make(self.world.maker.at(account=place[0], region=place[1]), called)
        kind.thing.untold_tags = bool(kind.thing.tag_places) and self.world.chance(0.12)
        kind.bare_tags = not kind.thing.untold_tags
        kind.label = f"day/{name}"
        return kind

    def life(self, name, make, called, start, place, *, managed, steps=3, ends=None):
        """Let a managed thing be changed by one after the other, and perhaps be deleted."""
        kind = self.made(name, make, called, place)
        self.world.born(kind, managed=managed, regions=self.regions(kind))
        at = start
        for _ in range(self.random.randint(1, steps)):
            at = self.update(kind, at, managed)
            if at is None:
                return
        ends = self.world.chance(0.55) if ends is None else ends
        if ends and kind.delete:
            self.step(kind, at, [self.someone(kind, managed)], [kind.delete], status="ResourceDeleted")

    def update(self, kind, at, managed):
        if not kind.updates or self.world.chance(0.12):
            tags = {"cost-center": str(self.world.maker.next())}
            return self.step(kind, at, [self.someone(kind, managed)], [lambda: kind.tag(tags)])
        count = 1 if self.world.chance(0.75) else self.random.randint(2, 3)
        ops = [lambda: self.possible(kind)] * count
        actors = [self.someone(kind, managed)]
        if count > 1 and self.world.chance(0.6):
            actors.append(self.someone(kind, managed))
        return self.step(kind, at, actors, ops)

    def possible(self, kind):
        """Return a call that changes the thing as it is now."""
        for _ in range(30):
            if (made := self.random.choice(kind.updates)()) is not None:
                return made
        return kind.tag({"cost-center": str(self.world.maker.next())})

    def birth(self, name, make, called, start, place):
        """Let a thing be created, tagged in a second call, and lose its tag again."""
        kind = self.made(name, make, called, place)
        thing, managed = kind.thing, self.value()
        actor = self.someone(kind, managed)
        at = start
        if kind.create:
            thing.tags.update({"Name": called})
            if thing.created:
                thing.created = stamp(start.replace(microsecond=0))
            mark = lambda: kind.tag({KEY: managed})  # noqa: E731 (the second call)
            at = self.step(kind, at, [actor], [kind.create, mark], status="ResourceDiscovered")
        else:
            self.world.born(kind, managed=managed, regions=self.regions(kind))
        if at is None:
            return
        match self.random.randrange(3):
            case 0:
                self.step(kind, at, [self.someone(kind, managed)], [lambda: kind.untag([KEY])])
            case 1:
                other = self.random.choice(("pulumi", "terraform", "cloudformation"))
                self.step(kind, at, [self.someone(kind, other)], [lambda: kind.tag({KEY: other})])
            case _:
                self.update(kind, at, managed)

    def untended(self, name, make, called, start, place):
        """Let a thing that nobody manages be changed, and perhaps be tagged by hand."""
        kind = self.made(name, make, called, place)
        self.world.born(
            kind, tags={"Managed-By": "terraform", "managed-by-team": "shop"}, regions=self.regions(kind)
        )
        at = self.update(kind, start, "terraform")
        if at and self.world.chance(0.5):
            value = self.value()
            self.step(kind, at, [self.someone(kind, value)], [lambda: kind.tag({KEY: value})])

    def regions(self, kind):
        return IAM_REGIONS if kind.thing.region == "global" and "IAM" in kind.thing.type else None

    # One capture.

    def step(self, kind, at, actors, ops, *, status="OK"):
        """Make calls, let Config capture what they did; return when the next may come, None if too late."""
        world = self.world
        lag = world.lag(kind)
        regions = self.regions(kind) or ()
        spread = world.between(1, 50) if len(ops) > 1 else timedelta()
        if len(ops) > 1:
            lag = min(lag, timedelta(minutes=14))
        captured_at = at + spread * (len(ops) - 1) + lag
        last = captured_at + timedelta(seconds=140 if regions else 0)
        if last > world.ago(seconds=SOONEST.total_seconds()):
            return None
        causes = []
        for number, each in enumerate(ops):
            actor = actors[min(number, len(actors) - 1)]
            causes.append(world.call(actor, each(), at + spread * number, kind=kind, **self.oddity()))
        if status == "OK" and kind.thing.shot() == kind.thing.captured:
            # Two calls that undo each other leave nothing to capture: a third one does.
            more = kind.tag({"cost-center": str(world.maker.next())})
            causes.append(world.call(actors[-1], more, causes[-1].at, kind=kind))
        self.traps(kind, at, captured_at)
        diff = "none" if world.chance(0.25 if status == "ResourceDeleted" else 0.04) else "normal"
        world.capture(kind, captured_at, causes, label=kind.label, status=status, diff=diff, regions=regions)
        return last + world.between(8, 380)

    def oddity(self):
        return {"errorCode": ""} if self.world.chance(0.03) else {}

    def traps(self, kind, at, captured_at):
        """Put calls near the capture that did not make it."""
        world, thing = self.world, kind.thing
        before = lambda: at + (captured_at - at) * self.random.uniform(0.1, 0.97)  # noqa: E731 (used thrice)
        if world.chance(0.35) and kind.updates and (made := self.random.choice(kind.updates)()):
            code = self.random.choice(blind_traps.refused(made))
            lists = made.lists if world.chance(0.7) else ()
            world.call(self.stranger(thing.account), made, before(), kind=kind, errorCode=code, lists=lists)
        if world.chance(0.5) and kind.read:
            source, event, sent = kind.read
            made = blind_traps.op("ec2", "DescribeInstances", spell=False)
            made.request = sent
            more = {"readOnly": True, "eventSource": source, "eventName": event}
            world.call(self.stranger(thing.account), made, before(), kind=kind, **more)
        maker = world.maker.at(account=thing.account, region=thing.recorder)
        if world.chance(0.6) and (made := blind_traps.mention(maker, kind)):
            world.call(self.stranger(thing.account), made, before(), kind=kind)
        if world.chance(0.2):
            world.call(
                self.cast(thing.account).function(), blind_traps.evaluation(thing), before(), kind=kind
            )

    # Who does it.

    def cast(self, account):
        return self.world.second if account == SECOND else self.world.cast

    def stranger(self, account):
        cast = self.cast(account)
        return self.random.choice(
            (cast.alice, cast.bob, cast.iam_user, cast.app_deploy, cast.root, cast.linked)
        )()

    def someone(self, kind, managed):
        """Return somebody who may, or may not, change a thing that is managed so."""
        cast, thing = self.cast(kind.thing.account), kind.thing
        roll = self.random.random()
        if roll < 0.42:
            return self.insider(cast, managed)
        if roll < 0.5:
            return self.machine_of_aws(cast, thing)
        if roll < 0.55:
            shared = thing.type in {"AWS::S3::Bucket", "AWS::KMS::Key"}
            return cast.foreign_account() if shared and self.world.chance(0.5) else cast.foreign_role()
        return self.random.choice(
            (
                cast.alice,
                cast.bob,
                cast.by_hand,
                cast.iam_user,
                cast.console_user,
                cast.root,
                cast.federated,
                cast.saml,
                cast.source_identity,
                cast.forged,
                cast.same_name_elsewhere,
                cast.same_name_foreign,
                cast.user_named_as_pipeline,
                cast.app_deploy,
                cast.instance,
                cast.function,
                cast.pod,
                cast.migration,
                cast.pipeline,
                cast.pulumi,
                lambda: cast.jump_host(inside=False),
                lambda: cast.plain("TeamAdmin", "dave"),
                lambda: cast.on_behalf(cast.alice(), "servicecatalog.amazonaws.com"),
                cast.automation,
                cast.stack_set,
                lambda: cast.cloudformation(cast.bob()),
            )
        )()

    def insider(self, cast, managed):
        match managed:
            case "pulumi":
                return cast.pulumi()
            case "cloudformation":
                return self.random.choice((cast.cloudformation(cast.alice()), cast.cloudformation_role()))
            case _:
                return self.random.choice(
                    (
                        cast.pipeline(),
                        cast.pipeline("gha-terraform-net", "net-4711"),
                        cast.jump_host(),
                        cast.migration(),
                    )
                )

    def machine_of_aws(self, cast, thing):
        service = {
            "AWS::ECS::Service": (
                "ecs.application-autoscaling.amazonaws.com",
                "AWSServiceRoleForApplicationAutoScaling_ECSService",
            ),
            "AWS::RDS::DBInstance": ("rds.amazonaws.com", "AWSServiceRoleForRDS"),
            "AWS::ElasticLoadBalancingV2::TargetGroup": ("ecs.amazonaws.com", "AWSServiceRoleForECS"),
        }.get(thing.type, ("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling"))
        return self.random.choice((cast.linked(*service), cast.service(service[0])))
