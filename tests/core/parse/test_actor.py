"""Every identity of CloudTrail's becomes the actor that people would name, with every tool."""

import json
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.core.model import Via
from iacwatch.core.parse.cloudtrail import event
from tests.fixtures.trail_records import (
    BOTO,
    CFN,
    CLI,
    FIREFOX,
    GITHUB,
    LINKED,
    MAIN,
    OTHER,
    OWN,
    SSO,
    SSO_AT_HOME,
    record,
    session,
    user,
)

ROOT_FOR_SERVICE = {
    "type": "Root",
    "principalId": OWN,
    "arn": f"arn:aws:iam::{OWN}:root",
    "accountId": OWN,
    "invokedBy": "autoscaling.amazonaws.com",
}
BY_AUTOSCALING = {"sourceIPAddress": "autoscaling.amazonaws.com", "userAgent": "autoscaling.amazonaws.com"}

# what it is: (identity, further fields) -> (kind, name, via, on own account)
IDENTITIES = {
    "root": (
        {
            "type": "Root",
            "principalId": OWN,
            "arn": f"arn:aws:iam::{OWN}:root",
            "accountId": OWN,
            "userName": "acme",
        },
        {},
        ("root", "root", "root", False),
    ),
    "root, opened by the management account": (
        {
            "type": "Root",
            "principalId": OWN,
            "arn": f"arn:aws:iam::{OWN}:root",
            "accountId": OWN,
            "sessionContext": {"assumedRoot": "true", "sourceIdentity": "alice@example.com"},
        },
        {},
        ("root", "root", "cross-account", False),
    ),
    "root from an address of its own": (ROOT_FOR_SERVICE, {}, ("root", "root", "root", False)),
    "root in a session, through a service": (
        {**ROOT_FOR_SERVICE, "sessionContext": {"attributes": {"mfaAuthenticated": "true"}}},
        BY_AUTOSCALING,
        ("root", "root", "root", False),
    ),
    "root with a key, through a service": (
        {**ROOT_FOR_SERVICE, "accessKeyId": "AKIAEXAMPLEEXAMPLE01"},
        BY_AUTOSCALING,
        ("root", "root", "root", False),
    ),
    "root by itself": (
        {key: value for key, value in ROOT_FOR_SERVICE.items() if key != "invokedBy"},
        BY_AUTOSCALING,
        ("root", "root", "root", False),
    ),
    "root in the console": (
        {**ROOT_FOR_SERVICE, "invokedBy": "AWS Internal"},
        {"sourceIPAddress": "AWS Internal", "userAgent": "AWS Internal"},
        ("root", "root", "root", False),
    ),
    "a service under the account's root": (
        ROOT_FOR_SERVICE,
        BY_AUTOSCALING,
        ("aws-service", "autoscaling.amazonaws.com", "service", True),
    ),
    "a service under the account's root, with an empty key": (
        {**ROOT_FOR_SERVICE, "accessKeyId": "", "invokedBy": "elasticloadbalancing.amazonaws.com"},
        {"sourceIPAddress": "elasticloadbalancing.amazonaws.com"},
        ("aws-service", "elasticloadbalancing.amazonaws.com", "service", True),
    ),
    "AWS, with nobody named": (
        {"accountId": OWN, "invokedBy": "AWS Internal"},
        {"eventSource": "kms.amazonaws.com", "eventName": "SynchronizeMultiRegionKey"},
        ("aws-service", "kms.amazonaws.com", "service", True),
    ),
    "AWS Internal for somebody in a session": (
        {"accountId": OWN, "invokedBy": "AWS Internal", "sessionContext": {"sourceIdentity": "alice"}},
        {},
        ("unknown", OWN, None, False),
    ),
    "AWS Internal for somebody with a key": (
        {"accountId": OWN, "invokedBy": "AWS Internal", "accessKeyId": "ASIAEXAMPLEEXAMPLE01"},
        {},
        ("unknown", OWN, None, False),
    ),
    "user": (user("carol"), {}, ("iam-user", "carol", "iam-user", False)),
    "user in the console": (
        user(
            "carol", sessionContext={"sessionIssuer": {}, "webIdFederationData": {}}, invokedBy="AWS Internal"
        ),
        {"sessionCredentialFromConsole": "true"},
        ("iam-user", "carol", "iam-user", False),
    ),
    "user without a user name": (
        {"type": "IAMUser", "arn": f"arn:aws:iam::{OWN}:user/ops/carol", "accountId": OWN},
        {},
        ("iam-user", "carol", "iam-user", False),
    ),
    "user, through a service": (
        user("test", invokedBy="autoscaling.amazonaws.com"),
        {"userAgent": "autoscaling.amazonaws.com", "sourceIPAddress": "autoscaling.amazonaws.com"},
        ("iam-user", "test", "iam-user", False),
    ),
    "user of another account": (
        user("mallory", accountId=OTHER, arn=f"arn:aws:iam::{OTHER}:user/mallory"),
        {},
        ("iam-user", "mallory", "cross-account", False),
    ),
    "sso": (session(SSO, "alice@example.com"), {}, ("assumed-role", "alice@example.com", "sso", False)),
    "sso, a plain user name": (session(SSO_AT_HOME, "alice"), {}, ("assumed-role", "alice", "sso", False)),
    "sso, a name like a machine's": (session(SSO, "deploy"), {}, ("assumed-role", "deploy", "sso", False)),
    "sso, through CloudFormation": (
        {**session(SSO, "alice@example.com"), "invokedBy": CFN},
        {"userAgent": CFN, "sourceIPAddress": CFN},
        ("assumed-role", "alice@example.com", "sso", False),
    ),
    "pipeline by web identity": (
        session(
            "gha-terraform",
            "GitHubActions",
            webIdFederationData={"federatedProvider": GITHUB, "attributes": {}},
        ),
        {},
        ("assumed-role", "gha-terraform", "oidc", False),
    ),
    "pipeline that calls itself after a person": (
        session(
            "gha-terraform", "alice", webIdFederationData={"federatedProvider": GITHUB, "attributes": {}}
        ),
        {},
        ("assumed-role", "gha-terraform", "oidc", False),
    ),
    "saml session that says so": (
        session(
            "Okta",
            "frank@example.com",
            webIdFederationData={"federatedProvider": f"arn:aws:iam::{OWN}:saml-provider/Okta"},
        ),
        {},
        ("assumed-role", "frank@example.com", "saml", False),
    ),
    "instance": (
        session("web-server", "i-0a1b2c3d4e5f60718", ec2RoleDelivery="2.0"),
        {},
        ("assumed-role", "web-server", "instance", False),
    ),
    "instance, in an old record": (
        session("web-server", "i-0a1b2c3d"),
        {},
        ("assumed-role", "web-server", "instance", False),
    ),
    "function": (
        {**session("purge-role", "nightly-purge"), "inScopeOf": {"issuerType": "AWS::Lambda::Function"}},
        {},
        ("assumed-role", "purge-role", "function", False),
    ),
    "function, told by its user agent alone": (
        session("purge-role", "purge"),
        {"userAgent": BOTO + " exec-env/AWS_Lambda_python3.12"},
        ("assumed-role", "purge-role", "function", False),
    ),
    "task": (
        {
            **session("shop-task", "0123456789abcdef0123456789abcdef"),
            "inScopeOf": {"issuerType": "AWS::ECS::Task", "credentialsIssuedTo": "arn:aws:ecs:…"},
        },
        {},
        ("assumed-role", "shop-task", "function", False),
    ),
    "pod": (
        session("external-dns", "eks-shop-external-d-3f0a5d5e-1b7c-4c1a-9d57-0b3a3e8f2c11"),
        {},
        ("assumed-role", "external-dns", "function", False),
    ),
    "CloudFormation with a role of its own": (
        {**session("cfn-exec", "AWSCloudFormation"), "invokedBy": CFN},
        {"userAgent": CFN, "sourceIPAddress": CFN},
        ("assumed-role", "cfn-exec", "service", False),
    ),
    "build": (
        session("service-role/builder", "AWSCodeBuild-3f0a5d5e-1b7c-4c1a-9d57-0b3a3e8f2c11"),
        {},
        ("assumed-role", "builder", "service", False),
    ),
    "person who assumed a role": (session("Admin", "alice"), {}, ("assumed-role", "alice", "chain", False)),
    "person in camel case": (
        session("c7n", "AliceBaker"),
        {},
        ("assumed-role", "AliceBaker", "chain", False),
    ),
    "person who switched roles in the console": (
        session("Admin", "carol"),
        {"sessionCredentialFromConsole": "true", "userAgent": "AWS Internal"},
        ("assumed-role", "carol", None, False),
    ),
    "chained role that says nothing": (
        session("ops/break-glass", "botocore-session-1732512011"),
        {},
        ("assumed-role", "break-glass", "chain", False),
    ),
    "chained role with a source identity": (
        session("ops/break-glass", "botocore-session-1732512011", sourceIdentity="grace@example.com"),
        {},
        ("assumed-role", "grace@example.com", "chain", False),
    ),
    "session that nobody named, in Go": (
        session("deployer", "aws-go-sdk-1688990082523310002"),
        {},
        ("assumed-role", "deployer", "chain", False),
    ),
    **{
        f"session that a tool named {name}": (
            session("Admin", name),
            {},
            ("assumed-role", "Admin", "chain", False),
        )
        for name in (
            "gntd-2d1LCv2dQmZ8",
            "CognitoIdentityCredentials",
            "2026-02-01T101010Z",
            "terragrunt-1718035023456789000",
            "01K6ABCDEFGHJKMNPQRSTVWXYZ@workload-prod_us-west-2_infra",
            "AmazonMWAA-airflow",
            "assumed-from-leapp",
            "aws-vsts-tools",
            "assume-aws-role-cli",
            "terraform-atlantis-alice",
            "cli",
            "user",
            "admin",
            "aws-vault-1732512011123456789",
        )
    },
    "session with a number for a name": (
        session("external-secrets", "1732512011123456789"),
        {},
        ("assumed-role", "external-secrets", "chain", False),
    ),
    "session under a pipeline's name": (
        session("dev-sandbox", "gha-terraform-prod"),
        {},
        ("assumed-role", "dev-sandbox", "chain", False),
    ),
    "session named after its role": (
        session("purge-snapshots-role", "purge-snapshots"),
        {},
        ("assumed-role", "purge-snapshots-role", "chain", False),
    ),
    "role of another account": (
        session("vendor-access", "vendor-bot", account=OTHER),
        {},
        ("assumed-role", "vendor-access", "cross-account", False),
    ),
    "session without an issuer": (
        {"type": "AssumedRole", "arn": f"arn:aws:sts::{OWN}:assumed-role/Admin/alice", "accountId": OWN},
        {},
        ("assumed-role", "alice", "chain", False),
    ),
    "federated user": (
        {
            "type": "FederatedUser",
            "principalId": f"{OWN}:erin",
            "arn": f"arn:aws:sts::{OWN}:federated-user/erin",
            "accountId": OWN,
            "sessionContext": {
                "sessionIssuer": {
                    "type": "IAMUser",
                    "arn": f"arn:aws:iam::{OWN}:user/broker",
                    "accountId": OWN,
                }
            },
        },
        {},
        ("federated-user", "erin", "federation", False),
    ),
    "federated user whom a tool named after a user's id": (
        {
            "type": "FederatedUser",
            "principalId": f"{OWN}:AIDAEXAMPLEEXAMPLEID",
            "arn": f"arn:aws:sts::{OWN}:federated-user/AIDAEXAMPLEEXAMPLEID",
            "accountId": OWN,
            "sessionContext": {
                "sessionIssuer": {"type": "IAMUser", "arn": f"arn:aws:iam::{OWN}:user/ops/erin"}
            },
        },
        {},
        ("federated-user", "erin", "federation", False),
    ),
    "federated user whom a tool named at random": (
        {
            "type": "FederatedUser",
            "principalId": f"{OWN}:gntd-2hbKq3",
            "arn": f"arn:aws:sts::{OWN}:federated-user/gntd-2hbKq3",
            "accountId": OWN,
            "sessionContext": {
                "sessionIssuer": {"type": "IAMUser", "arn": f"arn:aws:iam::{OWN}:user/john.smith"}
            },
        },
        {},
        ("federated-user", "john.smith", "federation", False),
    ),
    "saml session under a word that a machine might bear": (
        session(
            "Okta",
            "jim-deploy",
            webIdFederationData={"federatedProvider": f"arn:aws:iam::{OWN}:saml-provider/Okta"},
        ),
        {},
        ("assumed-role", "jim-deploy", "saml", False),
    ),
    "session that Step Functions opened": (
        {**session("orders", "zed-states"), "invokedBy": "states.amazonaws.com"},
        {"userAgent": "states.amazonaws.com", "sourceIPAddress": "states.amazonaws.com"},
        ("assumed-role", "orders", "chain", False),
    ),
    "saml sign-in": (
        {
            "type": "SAMLUser",
            "principalId": "x:frank",
            "userName": "frank@example.com",
            "identityProvider": "x",
        },
        {"eventName": "AssumeRoleWithSAML", "eventSource": "sts.amazonaws.com", "readOnly": True},
        ("federated-user", "frank@example.com", "saml", False),
    ),
    "web identity": (
        {"type": "WebIdentityUser", "principalId": f"{GITHUB}:sts.amazonaws.com:{MAIN}", "userName": MAIN},
        {"eventName": "AssumeRoleWithWebIdentity", "eventSource": "sts.amazonaws.com", "readOnly": True},
        ("federated-user", MAIN, "oidc", False),
    ),
    "identity center user": (
        {
            "type": "IdentityCenterUser",
            "accountId": OWN,
            "onBehalfOf": {
                "userId": "544894e8-80c1-707f-60e3-3ba6510dfac1",
                "identityStoreArn": "arn:aws:identitystore::1:x",
            },
            "credentialId": "secret-id",
        },
        {},
        ("identity-center-user", "544894e8-80c1-707f-60e3-3ba6510dfac1", "sso", False),
    ),
    "another account": (
        {"type": "AWSAccount", "principalId": "AIDAEXAMPLEEXAMPLE009", "accountId": OTHER},
        {},
        ("aws-account", OTHER, "cross-account", False),
    ),
    "another account's session": (
        {"type": "AWSAccount", "principalId": "AROAEXAMPLEEXAMPLE009:carol@example.com", "accountId": OTHER},
        {},
        ("aws-account", "carol@example.com", "cross-account", False),
    ),
    "another account's machine": (
        {
            "type": "AWSAccount",
            "principalId": "AROAEXAMPLEEXAMPLE009:botocore-session-17",
            "accountId": OTHER,
        },
        {},
        ("aws-account", OTHER, "cross-account", False),
    ),
    "anybody": (
        {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"},
        {},
        ("aws-account", "anonymous", None, False),
    ),
    "service": (
        {"type": "AWSService", "invokedBy": "rds.amazonaws.com"},
        {"userAgent": "rds.amazonaws.com", "sourceIPAddress": "rds.amazonaws.com"},
        ("aws-service", "rds.amazonaws.com", "service", True),
    ),
    "service's own event in China": (
        {"accountId": OWN, "invokedBy": "ec2.amazonaws.com.cn"},
        {},
        ("aws-service", "ec2.amazonaws.com.cn", "service", True),
    ),
    "service-linked role": (
        {**session(LINKED, "SLRManagement"), "invokedBy": "rds.amazonaws.com"},
        {"userAgent": "rds.amazonaws.com", "sourceIPAddress": "rds.amazonaws.com"},
        ("aws-service", "rds.amazonaws.com", "service", True),
    ),
    "role that is called like a service-linked one": (
        session("AWSServiceRoleForRDS", "SLRManagement"),
        {},
        ("assumed-role", "AWSServiceRoleForRDS", "service", False),
    ),
    "role at a path like a service's": (
        session("my/aws-service-role/rds.amazonaws.com/Fake", "alice"),
        {},
        ("assumed-role", "alice", "chain", False),
    ),
    "role at a path like Identity Center's": (
        session(
            "my/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef", "alice@example.com"
        ),
        {},
        ("assumed-role", "alice@example.com", "chain", False),
    ),
    "service event": (
        {"accountId": OWN, "invokedBy": "secretsmanager.amazonaws.com"},
        {"eventType": "AwsServiceEvent", "eventName": "EndSecretVersionDelete", "requestParameters": None},
        ("aws-service", "secretsmanager.amazonaws.com", "service", True),
    ),
    "service event of nobody in particular": (
        {"accountId": OWN, "invokedBy": "AWS Internal"},
        {"eventType": "AwsServiceEvent", "eventName": "RotateKey", "eventSource": "kms.amazonaws.com"},
        ("aws-service", "kms.amazonaws.com", "service", True),
    ),
    "service event that names a person": (
        session(SSO, "alice@example.com"),
        {"eventType": "AwsServiceEvent"},
        ("assumed-role", "alice@example.com", "sso", False),
    ),
    "no type, but a service": (
        {"accountId": OWN, "invokedBy": "secretsmanager.amazonaws.com"},
        {},
        ("aws-service", "secretsmanager.amazonaws.com", "service", True),
    ),
    "no type, but a user's ARN beside the service": (
        {
            "accountId": OWN,
            "arn": f"arn:aws:iam::{OWN}:user/carol",
            "invokedBy": "secretsmanager.amazonaws.com",
        },
        {},
        ("iam-user", "carol", "iam-user", False),
    ),
    "no type, a session's ARN": (
        {"arn": f"arn:aws:sts::{OWN}:assumed-role/Admin/alice", "accountId": OWN},
        {},
        ("assumed-role", "alice", "chain", False),
    ),
    "no type, a click in the console": (
        {"invokedBy": "AWS Internal"},
        {},
        ("unknown", "unknown", None, False),
    ),
    "old sso portal": (
        {"type": "Unknown", "principalId": OWN, "accountId": OWN, "userName": "alice@example.com"},
        {
            "eventSource": "sso.amazonaws.com",
            "eventName": "Federate",
            "eventType": "AwsServiceEvent",
            "readOnly": True,
        },
        ("aws-service", "sso.amazonaws.com", "service", True),
    ),
    "old sso portal, as a call": (
        {"type": "Unknown", "principalId": OWN, "accountId": OWN, "userName": "alice@example.com"},
        {"eventSource": "sso.amazonaws.com", "eventName": "ListApplications", "readOnly": True},
        ("unknown", "alice@example.com", "sso", False),
    ),
    "directory": (
        {"type": "Directory", "principalId": "d-1234567890", "userName": "alice"},
        {},
        ("unknown", "alice", None, False),
    ),
    "name that AWS hides": (
        {"type": "IAMUser", "accountId": OWN, "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"},
        {},
        ("iam-user", OWN, "iam-user", False),
    ),
    "nothing": ({"type": "SomethingNew"}, {}, ("unknown", "unknown", None, False)),
}


@pytest.mark.parametrize("name", IDENTITIES)
def test_every_identity_is_named_as_people_would(name):
    identity, fields, expected = IDENTITIES[name]
    actor = event(record(identity, **fields)).actor
    assert (actor.kind, actor.name, actor.via, actor.on_own_account) == expected


@pytest.mark.parametrize("name", IDENTITIES)
def test_an_identity_as_json_text_is_the_same_identity(name):
    identity, fields, _ = IDENTITIES[name]
    document = record(identity, **fields)
    assert event(document | {"userIdentity": json.dumps(identity)}).actor == event(document).actor


def test_a_session_is_told_with_the_role_that_lasts_and_all_that_the_record_says():
    found = event(record(session(SSO, "alice@example.com"), sessionCredentialFromConsole="true"))
    actor = found.actor
    assert actor.principal == f"arn:aws:iam::{OWN}:role/{SSO}"
    assert (
        actor.arn
        == f"arn:aws:sts::{OWN}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice@example.com"
    )
    assert (actor.account_id, actor.source_ip, actor.access_key_id) == (
        OWN,
        "198.51.100.7",
        "ASIAEXAMPLEEXAMPLE02",
    )
    assert (actor.tool, actor.user_agent, actor.invoked_by, actor.repository) == ("console", CLI, None, None)
    assert (actor.chain, actor.source_identity, actor.session) == ((), None, "alice@example.com")
    principal = found.principal
    assert (principal.type, principal.session_name) == ("AssumedRole", "alice@example.com")
    assert principal.issuer_account_id == OWN


@pytest.mark.parametrize(
    ("identity", "principal"),
    [
        (user("carol"), f"arn:aws:iam::{OWN}:user/carol"),
        (IDENTITIES["root"][0], f"arn:aws:iam::{OWN}:root"),
        (IDENTITIES["federated user"][0], f"arn:aws:iam::{OWN}:user/broker"),
        (session("contractors/gha-terraform", "x"), f"arn:aws:iam::{OWN}:role/contractors/gha-terraform"),
        (IDENTITIES["session without an issuer"][0], f"arn:aws:iam::{OWN}:role/Admin"),
        (IDENTITIES["service"][0], None),
        (IDENTITIES["another account"][0], None),
    ],
)
def test_the_principal_is_the_arn_that_outlasts_the_session(identity, principal):
    assert event(record(identity)).actor.principal == principal


@pytest.mark.parametrize(
    ("identity", "session"),
    [
        (IDENTITIES["federated user"][0], "erin"),
        (IDENTITIES["another account's session"][0], "carol@example.com"),
        (IDENTITIES["chained role that says nothing"][0], "botocore-session-1732512011"),
        (IDENTITIES["session without an issuer"][0], "alice"),
        (IDENTITIES["instance"][0], "i-0a1b2c3d4e5f60718"),
        (IDENTITIES["user"][0], None),
        (IDENTITIES["service"][0], None),
    ],
)
def test_a_session_is_told_by_its_name_as_the_call_bore_it(identity, session):
    assert event(record(identity)).actor.session == session


def test_a_forged_session_name_never_hides_whose_rights_were_used():
    forged = session("intern-sandbox", "ceo@example.com")
    actor = event(record(forged)).actor
    assert actor.principal == f"arn:aws:iam::{OWN}:role/intern-sandbox"
    assert actor.arn == f"arn:aws:sts::{OWN}:assumed-role/intern-sandbox/ceo@example.com"
    assert actor.via is not Via.SSO
    assert actor.via is not Via.OIDC


def test_no_caller_can_pass_for_aws_itself():
    everything = {
        "userAgent": "rds.amazonaws.com",
        "sourceIPAddress": "rds.amazonaws.com",
    }
    for identity in (
        session("Admin", "SLRManagement"),
        session("AWSServiceRoleForRDS", "SLRManagement"),
        user("rds"),
    ):
        for more in ({}, {"invokedBy": "rds.amazonaws.com"}):
            assert not event(record({**identity, **more}, **everything)).actor.on_own_account


def test_a_service_that_calls_for_somebody_is_named_beside_them():
    actor = event(record(user("test", invokedBy="autoscaling.amazonaws.com"))).actor
    assert (actor.name, actor.invoked_by) == ("test", "autoscaling.amazonaws.com")


def test_aws_internal_is_the_console_and_no_service():
    found = event(record(user("carol", invokedBy="AWS Internal"), userAgent="AWS Internal"))
    assert (found.actor.invoked_by, found.actor.tool) == (None, "console")
    assert found.principal.invoked_by == "AWS Internal"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (MAIN, "acme/infra@refs/heads/main"),
        ("repo:acme/infra:environment:prod", "acme/infra@environment:prod"),
        ("repo:acme/infra:pull_request", "acme/infra@pull_request"),
        ("repo:acme@123456/infra@456789:ref:refs/tags/v1.2", "acme/infra@refs/tags/v1.2"),
        ("project_path:acme/platform/infra:ref_type:branch:ref:main", "acme/platform/infra@main"),
        ("organization:acme:project:p:workspace:w:run_phase:apply", "acme/p/w"),
        ("repo:acme/infra", None),
        ("repo:acme/infra:ref:refs/heads/main\n<!channel>", None),
        ("", None),
    ],
)
def test_the_repository_is_what_the_token_says(subject, expected):
    web = {"federatedProvider": GITHUB, "attributes": {"token.actions.githubusercontent.com:sub": subject}}
    assumed = session("gha-terraform", "GitHubActions", webIdFederationData=web)
    assert event(record(assumed)).actor.repository == expected
    by_token = {"type": "WebIdentityUser", "userName": subject, "identityProvider": GITHUB}
    sign_in = event(record(by_token, eventName="AssumeRoleWithWebIdentity"))
    assert sign_in.actor.repository == expected


