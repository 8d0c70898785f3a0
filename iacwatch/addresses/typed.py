"""States read by `msgspec`, where it is installed: nothing but what rows need is ever made of the text."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

import msgspec

from iacwatch.addresses.rows import (
    ATTRIBUTES,
    IDENTITY,
    INSTANCE,
    RowBuilder,
    base_of,
    is_aws,
    reading,
)

_OF_EVERY: Final = ("id", "arn", "region")
"""What is read of resources of every type; of some, all that is wanted is read then."""

_LARGE: Final = 1 << 20
"""Bytes of a resource beyond which its instances are read one by one."""


def _optional(names: Iterable[str]) -> list[tuple[str, Any, Any]]:
    return [(name, Any, None) for name in names]


_Nothing: Any = msgspec.defstruct("_Nothing", [], gc=False)
_Identity: Any = msgspec.defstruct("_Identity", _optional(IDENTITY), gc=False)
_HEADER: Final = _optional(("module", "mode", "type", "name", "provider"))


def _instances(attributes: Any) -> Any:
    """Return the type of an instance of which such attributes are read."""
    fields = [(name, attributes | None, None) for name in ("attributes", "attributes_flat")]
    return msgspec.defstruct(
        "_Instance", [*_optional(INSTANCE), *fields, ("identity", _Identity | None, None)], gc=False
    )


def _decoder(type_: Any) -> Callable[[bytes | bytearray | msgspec.Raw], Any]:
    decode: Callable[[bytes | bytearray | msgspec.Raw], Any] = msgspec.json.Decoder(type_).decode
    return decode


def _resources(instances: Any) -> Callable[[bytes | bytearray | msgspec.Raw], Any]:
    """Return what decodes a resource of such instances."""
    return _decoder(msgspec.defstruct("_Resource", [*_HEADER, ("instances", list[instances] | None, None)]))


_Plain: Final = msgspec.defstruct("_Plain", _optional(_OF_EVERY), gc=False)
_Whole: Final = msgspec.defstruct(
    "_Whole",
    # Of a rule it says the direction; of a security group it is the list of its rules.
    [*_optional(sorted(ATTRIBUTES - {"egress"})), ("egress", bool | list[_Nothing] | None, None)],
    gc=False,
)
_NONE: Any = _Whole()
_read_state: Final = _decoder(
    msgspec.defstruct(
        "_State",
        [*_optional(("version", "serial", "lineage")), ("resources", list[msgspec.Raw] | None, None)],
    )
)
_read_plain: Final = _resources(_instances(_Plain))
_read_whole: Final = _resources(_instances(_Whole))
_read_large: Final = _resources(msgspec.Raw)
_read_instance: Final = _decoder(_instances(_Whole))


def read_typed(data: bytes | bytearray, builder: RowBuilder) -> tuple[Any, Any, Any] | None:
    """Give all of a state to a builder; return its version, its serial and its lineage.

    Return None, and leave the builder in any condition, where it is not as Terraform writes states: what is
    the matter, if anything, is found by reading it otherwise.
    """
    try:
        state = _read_state(data)
        for raw in state.resources or ():
            _take(raw, builder)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return state.version, state.serial, state.lineage


def _take(raw: msgspec.Raw, builder: RowBuilder) -> None:
    resource = _read_large(raw) if len(raw) > _LARGE else _read_plain(raw)
    if resource.mode != "managed":
        return
    type_ = resource.type if isinstance(resource.type, str) else ""
    how, base = reading(type_), None
    if (how.parent or how.direction) and len(raw) <= _LARGE:
        resource = _read_whole(raw)
    for each in resource.instances or ():
        instance = _read_instance(each) if isinstance(each, msgspec.Raw) else each
        configuration = instance.provider or resource.provider
        if not isinstance(configuration, str) or not is_aws(configuration):
            continue
        if base is None:
            base = base_of(resource.module, type_, resource.name)
        values = instance.attributes or instance.attributes_flat or _NONE
        identity = instance.identity
        builder.add(
            base,
            how,
            configuration,
            instance.index_key,
            instance.deposed,
            (
                values.id,
                values.arn,
                values.region,
                None if how.parent is None else getattr(values, how.parent),
                None if how.direction is None else getattr(values, how.direction),
            ),
            None if identity is None else partial(getattr, identity),
        )
