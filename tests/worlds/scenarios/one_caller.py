"""Changes by one caller: who they are, what they did, and how late Config and CloudTrail told."""

from datetime import timedelta

from tests.worlds import people
from tests.worlds.kind import Kind
from tests.worlds.staging import (
    SIDE,
    aws,
    deployer,
    form,
    inside,
    near,
    nothing,
    oob,
    person,
    ready,
    unmanaged_by,
    update_of,
    updated,
)
from tests.worlds.world import KEY, START, World


def apply(w: World, kind: Kind) -> None:
    """The pipeline changes what it manages."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        event, at = updated(w, thing, call, deployer(thing), w.moment())
        w.capture(
            thing,
            at,
            inside("apply", event),
            entries=call.paths,
            form=form(w),
            top_tags=w.random.random() < 0.8,
        )


def by_hand(w: World, kind: Kind) -> None:
    """Somebody outside every workflow changes it, whoever they pretend to be."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        event, at = updated(w, thing, call, person(w, thing), w.moment())
        w.capture(
            thing,
            at,
            oob("by hand", [event]),
            entries=call.paths,
            form=form(w),
            top_tags=w.random.random() < 0.8,
        )


def created(w: World, kind: Kind) -> None:
    by_person = w.random.random() < 0.5
    thing = w.thing(kind)
    called = w.moment()
    thing.created_at = called if kind.creation_time else None
    event, at = updated(w, thing, kind.create, person(w, thing) if by_person else deployer(thing), called)
    truth = oob("created by hand", [event]) if by_person else inside("created by the pipeline", event)
    w.capture(thing, at, truth, status="ResourceDiscovered", form=w.random.choice(("message", "bare")))


def deleted(w: World, kind: Kind) -> None:
    """It goes; its CI has no tags, and the diff may be missing too."""
    if kind.delete.request is None:
        key_deleted(w, kind)
        return
    by_person = w.random.random() < 0.6
    thing = ready(w, kind)
    event, at = updated(w, thing, kind.delete, person(w, thing) if by_person else deployer(thing), w.moment())
    truth = (
        oob("deleted by hand", [event], value="terraform")
        if by_person
        else inside("deleted by the pipeline", event)
    )
    w.capture(thing, at, truth, status="ResourceDeleted", form=form(w))


def key_deleted(w: World, kind: Kind) -> None:
    """A key is deleted by KMS itself, days after somebody scheduled it."""
    thing = ready(w, kind)
    event, at = updated(w, thing, kind.delete, people.service_event(thing.account, "kms"), w.moment())
    w.capture(thing, at, aws("deleted by AWS", event), status="ResourceDeleted")


def tagged(w: World, kind: Kind) -> None:
    """A tag that is not the managed one changes."""
    thing = ready(w, kind)
    who, verdict = (person(w, thing), oob) if w.random.random() < 0.5 else (deployer(thing), None)
    event, at = updated(w, thing, kind.tag, who, w.moment())
    truth = oob("tagged by hand", [event]) if verdict else inside("tagged by the pipeline", event)
    if _tags_nothing(kind):
        w.capture(thing, at, truth, entries=kind.tag.paths)
    else:
        w.capture(
            thing,
            at,
            truth,
            tags={**thing.tags, "owner": "someone"},
            form=form(w),
            top_tags=w.random.random() < 0.8,
        )


def _tags_nothing(kind: Kind) -> bool:
    return kind.type == "AWS::IAM::Group"


def untagged(w: World, kind: Kind) -> None:
    """The managed tag is removed by hand."""
    call = kind.untag
    if call is None or kind.type == "AWS::S3::Bucket":
        call = kind.tag if kind.type != "AWS::S3::Bucket" else kind.untag
    if call is None or _tags_nothing(kind):
        return
    thing = ready(w, kind)
    event, at = updated(w, thing, call, person(w, thing), w.moment(), tagkey=KEY, tagvalue="terraform")
    left = {} if kind.type == "AWS::S3::Bucket" else {"team": "payments"}
    truth = oob("tag removed", [event], removed=True, value="terraform")
    w.capture(thing, at, truth, tags=left, form=form(w), top_tags=w.random.random() < 0.8)


def retagged(w: World, kind: Kind) -> None:
    """The managed tag gets another value, by the pipeline of the old one: it may not touch the new one."""
    if _tags_nothing(kind):
        return
    thing = ready(w, kind)
    event, at = updated(
        w, thing, kind.tag, deployer(thing), w.moment(), tagkey=KEY, tagvalue="cloudformation"
    )
    truth = oob("tag changed", [event], value="terraform", new_value="cloudformation")
    w.capture(thing, at, truth, tags={**thing.tags, KEY: "cloudformation"}, form=form(w))


def adopted(w: World, kind: Kind) -> None:
    """Somebody adds the managed tag to what was never managed."""
    if _tags_nothing(kind):
        return
    thing = ready(w, kind, tags={"team": "payments"})
    event, at = updated(w, thing, kind.tag, person(w, thing), w.moment(), tagkey=KEY, tagvalue="terraform")
    truth = oob("tag added", [event], added=True, value="terraform")
    w.capture(thing, at, truth, tags={**thing.tags, KEY: "terraform"}, form=form(w))


def tagged_centrally(w: World, kind: Kind) -> None:
    """The tag editor names things by ARN, whatever their service."""
    if _tags_nothing(kind) or kind.home or not kind.arn.startswith("arn"):
        return
    from tests.worlds.kind import Call

    thing = ready(w, kind)
    call = Call(
        "TagResources",
        {"resourceARNList": ["arn:aws:s3:::x", "$arn"], "tags": {"owner": "someone"}},
        source="tagging",
    )
    event, at = updated(w, thing, call, person(w, thing), w.moment())
    w.capture(thing, at, oob("tagged centrally", [event]), tags={**thing.tags, "owner": "someone"})


