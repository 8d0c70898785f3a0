"""Where tags stand in an item, and what a diff tells of those before."""

import pytest

from iacwatch.core.model import ChangeType
from iacwatch.core.parse.tags import is_tag, keyless_may_hide, tags_before, tags_in_deletion, tags_of
from tests.fixtures.builders import change, entry, item

PAIRS = [{"key": "managed-by", "value": "terraform"}, {"key": "team", "value": "payments"}]
BOTH = {"managed-by": "terraform", "team": "payments"}


@pytest.mark.parametrize(
    ("configuration", "supplementary"),
    [
        ({"tags": PAIRS}, {}),
        ({"tagSet": PAIRS}, {}),
        ({"tagList": PAIRS}, {}),
        ({"Tags": [{"Key": "managed-by", "Value": "terraform"}, {"Key": "team", "Value": "payments"}]}, {}),
        ({"Tags": BOTH}, {}),
        (
            {
                "FileSystemTags": [
                    {"Key": "managed-by", "Value": "terraform"},
                    {"Key": "team", "Value": "payments"},
                ]
            },
            {},
        ),
        ({}, {"Tags": BOTH}),
        ({}, {"tags": BOTH}),
        ({}, {"Tags": PAIRS}),
        (
            {},
            {
                "Tags": [
                    {"tagKey": "managed-by", "tagValue": "terraform"},
                    {"tagKey": "team", "tagValue": "payments"},
                ]
            },
        ),
        ({}, {"BucketTaggingConfiguration": {"tagSets": [{"tags": BOTH}]}}),
        (
            {
                "tags": [
                    {"tagName": "managed-by", "tagValue": "terraform"},
                    {"tagName": "team", "tagValue": "payments"},
                ]
            },
            {},
        ),
    ],
)
def test_every_place_of_tags_is_read(configuration, supplementary):
    assert tags_of(item(tags={}, configuration=configuration, supplementary=supplementary)) == BOTH


def test_the_items_own_map_counts_before_the_other_places():
    found = tags_of(item(tags={"managed-by": "pulumi"}, configuration={"tags": PAIRS}))
    assert found == {"managed-by": "pulumi", "team": "payments"}


@pytest.mark.parametrize(
    "name",
    ["copyTagsToSnapshot", "EnableECSManagedTags", "ImageTagMutability", "tagOptions", "TagSpecifications"],
)
def test_what_only_sounds_like_tags_is_none(name):
    assert tags_of(item(tags={}, configuration={name: PAIRS})) == {}


@pytest.mark.parametrize(
    "odd", [None, "text", 7, [], [[]], [None], {"tagSets": [None]}, [{"key": 7, "value": "x"}]]
)
def test_odd_tags_are_passed_over(odd):
    assert tags_of(item(tags={}, configuration={"tags": odd})) == {}


def before(current, *entries):
    return tags_before(change(diff=entries), current)


def test_entries_with_keys_are_undone():
    diff = (
        entry("Configuration.Tags.0", {"key": "a", "value": "1"}, None),
        entry("Configuration.Tags.1", None, {"key": "b", "value": "2"}),
    )
    assert before({"b": "2", "c": "3"}, *diff) == ({"a": "1", "c": "3"}, True)


def test_a_value_without_a_key_is_explained_by_an_entry_with_one():
    diff = (entry("Tags.0", "1", None), entry("Configuration.Tags.1", {"key": "a", "value": "1"}, None))
    assert before({}, *diff) == ({"a": "1"}, True)


def test_a_value_without_a_key_leaves_the_tags_before_uncertain():
    assert before({"b": "2"}, entry("Tags.0", "1", None)) == ({"b": "2"}, False)


def test_a_container_that_was_replaced_is_undone_whole():
    old = {"tagSets": [{"tags": {"managed-by": "terraform"}}]}
    gone = entry("SupplementaryConfiguration.BucketTaggingConfiguration", old, None)
    assert before({}, gone) == ({"managed-by": "terraform"}, True)


def test_one_tag_set_of_a_bucket_is_undone_like_the_whole():
    path = "SupplementaryConfiguration.BucketTaggingConfiguration.TagSets"
    old, new = ({"tags": {"managed-by": value, "team": "a"}} for value in ("terraform", "pulumi"))
    found = before(
        {"managed-by": "pulumi", "team": "a"}, entry(f"{path}.0", old, None), entry(f"{path}.1", None, new)
    )
    assert found == ({"managed-by": "terraform", "team": "a"}, True)


