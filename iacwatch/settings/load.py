"""The configuration: TOML, environment and options -> `Settings`, or a `ConfigError` that names the key.

An option counts before the environment, the environment before the file, the file before the default.
Nothing here reads a file or the environment: the caller hands both in.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, NoReturn

from iacwatch.errors import ConfigError
from iacwatch.settings.checks import problems
from iacwatch.settings.schema import ROOT, Settings
from iacwatch.settings.section import Key, Node, Rows, TomlTable
from iacwatch.settings.values import Wrong, shown

PREFIX: Final = "IACWATCH_"
OPTIONS: Final = (
    "IACWATCH_CONFIG",
    "IACWATCH_PROFILE",
    "IACWATCH_REGION",
    "IACWATCH_LOG_FORMAT",
    "IACWATCH_COLOR",
)
"""Environment names that are options of the command line, not keys of the configuration."""


class Given(NamedTuple):
    """A value that an option of the command line gives; `option` is how it is spelled there."""

    option: str
    value: Any


@dataclass(frozen=True, slots=True)
class File:
    """The text of a configuration file, and what to call it in an error."""

    name: str
    text: str


Path = tuple[str, ...]


def load(
    file: File | None = None,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, Given] | None = None,
) -> Settings:
    """Return the settings that a file, the environment and options (by dotted key) make together.

    Raise `ConfigError` on the first thing that is wrong: the key, where it was set, what it must be.
    """
    tree = _parsed(file) if file else {}
    reader = _Reader(file.name if file else "the configuration")
    for path, value, origin in (*_from_environment(environ or {}), *_from_options(overrides or {})):
        reader.put(tree, path, value, origin)
    settings: Settings = reader.read(ROOT, tree, ())
    for keys, problem, hint in problems(settings):
        origin = next((reader.origins[key] for key in keys if key in reader.origins), reader.file)
        raise ConfigError(f"{origin}: {problem}", hint=hint)
    return settings


class _Reader:
    """Reads a tree of plain values by the schema, and knows where each value came from."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.origins: dict[str, str] = {}

    def put(self, tree: dict[str, Any], path: Path, value: Any, origin: str) -> None:
        """Replace one key of the tree by what the environment or an option says."""
        for part in path[:-1]:
            inner = tree.get(part)
            if not isinstance(inner, dict):
                if inner is not None:
                    self.wrong((part,), f"a table ([{part}])", inner)
                inner = tree[part] = {}
            tree = inner
        tree[path[-1]] = value
        self.origins[".".join(path)] = origin

    def read(self, node: Node, value: Any, path: Path) -> Any:
        """Return what a value makes, by its place in the schema."""
        match node:
            case TomlTable():
                return self._table(node, value, path)
            case Rows(row):
                if not isinstance(value, list | tuple):
                    self.wrong(path, f"a list of tables ([[{'.'.join(path)}]])", value)
                *above, last = path
                return tuple(
                    self._table(row, entry, (*above, f"{last}[{index}]")) for index, entry in enumerate(value)
                )
            case Key(kind):
                try:
                    return kind.read(value)
                except Wrong as wrong:
                    value = value if wrong.value is None else wrong.value
                    self.wrong(path, str(wrong), value, at=wrong.at, hide=kind.secret)

    def _table(self, table: TomlTable, value: Any, path: Path) -> Any:
        if not isinstance(value, Mapping):
            self.wrong(path, f"a table ([{'.'.join(path)}])", value)
        for key in value:
            if key not in table.keys:
                name = ".".join((*path, str(key)))
                raise ConfigError(
                    f"{self._origin(path)}: there is no key {_name(name)}",
                    hint=_did_you_mean(_nearest(str(key), table, path)),
                )
        for key in table.keys:
            if key not in value and key not in table.defaults:
                raise ConfigError(
                    f"{self._origin(path)}: {'.'.join(path)} has no {key}", hint=f"give it a {key}"
                )
        return table.make(
            **{key: self.read(table.keys[key], entry, (*path, key)) for key, entry in value.items()}
        )

    def wrong(self, path: Path, must: str, value: Any, *, at: str = "", hide: bool = False) -> NoReturn:
        """Raise the error about a value, or the part `at` of it, that cannot be."""
        seen = "" if hide else f", not {shown(value)}"
        raise ConfigError(f"{self._origin(path)}: {_name('.'.join(path) + at)} must be {must}{seen}")

    def _origin(self, path: Path) -> str:
        """Return where a key, or the nearest table around it, was replaced; else the file."""
        for end in range(len(path), 0, -1):
            name = ".".join(path[:end])
            for candidate in (name, name.partition("[")[0]):
                if candidate in self.origins:
                    return self.origins[candidate]
        return self.file


