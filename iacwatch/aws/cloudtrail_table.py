"""CloudTrail's table as a data catalog declares it: what of a record can be had from it, and what is lost.

The table is the user's own, made by one of AWS's statements of some year or by another. A field that is not
declared there cannot be selected, so the declaration decides. Names are in small letters, as Hive has them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from iacwatch.errors import ParseError

STRING: Final = "string"
STRUCT: Final = "struct"
ARRAY: Final = "array"
MAP: Final = "map"
_TEXTS: Final = ("string", "varchar", "char")
_DEEPEST: Final = 20
_LONGEST: Final = 16_384

NEEDED: Final = (
    *("eventID", "eventName", "eventSource", "eventTime", "eventType", "awsRegion", "recipientAccountId"),
    *("readOnly", "errorCode", "sourceIPAddress", "userAgent", "requestParameters", "responseElements"),
    *("userIdentity.type", "userIdentity.principalId", "userIdentity.arn", "userIdentity.accountId"),
    *("userIdentity.invokedBy", "userIdentity.userName", "userIdentity.sessionContext.sessionIssuer.arn"),
)
"""What nobody can be named without."""

WANTED: Final = (
    *("errorMessage", "additionalEventData", "serviceEventDetails", "sharedEventID", "resources"),
    *("sessionCredentialFromConsole", "eventCategory", "managementEvent"),
    *("userIdentity.accessKeyId", "userIdentity.identityProvider", "userIdentity.onBehalfOf.userId"),
    *("userIdentity.inScopeOf.issuerType", "userIdentity.sessionContext.assumedRoot"),
    *("userIdentity.sessionContext.sourceIdentity", "userIdentity.sessionContext.ec2RoleDelivery"),
    *(f"userIdentity.sessionContext.sessionIssuer.{name}" for name in ("type", "accountId", "userName")),
    "userIdentity.sessionContext.attributes.creationDate",
    "userIdentity.sessionContext.webIdFederationData.federatedProvider",
    "userIdentity.sessionContext.webIdFederationData.attributes",
)
"""What makes a name, or the way to it, better known."""

_MATTER: Final = (
    *("userIdentity.sessionContext.sourceIdentity", "userIdentity.sessionContext.webIdFederationData"),
    *("userIdentity.inScopeOf.issuerType", "userIdentity.onBehalfOf.userId", "sessionCredentialFromConsole"),
    *("serviceEventDetails", "resources"),
)
"""Those whose loss is reported: it can leave a role's name where a person's or a repository's should be."""

