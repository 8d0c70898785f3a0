"""Every identity of CloudTrail's becomes the actor that people would name, with every tool."""

import json

import pytest

from iacwatch.core.model import Actor, ActorKind, Via
from iacwatch.core.parse.cloudtrail import event
from tests.fixtures import trail_records
from tests.fixtures.trail_records import CFN, CLI, GITHUB, MAIN, OTHER, OWN, SSO, record, session, user

RDS, STATES, SECRETS, SCALING, KMS = (
    f"{name}.amazonaws.com" for name in ("rds", "states", "secretsmanager", "autoscaling", "kms")
)
ALICE = f"arn:aws:sts::{OWN}:assumed-role/Admin/alice"
IN_LAMBDA = f"{trail_records.BOTO} exec-env/AWS_Lambda_python3.12"
OPENED = {"assumedRoot": "true", "sourceIdentity": "alice@example.com"}
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
INTERNAL = {"accountId": OWN, "invokedBy": "AWS Internal"}
AKIA, AROA = "AKIAEXAMPLEEXAMPLE01", "AROAEXAMPLEEXAMPLE009"
STORED_USER = "544894e8-80c1-707f-60e3-3ba6510dfac1"
BOTOCORE = "botocore-session-1732512011"
OKTA = f"arn:aws:iam::{OWN}:saml-provider/Okta"
UUID = "3f0a5d5e-1b7c-4c1a-9d57-0b3a3e8f2c11"
TYPELESS = {"accountId": OWN, "arn": f"arn:aws:iam::{OWN}:user/carol", "invokedBy": SECRETS}
FOREIGN = {"type": "AssumedRole", "ARN": ALICE.replace("alice", "cli"), "accountId": OTHER}
FROM_CONSOLE = {"sessionCredentialFromConsole": "true", "userAgent": "AWS Internal"}


def called(identity, service, **fields):
    """Return the record of a call that a service made."""
    return record(identity, **{"userAgent": service, "sourceIPAddress": service, **fields})


def through(service, identity, **fields):
    """Return the record of a call that a service made for somebody."""
    return called({**identity, "invokedBy": service}, service, **fields)


def assumed(role, name, **context):
    return record(session(role, name, **context))


def root(**more):
    return {"type": "Root", "principalId": OWN, "arn": f"arn:aws:iam::{OWN}:root", "accountId": OWN, **more}


def federated(name, issuer):
    issued = {
        "sessionIssuer": {"type": "IAMUser", "arn": f"arn:aws:iam::{OWN}:user/{issuer}", "accountId": OWN}
    }
    arn = f"arn:aws:sts::{OWN}:federated-user/{name}"
    return {"type": "FederatedUser", "arn": arn, "accountId": OWN, "sessionContext": issued}


def web(role, name, provider=GITHUB):
    return session(role, name, webIdFederationData={"federatedProvider": provider, "attributes": {}})


def account(principal_id, account_id=OTHER):
    return {"type": "AWSAccount", "principalId": principal_id, "accountId": account_id}


def service_event(identity):
    return record(identity, eventType="AwsServiceEvent", eventSource=KMS, requestParameters=None)


def portal(source="sso", name="alice", **fields):
    """Return a record of Identity Center's portal before its users had a type of their own."""
    named = {"type": "Unknown", "principalId": OWN, "accountId": OWN, "userName": name}
    return record(named, eventSource=f"{source}.amazonaws.com", readOnly=True, **fields)


