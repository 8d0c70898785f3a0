"""Plans become rows: what is done with each instance, and its ids; no value, and nothing of what is no plan."""

import json
from datetime import UTC, datetime

import pytest

from iacwatch.addresses.plan import read_plan
from iacwatch.core.iac import Engine, Planned, StateHead
from iacwatch.errors import ParseError
from tests.fixtures.states import ACCOUNT, state

HEAD = StateHead(place="net#plan", seen_at=datetime(2026, 11, 20, tzinfo=UTC))
AWS = "registry.terraform.io/hashicorp/aws"
GROUP = {
    "id": "sg-1",
    "arn": f"arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/sg-1",
    "description": "hunter2",
}


def change(address, *actions, before=None, **more):
    type_, _, rest = address.partition(".")
    beside = {
        key: more.pop(key) for key in {"action_reason", "deposed", "mode", "provider_name"} & more.keys()
    }
    done = {"actions": list(actions), "before": before, "after": {"id": "hunter2"}, **more}
    named = {"address": address, "mode": "managed", "type": type_, "name": rest, "provider_name": AWS}
    return {**named, **beside, "change": done}


def plan(*changes, drift=(), **more):
    provider = {"full_name": AWS, "expressions": {"secret_key": {"constant_value": "hunter2"}}}
    secrets = {"root_module": {"resources": [{"values": {"password": "hunter2"}}]}}
    return {
        "format_version": "1.2",
        "terraform_version": "1.13.0",
        "variables": {"password": {"value": "hunter2"}},
        "planned_values": secrets,
        **({"resource_drift": list(drift)} if drift else {}),
        **({"resource_changes": list(changes)} if changes else {}),
        "prior_state": {"values": secrets},
        "configuration": {"provider_config": {"aws.0": provider}, "root_module": {"x": "hunter2"}},
        "timestamp": "2026-11-20T10:12:03Z",
        "errored": False,
        **more,
    }


def read(document):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    found = read_plan([data], HEAD, name="plan.json")
    assert "hunter2" not in repr(found)
    return found


def refused(document):
    with pytest.raises(ParseError) as caught:
        read(document)
    assert caught.value.__context__ is None
    assert "hunter2" not in str(caught.value)
    return f"{type(caught.value).__name__}: {caught.value}"


@pytest.mark.parametrize(
    ("registry", "engine"), [("terraform.io", Engine.TERRAFORM), ("opentofu.org", Engine.OPENTOFU)]
)
def test_a_change_has_ids_and_what_is_done(registry, engine):
    provider = f"registry.{registry}/hashicorp/aws"
    given = change("aws_security_group.web", "update", before=GROUP, provider_name=provider)
    found = read(plan(given, complete=False))
    (row,) = found.rows
    assert (row.address, row.type) == ("aws_security_group.web", "aws_security_group")
    assert (row.id, row.account_id, row.planned) == ("sg-1", ACCOUNT, Planned(actions=("update",)))
    assert found.head.planned_at == datetime(2026, 11, 20, 10, 12, 3, tzinfo=UTC)
    assert found.head.engine is engine


def test_a_replacement_says_why():
    given = change(
        'aws_instance.web["$(x)"]',
        "delete",
        "create",
        before={"id": "i-1"},
        action_reason="replace_because_cannot_update",
        replace_paths=[["ami"], ["ebs_block_device", 0, "iops"], ["tags", "Hunter2 key"], ["ami"], "x", []],
    )
    (row,) = read(plan(given)).rows
    assert row.planned == Planned(
        actions=("delete", "create"),
        action_reason="replace_because_cannot_update",
        replace_paths=("ami", "ebs_block_device.0.iops", "tags"),
    )


def test_what_is_made_anew_has_the_ids_of_what_is_gone_and_a_plan_that_only_refreshed_proposes_nothing():
    gone = change("aws_security_group.web", "delete", before=GROUP)
    (row,) = read(plan(change("aws_security_group.web", "create"), drift=[gone])).rows
    assert (row.id, row.planned) == ("sg-1", Planned(actions=("create",)))
    (row,) = read(plan(drift=[change("aws_security_group.web", "update", before=GROUP)])).rows
    assert (row.id, row.planned) == ("sg-1", Planned(actions=("update",), drift_only=True))


def test_deposed_instances_and_those_left_as_they_are_have_rows_too():
    left = change("aws_instance.i", "no-op", before={"id": "i-2"})
    deposed = change("aws_instance.i", "delete", before={"id": "i-1"}, deposed="0a1b2c3d")
    assert [(row.id, row.deposed, row.planned.actions) for row in read(plan(left, deposed)).rows] == [
        ("i-2", "", ("no-op",)),
        ("i-1", "0a1b2c3d", ("delete",)),
    ]


def test_others_have_none():
    found = read(
        plan(
            change("data.aws_ami.a", "read", mode="data"),
            change("random_string.s", "create", provider_name="registry.terraform.io/hashicorp/random"),
            change('aws_instance.i["${x}"]', "update", before={"id": "i-1"}),
        )
    )
    assert (found.rows, found.dropped) == ((), 1)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b"", "NotAPlanError: plan.json is empty; show it as JSON: terraform show -json PLAN | iacwatch address plan -"),
        (b"PK\x03\x04hunter2", "NotAPlanError: plan.json is a plan file as Terraform keeps it; show it as JSON"),
        (b"Terraform will perform: hunter2", "NotAPlanError: plan.json is no JSON object"),
        (state(), "NotAPlanError: plan.json is a state, no plan; use iacwatch address add"),
        ({"@level": "info", "@message": "hunter2"}, "NotAPlanError: plan.json is the log of `terraform plan -json`"),
        ({"hunter2": 1}, "NotAPlanError: plan.json is JSON, but no plan"),
        (plan(timestamp=None), "ParseError: plan.json does not say when it was made; Terraform 1.5 or later, or OpenTofu, writes that into its plans"),
        (plan(timestamp="hunter2"), "ParseError: plan.json is cut short or damaged"),
        (plan(errored=True), "ParseError: plan.json is of a plan that failed; mend the code, then plan again"),
        (plan(format_version="2.0"), "ParseError: plan.json is of a plan's format 2, which is newer than what is read (1); update iacwatch"),
        (json.dumps(plan(change("aws_vpc.v", "no-op", before=GROUP))).encode()[:-9], "ParseError: plan.json is cut short or damaged"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_said_in_a_sentence(document, sentence):
    assert refused(document).startswith(sentence)
