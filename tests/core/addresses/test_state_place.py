"""What the place of a state tells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.addresses.state_place import may_be_state, stack_of


@pytest.mark.parametrize(
    ("name", "stack"),
    [
        ("live/prod/net/terraform.tfstate", "live/prod/net"),
        ("live/prod/net.tfstate", "live/prod/net"),
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
    ],
)
def test_a_stack_is_called_by_the_path_of_its_state(name, stack):
    workspace = "blue" if "blue" in name else ""
    assert stack_of(name) == (stack, workspace)


BESIDE = """
    terraform.tfstate.backup live/errored.tfstate live/net/.terraform/terraform.tfstate live/terraform.tfstate.tflock
    .terraform.tfstate.lock.info .git/index main.tf README.md plan.ZIP
"""


def test_what_lies_beside_states_is_told_by_its_name_and_a_state_may_have_any_other():
    assert [name for name in BESIDE.split() if may_be_state(name)] == []
    assert all(
        map(may_be_state, ("terraform.tfstate", "live/net", "live/prod.net", "state.json", "a.tfstate.gz"))
    )


@given(st.text("env:/.tfsad", max_size=30))
def test_any_name_is_taken(name):
    assert all(isinstance(each, str) for each in stack_of(name))
    assert isinstance(may_be_state(name), bool)
