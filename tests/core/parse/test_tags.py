"""Where tags stand in an item, and what a diff tells of those before."""

import pytest

from iacwatch.core.model import ChangeType
from iacwatch.core.parse.tags import is_tag, keyless_may_hide, tags_before, tags_in_deletion, tags_of
from tests.fixtures.builders import change, entry, item

PAIRS = [{"key": "managed-by", "value": "terraform"}, {"key": "team", "value": "payments"}]
BOTH = {"managed-by": "terraform", "team": "payments"}


def pairs(key, value):
    """Return both tags as a list of pairs, in a service's spelling."""
    return [{key: name, value: text} for name, text in BOTH.items()]


@pytest.mark.parametrize(
    ("configuration", "supplementary"),
    [
        ({"tags": PAIRS}, {}),
        ({"tagSet": PAIRS}, {}),
        ({"tagList": PAIRS}, {}),
        ({"Tags": pairs("Key", "Value")}, {}),
        ({"Tags": BOTH}, {}),
        ({"FileSystemTags": pairs("Key", "Value")}, {}),
        ({"tags": pairs("tagName", "tagValue")}, {}),
        ({}, {"Tags": BOTH}),
        ({}, {"tags": BOTH}),
        ({}, {"Tags": PAIRS}),
        ({}, {"Tags": pairs("tagKey", "tagValue")}),
        ({}, {"BucketTaggingConfiguration": {"tagSets": [{"tags": BOTH}]}}),
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


SUPPLEMENT = "SupplementaryConfiguration"
SETS = f"{SUPPLEMENT}.BucketTaggingConfiguration"
ONE, OTHER = {"key": "a", "value": "1"}, {"key": "b", "value": "2"}


def test_entries_with_keys_are_undone():
    diff = (entry("Configuration.Tags.0", ONE, None), entry("Configuration.Tags.1", None, OTHER))
    assert before({"b": "2", "c": "3"}, *diff) == ({"a": "1", "c": "3"}, True)
    # A value without a key is explained by an entry with one, else it leaves the tags before uncertain.
    assert before({}, entry("Tags.0", "1", None), diff[0]) == ({"a": "1"}, True)
    assert before({"b": "2"}, entry("Tags.0", "1", None)) == ({"b": "2"}, False)


def test_a_container_that_was_replaced_and_one_tag_set_of_a_bucket_are_undone_whole():
    old, new = ({"tags": {"managed-by": value, "team": "a"}} for value in ("terraform", "pulumi"))
    assert before({}, entry(SETS, {"tagSets": [old]}, None)) == (old["tags"], True)
    entries = (entry(f"{SETS}.TagSets.0", old, None), entry(f"{SETS}.TagSets.1", None, new))
    assert before(new["tags"], *entries) == (old["tags"], True)


@pytest.mark.parametrize("key", ["managed-by", "app.kubernetes.io/managed-by"])
@pytest.mark.parametrize("at", ["TagSets.0.Tags", "tagSets.0.tags"])
def test_a_tag_of_a_buckets_set_is_undone_by_its_own_path(at, key):
    assert before({}, entry(f"{SETS}.{at}.{key}", "terraform", None)) == ({key: "terraform"}, True)


@pytest.mark.parametrize("odd", [{"x": {"y": 1}}, [["a"]], 7, True])
def test_an_entry_in_a_form_that_is_not_known_leaves_the_tags_before_uncertain(odd):
    gone, new = entry("Configuration.Tags.0", odd, None), entry("Configuration.Tags.1", None, odd)
    assert before({"managed-by": "terraform"}, gone, new)[1] is False
    assert keyless_may_hide(change(diff=(gone,)), "terraform")
    assert keyless_may_hide(change(diff=(new,)), "terraform")


def test_a_map_names_its_keys_in_the_path_which_may_have_capitalised_them():
    for key in ("managed-by", "acme.io/managed-by"):
        assert before({}, entry(f"{SUPPLEMENT}.Tags.{key}", "terraform", None)) == ({key: "terraform"}, True)
    gone = entry(f"{SUPPLEMENT}.Tags.Managed-by", "terraform", None)
    assert before({}, gone) == ({}, False)
    assert keyless_may_hide(change(diff=(gone,)), None)


@pytest.mark.parametrize(
    ("told", "current", "hidden"),
    [
        (entry("Tags.0", "x", None), None, True),
        (entry("Tags.0", None, "terraform"), "terraform", True),
        (entry("Tags.0", "pulumi", "terraform"), "terraform", True),
        (entry("Tags.0", None, "x"), "terraform", False),
        (entry("Tags.0", "x", None), "terraform", False),
        (entry("Tags.0", None, "x"), None, False),
        (entry("Configuration.State", "x", None), None, False),
    ],
)
def test_a_keyless_entry_may_hide_the_managed_tag_only_where_values_allow_it(told, current, hidden):
    assert keyless_may_hide(change(diff=(told,)), current) is hidden


def gone(*entries):
    return tags_in_deletion(change(change_type=ChangeType.DELETE, diff=entries))


def test_a_deletion_tells_all_tags_where_it_tells_as_many_with_keys_as_without():
    values = (entry("Tags.0", "terraform", None), entry("Tags.1", "payments", None))
    assert gone(entry("Configuration", {"tags": PAIRS}, None), *values) == (BOTH, True)
    some = entry("Configuration", {"tags": PAIRS[:1]}, None)
    assert gone(some, *values) == ({"managed-by": "terraform"}, False)
    # Where it tells none, it proves nothing.
    assert gone(entry("Configuration", {"name": "x"}, None)) == gone() == ({}, False)


def test_tags_of_a_deletion_may_come_one_by_one():
    assert gone(*(entry(f"{SUPPLEMENT}.Tags.{at}", PAIRS[at], None) for at in (0, 1)))[0] == BOTH
    assert gone(entry(f"{SETS}.TagSets.0", {"tags": BOTH}, None))[0] == BOTH


IN_TAGS = f"Tags.3 Configuration.Tags.0 Configuration.TagSet.1 {SUPPLEMENT}.Tags.owner {SETS}"


def test_a_tags_entry_is_known_by_its_path():
    assert all(is_tag(entry(path, "a", "b")) for path in IN_TAGS.split())
    for path in ("Configuration.CopyTagsToSnapshot", "Configuration", "Relationships.0"):
        assert not is_tag(entry(path, "a", "b"))
