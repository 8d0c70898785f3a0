"""Who calls in a world: identities as CloudTrail writes them, honest ones and forged ones."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

PROVIDER = "arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com"
TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.9.2 (+https://www.terraform.io) terraform-provider-aws/5.60.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.30.3 os/linux lang/go#1.22.5"
)
CLI = "aws-cli/2.17.60 md/awscrt#0.21.2 ua/2.0 os/macos#23.6.0 md/arch#arm64 lang/python#3.11.9 md/command#x"
BROWSER = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36"


@dataclass(frozen=True)
class Who:
    """A caller. `own`: AWS on its own account."""

    identity: dict[str, Any]
    ip: str = "198.51.100.7"
    agent: str = CLI
    extra: dict[str, Any] = field(default_factory=dict)
    own: bool = False
    service_event: bool = False


def _code(text: str, length: int = 16) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length].upper()


def session(
    account: str, role: str, name: str, *, path: str = "/", home: str | None = None, **more: Any
) -> dict[str, Any]:
    """Return the identity of a role's session; `home` is the role's account where that is another."""
    where = home or account
    unique = f"AROA{_code(where + path + role)}"
    context: dict[str, Any] = {
        "sessionIssuer": {
            "type": "Role",
            "principalId": unique,
            "arn": f"arn:aws:iam::{where}:role{path}{role}",
            "accountId": where,
            "userName": role,
        },
        "attributes": {"creationDate": "2026-11-20T08:00:00Z", "mfaAuthenticated": "false"},
        **more.pop("context", {}),
    }
    return {
        "type": "AssumedRole",
        "principalId": f"{unique}:{name}",
        "arn": f"arn:aws:sts::{where}:assumed-role/{role}/{name}",
        "accountId": where,
        "accessKeyId": f"ASIA{_code(name + role)}",
        "sessionContext": context,
        **more,
    }


def sso(account: str, person: str, set_: str = "Admin") -> Who:
    role = f"AWSReservedSSO_{set_}_0123456789abcdef"
    identity = session(
        account, role, f"{person}@example.com", path="/aws-reserved/sso.amazonaws.com/eu-west-1/"
    )
    return Who(identity, agent=BROWSER, extra={"sessionCredentialFromConsole": "true"})


def user(account: str, name: str, agent: str = CLI) -> Who:
    return Who(
        {
            "type": "IAMUser",
            "principalId": f"AIDA{_code(name)}",
            "arn": f"arn:aws:iam::{account}:user/{name}",
            "accountId": account,
            "accessKeyId": f"AKIA{_code(name)}",
            "userName": name,
        },
        agent=agent,
    )


def root(account: str) -> Who:
    return Who(
        {"type": "Root", "principalId": account, "arn": f"arn:aws:iam::{account}:root", "accountId": account},
        agent=BROWSER,
    )


def admin(account: str, name: str, agent: str = CLI, **more: Any) -> Who:
    return Who(session(account, "Admin", name, **more), agent=agent)


def pipeline(account: str, role: str = "gha-terraform-deploy", name: str = "GitHubActions") -> Who:
    """Return the session of a CI runner that came by web identity."""
    web = {
        "webIdFederationData": {
            "federatedProvider": PROVIDER.format(account=account),
            "attributes": {"sub": "repo:acme/infra:ref:refs/heads/main"},
        }
    }
    return Who(session(account, role, name, context=web), ip="192.0.2.10", agent=TERRAFORM)


def instance(account: str, role: str = "batch-worker") -> Who:
    identity = session(account, role, "i-0123456789abcdef0", context={"ec2RoleDelivery": "2.0"})
    return Who(identity, agent="Boto3/1.34.0 Python/3.11.6 Linux/6.1 Botocore/1.34.0")


def function(account: str, name: str = "nightly-cleanup") -> Who:
    scope = {
        "inScopeOf": {
            "issuerType": "AWS::Lambda::Function",
            "credentialsIssuedTo": f"arn:aws:lambda:eu-west-1:{account}:function:{name}",
        }
    }
    return Who(
        session(account, f"{name}-role", name, **scope), agent="Boto3/1.34.0 exec-env/AWS_Lambda_python3.12"
    )


def on_behalf(who: Who, service: str = "cloudformation.amazonaws.com") -> Who:
    """Return the caller whose call a service makes for them."""
    return Who({**who.identity, "invokedBy": service}, ip=service, agent=service)


def stack_role(account: str, role: str = "cfn-exec-main") -> Who:
    identity = session(account, role, "AWSCloudFormation", invokedBy="cloudformation.amazonaws.com")
    return Who(identity, ip="cloudformation.amazonaws.com", agent="cloudformation.amazonaws.com")


def linked(account: str, service: str) -> Who:
    """Return a service-linked role's session: AWS on its own account."""
    role = f"AWSServiceRoleFor{service.title()}"
    host = f"{service}.amazonaws.com"
    identity = session(account, role, "SLRManagement", path=f"/aws-service-role/{host}/", invokedBy=host)
    return Who(identity, ip=host, agent=host, own=True)


def service(name: str) -> Who:
    host = f"{name}.amazonaws.com"
    return Who({"type": "AWSService", "invokedBy": host}, ip=host, agent=host, own=True)


def service_event(account: str, name: str) -> Who:
    host = f"{name}.amazonaws.com"
    return Who({"accountId": account, "invokedBy": host}, ip=host, agent=host, own=True, service_event=True)


def federated(account: str, name: str) -> Who:
    return Who(
        {
            "type": "FederatedUser",
            "principalId": f"{account}:{name}",
            "arn": f"arn:aws:sts::{account}:federated-user/{name}",
            "accountId": account,
            "accessKeyId": f"ASIA{_code(name)}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "IAMUser",
                    "principalId": f"AIDA{_code('broker')}",
                    "arn": f"arn:aws:iam::{account}:user/broker",
                    "accountId": account,
                    "userName": "broker",
                }
            },
        }
    )


def foreign(account: str, other: str, role: str, name: str) -> Who:
    """Return a session of another account's role."""
    return Who(session(account, role, name, home=other))


def persons(account: str) -> list[Who]:
    """Return people and machines that belong to no workflow, forgers among them."""
    return [
        sso(account, "alice"),
        sso(account, "bob", "PowerUser"),
        user(account, "carol"),
        user(account, "ci-legacy", agent=TERRAFORM),
        root(account),
        admin(account, "dave"),
        admin(account, "GitHubActions", agent=TERRAFORM),
        admin(account, "gha-terraform-deploy", agent=TERRAFORM),
        admin(account, "AWSServiceRoleForAutoScaling"),
        Who(session(account, "gha-terraform-deploy", "eve", path="/people/"), agent=TERRAFORM),
        Who(session(account, "my-gha-terraform-deploy", "GitHubActions"), agent=TERRAFORM),
        Who(session(account, "gha-Terraform-deploy", "GitHubActions"), agent=TERRAFORM),
        instance(account),
        function(account),
        federated(account, "frank"),
        on_behalf(sso(account, "grace")),
        on_behalf(user(account, "heidi"), "autoscaling.amazonaws.com"),
        admin(account, "ivan", context={"sourceIdentity": "ivan@example.com"}),
        pipeline(account, "gha-app-deploy"),
        Who(session(account, "cfn-exec-main", "AWSCloudFormation"), agent="cloudformation.amazonaws.com"),
        foreign(account, "999988887777", "Admin", "judy"),
    ]