@pytest.mark.parametrize("key", ["managed-by", "app.kubernetes.io/managed-by"])
@pytest.mark.parametrize("at", ["TagSets.0.Tags", "tagSets.0.tags"])
def test_a_tag_of_a_buckets_set_is_undone_by_its_own_path(at, key):
    path = f"SupplementaryConfiguration.BucketTaggingConfiguration.{at}.{key}"
    assert before({}, entry(path, "terraform", None)) == ({key: "terraform"}, True)


@pytest.mark.parametrize("odd", [{"x": {"y": 1}}, [["a"]], 7, True])
def test_an_entry_in_a_form_that_is_not_known_leaves_the_tags_before_uncertain(odd):
    gone, new = entry("Configuration.Tags.0", odd, None), entry("Configuration.Tags.1", None, odd)
    assert before({"managed-by": "terraform"}, gone, new)[1] is False
    assert keyless_may_hide(change(diff=(gone,)), "terraform")
    assert keyless_may_hide(change(diff=(new,)), "terraform")


def test_a_map_names_its_keys_in_the_path():
    gone = entry("SupplementaryConfiguration.Tags.managed-by", "terraform", None)
    assert before({}, gone) == ({"managed-by": "terraform"}, True)
    deep = entry("SupplementaryConfiguration.Tags.acme.io/managed-by", "terraform", None)
    assert before({}, deep) == ({"acme.io/managed-by": "terraform"}, True)


def test_a_key_that_the_path_may_have_capitalised_is_no_certain_one():
    gone = entry("SupplementaryConfiguration.Tags.Managed-by", "terraform", None)
    assert before({}, gone) == ({}, False)
    assert keyless_may_hide(change(diff=(gone,)), None)


def test_a_keyless_entry_may_hide_the_managed_tag_only_where_values_allow_it():
    assert keyless_may_hide(change(diff=(entry("Tags.0", "x", None),)), None)
    assert keyless_may_hide(change(diff=(entry("Tags.0", None, "terraform"),)), "terraform")
    assert keyless_may_hide(change(diff=(entry("Tags.0", "pulumi", "terraform"),)), "terraform")
    assert not keyless_may_hide(change(diff=(entry("Tags.0", None, "x"),)), "terraform")
    assert not keyless_may_hide(change(diff=(entry("Tags.0", "x", None),)), "terraform")
    assert not keyless_may_hide(change(diff=(entry("Configuration.State", "x", None),)), None)


def gone(*entries):
    return tags_in_deletion(change(change_type=ChangeType.DELETE, diff=entries))


def test_a_deletion_tells_all_tags_where_it_tells_as_many_with_keys_as_without():
    state = entry("Configuration", {"tags": PAIRS}, None)
    assert gone(state, entry("Tags.0", "terraform", None), entry("Tags.1", "payments", None)) == (BOTH, True)


def test_a_deletion_that_tells_more_values_than_keys_is_not_complete():
    state = entry("Configuration", {"tags": PAIRS[:1]}, None)
    found, complete = gone(state, entry("Tags.0", "terraform", None), entry("Tags.1", "payments", None))
    assert (found, complete) == ({"managed-by": "terraform"}, False)


def test_a_deletion_that_tells_no_tags_proves_nothing():
    assert gone(entry("Configuration", {"name": "x"}, None)) == ({}, False)
    assert gone() == ({}, False)


def test_tags_of_a_deletion_may_come_one_by_one():
    one = entry("SupplementaryConfiguration.Tags.0", PAIRS[0], None)
    two = entry("SupplementaryConfiguration.Tags.1", PAIRS[1], None)
    assert gone(one, two)[0] == BOTH
    sets = "SupplementaryConfiguration.BucketTaggingConfiguration.TagSets.0"
    assert gone(entry(sets, {"tags": BOTH}, None))[0] == BOTH


@pytest.mark.parametrize(
    ("path", "tag"),
    [
        ("Tags.3", True),
        ("Configuration.Tags.0", True),
        ("Configuration.TagSet.1", True),
        ("SupplementaryConfiguration.Tags.owner", True),
        ("SupplementaryConfiguration.BucketTaggingConfiguration", True),
        ("Configuration.CopyTagsToSnapshot", False),
        ("Configuration", False),
        ("Relationships.0", False),
    ],
)
def test_a_tags_entry_is_known_by_its_path(path, tag):
    assert is_tag(entry(path, "a", "b")) is tag
