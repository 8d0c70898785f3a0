"""The bus from outside: what the real command and the function put there, and what comes back where it cannot."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command, hostile_messages
from tests.fixtures.function.world import World
from tests.fixtures.small_world import call, change, group_id, listed


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


def put(aws):
    """Return how often each finding was put on the bus."""
    return Counter(json.loads(each["Detail"])["change"]["resource_id"] for each in aws.buses.put)


def test_what_slack_or_the_bus_refused_goes_there_again_and_nowhere_else(aws, tmp_path):
    queue = aws.create_queue("changes", visibility=30, max_receives=100, dlq_url=aws.create_queue("dead"))
    settings = {
        "IACWATCH_EVENTS__BUS": "findings",
        "IACWATCH_SLACK__TOKEN": "xoxb-demo",
        "IACWATCH_SLACK__CHANNEL": "#infra",
        "IACWATCH_SLACK__API_URL": aws.slack_url,
    }
    people = {1: "alice@example.com", 2: "bob@example.com", 3: "carol@example.com"}
    for number, who in people.items():
        aws.send(queue, change(number, 60))
        aws.add_event(call(number, 60, who=who), resource_names=listed(number))

    def drain(*arguments, **more):
        line = ("drain", "--queue-url", queue, "--format", "jsonl", *arguments)
        done = command.run(aws, tmp_path, *line, **{**settings, **more})
        aws.jump(timedelta(minutes=15))
        return done

    def posted():
        return len(aws.slack_messages)

    nowhere = drain()
    assert nowhere.returncode == 1
    assert (
        "the bus findings: it does not exist (ResourceNotFoundException); check events.bus" in nowhere.stderr
    )
    assert (posted(), put(aws), len(aws.messages(queue))) == (3, {}, 3)

    aws.create_bus("findings")
    aws.send(queue, change(4, 60))
    aws.add_event(call(4, 60, who="dave@example.com"), resource_names=listed(4))
    aws.fail("slack", "chat.postMessage", "invalid_auth")
    aws.buses.refusals[:] = ["", "InvalidArgument"]
    partly = drain()
    assert partly.returncode == 1
    assert "cannot put events on the bus findings: InvalidArgument" in partly.stderr
    assert "invalid_auth" in partly.stderr
    assert (posted(), put(aws).total(), len(aws.messages(queue))) == (3, 3, 2)
    assert drain().returncode == 0
    assert put(aws) == Counter(map(group_id, [*people, 4]))
    assert (posted(), aws.messages(queue)) == (4, [])

    wrong = drain("--events", IACWATCH_EVENTS__BUS="")
    assert wrong.returncode == 2
    assert "an EventBridge bus is not configured; set events.bus, or pass --no-events" in wrong.stderr


def test_hostile_texts_are_data_on_the_bus(aws, tmp_path):
    queue = aws.create_queue("changes")
    bus = aws.create_bus("findings")
    hostile_messages.fill(aws, queue)
    for kind in hostile_messages.SECRETS:
        aws.send(queue, hostile_messages.secretive(kind, deleted=True))
    done = command.run(
        aws, tmp_path, "drain", "--queue-url", queue, "--verdict", "all", "--format", "jsonl",
        IACWATCH_EVENTS__BUS=bus,
    )  # fmt: skip
    records = {record["finding_id"]: record for record in map(json.loads, done.stdout.splitlines())}
    details = {
        detail["finding_id"]: detail for detail in (json.loads(each["Detail"]) for each in aws.buses.put)
    }
    assert len(details) > len(hostile_messages.TEXTS)
    assert details.keys() == records.keys()
    for name, detail in details.items():
        assert detail["change"]["resource_id"] == records[name]["change"]["resource_id"]
        assert list(detail) == list(records[name])
    assert all(each["Detail"].isascii() and each["Detail"].isprintable() for each in aws.buses.put)
    assert not any(hostile_messages.SECRET in each["Detail"] for each in aws.buses.put)
    assert {(each["Source"], each["DetailType"], each["EventBusName"]) for each in aws.buses.put} == {
        ("iacwatch", "iacwatch finding", bus)
    }


def test_the_function_puts_findings_on_the_bus_alone_where_there_is_no_slack(aws, tmp_path):
    pytest.importorskip("awslambdaric", reason="AWS has the runtime client for Linux alone")
    world = World(aws, tmp_path)
    aws.create_bus("findings")
    one, two = change(1), change(2)
    for number, body in enumerate((one, two), 1):
        world.send(body)
        aws.add_event(call(number), resource_names=listed(number))
    without = {
        "IACWATCH_SLACK__TOKEN": None,
        "IACWATCH_SLACK__CHANNEL": None,
        "IACWATCH_EVENTS__BUS": "findings",
    }
    with world.function(**without) as function:
        assert world.round(function) == set()
        world.send(one)
        assert world.round(function) == set()
        lines = function.lines()
    assert put(aws) == Counter({group_id(1): 1, group_id(2): 1})
    assert len([line for line in lines if line.get("schema") == "iacwatch.finding/1"]) == 2
    assert not any("nor is a bus" in line.get("message", "") for line in lines)
    assert aws.slack_messages == []
