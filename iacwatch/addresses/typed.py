"""States read by `msgspec`, where it is installed: nothing but what rows need is ever made of the text."""

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, Final

import msgspec

from iacwatch.addresses.rows import (
    IDENTITY,
    INSTANCE,
    RowBuilder,
    TypeReading,
    base_of,
    is_aws,
    reading,
)

_LARGE: Final = 1 << 20
"""Bytes of a resource beyond which its instances are read one by one."""

_Reader = Callable[[bytes | bytearray | msgspec.Raw], Any]


def _optional(names: Iterable[str]) -> list[tuple[str, Any, Any]]:
    return [(name, Any, None) for name in names]


def _reader(type_: Any) -> _Reader:
    read: _Reader = msgspec.json.Decoder(type_).decode
    return read


_Identity: Any = msgspec.defstruct("_Identity", _optional(IDENTITY), gc=False)
_HEADER: Final = _optional(("module", "mode", "type", "name", "provider"))
_read_state: Final = _reader(
    msgspec.defstruct(
        "_State",
        [*_optional(("version", "serial", "lineage")), ("resources", list[msgspec.Raw] | None, None)],
    )
)
_read_large: Final = _reader(
    msgspec.defstruct("_Large", [*_HEADER, ("instances", list[msgspec.Raw] | None, None)])
)


@lru_cache(maxsize=256)
def _readers(arn: str | None, parent: str | None, direction: str | None) -> tuple[_Reader, _Reader, Any]:
    """Return what reads a resource, and an instance, with such attributes; and attributes without a value."""
    wanted = {"id", "region", arn, parent, direction} - {None}
    attributes: Any = msgspec.defstruct("_Attributes", _optional(sorted(map(str, wanted))), gc=False)
    fields = [(name, attributes | None, None) for name in ("attributes", "attributes_flat")]
    instance: Any = msgspec.defstruct(
        "_Instance", [*_optional(INSTANCE), *fields, ("identity", _Identity | None, None)], gc=False
    )
    resource = msgspec.defstruct("_Resource", [*_HEADER, ("instances", list[instance] | None, None)])
    return _reader(resource), _reader(instance), attributes()


def read_typed(data: bytes | bytearray, builder: RowBuilder) -> tuple[Any, Any, Any] | None:
    """Give all of a state to a builder; return its version, its serial and its lineage.

    Return None, and leave the builder in any condition, where it is not as Terraform writes states: what is
    the matter, if anything, is found by reading it otherwise.
    """
    how = reading("")
    readers = _readers(how.arn, how.parent, how.direction)
    try:
        state = _read_state(data)
        for raw in state.resources or ():
            is_large = len(raw) > _LARGE
            # As the one before it: most often they are of one type, since Terraform sorts them.
            resource = (_read_large if is_large else readers[0])(raw)
            if resource.mode != "managed":
                continue
            if resource.type != how.type:
                before, how = readers, reading(resource.type if isinstance(resource.type, str) else "")
                readers = _readers(how.arn, how.parent, how.direction)
                if readers is not before and not is_large:
                    resource = readers[0](raw)
            _add(resource, how, readers, builder)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return state.version, state.serial, state.lineage


def _add(resource: Any, how: TypeReading, readers: tuple[_Reader, _Reader, Any], builder: RowBuilder) -> None:
    """Give a resource's instances to a builder."""
    _, read_instance, none = readers
    base = None
    for each in resource.instances or ():
        instance = read_instance(each) if isinstance(each, msgspec.Raw) else each
        configuration = instance.provider or resource.provider
        if not isinstance(configuration, str) or not is_aws(configuration):
            continue
        if base is None:
            base = base_of(resource.module, how.type, resource.name)
        values = instance.attributes or instance.attributes_flat or none
        identity = instance.identity
        builder.add(
            base,
            how,
            configuration,
            instance.index_key,
            instance.deposed,
            (
                values.id,
                None if how.arn is None else getattr(values, how.arn),
                values.region,
                None if how.parent is None else getattr(values, how.parent),
                None if how.direction is None else getattr(values, how.direction),
            ),
            None if identity is None else partial(getattr, identity),
        )
