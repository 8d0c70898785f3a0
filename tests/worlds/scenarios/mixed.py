"""Changes with others about: several callers in one CI, earlier CIs, refused calls, names that look alike."""

from datetime import timedelta

from iacwatch.core.catalog.services import service_of
from tests.worlds.kind import Call, Kind
from tests.worlds.staging import (
    before,
    deployer,
    form,
    inside,
    near,
    nothing,
    oob,
    person,
    ready,
    update_of,
    updated,
)
from tests.worlds.world import KEY, World


def refused(w: World, kind: Kind) -> None:
    """Mallory is refused, reads and looks about just before the pipeline, or somebody, succeeds."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        called = w.moment()
        event, at = updated(w, thing, call, deployer(thing), called)
        for seconds in (-30, -3, 2):
            w.call(
                person(w, thing),
                near(w, called, seconds, seconds + 2),
                call,
                thing,
                error="Client.UnauthorizedOperation",
            )
        w.call(person(w, thing), near(w, called, -20, 0), call, thing, read_only=True)
        w.capture(thing, at, inside("refused", event), entries=call.paths, form=form(w))


def mentioned(w: World, kind: Kind) -> None:
    """The pipeline changes it; people's calls that only mention it are nearer to the capture."""
    if (call := update_of(w, kind)) and kind.mentions:
        thing = ready(w, kind, call)
        called = w.moment()
        event, at = updated(w, thing, call, deployer(thing), called)
        for mention in kind.mentions:
            w.call(
                person(w, thing),
                near(w, called, 0.5, max(1, (at - called).total_seconds() - 1)),
                mention,
                thing,
            )
            w.call(person(w, thing), near(w, called, -40, -1), mention, thing)
        w.capture(thing, at, inside("mentioned", event), entries=call.paths, form=form(w))


def mentioned_gone(w: World, kind: Kind) -> None:
    """The same for a deletion."""
    if kind.delete.request is not None and kind.mentions:
        thing = ready(w, kind)
        called = w.moment()
        event, at = updated(w, thing, kind.delete, deployer(thing), called)
        for mention in kind.mentions:
            w.call(person(w, thing), near(w, called, -100, -1), mention, thing)
        w.capture(thing, at, inside("mentioned, gone", event), status="ResourceDeleted", form=form(w))


def folded(w: World, kind: Kind) -> None:
    """A person and the pipeline in one CI, in either order: the person is named."""
    if call := update_of(w, kind):
        second = update_of(w, kind) or call
        thing = ready(w, kind, call, second)
        called = w.moment()
        gap = w.random.choice((-1, 1)) * w.random.uniform(2, 90)
        mine = w.call(person(w, thing), called, call, thing)
        theirs = w.call(deployer(thing), called + timedelta(seconds=gap), second, thing)
        at = called + timedelta(seconds=max(gap, 0)) + w.lag(kind)
        entries = {entry[0]: entry for entry in (*call.paths, *second.paths)}.values()
        w.capture(thing, at, oob("folded", [mine], [theirs]), entries=entries, form=form(w))


def bounded(w: World, kind: Kind) -> None:
    """Alice's change has its CI already; the pipeline's next one is the pipeline's."""
    if call := update_of(w, kind):
        second = update_of(w, kind) or call
        thing = ready(w, kind, call)
        called = w.moment()
        mine = w.call(person(w, thing), called, call, thing)
        first = called + timedelta(seconds=w.random.uniform(1, 100))
        w.capture(thing, first, oob("bounded, first", [mine]), entries=call.paths)
        before(thing, second)
        again = first + timedelta(seconds=w.random.uniform(2, 200))
        theirs = w.call(deployer(thing), again, second, thing)
        at = again + timedelta(seconds=w.random.uniform(1, 300))
        w.capture(thing, at, inside("bounded, second", theirs), entries=second.paths)


