"""The diff that is computed where none came: in Config's own form, and blind to what is no difference."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.model import ChangeType, Relationship
from iacwatch.core.parse.diff import diff
from tests.fixtures.builders import item, resource

VPC = Relationship(type="AWS::EC2::VPC", id="vpc-1", name=None, label="Is contained in Vpc")


def between(before, after):
    return {
        (entry.path, str(entry.change_type)): (entry.previous, entry.updated) for entry in diff(before, after)
    }


def state(configuration, **more):
    return item(configuration=configuration, tags={}, **more)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"s": {"name": "run"}}, {"s": {"name": "stop"}}, {("S.Name", "UPDATE"): ("run", "stop")}),
        ({}, {"a": 1}, {("A", "CREATE"): (None, 1)}),
        ({"a": 1}, {}, {("A", "DELETE"): (1, None)}),
        ({"r": [1, 2]}, {"r": [2, 3]}, {("R.0", "DELETE"): (1, None), ("R.1", "CREATE"): (None, 3)}),
        ({"a": ["x", "x"]}, {"a": ["x"]}, {("A.0", "DELETE"): ("x", None)}),
        # A choice between empty objects.
        ({"X": {"Y": {}}}, {"X": {"Z": {}}}, {("X.Y", "DELETE"): ({}, None), ("X.Z", "CREATE"): (None, {})}),
    ],
)
def test_what_differs_is_written_as_config_does(old, new, expected):
    found = between(state(old), state(new))
    assert found == {(f"Configuration.{path}", kind): values for (path, kind), values in expected.items()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": ""}, {}),
        ({"a": []}, {"a": None}),
        ({"a": {"b": ""}}, {"a": {"c": []}}),
        ({"tags": {}}, {}),
        ({"tags": {}}, {"tags": []}),
        ({"a": ["x", None]}, {"a": ["x"]}),
        ({}, None),
        ({"a": 16}, {"a": 16.0}),
        ({"a": {"b": [[16], "x"]}}, {"a": {"b": [[16.0], "x"]}}),
        ({"a": [{"x": [1, 2], "y": None}]}, {"a": [{"x": [2, 1]}]}),
        ({"a": ["x" * 5000, "y"]}, {"a": ["y", "x" * 5000]}),
    ],
)
def test_a_captures_noise_is_no_difference(one, other):
    assert diff(state(one), state(other)) == ()
    assert diff(state(other), state(one)) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": True}, {"a": 1}),
        ({"a": [True, "x"]}, {"a": [1, "x"]}),
        ({"a": {"b": [True]}}, {"a": {"b": [1]}}),
        ({"a": "1"}, {"a": 1}),
        ({"a": False}, {"a": None}),
        ({"a": ["x" * 5000]}, {"a": ["x" * 4999 + "y"]}),
        ({"a": [0.5]}, {"a": [1.5]}),
        ({"DefaultAction": {"Allow": {}}}, {"DefaultAction": {}}),
        ({"a": {}}, {"a": None}),
        ({"a": {}}, {"a": {"b": 1}}),
        ({"a": {}}, {"a": "x"}),
        ({"a": {"b": {"c": {}}}}, {"a": {"b": {}}}),
        ({"Rules": [{"OverrideAction": {"None": {}}}]}, {"Rules": [{"OverrideAction": {"Count": {}}}]}),
        ({"Rules": [{}]}, {"Rules": []}),
        ({"Values": ["", "x"]}, {"Values": ["x"]}),
        ({"Values": [[]]}, {"Values": []}),
        ({"Values": [""]}, {"Values": [[]]}),
        ({"a": "x"}, {"a": ""}),
    ],
)
def test_another_kind_an_empty_object_and_an_empty_element_differ(one, other):
    assert diff(state(one), state(other)) != ()
    assert diff(state(other), state(one)) != ()


def test_tags_relationships_and_supplementary_configuration_are_compared_too():
    before = item(configuration={}, tags={"a": "1", "b": ""}, supplementary={"Policy": {"v": 1}})
    after = item(configuration={}, tags={"a": "2"}, supplementary={"Policy": {"v": 2}}, relationships=(VPC,))
    found = between(before, after)
    assert found["Tags.a", "UPDATE"] == ("1", "2")
    assert found["Tags.b", "DELETE"] == ("", None)
    assert found["SupplementaryConfiguration.Policy.V", "UPDATE"] == (1, 2)
    assert found["Relationships.0", "CREATE"][1]["resourceId"] == "vpc-1"
    assert len(found) == 4


def test_tags_in_a_map_keep_their_keys_as_they_are_and_a_rename_shows():
    before, after = (
        state({}, supplementary={"Tags": {"team": name}}, resource=resource(name=name)) for name in "ab"
    )
    assert between(before, after) == {
        ("SupplementaryConfiguration.Tags.team", "UPDATE"): ("a", "b"),
        ("ResourceName", "UPDATE"): ("a", "b"),
    }


def test_a_first_sight_and_a_resource_that_was_made_anew_differ_in_nothing():
    gone = item(status="ResourceDeleted", configuration=None, tags={})
    assert diff(None, item()) == diff(gone, item(status="ResourceDiscovered")) == ()


def test_a_deletion_holds_everything_that_was():
    before = item(configuration={"a": 1}, supplementary={"policy": "{}"}, relationships=(VPC,))
    gone = item(status="ResourceDeleted", configuration=None, tags={})
    near = {"resourceId": "vpc-1", "resourceName": None, "resourceType": "AWS::EC2::VPC", "name": VPC.label}
    assert between(before, gone) == {
        ("Configuration", "DELETE"): ({"a": 1}, None),
        ("SupplementaryConfiguration.Policy", "DELETE"): ("{}", None),
        ("Relationships.0", "DELETE"): (near, None),
        ("Tags.managed-by", "DELETE"): ("terraform", None),
    }


keys = st.text("abc", min_size=1, max_size=2)
documents = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)
states = st.dictionaries(keys, documents, max_size=4)


@given(states, states)
def test_nothing_differs_from_itself_and_what_differs_one_way_differs_the_other_way(one, other):
    assert diff(state(one), state(json.loads(json.dumps(one)))) == ()
    there, back = diff(state(one), state(other)), diff(state(other), state(one))
    assert bool(there) == bool(back)
    opposite = {ChangeType.CREATE: ChangeType.DELETE, ChangeType.DELETE: ChangeType.CREATE}
    turned = sorted(str(opposite.get(entry.change_type, entry.change_type)) for entry in back)
    assert sorted(str(entry.change_type) for entry in there) == turned


def reference(old, new):
    """Return the surplus of two lists as bags, compared pair by pair and by the slowest of means."""
    left, found = list(new), []
    for value in old:
        one = state({"a": {"b": [value]}})
        equal = [at for at, other in enumerate(left) if not diff(one, state({"a": {"b": [other]}}))]
        if equal:
            del left[equal[0]]
        elif value is not None:
            found.append(value)
    return found


@given(st.lists(documents, max_size=6), st.data())
def test_lists_are_bags_whatever_they_begin_with(old, data):
    new = data.draw(st.permutations(old[len(old) // 2 :])) + data.draw(st.lists(documents, max_size=2))
    new = old[: len(old) // 2] + new
    found = diff(state({"a": old}), state({"a": new}))
    assert [each.previous for each in found if each.change_type is ChangeType.DELETE] == reference(old, new)
    assert [each.updated for each in found if each.change_type is ChangeType.CREATE] == reference(new, old)
