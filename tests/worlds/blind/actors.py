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
CONSOLE = {"sessionCredentialFromConsole": "true"}
LAMBDA = BOTO + " exec-env/AWS_Lambda_python3.12"

NEVER: Callable[..., bool] = lambda _managed_by, _at: False  # noqa: E731 (a default, named once)


@dataclass(frozen=True)
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
    issuer = {"type": "Role", "principalId": unique, "arn": role_arn, "accountId": account, "userName": role}
    attributes = {"creationDate": started, "mfaAuthenticated": "false"}
    return {
        "type": "AssumedRole",
        "principalId": f"{unique}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
        "accountId": account,
        "accessKeyId": "ASIA" + token(role_arn + session + started, 16),
        "sessionContext": {"sessionIssuer": issuer, "attributes": attributes, **context},
    }


class Cast:
    """The people, pipelines and services of the world; `since`, `until` bound the migration workflow."""

    def __init__(self, now: datetime, *, since: datetime, until: datetime, account: str = OWN):
        self.account, self.since, self.until = account, since, until
        self.started = now.strftime("%Y-%m-%dT%H:05:11Z")
        provider = f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"
        self.github = {"federatedProvider": provider, "attributes": {}}

    def role(self, path, account=""):
        return f"arn:aws:iam::{account or self.account}:role/{path}"

    def session(self, path, session, *, account="", **context):
        return assumed(self.role(path, account), session, started=self.started, **context)

    # People.

    def sso(self, name, *, agent=FIREFOX, permissions="AdministratorAccess"):
        role = f"AWSReservedSSO_{permissions}_{digits(permissions, 16)}"
        identity = self.session(f"aws-reserved/sso.amazonaws.com/eu-west-1/{role}", name)
        return Actor((name,), identity, ip(name), agent, more=CONSOLE if agent == FIREFOX else {})

    def alice(self):
        return self.sso("alice@example.com")

    def bob(self):
        return self.sso("bob@example.com", agent=CLI, permissions="PowerUserAccess")

    def by_hand(self):
        """Somebody who runs terraform on a laptop."""
        return self.sso("tessa@example.com", agent=TERRAFORM)

    def iam_user(self, name="deploy-legacy", agent=BOTO):
        return Actor((name,), self.user(name), "203.0.113.40", agent)

    def identity(self, type_, principal, arn, key, **more):
        """Return an identity of the account, with its access key."""
        told = {"type": type_, "principalId": principal, "arn": f"arn:aws:{arn}", "accountId": self.account}
        return {**told, "accessKeyId": key, **more}

    def user(self, name, **more):
        """Return the identity of an IAM user."""
        arn, key = f"iam::{self.account}:user/{name}", "AKIA" + token(name, 16)
        return self.identity("IAMUser", "AIDA" + token(name), arn, key, **{"userName": name, **more})

    def console_user(self):
        """An IAM user in the console: `AWS Internal` everywhere, and still a person."""
        context = {"sessionIssuer": {}, "webIdFederationData": {}, "attributes": self.attributes("true")}
        more = {"accessKeyId": "ASIA" + token("carol", 16), "sessionContext": context}
        identity = {**self.user("carol"), **more, "invokedBy": "AWS Internal"}
        return Actor(("carol",), identity, "AWS Internal", "AWS Internal", more=CONSOLE)

    def attributes(self, mfa="false"):
        return {"creationDate": self.started, "mfaAuthenticated": mfa}

    def root(self):
        arn, key = f"iam::{self.account}:root", "ASIA" + token("root", 16)
        more = {"userName": "acme-prod", "sessionContext": {"attributes": self.attributes("true")}}
        identity = self.identity("Root", self.account, arn, key, **more)
        return Actor(("root", "acme-prod", self.account), identity, "198.51.100.99", FIREFOX)

    def federated(self):
        broker = self.user("broker")
        del broker["accessKeyId"]
        arn, key = f"sts::{self.account}:federated-user/erin", "ASIA" + token("erin", 16)
        context = {"sessionIssuer": broker, "attributes": self.attributes()}
        principal = f"{self.account}:erin"
        identity = self.identity("FederatedUser", principal, arn, key, sessionContext=context)
        return Actor(("erin",), identity, "198.51.100.61", CLI)

    def saml(self):
        return self.plain("Okta-Admins", "frank@example.com", FIREFOX)

    def source_identity(self):
        """A chain of roles whose last session says nothing; the source identity survives it."""
        grace = "grace@example.com"
        identity = self.session("ops/break-glass", "botocore-session-1732512011", sourceIdentity=grace)
        return Actor((grace,), identity, "198.51.100.62", BOTO)

    def plain(self, path, session, agent=CLI, *names, account=""):
        return Actor(names or (session,), self.session(path, session, account=account), ip(session), agent)

    def forged(self):
        """A person's sandbox role under a pipeline's session name and user agent."""
        return self.plain("dev-sandbox", "gha-terraform-prod", TERRAFORM, "gha-terraform-prod", "dev-sandbox")

    def same_name_elsewhere(self):
        return self.called("contractors/gha-terraform-prod")

    def same_name_foreign(self):
        return self.called("pulumi-deploy", "ci", PULUMI, account=FOREIGN)

    def user_named_as_pipeline(self):
        return self.iam_user("gha-terraform-prod", TERRAFORM)

    def called(self, path, session="GitHubActions", agent=TERRAFORM, **more):
        """Return a role's session without a token, which may be called by either name."""
        return self.plain(path, session, agent, *pipelines(path.rpartition("/")[2], session), **more)

    def forgers(self):
        """People who call themselves, their session or their tool what they are not."""
        return [
            self.forged(),
            *(self.same_name_elsewhere(), self.same_name_foreign(), self.user_named_as_pipeline()),
            self.called("my-gha-terraform-prod"),
            self.called("gha-Terraform-prod"),
            self.called("Admin"),
            self.called("Admin", "AWSServiceRoleForAutoScaling", CLI),
            self.called("cfn-exec", "AWSCloudFormation", "cloudformation.amazonaws.com"),
        ]

    @cached_property
    def strangers(self):
        """People and machines that no workflow lets change what terraform manages, forgers among them."""
        return [
            *(self.alice(), self.bob(), self.by_hand(), self.iam_user(), self.console_user(), self.root()),
            *(self.federated(), self.saml(), self.source_identity(), self.app_deploy(), self.instance()),
            *(self.function(), self.pod(), self.jump_host(inside=False), self.plain("TeamAdmin", "dave")),
            *(self.automation(), self.cloudformation(self.bob()), self.pulumi()),
            # A stack set's execution role, which CloudFormation assumes in each account.
            self.cloudformation(self.called("stacksets-exec-0c5d1f7a", "StackSet-baseline", CLI)),
            self.on_behalf(self.alice(), "servicecatalog.amazonaws.com"),
            self.on_behalf(self.iam_user("heidi"), "autoscaling.amazonaws.com"),
            *(self.foreign_role(), *self.forgers()),
        ]

    def foreign_role(self):
        return self.plain("vendor-access", "vendor-bot", BOTO, "vendor-bot", "vendor-access", account=FOREIGN)

    def foreign_account(self):
        """How S3 and KMS show a caller of another account."""
        identity = {"type": "AWSAccount", "principalId": "AIDA" + token("mallory"), "accountId": FOREIGN}
        return Actor((FOREIGN,), identity, "203.0.113.99", BOTO)

    # Pipelines and machines.

    def by_token(self, role, session, address, agent, covers=NEVER):
        """Return a pipeline's session, which a web identity's token opened."""
        identity = self.session(role, session, webIdFederationData=self.github)
        return Actor(pipelines(role, session), identity, address, agent, covers=covers)

    def pipeline(self, role="gha-terraform-prod", session="GitHubActions"):
        return self.by_token(role, session, "192.0.2.44", TERRAFORM, only("terraform"))

    def pulumi(self):
        return self.by_token("pulumi-deploy", "ci", "192.0.2.45", PULUMI, only("pulumi"))

    def app_deploy(self):
        """The pipeline that ships an application, and no infrastructure."""
        return self.by_token("gha-app-deploy", "GitHubActions", "192.0.2.46", CLI)

    def migration(self):
        def covers(_managed_by, at):
            return self.since <= at < self.until

        return self.by_token("migration-runner", "migration", "192.0.2.47", TERRAFORM, covers)

    def jump_host(self, *, inside=True):
        """The operators' terraform, which counts from the jump host's network only."""
        identity = self.session("ops-terraform", "oscar@example.com")
        address, covers = ("192.0.2.200", only("terraform")) if inside else ("198.51.100.200", NEVER)
        return Actor(("oscar@example.com",), identity, address, TERRAFORM, covers=covers)

    def instance(self):
        identity = self.session("batch-worker", "i-0ba7c4e0d9f8a7b6c", ec2RoleDelivery="2.0")
        return Actor(("batch-worker",), identity, "10.20.7.19", BOTO)

    def function(self):
        identity = self.session("nightly-cleanup-role", "nightly-cleanup")
        arn = f"arn:aws:lambda:eu-west-1:{self.account}:function:nightly-cleanup"
        identity["inScopeOf"] = {"issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": arn}
        return Actor(("nightly-cleanup-role",), identity, "203.0.113.180", LAMBDA)

    def pod(self):
        session = "eks-shop-external-d-3f0a5d5e-1b7c-4c1a-9d57-0b3a3e8f2c11"
        return self.plain("external-dns", session, BOTO, "external-dns")

    # AWS.

    def cloudformation(self, behind):
        """CloudFormation with the caller's own credentials."""
        return replace(self.on_behalf(behind, "cloudformation.amazonaws.com"), covers=only("cloudformation"))

    def cloudformation_role(self):
        """CloudFormation with a service role of its own."""
        return self.cloudformation(self.called("cfn-exec", "AWSCloudFormation", CLI))

    def automation(self):
        """A runbook of Systems Manager under a role of the account's own."""
        session = "7f2c9a10-5d3b-4c1e-9c57-3e8f2c110b3a"
        return self.on_behalf(self.called("ssm-automation", session, BOTO), "ssm.amazonaws.com")

    def on_behalf(self, behind, service):
        """Another service that acts with somebody's credentials."""
        identity = {**behind.identity, "invokedBy": service}
        return replace(behind, identity=identity, ip=service, agent=service, more={})

    def linked(
        self, service="autoscaling.amazonaws.com", role="AWSServiceRoleForAutoScaling", session="Auto"
    ):
        identity = self.session(f"aws-service-role/{service}/{role}", session)
        return Actor((), {**identity, "invokedBy": service}, service, service, service=True)

    def service(self, service="rds.amazonaws.com"):
        return Actor((), {"type": "AWSService", "invokedBy": service}, service, service, service=True)

    def service_event(self, service="AWS Internal"):
        """What stands behind an `AwsServiceEvent`: neither type nor ARN."""
        identity = {"accountId": self.account, "invokedBy": service}
        return Actor((), identity, service, service, service=True, event_type="AwsServiceEvent")


def only(value):
    """Return what a workflow covers that may change what this tool manages."""
    return lambda managed_by, _at: managed_by == value


def pipelines(role, session="GitHubActions"):
    """Return what a pipeline may be called: its role, or what it called itself."""
    return (role, session)


def ip(seed):
    return f"198.51.100.{1 + int(digits(seed, 4), 16) % 250}"
