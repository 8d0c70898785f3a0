"""`--trail`: the real commands with a trail's log files, in a folder and in a bucket."""

import gzip
import json
import uuid
from collections import Counter
from datetime import timedelta

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.e2e.test_backfill import ONLY, backfill, findings, opened
from tests.fixtures import command, log_folder, moto_aws
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, change, item, listed, message

DAYS = 120
OLD = DAYS * 1440


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


def past(*numbers, who="alice@example.com"):
    """Return log files of a trail that is older than event history, with calls that opened some groups."""
    records = [call(number, OLD, who=who) for number in numbers]
    return {**alive(DAYS), **log_folder.files(records, delay=timedelta(minutes=2))}


def alive(until):
    """Return files that show that the trail was on, each day from long ago until so many days ago."""
    days = [ago(day * 1440 - 60) for day in range(until, 250)]
    return log_folder.files(log_folder.heartbeat(ACCOUNT, REGION, day) for day in days)


def laid(folder, files):
    for path, content in files.items():
        log_folder.write(folder, path, content)
    return folder


def operations(aws):
    return Counter(each.operation for each in aws.calls)


def test_who_changed_what_half_a_year_ago_stands_in_the_log_files_alone(aws, tmp_path):
    for number in (1, 2):
        aws.add_item(item(number, ago(240 * 1440)))
        aws.add_item(opened(number, OLD))
    folder = laid(tmp_path / "trail", past(1, 2))
    done = backfill(aws, tmp_path, "--since", "200d", "--trail", str(folder), "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert [found["verdict"] for found in findings(done)] == ["out-of-band"] * 2
    assert {found["actor"]["name"] for found in findings(done)} == {"alice@example.com"}
    assert operations(aws)["LookupEvents"] == 0
    assert "does not reach back" not in done.stderr
    without = backfill(aws, tmp_path, "--since", "200d", "--format", "jsonl")
    assert {found["verdict"] for found in findings(without)} == {"unattributed"}
    assert "does not reach back so far" in without.stderr
    fallback = {"IACWATCH_TRAIL__FALLBACK": json.dumps([{"source": str(folder)}])}
    behind = backfill(aws, tmp_path, "--since", "200d", "--format", "jsonl", **fallback)
    assert [found["actor"]["name"] for found in findings(behind)] == ["alice@example.com"] * 2
    assert "does not reach back" not in behind.stderr
    assert all(found["reason"].endswith(f"; trail: {folder}") for found in findings(behind))


def test_a_queue_is_drained_with_a_folder_that_counts_from_where_one_is(aws, tmp_path):
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    laid(tmp_path / "copied" / "trail", past(1, who="bob@example.com"))
    for given in (("--trail", "copied/trail"), ()):
        more = {} if given else {"IACWATCH_TRAIL__SOURCE": "copied/trail"}
        line = ("drain", "--queue-url", queue, "--format", "jsonl", "--dry-run", *given)
        done = command.run(aws, tmp_path, *line, **more)
        assert done.returncode == 0, done.stderr
        (found,) = findings(done)
        assert (found["verdict"], found["actor"]["name"]) == ("out-of-band", "bob@example.com")
        assert found["event"]["event_name"] == "AuthorizeSecurityGroupIngress"
    assert operations(aws)["LookupEvents"] == 0


def test_event_history_and_files_behind_it_answer_together_and_a_finding_says_which(aws, tmp_path):
    queue = aws.create_queue("changes")
    laid(tmp_path / "trail", past(1, who="bob@example.com"))
    aws.send(queue, message(opened(1, OLD)))
    aws.send(queue, change(2))
    aws.add_event(call(2), resource_names=listed(2))
    fallback = {"IACWATCH_TRAIL__FALLBACK": json.dumps([{"source": "trail"}])}
    done = command.run(
        aws, tmp_path, "drain", "--queue-url", queue, "--format", "jsonl", "--dry-run", **fallback
    )
    assert done.returncode == 0, done.stderr
    by = {found["actor"]["name"]: found["reason"] for found in findings(done)}
    assert by.keys() == {"alice@example.com", "bob@example.com"}
    assert by["alice@example.com"].endswith("; trail: api")
    assert by["bob@example.com"].endswith("; trail: trail")
    document = tmp_path / "old.json"
    document.write_text(message(opened(1, OLD)), encoding="utf-8")
    explained = command.run(aws, tmp_path, "explain", str(document), **fallback)
    assert "api: it begins at" in explained.stdout
    assert "trail: log files of eu-west-1 delivered" in explained.stdout
    assert "answered by trail" in explained.stdout
    alone = command.run(aws, tmp_path, "explain", str(document), "--trail", "api", **fallback)
    assert "reaches back 90 days only" in alone.stdout


def test_a_bucket_is_read_as_a_folder_is(aws, tmp_path):
    client, bucket = moto_aws.client("s3"), f"trail-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": moto_aws.REGION})
    for path, content in past(1).items():
        client.put_object(Bucket=bucket, Key=f"org/{path}", Body=gzip.compress(content))
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    line = ("drain", "--queue-url", queue, "--format", "jsonl", "--trail", f"s3://{bucket}/org")
    done = command.run(aws, tmp_path, *line, **moto_aws.environment())
    assert done.returncode == 0, done.stderr
    assert [found["actor"]["name"] for found in findings(done)] == ["alice@example.com"]


