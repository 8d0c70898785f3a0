"""CloudTrail's table in Athena as a trail: what is asked, what it costs, and what is never taken for silence."""

import gzip
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from iacwatch.aws.cloudtrail_table import TableAddress
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail
from iacwatch.core.text import size
from iacwatch.errors import Stopping
from iacwatch.storage.files import open_store
from iacwatch.trails.athena import batches, client
from iacwatch.trails.athena.budget import ScanBudget
from iacwatch.trails.athena.trail import Athena
from iacwatch.trails.log_files.trail import LogFiles
from tests.fixtures import log_folder
from tests.fixtures.athena import tables
from tests.fixtures.athena.engine import Table
from tests.fixtures.athena.world import DATABASE, TABLE, FakeAthena
from tests.fixtures.clocks import NOON, TickingClock
from tests.fixtures.trail_records import OTHER, OWN, record, session, user

REGION = "eu-west-1"
PLACES = ((OWN, REGION), (OWN, "us-east-1"), (OTHER, REGION))
GROUP = "sg-0a1b2c3d4e5f60718"
DAY, MINUTE = 1440, timedelta(minutes=1)
RECORDED = Path(__file__).parents[4] / "shared" / "data" / "cloudtrail"


@pytest.fixture
def world(monkeypatch):
    keys = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "x", "AWS_CONFIG_FILE": "/dev/null"}
    clock = TickingClock(NOON)
    with FakeAthena(now=clock.now) as made:
        made.clock = clock
        for name, value in made.environment(**keys).items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def busy(world):
    """A world whose trail has been on for days."""
    world.alive(PLACES, NOON - timedelta(days=5), NOON - timedelta(minutes=6))
    return world


def trail(world, where=None, **more):
    address = TableAddress(**{"database": DATABASE, "table": TABLE, **(where or {})})
    return Athena(sessions=Sessions(region=REGION), clock=world.clock, where=address, **more)


def call(minutes, event_id, **fields):
    return record(eventID=event_id, eventTime=f"{NOON - minutes * MINUTE:%Y-%m-%dT%H:%M:%SZ}", **fields)


def on(name, minutes, event_id, **fields):
    """Return a call on another resource."""
    return call(minutes, event_id, requestParameters={"groupId": name}, **fields)


def query(start=120, end=60, *, names=(GROUP,), account=OWN, region=REGION):
    """Ask about a window, in minutes before noon."""
    window = Window(start=NOON - start * MINUTE, end=NOON - end * MINUTE)
    return TrailQuery(account_id=account, region=region, window=window, names=names, missing=0.0)


def ids(collected):
    assert not collected.failures
    return {event.event_id for event in collected.events}


def reason(collected, asked):
    """Return why a query failed: one line that names whose trail it is."""
    told, place = collected.failures[asked].reason, f"{asked.account_id} in {asked.region}"
    assert told.startswith(f"cannot read the trail of {place} from Athena's table")
    assert "\n" not in told
    return told


def sizes_of(world):
    return sum(len(json.dumps(each)) for each, _ in world.records)


def test_many_windows_of_accounts_and_regions_are_one_statement_and_an_empty_one_asks_nothing(busy):
    busy.add(call(90, "a"), call(100, "b", recipientAccountId=OTHER), call(70, "c", awsRegion="us-east-1"))
    queries = [query(start, start - 20) for start in range(120, 60, -5)]
    queries += [query(account=OTHER), query(region="us-east-1"), query(60, 60)]
    assert ids(trail(busy).collect([query(60, 60)])) == set()
    assert not busy.executions
    assert ids(trail(busy).collect(queries)) == {"a", "b", "c"}
    assert len(busy.asked) == 1


