"""AWS Config's query language (SelectResourceConfig): what is documented, without counting and sorting.

A subset of SQL's SELECT over the current state of each resource. A condition on a property that has several
values (tags, lists) holds where any of them fits, whichever: ``tags.key = 'a' AND tags.value = 'b'`` is true
where one tag has the key and another the value.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from iacwatch.core.model import Json
from iacwatch.demo.fake.wire import ApiError

_LONGEST = 4096
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^']*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|[=<>(),*]))"
)
_NO_NAMES = frozenset(
    (
        *("JOIN", "AS", "DISTINCT", "FROM", "HAVING", "UNION", "LIMIT"),
        *("SELECT", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "BETWEEN"),
    )
)
"""Words that are not a property's name; those of the first row the language has not at all."""

_SCALARS = (
    "accountId",
    "arn",
    "availabilityZone",
    "awsRegion",
    "configurationItemCaptureTime",
    "configurationItemStatus",
    "configurationStateId",
    "resourceCreationTime",
    "resourceId",
    "resourceName",
    "resourceType",
    "version",
)
_TREES = ("configuration", "supplementaryConfiguration", "relationships", "tags")
_COMPARE: Mapping[str, Callable[[Json, Json], bool]] = {
    "=": lambda value, wanted: bool(value == wanted),
    "<": lambda value, wanted: bool(value < wanted),
    "<=": lambda value, wanted: bool(value <= wanted),
    ">": lambda value, wanted: bool(value > wanted),
    ">=": lambda value, wanted: bool(value >= wanted),
}

State = Mapping[str, Json]
Condition = Callable[[State], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One query, understood. `timed`: it has a condition on the capture time."""

    columns: tuple[str, ...]
    holds: Condition
    timed: bool = False

    def rows(self, states: Iterator[State]) -> list[Json]:
        """Return the rows of the answer."""
        return [self._row(state) for state in states if self.holds(state)]

    def _row(self, state: State) -> Json:
        columns = [name for name in _SCALARS if name in state] if self.columns == ("*",) else self.columns
        row: dict[str, Json] = {}
        for name in columns:
            _put(row, name.split("."), _part(state, name.split(".")))
        return row


def understood(expression: Json) -> Query:
    """Read an expression; raise `ApiError` where the service would refuse it."""
    if not isinstance(expression, str) or not 1 <= len(expression) <= _LONGEST:
        raise ApiError("ValidationException", "Member must have length less than or equal to 4096")
    return _Parser(expression).query()


def values(state: State, name: str) -> list[Json]:
    """Return every value that a property has: lists are looked through."""
    found = _part(state, name.split("."))
    if found is None:
        return []
    return [each for each in found if each is not None] if isinstance(found, list) else [found]


class _Parser:
    def __init__(self, expression: str) -> None:
        self._tokens = list(_tokens(expression))
        self._at = 0
        self._timed = False

    def query(self) -> Query:
        self._word("SELECT")
        columns = ("*",) if self._take("*") else self._names()
        holds: Condition = self._either() if self._take_word("WHERE") else _always
        if self._at < len(self._tokens):
            raise _invalid(self._tokens[self._at][1])
        return Query(columns=columns, holds=holds, timed=self._timed)

    def _names(self) -> tuple[str, ...]:
        names = [self._name()]
        while self._take(","):
            names.append(self._name())
        return tuple(names)

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._take_word("OR"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda state: any(part(state) for part in parts)

    def _both(self) -> Condition:
        parts = [self._one()]
        while self._take_word("AND"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda state: all(part(state) for part in parts)

    def _one(self) -> Condition:
        if self._take_word("NOT"):
            inner = self._one()
            return lambda state: not inner(state)
        if self._take("("):
            inner = self._either()
            self._expect(")")
            return inner
        name = self._name()
        self._timed = self._timed or name == "configurationItemCaptureTime"
        if self._take_word("NOT"):
            self._word("IN")
            listed = self._listed(name)
            return lambda state: not listed(state)
        return self._compared(name)

    def _listed(self, name: str) -> Condition:
        self._expect("(")
        wanted = [self._literal()]
        while self._take(","):
            wanted.append(self._literal())
        self._expect(")")
        return _any_value(name, lambda value: value in wanted)

    def _compared(self, name: str) -> Condition:
        if self._take_word("IN"):
            return self._listed(name)
        if self._take_word("LIKE"):
            return _any_value(name, _like(self._literal()))
        if self._take_word("BETWEEN"):
            low = self._literal()
            self._word("AND")
            high = self._literal()
            return _any_value(name, lambda value: low <= value <= high)
        kind, sign = self._next()
        if kind != "sign" or sign not in _COMPARE:
            raise _invalid(sign)
        compare, literal = _COMPARE[sign], self._literal()
        return _any_value(name, lambda value: compare(value, literal))

    def _name(self) -> str:
        kind, text = self._next()
        if kind != "word" or text.upper() in _NO_NAMES:
            raise _invalid(text)
        head, _, tail = text.partition(".")
        if (text not in _SCALARS) and not (head in _TREES and (tail or head == "tags")):
            raise _invalid(text)
        if head == "tags" and tail not in {"", "key", "value", "tag"}:
            raise _invalid(text)
        return text

    def _literal(self) -> Json:
        kind, text = self._next()
        if kind == "text":
            return text[1:-1]
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "word" and text.lower() in {"true", "false"}:
            return text.lower() == "true"
        raise _invalid(text)

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise _invalid("the end")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, sign: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == ("sign", sign):
            self._at += 1
            return True
        return False

    def _take_word(self, word: str) -> bool:
        if self._at < len(self._tokens):
            kind, text = self._tokens[self._at]
            if kind == "word" and text.upper() == word:
                self._at += 1
                return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise _invalid(sign)

    def _word(self, word: str) -> None:
        if not self._take_word(word):
            raise _invalid(word)


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    at = 0
    while expression[at:].strip():
        match = _TOKEN.match(expression, at)
        if match is None or match.lastgroup is None:
            raise _invalid(expression[at : at + 20])
        yield match.lastgroup, match[match.lastgroup]
        at = match.end()


def _like(pattern: Json) -> Callable[[Json], bool]:
    if not isinstance(pattern, str) or not re.fullmatch(r"[^%_]{3,}%", pattern):
        raise _invalid("LIKE takes a beginning of three or more characters, and % at its end only")
    return lambda value: isinstance(value, str) and value.startswith(pattern[:-1])


def _always(_state: State) -> bool:
    return True


def _any_value(name: str, fits: Callable[[Json], bool]) -> Condition:
    def holds(state: State) -> bool:
        for value in values(state, name):
            try:
                if fits(value):
                    return True
            except TypeError:  # a text beside a number: it does not fit
                continue
        return False

    return holds


def _part(value: Json, keys: list[str]) -> Json:
    for place, key in enumerate(keys):
        if isinstance(value, list):
            return [_part(each, keys[place:]) for each in value]
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _put(row: dict[str, Json], keys: list[str], value: Json) -> None:
    if value is None:
        return
    for key in keys[:-1]:
        row = row.setdefault(key, {})
    row[keys[-1]] = value


def _invalid(what: str) -> ApiError:
    return ApiError("InvalidExpressionException", f"The expression is not valid near: {what}")
