"""Judges whether a person or a machine chose the name of a role session.

A session's name is chosen by whoever assumes the role. It is worth showing where it reads like a person's,
since a shared role names nobody; where it reads like a machine's, the role's name says more, and lasts.
"""

import re
from typing import Final

_DEFAULTS: Final = re.compile(
    r"aws-?(?:go|java|js|php|ruby|rust|dotnet|net|cpp|kotlin|swift|nodejs)?-?sdk[\w+=,.@-]{0,64}"
    r"|(?:boto3?|botocore|awscli|aws-cli|default|assume[-_]?role)[-_]?(?:session|provider)?(?:[-_]?\d[\w.-]{0,40})?"
    r"|default_session|(?:my|test)?[-_]?session[-_]?\w{0,16}"
    r"|GitHubActions|gitlab-runner[\w.-]{0,64}|terraform-run-\w{1,64}|bitbucket-\w[\w-]{0,64}"
    r"|CognitoIdentityCredentials|gntd-\w{1,60}|aws-?vault[-_]?\d{0,40}|(?-i:A(?:ID|RO|SI)A[A-Z0-9]{12,60})"
    r"|\d{4}-\d\d-\d\dT?[\dZ._-]{0,40}|\d{1,64}|[0-9a-f]{16,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)
"""The names that SDKs, tools and runners give a session that nobody named; ids and times."""

_INSTANCE: Final = re.compile(r"m?i-(?:[0-9a-f]{8}|[0-9a-f]{17})")
_POD: Final = re.compile(
    r"eks-[\w.-]{1,64}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|eks-[\w.-]{1,59}-[0-9a-f-]{5,36}"
)
_SERVICES: Final = re.compile(
    r"AWSCloudFormation|AWSCodeBuild-[\w-]{1,64}|AWSCodePipeline[\w-]{0,64}|AWSBackup-[\w-]{1,64}"
    r"|AWSConfig-[\w-]{1,64}|AutoScaling[\w-]{0,64}|Automation-[0-9a-f-]{36}|SLRManagement|StepFunctions[\w-]{0,64}"
    r"|ServiceCatalog[\w-]{0,64}|AWSServiceCatalog[\w-]{0,64}",
)
"""The names that services give their sessions."""

_MACHINE_WORD: Final = re.compile(
    "actions?|agent|ansible|app|argocd|atlantis|automation|backup|bot|build|buildkite|c[id]|cicd|circleci"
    "|cloudcustodian|codebuild|codepipeline|controller|cron|crossplane|custodian|daemon|deploy(?:er|ment)?|drone"
    "|fargate|function|github|gitlab|gitops|jenkins|jobs?|k8s|karpenter|kubernetes|lambda|machine|operator"
    "|pipeline|pulumi|robot|runner|scheduler|script|server|service|session|spacelift|spinnaker|svc|sync|system"
    "|task|terraform|tf|tofu|opentofu|worker|workflow"
)
"""Words that are not part of a person's name."""

_WORDS: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")
_TWO: Final = 2


def is_instance_session(session: str) -> bool:
    """Return whether a session has the name that EC2 (or Systems Manager) gives an instance's."""
    return _INSTANCE.fullmatch(session) is not None


def is_pod_session(session: str) -> bool:
    """Return whether a session has the name that EKS gives a pod's."""
    return _POD.fullmatch(session) is not None


def is_service_session(session: str) -> bool:
    """Return whether a session has a name that AWS services give those of a role that they assume."""
    return _SERVICES.fullmatch(session) is not None


def is_generated(session: str) -> bool:
    """Return whether nobody chose the name: a tool's or a service's default, an id, a number."""
    return (
        not session
        or _DEFAULTS.fullmatch(session) is not None
        or is_instance_session(session)
        or is_pod_session(session)
        or is_service_session(session)
    )


def may_be_a_person(session: str, role: str) -> bool:
    """Return whether a session's name may be a person's: no default, no machine's word, no role's name."""
    if is_generated(session):
        return False
    if "@" in session:
        return True
    if any(_MACHINE_WORD.fullmatch(word.lower()) for word in _WORDS.findall(session)):
        return False
    # A function's role is mostly called after the function, and its session is the function's name.
    lowered, of_role = session.lower(), role.lower()
    parts = [part for part in re.split(r"[-_]", lowered) if part]
    return lowered != of_role and not (len(parts) >= _TWO and lowered in of_role)
