"""CloudTrail's log files as a trail: what is read of them, how, and what they cannot answer."""

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail as records
from iacwatch.errors import IacwatchError, Stopping
from iacwatch.storage.files import StoredFile, open_store
from iacwatch.storage.json_stream import objects
from iacwatch.trails import record_filter, record_splitter
from iacwatch.trails.log_files.layout import FORMAT, read_name
from iacwatch.trails.log_files.trail import LogFiles
from iacwatch.trails.record_filter import RecordFilter
from tests.fixtures import log_folder
from tests.fixtures.clocks import NOON, TickingClock
from tests.fixtures.trail_records import OTHER, OWN, record

REGION, HOME = "eu-west-1", "us-east-1"
GROUP = "sg-0a1b2c3d4e5f60718"
DATA = Path(__file__).parents[4] / "shared" / "data" / "cloudtrail"
AT = NOON - timedelta(days=200)


def event(number, at=AT, **fields):
    """Return a record of CloudTrail's; its id has the form that CloudTrail gives."""
    told = {"eventID": f"00000000-1111-4222-8333-{number:012d}", "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    return record(**{**told, **fields})


def query(at=AT, *, before=1200, after=60, names=(GROUP,), account=OWN, region=REGION, **more):
    window = Window(start=at - timedelta(seconds=before), end=at + timedelta(seconds=after))
    return TrailQuery(
        **{"account_id": account, "region": region, "window": window, "names": names, "missing": 0.0, **more}
    )


class Shelved:
    """A folder with a trail that was on from long ago until noon."""

    def __init__(self, root):
        self.root, self.clock = root, TickingClock(NOON)
        days = [NOON - timedelta(days=day, hours=9) for day in range(300)] + [NOON - timedelta(minutes=20)]
        self.put(log_folder.files(log_folder.heartbeat(OWN, REGION, day) for day in days))
        self._trail = None

    def put(self, files):
        for path, content in files.items():
            log_folder.write(self.root, path, content)

    def add(self, *records, **more):
        self.put(log_folder.files(records, **more))

    def write(self, content, *, at=AT + timedelta(minutes=5), account=OWN, region=REGION):
        """Write a file with this content, and with the name that CloudTrail would have given it."""
        return log_folder.write(self.root, log_folder.name(account, region, at), content)

    @property
    def trail(self):
        if self._trail is None:
            self._trail = LogFiles(store=open_store(str(self.root), Sessions()), clock=self.clock)
        return self._trail

    def ask(self, *queries):
        """Ask; return what came by the numbers of the records. Nothing may have failed."""
        collected = self.trail.collect(queries)
        assert not collected.failures, collected.failures
        assert collected.calls == 0
        return {int(each.event_id[-12:]) for each in collected.events}

    def why(self, *queries):
        """Ask; return why nothing could be answered."""
        failures = self.trail.collect(queries).failures
        assert failures.keys() == set(queries)
        return " | ".join(failure.reason for failure in failures.values())


@pytest.fixture
def logs(tmp_path):
    return Shelved(tmp_path / "trail")


def dumped(*records, **how):
    return json.dumps({"Records": list(records)}, **how).encode()


# What a file's name tells


@pytest.mark.parametrize(
    "name",
    [
        "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/05/04/111122223333_CloudTrail-Digest_eu-west-1_a_eu-west-1_20260504T103000Z.json.gz",
        "AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/05/04/111122223333_CloudTrail-Insight_eu-west-1_20260504T1030Z_x.json.gz",
        "111122223333_CloudTrail-Digest_eu-west-1_a_eu-west-1_20260504T103000Z.json.gz",
        "AWSLogs/111122223333/Config/eu-west-1/2026/5/4/ConfigHistory/x.json.gz",
        "111122223333_Config_eu-west-1_ConfigHistory_AWS::S3::Bucket_20260504T103000Z_20260504T113000Z_1.json.gz",
        "notes.txt",
    ],
)
def test_what_is_no_log_file_is_not_read(name):
    assert read_name(StoredFile(name=name, size=1)) is None


def test_a_name_tells_whose_file_it_is_and_when_it_was_delivered():
    name = "x/AWSLogs/o-abcdefghij/111122223333/CloudTrail/eu-west-1/2023/07/10/111122223333_CloudTrail_eu-west-1_20230710T1155Z_7xgocspSowgK0Gto.json.gz"
    file = read_name(StoredFile(name=name, size=1))
    assert (file.place, file.delivered) == ((OWN, REGION), datetime(2023, 7, 10, 11, 55, tzinfo=UTC))
    odd = read_name(StoredFile(name=name.replace("20230710T1155Z", "20239910T1155Z"), size=1))
    assert (odd.place, odd.delivered) == (None, None)


# Layouts of folders


@pytest.mark.parametrize(
    "root",
    ["", "AWSLogs", "AWSLogs/o-abcdefghij", "trails/AWSLogs", "trails/AWSLogs/o-abcdefghij", "o-abcdefghij"],
)
def test_the_folders_that_aws_makes_are_found_from_wherever_one_begins(tmp_path, root):
    files = log_folder.files([event(1), log_folder.heartbeat(OWN, REGION, AT + timedelta(hours=1))])
    for path, content in files.items():
        log_folder.write(tmp_path, path.replace("AWSLogs", root).lstrip("/"), content)
    clock = TickingClock(NOON)
    collected = LogFiles(store=open_store(str(tmp_path), Sessions()), clock=clock).collect([query()])
    assert not collected.failures
    assert len(collected.events) == 1


@pytest.mark.parametrize("kept", [1, 2, 3, 4])
def test_a_folder_deeper_down_and_one_without_folders_work_too(tmp_path, kept):
    files = log_folder.files([event(1), log_folder.heartbeat(OWN, REGION, AT + timedelta(hours=1))])
    for path, content in files.items():
        log_folder.write(tmp_path, "/".join(path.split("/")[-kept:]), content)
    trail = LogFiles(store=open_store(str(tmp_path), Sessions()), clock=TickingClock(NOON))
    collected = trail.collect([query(), query(account=OTHER)])
    assert len(collected.events) == 1
    assert [each.account_id for each in collected.failures] == [OTHER]


def test_one_file_alone_is_a_trail(tmp_path):
    path = log_folder.write(tmp_path, "export.json", dumped(event(1), indent=2))
    trail = LogFiles(store=open_store(str(path), Sessions()), clock=TickingClock(NOON))
    collected = trail.collect([query()])
    assert not collected.failures
    assert len(collected.events) == 1


def test_only_files_that_may_concern_a_window_are_opened(logs, monkeypatch):
    logs.add(event(1))
    logs.add(event(2, AT - timedelta(hours=3)))
    logs.add(event(3, AT, awsRegion=HOME), event(4, AT, recipientAccountId=OTHER))
    seen = []
    store = logs.trail._listing._store
    real = store.open
    monkeypatch.setattr(store, "open", lambda file: seen.append(file.name) or real(file))
    assert logs.ask(query()) == {1}
    assert len(seen) == 1
    assert "/eu-west-1/" in seen[0]


def test_each_file_is_read_once_for_all_queries(logs, monkeypatch):
    logs.add(*(event(number, AT + timedelta(seconds=number)) for number in range(200)))
    seen = []
    store = logs.trail._listing._store
    real = store.open
    monkeypatch.setattr(store, "open", lambda file: seen.append(file.name) or real(file))
    many = [query(AT + timedelta(seconds=number), before=600) for number in range(200)]
    assert logs.ask(*many) == set(range(200))
    assert len(seen) == len(set(seen)) <= 2


def test_a_file_may_be_delivered_an_hour_later_and_on_the_next_day(logs):
    midnight = AT.replace(hour=23, minute=50)
    logs.add(event(1, midnight), delay=timedelta(minutes=50))
    assert logs.ask(query(midnight)) == {1}


# Layouts of files


@pytest.mark.parametrize(
    "content",
    [
        dumped(event(1), event(2), separators=(",", ":")),
        dumped(event(1), event(2)),
        dumped(event(1), event(2), indent=1),
        dumped(event(1), event(2), sort_keys=True, separators=(",", ":")),
        json.dumps([event(1), event(2)]).encode(),
        "\n".join(json.dumps(each) for each in (event(1), event(2))).encode(),
        b"\xef\xbb\xbf" + dumped(event(1), event(2), separators=(",", ":")),
        dumped(event(1), separators=(",", ":")) + b"\n" + dumped(event(2), separators=(",", ":")),
        dumped(event(1), separators=(",", ":"))[:-2] + b",\n" + json.dumps(event(2), separators=(",", ":")).encode() + b"]}",
        json.dumps({"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": event(1)}).encode() + b"\n" + json.dumps(event(2)).encode(),
        json.dumps({"Events": [{"EventId": "x", "CloudTrailEvent": json.dumps(each)} for each in (event(1), event(2))], "NextToken": "abc"}).encode(),
    ],
)  # fmt: skip
def test_every_way_of_writing_records_is_read(logs, content):
    logs.write(content)
    assert logs.ask(query()) == {1, 2}
    assert logs.ask(query(missing=1.0)) == {1, 2}


def test_a_file_of_several_gzip_members_is_read_to_its_end(logs):
    path = logs.write(dumped(event(1), separators=(",", ":")))
    path.write_bytes(path.read_bytes() + gzip.compress(dumped(event(2), separators=(",", ":"))))
    assert logs.ask(query()) == {1, 2}


def test_a_file_that_is_not_zipped_is_read(logs):
    path = logs.write(b"")
    path.write_bytes(dumped(event(1)))
    assert logs.ask(query()) == {1}


def test_an_empty_list_is_no_failure(logs):
    logs.write(b'{"Records":[]}')
    assert logs.ask(query()) == set()


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_where_a_file_is_cut_into_pieces_does_not_matter(size):
    made = [event(number, AT + timedelta(seconds=number)) for number in range(30)]
    content = log_folder.body(made)
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    bodies = [body for some in record_splitter.bodies(pieces) for body in some]
    assert [json.loads(record_splitter.whole(body)) for body in bodies] == made
    assert [found for found, _ in objects(pieces, "x", FORMAT)] == made


# What is wanted


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
@pytest.mark.parametrize("escaped", [True, False])
def test_a_name_is_found_however_json_and_urls_write_it(logs, name, parameters, escaped):
    found = event(1, requestParameters=parameters)
    logs.write(dumped(found, event(2), separators=(",", ":"), ensure_ascii=escaped))
    assert 1 in logs.ask(query(names=(name,)))
    many = [query(names=(f"another-{number}",)) for number in range(60)]
    assert 1 in logs.ask(query(names=(name,)), *many)


@given(
    st.lists(
        st.sampled_from(
            ["web-1", "%2F", "%", "\\\\", "\\u00e9", "\\n", '\\"', "\\/", '"', ":", "é", " ", "a.b_c", "2F"]
        )
    )
)
@settings(deadline=None, max_examples=100)
def test_the_fast_way_to_the_words_of_a_record_finds_what_the_careful_one_finds(pieces):
    text = "".join(pieces).encode()
    careful = {word for word in record_filter._WORD.findall(text) if word[:1] not in {b"\\", b"%"}}
    assert careful <= set(record_filter._words(text))


def test_what_bears_no_name_is_not_even_parsed_but_where_all_is_asked_for(logs):
    logs.add(event(1), event(2, requestParameters={"groupId": "sg-0f0f0f0f0f0f0f0f0"}))
    assert logs.ask(query()) == {1}
    for more in ({"missing": 1.0}, {"missing": 0.2}, {"thorough": True}, {"names": ()}):
        assert logs.ask(query(**more)) == {1, 2}


def test_what_cloudtrail_left_out_may_be_anything(logs):
    left_out = {"requestParameters": {"reason": "requestParameters too large", "omitted": True}}
    logs.add(event(1), event(2, **left_out), event(3, AT - timedelta(hours=2), **left_out))
    assert logs.ask(query()) == {1, 2}
    assert logs.ask(*(query(names=(f"another-{number}",)) for number in range(60))) == {2}


def test_all_writes_are_those_of_the_services_that_can_change_such_a_resource(logs):
    other = {"requestParameters": {"x": "y"}}
    logs.add(
        event(1, **other),
        event(2, eventSource="logs.amazonaws.com", eventName="CreateLogStream", **other),
        event(3, eventSource="tagging.amazonaws.com", eventName="TagResources", **other),
        event(4, eventSource="logs.amazonaws.com", eventName="CreateLogStream"),
    )
    kind = "AWS::EC2::SecurityGroup"
    assert logs.ask(query(missing=1.0, resource_type=kind)) == {1, 3, 4}
    assert logs.ask(query(missing=1.0, resource_type="AWS::New::Thing")) == {1, 2, 3, 4}


def test_a_write_whose_parameters_say_read_only_is_no_read(logs):
    mounts = {"family": GROUP, "mountPoints": [{"readOnly": True}]}
    logs.add(
        event(1, requestParameters=mounts),
        event(2, requestParameters=mounts, readOnly=None),
        event(3, requestParameters={"eventID": "0" * 36, "readOnly": True, "groupId": GROUP}),
        event(4, readOnly=True),
    )
    assert logs.ask(query()) == {1, 2, 3}


def test_more_names_than_are_looked_for_at_a_time_are_found_all_the_same(logs):
    names = [f"sg-{number:017x}" for number in range(300)]
    logs.add(*(event(place, requestParameters={"groupId": name}) for place, name in enumerate(names)))
    assert logs.ask(*(query(names=(name,)) for name in names)) == set(range(300))


def test_an_event_in_two_files_is_one(logs):
    logs.add(event(1))
    logs.add(event(1))
    assert len(logs.trail.collect([query()]).events) == 1


def test_an_old_record_is_of_the_account_whose_file_it_is_in(logs):
    old = {key: value for key, value in event(1).items() if key != "recipientAccountId"}
    old["userIdentity"] = {"type": "AWSAccount", "principalId": "AIDAX", "accountId": OTHER}
    logs.write(dumped(old, separators=(",", ":")))
    (found,) = logs.trail.collect([query()]).events
    assert found.account_id == OWN


def test_picking_by_bytes_loses_nothing_that_parsing_finds():
    draw = random.Random(7)
    names = [f"name-{number}" for number in range(60)]
    for _ in range(40):
        made = [
            event(
                number,
                AT + timedelta(seconds=draw.randrange(3600)),
                readOnly=draw.choice((True, False, None)),
                requestParameters={"name": draw.choice(names), "readOnly": draw.random() < 0.3},
            )
            for number in range(100)
        ]
        queries = [
            query(AT + timedelta(seconds=draw.uniform(0, 3600)), before=draw.randrange(600), names=(draw.choice(names),))
            for _ in range(draw.choice((1, 10, 80)))
        ]  # fmt: skip
        wanted = {
            each["eventID"]
            for each in made
            if each.get("readOnly") is not True
            and any(
                one.names[0] == each["requestParameters"]["name"]
                and datetime.fromisoformat(each["eventTime"]) in one.window
                for one in queries
            )
        }
        filtered = RecordFilter(queries)
        picked = [
            body for some in record_splitter.bodies([log_folder.body(made)]) for body in filtered.picked(some)
        ]
        assert {json.loads(record_splitter.whole(body))["eventID"] for body in picked} >= wanted


# What the files cannot answer


def test_a_region_and_an_account_without_files_are_no_silence(logs):
    assert "there is no log file of this account and region;" in logs.why(query(region="eu-central-1"))
    assert "there is no log file of this account and region;" in logs.why(query(account=OTHER))
    assert "where the calls of IAM and other global services are" in logs.why(query(region=HOME))


def test_before_the_first_and_after_the_last_file_nobody_looked(logs):
    assert "the log files there begin at" in logs.why(query(NOON - timedelta(days=305)))
    logs.clock.advance(timedelta(days=3))
    assert "the log files there end at" in logs.why(query(NOON + timedelta(days=1)))


def test_what_may_still_be_on_its_way_is_no_failure_yet(logs):
    just = NOON + timedelta(hours=5)
    logs.clock.advance(timedelta(hours=5, minutes=10))
    assert logs.ask(query(just)) == set()
    logs.clock.advance(timedelta(minutes=30))
    assert "the log files there end at" in logs.why(query(just))
    logs.add(event(1, just))
    assert logs.ask(query(just)) == {1}


def test_between_its_files_a_quiet_region_is_quiet_but_a_day_without_any_file_is_not(logs):
    quiet = AT.replace(hour=3)
    assert logs.ask(query(quiet)) == set()
    for day in logs.root.glob(f"AWSLogs/*/CloudTrail/*/{AT:%Y/%m/%d}/*"):
        day.unlink()
        day.parent.rmdir()
    logs._trail = None  # what is long past is not listed again
    assert f"no log file of this account of {AT:%Y-%m-%d}, in any region" in logs.why(query(quiet))
    logs.put(log_folder.files([log_folder.heartbeat(OWN, HOME, AT)]))
    logs._trail = None
    assert logs.ask(query(quiet)) == set()


def test_an_empty_folder_of_a_day_is_a_day_without_any_file(logs):
    quiet = AT.replace(hour=3)
    for file in logs.root.glob(f"AWSLogs/*/CloudTrail/*/{AT:%Y/%m/%d}/*"):
        file.unlink()
    assert any(logs.root.glob(f"AWSLogs/*/CloudTrail/*/{AT:%Y/%m/%d}"))
    assert f"no log file of this account of {AT:%Y-%m-%d}, in any region" in logs.why(query(quiet))


def test_exports_answer_for_the_time_of_their_records_alone(tmp_path):
    day = [event(number, AT + timedelta(hours=number)) for number in range(10)]
    log_folder.write(tmp_path, "a/export.json.gz", log_folder.body(day))
    log_folder.write(tmp_path, "package.json", b'{"name": "x", "version": "1.0.0"}')
    trail = LogFiles(store=open_store(str(tmp_path), Sessions()), clock=TickingClock(NOON))
    inside, before = query(AT + timedelta(hours=5)), query(AT - timedelta(hours=9))
    elsewhere = query(AT + timedelta(hours=5), region=HOME)
    for _ in range(2):
        collected = trail.collect([inside, before, elsewhere])
        assert [each.event_id[-1] for each in collected.events] == ["5"]
        assert collected.failures.keys() == {before, elsewhere}


def test_an_export_is_read_again_only_where_it_may_concern_a_question(tmp_path, monkeypatch):
    for number in range(4):
        made = [event(number * 10 + each, AT + timedelta(days=number, hours=each)) for each in range(6)]
        log_folder.write(tmp_path, f"export-{number}.json", log_folder.body(made))
    trail = LogFiles(store=open_store(str(tmp_path), Sessions()), clock=TickingClock(NOON))
    trail.collect([query()])
    seen = []
    store = trail._listing._store
    real = store.open
    monkeypatch.setattr(store, "open", lambda file: seen.append(file.name) or real(file))
    assert len(trail.collect([query(AT + timedelta(days=2, hours=3))]).events) == 1
    assert seen == ["export-2.json"]


# What cannot be read


@pytest.mark.parametrize(
    "spoil",
    [
        lambda zipped: zipped[: len(zipped) // 2],
        lambda zipped: zipped[:-4],
        lambda _: gzip.compress(log_folder.body([event(1), event(2)])[:-2]),
        lambda _: gzip.compress(log_folder.body([event(1), event(2)])[:-900]),
        lambda _: gzip.compress(
            log_folder.body([event(1, requestParameters={"x": []})]).split(b"[]")[0] + b"[]}"
        ),
        lambda _: b"",
        lambda _: gzip.compress(b'{"name": "not a log file"}'),
        lambda _: gzip.compress(b"\xff\xfe{}"),
        lambda zipped: zipped[:40] + b"\0\0\0\0" + zipped[44:],
    ],
)
def test_a_damaged_file_fails_the_queries_near_it_and_no_others(logs, spoil):
    path = logs.write(log_folder.body([event(1), event(2)]))
    path.write_bytes(spoil(path.read_bytes()))
    near, far = query(), query(AT - timedelta(hours=5))
    failures = logs.trail.collect([near, far]).failures
    assert list(failures) == [near]
    assert path.name in failures[near].reason
    assert "\n" not in failures[near].reason


def test_a_record_that_nobody_can_read_fails_what_it_may_concern(logs):
    broken = event(1, errorCode=["x"])
    logs.add(broken, event(2))
    other = query(names=("sg-0f0f0f0f0f0f0f0f0",))
    later = query(AT + timedelta(hours=2))
    failures = logs.trail.collect([query(), other, later, query(names=())]).failures
    assert failures.keys() == {query(), query(names=())}
    assert broken["eventID"] in failures[query()].reason


def test_a_record_too_deep_to_read_fails_what_it_may_concern_and_hides_no_other(logs):
    deep = log_folder.body([event(1), event(2)]).replace(
        b'"_return":true', b'"a":' + b"[" * 3000 + b"]" * 3000, 1
    )
    logs.write(deep)
    collected = logs.trail.collect([query(), query(names=("sg-0f0f0f0f0f0f0f0f0",))])
    assert list(collected.failures) == [query()]
    assert [each.event_id[-1] for each in collected.events] == ["2"]


def test_a_reading_call_that_cannot_be_read_harms_nobody(logs):
    logs.add(event(1, readOnly=True, errorCode=["x"]))
    assert logs.ask(query()) == set()


def test_what_looks_like_a_record_within_a_record_hides_nothing(logs):
    nested = {
        "list": [{"a": 1}, {"eventVersion": "1.0", "eventTime": "2001-01-01T00:00:00Z"}],
        "groupId": GROUP,
    }
    logs.add(event(1, requestParameters=nested), event(2))
    assert logs.ask(query(missing=1.0)) == {1, 2}


def test_a_record_beyond_all_bounds_is_a_failure_and_not_held(logs):
    logs.write(log_folder.body([event(1, requestParameters={"x": "y" * (20 * 1024 * 1024)})]))
    assert "holds a record beyond all bounds" in logs.why(query())


def test_names_of_folders_do_no_harm(logs):
    for name in ("2026", "..", "x\x1b[31m", "eu-west-1", "99999999999999999999"):
        if name != "..":
            (logs.root / "AWSLogs" / OWN / "CloudTrail" / REGION / name / name).mkdir(parents=True)
    logs.add(event(1))
    assert logs.ask(query()) == {1}


def test_a_folder_that_cannot_be_read_is_a_failure(logs, monkeypatch):
    store = logs.trail._listing._store

    def refused(*_):
        raise IacwatchError("cannot list it")

    for name in ("folders", "list"):
        monkeypatch.setattr(store, name, refused)
        assert "cannot list it" in logs.why(query())
        assert "cannot read the trail of 111122223333 in eu-west-1" in logs.why(query())


def test_a_run_that_has_to_end_ends_in_the_midst_of_reading(logs):
    logs.add(event(1))
    logs.clock.stop_at = NOON
    with pytest.raises(Stopping):
        logs.trail.collect([query()])


def test_it_is_told_how_far_reading_has_come(logs):
    told = []
    logs.add(event(1))
    trail = LogFiles(
        store=open_store(str(logs.root), Sessions()),
        clock=logs.clock,
        progress=lambda *step: told.append(step),
    )
    trail.collect([query()])
    assert told == [("Log files", 0, 1), ("Log files", 1, 1)]


# Real files


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
    trail = LogFiles(store=open_store(str(tmp_path), Sessions()), clock=TickingClock(NOON))
    start = min(log_folder.occurred(each) for each in real)
    end = max(log_folder.occurred(each) for each in real) + timedelta(seconds=1)
    whole = TrailQuery(account_id=account, region=HOME, window=Window(start=start, end=end), names=())
    collected = trail.collect([whole])
    assert not collected.failures
    writes = {each["eventID"] for each in real if records.event(each).read_only is not True}
    assert len(writes) > 400
    assert {each.event_id for each in collected.events} == writes


# Files of others, and exports


LINES = [event(1), event(2)]
TIMES = [f"{AT:%Y-%m-%dT%H:%M:%S}.000Z"] * 2


def subscribed(*records, kind="DATA_MESSAGE"):
    """Return what a subscription of CloudWatch Logs hands to Firehose."""
    return json.dumps(
        {
            "messageType": kind,
            "owner": OWN,
            "logGroup": "trail",
            "logStream": f"{OWN}_CloudTrail_{REGION}",
            "subscriptionFilters": ["x"],
            "logEvents": [
                {"id": "1", "timestamp": 1, "message": each if isinstance(each, str) else json.dumps(each)}
                for each in records
            ],
        }
    ).encode()


EXPORTS = {
    "CloudWatch Logs": "\n".join(f"{at} {json.dumps(each)}" for at, each in zip(TIMES, LINES, strict=True)).encode(),
    "Firehose": subscribed(LINES[0]) + subscribed("Checking health", kind="CONTROL_MESSAGE") + subscribed(LINES[1], "a line of another group"),
    "Firehose, zipped by CloudWatch Logs": gzip.compress(subscribed(LINES[0])) + gzip.compress(subscribed(LINES[1])),
    "Firehose, messages alone": json.dumps(LINES[0]).encode() + json.dumps(LINES[1]).encode(),
    "aws logs filter-log-events": json.dumps({"events": [{"logStreamName": "x", "timestamp": 1, "message": json.dumps(each)} for each in LINES], "searchedLogStreams": [], "nextToken": "x"}).encode(),
    "Lake, a query": json.dumps({"QueryStatus": "FINISHED", "QueryStatistics": {"ResultsCount": 2}, "QueryResultRows": [[{"eventJson": json.dumps(each)}] for each in LINES]}).encode(),
    "Lake, lines": "\n".join(json.dumps({"eventJson": json.dumps(each)}) for each in LINES).encode(),
    "Lake, columns": "\n".join(json.dumps({**each, "eventTime": f"{AT:%Y-%m-%d %H:%M:%S}.000", "readOnly": "false", "userIdentity": json.dumps(each["userIdentity"]), "requestParameters": json.dumps(each["requestParameters"])}) for each in LINES).encode(),
}  # fmt: skip


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("export", EXPORTS)
@pytest.mark.parametrize(
    "name", ["trail.gz", "trail", "trail.txt", "x/000000.gz", "s-1-2026-05-04-12-00-00-0a1b"]
)
def test_exports_are_read_whatever_they_are_called(tmp_path, export, name, zipped):
    content = EXPORTS[export]
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(gzip.compress(content) if zipped else content)
    places = [tmp_path / name] if name.endswith(".txt") else [tmp_path / name, tmp_path]
    for place in places:
        trail = LogFiles(store=open_store(str(place), Sessions()), clock=TickingClock(NOON))
        for names in ((GROUP,), ()):
            collected = trail.collect([query(names=names)])
            assert not collected.failures, collected.failures
            assert sorted(each.event_id[-1] for each in collected.events) == ["1", "2"]


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PAR1\x15\x04\xff\xfe",
        b"http 2018-07-02T22:23:00.186641Z app/my-loadbalancer 192.168.131.39:2817",
        b"2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010",
        b"Permission Check Successful",
        b'{"configurationItems": [{"resourceType": "AWS::S3::Bucket"}]}',
        b'{"fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": []}',
        b"eventVersion,eventTime\n1.11,2026",
    ],
)
def test_what_is_no_log_file_of_cloudtrail_is_named_as_that(tmp_path, content, zipped):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(content) if zipped and content else content)
    for place in (path, tmp_path):
        trail = LogFiles(store=open_store(str(place), Sessions()), clock=TickingClock(NOON))
        for _ in range(2):
            (failure,) = trail.collect([query()]).failures.values()
            if content:
                assert "a.gz is not a log file of CloudTrail" in failure.reason
            else:
                assert "a.gz is empty" in failure.reason


def test_a_file_of_others_beside_log_files_harms_nobody_and_is_read_once(logs, monkeypatch):
    logs.add(event(1))
    flat = logs.root.parent / "flat"
    for path in logs.root.rglob("*.gz"):
        log_folder.write(flat, path.name, gzip.decompress(path.read_bytes()))
    (flat / "access.gz").write_bytes(gzip.compress(b"GET / HTTP/1.1"))
    trail = LogFiles(store=open_store(str(flat), Sessions()), clock=logs.clock)
    seen = []
    store = trail._listing._store
    real = store.open
    monkeypatch.setattr(store, "open", lambda file: seen.append(file.name) or real(file))
    for _ in range(2):
        assert [each.event_id[-1] for each in trail.collect([query()]).events] == ["1"]
    assert seen.count("access.gz") == 1


def test_an_export_that_was_cut_short_is_a_failure(tmp_path):
    (tmp_path / "lines").write_bytes(json.dumps(event(1)).encode()[:300])
    trail = LogFiles(store=open_store(str(tmp_path), Sessions()), clock=TickingClock(NOON))
    (failure,) = trail.collect([query()]).failures.values()
    assert "lines is cut short or damaged" in failure.reason
