"""`--trail`: the real commands with a trail's log files, in a folder and in a bucket."""

import json

import pytest

from tests.e2e.test_backfill import JSONL, ONLY, opened
from tests.fixtures import log_folder
from tests.fixtures.command import records
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, happen, item, message

OLD = 120 * 1440
ALICE, BOB = "alice@example.com", "bob@example.com"
FALLBACK = {"IACWATCH_TRAIL__FALLBACK": json.dumps([{"source": "trail"}])}


@pytest.fixture
def past(tmp_path):
    """Lay log files of a trail that is older than event history, with bob's calls that opened two groups."""
    files = log_folder.files(call(number, OLD, who=BOB) for number in (1, 2))
    days = [ago(day * 1440 - 60) for day in range(120, 250)]
    files |= log_folder.files(log_folder.heartbeat(ACCOUNT, REGION, day) for day in days)
    for path, content in files.items():
        log_folder.write(tmp_path / "trail", path, content)


def names(done):
    assert done.returncode == 0, done.stderr
    return [found["actor"] and found["actor"]["name"] for found in records(done)]


@pytest.mark.usefixtures("past")
def test_who_changed_what_half_a_year_ago_stands_in_the_log_files_alone(aws, queue, drain, run):
    documents = [opened(number, OLD) for number in (1, 2)]
    for document in (*documents, *(item(number, ago(240 * 1440)) for number in (1, 2))):
        aws.add_item(document)
    backfill = ("backfill", "--since", "200d", *JSONL, *ONLY)
    done = run(*backfill, "--trail", "trail")
    assert names(done) == [BOB, BOB]
    assert not [each for each in aws.calls if each.operation == "LookupEvents"]
    assert "does not reach back" not in done.stderr
    without = run(*backfill)
    assert names(without) == [None, None]
    assert without.stderr.index("does not reach back so far") < without.stderr.index("changes:")
    happen(aws, queue, 3)
    aws.send(queue, message(documents[0]))
    both = drain(**FALLBACK)
    assert both.returncode == 0, both.stderr
    by = {found["actor"]["name"]: found["reason"].rpartition("; ")[2] for found in records(both)}
    assert by == {ALICE: "trail: api", BOB: "trail: trail"}
    explained = run("explain", "-", stdin=message(documents[0]), **FALLBACK)
    assert "answered by trail" in explained.stdout
    missing = drain("--trail", "nowhere")
    assert (missing.returncode, "there is no file or folder nowhere" in missing.stderr) == (2, True)
