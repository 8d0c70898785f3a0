"""Who calls AWS in the blind world, as CloudTrail's records show them; with what a report should say."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

OWN, SECOND, FOREIGN = "111122223333", "444455556666", "999988887777"

TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 (+https://www.terraform.io) terraform-provider-aws/5.76.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.32.5 ua/2.1 os/linux "
    "lang/go#1.23.3 md/GOOS#linux md/GOARCH#amd64 api/{service}#1.60.2"
)
PULUMI = "APN/1.0 Pulumi/1.0 PulumiAws/6.59.0 (+https://www.pulumi.com) aws-sdk-go-v2/1.32.5 os/linux"
CLI = "aws-cli/2.22.7 md/awscrt#0.22.0 ua/2.0 os/macos#24.1.0 lang/python#3.12.6 md/command#{service}"
BOTO = "Boto3/1.35.76 md/Botocore#1.35.76 ua/2.0 os/linux#6.1.112 md/arch#x86_64 lang/python#3.12.7"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
LAMBDA = BOTO + " exec-env/AWS_Lambda_python3.12"

NEVER: Callable[..., bool] = lambda _managed_by, _at: False  # noqa: E731 (a default, named once)


@dataclass(frozen=True, kw_only=True)
class Actor:
    """An identity and where it calls from.

    `names`: what a report may call it. `covers(managed_by, at)`: whether a configured workflow lets it change
    such objects. `service`: AWS itself acts, nobody stands behind it.
    """

    names: tuple[str, ...]
    identity: dict
    ip: str
    agent: str
    covers: Callable[[str, datetime], bool] = NEVER
    service: bool = False
    event_type: str = "AwsApiCall"
    more: dict = field(default_factory=dict)

    @property
    def arn(self):
        return self.identity.get("arn")


def token(seed, length=17, alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
    digest = int(hashlib.sha256(seed.encode()).hexdigest(), 16)
    letters = ""
    while len(letters) < length:
        digest, index = divmod(digest, len(alphabet))
        letters += alphabet[index]
    return letters


def digits(seed, length):
    return hashlib.sha256(seed.encode()).hexdigest()[:length]


def assumed(role_arn, session, *, started, **context):
    """Return the identity of a role's session; `assumed-role` ARNs have lost the role's path."""
    account, role = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    unique = "AROA" + token(role_arn)
    return {
        "type": "AssumedRole",
        "principalId": f"{unique}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accountId": account,
        "accessKeyId": "ASIA" + token(role_arn + session + started, 16),
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": unique,
                "arn": role_arn,
                "accountId": account,
                "userName": role,
            },
            "attributes": {"creationDate": started, "mfaAuthenticated": "false"},
            **context,
        },
    }


class Cast:
    """The people, pipelines and services of the world; `since`, `until` bound the migration workflow."""

    def __init__(self, now: datetime, *, since: datetime, until: datetime, account: str = OWN):
        self.account, self.since, self.until = account, since, until
        self.started = now.strftime("%Y-%m-%dT%H:05:11Z")
        self.github = {
            "federatedProvider": f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com",
            "attributes": {},
        }

    def role(self, path, account=""):
        return f"arn:aws:iam::{account or self.account}:role/{path}"

    def session(self, path, session, *, account="", **context):
        return assumed(self.role(path, account), session, started=self.started, **context)

    # People.

    def sso(self, name, *, agent=FIREFOX, permissions="AdministratorAccess"):
        path = (
            f"aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_{permissions}_{digits(permissions, 16)}"
        )
        more = {"sessionCredentialFromConsole": "true"} if agent == FIREFOX else {}
        identity = self.session(path, name)
        return Actor(names=(name,), identity=identity, ip=ip(name), agent=agent, more=more)

    def alice(self):
        return self.sso("alice@example.com")

    def bob(self):
        return self.sso("bob@example.com", agent=CLI, permissions="PowerUserAccess")

    def by_hand(self):
        """Somebody who runs terraform on a laptop."""
        return self.sso("tessa@example.com", agent=TERRAFORM)

    def iam_user(self, name="deploy-legacy", agent=BOTO):
        identity = {
            "type": "IAMUser",
            "principalId": "AIDA" + token(name),
            "arn": f"arn:aws:iam::{self.account}:user/{name}",
            "accountId": self.account,
            "accessKeyId": "AKIA" + token(name, 16),
            "userName": name,
        }
        return Actor(names=(name,), identity=identity, ip="203.0.113.40", agent=agent)

    def console_user(self):
        """An IAM user in the console: `AWS Internal` everywhere, and still a person."""
        actor = self.iam_user("carol", "AWS Internal")
        context = {
            "sessionIssuer": {},
            "webIdFederationData": {},
            "attributes": {"creationDate": self.started, "mfaAuthenticated": "true"},
        }
        identity = {
            **actor.identity,
            "accessKeyId": "ASIA" + token("carol", 16),
            "sessionContext": context,
            "invokedBy": "AWS Internal",
        }
        return replace(
            actor, identity=identity, ip="AWS Internal", more={"sessionCredentialFromConsole": "true"}
        )

    def root(self):
        identity = {
            "type": "Root",
            "principalId": self.account,
            "arn": f"arn:aws:iam::{self.account}:root",
            "accountId": self.account,
            "accessKeyId": "ASIA" + token("root", 16),
            "userName": "acme-prod",
            "sessionContext": {"attributes": {"creationDate": self.started, "mfaAuthenticated": "true"}},
        }
        names = ("root", "acme-prod", self.account)
        return Actor(names=names, identity=identity, ip="198.51.100.99", agent=FIREFOX)

    def federated(self):
        context = {
            "sessionIssuer": {
                "type": "IAMUser",
                "principalId": "AIDA" + token("broker"),
                "arn": f"arn:aws:iam::{self.account}:user/broker",
                "accountId": self.account,
                "userName": "broker",
            },
            "attributes": {"creationDate": self.started, "mfaAuthenticated": "false"},
        }
        identity = {
            "type": "FederatedUser",
            "principalId": f"{self.account}:erin",
            "arn": f"arn:aws:sts::{self.account}:federated-user/erin",
            "accountId": self.account,
            "accessKeyId": "ASIA" + token("erin", 16),
            "sessionContext": context,
        }
        return Actor(names=("erin",), identity=identity, ip="198.51.100.61", agent=CLI)

    def saml(self):
        return self.plain("Okta-Admins", "frank@example.com", FIREFOX)

    def source_identity(self):
        """A chain of roles whose last session says nothing; the source identity survives it."""
        identity = self.session(
            "ops/break-glass", "botocore-session-1732512011", sourceIdentity="grace@example.com"
        )
        return Actor(names=("grace@example.com",), identity=identity, ip="198.51.100.62", agent=BOTO)

    def plain(self, path, session, agent=CLI, *names, account=""):
        identity = self.session(path, session, account=account)
        return Actor(names=names or (session,), identity=identity, ip=ip(session), agent=agent)

    def forged(self):
        """A person's sandbox role under a pipeline's session name and user agent."""
        return self.plain("dev-sandbox", "gha-terraform-prod", TERRAFORM, "gha-terraform-prod", "dev-sandbox")

    def same_name_elsewhere(self):
        """A role of the pipeline's name, under a path."""
        return self.plain(
            "contractors/gha-terraform-prod", "GitHubActions", TERRAFORM, *pipelines("gha-terraform-prod")
        )

    def same_name_foreign(self):
        """The pulumi role of another account."""
        return self.plain("pulumi-deploy", "ci", PULUMI, *pipelines("pulumi-deploy", "ci"), account=FOREIGN)

    def user_named_as_pipeline(self):
        return self.iam_user("gha-terraform-prod", TERRAFORM)

    def forgers(self):
        """People who call themselves, their session or their tool what they are not."""
        return [
            self.forged(),
            self.same_name_elsewhere(),
            self.same_name_foreign(),
            self.user_named_as_pipeline(),
            self.plain(
                "my-gha-terraform-prod", "GitHubActions", TERRAFORM, *pipelines("my-gha-terraform-prod")
            ),
            self.plain("gha-Terraform-prod", "GitHubActions", TERRAFORM, *pipelines("gha-Terraform-prod")),
            self.plain("Admin", "GitHubActions", TERRAFORM, *pipelines("Admin")),
            self.plain(
                "Admin",
                "AWSServiceRoleForAutoScaling",
                CLI,
                *pipelines("Admin", "AWSServiceRoleForAutoScaling"),
            ),
            self.plain(
                "cfn-exec",
                "AWSCloudFormation",
                "cloudformation.amazonaws.com",
                *pipelines("cfn-exec", "AWSCloudFormation"),
            ),
        ]

    @cached_property
    def strangers(self):
        """People and machines that no workflow lets change what terraform manages, forgers among them."""
        return [
            *(self.alice(), self.bob(), self.by_hand(), self.iam_user(), self.console_user(), self.root()),
            *(self.federated(), self.saml(), self.source_identity(), self.app_deploy(), self.instance()),
            *(self.function(), self.pod(), self.jump_host(inside=False), self.plain("TeamAdmin", "dave")),
            *(self.automation(), self.stack_set(), self.cloudformation(self.bob()), self.pulumi()),
            self.on_behalf(self.alice(), "servicecatalog.amazonaws.com"),
            self.on_behalf(self.iam_user("heidi"), "autoscaling.amazonaws.com"),
            *(self.foreign_role(), *self.forgers()),
        ]

    def foreign_role(self):
        return self.plain("vendor-access", "vendor-bot", BOTO, "vendor-bot", "vendor-access", account=FOREIGN)

    def foreign_account(self):
        """How S3 and KMS show a caller of another account."""
        identity = {"type": "AWSAccount", "principalId": "AIDA" + token("mallory"), "accountId": FOREIGN}
        return Actor(names=(FOREIGN,), identity=identity, ip="203.0.113.99", agent=BOTO)

    # Pipelines and machines.

    def pipeline(self, role="gha-terraform-prod", session="GitHubActions"):
        identity = self.session(role, session, webIdFederationData=self.github)
        covers = lambda value, _at: value == "terraform"  # noqa: E731 (one rule, one line)
        names = pipelines(role, session)
        return Actor(names=names, identity=identity, ip="192.0.2.44", agent=TERRAFORM, covers=covers)

    def pulumi(self):
        identity = self.session("pulumi-deploy", "ci", webIdFederationData=self.github)
        covers = lambda value, _at: value == "pulumi"  # noqa: E731 (the same)
        names = pipelines("pulumi-deploy", "ci")
        return Actor(names=names, identity=identity, ip="192.0.2.45", agent=PULUMI, covers=covers)

    def app_deploy(self):
        """The pipeline that ships an application, and no infrastructure."""
        identity = self.session("gha-app-deploy", "GitHubActions", webIdFederationData=self.github)
        return Actor(names=pipelines("gha-app-deploy"), identity=identity, ip="192.0.2.46", agent=CLI)

    def migration(self):
        identity = self.session("migration-runner", "migration", webIdFederationData=self.github)
        covers = lambda _value, at: self.since <= at < self.until  # noqa: E731 (the same)
        names = pipelines("migration-runner", "migration")
        return Actor(names=names, identity=identity, ip="192.0.2.47", agent=TERRAFORM, covers=covers)

    def jump_host(self, *, inside=True):
        """The operators' terraform, which counts from the jump host's network only."""
        identity = self.session("ops-terraform", "oscar@example.com")
        covers = lambda value, _at: inside and value == "terraform"  # noqa: E731 (the same)
        address = "192.0.2.200" if inside else "198.51.100.200"
        return Actor(
            names=("oscar@example.com",), identity=identity, ip=address, agent=TERRAFORM, covers=covers
        )

    def instance(self):
        identity = self.session("batch-worker", "i-0ba7c4e0d9f8a7b6c", ec2RoleDelivery="2.0")
        return Actor(names=("batch-worker",), identity=identity, ip="10.20.7.19", agent=BOTO)

    def function(self):
        identity = self.session("nightly-cleanup-role", "nightly-cleanup")
        identity["inScopeOf"] = {
            "issuerType": "AWS::Lambda::Function",
            "credentialsIssuedTo": f"arn:aws:lambda:eu-west-1:{self.account}:function:nightly-cleanup",
        }
        return Actor(names=("nightly-cleanup-role",), identity=identity, ip="203.0.113.180", agent=LAMBDA)

    def pod(self):
        session = "eks-shop-external-d-3f0a5d5e-1b7c-4c1a-9d57-0b3a3e8f2c11"
        return self.plain("external-dns", session, BOTO, "external-dns")

    # AWS.

    def cloudformation(self, behind):
        """CloudFormation with the caller's own credentials."""
        service = "cloudformation.amazonaws.com"
        covers = lambda value, _at: value == "cloudformation"  # noqa: E731 (the same)
        identity = {**behind.identity, "invokedBy": service}
        return replace(behind, identity=identity, ip=service, agent=service, covers=covers, more={})

    def cloudformation_role(self):
        """CloudFormation with a service role of its own."""
        behind = self.plain("cfn-exec", "AWSCloudFormation", CLI, "cfn-exec", "AWSCloudFormation")
        return self.cloudformation(behind)

    def stack_set(self):
        """A stack set's execution role, which CloudFormation assumes in each account."""
        behind = self.plain(
            "stacksets-exec-0c5d1f7a", "StackSet-baseline", CLI, *pipelines("stacksets-exec-0c5d1f7a")
        )
        return self.cloudformation(replace(behind, names=(*behind.names, "StackSet-baseline")))

    def automation(self):
        """A runbook of Systems Manager under a role of the account's own."""
        session = "7f2c9a10-5d3b-4c1e-9c57-3e8f2c110b3a"
        behind = self.plain("ssm-automation", session, BOTO, *pipelines("ssm-automation", session))
        return self.on_behalf(behind, "ssm.amazonaws.com")

    def backup(self):
        """The role that AWS Backup was given."""
        session = "AWSBackup-AWSBackupDefaultServiceRole"
        role = "service-role/AWSBackupDefaultServiceRole"
        behind = self.plain(role, session, BOTO, *pipelines("AWSBackupDefaultServiceRole", session))
        return self.on_behalf(behind, "backup.amazonaws.com")

    def on_behalf(self, behind, service):
        """Another service that acts with somebody's credentials."""
        return replace(
            behind, identity={**behind.identity, "invokedBy": service}, ip=service, agent=service, more={}
        )

    def linked(
        self, service="autoscaling.amazonaws.com", role="AWSServiceRoleForAutoScaling", session="AutoScaling"
    ):
        identity = self.session(f"aws-service-role/{service}/{role}", session)
        identity = {**identity, "invokedBy": service}
        return Actor(names=(), identity=identity, ip=service, agent=service, service=True)

    def service(self, service="rds.amazonaws.com"):
        identity = {"type": "AWSService", "invokedBy": service}
        return Actor(names=(), identity=identity, ip=service, agent=service, service=True)

    def service_event(self, service="AWS Internal"):
        """What stands behind an `AwsServiceEvent`: neither type nor ARN."""
        identity = {"accountId": self.account, "invokedBy": service}
        event_type = "AwsServiceEvent"
        return Actor(
            names=(), identity=identity, ip=service, agent=service, service=True, event_type=event_type
        )


def pipelines(role, session="GitHubActions"):
    """Return what a pipeline may be called: its role, or what it called itself."""
    return (role, session)


def ip(seed):
    return f"198.51.100.{1 + int(digits(seed, 4), 16) % 250}"
