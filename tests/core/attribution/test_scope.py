"""Whether a change is of a managed resource, what tells so, and what has to be fetched to know."""

import pytest

from iacwatch.core.attribution.scope import NeedsItem, NeedsPrevious, assess
from iacwatch.core.model import ChangeType, Evidence, Managed, TagRule
from iacwatch.core.outcome import Skipped
from tests.fixtures.builders import change, entry, item

ANY, TERRAFORM, WHO = TagRule(), TagRule(values=("terraform",)), TagRule(everything=True)
OTHER = {"team": "payments"}
PORT = entry("Configuration.IpPermissions.0", None, {"fromPort": 22})


def pair(key, value):
    return {"key": key, "value": value}


def test_a_resource_that_carries_the_tag_is_managed_by_its_value():
    assert assess(change(), ANY) == Managed(value="terraform", evidence=Evidence.TAGS)


def test_a_resource_without_the_tag_is_unmanaged():
    found = assess(change(item=item(tags=OTHER)), ANY)
    assert isinstance(found, Skipped)
    assert found.reason == "unmanaged"


def test_a_value_that_does_not_count_is_no_management():
    found = assess(change(item=item(tags={"managed-by": "hand"})), TERRAFORM)
    assert isinstance(found, Skipped)
    assert found.reason == "unmanaged"


def test_an_empty_value_counts_where_any_value_does():
    assert assess(change(item=item(tags={"managed-by": ""})), ANY) == Managed(
        value="", evidence=Evidence.TAGS
    )


def test_the_tags_key_is_case_sensitive_as_aws_has_it():
    assert isinstance(assess(change(item=item(tags={"Managed-By": "terraform"})), ANY), Skipped)


def test_a_tag_that_was_removed_in_this_change_still_counts():
    gone = entry("Configuration.Tags.0", pair("managed-by", "terraform"), None)
    found = assess(change(item=item(tags=OTHER), diff=(gone,)), ANY)
    assert (found.value, found.removed, found.evidence) == ("terraform", True, Evidence.PREVIOUS_TAGS)
    assert found.tags == {"managed-by": "terraform", "team": "payments"}


def test_a_tag_that_was_added_in_this_change_counts_and_is_told():
    new = entry("Configuration.Tags.0", None, pair("managed-by", "terraform"))
    found = assess(change(diff=(new,)), ANY)
    assert (found.value, found.added, found.removed) == ("terraform", True, False)


def test_a_changed_value_tells_the_old_one_and_the_new_one():
    diff = (
        entry("Configuration.Tags.0", pair("managed-by", "terraform"), None),
        entry("Configuration.Tags.1", None, pair("managed-by", "pulumi")),
    )
    found = assess(change(item=item(tags={"managed-by": "pulumi"}), diff=diff), TERRAFORM)
    assert (found.value, found.new_value) == ("terraform", "pulumi")


def test_a_created_resource_has_no_tag_added():
    found = assess(change(change_type=ChangeType.CREATE, status="ResourceDiscovered", diff=()), ANY)
    assert (found.value, found.added) == ("terraform", False)


def test_an_oversized_notification_needs_its_item():
    assert isinstance(assess(change(item=None, diff=None), ANY), NeedsItem)


def test_a_message_without_a_diff_needs_the_item_before():
    assert isinstance(assess(change(diff=None), ANY), NeedsPrevious)


def test_a_tag_value_that_went_without_its_key_needs_the_item_before():
    keyless = entry("Tags.1", "terraform", None)
    assert isinstance(assess(change(item=item(tags=OTHER), diff=(keyless,)), ANY), NeedsPrevious)


def test_a_tag_value_that_came_without_its_key_needs_the_item_before_only_where_it_is_the_managed_ones():
    assert isinstance(assess(change(diff=(entry("Tags.1", None, "terraform"),)), ANY), NeedsPrevious)
    assert isinstance(assess(change(diff=(entry("Tags.1", None, "someone"),)), ANY), Managed)


def test_the_item_before_settles_what_a_keyless_diff_left_open():
    keyless = entry("Tags.1", "terraform", None)
    found = assess(change(item=item(tags=OTHER), diff=(keyless,), previous=item(), previous_known=True), ANY)
    assert (found.value, found.removed, found.evidence) == ("terraform", True, Evidence.HISTORY)