def test_what_was_left_out_may_be_anything_and_files_of_after_midnight_are_read(busy):
    left_out = {"reason": "requestParameters too large", "omitted": True, "originalSize": 281_640}
    start = 12 * 60 + 1
    busy.add(call(start + 5, "a", requestParameters=left_out), on("sg-1", start + 5, "b"))
    busy.add(on("sg-1", start + 2, "c", responseElements=left_out), delivered_at=NOON - (start - 10) * MINUTE)
    found = trail(busy).collect([query(start + 20, start)])
    assert {each.event_id: each.omitted for each in found.events} == {"a": ("request",), "c": ("response",)}
    assert "IN ('2026/11/19', '2026/11/20')" in busy.statements[0]


PARTS = {
    "hours": ({"datehour": "string"}, tables.projected("datehour", "yyyy/MM/dd/HH"), lambda _, came: {"datehour": f"{came:%Y/%m/%d/%H}"}),
    "accounts": (dict.fromkeys(("accountid", "region", "timestamp"), "string"), tables.projected(), lambda each, came: {"accountid": each["recipientAccountId"], "region": each["awsRegion"], "timestamp": f"{came:%Y/%m/%d}"}),
    "as text": (dict.fromkeys(("year", "month", "day"), "string"), {}, lambda _, came: {"year": f"{came:%Y}", "month": f"{came.month}", "day": f"{came:%d}"}),
    "as numbers": (dict.fromkeys(("year", "month", "day"), "int"), {}, lambda _, came: {"year": came.year, "month": came.month, "day": came.day}),
    "months": ({"year": "int", "month": "int"}, {}, lambda _, came: {"year": came.year, "month": came.month}),
    "by hand": ({"day": "string"}, {}, lambda _, came: {"day": f"{came:%Y-%m-%d}"}),
    "a date": ({"dt": "date"}, {}, lambda _, came: {"dt": f"{came:%Y-%m-%d}"}),
    "none": ({}, {}, lambda *_: {}),
    "an unknown one": ({"bucket": "string"}, {}, lambda *_: {"bucket": "b"}),
}  # fmt: skip


def cut(world, name):
    keys, properties, parted = PARTS[name]
    world.table = Table(tables.WHOLE, keys, properties, parted=parted)


@pytest.mark.parametrize("name", PARTS)
def test_a_table_is_read_however_it_is_cut_and_no_more_of_it_than_needed(busy, name):
    cut(busy, name)
    busy.add(call(90, "a"), call(100, "b", recipientAccountId=OTHER))
    assert ids(trail(busy).collect([query()])) == {"a"}
    (execution,) = busy.asked
    assert (execution["scanned"] == sizes_of(busy)) is (name in {"none", "an unknown one", "months"})


HOSTILE = ("x' OR '1'='1", "a\\' --", '"; DROP TABLE t; --', "größe", "a\nb", "%27;/*-b", "?-b", "x" * 1_500)


def test_no_stranger_text_is_ever_part_of_a_statement(busy):
    busy.add(*(on(name, 90, f"e{number}") for number, name in enumerate(HOSTILE)))
    for number, name in enumerate(HOSTILE):
        assert f"e{number}" in ids(trail(busy).collect([query(names=(name,))]))
    for place in (("' OR '1'='1", REGION), (OWN, "x' OR '1'='1"), ("12345", REGION), (OWN, "global")):
        wrong = query(account=place[0], region=place[1])
        assert trail(busy).collect([wrong, query()]).failures.keys() == {wrong}
    told = "".join(busy.statements)
    assert not [word for word in ("DROP", "OR '1'", "ö", "12345'", "global") if word in told]


