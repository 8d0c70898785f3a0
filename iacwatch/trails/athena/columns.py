"""Which columns a query of CloudTrail's table asks for, and how its rows become records again.

Each field is asked for by its own name, since older engines forget a struct's names when they make JSON of
it. JSON that a column holds as text is read here: what cannot be is an error, never a call without names.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from iacwatch.aws.cloudtrail_table import ARRAY, NEEDED, STRUCT, WANTED, CloudTrailTable, HiveType
from iacwatch.core.model import Json
from iacwatch.core.parse.json_values import loads

_RESOURCE: Final = ("ARN", "accountId", "type")
_JSON: Final = frozenset(
    {
        *("requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "resources"),
        "errorCode",
    }
)
_PLAIN: Final = frozenset({"boolean", "int", "bigint"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the answer: its alias, the SQL that makes it, where it belongs in a record.

    `json`: an object or a list comes as JSON text. (A user agent may begin with a bracket, too.)
    """

    alias: str
    sql: str
    path: tuple[str, ...]
    json: bool = False


def columns(table: CloudTrailTable) -> tuple[Column, ...]:
    """Return the columns to ask for: of what is declared, all that a record is read for."""
    found: dict[tuple[str, ...], Column] = {}
    for name in (*NEEDED, *WANTED):
        at = table.found(name)
        if at is None:
            continue
        path = tuple(name.split(".")[: at[0]])
        if (sql := _sql(path, at[1])) is not None and path not in found:
            json = not at[1].text or name in _JSON or len(path) < name.count(".") + 1
            found[path] = Column(alias="_".join(path).lower(), sql=sql, path=path, json=json)
    return tuple(found.values())


def _sql(path: Sequence[str], shape: HiveType) -> str | None:
    """Return the SQL for a field, as text; None where it cannot be had so."""
    name = quoted(*path)
    if shape.text:
        return name
    if shape.kind in _PLAIN:
        return f"CAST({name} AS varchar)"
    if shape.kind == ARRAY and shape.of is not None and shape.of.kind == STRUCT:
        known = [each for each in _RESOURCE if each.lower() in shape.of.members]
        if not known:
            return None
        keys = ", ".join(f"'{each}'" for each in known)
        fields = ", ".join(f"CAST(r.{quoted(each)} AS varchar)" for each in known)
        return f"json_format(CAST(transform({name}, r -> MAP(ARRAY[{keys}], ARRAY[{fields}])) AS JSON))"
    return None if shape.kind == STRUCT else f"json_format(CAST({name} AS JSON))"


def searched(table: CloudTrailTable) -> str:
    """Return the SQL for the text in which a record names what it concerns."""
    parts = []
    names = ("eventSource", "eventName", "requestParameters", "responseElements")
    for name in (*names, "serviceEventDetails", "additionalEventData", "resources"):
        at = table.found(name)
        if at is None:
            continue
        if at[1].text:
            parts.append(f"coalesce({quoted(name)}, '')")
        elif sql := _sql((name,), at[1]):
            parts.append(f"coalesce({sql}, '')")
    return f"concat({', '.join(_spaced(parts))})"


def _spaced(parts: Sequence[str]) -> Iterator[str]:
    for number, part in enumerate(parts):
        if number:
            yield "' '"
        yield part


def quoted(*names: str) -> str:
    """Return the name of a field as SQL takes it."""
    return ".".join('"' + name.lower().replace('"', '""') + '"' for name in names)


def record(columns: Sequence[Column], row: Sequence[str | None]) -> dict[str, Json]:
    """Return the record that a row is of; raise `ParseError` where a field's JSON cannot be read."""
    document: dict[str, Json] = {}
    for column, value in zip(columns, row, strict=True):
        if value is None or (column.json and value == "null"):
            continue
        read = column.json and value[:1] in {"{", "["}
        _put(document, column.path, loads(value, column.alias) if read else value)
    return document


def _put(document: dict[str, Any], path: Sequence[str], value: Json) -> None:
    for name in path[:-1]:
        document = document.setdefault(name, {})
    document[path[-1]] = value


def text(row: Sequence[str | None]) -> str:
    """Return all that a row holds as one text."""
    return "\n".join(value for value in row if value)


def cell(columns: Sequence[Column], row: Sequence[str | None], name: str) -> str:
    """Return one field of a row; "" where it is not there."""
    for column, value in zip(columns, row, strict=True):
        if column.path == (name,):
            return value or ""
    return ""


def category(document: Mapping[str, Json]) -> str | None:
    """Return the category of an event, where a table declares no such column; None: of management."""
    if document.get("eventType") == "AwsVpceEvent":
        return "NetworkActivity"
    data = DATA_EVENTS.get(str(document.get("eventSource")), frozenset())
    return "Data" if document.get("eventName") in data else None


# Calls on what lies in a bucket, a queue or a table, which event history never holds. Where a table does not
# say of which category an event is, such a call must not pass for a change of the bucket itself.
DATA_EVENTS: Final[Mapping[str, frozenset[str]]] = {
    "s3.amazonaws.com": frozenset(
        {
            *("PutObject", "DeleteObject", "DeleteObjects", "CopyObject", "PostObject", "RestoreObject"),
            *("PutObjectAcl", "PutObjectTagging", "DeleteObjectTagging", "PutObjectLegalHold"),
            *("PutObjectRetention", "PutObjectLockLegalHold", "PutObjectLockRetention", "UploadPart"),
            *("UploadPartCopy", "CreateMultipartUpload", "CompleteMultipartUpload", "AbortMultipartUpload"),
            *("SelectObjectContent", "WriteGetObjectResponse", "RenameObject", "UpdateObjectEncryption"),
        }
    ),
    "dynamodb.amazonaws.com": frozenset(
        {
            *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"),
            *("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"),
        }
    ),
    "lambda.amazonaws.com": frozenset({"Invoke", "InvokeExecution", "InvokeFunctionUrl"}),
    "sqs.amazonaws.com": frozenset(
        {
            *("SendMessage", "SendMessageBatch", "ReceiveMessage", "DeleteMessage", "DeleteMessageBatch"),
            *("ChangeMessageVisibility", "ChangeMessageVisibilityBatch"),
        }
    ),
    "sns.amazonaws.com": frozenset({"Publish", "PublishBatch"}),
    "kinesis.amazonaws.com": frozenset({"PutRecord", "PutRecords"}),
    "events.amazonaws.com": frozenset({"PutEvents"}),
}
