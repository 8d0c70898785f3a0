"""CloudTrail's log files as a trail: where they lie, what is read of them, how, and what they cannot answer."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from unittest.mock import Mock

import pytest

from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailQuery, Window
from iacwatch.errors import IacwatchError, Stopping
from iacwatch.storage.files import Bucket, Folder, StoredFile, open_store
from iacwatch.trails.log_files.layout import read_name
from iacwatch.trails.log_files.trail import LogFiles
from tests.fixtures import log_folder
from tests.fixtures.clocks import NOON, TickingClock
from tests.fixtures.many_objects import ManyObjects
from tests.fixtures.trail_records import OTHER, OWN, record

REGION, HOME = "eu-west-1", "us-east-1"
GROUP, UNKNOWN = "sg-0a1b2c3d4e5f60718", "sg-0f0f0f0f0f0f0f0f0"
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


def opened(place, clock=None):
    return LogFiles(store=open_store(str(place), Sessions()), clock=clock or TickingClock(NOON))


class Logs:
    """A folder with a trail that was on from long ago until noon."""

    def __init__(self, root):
        self.root, self.clock = root, TickingClock(NOON)
        hours = [7_200, *range(4_785, 4_875, 24), 1 / 3]
        self.add(*(log_folder.heartbeat(OWN, REGION, NOON - hour * HOUR) for hour in hours))
        self.begin()

    def begin(self):
        """Begin a run: what is long past is listed anew."""
        self.trail = opened(self.root, clock=self.clock)

    def add(self, *records, **more):
        for path, content in log_folder.files(records, **more).items():
            log_folder.write(self.root, path, content)

    def write(self, content):
        """Write a file with this content, and with the name that CloudTrail would have given it."""
        return log_folder.write(self.root, log_folder.name(OWN, REGION, AT + HOUR / 12), content)

    def ask(self, *queries):
        return numbers(self.trail.collect(queries))

    def why(self, asked):
        """Ask; return why it could not be answered."""
        return self.trail.collect([asked]).failures[asked].reason


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
    return json.dumps({"Records": list(records)}, **{"separators": (",", ":"), **how}).encode()


def test_a_name_tells_whose_file_it_is_and_when_it_was_delivered_and_other_files_are_none():
    name = "x/AWSLogs/o-abcdefghij/111122223333/CloudTrail/eu-west-1/2023/07/10/111122223333_CloudTrail_eu-west-1_20230710T1155Z_7xgocspSowgK0Gto.json.gz"
    file = read_name(StoredFile(name=name, size=1))
    assert (file.place, file.delivered) == ((OWN, REGION), datetime(2023, 7, 10, 11, 55, tzinfo=UTC))
    odd = read_name(StoredFile(name=name.replace("20230710T1155Z", "20239910T1155Z"), size=1))
    assert (odd.place, odd.delivered) == (None, None)
    for other in (
        name.replace("CloudTrail", "CloudTrail-Digest"),
        name.replace("CloudTrail", "Config"),
        "notes.txt",
    ):
        assert read_name(StoredFile(name=other, size=1)) is None


def test_only_files_that_may_concern_are_opened_and_an_event_in_two_comes_once(logs, read_files):
    names, midnight = [f"sg-{number:017x}" for number in range(300)], AT.replace(hour=23, minute=50)
    for _ in range(2):
        logs.add(*(event(place, requestParameters={"groupId": name}) for place, name in enumerate(names)))
    logs.add(event(301, AT - 3 * HOUR), event(302, awsRegion=HOME), event(303, recipientAccountId=OTHER))
    logs.add(event(304, midnight), delay=timedelta(minutes=50))
    collected = logs.trail.collect([query(names=(name,)) for name in names])
    assert numbers(collected) == set(range(300))
    assert (len(collected.events), len(read_files)) == (300, 2)
    assert logs.ask(query(midnight)) == {304}, "it came an hour later and on the next day"


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


BOTH = (event(1), event(2))


def subscribed(*records, kind="DATA_MESSAGE"):
    """Return what a subscription of CloudWatch Logs hands to Firehose."""
    texts = [each if isinstance(each, str) else json.dumps(each) for each in records]
    events = [{"id": "1", "timestamp": 1, "message": text} for text in texts]
    return json.dumps({"messageType": kind, "owner": OWN, "logGroup": "trail", "logEvents": events}).encode()


def columns(each):
    """Return a record as a query of CloudTrail Lake gives its columns."""
    texts = {name: json.dumps(each[name]) for name in ("userIdentity", "requestParameters")}
    return {**each, **texts, "eventTime": f"{AT:%Y-%m-%d %H:%M:%S}.000", "readOnly": "false"}


WAYS = {
    "by CloudTrail": log_folder.body(BOTH),
    "by name": dumped(*BOTH, sort_keys=True),
    "as a list": json.dumps(BOTH).encode(),
    "behind a mark": b"\xef\xbb\xbf" + log_folder.body(BOTH),
    "with a line between": log_folder.body(BOTH[:1])[:-2] + b",\n" + json.dumps(event(2), separators=(",", ":")).encode() + b"]}",
    "EventBridge's envelope": json.dumps({"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": event(1)}).encode() + b"\n" + json.dumps(event(2)).encode(),
    "by lookup-events": json.dumps({"Events": [{"EventId": "x", "CloudTrailEvent": json.dumps(each)} for each in BOTH], "NextToken": "abc"}).encode(),
    "CloudWatch Logs": "\n".join(f"{AT:%Y-%m-%dT%H:%M:%S}.000Z {json.dumps(each)}" for each in BOTH).encode(),
    "Firehose": subscribed(BOTH[0]) + subscribed("Checking health", kind="CONTROL_MESSAGE") + subscribed(BOTH[1], "a line of another group"),
    "Firehose, zipped by CloudWatch Logs": gzip.compress(subscribed(BOTH[0])) + gzip.compress(subscribed(BOTH[1])),
    "Firehose, messages alone": json.dumps(BOTH[0]).encode() + json.dumps(BOTH[1]).encode(),
    "aws logs filter-log-events": json.dumps({"events": [{"logStreamName": "x", "timestamp": 1, "message": json.dumps(each)} for each in BOTH], "searchedLogStreams": [], "nextToken": "x"}).encode(),
    "Lake, a query": json.dumps({"QueryStatus": "FINISHED", "QueryStatistics": {"ResultsCount": 2}, "QueryResultRows": [[{"eventJson": json.dumps(each)}] for each in BOTH]}).encode(),
    "Lake, columns": "\n".join(json.dumps(columns(each)) for each in BOTH).encode(),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_records_are_read_however_they_are_written_and_whatever_files_are_called(logs, tmp_path, way):
    path = logs.write(b"")
    for content in (WAYS[way], gzip.compress(WAYS[way])):
        path.write_bytes(content)
        logs.begin()
        assert logs.ask(query()) == {1, 2}
        for name in ("trail.gz", "trail", "trail.txt", "s-1-2026-05-04-12-00-00-0a1b"):
            export = log_folder.write(tmp_path / name, "x", content).rename(tmp_path / name / name)
            for place in [export] if name.endswith(".txt") else [export, export.parent]:
                for names in ((GROUP,), ()):
                    assert numbers(opened(place).collect([query(names=names)])) == {1, 2}


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"PAR1\x15\x04\xff\xfe", "not a log file of CloudTrail"), (json.dumps(BOTH[0]).encode()[:300], "cut short or damaged")],
)  # fmt: skip
def test_an_export_that_is_no_log_file_or_is_cut_short_is_named_as_that(tmp_path, content, why):
    for zipped in (content, gzip.compress(content)):
        for place in (log_folder.write(tmp_path, "a", zipped), tmp_path):
            (failure,) = opened(place).collect([query()]).failures.values()
            assert f"a is {why}" in failure.reason


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("arn:aws:ecs:eu-west-1:111122223333:service/a/back-end", {"resource": "arn%3Aaws%3Aecs%3Aeu-west-1%3A111122223333%3Aservice%2Fa%2Fback-end"}),
        ('größer "hi\\you\nthere', {"alarmName": 'größer "hi\\you\nthere'}),
        ("arn:aws:lambda:eu-west-1:111122223333:function:pay", {"functionName": "pay:live"}),
    ],
)  # fmt: skip
def test_a_name_is_found_however_json_and_urls_write_it(tmp_path, name, parameters):
    found, many = event(1, requestParameters=parameters), [query(names=(f"another-{n}",)) for n in range(60)]
    for escaped in (True, False):
        content = dumped(found, event(2), ensure_ascii=escaped)
        trail = opened(log_folder.write(tmp_path, f"{escaped}.json", content))
        assert 1 in numbers(trail.collect([query(names=(name,))]))
        assert 1 in numbers(trail.collect([query(names=(name,)), *many]))


def test_what_bears_no_name_is_left_out_unless_cloudtrail_left_something_out(logs):
    left_out = {"requestParameters": {"reason": "requestParameters too large", "omitted": True}}
    logs.add(event(1), event(2, requestParameters={"groupId": UNKNOWN}), event(3, **left_out))
    logs.add(event(4, AT - 2 * HOUR, **left_out))
    assert logs.ask(query()) == {1, 3}
    assert logs.ask(*(query(names=(f"another-{number}",)) for number in range(60))) == {3}


def test_all_writes_are_those_of_the_services_that_can_change_such_a_resource(logs):
    other, stream = {"requestParameters": {"x": "y"}}, {"eventSource": "logs.amazonaws.com"}
    tags = {"eventSource": "tagging.amazonaws.com", "eventName": "TagResources"}
    logs.add(event(1, **other), event(2, **stream, **other), event(3, **tags, **other), event(4, **stream))
    for kind, found in (("AWS::EC2::SecurityGroup", {1, 3, 4}), ("AWS::New::Thing", {1, 2, 3, 4})):
        assert logs.ask(query(missing=1.0, resource_type=kind)) == found


def test_an_old_record_is_of_the_account_whose_file_it_is_in(logs):
    old = {key: value for key, value in event(1).items() if key != "recipientAccountId"}
    old["userIdentity"] = {"type": "AWSAccount", "principalId": "AIDAX", "accountId": OTHER}
    logs.write(log_folder.body([old]))
    (found,) = logs.trail.collect([query()]).events
    assert found.account_id == OWN


def test_where_and_when_there_are_no_files_is_no_silence(logs):
    young, quiet = query(NOON + 5 * HOUR), query(AT.replace(hour=3))
    (gone,) = logs.root.glob(f"AWSLogs/*/CloudTrail/*/{AT - 20 * HOUR:%Y/%m/%d}/*")
    gone.unlink()  # an empty folder is a day without any file, too
    logs.clock.advance(5 * HOUR + timedelta(minutes=10))
    assert logs.ask(young, quiet) == set()
    logs.clock.advance(timedelta(minutes=30))
    for asked, why in {
        query(region="eu-central-1"): "there is no log file of this account and region;",
        query(account=OTHER): "there is no log file of this account and region;",
        query(region=HOME): "where the calls of IAM and other global services are",
        query(NOON - timedelta(days=305)): "the log files there begin at",
        young: "the log files there end at",
        query(AT - 20 * HOUR): f"no log file of this account of {AT - 20 * HOUR:%Y-%m-%d}, in any region",
    }.items():
        assert why in logs.why(asked)
    logs.add(log_folder.heartbeat(OWN, HOME, AT - 20 * HOUR))
    logs.begin()
    assert logs.ask(query(AT - 20 * HOUR)) == set()


def test_exports_answer_for_the_time_of_their_records_and_are_read_again_where_needed(tmp_path, read_files):
    for day in range(4):
        made = [event(10 * day + hour, AT + timedelta(days=day, hours=hour)) for hour in range(6)]
        log_folder.write(tmp_path, f"export-{day}.json", log_folder.body(made))
    trail, at = opened(tmp_path), AT + timedelta(days=2, hours=3)
    before, elsewhere = query(AT - 9 * HOUR), query(at, region=HOME)
    for _ in range(2):
        read_files.clear()
        collected = trail.collect([query(at), before, elsewhere])
        assert [each.event_id[-2:] for each in collected.events] == ["23"]
        assert collected.failures.keys() == {before, elsewhere}
    assert read_files == ["export-2.json"]


def test_a_record_that_nobody_can_read_fails_what_it_may_concern_and_hides_no_other(logs):
    deep = b'"a":' + b"[" * 3000 + b"]" * 3000
    logs.write(log_folder.body(BOTH).replace(b'"_return":true', deep, 1))
    logs.add(event(3, errorCode=["x"], requestParameters={"groupId": "sg-1"}))
    third, later = query(names=("sg-1",)), query(AT + 2 * HOUR, names=("sg-1",))
    collected = logs.trail.collect([query(), query(names=(UNKNOWN,)), third, later, query(names=())])
    assert collected.failures.keys() == {query(), third, query(names=())}
    assert event(3)["eventID"] in collected.failures[third].reason
    assert [each.event_id[-1] for each in collected.events] == ["2"]


@pytest.mark.parametrize("name", ["folders", "list"])
def test_a_folder_that_cannot_be_read_is_a_failure_and_a_run_that_has_to_end_ends(logs, monkeypatch, name):
    real = getattr(Folder, name)
    monkeypatch.setattr(Folder, name, Mock(side_effect=IacwatchError("cannot list it")))
    assert re.fullmatch(
        f"cannot read the trail of {OWN} in {REGION} from .*: cannot list it", logs.why(query())
    )
    monkeypatch.setattr(Folder, name, real)
    logs.add(event(1))
    logs.clock.stop_at = NOON
    with pytest.raises(Stopping):
        logs.trail.collect([query()])


ORG = "o-abcdefghij"
MOST = 30
DAY = f"AWSLogs/{OWN}/CloudTrail/{REGION}/{AT:%Y/%m/%d}"

# Where the folder AWSLogs lies, and where the question begins.
LAYOUTS = {
    "plain": ("AWSLogs", ""),
    "organisation": (f"AWSLogs/{ORG}", ""),
    "a prefix, deep": (f"security/audit/v2/org/main/AWSLogs/{ORG}", ""),
    "a prefix for each account, of an organisation": (f"{OWN}/AWSLogs/{ORG}", ""),
    "without AWSLogs": ("cloudtrail", ""),
    "from the day": ("AWSLogs", DAY),
}
FOREIGN = {
    "flat, random": lambda number: f"{number * 2654435761 % 2**32:08x}.json",
    "accounts": lambda number: f"AWSLogs/{number % 300:012d}/CloudTrail/{REGION}/{AT:%Y/%m/%d}/{number % 300:012d}_CloudTrail_{REGION}_{AT:%Y%m%d}T0000Z_{number}.json.gz",
    "other services": lambda number: f"AWSLogs/{OWN}/elasticloadbalancing/{REGION}/2026/{number % 12 + 1:02d}/01/{number}.log.gz",
}  # fmt: skip


@cache
def foreign(kind):
    return [FOREIGN[kind](number) for number in range(20_000)]


def trail_files(root, *events, account=OWN):
    """Return files of a trail whose accounts lie in `root`, that was on around the events."""
    made = log_folder.files(events)
    for at in (AT - 960 * HOUR, AT - 3 * HOUR, AT + HOUR, NOON - 24 * HOUR):
        made |= log_folder.files([log_folder.heartbeat(account, REGION, at)])
    return {path.replace("AWSLogs", root, 1): content for path, content in made.items()}


def bucket(contents, prefix="", keys=()):
    objects = ManyObjects({key: gzip.compress(content) for key, content in contents.items()}, keys)
    return LogFiles(store=Bucket("b", prefix, objects), clock=TickingClock(NOON)), objects.calls


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_days_question_takes_few_listings_in_every_layout(layout, tmp_path, monkeypatch):
    root, begin = LAYOUTS[layout]
    made = trail_files(root, event(1))
    for kind in FOREIGN:
        if kind == "flat, random" and root.startswith((OWN, "cloudtrail")):
            continue  # a folder among random names is only found if it is named
        trail, calls = bucket(made, begin, foreign(kind))
        assert numbers(trail.collect([query()])) == {1}, kind
        assert calls["list"] <= MOST, kind
    for path, content in made.items():
        log_folder.write(tmp_path, path, content)
    monkeypatch.chdir(tmp_path / begin)
    for place in (tmp_path / begin, "."):
        assert numbers(opened(place).collect([query()])) == {1}


def test_several_trails_of_one_bucket_are_read_together():
    files = trail_files("old/trails/AWSLogs", event(4, recipientAccountId=OTHER), account=OTHER)
    for number, root in enumerate(("AWSLogs", f"{ORG}/AWSLogs/{ORG}", "security/AWSLogs/o-zyxwvutsrq"), 1):
        files |= trail_files(root, event(number))
    trail, calls = bucket(files, keys=(f"app/{number}" for number in range(20_000)))
    assert numbers(trail.collect([query()])) == {1, 2, 3}
    assert calls["list"] <= MOST
    assert numbers(trail.collect([query(), query(account=OTHER)])) == {1, 2, 3, 4}


def test_the_folders_of_days_alone_are_enough_whoever_they_are_of():
    theirs = trail_files("AWSLogs", event(2, recipientAccountId=OTHER), account=OTHER)
    mixed = trail_files("AWSLogs", event(1)) | theirs
    days = {"copy/" + "/".join(key.split("/")[4:]): content for key, content in mixed.items()}
    for begin in ("", "copy"):
        trail, calls = bucket(days, begin)
        assert numbers(trail.collect([query(), query(account=OTHER)])) == {1, 2}
        assert calls["list"] <= MOST
        (failure,) = trail.collect([query(region="eu-central-1")]).failures.values()
        assert "there is no log file of this account and region" in failure.reason


def test_a_bucket_of_others_is_not_listed_whole():
    trail, calls = bucket({}, keys=(f"app/{number:06d}.log" for number in range(100_000)))
    (failure,) = trail.collect([query()]).failures.values()
    assert "holds more than 10,000 files that CloudTrail did not name" in failure.reason
    assert calls["list"] <= MOST