def test_more_names_than_a_statement_holds_are_asked_for_in_several_that_end_where_days_do(busy):
    many = [tuple(f"a-very-long-name-{each:0120d}-{number}" for each in range(60)) for number in range(40)]
    starts = [number // 12 * DAY + 60 + 10 * (number % 12) for number in range(40)]
    busy.add(*(on(names[-1], start + 2, names[-1]) for names, start in zip(many, starts, strict=True)))
    asked = [query(start + 5, start, names=names) for names, start in zip(many, starts, strict=True)]
    assert ids(trail(busy).collect(asked)) == {names[-1] for names in many}
    first, second = (set(re.findall(r"'(2026/\d\d/\d\d)'", each["statement"])) for each in busy.asked)
    assert (len(first), len(second), first & second) == (2, 2, set())


def test_more_names_of_one_change_than_a_statement_holds_are_asked_for_as_all_writes(busy):
    names = tuple(f"a-very-long-name-{number:0120d}" for number in range(2_000))
    busy.add(on(names[1_100], 90, "a"), call(80, "b"))
    assert ids(trail(busy).collect([query(names=names)])) == {"a"}
    assert "arrays_overlap" not in busy.statements[0]


def test_hours_of_a_whole_year_fit_a_statement(busy):
    cut(busy, "hours")
    busy.add(call(90, "a"))
    asked = [query(day * DAY + 90, day * DAY + 60) for day in range(0, 730, 2)]
    assert [event.event_id for event in trail(busy).collect([query(), *asked]).events] == ["a"]
    assert max(map(len, busy.statements)) < 262_144


def test_many_accounts_are_one_statement_unless_they_have_partitions_of_their_own(busy, monkeypatch):
    monkeypatch.setattr(batches, "MOST_PARTITIONS", 50)
    accounts = [f"{each:012d}" for each in range(1, 71)]
    busy.add(*(call(90, account, recipientAccountId=account) for account in accounts))
    asked = [query(95, 85 - place % 3, account=account) for place, account in enumerate(accounts)]
    assert ids(trail(busy).collect(asked)) == set(accounts)
    assert len(busy.executions) == 1
    assert busy.statements[0].count('"eventtime" >=') == 1
    cut(busy, "accounts")
    assert ids(trail(busy).collect(asked)) == set(accounts)
    for each in busy.asked[1:]:
        days, names = (
            re.search(rf'"{key}" IN \((.*?)\)', each["statement"])[1] for key in ("timestamp", "accountid")
        )
        assert len(days.split(",")) * len(names.split(",")) <= 50
    assert sum(each["scanned"] for each in busy.asked[1:]) < sizes_of(busy) / 3


def test_rows_come_in_pages_and_the_header_is_none_of_them(busy):
    busy.add(*(call(90, f"e{number}") for number in range(1_100)))
    assert len(ids(trail(busy).collect([query()]))) == 1_100
    assert busy.calls.count("GetQueryResults") == 2 + 1


def assert_same(found, document):
    expected = cloudtrail.event(document)
    for name in expected.__slots__:
        mine, theirs = getattr(found, name), getattr(expected, name)
        if name == "mentions":  # the members of `resources` have no order in a table
            mine, theirs = sorted(mine, key=repr), sorted(theirs, key=repr)
        assert mine == theirs, (document["eventID"], name)


CLAIMS = {"sub": "repo:acme/infra:ref:refs/heads/main"}
FEDERATED = {
    "sourceIdentity": "alice@example.com",
    "webIdFederationData": {"federatedProvider": "token.actions.githubusercontent.com", "attributes": CLAIMS},
    "ec2RoleDelivery": "2.0",
}
QUOTES = {"groupId": GROUP, "tag": 'größe "x", \\ <y>\n', "list": [1, None]}
ODD = [
    call(90, "plain", userAgent="[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11]"),
    call(91, "null", userIdentity=user("null")),
    call(92, "session", userIdentity=session("ci/deploy", "GitHubActions", **FEDERATED)),
    call(93, "arn", resources=[{"ARN": f"arn:aws:x:::{GROUP}", "accountId": OWN, "type": "A::B::C"}]),
    call(94, "quotes", requestParameters=QUOTES),
    call(95, "scope", userIdentity={**session("app", "fn"), "inScopeOf": {"issuerType": "AWS::Lambda::Function"}}),
    call(96, "center", userIdentity={"type": "IdentityCenterUser", "onBehalfOf": {"userId": "u-1"}}),
    call(97, "console", sessionCredentialFromConsole="true", userIdentity=session("Admin", "bob")),
]  # fmt: skip


@pytest.mark.parametrize("columns", [tables.WHOLE, tables.JSON_TEXT], ids=["whole", "JSON text"])
def test_an_event_is_the_same_as_from_the_record_itself(busy, columns):
    busy.table = Table(columns, properties=tables.projected())
    busy.add(*ODD)
    events = {event.event_id: event for event in trail(busy).collect([query(names=())]).events}
    for document in ODD:
        assert_same(events[document["eventID"]], document)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs the recorded documents beside the repository")
def test_what_aws_really_wrote_is_the_same_by_way_of_the_table_and_of_log_files(world, tmp_path):
    files = sorted(RECORDED.rglob("*.json.gz"))
    real = [each for file in files for each in json.loads(gzip.decompress(file.read_bytes()))["Records"]]
    times = [datetime.fromisoformat(each["eventTime"]) for each in real]
    account, region = real[0]["recipientAccountId"], real[0]["awsRegion"]
    world.add(*real, delivered_at=max(times))
    world.table.parted = lambda _record, _came: {"timestamp": f"{max(times):%Y/%m/%d}"}
    for number, file in enumerate(files):
        delivered = datetime.strptime(file.name.split("_")[3], "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
        name = log_folder.name(account, region, delivered).replace(".json", f"{number}.json")
        log_folder.write(tmp_path, name, gzip.decompress(file.read_bytes()))
    window = Window(start=min(times), end=max(times) + timedelta(seconds=1))
    whole = replace(query(account=account, region=region, names=()), window=window)
    here = [(each, cloudtrail.event(each)) for each in real if each["awsRegion"] == region]
    expected = [each for each, made in here if made.can_change and made.read_only is not True]
    assert len(expected) > 400
    for made in (trail(world), LogFiles(store=open_store(str(tmp_path), Sessions()), clock=world.clock)):
        events = {event.event_id: event for event in made.collect([whole]).events}
        for document in expected:
            assert_same(events[document["eventID"]], document)


def test_awss_own_statement_tells_what_is_unknown_and_a_data_event_is_no_change(busy):
    busy.table = Table(tables.OFFICIAL, properties=tables.projected())
    data = {"eventSource": "s3.amazonaws.com", "eventName": "PutObject", "eventCategory": "Data"}
    busy.add(call(90, "data", managementEvent=False, **data), call(91, "vpce", eventType="AwsVpceEvent"))
    busy.add(call(92, "real", userIdentity=session("ci", "x", sourceIdentity="alice")))
    asked = query()
    collected = trail(busy).collect([asked])
    found = {event.event_id: event for event in collected.events}
    can = {name: event.can_change for name, event in found.items()}
    assert can == {"data": False, "vpce": False, "real": True}
    assert found["real"].principal.source_identity == ""
    (told,) = collected.tried[asked]
    assert "not declared there, so unknown: useridentity.sessioncontext.sourceidentity" in told
    assert "webidfederationdata" not in told


def why(busy, **where):
    """Ask about two accounts, of which none is answered; return the first one's reason."""
    asked = [query(), query(account=OTHER)]
    collected = trail(busy, where).collect(asked)
    assert collected.failures.keys() == set(asked)
    assert not collected.events
    return reason(collected, asked[0])


COLUMN = "COLUMN_NOT_FOUND: line 1:8: Column 'y' cannot be resolved"
USER = "User: arn:aws:iam::1:role/x is not authorized to perform:"
WRONG = [
    ("TABLE_NOT_FOUND: line 1:15: Table 'x' does not exist", "check trail.athena_database"),
    (f"{COLUMN} or requester is not authorized to access requested resources", "`iacwatch doctor` says what the table must declare"),
    ("Access Denied (Service: Amazon S3; Status Code: 403)", "grant s3:ListBucket and s3:GetObject"),
    (f"{USER} glue:GetPartitions", "grant glue:GetPartitions"),
    ("Insufficient permissions to output bucket", "check trail.athena_output"),
    ("Access denied when writing output to url: s3://mine/x.csv . Please ensure you are allowed to access the S3 bucket.", "check trail.athena_output (or the workgroup's place for results), and grant s3:GetBucketLocation"),
    ("HIVE_CURSOR_ERROR: com.amazonaws.services.s3.model.AmazonS3Exception: The operation is not valid for the object's storage class (Service: Amazon S3; Status Code: 403; Error Code: InvalidObjectState)", "restore those log files from Glacier"),
    ("HIVE_EXCEEDED_PARTITION_LIMIT: Query over table 'audit.trail' can potentially read more than 1000000 partitions", "give the table partition projection by day"),
    (f"{USER} s3:GetObject on resource: arn:aws:s3:::t/k with an explicit deny in a resource control policy", "an explicit deny in a resource control policy forbids it"),
    ("", "the query was cancelled"),
    ("refused: The S3 location provided to save your query results is invalid. Please check your S3 location is correct and is in the same region and try again.", "it must be s3://bucket/prefix, in the region of trail.athena_region"),
    ("refused: Unable to verify/create output bucket mine", "grant s3:GetBucketLocation"),
    ("refused: OutputLocation cannot be set where ManagedQueryResultsConfiguration is enabled", "leave trail.athena_output empty"),
]  # fmt: skip


@pytest.mark.parametrize(("message", "hint"), WRONG)
def test_a_query_that_failed_or_was_refused_says_what_to_do(busy, message, hint):
    if message.startswith("refused: "):
        busy.fail("StartQueryExecution", "InvalidRequestException", message.removeprefix("refused: "))
    else:
        busy.outcome = ("FAILED" if message else "CANCELLED", message)
    assert hint in why(busy)


def test_what_is_denied_or_does_not_fit_names_what_to_grant_or_to_set(busy):
    for operation in ("GetTableMetadata", "StartQueryExecution", "GetQueryExecution", "GetQueryResults"):
        busy.denied = {operation}
        assert f"grant athena:{operation}" in why(busy)
    busy.denied = set()
    assert "check trail.athena_workgroup" in why(busy, workgroup="nobodys")
    assert "check trail.athena_database" in why(busy, table="nothing")
    busy.workgroups["primary"] = {"output": None, "state": "ENABLED"}
    assert "set trail.athena_output" in why(busy)
    assert ids(trail(busy, {"output": "s3://mine/x"}).collect([query()])) == set()
    columns = {name: kind for name, kind in tables.WHOLE.items() if name != "requestparameters"}
    busy.table = Table(columns, properties=tables.projected())
    assert "does not declare requestparameters" in why(busy)


SLOW_DOWN = "HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://t/k: Please reduce your request rate. (Service: Amazon S3; Status Code: 503; Error Code: SlowDown)"
PASSING = [
    ((SLOW_DOWN, {}), 4, "takes no more requests at the moment: run it again later"),
    (("oh dear", {"Retryable": True, "ErrorCategory": 1}), 4, "may succeed later: run it again"),
    (("oh dear", {"Retryable": False}), 1, "oh dear"),
]


@pytest.mark.parametrize(("failure", "tries", "hint"), PASSING)
def test_what_passes_by_itself_is_asked_again_and_what_stays_says_so(busy, failure, tries, hint):
    made, asked = trail(busy), query()
    for times in (tries - 1, 0):  # a failure of one round is none of the next
        busy.failures = [failure] * times
        assert ids(made.collect([asked])) == set()
    assert tries == 1 or {timedelta(seconds=5), timedelta(seconds=15)} <= set(busy.clock.sleeps)
    busy.failures = [failure] * 10
    assert hint in reason(made.collect([asked]), asked)
    assert len(busy.failures) == 10 - tries


def test_a_query_that_does_not_end_is_stopped_and_told_and_with_the_run_at_once(busy, monkeypatch):
    assert timedelta(minutes=30) == client._PATIENCE
    monkeypatch.setattr(client, "_PATIENCE", timedelta(minutes=2))
    busy.polls = 10_000
    asked = query()
    assert "took more than 2 minutes and was stopped" in reason(trail(busy).collect([asked]), asked)
    busy.clock.stop_at = busy.clock.now() + timedelta(seconds=20)
    with pytest.raises(Stopping):
        trail(busy).collect([query()])
    assert [each["state"] for each in busy.executions.values()] == ["CANCELLED"] * 2


def test_refusals_are_waited_out_and_a_repeated_request_is_not_run_twice(busy, monkeypatch):
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    busy.fail("GetQueryExecution", "TooManyRequestsException", times=5)
    busy.fail("StartQueryExecution", "InternalServerException", times=2, status=500)
    assert ids(trail(busy).collect([query()])) == set()
    tokens = {body["ClientRequestToken"] for name, body in busy.requests if name == "StartQueryExecution"}
    assert len(tokens) == len(busy.executions)


def test_where_there_are_no_records_is_a_failure_and_a_quiet_hour_is_none(world):
    world.alive(PLACES, NOON - timedelta(days=5), NOON - timedelta(hours=21))
    world.alive(PLACES, NOON - timedelta(hours=6), NOON - timedelta(hours=2))
    world.table.holds = lambda each: "2026-11-18" not in each["eventTime"]
    quiet, midnight, young = query(4 * DAY + 80, 4 * DAY), query(12 * 60 + 70, 12 * 60 + 10), query(20, 5)
    wrong = {
        query(region="ap-south-1"): "it has no record of this account and region within a day of",
        query(account="999999999999", region="us-east-1"): "where the calls of IAM and other global services are",
        query(6 * DAY, 6 * DAY - 60): "its records of this account begin at 2026-11-15 12:00Z",
        query(100, 60): "its records of this account end at 2026-11-20 09:00Z",
        query(4 * DAY, DAY): "it has no record of this account of 2026-11-18",
        query(2 * DAY + 60, 2 * DAY): "it has no record of this account of 2026-11-18",
    }  # fmt: skip
    collected = trail(world).collect([quiet, midnight, young, *wrong])
    assert collected.failures.keys() == wrong.keys()
    for asked, told in wrong.items():
        assert told in reason(collected, asked)
    world.clock.advance(timedelta(hours=1))
    assert trail(world).collect([young]).failures


def budgeted(busy, most, *, told=None, unknown=0):
    """Open the trail over a table that is cut by hand, by days whose sizes Glue knows but for one."""
    cut(busy, "by hand")
    busy.sizes = {(f"2026-11-{day:02d}",): None if day == unknown else 10**9 for day in range(1, 21)}
    return trail(busy, progress=lambda *each: told.append(each[3:]), budget=ScanBudget(most))


def test_what_a_query_will_read_is_said_and_it_is_not_run_where_that_is_too_much(busy):
    told, asked = [], query(2 * DAY, 60)
    made, busy.page, busy.polls = budgeted(busy, 2_500_000_000, told=told), 7, 2
    first = made.collect([query()])
    assert (told[0], told[-2]) == (("about 1.0 GB to scan",), (f"{size(first.scanned)} scanned so far",))
    begun = len(busy.executions)
    words = reason(made.collect([asked]), asked)
    for said in ("cannot scan more than 2.5 GB", "this query would read about 3.0 GB", "--max-scan"):
        assert said in words
    assert len(busy.executions) == begun
    assert busy.calls.count("GetPartitions") == 3, "it is asked once"


def test_nothing_is_said_where_nobody_knows_and_it_is_no_failure(busy):
    for unknown, denied in ((5, set()), (0, {"GetPartitions"})):
        made, busy.denied = budgeted(busy, 10**9, told=(told := []), unknown=unknown), denied
        assert ids(made.collect([query()])) == set()
        assert "to scan" not in str(told)
    assert busy.calls.count("GetPartitions") == 2


def test_a_query_that_reads_more_than_may_be_is_stopped_and_no_other_is_begun(busy):
    busy.polls, asked = 3, query(50, 40)
    made = trail(busy, budget=ScanBudget(100))
    assert "and the query was stopped" in reason(made.collect([query()]), query())
    assert busy.calls[-1] == "StopQueryExecution"
    assert "were read" in reason(made.collect([asked]), asked)
    assert len(busy.executions) == 1
