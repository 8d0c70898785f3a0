"""Whether a changed resource is managed by IaC, by what, and how that is known."""

from dataclasses import dataclass
from typing import TypeAlias

from iacwatch.core.model import Change, ChangeType, Evidence, Managed, TagRule
from iacwatch.core.outcome import Skipped
from iacwatch.core.parse.tags import keyless_may_hide, tags_before, tags_in_deletion, tags_of


@dataclass(frozen=True, slots=True)
class NeedsItem:
    """The CI itself has to be fetched: the notification was too large to carry it."""


@dataclass(frozen=True, slots=True)
class NeedsPrevious:
    """The CI before has to be fetched to know."""


Scope: TypeAlias = Managed | Skipped | NeedsItem | NeedsPrevious


def assess(change: Change, rule: TagRule) -> Scope:
    """Return whether a change concerns a managed resource, or what has to be fetched to know."""
    if change.change_type is ChangeType.DELETE:
        return _deleted(change, rule)
    if change.item is None:
        return NeedsItem()
    if change.diff is None and not change.previous_known:
        return NeedsPrevious()
    first_known = change.previous_known and change.previous is None
    if change.change_type is ChangeType.UPDATE and change.diff == () and not first_known:
        return Skipped(reason="no-change", detail="the configuration item equals the one before it")
    return _living(change, rule)


def _living(change: Change, rule: TagRule) -> Scope:
    current = tags_of(change.item) if change.item else {}
    now = current.get(rule.key)
    if change.previous is not None:
        before, certain = tags_of(change.previous), True
    elif change.change_type is ChangeType.CREATE:
        before, certain = {}, True
    else:
        before, certain = tags_before(change, current)
    if not certain and not change.previous_known and keyless_may_hide(change, now):
        return NeedsPrevious()
    was = before.get(rule.key)
    if not (_counts(was, rule) or _counts(now, rule)):
        if rule.everything:
            return Managed(value=None, evidence=Evidence.TAGS, tags=current)
        return Skipped(reason="unmanaged", detail=f"it carries no {rule.key} tag that counts")
    created = change.change_type is ChangeType.CREATE
    if not _counts(was, rule):
        return Managed(value=now, evidence=Evidence.TAGS, added=not created, tags=current)
    evidence = Evidence.PREVIOUS_TAGS if change.previous is None else Evidence.HISTORY
    if now is None:
        return Managed(value=was, evidence=evidence, removed=True, tags={**before, **current})
    if now != was:
        return Managed(value=was, evidence=evidence, new_value=now, tags=current)
    return Managed(value=now, evidence=Evidence.TAGS, tags=current)


def _deleted(change: Change, rule: TagRule) -> Scope:
    listed, complete = tags_in_deletion(change)
    if rule.key in listed:
        # Where the item before is at hand, the diff was made from it.
        return _gone(listed, rule, Evidence.PREVIOUS_TAGS if change.previous is None else Evidence.HISTORY)
    if change.previous is not None and not change.previous.deleted:
        tags = {**tags_of(change.previous), **listed}
        return _gone(tags, rule, Evidence.HISTORY)
    if complete and not rule.everything:
        return Skipped(reason="unmanaged", detail=f"it carried no {rule.key} tag")
    if not change.previous_known:
        return NeedsPrevious()
    if rule.everything:
        return Managed(value=None, evidence=Evidence.HISTORY, tags=listed)
    if listed or change.diff:
        return Skipped(reason="unmanaged", detail=f"it carried no {rule.key} tag that is known")
    return Skipped(reason="no-history", detail="it is deleted, and Config knows no earlier item of it")


def _gone(tags: dict[str, str], rule: TagRule, evidence: Evidence) -> Scope:
    value = tags.get(rule.key)
    if _counts(value, rule):
        return Managed(value=value, evidence=evidence, tags=tags)
    if rule.everything:
        return Managed(value=None, evidence=evidence, tags=tags)
    return Skipped(reason="unmanaged", detail=f"it carried no {rule.key} tag that counts")


def _counts(value: str | None, rule: TagRule) -> bool:
    return value is not None and (not rule.values or value in rule.values)
