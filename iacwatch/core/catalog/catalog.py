"""What is known of each resource type: its row, completed by what its name suggests; all rows, joined."""

import re
from functools import lru_cache
from typing import Final, Literal

from iacwatch.core.catalog.apps import ROWS as APPS
from iacwatch.core.catalog.compute import ROWS as COMPUTE
from iacwatch.core.catalog.databases import ROWS as DATABASES
from iacwatch.core.catalog.derived import completed
from iacwatch.core.catalog.ec2 import ROWS as EC2
from iacwatch.core.catalog.edge import ROWS as EDGE
from iacwatch.core.catalog.generated import from_models, joined
from iacwatch.core.catalog.identity import ROWS as IDENTITY
from iacwatch.core.catalog.messaging import ROWS as MESSAGING
from iacwatch.core.catalog.operations import ROWS as OPERATIONS
from iacwatch.core.catalog.rds import ROWS as RDS
from iacwatch.core.catalog.schema import TypeFacts
from iacwatch.core.catalog.storage import ROWS as STORAGE
from iacwatch.core.catalog.streams import ROWS as STREAMS
from iacwatch.core.catalog.vpc import ROWS as VPC
from iacwatch.core.text import plain

ROWS: Final[dict[str, TypeFacts]] = {
    row.type: row
    for rows in (
        *(APPS, COMPUTE, DATABASES, EC2, EDGE, IDENTITY),
        *(MESSAGING, OPERATIONS, RDS, STORAGE, STREAMS, VPC),
    )
    for row in rows
}
"""The rows as they are written, by type; `facts_of` completes them."""

KNOWN: Final = tuple(sorted(row.type for row in ROWS.values() if not row.derived))
"""Types whose calls are known, and not derived from their names."""

JUDGES: Final = tuple(sorted(row.type for row in ROWS.values() if row.judges_others))
"""Types by which Config records what it thinks of other resources."""

_WORD: Final = re.compile(r"[A-Z]+[0-9]*(?![a-z0-9])|[A-Z]?[a-z0-9]+|[0-9]+")
_OTHER: Final = re.compile(r"[^A-Za-z0-9]+")
_LONGEST: Final = 60


@lru_cache(maxsize=1024)
def facts_of(resource_type: str) -> TypeFacts:
    """Return what is known of a type: its row; where that leaves it out, AWS's models and its name."""
    if _is_third_partys(resource_type):
        return _third_party(resource_type)
    row = ROWS.get(resource_type) or TypeFacts(resource_type, derived=True)
    return joined(completed(row), row) if row.derived else row


def _is_third_partys(resource_type: str) -> bool:
    return "::" in resource_type and not resource_type.startswith("AWS::")


def _third_party(resource_type: str) -> TypeFacts:
    """Return what is known of a type that is not AWS's: who put its items into Config changed it."""
    return TypeFacts(
        resource_type,
        sources=("config",),
        targets=("resourceid",),
        acts="(Put|Delete)ResourceConfig",
        creates="PutResourceConfig",
        deletes="DeleteResourceConfig",
        within=("resourcetype", "", ""),
        within_default=resource_type,
    )


def known_by(resource_type: str) -> Literal["row", "models", "name"]:
    """Return by what a type's calls are known: a row that lists them, AWS's models, or its name alone."""
    row = ROWS.get(resource_type)
    if row is not None and not row.derived:
        return "row"
    return "models" if from_models(resource_type) is not None else "name"


def knows_creation(resource_type: str) -> bool:
    """Return whether it is known, and not only guessed, by which calls such a resource is made."""
    row, models = ROWS.get(resource_type), from_models(resource_type)
    return (
        _is_third_partys(resource_type)
        or (row is not None and bool(row.creates))
        or (models is not None and bool(models.get("creates")))
    )


def ranked(rank: Literal["opt_in", "sample"]) -> tuple[str, ...]:
    """Return the types that have such a rank, in its order."""
    found = [(place, row.type) for row in ROWS.values() if (place := int(getattr(row, rank)))]
    return tuple(resource_type for _, resource_type in sorted(found))


def plural(word: str) -> str:
    """Return a noun for several: ``security groups``, ``policies``, ``addresses``."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def noun(resource_type: str) -> str:
    """Return what people call a resource type; made of the type's own name where its row has none.

    It consists of ASCII letters and digits alone, whatever the type's name holds.

    ``AWS::Kinesis::Stream`` is a Kinesis stream, ``AWS::EKS::FargateProfile`` an EKS fargate profile.
    """
    row = ROWS.get(resource_type)
    if row is not None and row.noun:
        return row.noun
    parts = [part for part in resource_type.split("::") if part]
    words = [word if word.isupper() else word.lower() for word in _WORD.findall(parts[-1])] if parts else []
    service = _OTHER.sub(" ", parts[1]) if len(parts) > 2 else ""  # noqa: PLR2004  (provider, service, type)
    return plain(" ".join(dict.fromkeys((service, *words))), _LONGEST) or "resource"
