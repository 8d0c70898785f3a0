"""What the place of a state tells (``[[iac.stack]]``): whose code it is, and where that is."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from iacwatch.core.iac import PLAN, AddressRow, StackRule, StateHead, StateRows

_STARS: Final = re.compile(r"(/\*\*|\*\*/|\*+)")
_NUMBER: Final = re.compile(r"\{([1-9])\}")
_FILE: Final = re.compile(r"(?:/terraform)?\.tfstate\Z")
_SEGMENTS: Final = {"/**": r"(?:/(.*))?", "**/": r"(?:(.*)/)?", "**": "(.*)"}


def rule_of(head: StateHead, rules: Sequence[StackRule]) -> StackRule | None:
    """Return the first rule that fits a state, with what its stars matched filled in; None: none fits.

    The whole place counts first, then the place without ``/terraform.tfstate``, then the stack's name.
    """
    if not rules:
        return None
    whole = head.place.removesuffix(PLAN)
    for place in dict.fromkeys((whole, _FILE.sub("", whole), head.stack)):
        for rule in rules if place else ():
            if found := _compiled(rule.state).fullmatch(place):
                return _filled(rule, [each or "" for each in found.groups()])
    return None


def whole(rule: StackRule) -> StackRule:
    """Return a rule with what it tells whatever its stars match; "" for the rest."""
    keys = ("repository", "directory", "owner")
    return replace(rule, **{key: "" for key in keys if _NUMBER.search(getattr(rule, key))})


def filled(state: StateRows, rules: Sequence[StackRule]) -> StateRows:
    """Return a state with what its place tells, where it does not say it itself: head, and rows' account."""
    rule = rule_of(state.head, rules)
    if rule is None:
        return state
    return replace(
        state,
        head=head_with(state.head, rule),
        rows=tuple(_with_account(row, rule.account) for row in state.rows),
    )


def head_with(head: StateHead, rule: StackRule | None) -> StateHead:
    """Return a state's head in which a rule fills what the pipeline did not say."""
    if rule is None:
        return head
    return replace(
        head,
        repository=head.repository or rule.repository,
        directory=head.directory or rule.directory,
        owner=head.owner or rule.owner,
        command=head.command or rule.command,
    )


def _with_account(row: AddressRow, account: str) -> AddressRow:
    return replace(row, account_id=account) if account and not row.account_id else row


def _filled(rule: StackRule, matched: Sequence[str]) -> StackRule:
    def fill(text: str) -> str:
        return _NUMBER.sub(lambda at: (*matched, *[""] * 9)[int(at[1]) - 1], text)

    return replace(
        rule, repository=fill(rule.repository), directory=fill(rule.directory), owner=fill(rule.owner)
    )


@lru_cache(maxsize=256)
def _compiled(glob: str) -> re.Pattern[str]:
    """Return a glob as an expression: ``*`` is one segment or a part of it, ``**`` any number of them."""
    parts = _STARS.split(glob)
    return re.compile(
        "".join(_one(part, parts[at - 1] if at else "") for at, part in enumerate(parts)), re.DOTALL
    )


def _one(part: str, before: str) -> str:
    if part == "*":
        return "([^/]+)" if not before or before.endswith("/") else "([^/]*)"
    return _SEGMENTS.get(part) or ("(.*)" if part.startswith("**") else re.escape(part))
