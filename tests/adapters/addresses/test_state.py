"""States of Terraform and OpenTofu become rows: ids and addresses, and no other value."""

import gzip
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from iacwatch.addresses import state as state_module
from iacwatch.addresses.state import read_state
from iacwatch.core.addresses.terraform_address import parse_address
from iacwatch.core.iac import Engine, StateHead
from iacwatch.errors import ParseError
from iacwatch.storage import json_walk
from iacwatch.storage.files import unzipped
from tests.fixtures.states import ACCOUNT, AWS, TOFU, instance, resource, state

ROADS = [None, *([state_module.typed] if state_module.typed else [])]
HEAD = StateHead(place="s3://acme/net.tfstate", stack="net", seen_at=datetime(2026, 11, 20, tzinfo=UTC))


@pytest.fixture(params=ROADS, autouse=True)
def road(request, monkeypatch):
    monkeypatch.setattr(state_module, "typed", request.param)


def read(document, *, pieces=None):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_state(pieces or [data], HEAD, name="net.tfstate")


def rows(*resources):
    return read(state(*resources)).rows


def refused(document):
    with pytest.raises(ParseError) as caught:
        read(document)
    assert caught.value.__context__ is None
    assert caught.value.exit_code == 1
    return f"{type(caught.value).__name__}: {caught.value}"


GROUP_ARN = f"arn:aws:ec2:eu-west-1:{ACCOUNT}:security-group/sg-1"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:news"
SERVICE = f"arn:aws:ecs:eu-west-1:{ACCOUNT}:service/main/web"
IDENTITY = {"account_id": ACCOUNT, "region": "eu-west-1", "name": "hunter2"}
WHERE = {"account_id": ACCOUNT, "region": "eu-west-1"}
FILES = sorted((Path(__file__).parents[2] / "data" / "states").glob("*.tfstate"))
NET = 'module.net["x"].module.web[0]'


def of(type_, **attributes):
    return resource(type_, "x", instance(**{"id": "x", **attributes}))


def raw(**more):
    return resource("aws_vpc", "v", {"schema_version": 0, **more})


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        (
            resource("aws_security_group", "web", instance(key="a", id="sg-1", arn=GROUP_ARN, description="hunter2"), module=NET),
            {"address": f'{NET}.aws_security_group.web["a"]', "type": "aws_security_group", "id": "sg-1", "arn": GROUP_ARN, **WHERE},
        ),
        (of("aws_security_group_rule", type="ingress", security_group_id="sg-1"), {"direction": "ingress", "parent": "sg-1", "exclusive": False}),
        (of("aws_security_group_rule", type="hunter2"), {"direction": ""}),
        (of("aws_network_acl_rule", egress=True), {"direction": "egress"}),
        (of("aws_network_acl_rule", egress=False), {"direction": "ingress"}),
        (of("aws_network_acl_rule", egress="hunter2"), {"direction": ""}),
        (of("aws_iam_role_policy_attachment", role="Admin"), {"parent": "Admin", "exclusive": False}),
        (of("aws_iam_role_policies_exclusive", role_name="Admin"), {"parent": "Admin", "exclusive": True}),
        (of("aws_sqs_queue_policy", queue_url="https://sqs/q"), {"parent": "https://sqs/q"}),
        (of("aws_vpc", bucket="logs", role="Admin"), {"parent": ""}),
        # The ARN of a topic's policy is the topic's; an id that is an ARN is the ARN too; one that is a secret is left out.
        (of("aws_sns_topic_policy", id=TOPIC, arn=TOPIC), {"arn": "", "parent": TOPIC, **WHERE}),
        (of("aws_dms_endpoint", id="e", endpoint_arn=TOPIC), {"arn": TOPIC, "id": "e", **WHERE}),
        (of("aws_ecs_service", id=SERVICE), {"arn": SERVICE, **WHERE}),
        (of("aws_appsync_api_key", id="api:da2-hunter2", api_id="api"), {"id": "", "parent": "api"}),
        # Provider 6 says account and region; a region of something else does not count.
        (resource("aws_sqs_queue", "q", {**instance(id="q"), "identity": IDENTITY}), WHERE),
        (of("aws_sqs_queue", region="eu-west-1"), {"account_id": "", "region": "eu-west-1"}),
        (of("aws_config_aggregate_authorization", region="eu-west-1"), {"region": ""}),
        # Attributes of an upgraded state count; an instance without any has an address; one may have its own provider.
        (raw(attributes_flat={"id": "vpc-1", "tags.%": "1"}), {"id": "vpc-1"}),
        (raw(attributes=None), {"address": "aws_vpc.v", "id": ""}),
        ({**raw(attributes={"id": "vpc-1"}, provider=f'{TOFU}.r["x"]'), "provider": None}, {"id": "vpc-1"}),
    ],
)  # fmt: skip
def test_a_row_has_ids_an_address_and_what_it_is_part_of(given, fields):
    (row,) = rows(given)
    assert {name: getattr(row, name) for name in fields} == fields
    assert "hunter2" not in repr(row)


