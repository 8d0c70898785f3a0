"""A state of Terraform or OpenTofu (format version 4), read into rows: ids and addresses, and no other value.

A state is full of secrets. What is no id is let go as it is read; errors hold none of a state's text.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from iacwatch.addresses.document import check_begin, check_version, cut
from iacwatch.addresses.rows import ATTRIBUTES, IDENTITY, INSTANCE, Get, RowBuilder, clean, nothing
from iacwatch.core.iac import StateHead, StateRows
from iacwatch.core.text import plain
from iacwatch.storage.json_walk import MISSING, BrokenJsonError, JsonWalk

_BEGIN: Final = 64
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
    return _WalkedState(pieces, plain(name, 300)).read(head)


class _WalkedState:
    """A state that is read resource by resource."""

    def __init__(self, pieces: Iterable[bytes], name: str) -> None:
        self._walk = JsonWalk(pieces)
        self._name = name
        self._builder = RowBuilder()
        self._header: dict[str, Any] = {}
        self._keys: set[str] = set()

    def read(self, head: StateHead) -> StateRows:
        check_begin(self._name, self._walk.begins(_BEGIN))
        whole = self._walked()
        check_version(self._name, self._keys, self._header.get("version"), whole=whole)
        serial, lineage = self._header.get("serial", 0), self._header.get("lineage", "")
        return completed(head, self._builder, serial, lineage, self._name)

    def _walked(self) -> bool:
        try:
            for key in self._walk.members():
                self._keys.add(key[:_BEGIN])
                if key in _HEADER:
                    self._header[key] = self._walk.value()
                elif key == "resources" and self._walk.ahead() != "n":  # of null, an empty list's other form
                    for _ in self._walk.items():
                        self._resource()
                else:
                    self._walk.skip()
            self._walk.end()
        except BrokenJsonError:
            return False
        return True

    def _resource(self) -> None:
        resource = self._walk.small()
        if resource is MISSING:
            resource = self._large()
        if isinstance(resource, dict):
            instances = resource.get("instances")
            self._builder.take(resource.get, map(_gets, instances if isinstance(instances, list) else ()))

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


def _gets(instance: Any) -> tuple[Get, Get, Get]:
    """Return what gives an instance's own values, its attributes and its identity."""
    if not isinstance(instance, dict):
        return nothing, nothing, nothing
    inner = (instance.get("attributes") or instance.get("attributes_flat"), instance.get("identity"))
    attributes, identity = (each.get if isinstance(each, dict) else nothing for each in inner)
    return instance.get, attributes, identity


def _reduced(instance: Any) -> dict[str, Any]:
    """Return an instance with nothing but what is read of it."""
    own, attributes, identity = _gets(instance)
    return {
        **{name: own(name) for name in INSTANCE},
        "attributes": {name: attributes(name) for name in ATTRIBUTES},
        "identity": {name: identity(name) for name in IDENTITY},
    }
