"""States of Terraform and OpenTofu become rows: ids and addresses, and no other value."""

import gzip
import json
import traceback
from datetime import UTC, datetime
from io import BytesIO

import pytest

from iacwatch.addresses import state as state_module
from iacwatch.addresses.document import NotAStateError
from iacwatch.addresses.state import read_state
from iacwatch.core.iac import Engine, StateHead
from iacwatch.errors import IacwatchError, ParseError
from iacwatch.storage.files import unzipped
from tests.fixtures.states import ACCOUNT, AWS, TOFU, instance, resource, state

ROADS = ["stdlib", *(["msgspec"] if state_module.typed else [])]
HEAD = StateHead(place="s3://acme/net.tfstate", stack="net", seen_at=datetime(2026, 11, 20, tzinfo=UTC))


@pytest.fixture(params=ROADS, autouse=True)
def road(request, monkeypatch):
    """Hold every law for both roads: with `msgspec`, where it is installed, and without."""
    if request.param == "stdlib":
        monkeypatch.setattr(state_module, "typed", None)
    return request.param


def read(document, *, pieces=None):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_state(pieces or [data], HEAD, name="net.tfstate")


def rows(*resources):
    return read(state(*resources)).rows


def refused(document):
    """Return the sentence about a document that is not read, which no other exception stands behind."""
    with pytest.raises(ParseError) as caught:
        read(document)
    assert caught.value.__context__ is None
    assert caught.value.exit_code == 1
    return f"{type(caught.value).__name__}: {caught.value}"


def test_a_row_has_ids_and_an_address():
    (row,) = rows(
        resource(
            "aws_security_group",
            "web",
            instance(
                key="a",
                id="sg-1",
                arn=f"arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/sg-1",
                description="hunter2",
            ),
            module='module.net["x"].module.web[0]',
        )
    )
    assert row.address == 'module.net["x"].module.web[0].aws_security_group.web["a"]'
    assert (row.type, row.id) == ("aws_security_group", "sg-1")
    assert (row.account_id, row.region) == (ACCOUNT, "eu-west-1")
    assert "hunter2" not in repr(row)


def test_the_head_gets_the_serial_the_lineage_and_the_engine():
    head = read(state(resource("aws_vpc", "v", instance(id="vpc-1"), provider=TOFU))).head
    assert (head.serial, head.lineage, head.engine, head.stack) == (17, "l-1", Engine.OPENTOFU, "net")
    assert read(state()).head.engine is Engine.TERRAFORM


@pytest.mark.parametrize(
    ("key", "written"),
    [
        (None, ""),
        (0, "[0]"),
        (12.0, "[12]"),
        ("a", '["a"]'),
        ('k"q', r'["k\"q"]'),
        ("b\\c", r'["b\\c"]'),
        ("${x}", '["$${x}"]'),
        ("%{if}", '["%%{if}"]'),
        ("$5 100%", '["$5 100%"]'),
        ("new\nline\t\r", r'["new\nline\t\r"]'),
        ("\x1b[31m", r'["\u001b[31m"]'),
        ("\u202e\U000e0001", r'["\u202e\U000e0001"]'),
        ("Zürich 東京 🎉", '["Zürich 東京 🎉"]'),
        ("\ud800", '["\ufffd"]'),
        ("", '[""]'),
        ("$(touch x)`id`", '["$(touch x)`id`"]'),
        ("a]b[c", '["a]b[c"]'),
    ],
)
def test_keys_are_written_as_terraform_writes_them(key, written):
    (row,) = rows(resource("aws_sqs_queue", "q", instance(key=key, id="q")))
    assert row.address == f"aws_sqs_queue.q{written}"


