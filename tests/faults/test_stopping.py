"""SIGTERM at every wait of a run: what it had in hand comes back, what it told is told once."""

import itertools
from collections import Counter

import pytest

from iacwatch.errors import Stopping
from tests.faults.runs import LATER, Place, shown, stream

PEOPLE = ("alice@example.com", "bob@example.com", "carol@example.com")


def filled(aws, folder, number, **environ):
    """Return a machine with a queue of its own: three people changed two groups each."""
    queue = aws.create_queue(f"changes-{number}", max_receives=50, dlq_url=aws.create_queue(f"dead-{number}"))
    folder = folder / str(number)
    folder.mkdir()
    place = Place(aws, folder, queue, **environ)
    groups = range(number * 10, number * 10 + 6)
    for group in groups:
        place.fill(group, who=PEOPLE[group % 3])
    return place, frozenset(groups)


def stopped_everywhere(aws, folder, **environ):
    """Yield a machine and its groups for each wait of a run, until a run ends before it comes to that wait."""
    for stop_at in itertools.count(1):
        place, groups = filled(aws, folder, stop_at, **environ)
        yield stop_at, place, groups


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
        again = {number: aws.told()[number] for number in groups}
        assert again == dict.fromkeys(groups, 1), stop_at
    assert stop_at > 5
    assert set(aws.told().values()) == {1}


def test_wherever_a_run_is_stopped_the_report_shows_what_was_deleted(aws, tmp_path):
    for stop_at, place, groups in stopped_everywhere(aws, tmp_path):
        reports = [stream(), stream()]
        ran = place.run(report=reports[0], stop_at=stop_at)
        left = len(aws.messages(place.queue))
        first = shown(reports[0].getvalue())
        assert len(first) == len(groups) - left, stop_at
        if not ran.clock.stopped:
            break
        aws.jump(LATER)
        place.run(report=reports[1])
        seen = Counter(number for line in [*first, *shown(reports[1].getvalue())] for number in line)
        assert seen == dict.fromkeys(groups, 1), stop_at
        assert aws.messages(place.queue) == []


def test_wherever_a_run_is_stopped_the_file_holds_what_was_deleted(aws, tmp_path):
    for stop_at, place, groups in stopped_everywhere(aws, tmp_path):
        files = [place.folder / "first.jsonl", place.folder / "second.jsonl"]
        ran = place.run(output=files[0], slack=False, stop_at=stop_at)
        first = shown(files[0].read_text())
        assert len(first) == len(groups) - len(aws.messages(place.queue)), stop_at
        if not ran.clock.stopped:
            break
        aws.jump(LATER)
        place.run(output=files[1], slack=False)
        seen = Counter(number for line in [*first, *shown(files[1].read_text())] for number in line)
        assert seen == dict.fromkeys(groups, 1), stop_at
