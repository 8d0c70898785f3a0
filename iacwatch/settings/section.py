"""What a section of the configuration is made of: keys, tables and repeated tables, each declared once.

A section is a frozen dataclass whose fields carry all that is known of them::

    @section
    class Queue:
        url: str = key(URL, "the SQS queue of changes", default="", example="https://...")

`TomlTable.of` reads that back; the loader, `config.example.toml` and the manual go by it.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, Final, TypeAlias, TypeVar, dataclass_transform

from iacwatch.settings.kinds import Kind

T = TypeVar("T")
_DECLARED: Final = "setting"


@dataclass(frozen=True, slots=True)
class Key:
    """One setting. `help` is a clause of Markdown without a full stop; `example` as the file writes it."""

    kind: Kind
    help: str
    example: Any = None


@dataclass(frozen=True, slots=True)
class TomlTable:
    """A table of the file: what it makes, its keys by name, and those of them that have no default."""

    make: Callable[..., Any]
    help: str
    keys: "Mapping[str, Node]"
    defaults: Mapping[str, Any]

    @classmethod
    def of(cls, make: type, about: str, keys: "Mapping[str, Key] | None" = None) -> "TomlTable":
        """Return the table that makes a dataclass; its fields carry their keys, unless `keys` does."""
        known = {each.name: each for each in fields(make)}
        declared = keys or {name: each.metadata[_DECLARED] for name, each in known.items()}
        defaults = {name: _default(known[name]) for name in declared}
        return cls(make, about, declared, {name: one for name, one in defaults.items() if one is not MISSING})


def _default(of: Field[Any]) -> Any:
    return of.default if of.default_factory is MISSING else of.default_factory()


@dataclass(frozen=True, slots=True)
class Rows:
    """A table that may be repeated (``[[workflow]]``), and a row of it as an example."""

    row: TomlTable
    example: Mapping[str, Any]


Node: TypeAlias = Key | TomlTable | Rows


def key(kind: Kind, about: str, *, default: Any = MISSING, example: Any = None) -> Any:
    """Declare a key of a section: how it is read, its help, its default and an example.

    A key without a default has to be given. A secret is left out of the section's `repr`.
    """
    metadata = {_DECLARED: Key(kind, about, example)}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata, repr=not kind.secret)


def table(about: str, *, default_factory: type[T], keys: Mapping[str, Key] | None = None) -> T:
    """Declare a section of the file, and what it is for."""
    made: T = field(
        default_factory=default_factory, metadata={_DECLARED: TomlTable.of(default_factory, about, keys)}
    )
    return made


def rows(row: TomlTable, *, default: tuple[T, ...], example: Mapping[str, Any]) -> tuple[T, ...]:
    """Declare a table that may be repeated."""
    made: tuple[T, ...] = field(default=default, metadata={_DECLARED: Rows(row, example)})
    return made


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(key, table, rows))
def section(cls: type[T]) -> type[T]:
    """Make a class whose fields are declared by `key`, `table` and `rows` a frozen dataclass."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)
