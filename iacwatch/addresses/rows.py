"""Instances of resources in a state or a plan, as rows of an index: ids and addresses, and no other value."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from iacwatch.core.addresses.terraform_address import LONGEST, bracketed, is_module, is_name
from iacwatch.core.addresses.terraform_parts import (
    PARENT_ATTRIBUTES,
    Standing,
    has_harmless_id,
    has_own_arn,
    has_own_region,
    is_exclusive,
    is_global,
    parent_attribute,
    standing,
)
from iacwatch.core.arn import arn_parts, is_account, is_region
from iacwatch.core.iac import AddressRow, Engine, Planned

ATTRIBUTES: Final = tuple(sorted({"id", "arn", "region", "type", *PARENT_ATTRIBUTES}))
"""All that is read of a resource's attributes; "type" says of a firewall's rule where it leads."""

INSTANCE: Final = ("index_key", "deposed", "provider")
"""All that is read of an instance itself."""

IDENTITY: Final = ("account_id", "arn", "id", "region")
"""All that is read of a resource's identity (provider 6)."""

_RULE: Final = "aws_security_group_rule"
_LONGEST_ID: Final = 2048
_NAMESPACES: Final = frozenset({"hashicorp", "opentofu", "-"})
_NAMES: Final = frozenset({"aws", "awscc"})
_OPENTOFU: Final = "registry.opentofu.org/"
_SURROGATES: Final = range(0xD800, 0xE000)

Get = Callable[[str], Any]
"""Gives a value by its name; None where there is none."""


def nothing(_name: str) -> None:
    """Give no value, of whatever name."""


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


class RowBuilder:
    """Takes instances one by one, then gives their rows."""

    def __init__(self) -> None:
        self.dropped = 0
        self.engine: Engine | None = None
        self._drafts: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
        self._accounts: dict[str, set[str]] = {}
        self._regions: dict[str, set[str]] = {}

    def take(self, resource: Get, instances: Iterable[tuple[Get, Get, Get]]) -> None:
        """Take a resource of a state, and of each instance: itself, its attributes, its identity."""
        if resource("mode") != "managed":
            return
        module, type_, name = (resource(each) or "" for each in ("module", "type", "name"))
        provider = resource("provider") or ""
        written = all(isinstance(each, str) for each in (module, type_, name, provider))
        known = written and is_module(clean(module)) and is_name(type_) and is_name(name)
        for instance, attributes, identity in instances:
            configuration = instance("provider") or provider
            if not isinstance(configuration, str):
                self.dropped += 1
            elif is_aws(configuration):
                key = _key(instance("index_key"))
                if known and key is not None:
                    base = f"{clean(module)}.{type_}.{name}" if module else f"{type_}.{name}"
                    self.add(f"{base}{key}", type_, configuration, instance("deposed"), attributes, identity)
                else:
                    self.dropped += 1

    def add(  # noqa: PLR0917  (it is called for each of many thousands)
        self,
        address: str,
        type_: str,
        configuration: str,
        deposed: Any,
        attributes: Get,
        identity: Get,
        planned: Planned | None = None,
    ) -> None:
        """Take an instance whose address is known to parse."""
        if len(address) > LONGEST or not (deposed is None or _is_word(deposed)):
            self.dropped += 1
            return
        if configuration.startswith(_OPENTOFU) or f'"{_OPENTOFU}' in configuration:
            self.engine = Engine.OPENTOFU
        kind = standing(type_)
        id_ = _text(attributes("id") or identity("id")) if has_harmless_id(type_) else ""
        arn = _text(attributes("arn") or identity("arn")) if has_own_arn(type_) else ""
        if not arn and kind is Standing.OBJECT and _is_arn(id_):
            arn = id_
        parent = parent_attribute(type_)
        within = _text(attributes(parent)) if parent else ""
        account, region = _place(type_, arn or within, attributes, identity)
        draft = {
            "address": address,
            "type": type_,
            "account_id": account,
            "region": region,
            "arn": arn,
            "id": id_,
            "parent": within,
            "exclusive": is_exclusive(type_),
            "direction": _direction(attributes("type")) if type_ == _RULE else "",
            "deposed": deposed or "",
            "planned": planned,
        }
        self._drafts[address, deposed or ""] = configuration, draft
        if account:
            self._accounts.setdefault(configuration, set()).add(account)
        if region:
            self._regions.setdefault(configuration, set()).add(region)

    def rows(self, *, inferred: bool = True) -> tuple[AddressRow, ...]:
        """Return the rows, in the order of the state.

        Where all others of the same provider's configuration agree on an account, or on a region, those
        that tell none have it too, if it may be `inferred`.
        """
        rows = []
        for configuration, draft in self._drafts.values():
            if inferred and not draft["account_id"]:
                draft["account_id"] = _only(self._accounts.get(configuration))
            if inferred and not draft["region"] and not is_global(draft["type"]):
                draft["region"] = _only(self._regions.get(configuration))
            rows.append(AddressRow(**draft))
        return tuple(rows)


def _place(type_: str, arn: str, attributes: Get, identity: Get) -> tuple[str, str]:
    """Return the account and the region that a resource tells itself; "" for what it does not."""
    parts = arn_parts(arn) if arn.startswith("arn:") else None
    account, region = (parts.account_id, parts.region) if parts else ("", "")
    if not is_account(account):
        account = _text(identity("account_id"))
    if not is_region(region):
        region = _text(identity("region"))
    if not is_region(region) and has_own_region(type_):
        region = _text(attributes("region"))
    return account if is_account(account) else "", region if is_region(region) else ""


def _direction(value: Any) -> str:
    return value if isinstance(value, str) and value in {"ingress", "egress"} else ""


def _key(key: Any) -> str | None:
    """Return an instance's key as it stands in the address; None where it is no key."""
    match key:
        case None:
            return ""
        case str():
            return bracketed(clean(key))
        case bool():
            return None
        case int() | float() if key >= 0 and key == int(key):
            return bracketed(int(key))
        case _:
            return None


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) and len(value) <= _LONGEST_ID else ""


def _is_arn(text: str) -> bool:
    return text.startswith("arn:") and text.count("arn:") == 1 and not any(sign in text for sign in ",| ")


def _is_word(text: Any) -> bool:
    return isinstance(text, str) and len(text) <= 64 and (not text or (text.isascii() and text.isalnum()))  # noqa: PLR2004  (it is 8 hex digits)


def _only(values: set[str] | None) -> str:
    return next(iter(values)) if values is not None and len(values) == 1 else ""