@pytest.mark.parametrize(("provider", "engine"), [(AWS, Engine.TERRAFORM), (TOFU, Engine.OPENTOFU)])
def test_the_head_gets_the_serial_the_lineage_and_the_engine(provider, engine):
    head = read(state(resource("aws_vpc", "v", instance(id="vpc-1"), provider=provider))).head
    assert (head.serial, head.lineage, head.engine, head.stack) == (17, "l-1", engine, "net")


@pytest.mark.parametrize(
    ("key", "written"),
    [
        (None, ""),
        (12.0, "[12]"),
        ("a", '["a"]'),
        ('k"q', r'["k\"q"]'),
        ("${x}", '["$${x}"]'),
        ("%{if}", '["%%{if}"]'),
        ("new\nline\t\r", r'["new\nline\t\r"]'),
        ("\x1b[31m", r'["\u001b[31m"]'),
        ("\u202e\U000e0001", r'["\u202e\U000e0001"]'),
        ("Zürich 🎉", '["Zürich 🎉"]'),
        ("\ud800", '["\ufffd"]'),
        ("$(touch x)`id`", '["$(touch x)`id`"]'),
    ],
)
def test_keys_are_written_as_terraform_writes_them(key, written):
    (row,) = rows(resource("aws_sqs_queue", "q", instance(key=key, id="q")))
    assert row.address == f"aws_sqs_queue.q{written}"


@pytest.mark.parametrize(
    ("about", "key"),
    [
        *(({"module": each}, None) for each in ("module.a; rm -rf", 'module.a["${x}"]', 7)),
        *(({"name": each}, None) for each in ("web -target=x", "")),
        *(({}, each) for each in (True, -1, 1.5, float("nan"), {"x": 1}, "x" * 9000)),
    ],
)
def test_what_is_no_address_is_dropped_and_counted(about, key):
    given = {**resource("aws_vpc", "v", instance(key=key, id="vpc-1")), **about}
    found = read(state(given))
    assert (found.rows, found.dropped) == ((), 1)


def test_data_sources_and_other_providers_give_no_rows():
    secret = instance(id="hunter2", arn="hunter2")
    others = ("hashicorp/random", "acme/aws", "hashicorp/awsutils")
    providers = ["", *(f'provider["registry.terraform.io/{each}"]' for each in others)]
    data = {**resource("aws_vpc", "v", instance(id="vpc-1")), "mode": "data"}
    assert rows(data, *(resource("aws_vpc", "v", secret, provider=each) for each in providers)) == ()


PROVIDERS = (
    *(f"{AWS}.east", f"module.a.{AWS}", f'{TOFU}.by_region["eu-west-1"]', "module.a.provider.aws.east"),
    *(f'provider["registry.{each}"]' for each in ("acme.internal/hashicorp/aws", "terraform.io/-/aws")),
)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_way_to_write_the_provider_of_aws_counts(provider):
    assert len(rows(resource("aws_vpc", "v", instance(id="vpc-1"), provider=provider))) == 1


