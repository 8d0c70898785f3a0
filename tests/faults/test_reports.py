"""`--output` is whole or not at all, and nothing that a report was to show is deleted before it shows it."""

import random
from pathlib import Path

import pytest

from tests.faults.killing import Victims
from tests.faults.runs import shown
from tests.fixtures import command

BEFORE = '{"yesterday": "web-900"}\n'


@pytest.fixture
def output(tmp_path):
    """Return yesterday's report."""
    path = tmp_path / "report.jsonl"
    path.write_text(BEFORE)
    return path


@pytest.mark.parametrize("call", [1, 13, 18])
def test_a_kill_leaves_the_old_report_or_the_whole_new_one(aws, queue, tmp_path, output, call):
    victims = Victims(aws, tmp_path, queue, random.Random(call))
    victims.fill(6, people=6)
    victims.chance.random = lambda: 0.5  # after a call, always
    victims.chance.randint = lambda low, high: call
    victims.kill_one("--output", str(output))
    first, left = output.read_text(), aws.waiting(queue)
    if first == BEFORE:
        assert left == set(range(6))
    else:
        assert sorted(number for line in shown(first) for number in line) == list(range(6))
    victims.wait_for_leases()
    assert victims.run("--output", str(output)) == 0, victims.said
    second = [number for line in shown(output.read_text()) for number in line]
    assert sorted(second) == sorted(left)
    assert set(aws.told()) == set(range(6))
    assert aws.repeats() <= victims.kills


@pytest.mark.parametrize("where", ["table", "jsonl", "a file"])
def test_a_full_disk_under_stdout_or_the_file_deletes_nothing(aws, place, tmp_path, where):
    place.fill(1, 2)
    line = ("drain", "--queue-url", place.queue, "--format", "table" if where == "table" else "jsonl")
    if where == "a file":
        (tmp_path / "report.jsonl").symlink_to("/dev/full")
        done = command.run(aws, tmp_path, *line, "--output", "report.jsonl")
        code, said = done.returncode, done.stderr
        assert "2 messages: 0 findings, 0 ignored, 0 reported before, 0 deferred, 2 failed" in said
        assert "not reported" not in said
    else:
        with Path("/dev/full").open("w") as full:
            process = command.start(aws, tmp_path, *line, streams={"stdout": full})
            _, said = process.communicate(timeout=60)
        code = process.returncode
    assert code == 1, said
    assert "No space left" in said
    assert "Traceback" not in said
    assert aws.waiting(place.queue) == {1, 2}
