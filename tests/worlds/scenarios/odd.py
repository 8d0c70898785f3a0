"""Rare things that are true all the same: half refused calls, slashes in names, old records, echoes."""

from dataclasses import replace
from datetime import timedelta

from tests.worlds import people
from tests.worlds.kind import Call, Kind
from tests.worlds.staging import (
    aws,
    deployer,
    inside,
    near,
    nothing,
    oob,
    person,
    ready,
    update_of,
    updated,
)
from tests.worlds.world import Truth, World

SLASHES = ("AWS::ECR::Repository", "AWS::SecretsManager::Secret", "AWS::SSM::Document")


def slashes(w: World, kind: Kind) -> None:
    """The name holds slashes; its last part is another thing's whole name."""
    if kind.type in SLASHES and (call := update_of(w, kind)):
        short = f"app-{w.hexes(5)}"
        thing = ready(w, kind, call, name=f"team/{short}")
        other = w.thing(kind, name=short, like=thing)
        called = w.moment()
        event, at = updated(w, thing, call, deployer(thing), called)
        for each in (call, kind.tag, kind.delete):
            w.call(person(w, other), near(w, called, -20, 20), each, other)
        w.capture(thing, at, inside("slashes", event), entries=call.paths)


def both_persons(w: World, kind: Kind) -> None:
    """Two people in one CI: either may be named, both made it."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        called = w.moment()
        first = w.call(person(w, thing), called, call, thing)
        second = w.call(person(w, thing), called + timedelta(seconds=9), call, thing)
        w.capture(
            thing,
            called + timedelta(seconds=9) + w.lag(kind),
            oob("both persons", [first, second]),
            entries=call.paths,
        )


def another_accounts_copy(w: World, kind: Kind) -> None:
    """The same call stands in another account's trail too; and one about a thing of that account in ours."""
    if (call := update_of(w, kind)) and kind.source == "s3":
        thing = ready(w, kind, call, account="111122223333")
        called = w.moment()
        event, at = updated(w, thing, call, deployer(thing), called)
        copy = w.records[-1]
        document = {
            **copy.document,
            "recipientAccountId": "444455556666",
            "eventID": "11111111-2222-3333-4444-555555555555",
        }
        w.records.append(replace(copy, document=document))
        w.capture(thing, at, inside("another account's copy", event), entries=call.paths)


def data_events(w: World, kind: Kind) -> None:
    """Data events, insights and sign-ins name the thing, and change nothing."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        called = w.moment()
        event, at = updated(w, thing, call, deployer(thing), called)
        for more in (
            {"eventCategory": "Data", "managementEvent": False},
            {"eventCategory": "Insight"},
            {"eventType": "AwsConsoleAction"},
        ):
            w.call(person(w, thing), near(w, called, -20, 0), call, thing)
            w.records[-1].document.update(more)
        w.capture(thing, at, inside("data events", event), entries=call.paths)


def old_record(w: World, kind: Kind) -> None:
    """An old record does not say whether it only read."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        called = w.moment()
        event, at = updated(w, thing, call, person(w, thing), called)
        for field in ("readOnly", "eventCategory", "managementEvent"):
            del w.records[-1].document[field]
        look = replace(call, name=f"Describe{call.name}")
        w.call(person(w, thing), near(w, called, -20, 0), look, thing)
        del w.records[-1].document["readOnly"]
        w.capture(thing, at, oob("old record", [event]), entries=call.paths)


def echoes(w: World, kind: Kind) -> None:
    """One call yields several CIs: those after the first show only what AWS keeps, and accuse nobody."""
    fields = {
        "AWS::RDS::DBInstance": ("Configuration.DBInstanceStatus", "modifying", "available"),
        "AWS::DynamoDB::Table": ("Configuration.TableStatus", "UPDATING", "ACTIVE"),
        "AWS::Lambda::Function": ("Configuration.State", "Pending", "Active"),
        "AWS::EC2::Instance": ("Configuration.State.Name", "stopping", "stopped"),
        "AWS::AutoScaling::AutoScalingGroup": ("Configuration.Instances.0", None, {"instanceId": "i-1"}),
    }
    if kind.type in fields and (call := update_of(w, kind)):
        thing = ready(w, kind, call)
        called = w.moment()
        event = w.call(person(w, thing), called, call, thing)
        first = called + timedelta(seconds=w.random.uniform(3, 20))
        w.capture(thing, first, oob("echoes, first", [event]), entries=call.paths)
        again = first + timedelta(seconds=w.random.uniform(5, 200))
        w.capture(thing, again, nothing("echoes, again", "side-effect"), entries=[fields[kind.type]])


