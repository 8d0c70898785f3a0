"""Reads AWS Config's documents: whatever the envelope and the spelling, one configuration item, one change.

Notifications and the history API spell fields differently and mean the same; a missing key, null and "" are
equal, too. What names a change (account, region, type, id, capture time) has to be there and to make sense,
since a finding's id is made of it; a document in which it does not raises `ParseError`, and nothing else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from iacwatch.core.arn import GLOBAL, arn_parts, is_account, is_region
from iacwatch.core.catalog.places import is_global
from iacwatch.core.model import Change, ChangeType, Item, Json, PropertyChange, Resource
from iacwatch.core.outcome import Skipped
from iacwatch.core.parse import config_item_content
from iacwatch.core.parse.diff import diff
from iacwatch.core.parse.envelopes import ItemLocation, UnwrappedChange, unwrap
from iacwatch.core.parse.json_values import mapping, moment, shown, text
from iacwatch.errors import ParseError

_LONGEST: Final = 2048
_LONGEST_WORD: Final = 256
_OLDEST: Final = datetime(2010, 1, 1, tzinfo=UTC)
_NEWEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_ACCOUNT_DIGITS: Final = 12
_TYPE: Final = re.compile(r"[A-Za-z0-9_]{1,64}(?:::[A-Za-z0-9_]{1,64}){1,2}")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")
_NAMING: Final = (
    "ARN",
    "arn",
    "awsAccountId",
    "accountId",
    "awsRegion",
    "resourceType",
    "resourceId",
    "resourceName",
)
"""What a resource is read from."""

_NOT_RECORDED: Final = "ResourceNotRecorded"
_NOT_APPLICABLE: Final = "not applicable"
_STATUSES: Final = {
    name.lower(): status
    for status, names in {
        "OK": ("OK", "UPDATE"),
        "ResourceDiscovered": ("ResourceDiscovered", "Discovered", "CREATE"),
        "ResourceDeleted": ("ResourceDeleted", "Deleted", "DELETE"),
        _NOT_RECORDED: (_NOT_RECORDED,),
        "ResourceDeletedNotRecorded": ("ResourceDeletedNotRecorded",),
    }.items()
    for name in names
}
"""Statuses by the words for them in documents, including the API's oldest ones and a diff's change types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What a CI and an oversized one's summary share."""

    resource: Resource
    captured_at: datetime
    status: str


def parse(
    document: str | bytes | Mapping[str, Json], *, previous: str | Mapping[str, Json] | None = None
) -> Change | Skipped:
    """Return the change that a document describes, or why it describes none.

    `previous` is the CI before, where the source has it at hand: the diff is computed from it where none
    came with the document. Raises `ParseError` only, whatever the document.
    """
    try:
        found = unwrap(document)
        if isinstance(found, Skipped):
            return found
        return _change(found, previous)
    except RecursionError:
        raise ParseError("the message is nested too deeply") from None


def item(document: Mapping[str, Json], *, region: str = "") -> Item:
    """Return one CI, in a notification's or the history API's spelling; raise `ParseError` otherwise.

    `region` is where it was asked for: what a CI of a global type, or without a region, was recorded in.
    """
    try:
        return _item(
            mapping(document, "the configuration item"), ItemLocation(region=region.removeprefix(GLOBAL))
        )
    except RecursionError:
        raise ParseError("the configuration item is nested too deeply") from None


def with_items(change: Change, *, item: Item | None, previous: Item | None) -> Change:
    """Return a change with what was fetched for it, and with the diff that this allows to compute.

    A diff that came with the message is left as it is, since Config itself compared.
    """
    previous_known = change.previous_known or previous is not None
    computed = change.diff
    if computed is None and previous_known:
        computed = _compared(change.resource, change.captured_at, change.status, item, previous)
    return replace(
        change,
        resource=_named(change.resource, item or previous),
        item=item,
        previous=previous,
        previous_known=previous_known,
        diff=computed,
    )


def _compared(
    resource: Resource, captured_at: datetime, status: str, item: Item | None, previous: Item | None
) -> tuple[PropertyChange, ...] | None:
    """Return what an item changed, None where it is not at hand; that of a deletion need not be."""
    if item is None and _change_type(status) is ChangeType.DELETE:
        item = Item(resource=resource, captured_at=captured_at, status=status)
    return None if item is None else diff(previous, item)