@pytest.mark.parametrize(
    ("about", "key"),
    [
        ({"module": "module.a; rm -rf"}, None),
        ({"module": 'module.a["${x}"]'}, None),
        ({"module": 7}, None),
        ({"name": "web -target=x"}, None),
        ({"name": ""}, None),
        ({}, True),
        ({}, [1]),
        ({}, -1),
        ({}, 1.5),
        ({}, float("inf")),
        ({}, float("nan")),
        ({}, {"x": 1}),
        ({}, "x" * 9000),
    ],
)
def test_what_is_no_address_is_dropped_and_counted(about, key):
    given = {**resource("aws_vpc", "v", instance(key=key, id="vpc-1")), **about}
    found = read(state(given))
    assert (found.rows, found.dropped) == ((), 1)


def test_data_sources_and_other_providers_give_no_rows():
    secret = instance(id="hunter2", arn="hunter2")
    assert (
        rows(
            {**resource("aws_vpc", "v", instance(id="vpc-1")), "mode": "data"},
            resource(
                "random_string", "s", secret, provider='provider["registry.terraform.io/hashicorp/random"]'
            ),
            resource("aws_vpc", "v", secret, provider='provider["registry.terraform.io/acme/aws"]'),
            resource("aws_vpc", "v", secret, provider='provider["registry.terraform.io/hashicorp/awsutils"]'),
            resource("aws_vpc", "v", secret, provider=""),
        )
        == ()
    )


@pytest.mark.parametrize(
    "provider",
    [
        AWS,
        f"{AWS}.east",
        f"module.a.{AWS}",
        TOFU,
        f'{TOFU}.by_region["eu-west-1"]',
        'provider["registry.acme.internal/hashicorp/aws"]',
        'provider["registry.terraform.io/hashicorp/awscc"]',
        'provider["registry.terraform.io/-/aws"]',
        "provider.aws",
        "provider.aws.east",
        "module.a.provider.aws",
    ],
)
def test_every_way_to_write_the_provider_of_aws_counts(provider):
    assert len(rows(resource("aws_vpc", "v", instance(id="vpc-1"), provider=provider))) == 1


def test_an_instance_may_have_a_provider_of_its_own():
    given = resource("aws_vpc", "v", {**instance(id="vpc-1"), "provider": f'{TOFU}.r["x"]'})
    del given["provider"]
    assert len(rows(given)) == 1


def test_deposed_instances_stand_beside_the_current_one():
    found = rows(
        resource("aws_instance", "i", instance(id="i-2"), {**instance(id="i-1"), "deposed": "0a1b2c3d"})
    )
    assert [(row.address, row.id, row.deposed) for row in found] == [
        ("aws_instance.i", "i-2", ""),
        ("aws_instance.i", "i-1", "0a1b2c3d"),
    ]


@pytest.mark.parametrize(
    ("type_", "attributes", "direction"),
    [
        ("aws_security_group_rule", {"type": "ingress"}, "ingress"),
        ("aws_security_group_rule", {"type": "hunter2"}, ""),
        ("aws_security_group_rule", {"type": {"x": 1}}, ""),
        ("aws_network_acl_rule", {"egress": True}, "egress"),
        ("aws_network_acl_rule", {"egress": False}, "ingress"),
        ("aws_network_acl_rule", {"egress": [{"x": 1}]}, ""),
        ("aws_network_acl_rule", {"egress": "hunter2"}, ""),
        ("aws_security_group", {"type": "ingress", "egress": [{"x": "hunter2"}]}, ""),
    ],
)
def test_rules_say_where_they_lead(type_, attributes, direction):
    (row,) = rows(resource(type_, "x", instance(id="x", **attributes)))
    assert row.direction == direction


