"""The rules of the core as the settings state them, and the workflows that apply where none is configured."""

from collections.abc import Mapping
from typing import Final

from iacwatch.core.model import Rules, TagRule, Workflow
from iacwatch.settings.schema import Settings

_TERRAFORM: Final = ("terraform", "opentofu", "terragrunt")
_CLOUDFORMATION: Final = ("cloudformation", "cdk", "sam")
BUILT_IN: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "terraform": (
        _TERRAFORM,
        (
            *("terraform", "Terraform", "TERRAFORM", "opentofu", "OpenTofu", "tofu"),
            *("terragrunt", "Terragrunt", "terraform-cloud", "hcp-terraform", "atlantis", "spacelift"),
        ),
    ),
    "cloudformation": (
        _CLOUDFORMATION,
        (
            *("cloudformation", "CloudFormation", "Cloudformation", "CLOUDFORMATION", "cfn", "stacksets"),
            *("cdk", "CDK", "aws-cdk", "sam", "SAM", "aws-sam", "serverless", "Serverless"),
        ),
    ),
    "pulumi": (("pulumi",), ("pulumi", "Pulumi")),
    "ansible": (("ansible",), ("ansible", "Ansible")),
    "crossplane": (("crossplane",), ("crossplane", "Crossplane")),
    "ack": (("ack",), ("ack", "ACK", "aws-controllers-k8s")),
}
"""The workflows where none is configured: by name, the tools, and the tag values that they may change."""


def rules(settings: Settings, *, everything: bool = False) -> Rules:
    """Return all that decides about a change; `everything`: changes of unmanaged resources count too."""
    return Rules(
        tag=TagRule(key=settings.managed.tag_key, values=settings.managed.tag_values, everything=everything),
        timing=settings.attribution,
        workflows=settings.workflow or built_in_workflows(),
        ignore=settings.report.ignore,
        report=frozenset(settings.report.verdicts),
    )


def built_in_workflows() -> tuple[Workflow, ...]:
    """Return the workflows that apply where none is configured.

    They go by the user agent, which can be forged.
    """
    return tuple(
        Workflow(name=f"{name} (built in)", managed_by=values, tools=tools)
        for name, (tools, values) in BUILT_IN.items()
    )
