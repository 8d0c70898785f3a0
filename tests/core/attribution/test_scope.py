"""Whether a change is of a managed resource, what tells so, and what has to be fetched to know."""

import pytest

from iacwatch.core.attribution.scope import NeedsItem, NeedsPrevious, assess
from iacwatch.core.model import ChangeType, Evidence, Managed, TagRule
from iacwatch.core.outcome import Skipped
from tests.fixtures.builders import change, entry, item

ANY, TERRAFORM, WHO = TagRule(), TagRule(values=("terraform",)), TagRule(everything=True)
TAGS, FROM_DIFF, HISTORY = Evidence.TAGS, Evidence.PREVIOUS_TAGS, Evidence.HISTORY
OURS, OTHER = {"managed-by": "terraform"}, {"team": "payments"}
BARE = {"item": item(tags=OTHER)}
BEFORE = {"previous": item(), "previous_known": True}
BARE_BEFORE = {"previous": item(tags=OTHER), "previous_known": True}
BOTH, THEIRS = {**OURS, **OTHER}, {"managed-by": "pulumi"}


def pair(key, value):
    return {"key": key, "value": value}


GONE = entry("Configuration.Tags.0", pair("managed-by", "terraform"), None)
NEW = entry("Configuration.Tags.0", None, pair("managed-by", "terraform"))
PULUMI = entry("Configuration.Tags.1", None, pair("managed-by", "pulumi"))
KEYLESS = entry("Tags.1", "terraform", None)
UNTAGGED = change(diff=(GONE,), **BARE)
RETAGGED = change(item=item(tags=THEIRS), diff=(GONE, PULUMI))


def deleted(**fields):
    return change(change_type=ChangeType.DELETE, **fields)


def created(**fields):
    return change(change_type=ChangeType.CREATE, status="ResourceDiscovered", diff=(), **fields)


def managed(value="terraform", evidence=TAGS, tags=OURS, **more):
    return Managed(value=value, evidence=evidence, tags=tags, **more)


@pytest.mark.parametrize(
    ("changed", "rule", "expected"),
    [
        (change(), ANY, managed()),
        # A tag that was removed in this change still counts, and one that was added is told.
        (UNTAGGED, ANY, managed(evidence=FROM_DIFF, removed=True, tags=BOTH)),
        (UNTAGGED, WHO, managed(evidence=FROM_DIFF, removed=True, tags=BOTH)),
        (change(diff=(KEYLESS,), **BARE, **BEFORE), ANY, managed(evidence=HISTORY, removed=True, tags=BOTH)),
        (change(diff=(NEW,)), ANY, managed(added=True)),
        (created(), ANY, managed()),
        (RETAGGED, TERRAFORM, managed(evidence=FROM_DIFF, new_value="pulumi", tags=THEIRS)),
        # The first item that Config holds is a change, though nothing can be compared.
        (change(diff=(), previous_known=True), ANY, managed()),
        (deleted(diff=None, **BEFORE), ANY, managed(evidence=HISTORY)),
        # The diff was made from the item before, where that is at hand.
        (deleted(diff=(GONE,), **BEFORE), ANY, managed(evidence=HISTORY)),
        # `who` sees what was never managed as managed by nothing.
        (change(**BARE), WHO, managed(None, tags=OTHER)),
        (deleted(diff=None, **BARE_BEFORE), WHO, managed(None, HISTORY, OTHER)),
        (deleted(diff=None, previous_known=True), WHO, managed(None, HISTORY, {})),
    ],
)
def test_a_resource_is_managed_by_what_its_tags_say_or_said(changed, rule, expected):
    found = assess(changed, rule)
    assert found == expected
    assert found.tags == expected.tags


UNNAMED = entry("Configuration", {"tags": [pair("team", "payments")]}, None)
ENDED = item(status="ResourceDeleted", tags={}, configuration=None)


@pytest.mark.parametrize(
    ("changed", "rule", "reason"),
    [
        (change(**BARE), ANY, "unmanaged"),
        (change(item=item(tags={"managed-by": "hand"})), TERRAFORM, "unmanaged"),
        (created(**BARE), ANY, "unmanaged"),
        # A keyless value that Config holds no earlier item of is not asked for again.
        (change(diff=(entry("Tags.1", "someone", None),), previous_known=True, **BARE), ANY, "unmanaged"),
        # The diff of a deletion lists all tags, and not ours: no fetch.
        (deleted(diff=(UNNAMED, entry("Tags.0", "payments", None))), ANY, "unmanaged"),
        (deleted(diff=None, **BARE_BEFORE), ANY, "unmanaged"),
        (change(diff=(), **BEFORE), ANY, "no-change"),
        (deleted(diff=None, previous_known=True), ANY, "no-history"),
        (deleted(diff=(), previous=ENDED, previous_known=True), ANY, "no-history"),
    ],
)
def test_anything_else_is_skipped_for_a_reason(changed, rule, reason):
    found = assess(changed, rule)
    assert isinstance(found, Skipped)
    assert found.reason == reason
    assert ("managed-by" in found.detail) is (reason == "unmanaged")
    assert found.detail.startswith("it" if reason != "no-change" else "the configuration item equals")


VALUES_ONLY = (entry("Configuration", {"name": "x"}, None), entry("Tags.0", "terraform", None))


@pytest.mark.parametrize(
    ("changed", "needed"),
    [
        (change(item=None, diff=None), NeedsItem),
        (change(diff=None), NeedsPrevious),
        (change(diff=(KEYLESS,), **BARE), NeedsPrevious),
        (change(diff=(entry("Tags.1", None, "terraform"),)), NeedsPrevious),
        (deleted(diff=None), NeedsPrevious),
        (deleted(diff=VALUES_ONLY), NeedsPrevious),
    ],
)
def test_what_the_notification_leaves_open_has_to_be_fetched(changed, needed):
    assert isinstance(assess(changed, ANY), needed)


def test_the_diff_of_a_deletion_tells_the_tags_that_are_gone():
    for path, tags in (
        ("Configuration", {"tags": [pair("managed-by", "terraform")]}),
        ("SupplementaryConfiguration.Tags.0", pair("managed-by", "terraform")),
        ("SupplementaryConfiguration.Tags", [{"tagKey": "managed-by", "tagValue": "terraform"}]),
        ("SupplementaryConfiguration.BucketTaggingConfiguration", {"tagSets": [{"tags": OURS}]}),
    ):
        assert assess(deleted(diff=(entry(path, tags, None),)), ANY) == managed(evidence=FROM_DIFF)
