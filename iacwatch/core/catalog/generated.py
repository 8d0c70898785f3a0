"""What AWS's own models say of a resource type: CloudFormation's schemas and the shapes of the API.

``generated.json`` beside this file holds it for each type that AWS Config records, and a development tool
makes it. It is believed less than a row that somebody wrote, and more than what a type's name suggests.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TypedDict

from iacwatch.core.catalog.schema import Shows, TypeFacts, either


class ModelFacts(TypedDict, total=False):
    """What the models say of one type; a missing key: nothing.

    `sources` are event sources, `creates`, `changes` and `deletes` calls, `targets` and `answers` the places
    where they name the object. `shows` lists calls by the property in which they show, `parts` those that act
    on a part with a life of its own, `status` the fields that AWS alone sets.
    """

    sources: list[str]
    creates: list[str]
    changes: list[str]
    deletes: list[str]
    targets: list[str]
    answers: list[str]
    status: list[str]
    parts: list[str]
    shows: dict[str, list[str]]


def from_models(resource_type: str) -> ModelFacts | None:
    """Return what AWS's models say of a type; None where they say nothing."""
    return _all().get(resource_type)


def joined(facts: TypeFacts, row: TypeFacts) -> TypeFacts:
    """Return `facts`, which a type's name suggests, with what the models say added.

    `row` is what somebody wrote of the type: what it says of a call is believed before the models.
    """
    found = from_models(facts.type)
    if found is None:
        return facts
    written = either(row.acts, row.creates, row.deletes)
    parts = [call for call in found.get("parts", ()) if not (written and re.fullmatch(written, call))]
    creates, deletes = found.get("creates", ()), found.get("deletes", ())
    # Whoever starts or stops a thing sets nothing of it.
    passing = "|".join(rule.events for rule in facts.shows)
    changes = [call for call in found.get("changes", ()) if not re.fullmatch(passing, call)]
    shows = tuple(
        Shows(events="|".join(calls), fields=(name,)) for name, calls in found.get("shows", {}).items()
    )
    return replace(
        facts,
        sources=_union(facts.sources, found.get("sources", ())),
        targets=_union(facts.targets, found.get("targets", ())),
        acts=either(facts.acts, *creates, *changes, *deletes),
        creates=either(facts.creates, *creates),
        deletes=either(facts.deletes, *deletes),
        shows=(*facts.shows, *shows),
        never=either(facts.never, *parts),
        answers=_union(facts.answers, found.get("answers", ())),
    )


@cache
def _all() -> Mapping[str, ModelFacts]:
    text = files("iacwatch.core.catalog").joinpath("generated.json").read_text(encoding="utf-8")
    found: dict[str, ModelFacts] = json.loads(text)
    return found


def _union(*values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for each in values for value in each))