# what it is: (the actor's kind, name and way, the record)
IDENTITIES = {
    "root": ("root root root", record(root(userName="acme"))),
    "root, by the management account": ("root root cross-account", record(root(sessionContext=OPENED))),
    "root with a key": ("root root root", through(SCALING, root(accessKeyId=AKIA))),
    "a service as root": (f"aws-service {SCALING} service", through(SCALING, root())),
    "a service as root, from nowhere": (f"aws-service {KMS} service", record(root(invokedBy=KMS), sourceIPAddress="")),
    "AWS, with nobody named": (f"aws-service {KMS} service", record(INTERNAL, eventSource=KMS)),
    "user without a name": ("iam-user carol iam-user", record(user("ops/carol", userName=""))),
    "user of another account": ("iam-user mallory cross-account", record(user("mallory", accountId=OTHER))),
    "sso": ("assumed-role alice@example.com sso", assumed(SSO, "alice@example.com")),
    "pipeline that calls itself after a person": ("assumed-role gha oidc", record(web("gha", "alice"))),
    "saml session that nobody named": ("assumed-role Okta saml", record(web("Okta", "default_session", OKTA))),
    "saml session under a machine's word": ("assumed-role jim-deploy saml", record(web("Okta", "jim-deploy", OKTA))),
    "instance": ("assumed-role web instance", assumed("web", "i-0a1b2c3d4e5f60718", ec2RoleDelivery="2")),
    "instance by its scope": ("assumed-role web instance", record({**session("web", "x"), "inScopeOf": {"issuerType": "AWS::EC2::Instance"}})),
    "function": ("assumed-role purge function", record({**session("purge", "alice"), "inScopeOf": {"issuerType": "AWS::Lambda::Function"}})),
    "function, by its user agent": ("assumed-role x function", record(session("x", "purge"), userAgent=IN_LAMBDA)),
    "pod": ("assumed-role dns function", assumed("dns", f"eks-shop-external-d-{UUID}")),
    "CloudFormation as a role": ("assumed-role exec service", through(CFN, session("exec", "AWSCloudFormation"))),
    "person who switched roles": ("assumed-role carol None", record(session("Admin", "carol"), **FROM_CONSOLE)),
    "chained role that says nothing": ("assumed-role glass chain", assumed("ops/glass", BOTOCORE)),
    "source identity": ("assumed-role grace chain", assumed("glass", BOTOCORE, sourceIdentity="grace")),
    "source identity of old": ("assumed-role grace chain", record({**session("glass", BOTOCORE), "sourceIdentity": "grace"})),
    "role that its issuer's name tells alone": ("assumed-role Deploy chain", record({"type": "AssumedRole", "principalId": f"{AROA}:{BOTOCORE}", "sessionContext": {"sessionIssuer": {"userName": "Deploy"}}})),
    "root by its ARN": ("root root root", record({"arn": f"arn:aws:iam::{OWN}:root", "accountId": OWN, "accessKeyId": AKIA})),
    "session of Step Functions": ("assumed-role orders chain", through(STATES, session("orders", "zed-states"))),
    "session of another account's, named by its ARN": ("assumed-role Admin cross-account", record(FOREIGN)),
    "session without an issuer": ("assumed-role alice chain", record({"type": "AssumedRole", "arn": ALICE})),
    "federated user": ("federated-user erin federation", record(federated("erin", "broker"))),
    "federated by a user's id": ("federated-user erin federation", record(federated(AROA, "ops/erin"))),
    "saml sign-in": ("federated-user frank saml", record({"type": "SAMLUser", "principalId": "x:f", "userName": "frank"})),
    "web identity": (f"federated-user {MAIN} oidc", record({"type": "WebIdentityUser", "principalId": "x", "userName": MAIN})),
    "identity center user": (f"identity-center-user {STORED_USER} sso", record({"type": "IdentityCenterUser", "accountId": OWN, "onBehalfOf": {"userId": STORED_USER}})),
    "another account": (f"aws-account {OTHER} cross-account", record(account("AIDAEXAMPLEEXAMPLE009"))),
    "another account's session": ("aws-account carol cross-account", record(account(f"{AROA}:carol"))),
    "another account's machine": (f"aws-account {OTHER} cross-account", record(account(f"{AROA}:{BOTOCORE}"))),
    "anybody": ("aws-account anonymous None", record(account("", "anonymous"))),
    "service": (f"aws-service {RDS} service", through(RDS, {"type": "AWSService"})),
    "service's own event in China": ("aws-service ec2.amazonaws.com.cn service", record({"accountId": OWN, "invokedBy": "ec2.amazonaws.com.cn"})),
    "service-linked role": (f"aws-service {RDS} service", through(RDS, session(trail_records.LINKED, "SLRManagement"))),
    "role at a path like a service's": ("assumed-role alice chain", assumed(f"my/{trail_records.LINKED}", "alice")),
    "role at a path like SSO's": ("assumed-role alice chain", assumed(f"my/{SSO}", "alice")),
    "service event": (f"aws-service {SECRETS} service", service_event({"invokedBy": SECRETS})),
    "service event about root": (f"aws-service {KMS} service", service_event(root(accessKeyId=AKIA))),
    "service event about what is not known": (f"aws-service {KMS} service", service_event({"type": "Unknown"})),
    "service event that names a person": ("assumed-role alice sso", service_event(session(SSO, "alice"))),
    "no type, but a user's ARN beside the service": ("iam-user carol iam-user", record(TYPELESS)),
    "no type, another ARN beside it": ("unknown x None", record({"arn": "arn:aws:sts::1:thing/x", "invokedBy": KMS})),
    "no type, a name beside it": ("unknown bob None", record({"userName": "bob", "invokedBy": KMS})),
    "no type, a session's ARN": ("assumed-role alice chain", record({"arn": ALICE, "accountId": OWN})),
    "old sso portal": ("aws-service sso.amazonaws.com service", portal(eventType="AwsServiceEvent")),
    "old sso portal, as a call": ("unknown alice sso", portal()),
    "old sign-in of nobody": (f"unknown {OWN} None", portal("signin", "")),
    "another service of that type": ("unknown alice None", portal("ec2", "alice")),
    "hidden name": (f"iam-user {OWN} iam-user", record({"type": "IAMUser", "accountId": OWN, "userName": HIDDEN})),
    "nothing": ("unknown unknown None", record({"type": "SomethingNew"})),
}  # fmt: skip


