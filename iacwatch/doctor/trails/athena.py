"""Checks CloudTrail's table in Athena: is it there, what does it declare, and where do results go.

No query is made, since each costs money and writes its results.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from iacwatch.aws.cloudtrail_partitions import partitions
from iacwatch.aws.cloudtrail_table import CloudTrailTable, TableAddress, declared
from iacwatch.aws.errors import calling
from iacwatch.core.text import plain
from iacwatch.doctor.result import Result, broken, fail, may, ok, warn
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AccessDenied, AwsError, IacwatchError, ParseError

_PLACE: Final = re.compile(
    r"/AWSLogs/(?:o-[a-z0-9]+/)?(?P<account>\d{12})/CloudTrail/(?P<region>[a-z0-9-]+)/"
)
_ANEW: Final = "create the table again as `iacwatch help athena` shows (the records stay where they are)"
_GLUE: Final = re.compile(r"perform: (glue:\w{1,80})")


def judge_table(setup: Setup, table: TableAddress, home: str, *, drained: bool) -> Iterator[Result]:
    """Judge the table and the workgroup."""
    try:
        found = _table(setup, table)
    except (AwsError, ParseError) as error:
        yield _refused("trail", error, "check trail.athena_database, athena_table and athena_region", drained)
    else:
        yield ok(
            "trail",
            f"the table {table.name} exists in {table.region}; its freshness is not checked"
            ", since a query costs money",
        )
        yield _columns(found)
        yield _partitions(found)
        yield from _place(setup, found, home)
    try:
        group = _workgroup(setup, table)
    except AwsError as error:
        yield _refused("trail.workgroup", error, "check trail.athena_workgroup", drained)
    else:
        yield _results(setup, table, group)


def _table(setup: Setup, table: TableAddress) -> CloudTrailTable:
    with calling(table.reading, action="athena:GetTableMetadata"):
        answer: Mapping[str, Any] = setup.sessions.client("athena", region=table.region).get_table_metadata(
            CatalogName=table.catalog, DatabaseName=table.database, TableName=table.table
        )
    return declared(answer["TableMetadata"])


def _workgroup(setup: Setup, table: TableAddress) -> Mapping[str, Any]:
    with calling(f"cannot read the workgroup {table.workgroup}", action="athena:GetWorkGroup"):
        client = setup.sessions.client("athena", region=table.region)
        answer: Mapping[str, Any] = client.get_work_group(WorkGroup=table.workgroup)
    group: Mapping[str, Any] = answer["WorkGroup"]
    return group


def _refused(name: str, error: IacwatchError, mend: str, drained: bool) -> Result:
    if needed := _GLUE.search(error.message):
        error = AccessDenied(error.message, hint=f"grant {needed[1]}")
    if isinstance(error, AwsError) and error.code in {"MetadataException", "InvalidRequestException"}:
        return fail(name, error.message, mend)
    return broken(name, error) if isinstance(error, ParseError) else may(name, error, drained=drained)


def _columns(table: CloudTrailTable) -> Result:
    name = "trail.columns"
    if table.missing:
        return fail(
            name,
            f"the table does not declare {plain(', '.join(table.missing), 300)}: it cannot name anybody",
            f"check trail.athena_table, or {_ANEW}",
        )
    if table.lost:
        return warn(
            name,
            f"the table does not declare {plain(', '.join(table.lost), 300)}: what they hold is unknown, so"
            " a finding may name a role instead of the person or repository behind it",
            _ANEW,
        )
    return ok(name, "the table declares all columns that name people")


def _partitions(table: CloudTrailTable) -> Result:
    name = "trail.partitions"
    cut = partitions(table)
    if not cut.by_day:
        return warn(
            name, "the table has no partitions by day: each query reads all of it, and costs as much", _ANEW
        )
    if table.properties.get("projection.enabled", "").lower() != "true":
        return warn(
            name,
            "somebody must add the table's partitions day by day: a day without one names nobody",
            f"give it partition projection: {_ANEW}",
        )
    first = table.properties.get(f"projection.{cut.date.name if cut.date else ''}.range", "").partition(",")[
        0
    ]
    since = f"; its days begin at {plain(first, 40)}" if first else ""
    return ok(name, f"the table is partitioned by day, and new days are added by themselves{since}")


def _place(setup: Setup, table: CloudTrailTable, home: str) -> Iterator[Result]:
    """Judge the table's location: it may hold the records of a single account and region."""
    location = table.properties.get("storage.location.template") or table.properties.get("location", "")
    found = _PLACE.search(f"{location}/")
    if found is None:
        return
    region, mend = (
        found["region"],
        "make a table that has the region as a partition key, as `iacwatch help athena` shows",
    )
    if region != setup.region:
        yield fail(
            "trail.place", f"the table holds only the records of {region}, not of {setup.region}", mend
        )
    if region != home:
        yield warn(
            "trail.global",
            f"the table holds only the records of {region}; the calls of global services (IAM ...) are in"
            f" {home}",
            mend,
        )


def _results(setup: Setup, table: TableAddress, group: Mapping[str, Any]) -> Result:
    name, label = "trail.workgroup", f"the workgroup {table.workgroup}"
    if group.get("State") == "DISABLED":
        mend = setup.command(
            *("athena", "update-work-group", "--work-group", table.workgroup, "--state", "ENABLED"),
            region=table.region,
        )
        return fail(name, f"{label} is disabled: it runs no query", mend)
    settings = group.get("Configuration") or {}
    managed = (settings.get("ManagedQueryResultsConfiguration") or {}).get("Enabled")
    own = (settings.get("ResultConfiguration") or {}).get("OutputLocation")
    if not (managed or own or table.output):
        return fail(
            name,
            f"{label} has no place for results: Athena refuses every query",
            "set trail.athena_output to s3://bucket/prefix, or give the workgroup one",
        )
    if table.output and settings.get("EnforceWorkGroupConfiguration") and (managed or own):
        return warn(
            name,
            f"{label} enforces its own settings: trail.athena_output has no effect",
            "remove trail.athena_output",
        )
    where = "with Athena itself" if managed else plain(str(table.output or own), 200)
    return ok(name, f"{label} exists, and keeps results {where if managed else f'at {where}'}")