def _named(resource: Resource, item: Item | None) -> Resource:
    """Return the resource with the name and ARN of its item: an oversized one's summary has no name."""
    known = item.resource if item is not None else resource
    name, arn = resource.name or known.name, resource.arn or known.arn
    if name == resource.name and arn == resource.arn:
        return resource
    return replace(resource, name=name, arn=arn)


def _change(found: UnwrappedChange, previous: str | Mapping[str, Json] | None) -> Change | Skipped:
    head = _head(found.document, found.location, found.change_type)
    if head.status == _NOT_RECORDED:
        return Skipped(
            reason="not-a-change", detail=f"AWS Config does not record {shown(head.resource.type)} here"
        )
    item = None if found.oversized else _filled(found.document, head)
    before = None if previous is None else _before(previous, found.document, head, item)
    computed = config_item_content.notified_diff(found.diff)
    if computed is None and before is not None:
        computed = _compared(head.resource, head.captured_at, head.status, item, before)
    return Change(
        resource=_named(head.resource, item or before),
        captured_at=head.captured_at,
        change_type=_change_type(head.status),
        status=head.status,
        item=item,
        previous=before,
        previous_known=before is not None,
        diff=computed,
        notified_at=found.notified_at,
    )


def _before(
    previous: str | Mapping[str, Json], document: Mapping[str, Json], head: _Head, item: Item | None
) -> Item:
    """Return the item before a document's; what equals a part of its `item` is taken from there."""
    earlier = mapping(previous, "the item before")
    resource = head.resource
    alike = _named_alike(earlier, document, resource)
    before_head = _head(
        earlier, ItemLocation(region=resource.recorded_in), None, resource=resource if alike else None
    )
    before = _filled(earlier, before_head, item)
    if (before.resource.type, before.resource.id) != (resource.type, resource.id):
        raise ParseError(f"the item before is of another resource: {shown(before.resource.id)}")
    return before


def _change_type(status: str) -> ChangeType:
    if status.startswith("ResourceDeleted"):
        return ChangeType.DELETE
    return ChangeType.CREATE if status == "ResourceDiscovered" else ChangeType.UPDATE


def _item(document: Mapping[str, Json], location: ItemLocation) -> Item:
    return _filled(document, _head(document, location, None))


def _named_alike(one: Mapping[str, Json], other: Mapping[str, Json], resource: Resource) -> bool:
    """Return whether two documents surely name one `resource`, whatever their envelopes say."""
    names, others = tuple(map(one.get, _NAMING)), tuple(map(other.get, _NAMING))
    return (
        names == others
        and resource.recorded_in == one.get("awsRegion")
        and resource.account_id in (one.get("awsAccountId"), one.get("accountId"))
        and list(map(type, names)) == list(map(type, others))  # True is 1
    )


def _filled(document: Mapping[str, Json], head: _Head, like: Item | None = None) -> Item:
    """Return the whole item; what equals a part of the item `like` is taken from there."""
    frequency = document.get("recordingFrequency")
    return Item(
        resource=head.resource,
        captured_at=head.captured_at,
        status=head.status,
        created_at=_created(document),
        configuration=config_item_content.configuration(
            document.get("configuration"), like and like.configuration
        ),
        supplementary=config_item_content.supplementary(
            document.get("supplementaryConfiguration"), like and like.supplementary
        ),
        tags=config_item_content.tags(document.get("tags")),
        relationships=config_item_content.relationships(document.get("relationships")),
        daily=isinstance(frequency, str) and frequency.upper() == "DAILY",
    )


def _head(
    document: Mapping[str, Json],
    location: ItemLocation,
    change_type: Json,
    *,
    resource: Resource | None = None,
) -> _Head:
    """Return the head of a document; `resource` is that which it names, where that is known."""
    return _Head(
        resource=resource or _resource(document, location),
        captured_at=_captured(document.get("configurationItemCaptureTime")),
        status=_status(document, change_type),
    )


