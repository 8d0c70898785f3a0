"""Ways to hide behind who one seems to be: each identity changes an object right beside the pipeline."""

from dataclasses import replace

from tests.worlds.blind.actors import FIREFOX, OWN, TERRAFORM
from tests.worlds.blind.types import balancers, compute, databases, ec2, iam, storage, streams, vpc
from tests.worlds.hiding.stage import agent, named

OBJECTS = (
    ec2.security_group,
    iam.role,
    storage.bucket,
    databases.table,
    databases.db_cluster,
    compute.function,
    vpc.subnet,
    balancers.target_group,
    streams.stream,
    iam.policy,
)


def root_for_a_service(cast):
    root = cast.root()
    return replace(
        root,
        identity={**root.identity, "invokedBy": "autoscaling.amazonaws.com"},
        agent="autoscaling.amazonaws.com",
    )


def assumed_root(cast):
    root = cast.root()
    context = {
        **root.identity["sessionContext"],
        "assumedRoot": "true",
        "sourceIdentity": "heidi@example.com",
    }
    return replace(
        root, identity={**root.identity, "sessionContext": context}, names=("heidi@example.com", *root.names)
    )


def identity_center(cast):
    identity = {
        "type": "IdentityCenterUser",
        "accountId": OWN,
        "onBehalfOf": {
            "userId": "544894e8-80c1-707f-60e3-3ba6510dfac1",
            "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-9067642ac7",
        },
        "credentialId": "EXAMPLEVHULjJdTUdPJfofVa1sufHDoj7aYcOYcxFVllWR_Whr1fEXAMPLE",
    }
    return replace(cast.alice(), identity=identity, names=())


def sourced(cast):
    identity = cast.session("ops/admin", "GitHubActions", sourceIdentity="mallory@example.com")
    return replace(cast.alice(), identity=identity, names=("mallory@example.com",))


def source_says_pipeline(cast):
    identity = cast.session("ops/admin", "x", sourceIdentity="gha-terraform-prod")
    return replace(cast.alice(), identity=identity, names=("gha-terraform-prod", "admin"))


def federated_as_pipeline(cast):
    actor = cast.federated()
    identity = {
        **actor.identity,
        "arn": f"arn:aws:sts::{OWN}:federated-user/gha-terraform-prod",
        "principalId": f"{OWN}:gha-terraform-prod",
    }
    # A name that is no person's says nothing: the user who handed out the session stands behind it.
    return replace(actor, identity=identity, names=("broker",))


def permission_set_as_pipeline(cast):
    return cast.sso("gha-terraform-prod", permissions="gha-terraform-prod")


def linked_role_without_its_path(cast):
    return cast.plain(
        "AWSServiceRoleForAutoScaling",
        "AutoScaling",
        "autoscaling.amazonaws.com",
        "AutoScaling",
        "AWSServiceRoleForAutoScaling",
    )


def linked_path_as_prefix(cast):
    return cast.plain(
        "aws-service-role-x/rds.amazonaws.com/AWSServiceRoleForRDS",
        "SLRManagement",
        "rds.amazonaws.com",
        "SLRManagement",
        "AWSServiceRoleForRDS",
    )


def linked_path_within(cast):
    return cast.plain(
        "team/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS",
        "SLRManagement",
        "rds.amazonaws.com",
        "SLRManagement",
        "AWSServiceRoleForRDS",
    )


def service_role_taken(cast):
    return cast.plain(
        "service-role/AWSBackupDefaultServiceRole",
        "alice@example.com",
        FIREFOX,
        "alice@example.com",
        "AWSBackupDefaultServiceRole",
    )


def user_called_as_service(cast):
    return cast.iam_user("autoscaling.amazonaws.com", "autoscaling.amazonaws.com")


def user_called_internal(cast):
    return cast.iam_user("AWS-Internal", "AWS Internal")


def terminal_in_the_stack_service(cast):
    actor = cast.alice()
    return replace(actor, agent="cloudformation.amazonaws.com")


DISGUISES = {
    "the_pipelines_session_name": lambda c: c.forged(),
    "terraform_on_a_laptop": lambda c: c.by_hand(),
    "the_pipelines_role_name_under_a_path": lambda c: c.same_name_elsewhere(),
    "the_pipelines_role_name_in_another_account": lambda c: c.same_name_foreign(),
    "a_user_named_as_the_pipelines_role": lambda c: c.user_named_as_pipeline(),
    "a_source_identity_under_the_default_session_name": sourced,
    "a_source_identity_named_as_the_pipeline": source_says_pipeline,
    "a_federated_user_named_as_the_pipeline": federated_as_pipeline,
    "a_permission_set_named_as_the_pipeline": permission_set_as_pipeline,
    "a_saml_session_called_github_actions": lambda c: c.plain(
        "Okta-Admins", "GitHubActions", TERRAFORM, "GitHubActions", "Okta-Admins"
    ),
    "cloudformation_with_own_credentials": lambda c: c.cloudformation(c.alice()),
    "a_runbook_of_systems_manager": lambda c: c.automation(),
    "a_function_made_for_it": lambda c: c.function(),
    "an_instance_profile": lambda c: c.instance(),
    "a_pod": lambda c: c.pod(),
    "the_root_user": lambda c: c.root(),
    "the_root_user_through_a_service": root_for_a_service,
    "an_assumed_root": assumed_root,
    "a_console_user_shown_as_aws_internal": lambda c: c.console_user(),
    "an_identity_center_user": identity_center,
    "another_accounts_role": lambda c: c.foreign_role(),
    "another_account_without_a_name": lambda c: c.foreign_account(),
    "a_linked_roles_name_without_its_path": linked_role_without_its_path,
    "a_path_that_begins_as_linked_roles_do": linked_path_as_prefix,
    "a_path_that_holds_linked_roles_path": linked_path_within,
    "a_service_role_taken_by_a_person": service_role_taken,
    "a_user_called_as_a_service": user_called_as_service,
    "a_user_called_aws_internal": user_called_internal,
    "an_agent_that_says_cloudformation": terminal_in_the_stack_service,
    "an_agent_that_says_config": lambda c: replace(c.alice(), agent="config.amazonaws.com"),
    "an_agent_that_says_aws_internal": lambda c: agent(c.bob(), "AWS Internal"),
    "another_pipelines_role": lambda c: c.app_deploy(),
    "the_other_tools_pipeline": lambda c: replace(c.pulumi()),
    "a_workflow_from_the_wrong_network": lambda c: c.jump_host(inside=False),
    "a_workflow_after_its_time": lambda c: c.migration(),
    "service_catalog_with_own_credentials": lambda c: c.on_behalf(c.bob(), "servicecatalog.amazonaws.com"),
    "no_agent_at_all": lambda c: replace(c.alice(), agent=""),
    "a_name_of_control_characters": lambda c: named(c.sso("a\u200blice@example.com")),
}


def disguised(stage):
    """Play each disguise: its change and the pipeline's in one item."""
    for number, (label, made) in enumerate(DISGUISES.items()):
        stage.begin(label)
        if label == "a_workflow_after_its_time":
            stage.at = max(stage.at, stage.world.until + (stage.world.now - stage.world.until) / 5)
        actor = made(stage.cast)
        if label == "a_name_of_control_characters":
            actor = replace(actor, names=())
        kind = stage.thing(OBJECTS[number % len(OBJECTS)])
        calls = []
        for who, after in ((stage.pipeline, 0), (actor, 7), (stage.pipeline, 14)):
            op = kind.updates[0]() if who is actor else kind.updates[-1]()
            calls.append(stage.do(who, op, kind, after))
        stage.seen(kind, *calls)