def test_what_the_files_do_not_hold_is_a_failure_and_never_nobody(aws, tmp_path):
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    aws.send(queue, message(opened(2, 30 * 1440)))
    aws.send(queue, message(item(3, ago(OLD), awsRegion="eu-central-1")))
    folder = laid(tmp_path / "trail", past(1))
    line = ("drain", "--queue-url", queue, "--format", "jsonl", "--trail", str(folder))
    done = command.run(aws, tmp_path, *line)
    assert done.returncode == 1
    assert [found["actor"]["name"] for found in findings(done)] == ["alice@example.com"]
    assert (
        f"cannot read the trail of {ACCOUNT} in {REGION} from {folder}: the log files there end at"
        in done.stderr
    )
    assert f"in eu-central-1 from {folder}: there is no log file of this account and region" in done.stderr


def test_a_log_file_that_is_cut_short_is_a_failure_and_never_nobody(aws, tmp_path):
    queue = aws.create_queue("changes")
    aws.send(queue, message(opened(1, OLD)))
    folder = laid(tmp_path / "trail", past(1))
    for path in folder.rglob("*.json.gz"):
        path.write_bytes(path.read_bytes()[:-12])
    done = command.run(aws, tmp_path, "drain", "--queue-url", queue, "--trail", str(folder))
    assert done.returncode == 1
    assert ".json.gz is cut short" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("nowhere", "there is no file or folder nowhere"),
        ("athena", "--trail: trail.source is athena, yet trail.athena_database names no database"),
        ("s3://", '--trail: trail.source must be "api"'),
        ("https://example.com/x", '--trail: trail.source must be "api"'),
    ],
)
def test_a_trail_that_cannot_be_is_told_in_a_sentence(aws, tmp_path, given, told):
    queue = aws.create_queue("changes")
    done = command.run(aws, tmp_path, "drain", "--queue-url", queue, "--trail", given)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_report_of_a_run_over_many_waves_reads_each_day_and_tells_all(aws, tmp_path):
    numbers = range(1, 31)
    records = [call(number, 100 * 1440 + number * 2880) for number in numbers]
    for number in numbers:
        aws.add_item(item(number, ago(300 * 1440)))
        aws.add_item(opened(number, 100 * 1440 + number * 2880))
    folder = laid(tmp_path / "trail", {**log_folder.files(records), **alive(1)})
    report = tmp_path / "report.jsonl"
    done = backfill(
        *(aws, tmp_path, "--since", "200d", "--trail", str(folder)),
        *("--format", "jsonl", "--output", str(report), "--fail-on", "out-of-band"),
        types=ONLY,
    )
    assert done.returncode == 3, done.stderr
    lines = [json.loads(line) for line in report.read_text().splitlines()]
    assert [line["verdict"] for line in lines] == ["out-of-band"] * 30
    assert {line["event"]["event_id"] for line in lines} == {record["eventID"] for record in records}
