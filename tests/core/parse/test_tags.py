"""Where tags stand in an item, and what a diff tells of those before."""

import pytest

from iacwatch.core.model import ChangeType
from iacwatch.core.parse.tags import is_tag, keyless_may_hide, tags_before, tags_in_deletion, tags_of
from tests.fixtures.builders import change, entry, item

BOTH = {"managed-by": "terraform", "team": "payments"}
SUPPLEMENT = "SupplementaryConfiguration"
SETS = f"{SUPPLEMENT}.BucketTaggingConfiguration"


def pairs(key="key", value="value"):
    """Return both tags as a list of pairs, in a service's spelling."""
    return [{key: name, value: text} for name, text in BOTH.items()]


def test_every_place_of_tags_is_read_after_the_items_own_map():
    for more in (
        {"configuration": {"tagSet": pairs()}},
        {"configuration": {"FileSystemTags": pairs("Key", "Value")}},
        {"configuration": {"tags": pairs("tagName", "tagValue")}},
        {"supplementary": {"tags": BOTH}},
        {"supplementary": {"Tags": pairs("tagKey", "tagValue")}},
        {"supplementary": {"BucketTaggingConfiguration": {"tagSets": [{"tags": BOTH}]}}},
    ):
        assert tags_of(item(tags={}, **{"configuration": {}, **more})) == BOTH
        assert tags_of(item(tags={"managed-by": "x"}, **more)) == {**BOTH, "managed-by": "x"}


def test_what_only_sounds_like_tags_is_none_and_odd_tags_are_passed_over():
    for name in ("copyTagsToSnapshot", "ImageTagMutability", "tagOptions", "TagSpecifications"):
        assert tags_of(item(tags={}, configuration={name: pairs()})) == {}
    for odd in (None, "text", 7, [], [[]], [None], {"tagSets": [None]}, [{"key": 7, "value": "x"}]):
        assert tags_of(item(tags={}, configuration={"tags": odd})) == {}


ONE, OTHER = {"key": "a", "value": "1"}, {"key": "b", "value": "2"}
OLD, NEW = ({"tags": {"managed-by": value, "team": "a"}} for value in ("terraform", "pulumi"))
GONE = entry("Configuration.Tags.0", ONE, None)
VALUE = entry("Tags.0", "1", None)


@pytest.mark.parametrize(
    ("current", "entries", "before", "certain"),
    [
        ({"b": "2", "c": "3"}, [GONE, entry("Configuration.Tags.1", None, OTHER)], {"a": "1", "c": "3"}, True),
        # A value without a key is explained by an entry with one, else it leaves the tags before uncertain.
        ({}, [VALUE, GONE], {"a": "1"}, True),
        ({"b": "2"}, [VALUE], {"b": "2"}, False),
        # A container that was replaced, and one tag set of a bucket, are undone whole.
        ({}, [entry(SETS, {"tagSets": [OLD]}, None)], OLD["tags"], True),
        (NEW["tags"], [entry(f"{SETS}.TagSets.0", OLD, None), entry(f"{SETS}.TagSets.1", None, NEW)], OLD["tags"], True),
        ({}, [entry(f"{SETS}.TagSets.0.Tags.app.io/by", "x", None)], {"app.io/by": "x"}, True),
        # A map names its keys in the path, which may have capitalised them.
        ({}, [entry(f"{SUPPLEMENT}.Tags.acme.io/managed-by", "x", None)], {"acme.io/managed-by": "x"}, True),
        ({}, [entry(f"{SUPPLEMENT}.Tags.Managed-by", "x", None)], {}, False),
    ],
)  # fmt: skip
def test_entries_are_undone_on_the_tags_of_now(current, entries, before, certain):
    assert tags_before(change(diff=entries), current) == (before, certain)


def test_an_entry_in_a_form_that_is_not_known_leaves_the_tags_before_uncertain():
    for odd in ({"x": {"y": 1}}, [["a"]], 7, True):
        gone, new = entry("Configuration.Tags.0", odd, None), entry("Configuration.Tags.1", None, odd)
        assert tags_before(change(diff=(gone, new)), {"managed-by": "terraform"})[1] is False
        assert all(keyless_may_hide(change(diff=(each,)), "terraform") for each in (gone, new))


def test_a_keyless_entry_may_hide_the_managed_tag_only_where_values_allow_it():
    for told, current, hidden in (
        (entry("Tags.0", "x", None), None, True),
        (entry(f"{SUPPLEMENT}.Tags.Managed-by", "terraform", None), None, True),
        (entry("Tags.0", None, "terraform"), "terraform", True),
        (entry("Tags.0", None, "x"), "terraform", False),
        (entry("Tags.0", "x", None), "terraform", False),
        (entry("Configuration.State", "x", None), None, False),
    ):
        assert keyless_may_hide(change(diff=(told,)), current) is hidden


def test_a_deletion_tells_all_tags_where_it_tells_as_many_with_keys_as_without():
    def gone(*entries):
        return tags_in_deletion(change(change_type=ChangeType.DELETE, diff=entries))

    values = (entry("Tags.0", "terraform", None), entry("Tags.1", "payments", None))
    assert gone(entry("Configuration", {"tags": pairs()}, None), *values) == (BOTH, True)
    some = entry("Configuration", {"tags": pairs()[:1]}, None)
    assert gone(some, *values) == ({"managed-by": "terraform"}, False)
    # Where it tells none, it proves nothing.
    assert gone(entry("Configuration", {"name": "x"}, None)) == gone() == ({}, False)
    # They may come one by one.
    assert gone(*(entry(f"{SUPPLEMENT}.Tags.{at}", pairs()[at], None) for at in (0, 1)))[0] == BOTH
    assert gone(entry(f"{SETS}.TagSets.0", {"tags": BOTH}, None))[0] == BOTH


def test_a_tags_entry_is_known_by_its_path():
    paths = f"Tags.3 Configuration.Tags.0 Configuration.TagSet.1 {SUPPLEMENT}.Tags.owner {SETS}"
    assert all(is_tag(entry(path, "a", "b")) for path in paths.split())
    for path in ("Configuration.CopyTagsToSnapshot", "Configuration", "Relationships.0"):
        assert not is_tag(entry(path, "a", "b"))
