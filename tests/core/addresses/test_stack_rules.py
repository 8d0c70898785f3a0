"""What the place of a state tells, by itself and by `[[iac.stack]]`."""

from iacwatch.core.addresses.stack_rules import filled, rule_of
from iacwatch.core.addresses.state_place import may_be_state, stack_of
from iacwatch.core.iac import AddressRow, StackRule, StateRows
from tests.fixtures.indexed import head


def test_a_star_is_one_segment_and_two_are_any_number():
    for glob, place, first in (
        ("s3://b/live/*", "s3://b/live/net/terraform.tfstate", "net"),
        ("s3://b/live/*", "s3://b/live/a/net/terraform.tfstate", None),
        ("s3://b/live/*", "s3://b/live/", None),
        ("s3://b/live/**", "s3://b/live/a/net/terraform.tfstate", "a/net/terraform.tfstate"),
        ("s3://b/live/**", "s3://b/live", ""),
        ("s3://b/**/terraform.tfstate", "s3://b/terraform.tfstate", ""),
        ("**", "anything/at all", "anything/at all"),
        ("s3://b/prod-*/k", "s3://b/prod-/k", ""),
        ("s3://b/li.e/*", "s3://b/live/net", None),
        ("live/prod/*", "s3://b/x", "net"),
    ):
        found = rule_of(head(place=place), [StackRule(state=glob, directory="{1}")])
        assert (found.directory if found else None) == first


def test_the_first_rule_counts_and_numbers_are_filled_in():
    code = {"repository": "acme/{1}", "directory": "{3}/{2}/{4}", "owner": "@{2}"}
    rules = [StackRule(state="s3://*/live/*/**", **code), StackRule(state="**", repository="other")]
    found = rule_of(head(place="s3://b/live/prod/a/b"), rules)
    assert (found.repository, found.directory, found.owner) == ("acme/b", "a/b/prod/", "@prod")
    assert rule_of(head(place="x"), rules).repository == "other"
    assert rule_of(head(place="x"), []) is None
    assert rule_of(head(place="x", stack=""), [StackRule(state="/**")]) is None


def test_what_the_pipeline_said_counts_before_the_rule():
    more = {"directory": "d", "owner": "o", "account": "111122223333", "command": "tofu"}
    rule = StackRule(state="**", repository="r", **more)
    rows = tuple(AddressRow(address="a.b", type="a", account_id=each) for each in ("", "999988887777"))
    done = filled(StateRows(head=head(repository="mine", directory=""), rows=rows, dropped=3), [rule])
    assert (done.head.repository, done.head.directory, done.head.owner) == ("mine", "d", "@acme/net")
    assert (done.head.command, done.dropped) == ("tofu", 3)
    assert [each.account_id for each in done.rows] == ["111122223333", "999988887777"]
    untouched = StateRows(head=head(), rows=rows)
    assert filled(untouched, [StackRule(state="nothing", account="111122223333")]) is untouched


def test_a_stack_is_called_by_the_path_of_its_state():
    for name, stack in (
        ("live/prod/net/terraform.tfstate", "live/prod/net"),
        ("live/prod/net/terraform.tfstate.gz", "live/prod/net"),
        # Workspaces: of a bucket, of another prefix (as Atmos has them), of a local backend, of GCS.
        ("env:/blue/live/net/terraform.tfstate", "live/net:blue"),
        ("env:/default/net.tfstate", "net"),
        ("env:/blue/terraform.tfstate", "blue"),
        ("live/net/terraform.tfstate.d/blue/terraform.tfstate", "live/net:blue"),
        ("net/default.tfstate", "net"),
        ("terraform.tfstate", ""),
        ("env:", "env:"),
        ("", ""),
    ):
        workspace = "blue" if "blue" in name else ""
        assert stack_of(name) == (stack, workspace)


BESIDE = """
    terraform.tfstate.backup live/errored.tfstate live/net/.terraform/terraform.tfstate live/terraform.tfstate.tflock
    .terraform.tfstate.lock.info .git/index main.tf README.md plan.ZIP
"""


def test_what_lies_beside_states_is_told_by_its_name_and_a_state_may_have_any_other():
    assert [name for name in BESIDE.split() if may_be_state(name)] == []
    states = "terraform.tfstate live/net live/prod.net state.json a.tfstate.gz"
    assert all(map(may_be_state, states.split()))