def bounded_in_history(w: World, kind: Kind) -> None:
    """The same, but the first CI was handled long ago: only Config's history tells of it."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        called = w.moment()
        w.call(person(w, thing), called, call, thing)
        first = called + timedelta(seconds=w.random.uniform(1, 60))
        w.settle(thing, days=0)
        _restamp(w, thing, first)
        theirs = w.call(deployer(thing), first + timedelta(seconds=w.random.uniform(60, 200)), call, thing)
        at = first + timedelta(seconds=w.random.uniform(201, 700))
        w.capture(thing, at, inside("bounded in history", theirs), entries=call.paths)


def bounded_late(w: World, kind: Kind) -> None:
    """As before, and the pipeline's event comes late: Alice must not be blamed in the meantime."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        called = w.moment()
        w.call(person(w, thing), called, call, thing)
        first = called + timedelta(seconds=w.random.uniform(1, 60))
        w.settle(thing, days=0)
        _restamp(w, thing, first)
        theirs = w.call(
            deployer(thing),
            first + timedelta(seconds=w.random.uniform(100, 200)),
            call,
            thing,
            shown_after=1300,
        )
        at = first + timedelta(seconds=w.random.uniform(201, 600))
        w.capture(thing, at, inside("bounded, late", theirs), entries=call.paths)


def _restamp(w: World, thing: object, at: object) -> None:
    from tests.worlds.config_documents import stamp

    place = (thing.account, thing.region, thing.kind.type, thing.id)
    w.history[place][-1]["configurationItemCaptureTime"] = stamp(at)


def late(w: World, kind: Kind) -> None:
    """The event is shown after the message: by minutes, or by half an hour."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        called = w.moment()
        at = called + timedelta(seconds=w.random.uniform(5, 200))
        shown = w.random.choice((700, 900, 1500, 2400))
        event = w.call(person(w, thing), called, call, thing, shown_after=shown)
        w.capture(thing, at, oob("late", [event]), entries=call.paths)


def late_person(w: World, kind: Kind) -> None:
    """The pipeline's event is there, the person's comes later: it must not be cleared before."""
    if call := update_of(w, kind):
        second = update_of(w, kind) or call
        thing = ready(w, kind, call, second)
        called = w.moment()
        theirs = w.call(deployer(thing), called, call, thing, shown_after=100)
        mine = w.call(person(w, thing), near(w, called, 1, 20), second, thing, shown_after=870)
        entries = {entry[0]: entry for entry in (*call.paths, *second.paths)}.values()
        at = called + timedelta(seconds=w.random.uniform(25, 300))
        w.capture(thing, at, oob("late person", [mine], [theirs]), entries=entries)


def alike(w: World, kind: Kind) -> None:
    """People change things whose names begin, end or read like this one's; and the same name elsewhere."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        name = thing.facts["name"]
        called = w.moment()
        event, at = updated(w, thing, call, deployer(thing), called)
        folds = service_of(kind.type).folds_case  # NAME is the very same there
        others = [
            w.thing(kind, name=each, like=thing)
            for each in (f"{name}-2", f"x-{name}", name[:-1], *(() if folds else (name.upper(),)))
        ]
        elsewhere = {"region": "eu-central-1"} if not kind.home else {"account": "777788889999"}
        others.append(
            w.thing(kind, name=name, **{"account": thing.account, "region": thing.region, **elsewhere})
        )
        others.append(w.thing(kind, name=name, account="777788889999", region=thing.region))
        for other in others:
            for each in (call, kind.tag, *([kind.delete] if kind.delete.request else [])):
                w.call(person(w, other), near(w, called, -60, (at - called).total_seconds()), each, other)
        w.capture(thing, at, inside("alike", event), entries=call.paths, form=form(w))


def recreated(w: World, kind: Kind) -> None:
    """Somebody deletes it, the pipeline makes it anew with the same name; or the other way round."""
    if kind.delete.request is None or not kind.name:
        return
    thing = ready(w, kind)
    new = w.thing(kind, name=thing.facts["name"], like=thing, parent=thing.facts["parent"])
    called = w.moment()
    by_person = w.random.random() < 0.5
    first, second = (person(w, thing), deployer(thing)) if by_person else (deployer(thing), person(w, thing))
    gone = w.call(first, called, kind.delete, thing)
    again = called + timedelta(seconds=w.random.uniform(5, 60))
    made = w.call(second, again, kind.create, new)
    if kind.creation_time:
        new.created_at = again
    # Config may see the end after the new beginning, where id or creation time tell the two apart.
    late = w.random.random() < 0.5 and (thing.id != new.id or kind.creation_time)
    seen_gone = again + timedelta(seconds=w.random.uniform(1, 30)) if late else called + timedelta(seconds=4)
    seen_made = max(seen_gone, again) + timedelta(seconds=w.random.uniform(3, 200))
    ends = oob("recreated, end", [gone]) if by_person else inside("recreated, end", gone)
    begins = inside("recreated, begin", made) if by_person else oob("recreated, begin", [made])
    w.capture(thing, seen_gone, ends, status="ResourceDeleted")
    w.capture(new, seen_made, begins, status="ResourceDiscovered")


