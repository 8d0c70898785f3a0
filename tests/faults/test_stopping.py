"""SIGTERM at every wait of a run: what it had in hand comes back, what it told is told once."""

import itertools
from collections import Counter

import pytest

from iacwatch.errors import Stopping
from tests.faults.runs import LATER, Place, shown

PEOPLE = ("alice@example.com", "bob@example.com")


def stopped_everywhere(aws, folder, **environ):
    """Yield each wait of a run, a machine with a queue of its own, and the groups that two people changed.

    It is for whoever asks to see when a run ends before it comes to that wait. Of the many waits for the rates of
    APIs, each fourth stands for all.
    """
    for stop_at in itertools.chain(range(1, 8), itertools.count(8, 4)):
        dead = aws.create_queue(f"dead-{stop_at}")
        queue = aws.create_queue(f"changes-{stop_at}", max_receives=50, dlq_url=dead)
        here = folder / str(stop_at)
        here.mkdir()
        place = Place(aws, here, queue, **environ)
        groups = range(stop_at * 10, stop_at * 10 + 4)
        for group in groups:
            place.fill(group, who=PEOPLE[group % 2])
        yield stop_at, place, frozenset(groups)


@pytest.mark.parametrize("ledger", ["sqlite", "memory"])
def test_wherever_a_run_is_stopped_all_is_told_in_the_end_and_once(aws, tmp_path, ledger):
    """With a ledger that forgets, what was told may not even be in the queue any more."""
    environ = {"IACWATCH_LEDGER__URL": "memory"} if ledger == "memory" else {}
    for stop_at, place, groups in stopped_everywhere(aws, tmp_path, **environ):
        ran = place.run(stop_at=stop_at)
        if not ran.clock.stopped:
            break
        assert isinstance(ran.error, Stopping), stop_at
        left = aws.messages(place.queue)
        told = {number for number in aws.told() if number in groups}
        assert len(left) + len(told) >= len(groups), stop_at
        assert all(each.visible_at <= aws.clock.now() for each in left), stop_at
        place.finish()
        assert {number: aws.told()[number] for number in groups} == dict.fromkeys(groups, 1), stop_at
    assert stop_at > 12
    assert set(aws.told().values()) == {1}


def test_wherever_a_run_is_stopped_the_report_shows_what_was_deleted(aws, tmp_path):
    for stop_at, place, groups in stopped_everywhere(aws, tmp_path):
        lines = []

        def reported(place=place, lines=lines, **more):
            file = place.folder / f"{len(lines)}.jsonl"
            ran = place.run(output=file, slack=False, **more)
            lines.extend(shown(file.read_text()))
            return ran

        ran = reported(stop_at=stop_at)
        assert len(lines) == len(groups) - len(aws.messages(place.queue)), stop_at
        if not ran.clock.stopped:
            break
        aws.jump(LATER)
        reported()
        assert Counter(number for line in lines for number in line) == dict.fromkeys(groups, 1), stop_at
        assert aws.messages(place.queue) == []
    assert stop_at > 8
