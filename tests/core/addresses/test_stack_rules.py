"""What the place of a state tells by `[[iac.stack]]`."""

import pytest

from iacwatch.core.addresses.stack_rules import filled, rule_of
from iacwatch.core.iac import AddressRow, StackRule, StateRows
from tests.fixtures.indexed import head


@pytest.mark.parametrize(
    ("glob", "place", "first"),
    [
        ("s3://b/live/*", "s3://b/live/net/terraform.tfstate", "net"),
        ("s3://b/live/*", "s3://b/live/net.tfstate", "net.tfstate"),
        ("s3://b/live/*", "s3://b/live/a/net/terraform.tfstate", None),
        ("s3://b/live/*", "s3://b/live/", None),
        ("s3://b/live/**", "s3://b/live/a/net/terraform.tfstate", "a/net/terraform.tfstate"),
        ("s3://b/live/**", "s3://b/live", ""),
        ("s3://b/**/terraform.tfstate", "s3://b/terraform.tfstate", ""),
        ("s3://b/**/terraform.tfstate", "s3://b/a/c/terraform.tfstate", "a/c"),
        ("**", "anything/at all", "anything/at all"),
        ("s3://b/prod-*/k", "s3://b/prod-net/k", "net"),
        ("s3://b/prod-*/k", "s3://b/prod-/k", ""),
        ("s3://b/li.e/*", "s3://b/live/net", None),
        ("live/prod/*", "s3://b/x", "net"),
    ],
)
def test_a_star_is_one_segment_and_two_are_any_number(glob, place, first):
    found = rule_of(head(place=place), [StackRule(state=glob, directory="{1}")])
    assert (found.directory if found else None) == first


def test_the_first_rule_counts_and_numbers_are_filled_in():
    rules = [
        StackRule(state="s3://*/live/*/**", repository="acme/{1}", directory="{3}/{2}/{4}", owner="@{2}"),
        StackRule(state="**", repository="other"),
    ]
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
