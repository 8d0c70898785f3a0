"""Where findings live in IaC, from outside: the real command with an index of addresses."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.addresses.index.sqlite import SqliteIndex
from iacwatch.core.iac import AddressRow, StateHead, StateRows
from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, change, group_id, item, listed, message

STACK = {
    "managed-by": "cloudformation",
    "aws:cloudformation:stack-name": "net",
    "aws:cloudformation:stack-id": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/net/0a1b",
    "aws:cloudformation:logical-id": "Web",
}
ADDRESS = 'module.web["$(touch x)"].aws_security_group.web'


@pytest.fixture(scope="module")
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture(scope="module")
def shown(aws, tmp_path_factory):
    """Three groups are changed by hand: one that a state holds, one that none does, one of a stack."""
    home = tmp_path_factory.mktemp("home")
    queue = aws.create_queue("changes", visibility=30)
    old = (datetime.now(UTC) - timedelta(days=90)).isoformat()
    for number, more in ((1, {}), (2, {}), (3, {"tags": STACK})):
        made = item(number, ago(60), resourceCreationTime=old, **more)
        aws.send(queue, message(made))
        aws.add_event(call(number), resource_names=listed(number))
    index = home / "addresses.sqlite3"
    rows = (
        AddressRow(address=ADDRESS, type="aws_security_group", account_id=ACCOUNT, id=group_id(1)),
        AddressRow(
            address="aws_vpc_security_group_ingress_rule.a",
            type="aws_vpc_security_group_ingress_rule",
            account_id=ACCOUNT,
            id="sgr-1",
            parent=group_id(1),
        ),
    )
    head = StateHead(
        place="s3://acme-tfstate/live/net/terraform.tfstate", stack="live/net", serial=3, seen_at=ago(600)
    )
    SqliteIndex(index).replace(StateRows(head=head, rows=rows), now=ago(600))
    rule = {"state": "s3://acme-tfstate/live/*", "repository": "acme/infra", "directory": "live/{1}"}
    settings = {
        "IACWATCH_IAC__INDEX": f"sqlite://{index}",
        "IACWATCH_IAC__STACK": json.dumps([rule]),
    }
    done = command.run(aws, home, "drain", "--queue-url", queue, "--format", "jsonl", **settings)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    return {each["change"]["resource_id"]: each for each in records}


def test_what_a_state_holds_has_an_address_and_a_command(shown):
    found = shown[group_id(1)]
    assert found["iac"] == {
        "engine": "terraform",
        "address": ADDRESS,
        "also": [],
        "stack": "live/net",
        "state": "s3://acme-tfstate/live/net/terraform.tfstate",
        "serial": 3,
        "seen_at": found["iac"]["seen_at"],
        "repository": "acme/infra",
        "path": "live/net",
        "commit": None,
        "owner": None,
        "evidence": "index",
        "precision": "instance",
    }
    assert (found["next_apply"]["does"], found["next_apply"]["rule"]) == ("nothing", "tf-part-siblings")
    plan, file, ignore = found["next_steps"]
    assert plan["text"] == f"terraform -chdir=live/net plan -target='{ADDRESS}'"
    assert file["url"] == "https://github.com/acme/infra/blob/HEAD/live/net"
    assert ignore["text"].startswith("[[report.ignore]]")


def test_what_no_state_holds_is_said_to_be_so(shown):
    found = shown[group_id(2)]
    assert found["iac"] is None
    assert (found["next_apply"]["does"], found["next_apply"]["rule"]) == ("nothing", "orphan")
    assert found["next_steps"][0]["kind"] == "import"


def test_what_a_stack_made_bears_its_address_in_its_tags(shown):
    found = shown[group_id(3)]
    assert (found["iac"]["engine"], found["iac"]["address"]) == ("cloudformation", "Web")
    assert found["iac"]["evidence"] == "stack-tags"
    assert found["next_apply"]["rule"] == "cfn-no-drift"


def test_an_index_that_cannot_be_read_holds_nothing_back(aws, tmp_path):
    queue = aws.create_queue("more", visibility=30)
    for number in (11, 12):
        aws.send(queue, change(number))
        aws.add_event(call(number), resource_names=listed(number))
    (tmp_path / "index").write_bytes(b"this is no database, whatever the settings say" * 90)
    settings = {"IACWATCH_IAC__INDEX": f"sqlite://{tmp_path}/index"}
    done = command.run(aws, tmp_path, "drain", "--queue-url", queue, "--format", "jsonl", **settings)
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [each["next_apply"]["rule"] for each in records] == ["index-unread"] * 2
    assert records[0]["next_apply"]["reason"].startswith("address not looked up: ")
    assert done.stderr.count("addresses are not looked up") == 1
