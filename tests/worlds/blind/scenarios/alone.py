"""What one caller, or nobody, does to a thing of any kind, with what is odd about it: one scenario each.

A scenario makes calls at a moment and lets Config record what came of them; who did it is the truth.
"""

from dataclasses import replace
from datetime import timedelta

from tests.worlds.blind.actors import OWN
from tests.worlds.blind.kind import store
from tests.worlds.blind.scenarios.scene import Unfit, fit, place_of

FOLDS_CASE = tuple(f"AWS::{each}::" for each in ("RDS", "Redshift", "MemoryDB", "DMS"))


def created(s, make):
    if make.create is None:
        raise Unfit
    kind = s.new(make)
    who = s.do(s.pick(s.either, s.aws)(kind), kind.create(), kind)
    s.seen(kind, who, after=s.lag(kind), status="ResourceDiscovered", diff=s.pick("none", "normal"))


def break_glass(s, make):
    """A role that may for some hours, and no longer."""
    kind = s.one(make)
    s.at = s.world.until + timedelta(seconds=s.draw(-900, 900))
    s.seen(kind, s.do(s.cast_of(kind).migration(), s.update(kind), kind), after=s.lag(kind))


def daily(s, make):
    """One CI a day: the call is hours old, and calls before the last CI made that one."""
    kind = s.one(make)
    if s.seen(kind, s.do(s.somebody(kind), s.update(kind), kind, -9 * 3600), after=-8 * 3600, daily=True):
        s.forget()
    ours = s.do(s.deployer(kind), s.update(kind), kind, -3600 * s.draw(1, 5))
    s.seen(kind, ours, daily=True)


def very_slow(s, make):
    """Nothing in the window, and a call half an hour before: the window is widened."""
    kind = s.one(make)
    s.seen(kind, s.do(s.somebody(kind), s.update(kind), kind), after=60 * s.draw(25, 45))


def same_second(s, make):
    """The call completes in the second of the capture, or is stamped a second later."""
    kind = s.one(make)
    s.at = s.at.replace(microsecond=0)
    s.seen(kind, s.do(s.somebody(kind), s.update(kind), kind, s.pick(0, 1)), after=0.2)


def late(s, make):
    """The event is shown after the message: by minutes, or by half an hour."""
    kind = s.one(make)
    mine = s.do(s.somebody(kind), s.update(kind), kind, **s.late(0, s.pick(700, 900, 1500, 2400)))
    s.seen(kind, mine, after=s.draw(5, 200))


def old_record(s, make):
    """An old record does not say whether it only read."""
    kind = s.one(make)
    op = s.update(kind)
    mine = s.do(s.somebody(kind), op, kind)
    for name in ("readOnly", "eventCategory", "managementEvent"):
        del s.world.events[-1][0][name]
    look = replace(op, operation=f"Describe{op.operation}", change=lambda: None)
    s.do(s.somebody(kind), look, kind, s.draw(-20, 0))
    del s.world.events[-1][0]["readOnly"]
    s.seen(kind, mine, after=s.lag(kind))


# By nobody who can be named.


def unexplained(s, make):
    """Refused calls, mentions and a look-alike surround the change; its own call is nowhere."""
    kind = s.one(make)
    twin = s.one(make, place=place_of(kind), name=f"{kind.called}-api")
    op, other = s.update(kind), s.update(twin)
    for mention in kind.mentions:
        s.do(s.somebody(kind), mention(), kind, s.draw(-400, -1))
    for code in ("AccessDenied", "Client.DryRunOperation"):
        s.do(s.somebody(kind), op, kind, s.draw(-300, -1), errorCode=code)
    theirs = s.do(s.somebody(twin), other, twin, s.draw(-60, -1))
    store(kind.thing.config, somethingElse=s.m.next())()
    s.seen(kind, after=0, verdict="unattributed")
    s.seen(twin, theirs)


def first_seen(s, make):
    """Config sees for the first time what is old, as its creation time says; or whose creating call is nowhere."""
    kind = s.one(make)
    kind.thing.captured = None
    s.seen(kind, status="ResourceDiscovered", ignored="no-change", envelope="eventbridge")


