"""The nouns of where a resource lives in IaC: what an index holds, and what a finding says of it.

Conventions as in `core.model`. "" stands for what is not known in rows of an index, None in a finding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final


class Engine(StrEnum):
    """What applies the code."""

    TERRAFORM = "terraform"
    OPENTOFU = "opentofu"
    CLOUDFORMATION = "cloudformation"
    CDK = "cdk"
    SAM = "sam"
    PULUMI = "pulumi"
    CROSSPLANE = "crossplane"


class AddressEvidence(StrEnum):
    """How an address is known: the best comes first."""

    STACK_TAGS = "stack-tags"
    INDEX = "index"
    TAGS = "tags"
    CONFIG = "config"


class Precision(StrEnum):
    """What an address names: one instance, a block of code that may have several, or a stack."""

    INSTANCE = "instance"
    BLOCK = "block"
    STACK = "stack"


class Does(StrEnum):
    """What the next apply does with a change."""

    REVERT = "revert"
    RECREATE = "recreate"
    REPLACE = "replace"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class IacAddress:
    """Where a resource lives in IaC, as a finding says it.

    `address` is None where only a stack is known, `also` are further ones of the same object (parts of it
    are none). `directory` is where the command runs, in `workspace` if that is not the default one; `path` is
    the file where it is known, else the directory. `disagreement` says which sources name something else.
    """

    engine: Engine | None
    address: str | None
    evidence: AddressEvidence
    precision: Precision
    also: tuple[str, ...] = ()
    stack: str | None = None
    state: str | None = None
    serial: int | None = None
    seen_at: datetime | None = None
    repository: str | None = None
    path: str | None = None
    commit: str | None = None
    owner: str | None = None
    directory: str | None = None
    workspace: str | None = None
    command: str | None = None
    disagreement: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextApply:
    """What may be said of the next apply: by which rule, and why, in a sentence."""

    does: Does
    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """Something to do now: a text to paste (a command, a block of code), or a link with its words.

    `kind`: ``plan``, ``import``, ``file``, ``search``, ``revert-drift`` or ``ignore``.
    """

    kind: str
    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a plan says of one instance: ``actions``, ``action_reason`` and ``replace_paths`` of its JSON.

    `drift_only`: the plan only refreshed; it proposes nothing.
    """

    actions: tuple[str, ...]
    action_reason: str = ""
    replace_paths: tuple[str, ...] = ()
    drift_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRow:
    """One instance of a resource in a state, or in a plan: ids and an address, and no other value of it.

    `type` is the provider's (``aws_security_group``), `id` and `arn` as the state has them. `parent`
    is the id or ARN of what it is a part of (a rule's security group), `exclusive` True where the resource
    removes the parts that it does not name (``*_exclusive``), `direction` "ingress" or "egress" of a rule
    whose type does not say it (``aws_security_group_rule``). `deposed` is the key of a deposed instance.
    `account_id` and `region` come from the row itself, else from what all others of the same provider in the
    state say.
    """

    address: str
    type: str
    account_id: str = ""
    region: str = ""
    arn: str = ""
    id: str = ""
    parent: str = ""
    exclusive: bool = False
    direction: str = ""
    deposed: str = ""
    planned: Planned | None = None


PLAN: Final = "#plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateHead:
    """What is known of a state as a whole: where it is, how old, and whose.

    `place` names it for good (``s3://bucket/key``, a path, or a name given with ``--stack``); a new version
    replaces the one of the same place. `planned_at` is set where it is a plan: the plan's own ``timestamp``;
    its place is the state's with `PLAN` behind it, so that it stands beside the state. `version` tells a scan
    whether a file has changed; "" where a pipeline handed it over.
    """

    place: str
    engine: Engine = Engine.TERRAFORM
    lineage: str = ""
    serial: int = 0
    stack: str = ""
    workspace: str = ""
    repository: str = ""
    directory: str = ""
    commit: str = ""
    owner: str = ""
    command: str = ""
    seen_at: datetime
    planned_at: datetime | None = None
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRows:
    """A state, or a plan, as it goes into the index.

    `dropped` instances of AWS's providers are not among the rows: what names them is no address.
    """

    head: StateHead
    rows: tuple[AddressRow, ...]
    dropped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedRow:
    """A row as the index answers it; `gone_at` is when a newer version of its state no longer held it."""

    row: AddressRow
    head: StateHead
    gone_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What an index knows of a resource: rows that may be it or parts of it, and whether it has its account.

    `covered`: at least one indexed state holds a row of that account.
    """

    rows: tuple[IndexedRow, ...] = ()
    covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StackResource:
    """A resource of a CloudFormation stack: `stack` is the stack's ARN, `logical_id` its template's name."""

    account_id: str
    region: str
    stack: str
    logical_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StackMetadata:
    """What a stack's template says of a resource beside its properties: CDK's path, SAM's id; "": nothing."""

    cdk_path: str = ""
    sam_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRule:
    """What a state's place tells (``[[iac.stack]]``): the first that fits counts.

    In `state`, ``*`` is one segment of the path and ``**`` any number; ``{1}`` in another key is what the
    first of them matched. `account` is whose objects a state holds that tells no account itself.
    """

    state: str
    repository: str = ""
    directory: str = ""
    owner: str = ""
    account: str = ""
    command: str = ""


def _usual_tags() -> Mapping[str, tuple[str, ...]]:
    return {
        "repository": ("git_repo", "repo"),
        "path": ("git_file",),
        "owner": ("owner", "team"),
        "stack": ("stack", "workspace"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressRules:
    """What ``[iac]`` says of addresses: the template of a file's link, the command, tags and stacks."""

    link: str = "https://github.com/{repository}/blob/{ref}/{path}"
    command: str = "terraform"
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=_usual_tags)
    stacks: tuple[StackRule, ...] = ()