@pytest.mark.parametrize("name", IDENTITIES)
def test_every_identity_is_named_as_people_would_also_as_json_text(name):
    expected, document = IDENTITIES[name]
    actor = event(document).actor
    assert f"{actor.kind} {actor.name} {actor.via}" == expected
    assert actor.on_own_account is (actor.kind == "aws-service")
    assert event(document | {"userIdentity": json.dumps(document["userIdentity"])}).actor == actor


def test_a_session_is_told_with_the_role_that_lasts_and_all_that_the_record_says():
    found = event(record(session(SSO, "alice@example.com"), sessionCredentialFromConsole="true"))
    arn = f"arn:aws:sts::{OWN}:assumed-role/{SSO.rpartition('/')[2]}/alice@example.com"
    where = {"source_ip": "198.51.100.7", "user_agent": CLI, "tool": "console"}
    assert found.actor == Actor(
        kind=ActorKind.ASSUMED_ROLE, name="alice@example.com", arn=arn, principal=f"arn:aws:iam::{OWN}:role/{SSO}",
        account_id=OWN, via=Via.SSO, access_key_id="ASIAEXAMPLEEXAMPLE02", session="alice@example.com", **where
    )  # fmt: skip
    assert (found.principal.type, found.principal.session_name) == ("AssumedRole", "alice@example.com")
    assert found.principal.issuer_account_id == OWN


def test_the_principal_outlasts_the_session_which_is_told_by_its_name():
    for name, principal, session_name in (
        ("user without a name", "user/ops/carol", None),
        ("federated user", "user/broker", "erin"),
        # A name that was forged never hides whose rights were used.
        ("role at a path like SSO's", f"role/my/{SSO}", "alice"),
    ):
        actor = event(IDENTITIES[name][1]).actor
        assert (actor.principal, actor.session) == (f"arn:aws:iam::{OWN}:{principal}", session_name)
    actor = event(IDENTITIES["another account's session"][1]).actor
    assert (actor.principal, actor.session) == (None, "carol")


def test_no_caller_can_pass_for_aws_itself():
    for identity in (session("Admin", "SLRManagement"), session("AWSServiceRoleForRDS", "x"), user("rds")):
        assert not event(called(identity, RDS)).actor.on_own_account
        actor = event(through(RDS, identity)).actor
        assert (actor.on_own_account, actor.invoked_by) == (False, RDS)
    clicked = event(record(user("carol", invokedBy="AWS Internal"), userAgent="AWS Internal"))
    assert (clicked.actor.invoked_by, clicked.actor.tool) == (None, "console")
    assert clicked.principal.invoked_by == "AWS Internal"


def test_the_repository_is_what_the_token_says_and_is_not_made_up():
    claims = {"federatedProvider": GITHUB, "attributes": {"token.actions.githubusercontent.com:sub": MAIN}}
    for identity, expected in (
        (session("gha", "GitHubActions", webIdFederationData=claims), "acme/infra@refs/heads/main"),
        (IDENTITIES["web identity"][1]["userIdentity"], "acme/infra@refs/heads/main"),
        (web("gha", "repo-acme-infra"), None),
        (user(MAIN), None),
    ):
        assert event(record(identity)).actor.repository == expected


HASHICORP = "APN/1.0 HashiCorp/1.0"
TOOLS = [
    ("terraform", f"[{HASHICORP} Terraform/1.1.2 (+https://www.terraform.io) terraform-provider-aws/3.76.1]"),
    ("pulumi", "APN/1.0 Pulumi/1.0 PulumiAws/6.59.0 terraform-provider-aws/dev"),
    ("cloudformation", CFN),
    ("crossplane", "upbound-provider-aws/2.2.0 aws-sdk-go-v2/1.39.6 os/linux"),
    ("cli", CLI),
    ("console", trail_records.FIREFOX),
    ("console", "[S3Console/0.4]"),
    ("unknown", "stratus-red-team_39f95f43-cd2f-4beb-b69e-be60b6fe1f57"),
]


@pytest.mark.parametrize(("tool", "user_agent"), TOOLS)
def test_every_tool_is_known_by_its_user_agent_unless_cloudtrail_says_console(tool, user_agent):
    actor = event(record(userAgent=user_agent)).actor
    assert (actor.tool, actor.user_agent) == (tool, user_agent.removeprefix("[").removesuffix("]"))
    # What CloudFormation calls for somebody in the console is CloudFormation's.
    console = "cloudformation" if tool == "cloudformation" else "console"
    for flag in (True, "TRUE"):
        assert event(record(userAgent=user_agent, sessionCredentialFromConsole=flag)).actor.tool == console


def test_an_odd_identity_is_an_unknown_actor_and_clears_nobody():
    for odd in (3, [], {}, {"type": 3, "arn": [], "sessionContext": "x"}):
        actor = event(record(userAgent="x" * 5000) | {"userIdentity": odd}).actor
        assert (actor.kind, actor.name, actor.on_own_account) == ("unknown", "unknown", False)
        assert len(actor.user_agent) == 1024
