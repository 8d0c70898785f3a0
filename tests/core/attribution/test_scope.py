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
KEYLESS, KEYLESS_NEW = entry("Tags.1", "terraform", None), entry("Tags.1", None, "terraform")
UNNAMED = entry("Configuration", {"tags": [pair("team", "payments")]}, None)
UNTAGGED = change(diff=(GONE,), **BARE)
ENDED = item(status="ResourceDeleted", tags={}, configuration=None)
RETAGGED = change(item=item(tags=THEIRS), diff=(GONE, PULUMI))
LISTED = {
    "Configuration": {"tags": [GONE.previous]},
    "SupplementaryConfiguration.Tags.0": GONE.previous,
    "SupplementaryConfiguration.BucketTaggingConfiguration": {"tagSets": [{"tags": OURS}]},
}


def deleted(*diff, **fields):
    return change(change_type=ChangeType.DELETE, diff=diff or None, **fields)


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
        (deleted(**BEFORE), ANY, managed(evidence=HISTORY)),
        # The diff was made from the item before, where that is at hand, and tells the tags that are gone.
        (deleted(GONE, **BEFORE), ANY, managed(evidence=HISTORY)),
        *(
            (deleted(entry(path, tags, None)), ANY, managed(evidence=FROM_DIFF))
            for path, tags in LISTED.items()
        ),
        # `who` sees what was never managed as managed by nothing.
        (change(**BARE), WHO, managed(None, tags=OTHER)),
        (deleted(**BARE_BEFORE), WHO, managed(None, HISTORY, OTHER)),
        (deleted(previous_known=True), WHO, managed(None, HISTORY, {})),
        # Anything else is skipped for a reason.
        (change(**BARE), ANY, "unmanaged"),
        (change(item=item(tags={"managed-by": "hand"})), TERRAFORM, "unmanaged"),
        (created(**BARE), ANY, "unmanaged"),
        # A keyless value that Config holds no earlier item of is not asked for again.
        (change(diff=(entry("Tags.1", "someone", None),), previous_known=True, **BARE), ANY, "unmanaged"),
        # The diff of a deletion lists all tags, and not ours: no fetch.
        (deleted(UNNAMED, entry("Tags.0", "payments", None)), ANY, "unmanaged"),
        (deleted(**BARE_BEFORE), ANY, "unmanaged"),
        (change(diff=(), **BEFORE), ANY, "no-change"),
        (deleted(previous_known=True), ANY, "no-history"),
        (deleted(previous=ENDED, previous_known=True), ANY, "no-history"),
        # What the notification leaves open has to be fetched.
        (change(item=None, diff=None), ANY, NeedsItem()),
        (change(diff=None), ANY, NeedsPrevious()),
        (change(diff=(KEYLESS,), **BARE), ANY, NeedsPrevious()),
        (change(diff=(KEYLESS_NEW,)), ANY, NeedsPrevious()),
        (deleted(), ANY, NeedsPrevious()),
        (deleted(entry("Configuration", {"name": "x"}, None), KEYLESS), ANY, NeedsPrevious()),
    ],
)
def test_a_resource_is_managed_by_what_its_tags_say_or_said(changed, rule, expected):
    found = assess(changed, rule)
    if isinstance(expected, str):
        assert isinstance(found, Skipped)
        assert found.reason == expected
        assert ("managed-by" in found.detail) is (expected == "unmanaged")
        return
    assert found == expected
    assert not isinstance(expected, Managed) or found.tags == expected.tags
