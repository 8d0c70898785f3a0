"""What Athena says when it cannot answer, and what to do about it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from iacwatch.aws.denials import denial
from iacwatch.core.text import plain
from iacwatch.errors import AccessDenied, AwsError

_LONGEST: Final = 600
_GLUE: Final = re.compile(r"perform: ((?:glue|lakeformation|s3|kms):[A-Za-z]{1,80})")
_PASSING: Final = re.compile(r"slow ?down|reduce your request rate|throttl|rate exceeded", re.IGNORECASE)
_MENDS: Final = {
    _PASSING.pattern: "S3 or Glue takes no more requests at the moment: run it again later",
    r"managed ?query ?results": (
        "leave trail.athena_output empty: this workgroup keeps its results with Athena itself"
    ),
    r"location provided to save your query results|not a valid s3 path|invalid.{0,20}output ?location": (
        "check trail.athena_output (or the workgroup's place for results): it must be s3://bucket/prefix,"
        " in the region of trail.athena_region"
    ),
    r"no output location": (
        "set trail.athena_output to s3://bucket/prefix, or give the workgroup a place for results"
    ),
    r"writing output|output bucket|output location": (
        "check trail.athena_output (or the workgroup's place for results), and grant s3:GetBucketLocation,"
        " s3:GetObject and s3:PutObject there, and kms:GenerateDataKey where a key of yours encrypts it"
    ),
    r"storage class|invalidobjectstate": (
        "restore those log files from Glacier, or ask for a range whose files are not archived"
    ),
    r"partition.{0,40}limit|potentially read more than|too many partitions": (
        "ask for a shorter range, or give the table partition projection by day"
    ),
    r"column_not_found|type_mismatch|cannot be resolved|syntax_error|invalid_cast|mismatched input": (
        "`iacwatch doctor` says what the table must declare; where it declares that, grant SELECT on all of"
        " its columns in Lake Formation"
    ),
    r"work ?group": "check trail.athena_workgroup: `aws athena list-work-groups` lists them",
    r"bytes scanned limit|exceeded.{0,40}limit": (
        "ask for a shorter range, or raise the workgroup's limit of bytes"
    ),
    r"exhausted resources|timed? ?out|too (?:many|complex)|max complexity|compiler failed": (
        "ask for a shorter range, and try again"
    ),
    r"access ?denied|not authorized|\b403\b|insufficient (?:permissions|lake)": (
        "grant s3:ListBucket and s3:GetObject on the trail's bucket, glue:GetTable, glue:GetDatabase and"
        " glue:GetPartitions, and kms:Decrypt where a key of yours encrypts it"
    ),
    r"table_not_found|schema_not_found|entity ?not ?found|does not exist|not found": (
        "check trail.athena_database, trail.athena_table and trail.athena_region"
    ),
    r"hive_(?:bad_data|cursor|cannot_open|invalid)|not a valid json": (
        "a file at the table's location does not match the table: check the location and the SerDe"
    ),
    r"projection|static equality": "no projection of the table may need a value from the query",
    r"internal": "try again",
}
"""What to do, by what stands in the reason; the first that fits."""


def passing(reason: str, error: Mapping[str, Any]) -> bool:
    """Return whether a failed query may succeed when it is asked again: Athena says so, or S3 was too busy.

    `error` is the query's ``AthenaError``.
    """
    return bool(error.get("Retryable")) or _PASSING.search(reason) is not None


def explained(doing: str, reason: str = "", *, error: AwsError | None = None) -> AwsError:
    """Return an error with what to do about it, by what Athena said (`reason`, or an error's own words)."""
    said = plain(reason, _LONGEST).rstrip(".") if error is None else error.message
    if error is not None and (error.hint or isinstance(error, AccessDenied)):
        return error
    if needed := _GLUE.search(said):
        hint = denial(said) or f"grant {needed[1]}"
        return AccessDenied(f"{doing}: AccessDenied on {needed[1]}", hint=hint)
    hint = next((mend for pattern, mend in _MENDS.items() if re.search(pattern, said, re.IGNORECASE)), "")
    message = said if error is not None else f"{doing} ({said})"
    return AwsError(message, hint=hint, code=error.code if error is not None else "")