def renamed(w: World, kind: Kind) -> None:
    """It gets another name: the call knows it by the old one."""
    if kind.renames is None:
        return
    thing = ready(w, kind)
    old, name = thing.facts["name"], thing.facts["name"] + "x"
    event, at = updated(w, thing, kind.renames, person(w, thing), w.moment(), newname=name)
    later = w.call(
        deployer(thing),
        at + timedelta(seconds=100),
        kind.updates[0],
        thing,
        name=name,
        arn=thing.arn.replace(old, name),
    )
    thing.facts |= {"name": name, "arn": thing.arn.replace(old, name), "ciname": name}
    field = next(key for key in thing.config if key.lower() in {"dbinstanceidentifier", "username"})
    entries = [(f"Configuration.{field[0].upper()}{field[1:]}", old, name), ("ResourceName", old, name)]
    w.capture(thing, at, oob("renamed", [event]), entries=entries)
    before(thing, kind.updates[0])
    w.capture(
        thing, at + timedelta(seconds=150), inside("after the rename", later), entries=kind.updates[0].paths
    )


def global_copies(w: World, kind: Kind) -> None:
    """A global thing is recorded in several regions: one finding, the rest are its duplicates."""
    if kind.source != "iam" or not (call := update_of(w, kind)):
        return
    thing = ready(w, kind, call)
    for region in ("eu-north-1", "sa-east-1"):
        copy = [
            dict(each, awsRegion=region)
            for each in w.history[thing.account, thing.region, kind.type, thing.id]
        ]
        w.history[thing.account, region, kind.type, thing.id] = copy
    called = w.moment()
    event = w.call(person(w, thing), called, call, thing)
    at = called + timedelta(seconds=w.random.uniform(1, 60))
    truth = oob("global copies, first", [event])
    for region in (thing.region, "eu-north-1", "sa-east-1"):
        w.capture(thing, at, truth, entries=call.paths, recorded_in=region)
        at += timedelta(seconds=w.random.uniform(3, 120))
        truth = nothing("global copies, again", "duplicate")
        truth = type(truth)(truth.scenario, truth.verdict, frozenset(), frozenset({event}))


def one_call_many(w: World, kind: Kind) -> None:
    """One call changes two things: each has its CI, and the same event explains both."""
    if kind.source != "ec2":
        return
    things = [ready(w, kind, account="111122223333", region="eu-west-1") for _ in range(2)]
    call = Call(
        "CreateTags",
        {
            "resourcesSet": {"items": [{"resourceId": things[0].id}, {"resourceId": things[1].id}]},
            "tagSet": {"items": [{"key": "owner", "value": "someone"}]},
        },
    )
    called = w.moment()
    event = w.call(person(w, things[0]), called, call, things[0])
    for thing in things:
        at = called + w.lag(kind)
        w.capture(thing, at, oob("one call, many", [event]), tags={**thing.tags, "owner": "someone"})


def tag_and_more(w: World, kind: Kind) -> None:
    """Mallory takes the tag away, and the pipeline puts it back in a CI of its own."""
    call = kind.untag
    if call is None or kind.type == "AWS::S3::Bucket":
        return
    thing = ready(w, kind)
    called = w.moment()
    tags = dict(thing.tags)
    mine = w.call(person(w, thing), called, call, thing, tagkey=KEY, tagvalue="terraform")
    first = called + timedelta(seconds=20)
    w.capture(thing, first, oob("tag taken", [mine], removed=True), tags={"team": "payments"})
    back = w.call(
        deployer(thing), first + timedelta(seconds=30), kind.tag, thing, tagkey=KEY, tagvalue="terraform"
    )
    truth = inside("tag put back", back, added=True)
    w.capture(thing, first + timedelta(seconds=70), truth, tags=tags)


ALL = (
    refused,
    mentioned,
    mentioned_gone,
    folded,
    bounded,
    bounded_in_history,
    bounded_late,
    late,
    late_person,
    alike,
    recreated,
    renamed,
    global_copies,
    one_call_many,
    tag_and_more,
)
