"""A state of Terraform or OpenTofu (format version 4), read into rows: ids and addresses, and no other value.

A state is full of secrets. What is no id is let go as it is read; errors hold none of a state's text.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from iacwatch.addresses.document import VERSION, check_begin, check_version, cut
from iacwatch.addresses.members import BEGIN, read_members
from iacwatch.addresses.rows import (
    ATTRIBUTES,
    IDENTITY,
    INSTANCE,
    RowBuilder,
    base_of,
    clean,
    is_aws,
    nothing,
    picked,
    reading,
)
from iacwatch.core.iac import StateHead, StateRows
from iacwatch.core.text import plain
from iacwatch.storage.json_walk import MISSING, JsonWalk

try:
    from iacwatch.addresses.typed import read_typed as typed
except ImportError:  # msgspec is installed with iacwatch[fast] only
    typed = None  # type: ignore[assignment]  # it is asked after

_PIECE: Final = 1 << 20
_HEADER: Final = frozenset({"version", "serial", "lineage"})
_RESOURCE: Final = frozenset({"module", "mode", "type", "name", "provider"})
_LARGEST_SERIAL: Final = 2**63 - 1
_LONGEST_LINEAGE: Final = 200


def read_state(pieces: Iterable[bytes], head: StateHead, *, name: str) -> StateRows:
    """Read a state into rows: `pieces` are its bytes, unzipped; `name` is what errors call it.

    `head` is what is known of it already; its lineage, its serial, and that it is OpenTofu's, are filled in.
    Raises `NotAStateError` where it is something else, `ParseError` where it cannot be read: written by
    another version, encrypted, cut short or damaged.
    """
    name = plain(name, 300)
    if typed is not None:
        data = _whole(pieces)
        builder = RowBuilder()
        found = typed(data, builder)
        if found is not None and found[0] == VERSION and isinstance(found[0], int) and None not in found:
            return completed(head, builder, *found[1:], name)
        pieces = (bytes(data[at : at + _PIECE]) for at in range(0, len(data), _PIECE))
    return _WalkedState(pieces, name).read(head)


def _whole(pieces: Iterable[bytes]) -> bytes | bytearray:
    """Return pieces as one, which is copied only where there are several."""
    pieces = iter(pieces)
    data: bytes | bytearray = next(pieces, b"")
    for piece in pieces:
        data = data if isinstance(data, bytearray) else bytearray(data)
        data += piece
    return data


class _WalkedState:
    """A state that is read resource by resource."""

    def __init__(self, pieces: Iterable[bytes], name: str) -> None:
        self._walk = JsonWalk(pieces)
        self._name = name
        self._builder = RowBuilder()

    def read(self, head: StateHead) -> StateRows:
        check_begin(self._name, self._walk.begins(BEGIN))
        found = read_members(self._walk, _HEADER, {"resources": self._resources})
        header = found.header
        check_version(self._name, found.keys, header.get("version"), whole=found.whole)
        return completed(head, self._builder, header.get("serial", 0), header.get("lineage", ""), self._name)

    def _resources(self) -> None:
        self._builder = RowBuilder()
        for _ in self._walk.items():
            self._resource()

    def _resource(self) -> None:
        resource = self._walk.small()
        if resource is MISSING:
            resource = self._large()
        if not isinstance(resource, dict) or resource.get("mode") != "managed":
            return
        type_, provider, instances = (resource.get(each) for each in ("type", "provider", "instances"))
        type_ = type_ if isinstance(type_, str) else ""
        base, how = base_of(resource.get("module"), type_, resource.get("name")), reading(type_)
        for each in instances if isinstance(instances, list) else ():
            instance = each if isinstance(each, dict) else {}
            configuration = instance.get("provider") or provider
            if not isinstance(configuration, str) or not is_aws(configuration):
                continue
            values = instance.get("attributes") or instance.get("attributes_flat")
            identity = instance.get("identity")
            self._builder.add(
                base,
                how,
                configuration,
                instance.get("index_key"),
                instance.get("deposed"),
                picked(values.get if isinstance(values, dict) else nothing, how),
                identity.get if isinstance(identity, dict) else None,
            )

    def _large(self) -> Any:
        """Read a resource instance by instance: it has very many, or they are large."""
        if self._walk.ahead() != "{":
            return self._walk.skip()
        resource: dict[str, Any] = {}
        for key in self._walk.members():
            if key == "instances" and self._walk.ahead() == "[":
                resource[key] = [_reduced(self._walk.value()) for _ in self._walk.items()]
            elif key in _RESOURCE:
                resource[key] = self._walk.value()
            else:
                self._walk.skip()
        return resource


def completed(head: StateHead, builder: RowBuilder, serial: Any, lineage: Any, name: str) -> StateRows:
    """Return a state's rows under its head, to which its serial, lineage and engine are added."""
    if not isinstance(serial, int) or not 0 <= serial <= _LARGEST_SERIAL or not isinstance(lineage, str):
        raise cut(name)
    return StateRows(
        head=replace(
            head,
            serial=int(serial),
            lineage=clean(lineage[:_LONGEST_LINEAGE]),
            engine=builder.engine or head.engine,
        ),
        rows=builder.rows(),
        dropped=builder.dropped,
    )


def _reduced(instance: Any) -> dict[str, Any]:
    """Return an instance with nothing but what is read of it."""
    if not isinstance(instance, dict):
        return {}
    found = {name: instance[name] for name in INSTANCE if name in instance}
    for part, names in (("attributes", ATTRIBUTES), ("attributes_flat", ATTRIBUTES), ("identity", IDENTITY)):
        if isinstance(values := instance.get(part), dict):
            found[part] = {name: values[name] for name in names & values.keys()}
    return found
