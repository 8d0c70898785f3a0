"""Which rows of an index are an object itself, further resources of it, or parts of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from iacwatch.core.addresses.keys import unique
from iacwatch.core.addresses.stack_rules import rule_of
from iacwatch.core.addresses.terraform_parts import Standing, standing
from iacwatch.core.addresses.terraform_types import may_be_in, stands_for
from iacwatch.core.arn import GLOBAL, arn_parts
from iacwatch.core.catalog.catalog import facts_of
from iacwatch.core.iac import PLAN, Indexed, IndexedRow, StackRule
from iacwatch.core.model import Resource


class Relation(Enum):
    """What a row is to an object; MAYBE: it bears its name, and more is not known."""

    OBJECT = auto()
    FACET = auto()
    PART = auto()
    MAYBE = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedRows:
    """The rows about one object, the best of each kind first; `maybe`: others might be it.

    `plans` are the rows of plans, whatever they are to it; `objects` and `parts` are those of states.
    """

    objects: tuple[IndexedRow, ...] = ()
    facets: tuple[IndexedRow, ...] = ()
    parts: tuple[IndexedRow, ...] = ()
    planned: tuple[IndexedRow, ...] = ()
    planned_parts: tuple[IndexedRow, ...] = ()
    maybe: bool = False
    covered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """By what rows may call one object: its ARNs, and its id and names, which are unique in one account."""

    resource: Resource
    arns: frozenset[str]
    ids: frozenset[str]
    stacks: Sequence[StackRule] = field(default=())


def sorted_rows(resource: Resource, indexed: Indexed, stacks: Sequence[StackRule]) -> SortedRows:
    """Sort what an index answered for an object."""
    if not indexed.rows:
        return SortedRows(covered=indexed.covered)
    names = _names(resource, stacks)
    states = [(each, _relation(each, names)) for each in indexed.rows if each.head.planned_at is None]
    # A plan may tell less of an instance than the state that it is for: its account, where that has several.
    known = {(each.head.place, each.row.address): relation for each, relation in states}
    plans = [
        (each, known.get((state_of(each.head.place), each.row.address)) or _relation(each, names))
        for each in indexed.rows
        if each.head.planned_at is not None
    ]
    return SortedRows(
        objects=_those(states, Relation.OBJECT),
        facets=_those(states, Relation.FACET),
        parts=_those(states, Relation.PART),
        planned=_those(plans, Relation.OBJECT, Relation.FACET),
        planned_parts=_those(plans, Relation.PART),
        maybe=any(relation is Relation.MAYBE for _, relation in (*states, *plans)),
        covered=indexed.covered,
    )


def _those(rows: Iterable[tuple[IndexedRow, Relation]], *relations: Relation) -> tuple[IndexedRow, ...]:
    return tuple(best_first(each for each, relation in rows if relation in relations))


def best_first(rows: Iterable[IndexedRow]) -> list[IndexedRow]:
    """Order rows: those that are there, no deposed ones, those seen last; in the end by place and address.

    An older copy of a state comes after all: one lineage in two places is a state and its copy.
    """
    ordered = sorted(rows, key=lambda each: (each.head.place, each.row.address))
    newest: dict[str, int] = {}
    for each in ordered:
        newest[each.head.lineage] = max(each.head.serial, newest.get(each.head.lineage, 0))

    def rank(each: IndexedRow) -> tuple[bool, bool, bool, datetime]:
        current = not each.head.lineage or each.head.serial == newest[each.head.lineage]
        return (current, each.gone_at is None, not each.row.deposed, each.gone_at or each.head.seen_at)

    return sorted(ordered, key=rank, reverse=True)


def state_of(place: str) -> str:
    """Return the place of the state that a plan is for."""
    return place.removesuffix(PLAN)


def _names(resource: Resource, stacks: Sequence[StackRule]) -> _Names:
    facts = facts_of(resource.type)
    given = [text for text in (resource.id, resource.name, resource.arn) if text]
    arns = {text for text in given if arn_parts(text)}
    if facts.arn_suffix:
        arns |= {re.sub(f"{facts.arn_suffix}\\Z", "", arn) for arn in arns}
    # Where the id is an ARN and no name is known, its last part is what a state calls it.
    tails = {re.split("[/:]", arn)[-1] for arn in arns} if resource.name is None else set()
    ids = frozenset() if facts.revisions else frozenset({*given, *tails})
    return _Names(resource=resource, arns=frozenset(arns), ids=ids, stacks=stacks)


def _relation(each: IndexedRow, names: _Names) -> Relation:
    row, stands = each.row, standing(each.row.type)
    whole = row.arn in names.arns or row.id in names.arns
    named = row.id in names.ids
    within = bool(row.parent) and (row.parent in names.arns or row.parent in names.ids)
    typed = stands_for(row.type, names.resource.type)
    if whole and (typed or (stands is Standing.OBJECT and not within)):
        return Relation.OBJECT
    if not (whole or named or within):
        return Relation.NONE
    by_arn = whole or row.parent in names.arns
    sure = by_arn or _same_place(each, names, row.parent if within else row.id)
    if not sure:
        return Relation.MAYBE if named and not _elsewhere(each, names) else Relation.NONE
    if named and typed:
        return Relation.OBJECT
    if within and stands is Standing.PART:
        return Relation.PART
    if stands is Standing.FACET and (by_arn or may_be_in(row.type, names.resource.type)):
        return Relation.FACET
    return Relation.MAYBE if named and not row.arn and not within else Relation.NONE


def _same_place(each: IndexedRow, names: _Names, called: str) -> bool:
    """Return whether a row that bears an object's name is of its account and region."""
    if _elsewhere(each, names):
        return False
    own = called == names.resource.id and unique(names.resource)
    return own or _account_of(each, names) == names.resource.account_id


def _elsewhere(each: IndexedRow, names: _Names) -> bool:
    """Return whether a row is surely of another account or region."""
    account, region = _account_of(each, names), each.row.region
    if account and account != names.resource.account_id:
        return True
    return bool(region) and names.resource.region not in {GLOBAL, region}


def _account_of(each: IndexedRow, names: _Names) -> str:
    if each.row.account_id or not names.stacks:
        return each.row.account_id
    rule = rule_of(each.head, names.stacks)
    return rule.account if rule else ""
