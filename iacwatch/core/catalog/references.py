"""What somebody may mean by a resource's id, name or ARN, before anybody was asked.

Pure guesses: each is worth a call, and a wrong one costs no more than that.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from iacwatch.core.arn import ArnParts, arn_parts
from iacwatch.core.catalog.catalog import KNOWN, ROWS
from iacwatch.core.catalog.schema import TypeFacts
from iacwatch.core.text import plain
from iacwatch.errors import UsageError

LONGEST: Final = 1_024

_EC2_ID: Final = re.compile(r"([a-z]+(?:-[a-z]+)?)-[0-9a-f]{8,17}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One resource as somebody called it.

    `arn` is set where the text is one. `guesses` are (type, id) that it may be in AWS Config's own terms,
    `ids` and `names` what the resource may be called there, `types` those that it may be of (empty: any).
    """

    text: str
    arn: ArnParts | None = None
    guesses: tuple[tuple[str, str], ...] = ()
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


def reference(text: str) -> Reference:
    """Read what somebody calls a resource; raise `UsageError` where it can be no resource's name."""
    called = text.strip()
    if not called or len(called) > LONGEST or not called.isprintable() or "'" in called or "\\" in called:
        raise UsageError(
            f"{plain(called, 80) or 'an empty text'} is not an id, name or ARN that AWS Config can look up",
            hint="write it as the console shows it, such as sg-0a1b2c3d4e5f60718",
        )
    arn = arn_parts(called)
    if arn is None:
        guesses = tuple(_by_form(called))
        return Reference(
            text=called,
            guesses=guesses,
            ids=(called,),
            names=(called,),
            types=tuple(dict.fromkeys(kind for kind, _ in guesses)),
        )
    tail = re.split("[:/]", arn.resource)[-1]
    rest = re.split("[:/]", arn.resource, maxsplit=1)[-1]
    guesses = tuple(_by_arn(called, arn, tail, rest))
    types = tuple(kind for kind in KNOWN if arn.service in ROWS[kind].sources)
    word = re.split("[:/]", arn.resource)[0].replace("-", "").lower()
    types = tuple(kind for kind in types if kind.rpartition("::")[2].lower() == word) or types
    return Reference(
        text=called,
        arn=arn,
        guesses=guesses,
        ids=tuple(dict.fromkeys((called, rest, tail))),
        names=tuple(dict.fromkeys((rest, tail))),
        types=tuple(dict.fromkeys((*(kind for kind, _ in guesses), *types))),
    )


def _by_form(called: str) -> Iterator[tuple[str, str]]:
    prefixes, forms, _ = _tables()
    match = _EC2_ID.fullmatch(called)
    if match and match[1] in prefixes:
        yield prefixes[match[1]], called
    for pattern, kind in forms:
        if pattern.fullmatch(called):
            yield kind, called


def _by_arn(called: str, arn: ArnParts, tail: str, rest: str) -> Iterator[tuple[str, str]]:
    if arn.service == "ec2":
        yield from _by_form(tail)
    word = re.split("[:/]", arn.resource)[0]
    arns = _tables()[2]
    row = arns.get(f"{arn.service}:{word}") or arns.get(arn.service)
    if row is None:
        return
    match row.id_in_arn:
        case "whole":
            yield row.type, called
        case "resource":
            yield row.type, arn.resource
        case "tail":
            yield row.type, rest
        case "url":
            host = "amazonaws.com.cn" if arn.partition == "aws-cn" else "amazonaws.com"
            yield row.type, f"https://{arn.service}.{arn.region}.{host}/{arn.account_id}/{arn.resource}"


@cache
def _tables() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]], dict[str, TypeFacts]]:
    """Return the rows' types by how ids begin, by other forms of ids, and the rows by their ARNs."""
    rows = ROWS.values()
    forms = [(re.compile(form), row.type) for row in rows for form in row.id_forms]
    return {row.id_prefix: row.type for row in rows if row.id_prefix}, forms, {row.arn: row for row in rows}
