"""Ways to hide behind who one seems to be: each identity changes an object right beside the pipeline."""

from dataclasses import replace

from tests.worlds.blind.actors import FIREFOX, OWN
from tests.worlds.blind.types import compute, databases, ec2, iam, storage, vpc

OBJECTS = (ec2.security_group, iam.role, storage.bucket, databases.table, compute.function, vpc.subnet)


def root(cast, context=(), names=(), **more):
    """Return the root user in another form."""
    actor = cast.root()
    said = {**actor.identity["sessionContext"], **dict(context)}
    identity = {**actor.identity, "sessionContext": said, **more}
    return replace(actor, identity=identity, names=(*names, *actor.names))


def identity_center(cast):
    store = "arn:aws:identitystore::111122223333:identitystore/d-9067642ac7"
    behind = {"userId": "544894e8-80c1-707f-60e3-3ba6510dfac1", "identityStoreArn": store}
    identity = {"type": "IdentityCenterUser", "accountId": OWN, "onBehalfOf": behind}
    return replace(cast.alice(), identity=identity, names=())


def sourced(cast, source):
    """Return a session of the admins' role under a source identity."""
    identity = cast.session("ops/admin", "x", sourceIdentity=source)
    return replace(cast.alice(), identity=identity, names=(source, "admin"))


def federated_as_pipeline(cast):
    actor, name = cast.federated(), "gha-terraform-prod"
    arn = f"arn:aws:sts::{OWN}:federated-user/{name}"
    # A name that is no person's says nothing: the user who handed out the session stands behind it.
    return replace(
        actor, identity={**actor.identity, "arn": arn, "principalId": f"{OWN}:{name}"}, names=("broker",)
    )


def linked_as(cast, path, session="SLRManagement", service="rds.amazonaws.com"):
    """Return a session of a role that is nearly a service's linked role."""
    return cast.plain(path, session, service, session, path.rpartition("/")[2])


SLR = "rds.amazonaws.com/AWSServiceRoleForRDS"
BY_SERVICE = "autoscaling.amazonaws.com"
BACKUP = "service-role/AWSBackupDefaultServiceRole"
OTHERS = "gha-terraform-prod"
DISGUISES = {
    "the_pipelines_session_name": lambda c: c.forged(),
    "the_pipelines_role_name_under_a_path": lambda c: c.same_name_elsewhere(),
    "a_user_named_as_the_pipelines_role": lambda c: c.user_named_as_pipeline(),
    "a_source_identity_named_as_the_pipeline": lambda c: sourced(c, OTHERS),
    "a_federated_user_named_as_the_pipeline": federated_as_pipeline,
    "a_permission_set_named_as_the_pipeline": lambda c: c.sso(OTHERS, permissions=OTHERS),
    "the_root_user": lambda c: c.root(),
    "the_root_user_through_a_service": lambda c: replace(root(c, invokedBy=BY_SERVICE), agent=BY_SERVICE),
    "an_assumed_root": lambda c: root(c, {"assumedRoot": "true", "sourceIdentity": "heidi@example.com"}, ("heidi@example.com",)),
    "a_console_user_shown_as_aws_internal": lambda c: c.console_user(),
    "an_identity_center_user": identity_center,
    "another_account_without_a_name": lambda c: c.foreign_account(),
    "a_linked_roles_name_without_its_path": lambda c: linked_as(c, "AWSServiceRoleForAutoScaling", "AutoScaling", BY_SERVICE),
    "a_path_that_begins_as_linked_roles_do": lambda c: linked_as(c, f"aws-service-role-x/{SLR}"),
    "a_path_that_holds_linked_roles_path": lambda c: linked_as(c, f"team/aws-service-role/{SLR}"),
    "a_service_role_taken_by_a_person": lambda c: linked_as(c, BACKUP, "alice@example.com", FIREFOX),
    "a_user_called_as_a_service": lambda c: c.iam_user(BY_SERVICE, BY_SERVICE),
    "an_agent_that_says_cloudformation": lambda c: replace(c.alice(), agent="cloudformation.amazonaws.com"),
    "an_agent_that_says_aws_internal": lambda c: replace(c.bob(), agent="AWS Internal", ip="AWS Internal"),
    "a_workflow_from_the_wrong_network": lambda c: c.jump_host(inside=False),
    "a_workflow_after_its_time": lambda c: c.migration(),
    "no_agent_at_all": lambda c: replace(c.alice(), agent=""),
    "a_name_of_control_characters": lambda c: replace(c.sso("a\u200blice@example.com"), names=()),
}  # fmt: skip


def disguised(stage):
    """Play each disguise: its change and the pipeline's in one item."""
    for number, (label, made) in enumerate(DISGUISES.items()):
        stage.begin(label)
        if label == "a_workflow_after_its_time":
            stage.at = max(stage.at, stage.world.until + (stage.world.now - stage.world.until) / 5)
        actor, kind = made(stage.cast), stage.thing(OBJECTS[number % len(OBJECTS)])
        calls = [(stage.pipeline, -1, 0), (actor, 0, 7), (stage.pipeline, -1, 14)]
        stage.seen(kind, *(stage.do(who, op, kind, after) for who, op, after in calls))
