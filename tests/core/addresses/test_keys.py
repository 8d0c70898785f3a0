"""What a row of a state is kept and asked for under, and what the place of a state tells."""

import pytest

from iacwatch.core.addresses.keys import resource_keys, row_keys
from iacwatch.core.addresses.state_place import stack_of
from iacwatch.core.addresses.versions import Kept, accounts_of
from tests.fixtures.builders import resource
from tests.fixtures.clocks import NOON
from tests.fixtures.state_rows import A, B, firewall, group, role, row, state

SERVICE = f"arn:aws:ecs:eu-west-1:{A}:service/prod/web"


@pytest.mark.parametrize(
    ("kept", "keys"),
    [
        (row(), [f"arn:aws:iam::{A}:role/web", f"id#{A}#web", "addr#aws_iam_role.web"]),
        (row(id="prod", address='aws_ecs_service.this["b"]', arn=SERVICE), [SERVICE, f"id#{A}#prod", 'addr#aws_ecs_service.this["b"]', "name#b", "name#web"]),
        (group(account_id="", parent="vpc-1"), ["id##sg-web", "id##vpc-1", "addr#aws_security_group.web", "name#web"]),
    ],
)  # fmt: skip
def test_a_row_is_kept_under_what_it_is_what_it_is_part_of_and_what_people_call_it(kept, keys):
    assert list(row_keys(kept)) == keys


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        (role(), [f"arn:aws:iam::{A}:role/web", f"id#{A}#AROAWEB", f"id#{A}#web", "id##web"]),
        (firewall("0a1b2c3d4e5f60718"), [f"id#{A}#sg-0a1b2c3d4e5f60718", "id##sg-0a1b2c3d4e5f60718"]),
        (resource(type="AWS::ECS::Service", account_id=A, id=SERVICE, name=None, arn=SERVICE), [SERVICE, f"id#{A}#web"]),
    ],
)  # fmt: skip
def test_a_resource_is_asked_for_under_few_keys(asked, keys):
    assert list(resource_keys(asked)) == keys


def test_a_state_covers_the_accounts_of_what_it_holds_now_and_a_plan_none():
    rows = [Kept(row()), Kept(row("gone"), NOON), Kept(row("left", account_id=B), NOON)]
    assert accounts_of(rows, state().head) == {A: True, B: False}
    assert accounts_of(rows, state(planned_at=NOON).head) == {A: False, B: False}


@pytest.mark.parametrize(
    ("name", "stack"),
    [
        ("live/prod/net/terraform.tfstate", "live/prod/net"),
        ("env:/blue/live/net.tfstate.gz", "live/net:blue"),
        ("env:/default/net.tfstate", "net"),
        ("env:/blue/terraform.tfstate", "blue"),
        ("live/net/terraform.tfstate.d/blue/terraform.tfstate", "live/net:blue"),
        ("live/env:", "live/env:"),
    ],
)
def test_a_stack_is_called_by_the_path_of_its_state(name, stack):
    assert stack_of(name) == (stack, "blue" if "blue" in name else "")