def by_aws(w: World, kind: Kind) -> None:
    """AWS does it: a service-linked role, or a service that calls by itself."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        who = (
            people.linked(thing.account, "autoscaling") if w.random.random() < 0.5 else people.service("rds")
        )
        event, at = updated(w, thing, call, who, w.moment())
        w.capture(thing, at, aws("by AWS", event), entries=call.paths)


def by_stack(w: World, kind: Kind) -> None:
    """CloudFormation changes it: with the role of the workflow, or on somebody's behalf."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call, tags={KEY: "cloudformation"})
        if w.random.random() < 0.5:
            event, at = updated(w, thing, call, people.stack_role(thing.account), w.moment())
            truth = inside("by a stack's role", event, value="cloudformation")
        else:
            who = people.on_behalf(
                w.random.choice((people.sso(thing.account, "alice"), people.user(thing.account, "carol")))
            )
            event, at = updated(w, thing, call, who, w.moment())
            truth = oob("by a stack for somebody", [event], value="cloudformation")
        w.capture(thing, at, truth, entries=call.paths, form=form(w))


def wrong_workflow(w: World, kind: Kind) -> None:
    """Terraform's pipeline changes what CloudFormation manages."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call, tags={KEY: "cloudformation"})
        event, at = updated(w, thing, call, deployer(thing), w.moment())
        w.capture(thing, at, oob("wrong workflow", [event]), entries=call.paths)


def break_glass(w: World, kind: Kind) -> None:
    """A role that may for one hour."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        called = w.moment()
        event, at = updated(
            w, thing, call, people.Who(people.session(thing.account, "break-glass", "alice")), called
        )
        timely = START + timedelta(hours=2) <= called.replace(microsecond=0) < START + timedelta(hours=3)
        truth = inside("break-glass", event) if timely else oob("break-glass, too late or early", [event])
        w.capture(thing, at, truth, entries=call.paths)


def unexplained(w: World, kind: Kind) -> None:
    """Nobody's call is in the trail; what is near only mentions it, failed, or read."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call)
        at = w.moment()
        for mention in kind.mentions:
            w.call(person(w, thing), near(w, at, -400, -1), mention, thing)
        w.call(person(w, thing), near(w, at, -300, -1), call, thing, error="AccessDenied")
        w.call(person(w, thing), near(w, at, -300, -1), call, thing, error="Client.DryRunOperation")
        verdict = "side-effect" if _follows(kind, call.paths) else "unattributed"
        w.capture(thing, at, nothing("unexplained", verdict), entries=call.paths)


def _follows(kind: Kind, paths: tuple[tuple[str, object, object], ...]) -> bool:
    """Say whether a change is one that AWS may make by itself, so that nobody has to have called."""
    fields = {
        "AWS::EC2::Instance": (
            "State",
            "StateTransitionReason",
            "PublicIpAddress",
            "LaunchTime",
            "NetworkInterfaces",
        ),
        "AWS::EC2::NetworkInterface": ("Status", "Attachment", "Association", "PrivateIpAddresses"),
        "AWS::EC2::Volume": ("Attachments",),
        "AWS::EC2::VPCPeeringConnection": ("Status",),  # the other side may have accepted it
        "AWS::RDS::DBInstance": ("DBInstanceStatus",),
    }.get(kind.type, ())
    return all(path.startswith("Relationships.") or path.split(".")[1] in fields for path, _, _ in paths)


def unmanaged(w: World, kind: Kind) -> None:
    if call := update_of(w, kind):
        thing = ready(w, kind, call, tags={"team": "payments"})
        event, at = updated(w, thing, call, person(w, thing), w.moment())
        w.capture(thing, at, unmanaged_by("unmanaged", event), entries=call.paths, form=form(w))


def unmanaged_deleted(w: World, kind: Kind) -> None:
    if kind.delete.request is not None:
        thing = ready(w, kind, tags={"team": "payments"})
        event, at = updated(w, thing, kind.delete, person(w, thing), w.moment())
        w.capture(
            thing, at, unmanaged_by("unmanaged, deleted", event), status="ResourceDeleted", form=form(w)
        )


def discovered(w: World, kind: Kind) -> None:
    """Config sees for the first time what is old."""
    thing = w.thing(kind)
    w.capture(thing, w.moment(), nothing("first discovery", "skip:no-change"), status="ResourceDiscovered")


def daily(w: World, kind: Kind) -> None:
    """One CI a day: the call is hours old, and calls before the last CI made that one."""
    if call := update_of(w, kind):
        thing = ready(w, kind, call, days=0.1)
        called = w.moment()
        w.call(person(w, thing), START - timedelta(hours=3.5), call, thing)
        event, _ = updated(w, thing, call, deployer(thing), called)
        at = called + timedelta(hours=w.random.uniform(2, 19))
        w.capture(thing, at, inside("daily", event), entries=call.paths, daily=True)


def side_effect(w: World, kind: Kind) -> None:
    """Only relationships differ, whoever is near."""
    if not kind.mentions:
        return
    thing = ready(w, kind)
    called = w.moment()
    for mention in kind.mentions:
        w.call(person(w, thing), near(w, called, -60, 0), mention, thing)
    w.capture(thing, near(w, called, 5, 600), nothing("side effect", "side-effect"), entries=[SIDE])


ALL = (
    apply,
    by_hand,
    created,
    deleted,
    tagged,
    untagged,
    retagged,
    adopted,
    tagged_centrally,
    by_aws,
    by_stack,
    wrong_workflow,
    break_glass,
    unexplained,
    unmanaged,
    unmanaged_deleted,
    discovered,
    daily,
    side_effect,
)
