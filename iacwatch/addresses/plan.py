"""A plan as ``terraform show -json`` prints it, read into rows: what it does with each instance, and its ids.

A plan is as full of secrets as a state: what is no id is let go as it is read, and errors hold no text of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from iacwatch.addresses.document import check_format, check_plan, cut
from iacwatch.addresses.members import BEGIN, read_members
from iacwatch.addresses.rows import IDENTITY, RowBuilder, TypeReading, clean, is_aws, picked, reading
from iacwatch.core.addresses.terraform_address import parse_address
from iacwatch.core.iac import Planned, StateHead, StateRows
from iacwatch.core.text import plain
from iacwatch.errors import ParseError
from iacwatch.storage.json_walk import JsonWalk

_HEADER: Final = frozenset({"format_version", "timestamp", "errored"})
_CHANGES: Final = "resource_changes"
_DRIFT: Final = "resource_drift"
_ACTION: Final = re.compile(r"[a-z][a-z-]{0,20}")
_REASON: Final = re.compile(r"[a-z][a-z_]{0,80}")
_ATTRIBUTE: Final = re.compile(r"[a-z][a-z0-9_]{0,80}")
_MOST_PATHS: Final = 50
_FIRST_YEAR: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """An entry of a plan: an instance, what is known of it from before, and what is done with it."""

    address: str
    how: TypeReading
    provider: str
    deposed: Any
    values: tuple[Any, Any, Any, Any, Any]
    identity: dict[str, Any]
    planned: Planned


def read_plan(pieces: Iterable[bytes], head: StateHead, *, name: str) -> StateRows:
    """Read a plan into rows, each with what is planned: `pieces` are its bytes, unzipped.

    `name` is what errors call it; `head` gets the plan's own time and, where it is, that it is OpenTofu's. An
    instance that the plan makes anew has the ids of the one that was found to be gone. What only drifted, as
    all in a plan of ``-refresh-only``, has `drift_only`.

    Raises `NotAPlanError` where it is something else, `ParseError` where it cannot be read or relied on.
    """
    return _WalkedPlan(pieces, plain(name, 300)).read(head)


class _WalkedPlan:
    """A plan that is read change by change."""

    def __init__(self, pieces: Iterable[bytes], name: str) -> None:
        self._walk = JsonWalk(pieces)
        self._name = name
        self._builder = RowBuilder()
        self._found: dict[str, dict[tuple[str, Any], _Change]] = {_CHANGES: {}, _DRIFT: {}}
        self._configurations = 0

    def read(self, head: StateHead) -> StateRows:
        check_plan(self._name, self._walk.begins(BEGIN))
        lists = {key: partial(self._changes, key) for key in (_CHANGES, _DRIFT)}
        found = read_members(self._walk, _HEADER, {**lists, "configuration": self._configuration})
        header = found.header
        check_format(self._name, found.keys, header.get("format_version"), whole=found.whole)
        if header.get("errored") is True:
            raise ParseError(f"{self._name} is of a plan that failed", hint="mend the code, then plan again")
        planned_at = self._planned_at(header.get("timestamp"))
        self._build()
        return StateRows(
            head=replace(head, planned_at=planned_at, engine=self._builder.engine or head.engine),
            rows=self._builder.rows(inferred=self._configurations <= 1),
            dropped=self._builder.dropped,
        )

    def _changes(self, key: str) -> None:
        for _ in self._walk.items():
            self._change(self._walk.value(), self._found[key], drift=key == _DRIFT)

    def _configuration(self) -> None:
        """Count the configurations of AWS's providers: where there are several, a change may be of any."""
        if self._walk.ahead() != "{":
            self._walk.skip()
            return
        for key in self._walk.members():
            if key != "provider_config":
                self._walk.skip()
                continue
            found = self._walk.value()
            for each in found.values() if isinstance(found, dict) else ():
                name = each.get("full_name") or each.get("name") if isinstance(each, dict) else None
                self._configurations += isinstance(name, str) and is_aws(name)

    def _change(self, entry: Any, into: dict[tuple[str, Any], _Change], *, drift: bool) -> None:
        if not isinstance(entry, dict) or entry.get("mode") != "managed":
            return
        provider, address, change = (entry.get(each) for each in ("provider_name", "address", "change"))
        if not isinstance(provider, str) or not is_aws(provider):
            return
        parsed = parse_address(address) if isinstance(address, str) else None
        if parsed is None or parsed.data or not isinstance(change, dict):
            self._builder.dropped += 1
            return
        before, identity = (_object(change.get(each)) for each in ("before", "before_identity"))
        how = reading(parsed.type)
        if not before and how.parent and not drift:
            # What is to be made has no id yet, but may be part of something.
            before = {how.parent: _object(change.get("after")).get(how.parent)}
        found = _Change(
            address=str(parsed),
            how=how,
            provider=provider,
            deposed=entry.get("deposed"),
            values=picked(before.get, how),
            identity={name: identity[name] for name in IDENTITY & identity.keys()},
            planned=_planned(entry, change, drift=drift),
        )
        into[found.address, str(found.deposed)] = found

    def _planned_at(self, text: Any) -> datetime:
        if text is None:
            raise ParseError(
                f"{self._name} does not say when it was made",
                hint="Terraform 1.5 or later, or OpenTofu, writes that into its plans",
            )
        moment = _moment(text)
        if moment is None:
            raise cut(self._name)
        return moment

    def _build(self) -> None:
        changes, drift = self._found[_CHANGES], self._found[_DRIFT]
        for at, change in {**drift, **changes}.items():
            known = change if change.values[0] or change.values[1] else drift.get(at, change)
            self._builder.add(
                change.address,
                change.how,
                change.provider,
                None,
                change.deposed,
                known.values,
                known.identity.get,
                change.planned,
            )


def _planned(entry: dict[str, Any], change: dict[str, Any], *, drift: bool) -> Planned:
    actions, reason, paths = change.get("actions"), entry.get("action_reason"), change.get("replace_paths")
    steps = [_path(each) for each in paths[:_MOST_PATHS]] if isinstance(paths, list) else []
    return Planned(
        actions=tuple(
            each if isinstance(each, str) and _ACTION.fullmatch(each) else "unknown"
            for each in (actions if isinstance(actions, list) else ["unknown"])[:_MOST_PATHS]
        ),
        action_reason=reason if isinstance(reason, str) and _REASON.fullmatch(reason) else "",
        replace_paths=tuple(dict.fromkeys(each for each in steps if each)),
        drift_only=drift,
    )


def _path(steps: Any) -> str:
    """Return a path as ``ebs_block_device.0.iops``, cut before a step that is no attribute or index."""
    found: list[str] = []
    for step in steps if isinstance(steps, list) else ():
        if isinstance(step, str) and _ATTRIBUTE.fullmatch(step):
            found.append(step)
        elif isinstance(step, int) and not isinstance(step, bool):
            found.append(str(step))
        else:
            break
    return ".".join(found)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _moment(text: Any) -> datetime | None:
    """Return the time of a text such as ``2026-11-20T10:12:03Z``; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(clean(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment.year < _FIRST_YEAR:
        return None
    return moment.astimezone(UTC)
