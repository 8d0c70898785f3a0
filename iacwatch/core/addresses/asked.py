"""What people may mean by the id or the ARN that they ask for, where no row has just that."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from iacwatch.core.addresses.keys import is_unique
from iacwatch.core.arn import arn_parts
from iacwatch.core.iac import AddressRow

_OF_ACCOUNT: Final = re.compile(r"(?P<account>[0-9]{12})/(?P<id>.+)", re.DOTALL)
_KIND: Final = re.compile(r"(?P<kind>[^/:]+)[/:].*?(?P<id>[^/:]+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedId:
    """An id, with what else is known of the resource; "" where it is not.

    `kind` is what its ARN calls such a resource (``vpc-peering-connection``), else the service.
    """

    id: str
    account_id: str = ""
    region: str = ""
    kind: str = ""

    def may_be(self, row: AddressRow) -> bool:
        """Return whether a row of that id may be the resource: what is known of both agrees."""
        pairs = ((self.account_id, row.account_id), (self.region, row.region))
        agree = all(not one or not other or one == other for one, other in pairs)
        return agree and (is_unique(self.id) or _letters(self.kind) in _letters(row.type))


def readings(called: str) -> Iterator[AskedId]:
    """Yield the ids that an ARN or an id of AWS Config has in it.

    Rows need not have an ARN, of Elasticsearch's domains Config's id is ``ACCOUNT/NAME``, and what is in
    something else has ``CLUSTER|NAME``.
    """
    if arn := arn_parts(called):
        match = _KIND.fullmatch(arn.resource)
        id_, kind = (match["id"], match["kind"]) if match else (arn.resource, arn.service)
        yield AskedId(id=id_, account_id=arn.account_id, region=arn.region, kind=kind)
    elif match := _OF_ACCOUNT.fullmatch(called):
        yield AskedId(id=match["id"], account_id=match["account"])
    elif "|" in called:
        yield from (AskedId(id=called.replace("|", sign)) for sign in ":/")


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