def test_a_keyless_value_that_config_holds_no_earlier_item_of_is_not_asked_for_again():
    keyless = entry("Tags.1", "someone", None)
    found = assess(change(item=item(tags=OTHER), diff=(keyless,), previous_known=True), ANY)
    assert isinstance(found, Skipped)


def test_an_item_that_equals_the_one_before_is_no_change():
    found = assess(change(diff=(), previous=item(), previous_known=True), ANY)
    assert isinstance(found, Skipped)
    assert found.reason == "no-change"


def test_the_first_item_that_config_holds_is_a_change_though_nothing_can_be_compared():
    assert isinstance(assess(change(diff=(), previous_known=True), ANY), Managed)


def deleted(**fields):
    return change(change_type=ChangeType.DELETE, **fields)


@pytest.mark.parametrize(
    "told",
    [
        entry("Configuration", {"tags": [pair("managed-by", "terraform")]}, None),
        entry("Configuration", {"tagSet": [pair("managed-by", "terraform")]}, None),
        entry("SupplementaryConfiguration.Tags", [pair("managed-by", "terraform")], None),
        entry("SupplementaryConfiguration.Tags", {"managed-by": "terraform"}, None),
        entry("SupplementaryConfiguration.Tags.0", pair("managed-by", "terraform"), None),
        entry("SupplementaryConfiguration.Tags", [{"tagKey": "managed-by", "tagValue": "terraform"}], None),
        entry(
            "SupplementaryConfiguration.BucketTaggingConfiguration",
            {"tagSets": [{"tags": {"managed-by": "terraform"}}]},
            None,
        ),
    ],
    ids=lambda told: f"{told.path} {type(told.previous).__name__}",
)
def test_the_diff_of_a_deletion_tells_the_tags_that_are_gone(told):
    found = assess(deleted(diff=(told,)), ANY)
    assert (found.value, found.evidence) == ("terraform", Evidence.PREVIOUS_TAGS)


def test_a_deletion_without_a_diff_needs_the_item_before():
    assert isinstance(assess(deleted(diff=None), ANY), NeedsPrevious)


def test_a_deletion_whose_diff_tells_only_values_needs_the_item_before():
    diff = (entry("Configuration", {"name": "x"}, None), entry("Tags.0", "terraform", None))
    assert isinstance(assess(deleted(diff=diff), ANY), NeedsPrevious)


def test_a_deletion_is_managed_by_what_the_item_before_carried():
    found = assess(deleted(diff=None, previous=item(), previous_known=True), ANY)
    assert (found.value, found.evidence) == ("terraform", Evidence.HISTORY)


def test_a_deletion_whose_diff_lists_all_tags_and_not_ours_is_unmanaged_without_a_fetch():
    diff = (
        entry("Configuration", {"tags": [pair("team", "payments")]}, None),
        entry("Tags.0", "payments", None),
    )
    found = assess(deleted(diff=diff), ANY)
    assert isinstance(found, Skipped)
    assert found.reason == "unmanaged"


def test_a_deletion_of_which_config_knows_nothing_is_no_history():
    found = assess(deleted(diff=None, previous_known=True), ANY)
    assert isinstance(found, Skipped)
    assert found.reason == "no-history"


def test_a_deletion_of_which_only_another_deletion_is_known_is_no_history():
    gone = item(status="ResourceDeleted", tags={}, configuration=None)
    found = assess(deleted(diff=(), previous=gone, previous_known=True), ANY)
    assert isinstance(found, Skipped)
    assert found.reason == "no-history"


def test_who_sees_what_was_never_managed_as_managed_by_nothing():
    assert assess(change(item=item(tags=OTHER)), WHO) == Managed(value=None, evidence=Evidence.TAGS)
    found = assess(deleted(diff=None, previous=item(tags=OTHER), previous_known=True), WHO)
    assert (found.value, found.evidence) == (None, Evidence.HISTORY)
    assert assess(deleted(diff=None, previous_known=True), WHO).value is None


def test_who_tells_a_tag_that_was_removed_as_every_command_does():
    gone = entry("Configuration.Tags.0", pair("managed-by", "terraform"), None)
    found = assess(change(item=item(tags=OTHER), diff=(gone,)), WHO)
    assert (found.value, found.removed) == ("terraform", True)
