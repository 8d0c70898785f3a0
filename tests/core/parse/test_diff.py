"""The diff that is computed where none came: in Config's own form, and blind to what is no difference."""

from dataclasses import replace

from iacwatch.core.model import Relationship
from iacwatch.core.parse.diff import diff
from tests.fixtures.builders import item

VPC = Relationship(type="AWS::EC2::VPC", id="vpc-1", name=None, label="Is contained in Vpc")


def between(before, after):
    return {
        (entry.path, str(entry.change_type)): (entry.previous, entry.updated) for entry in diff(before, after)
    }


def state(configuration, **more):
    return item(configuration=configuration, tags={}, **more)


def test_what_differs_is_written_as_config_does():
    for old, new, expected in (
        ({"s": {"name": "run"}}, {"s": {"name": "stop"}}, {("S.Name", "UPDATE"): ("run", "stop")}),
        ({"a": 1}, {}, {("A", "DELETE"): (1, None)}),
        ({"r": [1, 2]}, {"r": [2, 3]}, {("R.0", "DELETE"): (1, None), ("R.1", "CREATE"): (None, 3)}),
        ({"a": ["x", "y", "x"]}, {"a": ["x", "z"]}, {("A.0", "DELETE"): ("y", None), ("A.1", "DELETE"): ("x", None), ("A.2", "CREATE"): (None, "z")}),
        ({"a": [{"x": 1}, {"x": 2}]}, {"a": [{"x": 2}, {"x": 2}]}, {("A.0", "DELETE"): ({"x": 1}, None), ("A.1", "CREATE"): (None, {"x": 2})}),
        ({"a": [1, [True], None]}, {"a": [[True], "y"]}, {("A.0", "DELETE"): (1, None), ("A.1", "CREATE"): (None, "y")}),
        # A choice between empty objects.
        ({"X": {"Y": {}}}, {"X": {"Z": {}}}, {("X.Y", "DELETE"): ({}, None), ("X.Z", "CREATE"): (None, {})}),
    ):  # fmt: skip
        found = between(state(old), state(new))
        assert found == {(f"Configuration.{path}", kind): values for (path, kind), values in expected.items()}


def test_a_captures_noise_is_no_difference():
    for one, other in (
        ({"a": []}, {"a": None}),
        ({"tags": {}}, {"tags": []}),
        ({"a": ["x", None]}, {"a": ["x"]}),
        ({}, None),
        ({"a": {"b": [[16], "x"]}}, {"a": {"b": [[16.0], "x"]}}),
        ({"a": [{"x": [1, 2], "y": None}]}, {"a": [{"x": [2, 1]}]}),
        ({"a": ["x" * 5000, "y"]}, {"a": ["y", "x" * 5000]}),
    ):
        assert diff(state(one), state(other)) == ()
        assert diff(state(other), state(one)) == ()


def test_another_kind_an_empty_object_and_an_empty_element_differ():
    for one, other in (
        ({"a": [True, "x"]}, {"a": [1, "x"]}),
        ({"a": "1"}, {"a": 1}),
        ({"a": False}, {"a": None}),
        ({"a": ["x" * 5000]}, {"a": ["x" * 4999 + "y"]}),
        ({"a": {}}, {"a": None}),
        ({"a": {}}, {"a": {"b": 1}}),
        ({"Rules": [{}]}, {"Rules": []}),
        ({"Values": ["", "x"]}, {"Values": ["x"]}),
        ({"Values": [[]]}, {"Values": []}),
    ):
        assert diff(state(one), state(other)) != ()
        assert diff(state(other), state(one)) != ()


def test_tags_relationships_names_and_supplementary_configuration_are_compared_too():
    before = item(
        configuration={}, tags={"a": "1", "b": ""}, supplementary={"P": {"v": 1}, "Tags": {"by": "a"}}
    )
    after = item(
        configuration={},
        tags={"a": "2"},
        supplementary={"P": {"v": 2}, "Tags": {"by": "b"}},
        relationships=(VPC,),
    )
    found = between(before, replace(after, resource=replace(after.resource, name="b")))
    assert found.pop(("Relationships.0", "CREATE"))[1]["resourceId"] == "vpc-1"
    assert found == {
        ("Tags.a", "UPDATE"): ("1", "2"),
        ("Tags.b", "DELETE"): ("", None),
        ("SupplementaryConfiguration.P.V", "UPDATE"): (1, 2),
        # Tags in a map keep their keys as they are.
        ("SupplementaryConfiguration.Tags.by", "UPDATE"): ("a", "b"),
        ("ResourceName", "UPDATE"): ("web", "b"),
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
