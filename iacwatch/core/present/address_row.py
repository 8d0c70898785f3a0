"""The records of the index of addresses: a state, and a row of it, as JSON values."""

from datetime import datetime
from typing import Final

from iacwatch.core.iac import AddressEvidence, IacAddress, IndexedRow, Planned, Precision, StateHead
from iacwatch.core.model import Json
from iacwatch.core.present.record import seconds

STATE: Final = "iacwatch.state/1"
ROW: Final = "iacwatch.address/1"


def state_record(head: StateHead) -> dict[str, Json]:
    """Return what is known of a state as a whole; keys in this order, None for what is not known."""
    return {"schema": STATE, **_head(head)}


def row_record(indexed: IndexedRow) -> dict[str, Json]:
    """Return a row, and its state; keys in this order, None for what is not known."""
    row = indexed.row
    return {
        "schema": ROW,
        "address": row.address,
        "type": row.type,
        "id": row.id or None,
        "arn": row.arn or None,
        "account_id": row.account_id or None,
        "region": row.region or None,
        "parent": row.parent or None,
        "exclusive": row.exclusive,
        "deposed": row.deposed or None,
        "planned": _planned(row.planned),
        "gone_at": _time(indexed.gone_at),
        **_head(indexed.head),
    }


def as_address(indexed: IndexedRow) -> IacAddress:
    """Return a row as a finding would say it."""
    head = indexed.head
    return IacAddress(
        engine=head.engine,
        address=indexed.row.address,
        evidence=AddressEvidence.INDEX,
        precision=Precision.INSTANCE,
        stack=head.stack or head.place,
        state=head.place,
        serial=head.serial,
        seen_at=head.seen_at,
        repository=head.repository or None,
        path=head.directory or None,
        commit=head.commit or None,
        owner=head.owner or None,
        directory=head.directory or None,
        command=head.command or None,
    )


def _head(head: StateHead) -> dict[str, Json]:
    return {
        "state": head.place,
        "engine": str(head.engine),
        "stack": head.stack or None,
        "workspace": head.workspace or None,
        "lineage": head.lineage or None,
        "serial": head.serial,
        "seen_at": _time(head.seen_at),
        "planned_at": _time(head.planned_at),
        "repository": head.repository or None,
        "directory": head.directory or None,
        "commit": head.commit or None,
        "owner": head.owner or None,
        "command": head.command or None,
    }


def _planned(planned: Planned | None) -> Json:
    if planned is None:
        return None
    return {
        "actions": list(planned.actions),
        "action_reason": planned.action_reason or None,
        "replace_paths": list(planned.replace_paths),
        "drift_only": planned.drift_only,
    }


def _time(moment: datetime | None) -> str | None:
    return seconds(moment) if moment else None
