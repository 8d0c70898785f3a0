"""A file's items, told apart at a glance as they are read: what each is, and whether it was asked for."""

from collections.abc import Collection
from typing import NamedTuple

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.core.arn import arn_parts, is_account, is_region
from iacwatch.core.model import Json
from iacwatch.core.parse.json_values import moment
from iacwatch.errors import ParseError
from iacwatch.sources.history.item import NO_OBJECTS, TASK_DEFINITION, created, gone, mark
from iacwatch.storage.spool import Row, stamp, thing_of


class Sifted(NamedTuple):
    """One item: its row, and what is known of it at a glance. `ours`: it mentions the managed tag."""

    row: Row
    type: str
    ours: bool
    gone: bool


class Sieve:
    """Reads items at a glance, and leaves out what was not asked for."""

    def __init__(
        self, *, tag_key: str, accounts: Collection[str], regions: Collection[str], types: Collection[str]
    ) -> None:
        """Take the tag, and what is asked for; an empty collection asks for all."""
        self._accounts, self._regions, self._types = frozenset(accounts), frozenset(regions), frozenset(types)
        self._mark = mark(tag_key)

    def wants(self, place: ConfigPlace | None, resource_type: str = "") -> bool:
        """Say whether a place's items of a type may be asked for; what isn't known may be."""
        return (
            (place is None or not self._accounts or place.account_id in self._accounts)
            and (place is None or not self._regions or place.region in self._regions)
            and (not resource_type or self._wants_type(resource_type))
        )

    def _wants_type(self, resource_type: str) -> bool:
        return resource_type in self._types if self._types else resource_type not in NO_OBJECTS

    def sifted(self, document: dict[str, Json], text: str, place: ConfigPlace | None) -> Sifted | None:
        """Return an item, None where it isn't asked for; raise `ParseError` where it is none.

        `place` is what the file's name tells, which counts where the item says nothing, or "global".
        """
        kind, name = document.get("resourceType"), document.get("resourceId")
        account = document.get("awsAccountId") or document.get("accountId") or (place and place.account_id)
        if not (isinstance(kind, str) and isinstance(name, str) and kind and name):
            raise ParseError("an item names no resource")
        if not (isinstance(account, str) and is_account(account)):
            raise ParseError("an item names no account")
        where = ConfigPlace(account, _recorder(document, place))
        if not self.wants(where, kind):
            return None
        arn = document.get("ARN") or document.get("arn")
        status = document.get("configurationItemStatus")
        captured_at = moment(document.get("configurationItemCaptureTime"), "configurationItemCaptureTime")
        row = Row(
            thing=thing_of(*where, kind, name, str(arn or "") if kind == TASK_DEFINITION else ""),
            captured=stamp(captured_at),
            created=created(status),
            place=f"{where.account_id} {where.region}",
            label=f"{kind} {name} in {where}",
            document=text,
        )
        return Sifted(row, kind, ours=self._mark in text, gone=gone(status))


def _recorder(document: dict[str, Json], place: ConfigPlace | None) -> str:
    """Return the region of the recorder, by the rule that the whole item is read by later."""
    own = document.get("awsRegion")
    if isinstance(own, str) and is_region(own):
        return own
    if place is not None:
        return place.region
    arn = document.get("ARN") or document.get("arn")
    parts = arn_parts(arn) if isinstance(arn, str) else None
    return parts.region if parts is not None and is_region(parts.region) else ""
