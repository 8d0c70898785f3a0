"""No secret of a state or a plan gets into rows, errors, tracebacks or logs, whatever the document is."""

import json
import logging
import random
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.addresses import state as state_module
from iacwatch.addresses.plan import read_plan
from iacwatch.addresses.state import read_state
from iacwatch.core.addresses.terraform_address import parse_address
from iacwatch.core.addresses.terraform_parts import PARENTS
from iacwatch.errors import IacwatchError
from tests.adapters.addresses.test_state import HEAD, ROADS
from tests.fixtures.states import AWS, instance, resource, state

CANARY = "hunter2"
BEGIN = b'{"version": 4, "serial": 1, "resources": ['
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(CANARY)
KEYS = st.text(max_size=5) | st.sampled_from(
    ["id", "arn", "region", "type", "egress", "bucket", "attributes", "identity", "instances", "index_key"]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
INSTANCES = st.lists(
    JSON
    | st.fixed_dictionaries(
        {"attributes": JSON},
        optional={"index_key": JSON, "deposed": JSON, "provider": JSON | st.just(AWS), "identity": JSON},
    ),
    max_size=3,
)
RESOURCES = st.lists(
    JSON
    | st.fixed_dictionaries(
        {
            "mode": st.just("managed") | JSON,
            "type": st.sampled_from(["aws_vpc", "aws_security_group_rule", "aws_s3_bucket_policy"]) | JSON,
            "name": st.sampled_from(["a", "b-c"]) | JSON,
            "provider": st.just(AWS) | JSON,
            "instances": INSTANCES | JSON,
        },
        optional={"module": st.sampled_from(["module.a", 'module.a["x"]']) | JSON},
    ),
    max_size=3,
)
STATES = st.fixed_dictionaries(
    {"version": st.just(4) | JSON, "serial": st.integers(0, 9) | JSON, "resources": RESOURCES | JSON},
    optional={"lineage": st.text(max_size=3) | JSON, "outputs": JSON},
)
ODD = (b'{"a": "\xff"}]}', b"\xff", b'"\\ud800"]}', b"NaN]}", b"1e999]}", b"9" * 5000 + b"]}")
DOCUMENTS = (
    (STATES | JSON).map(lambda document: json.dumps(document).encode())
    | st.binary(max_size=60)
    | st.sampled_from([BEGIN + each for each in ODD])
)
CHANGES = st.lists(
    JSON
    | st.fixed_dictionaries(
        {
            "address": st.sampled_from(["aws_vpc.v", 'module.a["x"].aws_vpc.v[0]']) | JSON,
            "mode": st.just("managed") | JSON,
            "provider_name": st.just("registry.terraform.io/hashicorp/aws") | JSON,
            "change": st.fixed_dictionaries({"actions": JSON, "before": JSON, "replace_paths": JSON}) | JSON,
        },
        optional={"deposed": JSON, "action_reason": JSON},
    ),
    max_size=3,
)
PLANS = st.fixed_dictionaries(
    {"format_version": st.just("1.2") | JSON, "timestamp": st.just("2026-11-20T10:12:03Z") | JSON},
    optional={"resource_changes": CHANGES | JSON, "resource_drift": CHANGES | JSON, "configuration": JSON},
)


def outcome(reader, data):
    try:
        return reader([data], HEAD, name="x")
    except IacwatchError as error:
        assert error.__context__ is None
        assert error.__cause__ is None
        return str(error)


@given(DOCUMENTS, st.integers(0, 3))
def test_any_document_becomes_rows_or_a_sentence_and_the_same_on_both_roads(data, cut):
    outcomes = []
    for typed in ROADS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(state_module, "typed", typed)
            outcomes.append(outcome(read_state, data[: len(data) - cut]))
    found = outcomes[0]
    assert outcomes[-1] == found
    for row in found.rows if not isinstance(found, str) else ():
        assert str(parse_address(row.address)) == row.address
        (row.address + row.id + row.arn + row.parent).encode()


@given(PLANS | JSON)
def test_any_json_becomes_a_plans_rows_or_a_sentence(document):
    found = outcome(read_plan, json.dumps(document).encode())
    for row in found.rows if not isinstance(found, str) else ():
        assert parse_address(row.address) is not None
        assert row.planned is not None


def of_every_type(rng):
    types = [*sorted(PARENTS), "aws_vpc", "aws_db_instance", "aws_iam_access_key", "aws_s3_bucket_versioning"]
    found = []
    for at, type_ in enumerate(types):
        names = ("password", "user_data", "policy", "secret", "description", "type", "name")
        values = {name: rng.choice([CANARY, [CANARY], {"x": CANARY}, f"x{CANARY}"]) for name in names}
        about = {
            "id": CANARY if type_.endswith(("_api_key", "_table_item")) else f"id-{at}",
            "arn": f"arn:aws:x:eu-west-1:111122223333:x/{at}",
            PARENTS.get(type_, ("bucket",))[0]: f"parent-{at}",
        }
        made = instance(key=f"k{at}", **{**values, "egress": [{"x": CANARY}], **about})
        identity = {"name": CANARY, "account_id": "111122223333"}
        found.append(
            resource(type_, "x", made | {"private": CANARY, "dependencies": CANARY, "identity": identity})
        )
    others = instance(id=CANARY, arn=CANARY, result=CANARY)
    provider = 'provider["registry.terraform.io/hashicorp/random"]'
    return state(*found, resource("random_password", "p", others, provider=provider))


@pytest.mark.parametrize("typed", ROADS)
def test_no_canary_gets_out_of_a_state(typed, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(state_module, "typed", typed)
    rng = random.Random(1)
    data = json.dumps(of_every_type(rng), indent=2).encode()
    found = read_state([data], HEAD, name="x")
    assert len(found.rows) > 150
    said = [repr(found)]
    for _ in range(60):
        at = rng.randrange(len(data))
        broken = rng.choice([data[:at], data[:at] + b"\x00" + data[at:], data[:at] + data[at + 1 :]])
        try:
            said.append(repr(read_state([broken], HEAD, name="x")))
        except IacwatchError:
            said.append(traceback.format_exc())
    assert not any(CANARY in each for each in said)
    assert CANARY not in caplog.text