@pytest.mark.parametrize(
    ("type_", "attributes", "parent", "exclusive"),
    [
        ("aws_security_group_rule", {"security_group_id": "sg-1"}, "sg-1", False),
        ("aws_vpc_security_group_ingress_rule", {"security_group_id": "sg-1"}, "sg-1", False),
        ("aws_route", {"route_table_id": "rtb-1"}, "rtb-1", False),
        ("aws_iam_role_policy_attachment", {"role": "Admin"}, "Admin", False),
        ("aws_iam_role_policies_exclusive", {"role_name": "Admin"}, "Admin", True),
        ("aws_s3_bucket_versioning", {"bucket": "logs"}, "logs", False),
        ("aws_s3_bucket_server_side_encryption_configuration", {"bucket": "logs"}, "logs", False),
        ("aws_s3_bucket_object", {"bucket": "logs"}, "", False),
        ("aws_sqs_queue_policy", {"queue_url": "https://sqs/q"}, "https://sqs/q", False),
        ("aws_vpc", {"bucket": "logs", "role": "Admin"}, "", False),
    ],
)
def test_parts_name_what_they_live_in(type_, attributes, parent, exclusive):
    (row,) = rows(resource(type_, "x", instance(id="x", **attributes)))
    assert (row.parent, row.exclusive) == (parent, exclusive)


def test_the_arn_of_a_topics_policy_is_the_topics():
    arn = f"arn:aws:sns:eu-west-1:{ACCOUNT}:news"
    (row,) = rows(resource("aws_sns_topic_policy", "p", instance(id=arn, arn=arn)))
    assert (row.arn, row.parent, row.account_id, row.region) == ("", arn, ACCOUNT, "eu-west-1")


def test_an_id_that_is_an_arn_is_the_arn_too():
    arn = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:service/main/web"
    (row,) = rows(resource("aws_ecs_service", "web", instance(id=arn)))
    assert (row.arn, row.account_id, row.region) == (arn, ACCOUNT, "eu-west-1")


def test_an_id_that_is_a_secret_is_left_out():
    (row,) = rows(resource("aws_appsync_api_key", "k", instance(id="api:da2-hunter2", api_id="api")))
    assert (row.id, row.parent) == ("", "api")


def test_provider_6_says_account_and_region():
    identity = {"account_id": ACCOUNT, "region": "eu-west-1", "name": "hunter2"}
    (row,) = rows(resource("aws_sqs_queue", "q", {**instance(id="q"), "identity": identity}))
    assert (row.account_id, row.region) == (ACCOUNT, "eu-west-1")
    (row,) = rows(resource("aws_sqs_queue", "q", instance(id="q", region="eu-west-1")))
    assert (row.account_id, row.region) == ("", "eu-west-1")


def test_account_and_region_come_from_the_others_of_the_provider_where_they_agree():
    def arn(account, region):
        return instance(id="f", arn=f"arn:aws:lambda:{region}:{account}:function:f")

    def told(*others):
        given = (
            resource("aws_route", "r", instance(id="r-1")),
            resource("aws_iam_group_policy", "p", instance(id="p")),
        )
        *_, route, policy = rows(*others, *given)
        assert policy.region == ""
        return route.account_id, route.region

    function = resource("aws_lambda_function", "f", arn(ACCOUNT, "eu-west-1"))
    other = resource("aws_lambda_function", "g", arn("222233334444", "us-east-1"))
    assert told() == ("", "")
    assert told(function) == (ACCOUNT, "eu-west-1")
    assert told(function, other) == ("", "")
    assert told(function, {**other, "provider": f"{AWS}.east"}) == (ACCOUNT, "eu-west-1")
    managed = resource("aws_iam_policy", "p", instance(id="p", arn="arn:aws:iam::aws:policy/Admin"))
    assert told(function, managed) == (ACCOUNT, "eu-west-1")


@pytest.mark.parametrize(
    ("type_", "attributes"),
    [
        ("aws_sns_topic_subscription", {"id": "{}:1f2e", "arn": "{}:1f2e", "topic_arn": "{}"}),
        ("aws_cloudwatch_event_target", {"id": "r-t", "rule": "r", "arn": "{}"}),
        ("aws_secretsmanager_secret_policy", {"id": "{}", "secret_arn": "{}"}),
    ],
)
def test_an_arn_of_another_account_that_a_part_bears_tells_nothing_of_the_others(type_, attributes):
    foreign = "arn:aws:sns:us-east-1:222233334444:alerts"
    part = resource(type_, "p", instance(**{name: text.format(foreign) for name, text in attributes.items()}))
    _, table = rows(part, resource("aws_dynamodb_table", "t", instance(id="orders")))
    assert (table.account_id, table.region) == ("", "")


