"""Makes JSON that nobody vouches for plain: as all envelopes would have it, and no deeper than is sane."""

import math
from collections.abc import Mapping
from datetime import datetime
from itertools import compress
from marshal import dumps
from operator import eq, is_
from types import NoneType
from typing import Any, Final

from iacwatch.core.model import Json
from iacwatch.core.parse.json_values import MOST_BITS, SURROGATE, shown, whole
from iacwatch.errors import ParseError

_MOST_LEVELS: Final = 100
"""How deep values may be nested; AWS's own stay below thirty."""

_MOST: Final = 1 << MOST_BITS
_LEAST: Final = -_MOST
_LISTS: Final = (list, tuple)
_NESTED: Final = (dict, Mapping, *_LISTS)  # the first is the fastest test
_BUILT_IN: Final = frozenset({dict, list})
_TAME: Final = frozenset({str, int, bool, NoneType, dict, list})
_UNSHARED: Final = 2
"""marshal's version that writes every value in full, however often it occurs."""


def same(old: Json, new: Json) -> bool:
    """Return whether two values are surely equal, by a fast test that overlooks equal ones in another form.

    By `==` alone, True is 1, wherever it stands.
    """
    if old is new:
        return True
    if type(old) is not type(new) or old != new:
        return False
    if not isinstance(old, _NESTED) or (type(old) is list and all(map(is_, old, new))):
        return True
    try:
        return spelled(old) == spelled(new)
    except ValueError:  # a type that is none of JSON's
        return False


def spelled(value: Any) -> bytes:
    """Return bytes that only equal values have, and most of these; raise `ValueError` where it is no JSON."""
    return dumps(value, _UNSHARED)


def plain(value: Json, name: str, like: Json = None) -> Json:
    """Return a JSON value as all envelopes would have it: the value itself where it is so already.

    Null members are left out, since EventBridge drops them; 16.0 is 16; half a surrogate pair, which no
    output could encode, becomes U+FFFD. What equals a part of `like`, which is plain, is taken from there, so
    that both need their memory once.
    """
    if like is not None and same(value, like):
        return like
    # Nearly all of AWS's values are plain but for nulls, and to look at each by itself costs the most.
    kinds = _kinds(value) if isinstance(value, _NESTED) else None
    if kinds is None:
        value = _made_plain(value, name, _MOST_LEVELS)
    elif NoneType in kinds:
        value = _without_nulls(value)
    return value if like is None else _shared(value, like)


def _shared(value: Json, like: Json) -> Json:
    if same(value, like):
        return like
    if type(value) is dict and type(like) is dict:
        return {
            key: _shared(each, like[key]) if type(each) in _BUILT_IN and key in like else each
            for key, each in value.items()
        }
    if type(value) is list and type(like) is list:
        alike = list(map(eq, value, like))
        if same(list(compress(value, alike)), list(compress(like, alike))):
            shared = zip(value, like, alike, strict=False)
            return [other if equal else each for each, other, equal in shared] + value[len(alike) :]
    return value


def _kinds(value: Json) -> set[type] | None:
    """Return the types that a nested value holds; None where more than nulls may keep it from being plain.

    Whole levels are looked at, by functions in C.
    """
    found: set[type] = set()
    texts: list[Any] = []
    level = [value]
    for _ in range(_MOST_LEVELS):
        members: list[Json] = []
        for each in level:
            if type(each) is dict:
                texts += each
                members += each.values()
            elif type(each) is list:
                members += each
            else:
                return None
        kinds = set(map(type, members))
        if not kinds <= _TAME:
            return None
        if int in kinds:
            numbers = [each for each in members if type(each) is int]
            if min(numbers) <= _LEAST or max(numbers) >= _MOST:
                return None
        found |= kinds
        texts += [each for each in members if type(each) is str]
        level = [each for each in members if type(each) in _BUILT_IN] if kinds & _BUILT_IN else []
        if not level:
            return found if _is_text(texts) else None
    return None


def _is_text(texts: list[Any]) -> bool:
    """Return whether some values are texts without half a surrogate pair."""
    try:
        joined = "".join(texts)
    except TypeError:
        return False
    return joined.isascii() or SURROGATE.search(joined) is None


def _without_nulls(value: Json) -> Json:
    """Return a value that is plain but for null members."""
    if type(value) is list:
        return [_without_nulls(each) if type(each) in _BUILT_IN else each for each in value]
    return {
        key: _without_nulls(each) if type(each) in _BUILT_IN else each
        for key, each in value.items()
        if each is not None
    }


def _made_plain(value: Json, name: str, levels: int) -> Json:
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, _NESTED):
        if levels <= 0:
            raise ParseError(f"{name} is nested too deeply")
        if isinstance(value, _LISTS):
            return [_made_plain(each, name, levels - 1) for each in value]
        return _members(value, name, levels - 1)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return _number(value, name)
    if isinstance(value, datetime):
        return value.isoformat()
    raise ParseError(f"{name} holds {shown(value)}, which JSON does not know")


def _number(value: float, name: str) -> int | float:
    if isinstance(value, int):
        if value.bit_length() > MOST_BITS:
            raise ParseError(f"{name} holds a number beyond all bounds")
        return value
    if not math.isfinite(value):
        raise ParseError(f"{name} holds a number that is none")
    return int(value) if value.is_integer() else value


def _members(value: Mapping[Json, Json], name: str, levels: int) -> Mapping[str, Json]:
    found: dict[str, Json] = {}
    for key, each in value.items():
        if not isinstance(key, str):
            raise ParseError(f"{name} has a key that is not text")
        if each is not None:
            found[whole(key)] = _made_plain(each, name, levels)
    return found
