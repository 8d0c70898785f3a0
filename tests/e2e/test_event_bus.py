"""The bus from outside: what the real command and the function put there, and what comes back where it cannot."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from tests.fixtures.command import slack
from tests.fixtures.function.world import World
from tests.fixtures.small_world import call, change, group_id, happen, listed

PEOPLE = {1: "alice@example.com", 2: "bob@example.com", 3: "carol@example.com"}


def put(aws):
    """Return how often each finding was put on the bus."""
    return Counter(json.loads(each["Detail"])["change"]["resource_id"] for each in aws.buses.put)


def test_what_slack_or_the_bus_refused_goes_there_again_and_nowhere_else(aws, queue, drain):
    bus = {**slack(aws), "IACWATCH_EVENTS__BUS": "findings"}

    def counts():
        return len(aws.slack_messages), put(aws).total(), len(aws.messages(queue))

    for number, who in PEOPLE.items():
        happen(aws, queue, number, who=who)
    nowhere = drain(**bus)
    assert nowhere.returncode == 1
    assert "the bus findings: it does not exist" in nowhere.stderr
    assert counts() == (3, 0, 3)

    aws.create_bus("findings")
    aws.buses.refusals[:] = ["", "InvalidArgument"]
    aws.jump(timedelta(minutes=15))
    partly = drain(**bus)
    assert partly.returncode == 1
    assert "cannot put events on the bus findings: InvalidArgument" in partly.stderr
    assert counts() == (3, 2, 1)

    aws.jump(timedelta(minutes=15))
    assert drain(**bus).returncode == 0
    assert put(aws) == Counter(map(group_id, PEOPLE))
    assert counts() == (3, 3, 0)


def test_the_function_puts_findings_on_the_bus_alone_where_there_is_no_slack(aws, tmp_path):
    pytest.importorskip("awslambdaric", reason="AWS has the runtime client for Linux alone")
    world = World(aws, tmp_path)
    aws.create_bus("findings")
    one, two = change(1), change(2)
    for number, body in enumerate((one, two), 1):
        world.send(body)
        aws.add_event(call(number), resource_names=listed(number))
    slackless = dict.fromkeys(("IACWATCH_SLACK__TOKEN", "IACWATCH_SLACK__CHANNEL"))
    with world.function(**slackless, IACWATCH_EVENTS__BUS="findings") as function:
        assert world.round(function) == set()
        world.send(one)
        assert world.round(function) == set()
        lines = function.lines()
    assert put(aws) == Counter({group_id(1): 1, group_id(2): 1})
    assert len([line for line in lines if line.get("schema") == "iacwatch.finding/1"]) == 2
    assert not any("nor is a bus" in line.get("message", "") for line in lines)
    assert aws.slack_messages == []