def test_a_repository_that_no_token_speaks_of_is_not_made_up():
    named = session("gha-terraform", "repo-acme-infra", webIdFederationData={"federatedProvider": GITHUB})
    assert event(record(named)).actor.repository is None
    assert event(record(user(MAIN))).actor.repository is None


TOOLS = [
    (
        "terraform",
        "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.20.0",
    ),
    ("terraform", "aws-sdk-go/1.8.34 (go1.8.1; linux; amd64) APN/1.0 HashiCorp/1.0 Terraform/0.9.8"),
    (
        "terraform",
        "[APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) terraform-provider-aws/3.76.1]",
    ),
    ("terraform", "APN/1.0 HashiCorp/1.0 Terraform/1.9.0 exec-env/AWS_ECS_FARGATE aws-sdk-go-v2/1.39"),
    (
        "opentofu",
        "APN/1.0 HashiCorp/1.0 OpenTofu/1.10.6 (+https://opentofu.org) terraform-provider-aws/6.20.0",
    ),
    ("pulumi", "APN/1.0 Pulumi/1.0 Pulumi-Aws/4.17.0 (+https://www.pulumi.com) aws-sdk-go/1.40"),
    ("pulumi", "APN/1.0 Pulumi/1.0 PulumiAws/6.59.0 terraform-provider-aws/dev"),
    ("cloudformation", CFN),
    ("cdk", "aws-cdk/2.1033.0 aws-sdk-js/3.913.0 ua/2.1 os/linux#6.1 lang/js md/nodejs#22.11.0"),
    ("terragrunt", "aws-sdk-go/1.55.5 (go1.23.4; linux; amd64) terragrunt/v0.72.6"),
    ("terragrunt", "aws-sdk-go-v2/1.39.6 ua/2.1 os/linux lang/go#1.25.3 md/GOOS#linux terragrunt/0.93.2"),
    ("terraform", "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 terraform-provider-aws/6.20.0 terragrunt/0.93.2"),
    ("ansible", "APN/1.0 Ansible/2.19.3 amazon.aws/10.1.1 Boto3/1.40.61 md/Botocore#1.40.61"),
    ("sam", "aws-cli/2.31 aws-sam-cli/1.146.0"),
    ("sam", "Boto3/1.40.61 md/Botocore#1.40.61 aws-sam-cli/1.146.0/0f5e7b5e"),
    ("crossplane", "upbound-provider-aws/2.2.0 aws-sdk-go-v2/1.39.6 os/linux"),
    ("crossplane", "crossplane-provider-aws/v0.56 aws-sdk-go/1.44"),
    (
        "ack",
        "aws-controllers-k8s/s3.services.k8s.aws-1.1.0 (GitCommit/abc; BuildDate/2025) aws-sdk-go-v2/1.39",
    ),
    ("cli", CLI),
    ("cli", "aws-cli/1.18.69 Python/3.8.10 Linux/5.4 botocore/1.16.19"),
    ("cli", "[aws-cli/2.13.0 Python/3.11.4 Linux/5.10 exec-env/CloudShell exe/x86_64.amzn.2]"),
    ("sdk", BOTO),
    ("sdk", "aws-sdk-go/1.41.4 (go1.18.3; linux; amd64) amazon-ssm-agent/"),
    ("sdk", "aws-sdk-java/2.33.0 Linux/6.1 OpenJDK_64-Bit_Server_VM/21.0.8"),
    ("sdk", "Botocore/1.29.165 Python/3.10.6"),
    ("console", "AWS Internal"),
    ("console", "console.amazonaws.com"),
    ("console", "console.ec2.amazonaws.com"),
    ("console", "signin.amazonaws.com"),
    ("console", FIREFOX),
    ("console", "[S3Console/0.4]"),
    (
        "console",
        "[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488 Linux/5.10 OpenJDK_64-Bit_Server_VM/25.372]",
    ),
    ("console", "RDS Console, aws-internal/3 aws-sdk-java/1.11.975 Linux/5.10"),
    ("unknown", "stratus-red-team_39f95f43-cd2f-4beb-b69e-be60b6fe1f57"),
    ("unknown", "autoscaling.amazonaws.com"),
    ("unknown", "NotTerraform/1.0"),
    ("unknown", ""),
]


