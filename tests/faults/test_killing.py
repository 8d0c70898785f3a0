"""`kill -9` at random instants: everything is told in the end, and at most one message a kill is told twice."""

import random

import pytest

from tests.faults.killing import Victims


def killed_and_finished(aws, folder, seed, *, changes, people, kills, mishaps):
    """Kill drains until so many died; let the last ones finish. Return the drains."""
    queue = aws.create_queue("changes", visibility=30, max_receives=100, dlq_url=aws.create_queue("dead"))
    victims = Victims(aws, folder, queue, random.Random(seed))
    victims.fill(changes, people=people)
    for _ in range(4 * kills):
        if victims.kills == kills or not aws.messages(queue):
            break
        mishaps(aws, victims.chance)
        victims.kill_one("--max-messages", "6")
        assert aws.waiting(queue) | set(aws.told()) == set(range(changes))
        victims.wait_for_leases()
    aws.quiet()
    for _ in range(6):
        assert victims.run() == 0, victims.said
        victims.wait_for_leases()
        if not aws.messages(queue):
            break
    assert aws.messages(queue) == []
    return victims


def no_mishaps(aws, chance):
    pass


def slack_is_failing(aws, chance):
    aws.fail("slack", "chat.postMessage", "server_error", status=503, times=chance.randint(0, 2))
    aws.fail("slack", "chat.postMessage", "ratelimited", status=429, times=chance.randint(0, 2))
    aws.fail("cloudtrail", "LookupEvents", "ThrottlingException", times=chance.randint(0, 2))
    aws.fail("sqs", "*", "RequestThrottled", times=chance.randint(0, 3))


def test_a_few_kills(aws, tmp_path):
    victims = killed_and_finished(aws, tmp_path, 1, changes=60, people=30, kills=4, mishaps=no_mishaps)
    assert victims.kills == 4
    assert set(aws.told()) == set(range(60))
    assert aws.repeats() <= victims.kills


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_dozen_kills_while_slack_fails_and_aws_throttles(aws, tmp_path):
    victims = killed_and_finished(aws, tmp_path, 2, changes=60, people=60, kills=12, mishaps=slack_is_failing)
    assert victims.kills == 12
    assert set(aws.told()) == set(range(60))
    assert aws.repeats() <= victims.kills
