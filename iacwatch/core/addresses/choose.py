"""Where an object lives in IaC, from all that is known: the best source counts, the others may disagree.

In this order: CloudFormation's own tags, the index of states, tags that anybody may write, and what the place
of a state tells by ``[[iac.stack]]``. What the pipeline said of its state counts before tags.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from iacwatch.core.addresses.provenance import Provenance, engine_called, provenance_of
from iacwatch.core.addresses.sorted_rows import SortedRows, sorted_rows, state_of
from iacwatch.core.addresses.stack_rules import head_with, rule_of, whole
from iacwatch.core.addresses.stack_tags import StackMark, all_tags, engine_of, mark_of
from iacwatch.core.addresses.usual_types import usual_type
from iacwatch.core.iac import (
    AddressEvidence,
    AddressRules,
    Engine,
    IacAddress,
    Indexed,
    IndexedRow,
    Precision,
    StackMetadata,
    StateHead,
)
from iacwatch.core.model import Change, ChangeType, Managed

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,200}")
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where an object lives, and on what that rests.

    `engine` is what applies its code, None where that is not known. `chosen` is the row whose address it is.
    `contested`: the stack's tags and a state both claim it. `unread` says why the index could not be asked.
    """

    iac: IacAddress | None
    engine: Engine | None
    rows: SortedRows
    mark: StackMark | None = None
    provenance: Provenance = field(default_factory=Provenance)
    chosen: IndexedRow | None = None
    contested: bool = False
    unread: str = ""


def located(
    change: Change,
    managed: Managed,
    indexed: Indexed,
    rules: AddressRules,
    *,
    metadata: StackMetadata | None = None,
    unread: str = "",
) -> Located:
    """Return where the object of a change lives; `metadata` is what its stack says of it."""
    tags = all_tags(change, managed.tags)
    rows = sorted_rows(change.resource, indexed, rules.stacks)
    told = provenance_of(tags, rules.tags)
    by_value = engine_called(managed.value)
    mark = mark_of(tags)
    chosen = next(iter(rows.objects or rows.planned), None)
    iac: IacAddress | None
    if mark is not None:
        iac = _by_stack(mark, metadata, told, by_value, rules)
        contested = chosen is not None and chosen.gone_at is None
    elif chosen is not None:
        iac = _by_index(chosen, rows, told, rules)
        contested = False
    else:
        iac = _by_tags(change, told, by_value, rules)
        if iac is None and not indexed.covered:
            iac = _by_account(change, told, by_value, rules)
        contested = False
    if iac is not None:
        deleted = change.change_type is ChangeType.DELETE
        said = "; ".join(_disagreements(iac, chosen, rows, told, contested=contested, deleted=deleted))
        iac = replace(iac, disagreement=said or None)
    return Located(
        iac=iac,
        engine=(iac.engine if iac else None) or by_value,
        rows=rows,
        mark=mark,
        provenance=told,
        chosen=chosen,
        contested=contested,
        unread=unread,
    )


def _by_stack(
    mark: StackMark,
    metadata: StackMetadata | None,
    told: Provenance,
    by_value: Engine | None,
    rules: AddressRules,
) -> IacAddress:
    path = (metadata.cdk_path if metadata else "") or mark.cdk_path
    address = path or (metadata.sam_id if metadata else "") or mark.logical_id
    rule = rule_of(_head(mark.stack_id, mark.stack), rules.stacks)
    repository = (rule.repository if rule else "") or told.repository
    return IacAddress(
        engine=engine_of(mark, metadata, by_value),
        address=address or None,
        evidence=AddressEvidence.STACK_TAGS,
        precision=Precision.INSTANCE if address else Precision.STACK,
        stack=mark.stack,
        state=mark.stack_id or None,
        repository=repository or None,
        path=told.path or (rule.directory if rule else "") or None,
        commit=told.commit or None,
        owner=(rule.owner if rule else "") or told.owner or None,
        directory=(rule.directory if rule else "") or None,
    )


