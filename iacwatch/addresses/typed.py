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

_LARGE: Final = 1 << 20
"""Bytes of a resource beyond which its instances are read one by one."""


def _optional(names: Iterable[str]) -> list[tuple[str, Any, Any]]:
    return [(name, Any, None) for name in names]


_Nothing: Any = msgspec.defstruct("_Nothing", [], gc=False)
_Attributes: Any = msgspec.defstruct(
    "_Attributes",
    # Of a rule it says the direction; of a security group it is the list of its rules.
    [*_optional(sorted(ATTRIBUTES - {"egress"})), ("egress", bool | list[_Nothing] | None, None)],
    gc=False,
)
_NONE: Final = _Attributes()
_Identity: Any = msgspec.defstruct("_Identity", _optional(IDENTITY), gc=False)
_Instance: Any = msgspec.defstruct(
    "_Instance",
    [
        *_optional(INSTANCE),
        ("attributes", _Attributes | None, None),
        ("attributes_flat", _Attributes | None, None),
        ("identity", _Identity | None, None),
    ],
    gc=False,
)
_NAMES: Final = _optional(("module", "mode", "type", "name", "provider"))


_read_state: Final[Callable[[bytes | bytearray], Any]] = msgspec.json.Decoder(
    msgspec.defstruct(
        "_State",
        [*_optional(("version", "serial", "lineage")), ("resources", list[msgspec.Raw] | None, None)],
    )
).decode
_read_resource: Final[Callable[[msgspec.Raw], Any]] = msgspec.json.Decoder(
    msgspec.defstruct("_Resource", [*_NAMES, ("instances", list[_Instance] | None, None)])
).decode
_read_large: Final[Callable[[msgspec.Raw], Any]] = msgspec.json.Decoder(
    msgspec.defstruct("_LargeResource", [*_NAMES, ("instances", list[msgspec.Raw] | None, None)])
).decode
_read_instance: Final = msgspec.json.Decoder(_Instance).decode


def read_typed(data: bytes | bytearray, builder: RowBuilder) -> tuple[Any, Any, Any] | None:
    """Give all of a state to a builder; return its version, its serial and its lineage.

    Return None, and leave the builder in any condition, where it is not as Terraform writes states: what is
    the matter, if anything, is found by reading it otherwise.
    """
    try:
        state = _read_state(data)
        for raw in state.resources or ():
            _take(_read_large(raw) if len(raw) > _LARGE else _read_resource(raw), builder)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return state.version, state.serial, state.lineage


def _take(resource: Any, builder: RowBuilder) -> None:
    if resource.mode != "managed":
        return
    type_ = resource.type if isinstance(resource.type, str) else ""
    base, how = base_of(resource.module, type_, resource.name), reading(type_)
    for each in resource.instances or ():
        instance = _read_instance(each) if isinstance(each, msgspec.Raw) else each
        configuration = instance.provider or resource.provider
        if not isinstance(configuration, str) or not is_aws(configuration):
            continue
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
