"""Instances of resources in a state or a plan, as rows of an index: ids and addresses, and no other value."""

from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from typing import Any, Final, NamedTuple

from iacwatch.core.addresses.terraform_address import LONGEST, bracketed, is_module, is_name
from iacwatch.core.addresses.terraform_parts import (
    ARN_ATTRIBUTES,
    DIRECTION_ATTRIBUTES,
    PARENT_ATTRIBUTES,
    Standing,
    arn_attribute,
    direction_attribute,
    follows_region,
    has_harmless_id,
    has_own_region,
    is_exclusive,
    parent_attribute,
    standing,
)
from iacwatch.core.arn import is_account, is_region
from iacwatch.core.iac import AddressRow, Engine, Planned

ATTRIBUTES: Final = frozenset({"id", "region", *ARN_ATTRIBUTES, *PARENT_ATTRIBUTES, *DIRECTION_ATTRIBUTES})
"""All that is read of a resource's attributes."""

IDENTITY: Final = frozenset({"account_id", "arn", "id", "region"})
"""All that is read of a resource's identity (provider 6)."""

INSTANCE: Final = ("index_key", "deposed", "provider")
"""All that is read of an instance itself."""

_LONGEST_ID: Final = 2048
_LONGEST_DEPOSED: Final = 64
_ARN_FIELDS: Final = 6
_NAMESPACES: Final = frozenset({"hashicorp", "opentofu", "-"})
_NAMES: Final = frozenset({"aws", "awscc"})
_OPENTOFU: Final = "registry.opentofu.org/"
_SURROGATES: Final = range(0xD800, 0xE000)
_DIRECTIONS: Final = {"ingress": "ingress", "egress": "egress", True: "egress", False: "ingress"}

_SETTERS: Final = tuple(AddressRow.__dict__[each.name].__set__ for each in fields(AddressRow))

Get = Callable[[str], Any]
"""Gives a value by its name; None where there is none."""


def nothing(_name: str) -> None:
    """Give no value, of whatever name."""


@lru_cache(maxsize=1024)
def is_aws(provider: str) -> bool:
    """Return whether the address of a provider's configuration, or its name in a plan, is one of AWS's.

    ``provider["registry.terraform.io/hashicorp/aws"].east``, ``module.a.provider.aws`` of older states,
    ``registry.opentofu.org/hashicorp/aws`` in a plan.
    """
    before, bracket, inside = provider.partition('provider["')
    if not bracket:
        before, dot, inside = provider.partition("provider.")
        name = (inside if dot else before).partition(".")[0] if "/" not in provider else provider
    else:
        name = inside.partition('"]')[0]
    *host, kind = name.split("/")
    return kind in _NAMES and (not host or host[-1] in _NAMESPACES)