@pytest.mark.parametrize(("tool", "user_agent"), TOOLS)
def test_every_tool_is_known_by_its_user_agent(tool, user_agent):
    assert event(record(userAgent=user_agent)).actor.tool == tool


@pytest.mark.parametrize("flag", ["true", True, "TRUE"])
def test_what_cloudtrail_says_of_the_console_outweighs_the_user_agent(flag):
    assert event(record(userAgent=TOOLS[0][1], sessionCredentialFromConsole=flag)).actor.tool == "console"


def test_what_cloudformation_calls_for_somebody_in_the_console_is_cloudformations():
    identity = {**session(SSO, "alice@example.com"), "invokedBy": CFN}
    actor = event(record(identity, userAgent=CFN, sessionCredentialFromConsole="true")).actor
    assert (actor.tool, actor.name, actor.invoked_by) == ("cloudformation", "alice@example.com", CFN)


def test_a_user_agent_is_unwrapped_and_bounded():
    assert event(record(userAgent="[S3Console/0.4]")).actor.user_agent == "S3Console/0.4"
    assert len(event(record(userAgent="x" * 5000)).actor.user_agent) == 1024
    assert event(record(userAgent=None)).actor.user_agent is None


@pytest.mark.parametrize("odd", [None, 3, "x", [], [3], {}, {"type": 3, "arn": [], "sessionContext": "x"}])
def test_an_odd_identity_is_an_unknown_actor_and_clears_nobody(odd):
    document = record()
    document["userIdentity"] = odd
    actor = event(document).actor
    assert (actor.kind, actor.name, actor.on_own_account) == ("unknown", "unknown", False)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)
