"""Who calls AWS in the demo's account, as CloudTrail records them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from iacwatch.core.model import Json
from iacwatch.demo.story.thing import ACCOUNT, REGION, iam_id

TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.20.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.6 ua/2.1 os/linux "
    "lang/go#1.24.9"
)
CLI = "aws-cli/2.31.18 md/awscrt#0.28.2 ua/2.1 os/macos#25.1.0 md/arch#arm64 lang/python#3.13.9"
BOTO3 = "Boto3/1.40.61 md/Botocore#1.40.61 ua/2.1 os/linux#6.1.0 md/arch#x86_64 lang/python#3.12.3"
PIPELINE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/gha-terraform-prod"
SUBJECT = "repo:acme/infra:ref:refs/heads/main"
_GITHUB = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """One identity with where it calls from. `name` is what a report should call it, None if nobody's.

    `opened_by`: who opened this session, where the call that did so is in event history; `began`: when.
    """

    name: str | None
    identity: Mapping[str, Json]
    ip: str
    agent: str
    console: bool = False
    more: Mapping[str, Json] = field(default_factory=dict)
    opened_by: "Caller | None" = None
    began: datetime | None = None


def _session(role_arn: str, session: str, **context: Json) -> dict[str, Json]:
    role = role_arn.rpartition("/")[2]
    unique = iam_id("AROA", role)
    return {
        "type": "AssumedRole",
        "principalId": f"{unique}:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}",
        "accountId": ACCOUNT,
        "accessKeyId": iam_id("ASIA", role + session)[:20],
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": unique,
                "arn": role_arn,
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": {"creationDate": "2026-11-24T07:00:11Z", "mfaAuthenticated": "false"},
            **context,
        },
    }


def pipeline() -> Caller:
    """Return the pipeline's role, assumed by web identity."""
    return Caller(
        name="gha-terraform-prod",
        identity=_session(
            PIPELINE_ROLE,
            "GitHubActions",
            webIdFederationData={"federatedProvider": _GITHUB, "attributes": {}},
        ),
        ip="192.0.2.44",
        agent=TERRAFORM,
        opened_by=Caller(
            name=None,
            identity={
                "type": "WebIdentityUser",
                "principalId": f"{_GITHUB}:sts.amazonaws.com:{SUBJECT}",
                "userName": SUBJECT,
                "identityProvider": _GITHUB,
            },
            ip="192.0.2.44",
            agent="aws-sdk-js/3.922.0 ua/2.1 os/linux lang/js md/nodejs#20.19.5",
        ),
    )


def taken(caller: Caller, role: str, session: str, *, agent: str = CLI) -> Caller:
    """Return a caller in a session of a role that they took by hand."""
    return replace(
        caller,
        identity=_session(f"arn:aws:iam::{ACCOUNT}:role/{role}", session),
        agent=agent,
        console=False,
        opened_by=caller,
    )


def person(name: str, *, permissions: str = "AdministratorAccess", agent: str = BROWSER) -> Caller:
    """Return somebody who signed in by IAM Identity Center."""
    suffix = iam_id("", permissions)[:16].lower()
    arn = (
        f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/eu-west-1/"
        f"AWSReservedSSO_{permissions}_{suffix}"
    )
    return Caller(
        name=name,
        identity=_session(arn, name),
        ip="198.51.100." + str(10 + sum(name.encode()) % 200),
        agent=agent,
        console=agent == BROWSER,
    )


def user(name: str, *, agent: str = BOTO3) -> Caller:
    """Return an IAM user with an access key."""
    identity = {
        "type": "IAMUser",
        "principalId": iam_id("AIDA", name),
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": iam_id("AKIA", name)[:20],
        "userName": name,
    }
    return Caller(name=name, identity=identity, ip="203.0.113.77", agent=agent)


def function(name: str) -> Caller:
    """Return a Lambda function of the account's own, by its role: the session bears its name."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    identity = {
        **_session(arn, name),
        "inScopeOf": {
            "issuerType": "AWS::Lambda::Function",
            "credentialsIssuedTo": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
        },
    }
    return Caller(name=name, identity=identity, ip="10.20.3.41", agent=BOTO3)


def machine(role: str, instance_id: str) -> Caller:
    """Return an EC2 instance that calls by the role of its profile: the session bears the instance's id."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    identity = _session(arn, instance_id, ec2RoleDelivery="2.0")
    return Caller(name=role, identity=identity, ip="10.20.3.77", agent=BOTO3)


def root() -> Caller:
    """Return the account's root user, by console."""
    identity = {
        "type": "Root",
        "principalId": ACCOUNT,
        "arn": f"arn:aws:iam::{ACCOUNT}:root",
        "accountId": ACCOUNT,
        "accessKeyId": "",
    }
    return Caller(name="root", identity=identity, ip="203.0.113.9", agent=BROWSER, console=True)


def on_behalf(caller: Caller, service: str) -> Caller:
    """Return the caller as a service shows it that acts for them."""
    return replace(
        caller, identity={**caller.identity, "invokedBy": service}, ip=service, agent=service, console=False
    )


def service_role(role: str, service: str) -> Caller:
    """Return an AWS service that acts on its own, by its service-linked role."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/{service}/{role}"
    identity = {**_session(arn, service.partition(".")[0]), "invokedBy": service}
    return Caller(name=None, identity=identity, ip=service, agent=service)


def service_event(service: str) -> Caller:
    """Return what stands behind an `AwsServiceEvent`: no type, no ARN."""
    return Caller(
        name=None,
        identity={"accountId": ACCOUNT, "invokedBy": service},
        ip=service,
        agent=service,
        more={"eventType": "AwsServiceEvent"},
    )
