"""`kill -9` at random instants: everything is told in the end, and at most one message a kill is told twice."""

import random

import pytest

from tests.faults.killing import Victims


def no_mishaps(aws, chance):
    pass


def slack_is_failing(aws, chance):
    aws.fail("slack", "chat.postMessage", "server_error", status=503, times=chance.randint(0, 2))
    aws.fail("slack", "chat.postMessage", "ratelimited", status=429, times=chance.randint(0, 2))
    aws.fail("cloudtrail", "LookupEvents", "ThrottlingException", times=chance.randint(0, 2))
    aws.fail("sqs", "*", "RequestThrottled", times=chance.randint(0, 3))


A_DOZEN = pytest.param(12, slack_is_failing, marks=[pytest.mark.slow, pytest.mark.timeout(400)])


@pytest.mark.parametrize(("kills", "mishaps"), [(4, no_mishaps), A_DOZEN])
def test_kills_lose_nothing_and_repeat_at_most_a_message_each(aws, tmp_path, kills, mishaps):
    queue = aws.create_queue("changes", visibility=30, max_receives=100, dlq_url=aws.create_queue("dead"))
    victims = Victims(aws, tmp_path, queue, random.Random(kills))
    victims.fill(60, people=30)
    for _ in range(4 * kills):
        if victims.kills == kills or not aws.messages(queue):
            break
        mishaps(aws, victims.chance)
        victims.kill_one("--max-messages", "6")
        assert aws.waiting(queue) | set(aws.told()) == set(range(60))
        victims.wait_for_leases()
    aws.quiet()
    for _ in range(6):
        assert victims.run() == 0, victims.said
        victims.wait_for_leases()
        if not aws.messages(queue):
            break
    assert aws.messages(queue) == []
    assert victims.kills == kills
    assert set(aws.told()) == set(range(60))
    assert aws.repeats() <= victims.kills