def clean(text: str) -> str:
    """Return a text without halves of surrogate pairs, which no store takes."""
    if text.isascii() or not any(ord(letter) in _SURROGATES for letter in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class TypeReading(NamedTuple):
    """How an instance of a Terraform type is read: by which attributes, and what they tell."""

    type: str
    is_name: bool
    is_object: bool
    follows_region: bool
    parent: str | None
    direction: str | None
    exclusive: bool
    arn: str | None
    has_own_region: bool
    has_harmless_id: bool


@lru_cache(maxsize=4096)
def reading(type_: str) -> TypeReading:
    """Return how an instance of a Terraform type is read."""
    return TypeReading(
        type=type_,
        is_name=is_name(type_),
        is_object=standing(type_) is Standing.OBJECT,
        follows_region=follows_region(type_),
        parent=parent_attribute(type_),
        direction=direction_attribute(type_),
        exclusive=is_exclusive(type_),
        arn=arn_attribute(type_),
        has_own_region=has_own_region(type_),
        has_harmless_id=has_harmless_id(type_),
    )


def base_of(module: Any, type_: str, name: Any) -> str:
    """Return the address of a resource, without a key; "" where its parts make none."""
    before = _module(module or "") if isinstance(module or "", str) else None
    known = before is not None and reading(type_).is_name and isinstance(name, str) and is_name(name)
    return f"{before}{type_}.{name}" if known else ""


def picked(get: Get, how: TypeReading) -> tuple[Any, Any, Any, Any, Any]:
    """Return what is read of an instance's attributes: id, ARN, region, parent and direction."""
    return (
        get("id"),
        None if how.arn is None else get(how.arn),
        get("region"),
        None if how.parent is None else get(how.parent),
        None if how.direction is None else get(how.direction),
    )


_Draft = tuple[str, TypeReading, str, str, str, str, str, str, str, str, Planned | None]
"""A provider's configuration, a type, then what a row has: a tuple, since many thousands are made."""


class RowBuilder:
    """Takes instances one by one, then gives their rows."""

    def __init__(self) -> None:
        self.dropped = 0
        self._drafts: dict[str, _Draft] = {}
        self._told: set[tuple[str, str, str]] = set()

    def add(  # noqa: PLR0917  (it is called for each of many thousands)
        self,
        base: str,
        how: TypeReading,
        configuration: str,
        key: Any,
        deposed: Any,
        values: tuple[Any, Any, Any, Any, Any],
        identity: Get | None,
        planned: Planned | None = None,
    ) -> None:
        """Take an instance; one whose address does not parse is dropped, and counted.

        `base` is the address without the instance's `key`, `configuration` its provider's, `values` are its
        id, its ARN, its region, its parent and its direction, as they are written, or None.
        """
        address = base if key is None else base + _key(key)
        known = base and (key is None or address[-1] == "]") and len(address) <= LONGEST
        if not known or not (deposed is None or _is_word(deposed)):
            self.dropped += 1
            return
        id_, arn, region, parent, direction = values
        account = None
        if identity is not None:
            id_, arn, region = id_ or identity("id"), arn or identity("arn"), identity("region") or region
            account = identity("account_id")
        id_ = _text(id_) if how.has_harmless_id else ""
        arn = "" if how.arn is None else _text(arn)
        if not arn and how.is_object and id_.startswith("arn:") and _is_arn(id_):
            arn = id_
        parent = "" if parent is None else _text(parent)
        if not how.has_own_region:
            region = None
        if arn or parent or region or account:
            region, account = _place(arn or parent, region, account)
        else:
            region = account = ""
        deposed, direction = deposed or "", "" if direction is None else _direction(direction)
        self._drafts[f"{address} {deposed}" if deposed else address] = (
            configuration,
            how,
            address,
            account,
            region,
            arn,
            id_,
            parent,
            direction,
            deposed,
            planned,
        )
        # What lives in another object may bear an ARN of another account, which tells nothing of the others.
        self._told.add((configuration, account, region) if how.is_object else (configuration, "", ""))

    @property
    def engine(self) -> Engine | None:
        """Return OpenTofu where a provider is of its registry; None where nothing tells."""
        found = any(
            each.startswith(_OPENTOFU) or f'["{_OPENTOFU}' in each for each, _account, _region in self._told
        )
        return Engine.OPENTOFU if found else None

    def rows(self, *, inferred: bool = True) -> tuple[AddressRow, ...]:
        """Return the rows, in the order of the state.

        Where all others of the same provider's configuration agree on an account, or on a region, those
        that tell none have it too, if it may be `inferred`.
        """
        accounts, regions = (self._agreed(at) if inferred else {} for at in (1, 2))
        return tuple(
            _row(
                address,
                how.type,
                account or accounts.get(configuration, ""),
                region or (regions.get(configuration, "") if how.follows_region else ""),
                arn,
                id_,
                parent,
                how.exclusive,
                direction,
                deposed,
                planned,
            )
            for (
                configuration,
                how,
                address,
                account,
                region,
                arn,
                id_,
                parent,
                direction,
                deposed,
                planned,
            ) in self._drafts.values()
        )

    def _agreed(self, at: int) -> dict[str, str]:
        """Return the one account (1), or region (2), of each provider's configuration that has one."""
        found: dict[str, set[str]] = {}
        for told in self._told:
            if told[at]:
                found.setdefault(told[0], set()).add(told[at])
        return {configuration: one for configuration, (one, *more) in found.items() if not more}


def _row(*values: Any) -> AddressRow:
    """Return a row of what its fields hold, in their order.

    The constructor of a frozen class takes twice as long, which is a tenth of the time for a whole state.
    """
    row = object.__new__(AddressRow)
    for setter, value in zip(_SETTERS, values, strict=True):
        setter(row, value)
    return row


@lru_cache(maxsize=1024)
def _module(text: str) -> str | None:
    text = clean(text)
    return None if not is_module(text) else f"{text}." if text else ""


def _place(arn: str, region: Any, account: Any) -> tuple[str, str]:
    """Return the region and the account of an ARN, or those given where it tells none; "" for neither."""
    fields = arn.split(":", _ARN_FIELDS - 1)
    if len(fields) == _ARN_FIELDS and fields[0] == "arn":
        found = _checked(fields[3], fields[4])
        if found[0] and found[1]:
            return found
    else:
        found = "", ""
    given = _checked(region if isinstance(region, str) else "", account if isinstance(account, str) else "")
    return found[0] or given[0], found[1] or given[1]


@lru_cache(maxsize=1024)
def _checked(region: str, account: str) -> tuple[str, str]:
    return region if is_region(region) else "", account if is_account(account) else ""


def _key(key: Any) -> str:
    """Return an instance's key as it stands in the address; "" where it is no key."""
    if isinstance(key, str):
        return bracketed(clean(key))
    is_whole = (isinstance(key, int) and not isinstance(key, bool)) or (
        isinstance(key, float) and key.is_integer()
    )
    return bracketed(int(key)) if is_whole and key >= 0 else ""


def _direction(value: Any) -> str:
    return _DIRECTIONS.get(value, "") if isinstance(value, (str, bool)) else ""


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_ID:
        return ""
    return value if value.isascii() else clean(value)


def _is_arn(text: str) -> bool:
    return text.count("arn:") == 1 and not any(sign in text for sign in ",| ")


def _is_word(text: Any) -> bool:
    return text == "" or (
        isinstance(text, str) and len(text) <= _LONGEST_DEPOSED and text.isascii() and text.isalnum()
    )