def test_a_region_of_something_else_does_not_count():
    (row,) = rows(resource("aws_config_aggregate_authorization", "a", instance(id="a", region="eu-west-1")))
    assert row.region == ""


def test_attributes_of_an_upgraded_state_count():
    (row,) = rows(
        resource("aws_vpc", "v", {"schema_version": 0, "attributes_flat": {"id": "vpc-1", "tags.%": "1"}})
    )
    assert row.id == "vpc-1"


def test_instances_without_attributes_have_an_address():
    (row,) = rows(resource("aws_vpc", "v", {"schema_version": 0, "attributes": None}))
    assert (row.address, row.id) == ("aws_vpc.v", "")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("size", [1 << 20, 7])
def test_a_state_is_read_however_it_arrives(codec, size):
    given = state(
        resource("aws_vpc", "v", instance(key="Zürich 🎉", id="vpc-1"), instance(key="b", id="vpc-2"))
    )
    data = json.dumps(given, ensure_ascii=False, indent=2).encode(codec)
    expected = read(given)
    assert read(b"", pieces=[data[at : at + size] for at in range(0, len(data), size)]) == expected
    assert read(b"", pieces=list(unzipped(BytesIO(gzip.compress(data)), "x"))) == expected


def test_members_may_come_in_any_order():
    given = state(resource("aws_vpc", "v", instance(key="a", id="vpc-1")))
    backwards = {
        "version": 4,
        **{key: given[key] for key in reversed(given)},
        "resources": [{key: each[key] for key in reversed(each)} for each in given["resources"]],
    }
    assert read(backwards) == read(given)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b"", "NotAStateError: net.tfstate is empty; it is written by the first apply"),
        (b" \n", "NotAStateError: net.tfstate is empty"),
        (b"<!DOCTYPE html><html>hunter2", "NotAStateError: net.tfstate is a page of HTML or XML"),
        (b"PK\x03\x04hunter2", "NotAStateError: net.tfstate is a plan file or another zip"),
        (b'region = "hunter2"', "NotAStateError: net.tfstate is no state: it is not a JSON object"),
        (b"[1]", "NotAStateError: net.tfstate is no state: it is not a JSON object"),
        (b"\x80\x02\xffhunter2", "NotAStateError: net.tfstate is no state: it is not a JSON object"),
        ({"region": "hunter2"}, "NotAStateError: net.tfstate is JSON, but no state"),
        ({"version": 4, "password": "hunter2"}, "NotAStateError: net.tfstate is JSON, but no state"),
        ({"version": "hunter2", "serial": 1}, "NotAStateError: net.tfstate is JSON, but no state"),
        ({"version": True, "serial": 1}, "NotAStateError: net.tfstate is JSON, but no state"),
        ({"version": 4.0, "serial": 1, "lineage": "l"}, "NotAStateError: net.tfstate is JSON, but no state"),
        ({"version": 3, "serial": 1, "modules": []}, "ParseError: net.tfstate has format version 3, of Terraform 0.11 or older; Terraform 0.12 or later writes it anew: terraform state pull | iacwatch address add -"),
        ({"version": 3, "serial": 1, "backend": {"config": {"secret_key": "hunter2"}}}, "NotAStateError: net.tfstate holds where Terraform keeps its state"),
        ({"version": 5, "serial": 1}, "ParseError: net.tfstate has format version 5, which is newer than what is read (4); update iacwatch"),
        ({"serial": 1, "lineage": "l", "meta": {}, "encrypted_data": "hunter2", "encryption_version": "v0"}, "ParseError: net.tfstate is encrypted; only OpenTofu can decrypt it, so pipe it: tofu state pull | iacwatch address add -"),
        ({"ID": "1", "Operation": "OperationTypeApply", "Who": "hunter2", "Info": ""}, "NotAStateError: net.tfstate is the lock of a state"),
        ({"format_version": "1.2", "resource_changes": ["hunter2"]}, "NotAStateError: net.tfstate is a plan, no state; use iacwatch address plan"),
        ({"format_version": "1.0", "values": {"hunter2": 1}}, "NotAStateError: net.tfstate is what `terraform show -json` prints, no state"),
        ({"version": 4, "serial": "hunter2", "resources": []}, "ParseError: net.tfstate is cut short or damaged"),
        ({"version": 4, "serial": -1, "resources": []}, "ParseError: net.tfstate is cut short or damaged"),
        ({"version": 4, "serial": 1, "resources": {"hunter2": 1}}, "ParseError: net.tfstate is cut short or damaged"),
    ],
)  # fmt: skip
def test_what_is_no_state_is_said_in_a_sentence(document, sentence):
    said = refused(document)
    assert said.startswith(sentence)
    assert "hunter2" not in said


