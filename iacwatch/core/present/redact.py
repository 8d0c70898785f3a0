"""Redacts what no report may show: environment variables, user data, passwords, tokens, keys.

Secrets are looked for wherever they sit, since the diff of a deletion holds the whole configuration. Names
of variables stay, their values do not.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from iacwatch.core.catalog.services import service_of
from iacwatch.core.globs import any_matches
from iacwatch.core.model import Change, Json, PropertyChange
from iacwatch.core.parse.json_values import loads
from iacwatch.core.present.sensitive import holds_environment, holds_secret, is_about, is_arn, is_secret
from iacwatch.errors import ParseError

REDACTED: Final = "(redacted)"
LONGEST_VALUE: Final = 32_000
"""How many characters of JSON one value may have in a report."""

_CUT: Final = re.compile(r"… \(cut, [0-9]{1,12} characters\)\Z")
"""What follows the beginning of a value that was cut already."""

_LONGEST_TEXT: Final = 1_000_000
_MOST_TEXTS_IN_TEXTS: Final = 2
_NAMES: Final = frozenset(
    {"name", "key", "optionname", "parametername", "parameterkey", "headername", "tagkey", "variablename"}
)
_VARIABLES: Final = "aws:elasticbeanstalk:application:environment"
_TOP: Final = frozenset({"configuration", "supplementaryconfiguration", "relationships", "tags"})


class _Mode(Enum):
    """What is known of a value from the names that lead to it."""

    OPEN = auto()
    SECRET = auto()
    """Below a name that holds a secret: redacted, except what only describes the secret."""
    VARIABLES = auto()
    """Environment variables: every value is redacted."""


@dataclass(frozen=True, slots=True)
class _Rules:
    globs: tuple[str, ...]
    resource_type: str


def redacted(change: Change, globs: Sequence[str] = ()) -> tuple[PropertyChange, ...]:
    """Return a change's diff with every secret value replaced by "(redacted)".

    `globs` are further property paths to redact, with everything below them; case does not count, since
    Config capitalises the keys of a path, and list indices may be left out.
    """
    lowered = tuple(pattern for glob in globs for pattern in (glob.lower(), f"{glob.lower()}.*"))
    rules = _Rules(lowered, change.resource.type)
    return tuple(_entry(entry, rules) for entry in change.diff or ())


def bounded(value: Json) -> Json:
    """Return a value, or, where it is longer than 32,000 characters of JSON, the text of its beginning."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if len(text) <= LONGEST_VALUE or _CUT.match(text, LONGEST_VALUE):
        return value
    return f"{text[:LONGEST_VALUE]}… (cut, {len(text)} characters)"


def _entry(entry: PropertyChange, rules: _Rules) -> PropertyChange:
    if entry.path.lower().startswith("tags."):
        keys = ["Tags", entry.path[len("tags.") :]]
    else:
        keys = entry.path.split(".")
    return replace(
        entry,
        previous=_shown(entry.previous, keys, rules),
        updated=_shown(entry.updated, keys, rules),
    )


def _shown(value: Json, keys: Sequence[str], rules: _Rules) -> Json:
    """Return what may be shown of a value that stands at the end of a path."""
    mode, in_list, path = _Mode.OPEN, False, ""
    for index, key in enumerate(keys):
        last = index == len(keys) - 1
        in_list = key.isdigit()
        path = f"{path}.{key}" if path else key
        if not in_list and not (index == 0 and key.lower() in _TOP):
            container = not last or isinstance(value, Mapping | list | tuple)
            mode = _below(mode, key, rules, container=container)
    return _Walk(rules).value(value, mode, path, in_list=in_list)


def _below(mode: _Mode, key: str, rules: _Rules, *, container: bool) -> _Mode:
    """Return the mode of what a key leads to; a scalar called ``environment`` is not a list of variables."""
    if mode is _Mode.VARIABLES:
        return mode
    if container and holds_environment(key) and not _is_build(key, rules.resource_type):
        return _Mode.VARIABLES
    if holds_secret(key, container=container):
        return _Mode.SECRET
    return _Mode.SECRET if mode is _Mode.SECRET and not is_about(key) else _Mode.OPEN


def _is_build(key: str, resource_type: str) -> bool:
    """Return whether a key is CodeBuild's ``environment``, which holds image and size, too."""
    return service_of(resource_type).environment_is_build and key.lower() == "environment"


def _asks(values: Sequence[Json], index: int) -> bool:
    """Return whether a value is that of an option in a command written as a list: ``["--token", "..."]``."""
    option = values[index - 1] if index else None
    return isinstance(option, str) and option.startswith("-") and "=" not in option and holds_secret(option)


class _Walk:
    """One walk through a value; `texts` counts how many JSON texts it is inside of."""

    def __init__(self, rules: _Rules, texts: int = 0) -> None:
        self._rules = rules
        self._texts = texts

    def value(self, value: Json, mode: _Mode, path: str, *, in_list: bool = False) -> Json:
        if value is None or (isinstance(value, bool) and mode is not _Mode.VARIABLES):
            return REDACTED if value is not None and self._is_named(path) else value
        if self._is_named(path):
            return REDACTED
        if isinstance(value, Mapping):
            return self._mapping(value, mode, path, in_list=in_list)
        if isinstance(value, list | tuple):
            return [
                self.value(
                    each, _Mode.SECRET if _asks(value, index) else mode, f"{path}.{index}", in_list=True
                )
                for index, each in enumerate(value)
            ]
        if isinstance(value, str):
            return self._text(value, mode, path)
        return value if mode is _Mode.OPEN else REDACTED

    def _mapping(self, value: Mapping[str, Json], mode: _Mode, path: str, *, in_list: bool) -> Json:
        name = next((key for key in value if key.lower() in _NAMES and isinstance(value[key], str)), None)
        shown: dict[str, Json] = {}
        for key, each in value.items():
            below = _below(mode, key, self._rules, container=isinstance(each, Mapping | list | tuple))
            if in_list and key == name and mode is not _Mode.OPEN:
                below = _Mode.OPEN
            elif below is _Mode.OPEN and key.lower().endswith("value"):
                below = self._named_value(value, name)
            shown[key] = self.value(each, below, f"{path}.{key}")
        return shown

    def _named_value(self, pair: Mapping[str, Json], name: str | None) -> _Mode:
        """Return the mode of the value in a pair like ``{"name": "DB_PASSWORD", "value": ...}``."""
        if pair.get("namespace", pair.get("Namespace")) == _VARIABLES:
            return _Mode.VARIABLES
        return _Mode.SECRET if name is not None and holds_secret(pair[name]) else _Mode.OPEN

    def _text(self, text: str, mode: _Mode, path: str) -> str:
        if mode is _Mode.VARIABLES or (mode is _Mode.SECRET and not is_arn(text)):
            return REDACTED
        if text[:1] in {"{", "["} and self._texts < _MOST_TEXTS_IN_TEXTS and len(text) <= _LONGEST_TEXT:
            try:
                document = loads(text, "")
            except ParseError:
                pass
            else:
                shown = _Walk(self._rules, self._texts + 1).value(document, mode, path)
                return text if shown == document else json.dumps(shown)
        name = next((key for key in reversed(path.split(".")) if not key.isdigit()), "")
        return REDACTED if is_secret(text, name) else text

    def _is_named(self, path: str) -> bool:
        """Return whether the user's globs name a path, with or without its list indices."""
        if not self._rules.globs:
            return False
        lowered = path.lower()
        bare = ".".join(key for key in lowered.split(".") if not key.isdigit())
        return any_matches(self._rules.globs, [lowered, bare])
