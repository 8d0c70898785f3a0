"""What somebody does to a thing of any kind by one call that nothing is beside: one row a scenario."""

from tests.worlds.blind.config import LONG_AGO
from tests.worlds.blind.scenarios.scene import Scene, Unfit
from tests.worlds.blind.world import KEY, regions_of


def stack(s, kind):
    """CloudFormation with the role of the workflow, or with somebody's credentials."""
    cast = s.cast_of(kind)
    return s.pick(cast.cloudformation_role(), cast.cloudformation(cast.alice()))


def pulumi(s, kind):
    return s.cast_of(kind).pulumi()


def other_account(s, kind):
    """Somebody of an account that a bucket's or a key's policy lets in."""
    if kind.thing.type not in {"AWS::S3::Bucket", "AWS::KMS::Key"}:
        raise Unfit
    return s.cast_of(kind).foreign_account()


def tagging(key, value):
    return lambda s, kind: s.tagged(kind, {key: value})


GONE = {"status": "ResourceDeleted"}
ONE_CALL = {
    # Who makes the call, which one, who manages the thing, and how Config sees it.
    "apply": (Scene.deployer, Scene.update, "terraform", {}),
    "by_hand": (Scene.somebody, Scene.update, "terraform", {}),
    "deleted": (Scene.either, Scene.ended, "terraform", GONE),
    "tagged": (Scene.either, tagging("owner", "someone"), "terraform", {}),
    "untagged": (Scene.somebody, lambda s, kind: s.untagged(kind, KEY), "terraform", {}),
    "retagged_by_who_may_not": (Scene.deployer, tagging(KEY, "cloudformation"), "terraform", {}),
    "adopted": (Scene.somebody, tagging(KEY, "terraform"), None, {}),
    "tagged_centrally": (Scene.somebody, lambda s, kind: s.editor(kind, {"owner": "me"}), "terraform", {}),
    "by_aws": (Scene.aws, Scene.update, "terraform", {}),
    "ended_by_aws": (Scene.aws, Scene.ended, "terraform", GONE),
    "by_pulumi": (pulumi, Scene.update, "pulumi", {}),
    "by_another_account": (other_account, Scene.update, "terraform", {}),
    "by_stack": (stack, Scene.update, "cloudformation", {}),
    "by_a_stack_that_may_not": (stack, Scene.update, "terraform", {}),
    "wrong_workflow": (Scene.deployer, Scene.update, "cloudformation", {}),
    "unmanaged": (Scene.somebody, Scene.update, None, {}),
    "unmanaged_deleted": (Scene.somebody, Scene.ended, None, GONE),
}


def one_call(row, s, make):
    """Let somebody call once; `row`: one of the table."""
    who, which, managed, seen = row
    kind = s.one(make, managed=managed, tags={} if managed else {"Managed-By": "terraform"})
    op = which(s, kind)
    s.seen(kind, s.do(who(s, kind), op, kind), after=s.lag(kind), regions=regions_of(kind.thing), **seen)


BY_A_PART = {
    *("DisassociateAddress", "DetachNetworkInterface"),
    *("DisassociateRouteTable", "ReplaceNetworkAclAssociation"),
}
"""Calls that name a part alone, which only the item before would tell."""


def update_of(number, first, s, make):
    """Let a person make one of the calls that change it; `first`: Config has nothing of it before, nor a diff."""
    kind = s.new(make) if first else s.one(make)
    kind.thing.created, kind.thing.captured = kind.thing.created and LONG_AGO, kind.thing.shot()
    op = kind.updates[number]()
    if op is None or (first and op.operation in BY_A_PART):
        raise Unfit
    if first:
        kind.thing.captured = None
    mine = s.do(s.somebody(kind), op, kind)
    s.seen(kind, mine, after=s.lag(kind, 800), diff="none" if first else "normal", envelope="eventbridge")


def mention_of(number, s, make):
    """Let a person make one of the calls that only mention it, beside the pipeline's change."""
    kind = s.one(make)
    ours, op = s.do(s.deployer(kind), s.update(kind), kind), kind.mentions[number]()
    s.do(s.somebody(kind), op, kind, 6)
    s.seen(kind, ours, after=6 + s.lag(kind, 800), diff="normal", envelope="eventbridge")
