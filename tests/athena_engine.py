"""A query engine for the tests' Athena: the statement is parsed as Athena's, checked, and run by DuckDB for real."""

import json
import tempfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

KNOWN = {
    *(
        "arrays_overlap",
        "regexp_extract_all",
        "regexp_like",
        "coalesce",
        "concat",
        "json_format",
        "transform",
    ),
    *("map", "array", "lower", "substr", "min", "max", "cast"),
}
"""Functions that Athena's engine has and that we mean to use."""

_SAME = {
    "regexplike": "regexp_like",
    "regexpextractall": "regexp_extract_all",
    "arrayoverlaps": "arrays_overlap",
}
_STRINGS = {"string", "varchar"}


class Refused(Exception):
    """What the engine says of a statement: the reason of a query that FAILED."""


class Table:
    """A declared table, and the rule by which records lie in its partitions.

    `keys` are partition keys with their types; `parted` gives a record's values for them, from the record and
    from when it was delivered. `holds` says which records lie at the table's place at all.
    """

    def __init__(self, columns, keys=None, properties=None, *, parted=None, holds=lambda _record: True):
        self.columns, self.properties, self.holds = columns, properties or {}, holds
        self.keys = {"timestamp": "string"} if keys is None else keys
        self.loaded = None  # DuckDB with the records of the last time, and how many those were
        self.parted = parted or (lambda _record, at: {"timestamp": f"{at:%Y/%m/%d}"})


def run(table, names, records, statement):
    """Return the header, the rows, and the bytes that were read; raise `Refused`."""
    try:
        tree = sqlglot.parse_one(statement, read="athena")
    except sqlglot.errors.ParseError as error:
        raise Refused(f"SYNTAX_ERROR: {error.errors[0]['description']}") from error
    _check(tree, table, names)
    base = _loaded(table, records)
    for each in tree.find_all(exp.Table):
        each.replace(exp.to_table("trail"))
    try:
        found = base.execute(tree.sql(dialect="duckdb"))
        header = [column[0] for column in found.description]
        rows = found.fetchall()
        scanned = base.execute(_scan(tree, table)).fetchone()[0] or 0
    except duckdb.Error as error:
        raise Refused(f"COLUMN_NOT_FOUND: {str(error).splitlines()[0]}") from error
    return header, [[None if cell is None else str(cell) for cell in row] for row in rows], int(scanned)


def _loaded(table, records):
    """Return a DuckDB that holds the records, as the table's SerDe gives them."""
    if table.loaded is None or table.loaded[1] != len(records):
        base = duckdb.connect(config={"threads": 1})
        base.execute("CREATE MACRO arrays_overlap(a, b) AS list_has_any(a, b)")
        with tempfile.TemporaryDirectory() as folder:
            _fill(base, table, records, Path(folder) / "rows.json")
        table.loaded = (base, len(records))
    return table.loaded[0]


def _check(tree, table, names):
    """Refuse what Athena's engine would, though DuckDB takes it."""
    if not isinstance(tree, exp.Select):
        raise Refused("NOT_SUPPORTED: only SELECT is expected here")
    (source,) = tree.find_all(exp.Table)
    if (source.db, source.name) != names:
        raise Refused(
            f"TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.{source.db}.{source.name}' does not exist"
        )
    types = {**table.columns, **table.keys}
    for call in tree.find_all(exp.Func):
        name = (call.name if isinstance(call, exp.Anonymous) else call.key).lower()
        name = _SAME.get(name, name)
        assert name in KNOWN or name in {"and", "or", "jsonformat", "varmap", "substring"}, (
            f"unknown function {name}"
        )
    for each in tree.find_all(exp.Column):
        top = (each.parts[0].name).lower()
        if top not in types and top != "r":
            raise Refused(f"COLUMN_NOT_FOUND: line 1:1: Column '{top}' cannot be resolved")
    for each in tree.find_all(exp.In, exp.EQ, exp.GTE, exp.LT, exp.LTE, exp.GT, exp.NEQ):
        _check_types(each, types)


def _check_types(comparison, types):
    """Refuse to compare text with a number: the engine casts nothing by itself."""
    column = comparison.this
    if not isinstance(column, exp.Column) or len(column.parts) > 1:
        return
    kind = types[column.name.lower()]
    values = comparison.expressions if isinstance(comparison, exp.In) else [comparison.expression]
    for value in values:
        if isinstance(value, exp.Literal) and value.is_string != (kind in _STRINGS):
            raise Refused(f"TYPE_MISMATCH: line 1:1: cannot compare {kind} with {value.sql()}")


def _scan(tree, table):
    """Return the statement for the size of what has to be read: only partitions are told apart before reading."""
    where = tree.args["where"].this
    parts = where.flatten() if isinstance(where, exp.And) else [where]
    keys = set(table.keys)
    pruning = [part for part in parts if {each.name.lower() for each in part.find_all(exp.Column)} <= keys]
    condition = exp.and_(*pruning).sql(dialect="duckdb") if pruning else "TRUE"
    return f"SELECT sum(_size) FROM trail WHERE {condition}"  # noqa: S608  (our own statement, taken apart)


def _fill(base, table, records, path):
    lines = []
    for record, delivered_at in records:
        if table.holds(record):
            row = {name: fit(lowered(record).get(name), kind) for name, kind in table.columns.items()}
            row |= {
                name: fit(value, table.keys[name])
                for name, value in table.parted(record, delivered_at).items()
            }
            lines.append(json.dumps({**row, "_size": len(json.dumps(record))}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    kinds = {**table.columns, **table.keys}
    columns = {name: _type(kind).sql(dialect="duckdb") for name, kind in kinds.items()} | {"_size": "BIGINT"}
    if lines:
        base.execute(
            "CREATE TABLE trail AS SELECT * FROM read_json(?, columns = $columns, format = 'newline_delimited',"
            " maximum_object_size = 100000000)".replace("$columns", _struct(columns)),
            [str(path)],
        )
    else:
        base.execute(
            f"CREATE TABLE trail ({', '.join(f'{_name(name)} {kind}' for name, kind in columns.items())})"
        )


def _struct(columns):
    return "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}"


def _name(name):
    return f'"{name}"'


@cache
def _type(kind):
    return exp.DataType.build(kind, dialect="hive")


def lowered(record):
    return {name.lower(): value for name, value in record.items()}


def fit(value, kind):
    """Return a value as the SerDe gives it: only what is declared, names in small letters, objects as text."""
    return _fit(value, _type(kind))


def _fit(value, kind):
    if value is None:
        return None
    match kind.this:
        case exp.DataType.Type.STRUCT:
            have = lowered(value) if isinstance(value, dict) else {}
            return {
                each.name.lower(): _fit(have.get(each.name.lower()), each.kind) for each in kind.expressions
            }
        case exp.DataType.Type.ARRAY:
            return [_fit(each, kind.expressions[0]) for each in value]
        case exp.DataType.Type.MAP:
            return {name: _fit(each, kind.expressions[1]) for name, each in value.items()}
        case exp.DataType.Type.INT | exp.DataType.Type.BIGINT:
            return int(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if isinstance(value, dict | list)
        else str(value)
    )


def delivered(record, delay=timedelta(minutes=5)):
    """Return when the log file with a record comes, if nothing else is said."""
    return datetime.fromisoformat(record["eventTime"]) + delay
