"""Several runs at once over what ten people do in an hour: a message each, all else in its thread, nothing twice."""

import json
import re
import threading
import time
from datetime import timedelta

import pytest

from iacwatch.demo.fake.slack.blocks import complaints
from tests.faults.foul_aws import numbers
from tests.faults.runs import LATER, Place
from tests.fixtures import moto_aws, small_world

PEOPLE = 10
RUNS = 3
SPEED = 20
"""How much faster than ours the runs' time passes."""


class FastClock:
    """The world's time, which passes at a multiple of ours."""

    def __init__(self, world):
        self._world, self._began = world, time.monotonic()

    def now(self):
        return self._world.now() + timedelta(seconds=(time.monotonic() - self._began) * (SPEED - 1))

    def sleep(self, span):
        time.sleep(max(span.total_seconds(), 0) / SPEED)


class FastPlace(Place):
    """A machine by whose clock waiting is short."""

    def __init__(self, *args, clock, **environ):
        super().__init__(*args, **environ)
        self._clock = clock

    def container(self, **clock):
        made = super().container(**clock)
        made.clock = self._clock
        return made


def happen(aws, queues, turns):
    """Let everybody change one group more at each turn, three minutes after the one before.

    Each turn comes to another queue, so that the runs race for each person's message.
    """
    for turn in turns:
        for person in range(PEOPLE):
            number, minutes = turn * PEOPLE + person, 150 - 2.9 * turn - person / 100
            small_world.happen(
                aws, queues[turn % RUNS], number, minutes=minutes, who=f"person-{person}@example.com"
            )


def at_once(places):
    """Let every machine drain the queue at the same time."""
    ran = []
    started = [threading.Thread(target=lambda one=one: ran.append(one.run())) for one in places]
    for each in started:
        each.start()
    for each in started:
        each.join(200)
    assert [each.error for each in ran] == [None] * len(places)


def play(aws, folder, *, turns, together, **environ):
    """Play the hour, some turns at a time; return the parents, by the stamp that names each."""
    clock = FastClock(aws.clock)
    queues = [aws.create_queue(f"changes-{place}", visibility=30, max_receives=50) for place in range(RUNS)]
    places = [FastPlace(aws, folder, queue, clock=clock, **environ) for queue in queues]
    for first in range(0, turns, together):
        happen(aws, queues, range(first, first + together))
        at_once(places)
    for _ in range(6):
        aws.jump(LATER)
        at_once(places)
        if not any(map(aws.messages, queues)):
            break
    assert [aws.messages(queue) for queue in queues] == [[]] * RUNS
    assert aws.told() == dict.fromkeys(range(turns * PEOPLE), 1)
    parents = {each["ts"]: each for each in aws.slack_messages if each["thread_ts"] is None}
    below = [each for each in aws.slack_messages if each["thread_ts"] is not None]
    assert {each["thread_ts"] for each in below} <= set(parents)
    for stamp, parent in parents.items():
        replies = [each for each in below if each["thread_ts"] == stamp]
        (who,) = set(
            re.findall(r"person-\d", json.dumps([parent["text"], *(each["text"] for each in replies)]))
        )
        assert {number % PEOPLE for each in replies for number in numbers(each["text"])} <= {int(who[-1])}
        told = sum(len(each) for each in (numbers((one["earlier"] or [one])[0]["blocks"]) for one in replies))
        assert re.findall(r"\*\+(\d+) more", json.dumps(parent["blocks"])) == ([str(told)] if told else [])
        assert complaints(parent["blocks"]) == []
    return parents


def test_three_runs_at_once_make_a_message_for_each_person(aws, tmp_path):
    assert len(play(aws, tmp_path, turns=6, together=3)) == PEOPLE


@pytest.mark.slow
def test_three_runs_at_once_over_an_hour_and_a_table_make_a_message_for_each_person(
    aws, tmp_path, monkeypatch
):
    for name, value in moto_aws.environment().items():
        monkeypatch.setenv(name, value)
    environ = {"IACWATCH_LEDGER__URL": f"dynamodb://{moto_aws.table()}"}
    assert len(play(aws, tmp_path, turns=20, together=4, **environ)) == PEOPLE