def _parsed(file: File) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415  (20 ms that a run without a file need not spend)

    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file.name} is not valid TOML: {error}") from error
    except RecursionError:
        raise ConfigError(f"{file.name} is not valid TOML: it is nested too deeply") from None
    except ValueError:  # Python refuses integers of more than some thousand digits
        raise ConfigError(f"{file.name} is not valid TOML: it holds a number with too many digits") from None


def _from_options(overrides: Mapping[str, Given]) -> Iterator[tuple[Path, Any, str]]:
    for name, given in overrides.items():
        yield tuple(name.split(".")), given.value, given.option


def _from_environment(environ: Mapping[str, str]) -> Iterator[tuple[Path, Any, str]]:
    """Yield the keys that the environment sets; an unknown name is an error."""
    known = dict(_environment_names(ROOT, ()))
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name in OPTIONS:
            continue
        if name not in known:
            nearest = _closest(name, [*known, *OPTIONS])
            raise ConfigError(
                f"{name} in the environment is not a key of the configuration", hint=_did_you_mean(nearest)
            )
        path, node = known[name]
        yield path, _from_text(name, path, environ[name], node), name


def _from_text(name: str, path: Path, text: str, node: Key | Rows) -> Any:
    """Return the value of a variable: lists, tables and numbers are JSON, anything else is text."""
    if isinstance(node, Key) and not node.kind.json:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        example = '[{"...": "..."}]' if isinstance(node, Rows) else '["..."] or 1.5'
        raise ConfigError(f"{name}: {'.'.join(path)} must be JSON here, such as {example}") from error


def _environment_names(table: TomlTable, path: Path) -> Iterator[tuple[str, tuple[Path, Key | Rows]]]:
    for key, node in table.keys.items():
        here = (*path, key)
        if isinstance(node, TomlTable):
            yield from _environment_names(node, here)
        else:
            yield PREFIX + "__".join(here).upper(), (here, node)


def environment_names() -> tuple[str, ...]:
    """Return the name of every environment variable that sets a key."""
    return tuple(name for name, _ in _environment_names(ROOT, ()))


def _keys(table: TomlTable, path: Path) -> Iterator[str]:
    for key, node in table.keys.items():
        yield ".".join((*path, key))
        if isinstance(node, TomlTable):
            yield from _keys(node, (*path, key))
        elif isinstance(node, Rows):
            yield from _keys(node.row, (*path, key))


def keys() -> tuple[str, ...]:
    """Return every dotted key that there is, those of repeated tables too."""
    return tuple(_keys(ROOT, ()))


def _nearest(key: str, table: TomlTable, path: Path) -> str:
    """Return the known key that somebody may have meant, of this table or else of another."""
    plain = tuple(part.partition("[")[0] for part in path)
    if near := _closest(key, table.keys):
        return ".".join((*plain, near))
    everything = keys()
    elsewhere = [name for name in everything if name.rpartition(".")[2] == key]
    return elsewhere[0] if elsewhere else _closest(".".join((*plain, key)), everything)


def _closest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415  (only a mistake needs it)

    found: Sequence[str] = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


def _did_you_mean(nearest: str) -> str:
    return f"did you mean {nearest}?" if nearest else "config.example.toml lists every key"


def _name(name: str) -> str:
    """Return a key as an error may show it: keys of a file are text that somebody typed."""
    return name if name.isascii() and name.isprintable() and len(name) < 80 else shown(name)  # noqa: PLR2004  (a line)