def test_account_and_region_come_from_the_others_of_the_provider_where_they_agree():
    def arn(account, region):
        return instance(id="f", arn=f"arn:aws:lambda:{region}:{account}:function:f")

    def told(*others):
        *_, policy, route = rows(*others, of("aws_iam_group_policy"), of("aws_route"))
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


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_state_is_read_however_it_arrives(codec):
    given = state(resource("aws_vpc", "v", instance(key="Zürich 🎉", id="vpc-1")))
    data = json.dumps(given, ensure_ascii=False, indent=2).encode(codec)
    pieces = [data[at : at + 7] for at in range(0, len(data), 7)]
    for arrived in (pieces, list(unzipped(BytesIO(gzip.compress(data)), "x"))):
        assert read(b"", pieces=arrived) == read(given)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b"", "NotAStateError: net.tfstate is empty; it is written by the first apply"),
        (b"<!DOCTYPE html><html>hunter2", "NotAStateError: net.tfstate is a page of HTML or XML"),
        (b'region = "hunter2"', "NotAStateError: net.tfstate is no state: it is not a JSON object"),
        ({"region": "hunter2"}, "NotAStateError: net.tfstate is JSON, but no state"),
        ({"version": 3, "serial": 1, "modules": []}, "ParseError: net.tfstate has format version 3, of Terraform 0.11 or older; Terraform 0.12 or later writes it anew: terraform state pull | iacwatch address add -"),
        ({"version": 3, "serial": 1, "backend": {"config": {"secret_key": "hunter2"}}}, "NotAStateError: net.tfstate holds where Terraform keeps its state"),
        ({"version": 5, "serial": 1}, "ParseError: net.tfstate has format version 5, which is newer than what is read (4); update iacwatch"),
        ({"serial": 1, "lineage": "l", "meta": {}, "encrypted_data": "hunter2", "encryption_version": "v0"}, "ParseError: net.tfstate is encrypted; only OpenTofu can decrypt it, so pipe it: tofu state pull | iacwatch address add -"),
        ({"ID": "1", "Operation": "OperationTypeApply", "Who": "hunter2", "Info": ""}, "NotAStateError: net.tfstate is the lock of a state"),
        ({"format_version": "1.2", "resource_changes": ["hunter2"]}, "NotAStateError: net.tfstate is a plan, no state; use iacwatch address plan"),
        ({"version": 4, "serial": "hunter2", "resources": []}, "ParseError: net.tfstate is cut short or damaged"),
        (b'{"version": 4, "serial": 1, "resources": ' + b"[" * 200_000, "ParseError: net.tfstate is cut short or damaged"),
    ],
)  # fmt: skip
def test_what_is_no_state_is_said_in_a_sentence(document, sentence):
    said = refused(document)
    assert said.startswith(sentence)
    assert "hunter2" not in said


def test_a_state_that_is_cut_anywhere_is_refused():
    data = json.dumps(state(of("aws_vpc", note="hunter2")), indent=2).encode()
    for at in range(1, len(data)):
        assert refused(data[:at]) == "ParseError: net.tfstate is cut short or damaged; write it again, whole"
    assert "cut short" in refused(data + b"}")


@pytest.mark.parametrize("window", [1, 100, 1 << 20])
def test_large_resources_are_read_instance_by_instance(window, monkeypatch):
    monkeypatch.setattr(json_walk, "WINDOW", window)
    monkeypatch.setattr(json_walk, "_PIECE", window)
    given = state(
        resource("aws_vpc", "v", *(instance(key=at, id=f"vpc-{at}", tags={"x": [1, {}]}) for at in range(9))),
        {"mode": "managed", "instances": 7, "type": "aws_vpc", "name": "w", "provider": AWS},
        resource("aws_vpc", "x", 7, None, [], {}),
        *([1, {"x": 2}], "text", None),
        of("aws_security_group_rule", security_group_id="sg-1") | {"each": [1, 2]},
    )
    data = json.dumps(given).encode()
    found = read(b"", pieces=[data[at : at + 50] for at in range(0, len(data), 50)])
    assert [(row.address, row.id, row.parent) for row in found.rows] == [
        *((f"aws_vpc.v[{at}]", f"vpc-{at}", "") for at in range(9)),
        ("aws_vpc.x", "", ""),
        ("aws_security_group_rule.x", "x", "sg-1"),
    ]
    assert found == read(given)


def read_naively(document):
    for each in document["resources"]:
        if each["mode"] == "managed" and each["type"].startswith("aws_"):
            for one in each["instances"]:
                bracket = f"[{json.dumps(one['index_key'])}]" if "index_key" in one else ""
                yield f"{each['type']}.{each['name']}{bracket}", one["attributes"]["id"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_instance_of_a_state_that_terraform_wrote_has_its_row(path):
    document = json.loads(path.read_bytes())
    found = read(document)
    assert [(row.address, row.id) for row in found.rows] == list(read_naively(document))
    assert [str(parse_address(row.address)) for row in found.rows] == [row.address for row in found.rows]
    told = found.dropped, found.head.serial, found.head.lineage
    assert told == (0, document["serial"], document["lineage"])