def _by_index(chosen: IndexedRow, rows: SortedRows, told: Provenance, rules: AddressRules) -> IacAddress:
    head = head_with(chosen.head, rule_of(chosen.head, rules.stacks))
    # A file that tags name is one of the repository that they name, if any.
    same = not (head.repository and told.repository) or _same_repository(head.repository, told.repository)
    path = told.path if same else ""
    also = [
        each.row.address
        for each in sorted(
            (*rows.objects, *rows.facets), key=lambda each: each.head.place != chosen.head.place
        )
        if each.gone_at in {None, chosen.gone_at} and not each.row.deposed
    ]
    return IacAddress(
        engine=head.engine,
        address=chosen.row.address,
        evidence=AddressEvidence.INDEX,
        precision=Precision.INSTANCE,
        also=tuple(dict.fromkeys(each for each in also if each != chosen.row.address)),
        stack=head.stack or told.stack or None,
        state=state_of(head.place),
        serial=head.serial if head.planned_at is None else None,
        seen_at=head.seen_at,
        repository=head.repository or told.repository or None,
        path=path or head.directory or None,
        commit=head.commit or (told.commit if same else "") or None,
        owner=head.owner or told.owner or None,
        directory=head.directory or None,
        workspace=head.workspace or None,
        command=head.command or None,
    )


def _by_tags(
    change: Change, told: Provenance, by_value: Engine | None, rules: AddressRules
) -> IacAddress | None:
    if not told.leads_somewhere:
        return None
    kind = usual_type(change.resource.type) if by_value in {Engine.TERRAFORM, Engine.OPENTOFU} else None
    block = f"{kind}.{told.block}" if kind and _NAME.fullmatch(told.block) else ""
    rule = rule_of(_head(told.stack, told.stack), rules.stacks) if told.stack else None
    precise = Precision.BLOCK if told.path or told.block else Precision.STACK
    return IacAddress(
        engine=told.engine or by_value,
        address=told.address or block or None,
        evidence=AddressEvidence.TAGS,
        precision=Precision.INSTANCE if told.address else precise,
        stack=told.stack or None,
        repository=told.repository or (rule.repository if rule else "") or None,
        path=told.path or (rule.directory if rule else "") or None,
        commit=told.commit or None,
        owner=told.owner or (rule.owner if rule else "") or None,
        directory=(rule.directory if rule else "") or None,
        command=(rule.command if rule else "") or None,
    )


def _by_account(
    change: Change, told: Provenance, by_value: Engine | None, rules: AddressRules
) -> IacAddress | None:
    """Return what the one rule about an account tells of all that is in it; of several, none is known to."""
    named = [rule for rule in rules.stacks if rule.account == change.resource.account_id]
    if len(named) != 1 or by_value not in {None, Engine.TERRAFORM, Engine.OPENTOFU}:
        return None
    rule = whole(named[0])
    if not (rule.repository or rule.directory):
        return None
    return IacAddress(
        engine=by_value,
        address=None,
        evidence=AddressEvidence.CONFIG,
        precision=Precision.STACK,
        repository=rule.repository or None,
        path=rule.directory or None,
        owner=rule.owner or told.owner or None,
        directory=rule.directory or None,
        command=rule.command or None,
    )


def _disagreements(
    iac: IacAddress,
    chosen: IndexedRow | None,
    rows: SortedRows,
    told: Provenance,
    *,
    contested: bool,
    deleted: bool,
) -> Iterator[str]:
    """Yield what other sources name, a part of a sentence each."""
    if contested and chosen is not None:
        yield f"the index has it as {chosen.row.address} in {chosen.head.place}"
    if iac.evidence is AddressEvidence.INDEX and chosen is not None:
        if chosen.gone_at is not None and not deleted:
            yield f"{chosen.head.place} no longer holds it since {chosen.gone_at:%Y-%m-%d %H:%MZ}"
        for other in rows.objects:
            if other.head.place != chosen.head.place and other.gone_at is None:
                yield f"{other.head.place} holds it, too, as {other.row.address}"
    if iac.repository and told.repository and not _same_repository(iac.repository, told.repository):
        yield f"its tags name the repository {told.repository}"


def _same_repository(one: str, other: str) -> bool:
    """Return whether two texts name one repository: tags may leave out whose it is, and the case."""
    left, right = one.lower().split("/"), other.lower().split("/")
    shorter = min(len(left), len(right))
    return left[-shorter:] == right[-shorter:]


def _head(place: str, stack: str) -> StateHead:
    """Return a head for what no state was read of, so that rules can be tried on it."""
    return StateHead(place=place or stack, stack=stack, seen_at=_NEVER)
