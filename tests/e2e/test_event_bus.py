"""The bus from outside: what the real command puts there, and what comes back where it cannot."""

import json
from collections import Counter
from datetime import timedelta

from tests.fixtures.command import slack
from tests.fixtures.small_world import group_id, happen

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
    assert (nowhere.returncode, "the bus findings: it does not exist" in nowhere.stderr) == (1, True)
    assert counts() == (3, 0, 3)
    aws.create_bus("findings")
    aws.buses.refusals[:] = ["", "InvalidArgument"]
    aws.jump(timedelta(minutes=15))
    assert drain(**bus).returncode == 1
    assert counts() == (3, 2, 1)
    aws.jump(timedelta(minutes=15))
    assert drain(**bus).returncode == 0
    assert put(aws) == Counter(map(group_id, PEOPLE))
    assert counts() == (3, 3, 0)
