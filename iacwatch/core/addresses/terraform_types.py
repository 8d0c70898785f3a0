"""Which types of Terraform's providers stand for a type of Config.

Most names differ by little: ``AWS::GuardDuty::IPSet`` is ``aws_guardduty_ipset``, ``AWS::EC2::SecurityGroup``
is ``aws_security_group``. Where a service has another name there, it is in `_SERVICES`; where a type has, or
several stand for it, its row in the catalog says so. The provider ``awscc`` names all as CloudFormation does.
"""

from functools import lru_cache
from typing import Final

from iacwatch.core.catalog.catalog import ROWS

_SERVICES: Final = {
    "amazonmq": ("mq",),
    "aps": ("prometheus",),
    "cassandra": ("keyspaces",),
    "certificatemanager": ("acm",),
    "ec2": ("", "ec2", "vpc"),
    "elasticloadbalancingv2": ("lb", "alb"),
    "eventschemas": ("schemas",),
    "events": ("cloudwatchevent",),
    "inspectorv2": ("inspector2",),
    "kafkaconnect": ("mskconnect",),
    "lex": ("lexv2models",),
    "logs": ("cloudwatch", "cloudwatchlog"),
    "opensearchservice": ("opensearch",),
    "rds": ("", "db", "rds"),
    "route53recoverycontrol": ("route53recoverycontrolconfig",),
    "route53resolver": ("route53", "route53resolver"),
    "s3": ("s3", "s3control"),
    "s3express": ("s3",),
    "ses": ("ses", "sesv2"),
    "sso": ("ssoadmin",),
    "stepfunctions": ("sfn",),
}

_FIELDS: Final = 3


@lru_cache(maxsize=4096)
def stands_for(terraform_type: str, config_type: str) -> bool:
    """Return whether resources of a Terraform type are objects of a Config type.

    ``aws_default_security_group`` is one of ``AWS::EC2::SecurityGroup``; ``aws_security_group_rule`` is none,
    but a part of one (see `terraform_parts`).
    """
    return terraform_type in _others(config_type) or _squeezed(terraform_type) in _names(config_type)


@lru_cache(maxsize=4096)
def may_be_in(terraform_type: str, config_type: str) -> bool:
    """Return whether resources of a Terraform type may live in objects of a Config type, by their names.

    ``aws_ecr_lifecycle_policy`` may be in an ``AWS::ECR::Repository`` and in no ``AWS::Backup::BackupVault``.
    """
    words = terraform_type.split("_")
    if any(stands_for("_".join(words[:end]), config_type) for end in range(2, len(words))):
        return True
    _, _, rest = config_type.lower().partition("::")
    service, _, _ = rest.partition("::")
    squeezed = _squeezed(terraform_type)
    return any(squeezed.startswith(f"aws{each}") for each in _SERVICES.get(service, (service,)) if each)


@lru_cache(maxsize=1024)
def _others(config_type: str) -> frozenset[str]:
    row = ROWS.get(config_type)
    return frozenset(row.terraform.split()) if row else frozenset()


@lru_cache(maxsize=1024)
def _names(config_type: str) -> frozenset[str]:
    """Return how Terraform may name a type of Config, without the strokes."""
    fields = config_type.lower().split("::")
    if len(fields) != _FIELDS or fields[0] != "aws":
        return frozenset()
    _, service, type_ = fields
    names = {f"awscc{service}{type_}"}
    short = type_.removeprefix(service)
    for prefix in _SERVICES.get(service, (service,)):
        names |= {f"aws{prefix}{type_}", f"aws{prefix}{short}"}
    return frozenset(names - {"aws", f"aws{service}"})


def _squeezed(terraform_type: str) -> str:
    return terraform_type.replace("_", "")
