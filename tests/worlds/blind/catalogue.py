"""The one catalogue of kinds: every resource type that a world knows, with the calls on it."""

from importlib import import_module
from pkgutil import iter_modules

from tests.worlds.blind import builders, messages, types
from tests.worlds.blind.row import Row

FILES = (
    builders,
    messages,
    *(import_module(f"{types.__name__}.{file.name}") for file in iter_modules(types.__path__)),
)


def catalogue() -> dict[str, Row]:
    """Return the rows by name."""
    return {name: made for file in FILES for name, made in vars(file).items() if isinstance(made, Row)}