def test_a_state_that_is_cut_anywhere_is_refused():
    data = json.dumps(
        state(resource("aws_vpc", "v", instance(id="vpc-1", note="hunter2"))), indent=2
    ).encode()
    for at in range(1, len(data)):
        assert refused(data[:at]) == "ParseError: net.tfstate is cut short or damaged; write it again, whole"
    assert "cut short" in refused(data + b"}")


def test_nesting_beyond_all_bounds_is_damage():
    deep = b'{"version": 4, "serial": 1, "resources": ' + b"[" * 200_000
    assert "cut short or damaged" in refused(deep)


def test_tracebacks_hold_nothing_of_a_state():
    data = json.dumps(state(resource("aws_vpc", "v", instance(id="vpc-1", note="hunter2")))).encode()
    try:
        read(data[:-3])
    except IacwatchError as error:
        said = traceback.format_exc()
        chained = (error.__context__, error.__cause__)
    assert "hunter2" not in said
    assert chained == (None, None)


def test_the_fast_road_reads_what_terraform_writes(road, monkeypatch):
    if road == "msgspec":
        monkeypatch.delattr(state_module, "_WalkedState")
    vpcs = (instance(key=f"k{at}", id=f"vpc-{at}", note="x" * 300_000) for at in range(5))
    given = state(resource("aws_vpc", "v", *vpcs), resource("aws_sqs_queue", "q", instance(id="q")))
    assert [row.id for row in read(given).rows] == [*(f"vpc-{at}" for at in range(5)), "q"]


@pytest.mark.parametrize("window", [1, 100, 1 << 20])
def test_large_resources_are_read_instance_by_instance(window, monkeypatch):
    from iacwatch.storage import json_walk

    monkeypatch.setattr(json_walk, "WINDOW", window)
    monkeypatch.setattr(json_walk, "_PIECE", window)
    given = state(
        resource("aws_vpc", "v", *(instance(key=at, id=f"vpc-{at}", tags={"x": [1, {}]}) for at in range(9))),
        {"mode": "managed", "instances": 7, "type": "aws_vpc", "name": "w", "provider": AWS},
        resource("aws_vpc", "x", 7, None, [], {}),
        [1, {"x": 2}],
        "text",
        None,
        {
            **resource("aws_security_group_rule", "r", instance(id="r", security_group_id="sg-1")),
            "each": [1, 2],
        },
    )
    data = json.dumps(given).encode()
    found = read(b"", pieces=[data[at : at + 50] for at in range(0, len(data), 50)])
    assert [(row.address, row.id, row.parent) for row in found.rows] == [
        *((f"aws_vpc.v[{at}]", f"vpc-{at}", "") for at in range(9)),
        ("aws_vpc.x", "", ""),
        ("aws_security_group_rule.r", "r", "sg-1"),
    ]
    assert found == read(given)


def test_a_foreign_file_is_told_from_a_broken_state():
    assert issubclass(NotAStateError, ParseError)