def side_effect(s, make):
    """Only relationships differ, whoever is near."""
    kind = s.one(make)
    s.mentions(kind, -60, 0)
    kind.thing.links.append(
        {"resourceId": "x", "resourceType": "AWS::EC2::VPC", "name": "Is contained in Vpc"}
    )
    s.seen(kind, after=s.draw(5, 600), verdict="side-effect")


def without_history(s, make):
    """It is deleted, no diff came, and Config knows no earlier item."""
    kind = s.new(make)
    who = s.do(s.somebody(kind), s.ended(kind), kind)
    more = {"status": "ResourceDeleted", "diff": "none", "envelope": "eventbridge", "history": False}
    s.seen(kind, who, ignored="no-history", **more)


def equal_again(s, make):
    """A rule is evaluated again: the item equals the one before it."""
    kind = s.one(make)
    s.do(s.somebody(kind), s.update(kind), kind, errorCode="AccessDenied")
    s.seen(kind, after=s.draw(5, 60), diff="none", ignored="no-change", envelope="eventbridge")


# Beside others' calls that did not do it.


def refused(s, make):
    """Mallory is refused, reads and looks about just before the pipeline succeeds."""
    kind = s.one(make)
    op = s.update(kind)
    ours = s.do(s.deployer(kind), op, kind)
    for after in (-30, -3, 2):
        s.do(s.somebody(kind), op, kind, after + s.draw(0, 2), errorCode="Client.UnauthorizedOperation")
    s.do(s.somebody(kind), op, kind, s.draw(-20, 0), readOnly=True)
    s.seen(kind, ours, after=s.lag(kind))


def partly_refused(s, make):
    """A call about many things succeeds as a whole, and fails for this one."""
    kind = s.one(make)
    ours = s.do(s.deployer(kind), s.update(kind), kind)
    failed = s.editor(kind, {"a": "b"}, errorCode="InvalidParameterException")
    s.do(s.somebody(kind), failed, kind, s.draw(-20, 0))
    s.seen(kind, ours, after=s.lag(kind))


def data_events(s, make):
    """Data events, insights and sign-ins name the thing, and change nothing."""
    kind = s.one(make)
    op = s.update(kind)
    ours = s.do(s.deployer(kind), op, kind)
    for more in (
        {"eventCategory": "Data", "managementEvent": False},
        {"eventCategory": "Insight"},
        {"eventType": "AwsConsoleAction"},
    ):
        s.do(s.somebody(kind), op, kind, s.draw(-20, 0), **more)
    s.seen(kind, ours, after=s.lag(kind))


def mentioned(s, make):
    """The pipeline changes or deletes it; people's calls that only mention it are nearer to the capture."""
    kind, op = fit(s, make, {"StopDBInstance"})  # mentions would show in the same field
    if gone := kind.delete and s.pick(False, True):
        op = kind.delete()
    ours, lag = s.do(s.deployer(kind), op, kind), s.lag(kind)
    s.mentions(kind, -40, -1)
    if not gone:
        s.mentions(kind, 0.5, max(1, lag - 1))
    s.seen(kind, ours, after=lag, status="ResourceDeleted" if gone else "OK")


def alike(s, make):
    """People change things whose names begin, end or read like this one's; and the same name elsewhere."""
    kind, op = fit(s, make)
    ours, lag, name, here = s.do(s.deployer(kind), op, kind), s.lag(kind), kind.called, place_of(kind)
    shouted = () if make.type.startswith(FOLDS_CASE) else (name.upper(),)
    foreign = "777788889999", here[1]
    elsewhere = (OWN, "ap-south-1") if make.region == "$region" else foreign
    others = [(here, each) for each in (f"{name}-2", f"x-{name}", name[:-1], *shouted)]
    for place, each in (*others, (elsewhere, name), (foreign, name)):
        other = s.one(make, place=place, name=each)
        calls = [s.update(other), other.delete and other.delete(), other.tag and other.tag({"a": "b"})]
        for call in filter(None, calls):
            s.do(s.somebody(other), call, other, s.draw(-60, lag))
    s.seen(kind, ours, after=lag)
