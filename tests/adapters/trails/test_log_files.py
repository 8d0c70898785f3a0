"""CloudTrail's log files as a trail: what is read of them, how, and what they cannot answer."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail as records
from iacwatch.errors import IacwatchError, Stopping
from iacwatch.storage.files import Folder, StoredFile, open_store
from iacwatch.trails import record_filter
from iacwatch.trails.log_files.layout import read_name
from iacwatch.trails.log_files.trail import LogFiles
from tests.fixtures import log_folder
from tests.fixtures.clocks import NOON, TickingClock
from tests.fixtures.trail_records import OTHER, OWN, record

REGION, HOME = "eu-west-1", "us-east-1"
GROUP, UNKNOWN = "sg-0a1b2c3d4e5f60718", "sg-0f0f0f0f0f0f0f0f0"
DATA = Path(__file__).parents[4] / "shared" / "data" / "cloudtrail"
AT = NOON - timedelta(days=200)
HOUR = timedelta(hours=1)


def event(number, at=AT, **fields):
    """Return a record of CloudTrail's; its id has the form that CloudTrail gives."""
    told = {"eventID": f"00000000-1111-4222-8333-{number:012d}", "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    return record(**{**told, **fields})


def query(at=AT, *, before=1200, names=(GROUP,), account=OWN, region=REGION, **more):
    window = Window(start=at - timedelta(seconds=before), end=at + timedelta(seconds=60))
    fields = {"account_id": account, "region": region, "window": window, "names": names, "missing": 0.0}
    return TrailQuery(**{**fields, **more})


def numbers(collected):
    """Return what came by the numbers of the records. Nothing may have failed."""
    assert not collected.failures, collected.failures
    return {int(each.event_id[-12:]) for each in collected.events}


def opened(place, **more):
    return LogFiles(store=open_store(str(place), Sessions()), **{"clock": TickingClock(NOON), **more})


class Logs:
    """A folder with a trail that was on from long ago until noon."""

    def __init__(self, root):
        self.root, self.clock, self.told = root, TickingClock(NOON), []
        days = [NOON - timedelta(days=day, hours=9) for day in range(300)] + [NOON - timedelta(minutes=20)]
        self.add(*(log_folder.heartbeat(OWN, REGION, day) for day in days))
        self.begin()

    def begin(self):
        """Begin a run: what is long past is listed anew."""
        self.trail = opened(self.root, clock=self.clock, progress=lambda *step: self.told.append(step))

    def add(self, *records, **more):
        for path, content in log_folder.files(records, **more).items():
            log_folder.write(self.root, path, content)

    def write(self, content):
        """Write a file with this content, and with the name that CloudTrail would have given it."""
        return log_folder.write(self.root, log_folder.name(OWN, REGION, AT + timedelta(minutes=5)), content)

    def ask(self, *queries):
        return numbers(self.trail.collect(queries))

    def why(self, *queries):
        """Ask; return why nothing could be answered."""
        failures = self.trail.collect(queries).failures
        assert failures.keys() == set(queries)
        return " | ".join(failure.reason for failure in failures.values())


@pytest.fixture
def logs(tmp_path):
    return Logs(tmp_path / "trail")


@pytest.fixture
def read_files(monkeypatch):
    """Give the names of the files that are opened."""
    names, real = [], Folder.open
    monkeypatch.setattr(Folder, "open", lambda self, file: names.append(file.name) or real(self, file))
    return names


def dumped(*records, **how):
    return json.dumps({"Records": list(records)}, **how).encode()


COMPACT = {"separators": (",", ":")}


def test_a_name_tells_whose_file_it_is_and_when_it_was_delivered_and_other_files_are_none():
    name = "x/AWSLogs/o-abcdefghij/111122223333/CloudTrail/eu-west-1/2023/07/10/111122223333_CloudTrail_eu-west-1_20230710T1155Z_7xgocspSowgK0Gto.json.gz"
    file = read_name(StoredFile(name=name, size=1))
    assert (file.place, file.delivered) == ((OWN, REGION), datetime(2023, 7, 10, 11, 55, tzinfo=UTC))
    odd = read_name(StoredFile(name=name.replace("20230710T1155Z", "20239910T1155Z"), size=1))
    assert (odd.place, odd.delivered) == (None, None)
    for other in ("CloudTrail-Digest", "CloudTrail-Insight", "Config"):
        assert read_name(StoredFile(name=name.replace("CloudTrail", other), size=1)) is None
    assert read_name(StoredFile(name="notes.txt", size=1)) is None


def test_only_files_that_may_concern_a_window_are_opened_and_once_for_all_queries(logs, read_files):
    times = [AT + timedelta(seconds=number) for number in range(100)]
    logs.add(*(event(number, at) for number, at in enumerate(times)))
    logs.add(event(102, AT - 3 * HOUR), event(103, awsRegion=HOME), event(104, recipientAccountId=OTHER))
    assert logs.ask(*(query(at, before=600) for at in times)) == set(range(100))
    assert len(read_files) == 1
    assert f"/{REGION}/" in read_files[0]
    assert logs.told == [("Log files", 0, 1), ("Log files", 1, 1)]


def test_a_file_may_be_delivered_an_hour_later_and_on_the_next_day(logs):
    midnight = AT.replace(hour=23, minute=50)
    logs.add(event(1, midnight), delay=timedelta(minutes=50))
    assert logs.ask(query(midnight)) == {1}


def test_a_file_of_others_beside_log_files_harms_nobody_and_is_read_once(logs, read_files):
    logs.add(event(1))
    flat = logs.root.parent / "flat"
    for path in logs.root.rglob("*.gz"):
        log_folder.write(flat, path.name, gzip.decompress(path.read_bytes()))
    (flat / "access.gz").write_bytes(gzip.compress(b"GET / HTTP/1.1"))
    trail = opened(flat)
    for _ in range(2):
        assert numbers(trail.collect([query()])) == {1}
    assert read_files.count("access.gz") == 1


def test_names_of_folders_do_no_harm(logs):
    for name in ("2026", "x\x1b[31m", "eu-west-1", "99999999999999999999"):
        (logs.root / "AWSLogs" / OWN / "CloudTrail" / REGION / name / name).mkdir(parents=True)
    logs.add(event(1))
    assert logs.ask(query()) == {1}


BOTH = (event(1), event(2))
WRITTEN = {
    "by CloudTrail": dumped(*BOTH, **COMPACT),
    "with blanks": dumped(*BOTH),
    "with lines": dumped(*BOTH, indent=1),
    "by name": dumped(*BOTH, sort_keys=True, **COMPACT),
    "as a list": json.dumps(BOTH).encode(),
    "a record a line": "\n".join(map(json.dumps, BOTH)).encode(),
    "behind a mark": b"\xef\xbb\xbf" + dumped(*BOTH, **COMPACT),
    "as two documents": dumped(event(1), **COMPACT) + b"\n" + dumped(event(2), **COMPACT),
    "with a line between": dumped(event(1), **COMPACT)[:-2] + b",\n" + json.dumps(event(2), **COMPACT).encode() + b"]}",
    "an event in EventBridge's envelope": json.dumps({"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": event(1)}).encode() + b"\n" + json.dumps(event(2)).encode(),
    "by lookup-events": json.dumps({"Events": [{"EventId": "x", "CloudTrailEvent": json.dumps(each)} for each in BOTH], "NextToken": "abc"}).encode(),
}  # fmt: skip


@pytest.mark.parametrize("way", WRITTEN)
def test_every_way_of_writing_records_is_read(logs, way):
    path = logs.write(WRITTEN[way])
    assert logs.ask(query()) == {1, 2}
    assert logs.ask(query(missing=1.0)) == {1, 2}
    path.write_bytes(WRITTEN[way])  # not zipped
    logs.begin()
    assert logs.ask(query()) == {1, 2}


def test_a_file_of_several_gzip_members_is_read_to_its_end_and_an_empty_list_is_no_failure(logs):
    path = logs.write(b'{"Records":[]}')
    assert logs.ask(query()) == set()
    path.write_bytes(b"".join(gzip.compress(dumped(each, **COMPACT)) for each in BOTH))
    logs.begin()
    assert logs.ask(query()) == {1, 2}


def subscribed(*records, kind="DATA_MESSAGE"):
    """Return what a subscription of CloudWatch Logs hands to Firehose."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in records]
    about = {
        "messageType": kind,
        "owner": OWN,
        "logGroup": "trail",
        "logStream": f"{OWN}_CloudTrail_{REGION}",
    }
    return json.dumps(
        {**about, "subscriptionFilters": ["x"], "logEvents": [{"id": "1", "timestamp": 1, "message": text} for text in texts]}
    ).encode()  # fmt: skip


def columns(each):
    """Return a record as a query of CloudTrail Lake gives its columns."""
    texts = {name: json.dumps(each[name]) for name in ("userIdentity", "requestParameters")}
    return {**each, **texts, "eventTime": f"{AT:%Y-%m-%d %H:%M:%S}.000", "readOnly": "false"}


EXPORTS = {
    "CloudWatch Logs": "\n".join(f"{AT:%Y-%m-%dT%H:%M:%S}.000Z {json.dumps(each)}" for each in BOTH).encode(),
    "Firehose": subscribed(BOTH[0]) + subscribed("Checking health", kind="CONTROL_MESSAGE") + subscribed(BOTH[1], "a line of another group"),
    "Firehose, zipped by CloudWatch Logs": gzip.compress(subscribed(BOTH[0])) + gzip.compress(subscribed(BOTH[1])),
    "Firehose, messages alone": json.dumps(BOTH[0]).encode() + json.dumps(BOTH[1]).encode(),
    "aws logs filter-log-events": json.dumps({"events": [{"logStreamName": "x", "timestamp": 1, "message": json.dumps(each)} for each in BOTH], "searchedLogStreams": [], "nextToken": "x"}).encode(),
    "Lake, a query": json.dumps({"QueryStatus": "FINISHED", "QueryStatistics": {"ResultsCount": 2}, "QueryResultRows": [[{"eventJson": json.dumps(each)}] for each in BOTH]}).encode(),
    "Lake, lines": "\n".join(json.dumps({"eventJson": json.dumps(each)}) for each in BOTH).encode(),
    "Lake, columns": "\n".join(json.dumps(columns(each)) for each in BOTH).encode(),
}  # fmt: skip


@pytest.mark.parametrize("export", EXPORTS)
@pytest.mark.parametrize("name", ["trail.gz", "trail", "trail.txt", "s-1-2026-05-04-12-00-00-0a1b"])
def test_exports_are_read_whatever_they_are_called(tmp_path, export, name):
    path = tmp_path / "x" / name
    path.parent.mkdir()
    for content in (EXPORTS[export], gzip.compress(EXPORTS[export])):
        path.write_bytes(content)
        for place in [path] if name.endswith(".txt") else [path, tmp_path]:
            for names in ((GROUP,), ()):
                assert numbers(opened(place).collect([query(names=names)])) == {1, 2}


@pytest.mark.parametrize(
    "content",
    [
        b"PAR1\x15\x04\xff\xfe",
        b"http 2018-07-02T22:23:00.186641Z app/my-loadbalancer 192.168.131.39:2817",
        b'{"configurationItems": [{"resourceType": "AWS::S3::Bucket"}]}',
        b'{"fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": []}',
        b"eventVersion,eventTime\n1.11,2026",
    ],
)
def test_what_is_no_log_file_of_cloudtrail_is_named_as_that(tmp_path, content):
    path = tmp_path / "a.gz"
    for zipped in (content, gzip.compress(content)):
        path.write_bytes(zipped)
        for place in (path, tmp_path):
            (failure,) = opened(place).collect([query()]).failures.values()
            assert "a.gz is not a log file of CloudTrail" in failure.reason


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("arn:aws:sns:eu-west-1:111122223333:alerts", {"name": "alerts"}),
        ("arn:aws:iam::111122223333:policy/deploy+x@y", {"policyArn": "arn:aws:iam::111122223333:policy/deploy+x@y"}),
        ("arn:aws:ecs:eu-west-1:111122223333:service/a/b", {"resource": "arn%3Aaws%3Aecs%3Aeu-west-1%3A111122223333%3Aservice%2Fa%2Fb"}),
        ("team/app", {"repositoryName": "team/app"}),
        ("größer: neu", {"alarmName": "größer: neu"}),
        ('say "hi\\there"', {"alarmName": 'say "hi\\there"'}),
        ("https://sqs.eu-west-1.amazonaws.com/111122223333/q.fifo", {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q.fifo"}),
        ("日本", {"name": "日本"}),
        ("x", {"name": "x"}),
        ("arn:aws:lambda:eu-west-1:111122223333:function:pay", {"functionName": "pay:live"}),
    ],
)  # fmt: skip
def test_a_name_is_found_however_json_and_urls_write_it(tmp_path, name, parameters):
    found, many = event(1, requestParameters=parameters), [query(names=(f"another-{n}",)) for n in range(60)]
    for escaped in (True, False):
        content = dumped(found, event(2), **COMPACT, ensure_ascii=escaped)
        trail = opened(log_folder.write(tmp_path, f"{escaped}.json", content))
        assert 1 in numbers(trail.collect([query(names=(name,))]))
        assert 1 in numbers(trail.collect([query(names=(name,)), *many]))


PIECES = ["web-1", "%2F", "%", "\\\\", "\\u00e9", "\\n", '\\"', "\\/", '"', ":", "é", " ", "a.b_c", "2F"]


@given(st.lists(st.sampled_from(PIECES)))
@settings(deadline=None, max_examples=100)
def test_the_fast_way_to_the_words_of_a_record_finds_what_the_careful_one_finds(pieces):
    text = "".join(pieces).encode()
    careful = {word for word in record_filter._WORD.findall(text) if word[:1] not in {b"\\", b"%"}}
    assert careful <= set(record_filter._words(text))


def test_what_bears_no_name_is_left_out_unless_all_is_asked_for_or_cloudtrail_left_something_out(logs):
    left_out = {"requestParameters": {"reason": "requestParameters too large", "omitted": True}}
    logs.add(event(1), event(2, requestParameters={"groupId": UNKNOWN}), event(3, **left_out))
    logs.add(event(4, AT - 2 * HOUR, **left_out))
    assert logs.ask(query()) == {1, 3}
    assert logs.ask(*(query(names=(f"another-{number}",)) for number in range(60))) == {3}
    for more in ({"missing": 1.0}, {"missing": 0.2}, {"thorough": True}, {"names": ()}):
        assert logs.ask(query(**more)) == {1, 2, 3}


def test_all_writes_are_those_of_the_services_that_can_change_such_a_resource(logs):
    other, stream = {"requestParameters": {"x": "y"}}, {"eventSource": "logs.amazonaws.com", "eventName": "CreateLogStream"}  # fmt: skip
    tags = {"eventSource": "tagging.amazonaws.com", "eventName": "TagResources"}
    logs.add(event(1, **other), event(2, **stream, **other), event(3, **tags, **other), event(4, **stream))
    assert logs.ask(query(missing=1.0, resource_type="AWS::EC2::SecurityGroup")) == {1, 3, 4}
    assert logs.ask(query(missing=1.0, resource_type="AWS::New::Thing")) == {1, 2, 3, 4}


def test_a_write_whose_parameters_say_read_only_is_no_read(logs):
    mounts = {"family": GROUP, "mountPoints": [{"readOnly": True}]}
    said = {"eventID": "0" * 36, "readOnly": True, "groupId": GROUP}
    logs.add(event(1, requestParameters=mounts), event(2, requestParameters=mounts, readOnly=None))
    logs.add(event(3, requestParameters=said), event(4, readOnly=True, errorCode=["x"]))
    assert logs.ask(query()) == {1, 2, 3}


def test_more_names_than_are_looked_for_at_a_time_are_found_all_the_same_and_an_event_in_two_files_once(logs):
    names = [f"sg-{number:017x}" for number in range(300)]
    for _ in range(2):
        logs.add(*(event(place, requestParameters={"groupId": name}) for place, name in enumerate(names)))
    collected = logs.trail.collect([query(names=(name,)) for name in names])
    assert numbers(collected) == set(range(300))
    assert len(collected.events) == 300


def test_an_old_record_is_of_the_account_whose_file_it_is_in(logs):
    old = {key: value for key, value in event(1).items() if key != "recipientAccountId"}
    old["userIdentity"] = {"type": "AWSAccount", "principalId": "AIDAX", "accountId": OTHER}
    logs.write(dumped(old, **COMPACT))
    (found,) = logs.trail.collect([query()]).events
    assert found.account_id == OWN


def test_where_and_when_there_are_no_files_is_no_silence(logs):
    assert "there is no log file of this account and region;" in logs.why(query(region="eu-central-1"))
    assert "there is no log file of this account and region;" in logs.why(query(account=OTHER))
    assert "where the calls of IAM and other global services are" in logs.why(query(region=HOME))
    assert "the log files there begin at" in logs.why(query(NOON - timedelta(days=305)))
    logs.clock.advance(timedelta(days=3))
    assert "the log files there end at" in logs.why(query(NOON + timedelta(days=1)))


def test_what_may_still_be_on_its_way_is_no_failure_yet(logs):
    just = NOON + 5 * HOUR
    logs.clock.advance(5 * HOUR + timedelta(minutes=10))
    assert logs.ask(query(just)) == set()
    logs.clock.advance(timedelta(minutes=30))
    assert "the log files there end at" in logs.why(query(just))
    logs.add(event(1, just))
    assert logs.ask(query(just)) == {1}


def test_between_its_files_a_quiet_region_is_quiet_but_a_day_without_any_file_is_not(logs):
    quiet = AT.replace(hour=3)
    assert logs.ask(query(quiet)) == set()
    (file,) = logs.root.glob(f"AWSLogs/*/CloudTrail/*/{AT:%Y/%m/%d}/*")
    for gone in (file.unlink, file.parent.rmdir):  # an empty folder is a day without any file, too
        gone()
        logs.begin()
        assert f"no log file of this account of {AT:%Y-%m-%d}, in any region" in logs.why(query(quiet))
    logs.add(log_folder.heartbeat(OWN, HOME, AT))
    logs.begin()
    assert logs.ask(query(quiet)) == set()


def test_exports_answer_for_the_time_of_their_records_alone_and_are_read_again_only_where_they_may_concern(
    tmp_path, read_files
):
    for day in range(4):
        made = [event(10 * day + hour, AT + timedelta(days=day, hours=hour)) for hour in range(6)]
        log_folder.write(tmp_path, f"export-{day}.json", log_folder.body(made))
    log_folder.write(tmp_path, "package.json", b'{"name": "x", "version": "1.0.0"}')
    trail = opened(tmp_path)
    inside, before, elsewhere = (
        query(AT + timedelta(days=2, hours=5)),
        query(AT - 9 * HOUR),
        query(AT + timedelta(days=2, hours=5), region=HOME),
    )
    for _ in range(2):
        read_files.clear()
        collected = trail.collect([inside, before, elsewhere])
        assert [each.event_id[-2:] for each in collected.events] == ["25"]
        assert collected.failures.keys() == {before, elsewhere}
    assert read_files == ["export-2.json"]


CUT = log_folder.body([event(1, requestParameters={"x": []})]).split(b"[]")[0] + b"[]}"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda zipped: zipped[: len(zipped) // 2],
        lambda zipped: zipped[:-4],
        lambda zipped: zipped[:40] + b"\0\0\0\0" + zipped[44:],
        lambda _: gzip.compress(log_folder.body(BOTH)[:-2]),
        lambda _: gzip.compress(log_folder.body(BOTH)[:-900]),
        lambda _: gzip.compress(CUT),
        lambda _: b"",
        lambda _: gzip.compress(b'{"name": "not a log file"}'),
        lambda _: gzip.compress(b"\xff\xfe{}"),
    ],
)
def test_a_damaged_file_fails_the_queries_near_it_and_no_others(logs, spoil):
    path = logs.write(log_folder.body(BOTH))
    path.write_bytes(spoil(path.read_bytes()))
    near, far = query(), query(AT - 5 * HOUR)
    failures = logs.trail.collect([near, far]).failures
    assert list(failures) == [near]
    assert path.name in failures[near].reason
    assert "\n" not in failures[near].reason


@pytest.mark.parametrize(
    ("content", "why"),
    [(json.dumps(event(1)).encode()[:300], "a.gz is cut short or damaged"), (b"", "a.gz is empty")],
)
def test_an_export_that_was_cut_short_or_is_empty_is_a_failure(tmp_path, content, why):
    (tmp_path / "a.gz").write_bytes(content)
    (failure,) = opened(tmp_path).collect([query()]).failures.values()
    assert why in failure.reason


def test_a_record_that_nobody_can_read_fails_what_it_may_concern_and_hides_no_other(logs):
    deep = b'"a":' + b"[" * 3000 + b"]" * 3000
    logs.write(log_folder.body(BOTH).replace(b'"_return":true', deep, 1))
    logs.add(event(3, errorCode=["x"], requestParameters={"groupId": "sg-1"}))
    others, third, later = (
        query(names=(UNKNOWN,)),
        query(names=("sg-1",)),
        query(AT + 2 * HOUR, names=("sg-1",)),
    )
    collected = logs.trail.collect([query(), others, third, later, query(names=())])
    assert collected.failures.keys() == {query(), third, query(names=())}
    assert event(3)["eventID"] in collected.failures[third].reason
    assert [each.event_id[-1] for each in collected.events] == ["2"]


def test_a_record_beyond_all_bounds_is_a_failure_and_not_held(logs):
    logs.write(log_folder.body([event(1, requestParameters={"x": "y" * (20 * 1024 * 1024)})]))
    assert "holds a record beyond all bounds" in logs.why(query())


@pytest.mark.parametrize("name", ["folders", "list"])
def test_a_folder_that_cannot_be_read_is_a_failure(logs, monkeypatch, name):
    def refused(*_):
        raise IacwatchError("cannot list it")

    monkeypatch.setattr(Folder, name, refused)
    assert logs.why(query()).startswith("cannot read the trail of 111122223333 in eu-west-1 from ")
    assert logs.why(query()).endswith(": cannot list it")


def test_a_run_that_has_to_end_ends_in_the_midst_of_reading(logs):
    logs.add(event(1))
    logs.clock.stop_at = NOON
    with pytest.raises(Stopping):
        logs.trail.collect([query()])


@pytest.mark.skipif(not DATA.exists(), reason="the recorded documents are not beside the repository")
def test_real_files_give_what_parsing_all_of_them_gives(tmp_path):
    real = []
    for number, path in enumerate(sorted(DATA.rglob("*.json.gz"))):
        content = gzip.decompress(path.read_bytes())
        real += json.loads(content)["Records"]
        # Their account was made up, and so the name of the folder is another's.
        account = real[-1]["recipientAccountId"]
        at = datetime.strptime(path.name.split("_")[3], "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        name = log_folder.name(account, HOME, at).replace(".json", f"{number}.json")
        log_folder.write(tmp_path, name, content)
    start = min(log_folder.occurred(each) for each in real)
    end = max(log_folder.occurred(each) for each in real) + timedelta(seconds=1)
    whole = TrailQuery(account_id=account, region=HOME, window=Window(start=start, end=end), names=())
    collected = opened(tmp_path).collect([whole])
    assert not collected.failures
    writes = {each["eventID"] for each in real if records.event(each).read_only is not True}
    assert len(writes) > 400
    assert {each.event_id for each in collected.events} == writes
