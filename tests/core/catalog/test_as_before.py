"""Each fact of the former side tables stands in the rows: a digest per type, taken before they were joined."""

import hashlib
import json
from pathlib import Path

import pytest

from iacwatch.core.catalog.catalog import facts_of, noun
from iacwatch.core.catalog.places import is_global
from iacwatch.core.catalog.schema import IN_ALL_ITEMS

BEFORE = json.loads((Path(__file__).parents[2] / "data" / "catalog" / "facts_before.json").read_text())
COLUMNS = (
    *("sources", "targets", "acts", "anywhere", "never", "creates", "deletes", "answers", "own_ids", "parts"),
    *("part_targets", "contradicts", "within", "lookups", "missing", "nameless", "counted", "following"),
)


def digest(resource_type):
    """Return the digest of all that is known of a type."""
    facts = facts_of(resource_type)
    said = {name: getattr(facts, name) for name in COLUMNS} | {
        "shows": [(rule.events, rule.fields, rule.unless) for rule in facts.shows],
        "indirect": [
            (rule.part, rule.target, rule.events, rule.changes, rule.fields) for rule in facts.indirect
        ],
        "noun": noun(resource_type),
        "global": is_global(resource_type),
        "known": not facts.derived,
        "held": (*IN_ALL_ITEMS, *facts.item_fields) if facts.item_fields else None,
        "ranks": (facts.opt_in, facts.sample, facts.judges_others, facts.revisions),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


@pytest.mark.parametrize("resource_type", sorted(BEFORE))
def test_what_was_known_of_a_type_is_known_still(resource_type):
    assert digest(resource_type) == BEFORE[resource_type]