_CATEGORY: Final = ("eventCategory", "managementEvent")
_TEXT_COLUMNS: Final = frozenset({"eventTime", "errorCode", "awsRegion", "recipientAccountId", "eventID"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAddress:
    """Which table to ask, as ``[trail]`` says. `output` "": the workgroup's; `region` "": our own."""

    database: str
    table: str
    workgroup: str = "primary"
    output: str = ""
    region: str = ""
    catalog: str = "AwsDataCatalog"

    @property
    def name(self) -> str:
        """Return the table as people name it."""
        return f"{self.database}.{self.table}"

    @property
    def source(self) -> str:
        """Return the table as a statement names it."""
        return f'"{self.database}"."{self.table}"'

    @property
    def reading(self) -> str:
        """Begin the sentence about a declaration that could not be read."""
        return f"cannot read what the table {self.name} is declared as"


@dataclass(frozen=True, slots=True, kw_only=True)
class HiveType:
    """A Hive type: `kind` is ``string``, ``struct``, ``array``, ``map`` or another word.

    `members` are a struct's, `of` is what an array or a map holds.
    """

    kind: str
    members: Mapping[str, "HiveType"] = field(default_factory=dict)
    of: "HiveType | None" = None

    @property
    def text(self) -> bool:
        """Return whether it holds text."""
        return self.kind in _TEXTS


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudTrailTable:
    """A table: its columns, its partition keys, and its properties (``projection.enabled`` ...)."""

    columns: Mapping[str, HiveType]
    keys: Mapping[str, HiveType] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)

    def found(self, path: str) -> tuple[int, HiveType] | None:
        """Return how many parts of a record's path are columns and members, and what stands there.

        That is less than the whole path where JSON text, or a map, holds the rest; None: not declared.
        """
        names = path.lower().split(".")
        shape = self.columns.get(names[0])
        for depth, name in enumerate(names[1:], 1):
            if shape is None:
                return None
            if shape.kind != STRUCT:
                return (depth, shape) if shape.text or shape.kind == MAP else None
            shape = shape.members.get(name)
        return None if shape is None else (len(names), shape)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the columns that are needed and not declared, or not as text; none: it can be asked."""
        return tuple(path.lower() for path in NEEDED if not self._usable(path))

    @property
    def lost(self) -> tuple[str, ...]:
        """Return the fields that matter and that nobody can learn from this table."""
        lost = [path.lower() for path in _MATTER if self.found(path) is None]
        return (*lost, *(() if self.separates_data_events else ("eventcategory",)))

    @property
    def separates_data_events(self) -> bool:
        """Return whether it separates data events (an object was put) from management events."""
        return any(self.found(path) for path in _CATEGORY)

    def _usable(self, path: str) -> bool:
        found = self.found(path)
        return found is not None and (path not in _TEXT_COLUMNS or found[1].text)


def declared(metadata: Mapping[str, Any]) -> CloudTrailTable:
    """Return a table from what the catalog says of it (GetTableMetadata's answer); raise `ParseError`."""
    return CloudTrailTable(
        columns=_shapes(metadata.get("Columns", ())),
        keys=_shapes(metadata.get("PartitionKeys", ())),
        properties=dict(metadata.get("Parameters", {})),
    )


def _shapes(columns: Sequence[Mapping[str, str]]) -> dict[str, HiveType]:
    return {each["Name"].lower(): shape(each.get("Type", STRING)) for each in columns}


def shape(text: str) -> HiveType:
    """Return what a Hive type such as ``struct<arn:string,tags:map<string,string>>`` says.

    Raises `ParseError`.
    """
    if len(text) > _LONGEST:
        raise ParseError("a column's type is too long")
    tokens = _Tokens(text)
    found = tokens.type(0)
    if tokens.left:
        raise ParseError("a column's type cannot be read")
    return found


class _Tokens:
    """A type's words and signs, one after the other."""

    def __init__(self, text: str) -> None:
        self._parts = list(_split(text.lower()))
        self._at = 0

    @property
    def left(self) -> bool:
        return self._at < len(self._parts)

    def type(self, depth: int) -> HiveType:
        if depth > _DEEPEST:
            raise ParseError("a column's type is nested too deeply")
        kind = self._take()
        if not kind[:1].isalpha():
            raise ParseError("a column's type cannot be read")
        if not self._next("<"):
            return HiveType(kind=kind.partition("(")[0])
        if kind == STRUCT:
            return HiveType(kind=kind, members=self._members(depth))
        of = self.type(depth + 1)
        while self._next(","):
            of = self.type(depth + 1)
        self._must(">")
        return HiveType(kind=kind, of=of)

    def _members(self, depth: int) -> dict[str, HiveType]:
        members = {}
        while not self._next(">"):
            name = self._take().strip("`")
            self._must(":")
            members[name] = self.type(depth + 1)
            if not self._next(","):
                self._must(">")
                break
        return members

    def _take(self) -> str:
        if not self.left:
            raise ParseError("a column's type is cut short")
        self._at += 1
        return self._parts[self._at - 1]

    def _next(self, sign: str) -> bool:
        if self.left and self._parts[self._at] == sign:
            self._at += 1
            return True
        return False

    def _must(self, sign: str) -> None:
        if not self._next(sign):
            raise ParseError("a column's type cannot be read")


def _split(text: str) -> Iterator[str]:
    """Yield words and the signs between them; what stands in round brackets belongs to its word."""
    word, inside = "", 0
    for letter in text:
        inside += (letter == "(") - (letter == ")")
        if letter in "<>:," and inside <= 0:
            if word.strip():
                yield word.strip()
            yield letter
            word = ""
        else:
            word += letter
    if word.strip():
        yield word.strip()