IDENTITY_FIELDS = st.sampled_from(
    [
        *("type", "arn", "accountId", "principalId", "userName", "invokedBy", "sessionContext"),
        *("accessKeyId", "onBehalfOf", "inScopeOf"),
    ]
)


@settings(max_examples=80, deadline=None)
@given(
    base=st.sampled_from([identity for identity, _, _ in IDENTITIES.values()]),
    changes=st.dictionaries(IDENTITY_FIELDS, JSON, max_size=4),
    context=st.dictionaries(
        st.sampled_from(
            ["sessionIssuer", "webIdFederationData", "sourceIdentity", "ec2RoleDelivery", "assumedRoot"]
        ),
        JSON,
    ),
)
def test_whatever_stands_in_an_identity_there_is_an_actor(base, changes, context):
    identity = base | changes
    if isinstance(identity.get("sessionContext"), dict):
        identity["sessionContext"] = identity["sessionContext"] | context
    document = record()
    document["userIdentity"] = identity
    actor = event(document).actor
    assert actor.name


@settings(max_examples=80, deadline=None)
@given(name=st.text(alphabet=string.ascii_letters + string.digits + "_+=,.@-", min_size=2, max_size=64))
def test_a_session_is_called_by_its_name_or_its_role_and_by_nothing_else(name):
    actor = event(record(session("Admin", name))).actor
    assert actor.name in {name, "Admin"}
    assert not actor.on_own_account
    assert actor.principal == f"arn:aws:iam::{OWN}:role/Admin"
