"""The keys under which an index keeps a row, and those under which it is asked for a resource.

- an ARN stands for itself;
- ``id#ACCOUNT#ID``, and ``id##ID`` of a row whose account is unknown;
- ``addr#ADDRESS``, and ``name#NAME`` of what people call it: the resource's name in the code, its key,
  or the last part of its ARN;
- ``account#ACCOUNT`` of what a state covers.

A row is kept under its parent's key too, so that one answer holds an object and its parts.
"""

import re
from typing import Final

from iacwatch.core.addresses.terraform_address import parse_address
from iacwatch.core.addresses.terraform_types import stands_for
from iacwatch.core.arn import GLOBAL, arn_parts
from iacwatch.core.iac import AddressRow
from iacwatch.core.model import Resource

MOST_KEYS: Final = 4
"""Keys of a resource: DynamoDB answers a hundred in one call, so that it answers 25 resources."""

_ZONE: Final = "/hostedzone/"
_LOG_GROUP: Final = ":log-group:"
_UNIQUE: Final = re.compile(
    r"[a-z]{1,16}(?:-[a-z]{1,16}){0,3}-[0-9a-f]{17}"
    r"|(?:acl|ami|dopt|eipalloc|eipassoc|eni|fs|i|igw|nat|pcx|rtb|sg|snap|subnet|vgw|vol|vpc|vpce|vpn)-[0-9a-f]{8}"
    r"|(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|(?:Z[A-Z0-9]{9,31}|E[A-Z0-9]{12,13}|(?:db|cluster)-[A-Z0-9]{26})"
    r"|https://sqs\.[a-z0-9.-]+/[0-9]{12}/.+",
    re.DOTALL,
)
"""Ids that no two accounts have: of EC2, KMS, Route 53, CloudFront, RDS and SQS."""

_UNIQUE_NAMES: Final = "aws_s3_bucket"
"""The type whose names no two accounts have."""

_NO_NAMES: Final = frozenset({"this", "main", "default", "self"})
"""What half of all resources are called in code: nobody looks for one by it, and each state has many."""


def row_keys(row: AddressRow) -> tuple[str, ...]:
    """Return the keys of a row: what it is, what it is a part of, and its address."""
    keys = [_key(row.account_id, text) for text in (row.arn, row.id, row.parent) if text]
    names = [f"name#{name}" for name in _names(row)]
    return tuple(dict.fromkeys([*keys, f"addr#{row.address}", *names]))


def resource_keys(resource: Resource) -> tuple[str, ...]:
    """Return the keys, at most four, that rows of a resource and its parts may have."""
    own = _plain(resource.id)
    texts = [text for text in (resource.arn, own, resource.name) if text]
    if not resource.name:
        texts += [re.split(r"[/:]", text)[-1] for text in texts if _is_arn(text)]
    keys = [_key(resource.account_id, text) for text in texts if text]
    if unique(resource):
        keys.insert(2, _key("", own))
    elif not _is_arn(name := resource.name or own):
        keys.append(_key("", name))  # it may be anybody's: enough to doubt that no state holds the resource
    return tuple(dict.fromkeys(keys))[:MOST_KEYS]


def text_keys(text: str, account_ids: frozenset[str]) -> tuple[str, ...]:
    """Return the keys of what people type: an id in any of the accounts, an ARN, an address or a name."""
    plain = _plain(text)
    ids = [] if _is_arn(plain) else [_key(account_id, plain) for account_id in ("", *sorted(account_ids))]
    return (f"addr#{text}", f"name#{text}", *(ids or [plain]))


def account_key(account_id: str) -> str:
    """Return the key under which states say that they cover an account."""
    return f"account#{account_id}"


def unique(resource: Resource) -> bool:
    """Return whether no two accounts have a resource of this id, so that a row may be it that names none."""
    own = _plain(resource.id)
    return not _is_arn(own) and (is_unique(own) or stands_for(_UNIQUE_NAMES, resource.type))


def is_named(row: AddressRow, text: str) -> bool:
    """Return whether a text is a row's address, id or ARN, or its name in the code."""
    return text in {row.address, *_names(row)} or _plain(text) in {_plain(row.id), _plain(row.arn)}


def may_be(row: AddressRow, resource: Resource) -> bool:
    """Return whether a row of one of a resource's keys may be it, or a part: account and region agree.

    What is unknown agrees with anything, and so does the region of a global type. An equal ARN is enough.
    """
    if resource.arn and resource.arn in {row.arn, row.id, row.parent}:
        return True
    if row.account_id and row.account_id != resource.account_id:
        return False
    return resource.region == GLOBAL or not row.region or row.region == resource.region


def is_unique(text: str) -> bool:
    """Return whether no two resources, of whatever account, have this id, by its form."""
    return _UNIQUE.fullmatch(text) is not None


def _names(row: AddressRow) -> tuple[str, ...]:
    """Return what people call an instance: ``b`` and ``web``, if its address is ``aws_lb.b["web"]``.

    Where the id is another text than the last part of the ARN, that part too: it may be Config's id.
    """
    parts, arn = parse_address(row.address), arn_parts(row.arn)
    names = [parts.name] if parts else []
    if parts and isinstance(parts.key, str):
        names.append(parts.key)
    if arn:
        names.append(re.split(r"[/:]", arn.resource)[-1])
    return tuple(name for name in dict.fromkeys(names) if name not in _NO_NAMES and name != row.id)


def _key(account_id: str, text: str) -> str:
    plain = _plain(text)
    return plain if _is_arn(plain) else f"id#{account_id}#{plain}"


def _plain(text: str) -> str:
    """Return an id without what AWS writes before it, or behind it, only here and there."""
    return text.removesuffix(":*") if _LOG_GROUP in text else text.removeprefix(_ZONE)


def _is_arn(text: str) -> bool:
    return text.startswith("arn:") and arn_parts(text) is not None