def _resource(document: Mapping[str, Json], location: ItemLocation) -> Resource:
    arn = text(document, "ARN", "arn", most=_LONGEST) or None
    resource_type = _needed(document, "resourceType")
    if _TYPE.fullmatch(resource_type) is None:
        raise ParseError(f"resourceType is {shown(resource_type)}, which is not like AWS::EC2::Instance")
    region, recorded_in = _regions(document, resource_type, arn, location)
    return Resource(
        account_id=_account(document, arn, location),
        region=region,
        type=resource_type,
        id=_needed(document, "resourceId"),
        name=text(document, "resourceName", most=_LONGEST) or None,
        arn=arn,
        recorded_in=recorded_in,
    )


def _needed(document: Mapping[str, Json], name: str) -> str:
    value = text(document, name, most=_LONGEST)
    if not value.strip():
        raise ParseError(f"{name} is missing")
    if _UNPRINTABLE.search(value):
        raise ParseError(f"{name} is {shown(value)}, which holds characters that no name has")
    return value


def _account(document: Mapping[str, Json], arn: str | None, location: ItemLocation) -> str:
    for name in ("awsAccountId", "accountId"):
        value = document.get(name)
        if value is None or value == "":
            continue
        account_id = value
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**12:
            account_id = f"{int(value):0{_ACCOUNT_DIGITS}d}" if value == int(value) else ""
        if not isinstance(account_id, str) or not is_account(account_id):
            raise ParseError(f"{name} is {shown(value)}, not {_ACCOUNT_DIGITS} digits")
        return account_id
    if location.account_id:
        return location.account_id
    parts = arn_parts(arn)
    if parts is not None and is_account(parts.account_id):
        return parts.account_id
    raise ParseError("awsAccountId is missing, and neither the envelope nor the ARN holds the account")


def recorder_region(own: str, arn: str | None, *, place: str, hint: str = "") -> str:
    """Return the region whose recorder wrote an item, by what the item, its ARN and its envelope say.

    `own` is the item's `awsRegion`. Where that is "Not Applicable", the ARN is asked before the envelope
    (`place`); a `hint` is no more than that. "" where nothing names the region.
    """
    if is_region(own):
        return own
    parts = arn_parts(arn)
    by_arn = parts.region if parts is not None and is_region(parts.region) else ""
    return (by_arn or place or hint) if own.lower() == _NOT_APPLICABLE else (place or by_arn or hint)


def _regions(
    document: Mapping[str, Json], resource_type: str, arn: str | None, location: ItemLocation
) -> tuple[str, str]:
    """Return the resource's region, and that of the recorder ("" where it is unknown, of a global type)."""
    own = text(document, "awsRegion", most=_LONGEST_WORD)
    if own and own != GLOBAL and own.lower() != _NOT_APPLICABLE and not is_region(own):
        raise ParseError(f"awsRegion is {shown(own)}, which is not a region")
    recorded_in = recorder_region(own, arn, place=location.region, hint=location.hint)
    if own == GLOBAL or is_global(resource_type, arn):
        return GLOBAL, recorded_in
    if not recorded_in:
        raise ParseError("awsRegion is missing, and neither the envelope nor the ARN holds the region")
    return recorded_in, recorded_in


def _captured(value: Json) -> datetime:
    if value is None or value == "":
        raise ParseError("configurationItemCaptureTime is missing")
    captured_at = moment(value, "configurationItemCaptureTime")
    if not _OLDEST <= captured_at < _NEWEST:
        raise ParseError(f"configurationItemCaptureTime is {captured_at:%Y-%m-%d}, which cannot be")
    return captured_at


def _created(document: Mapping[str, Json]) -> datetime | None:
    value = document.get("resourceCreationTime")
    if value is None:
        return None
    try:
        return moment(value, "resourceCreationTime")
    except ParseError:
        return None  # many types have none; a service's own way to write it is no reason to stop


def _status(document: Mapping[str, Json], change_type: Json) -> str:
    word = text(document, "configurationItemStatus", most=_LONGEST_WORD)
    if not word and isinstance(change_type, str):
        word = change_type
    if not word:
        raise ParseError("configurationItemStatus is missing")
    status = _STATUSES.get(word.lower())
    if status is None:
        raise ParseError(f"configurationItemStatus is {shown(word)}, which AWS Config does not know")
    return status
