"""What CloudFormation's own tags say: nobody else can set them, and they stay when an object is deleted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from iacwatch.core.iac import Engine, StackMetadata, StackResource
from iacwatch.core.model import Change, ChangeType, Managed
from iacwatch.core.parse.tags import tags_before, tags_in_deletion, tags_of

_NAME, _ID, _LOGICAL = (f"aws:cloudformation:{key}" for key in ("stack-name", "stack-id", "logical-id"))
_SAM: Final = ("lambda:createdBy", "SAM")
_CDK_PATH: Final = "aws:cdk:path"
_STACK_ARN: Final = re.compile(r"arn:[a-z-]+:cloudformation:([a-z0-9-]+):([0-9]{12}):stack/([^/]+)/.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class StackMark:
    """The stack that made an object: its name and id, and what its template calls the object ("": not known).

    `cdk_path` is the construct's path where a tag tells it, `sam` True where SAM made it.
    """

    stack: str
    stack_id: str = ""
    logical_id: str = ""
    cdk_path: str = ""
    sam: bool = False

    @property
    def region(self) -> str:
        """Return the stack's region, which may not be the object's."""
        found = _STACK_ARN.fullmatch(self.stack_id)
        return found[1] if found else ""


def all_tags(change: Change, known: Mapping[str, str]) -> dict[str, str]:
    """Return all tags that an object bears or bore before a change: those that are `known` count first."""
    if change.previous is not None:
        before = tags_of(change.previous)
    elif change.change_type is ChangeType.DELETE:
        before, _ = tags_in_deletion(change)
    else:
        before, _ = tags_before(change, known)
    return {**before, **known}


def mark_of(tags: Mapping[str, str]) -> StackMark | None:
    """Return which stack an object's tags name; None where they name none."""
    stack_id = tags.get(_ID, "")
    found = _STACK_ARN.fullmatch(stack_id)
    stack = tags.get(_NAME) or (found[3] if found else "")
    if not stack:
        return None
    return StackMark(
        stack=stack,
        stack_id=stack_id if found else "",
        logical_id=tags.get(_LOGICAL, ""),
        cdk_path=tags.get(_CDK_PATH, ""),
        sam=tags.get(_SAM[0]) == _SAM[1],
    )


def stack_resource(change: Change, managed: Managed) -> StackResource | None:
    """Return what CloudFormation can be asked for about the object of a change; None where it is nobody's."""
    mark = mark_of(managed.tags)
    if mark is None or mark.cdk_path or not (mark.stack_id and mark.logical_id):
        return None
    return StackResource(
        account_id=change.resource.account_id,
        region=mark.region,
        stack=mark.stack_id,
        logical_id=mark.logical_id,
    )


def engine_of(mark: StackMark, metadata: StackMetadata | None, managed_by: Engine | None) -> Engine:
    """Return what made a stack: plain CloudFormation unless something says more."""
    if mark.cdk_path or (metadata and metadata.cdk_path) or managed_by is Engine.CDK:
        return Engine.CDK
    if mark.sam or (metadata and metadata.sam_id) or managed_by is Engine.SAM:
        return Engine.SAM
    return Engine.CLOUDFORMATION