def same_second(w: World, kind: Kind) -> None:
    """The call completes in the second of the capture, or is stamped a second later."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        called = w.moment().replace(microsecond=0)
        event = w.call(person(w, thing), called + timedelta(seconds=w.random.choice((0, 1))), call, thing)
        w.capture(
            thing, called + timedelta(milliseconds=200), oob("same second", [event]), entries=call.paths
        )


def partly_refused(w: World, kind: Kind) -> None:
    """A call about many things succeeds as a whole, and fails for this one."""
    if (call := update_of(w, kind)) and not kind.home and kind.arn.startswith("arn"):
        thing = ready(w, kind, call)
        called = w.moment()
        event, at = updated(w, thing, call, deployer(thing), called)
        refused = Call(
            "TagResources",
            {"resourceARNList": ["$arn"], "tags": {"a": "b"}},
            {"failedResourcesMap": {"$arn": {"errorCode": "InvalidParameterException", "statusCode": 400}}},
            source="tagging",
        )
        w.call(person(w, thing), near(w, called, -20, 0), refused, thing)
        w.capture(thing, at, inside("partly refused", event), entries=call.paths)


def folded_tags(w: World, kind: Kind) -> None:
    """The pipeline's change and a person's in the tag editor, in one CI."""
    if (call := update_of(w, kind)) and not kind.home and kind.type != "AWS::IAM::Group":
        thing = ready(w, kind, call)
        called = w.moment()
        theirs = w.call(deployer(thing), called, call, thing)
        editor = Call(
            "TagResources",
            {"resourceARNList": ["$arn"], "tags": {"owner": "someone"}},
            {"failedResourcesMap": {}},
            source="tagging",
        )
        mine = w.call(person(w, thing), near(w, called, 1, 9), editor, thing)
        at = called + timedelta(seconds=10) + w.lag(kind)
        w.capture(
            thing,
            at,
            oob("folded tags", [mine], [theirs]),
            entries=call.paths,
            tags={**thing.tags, "owner": "someone"},
        )


def scaled(w: World, kind: Kind) -> None:
    """Auto Scaling makes and ends it by itself."""
    if kind.delete.request is not None:
        thing = ready(w, kind)
        event, at = updated(w, thing, kind.delete, people.linked(thing.account, "autoscaling"), w.moment())
        w.capture(thing, at, aws("ended by AWS", event), status="ResourceDeleted")
        new = w.thing(kind)
        called = w.moment()
        new.created_at = called if kind.creation_time else None
        event, at = updated(w, new, kind.create, people.service("autoscaling"), called)
        w.capture(new, at, aws("made by AWS", event), status="ResourceDiscovered")


def no_history(w: World, kind: Kind) -> None:
    """It is deleted, no diff came, and Config knows no earlier item."""
    if kind.delete.request is not None:
        thing = w.thing(kind)
        event, at = updated(w, thing, kind.delete, person(w, thing), w.moment())
        truth = Truth("no history", "skip:no-history", made=frozenset({event}), shown_as="unmanaged")
        w.capture(thing, at, truth, status="ResourceDeleted", form="bare")


def equal_again(w: World, kind: Kind) -> None:
    """A rule is evaluated again: the item equals the one before it."""
    thing = ready(w, kind)
    called = w.moment()
    if call := update_of(w, kind):
        w.call(person(w, thing), called, call, thing, error="AccessDenied")
    w.capture(thing, near(w, called, 5, 60), nothing("equal again", "skip:no-change"), form="bare")


def updated_then_ended(w: World, kind: Kind) -> None:
    """A person's change and the pipeline's deletion in one CI: the person is named; their read is not."""
    if (call := update_of(w, kind)) and kind.delete.request is not None and not _ends(kind, call):
        thing = ready(w, kind)
        called = w.moment()
        mine = w.call(person(w, thing), called, call, thing)
        end = w.call(deployer(thing), called + timedelta(seconds=20), kind.delete, thing)
        truth = Truth("updated, then ended", "out-of-band", frozenset({mine}), frozenset({mine, end}))
        w.capture(thing, called + timedelta(seconds=20) + w.lag(kind), truth, status="ResourceDeleted")


def ended_late(w: World, kind: Kind) -> None:
    """A person changed it, and the pipeline's deletion is shown late: nobody is blamed for it before."""
    if (call := update_of(w, kind)) and kind.delete.request is not None and not _ends(kind, call):
        thing = ready(w, kind, call)
        called = w.moment()
        mine = w.call(person(w, thing), called, call, thing)
        first = called + timedelta(seconds=3)
        w.capture(thing, first, oob("ended late, first", [mine]), entries=call.paths)
        end = w.call(deployer(thing), first + timedelta(seconds=20), kind.delete, thing, shown_after=900)
        w.capture(thing, first + timedelta(seconds=30), inside("ended late", end), status="ResourceDeleted")


SEEN_IN_FIELDS = frozenset(
    {
        "ModifyInstanceAttribute",
        "PutEventSelectors",
        "PutResourcePolicy",
        "RotateSecret",
        "StopDBInstance",
        "StopInstances",
        "StopLogging",
    }
)
"""Calls that count only where a field of theirs differs: what ends leaves nothing to tell that by."""


def _ends(kind: Kind, call: Call) -> bool:
    return call.name in {"ScheduleKeyDeletion", "CreateDBInstance", kind.delete.name, *SEEN_IN_FIELDS}


def refilled(w: World, kind: Kind) -> None:
    """Nothing in the window, and a call half an hour before: the window is widened."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        called = w.moment()
        event = w.call(person(w, thing), called, call, thing)
        w.capture(
            thing,
            called + timedelta(minutes=w.random.uniform(25, 55)),
            oob("very slow", [event]),
            entries=call.paths,
        )


ALL = (
    slashes,
    both_persons,
    another_accounts_copy,
    data_events,
    old_record,
    echoes,
    same_second,
    partly_refused,
    folded_tags,
    scaled,
    no_history,
    equal_again,
    updated_then_ended,
    ended_late,
    refilled,
)
