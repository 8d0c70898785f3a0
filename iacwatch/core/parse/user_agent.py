"""Recognises the tool in a user agent.

A user agent is the caller's own text: it says what the caller wants to have used, and never clears anybody.
"""

import re
from functools import lru_cache
from typing import Final

LONGEST: Final = 1024
"""The most characters used of a user agent; CloudTrail itself cuts at 1 KB."""

UNKNOWN: Final = "unknown"
_CLOUDFORMATION: Final = "cloudformation.amazonaws.com"
_CONSOLE: Final = re.compile(
    r"AWS Internal|(?:console|signin|[a-z0-9.-]{1,64}\.console|console\.[a-z0-9.-]{1,64})"
    r"\.(?:aws\.)?amazon(?:aws)?\.com"
    r"|Mozilla/\d.*|[A-Za-z0-9 ]{0,32}Console(?:/[\d.]{1,16})?(?:,.*)?|.*\baws-internal/\d.*",
    re.DOTALL,
)
_PRODUCTS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (tool, re.compile(rf"(?:^|[\s(\[+/,]){pattern}", re.IGNORECASE))
    for tool, pattern in (
        # The tools that other tools are built on come last: Pulumi's provider is Terraform's, and says so.
        ("pulumi", r"pulumi(?:-[a-z-]{1,24})?/"),
        ("opentofu", r"(?:hashicorp-)?opentofu/"),
        ("crossplane", r"(?:upbound-|crossplane-)?(?:provider-aws|crossplane)(?:-[a-z0-9-]{1,32})?/"),
        ("terraform", r"(?:terraform/|terraform-provider-aws/|hashicorp-terraform/)"),
        ("terragrunt", r"terragrunt/"),
        ("ack", r"aws-controllers-k8s/"),
        ("ansible", r"ansible(?:-[a-z]{1,16})?/"),
        ("sam", r"aws-sam-cli/"),
        ("cdk", r"(?:aws-)?cdk(?:-cli)?/"),
        ("cli", r"(?:aws-cli/|exec-env/CloudShell\b)"),
        ("sdk", r"(?:aws-sdk[a-z0-9-]{0,24}|boto3?|botocore|awspowershell[a-z.]{0,16}|aws-crt[a-z-]{0,16})/"),
    )
)


def unwrapped(user_agent: str) -> str:
    """Return a user agent without the brackets that S3 puts around it, at most `LONGEST` characters of it."""
    agent = user_agent.strip()
    if agent.startswith("[") and agent.endswith("]"):
        agent = agent[1:-1].strip()
    return agent[:LONGEST]


@lru_cache(maxsize=4096)  # a trail holds thousands of calls by a few tools
def tool(user_agent: str, *, invoked_by: str = "", from_console: bool = False) -> str:
    """Return the tool behind a call, ``unknown`` where nothing says.

    `invoked_by` is the service that made the call, and `from_console` what CloudTrail says of the
    credentials' origin: AWS writes both, so they come before what the caller wrote.
    """
    agent = unwrapped(user_agent)
    # Of what somebody starts in the console, CloudFormation makes the calls: then it is the tool.
    if _CLOUDFORMATION in {invoked_by, agent}:
        return "cloudformation"
    if from_console:
        return "console"
    for name, pattern in _PRODUCTS:
        if name == "sdk" and _CONSOLE.fullmatch(agent):
            break  # the console's own pages are written with an SDK
        if pattern.search(agent):
            return name
    return "console" if _CONSOLE.fullmatch(agent) else UNKNOWN
