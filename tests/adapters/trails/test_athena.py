"""CloudTrail's table in Athena as a trail: what is asked, what it costs, and what is never taken for silence."""

import gzip
import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from iacwatch.aws.cloudtrail_table import TableAddress
from iacwatch.aws.sessions import Sessions
from iacwatch.core.model import TrailQuery, Window
from iacwatch.core.parse import cloudtrail
from iacwatch.core.text import size
from iacwatch.errors import Stopping
from iacwatch.trails.athena import batches
from iacwatch.trails.athena.budget import ScanBudget
from iacwatch.trails.athena.trail import Athena
from tests.fixtures.athena import tables
from tests.fixtures.athena.engine import Table
from tests.fixtures.athena.world import DATABASE, TABLE, FakeAthena
from tests.fixtures.clocks import NOON, TickingClock
from tests.fixtures.trail_records import OTHER, OWN, record, session, user

REGION = "eu-west-1"
PLACES = ((OWN, REGION), (OWN, "us-east-1"), (OTHER, REGION))
GROUP = "sg-0a1b2c3d4e5f60718"
RECORDED = Path(__file__).parents[4] / "shared" / "data" / "cloudtrail"


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    for name, value in {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")


@pytest.fixture
def clock():
    return TickingClock(NOON)


@pytest.fixture
def world(clock, monkeypatch):
    with FakeAthena(now=clock.now) as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ATHENA", made.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_GLUE", made.url)
        yield made


@pytest.fixture
def busy(world):
    """A world whose trail has been on for days."""
    world.alive(PLACES, NOON - timedelta(days=5), NOON - timedelta(minutes=6))
    return world


def trail(clock, **more):
    where = TableAddress(**{"database": DATABASE, "table": TABLE, **more.pop("where", {})})
    return Athena(sessions=Sessions(region=REGION), clock=clock, where=where, **more)


def at(minutes, start=NOON):
    return start - timedelta(minutes=minutes)


def call(minutes, event_id, **fields):
    return record(eventID=event_id, eventTime=f"{at(minutes):%Y-%m-%dT%H:%M:%SZ}", **fields)


def query(start=120, end=60, *, names=(GROUP,), account=OWN, region=REGION, **more):
    """Ask about a window, in minutes before noon."""
    window = Window(start=at(start), end=at(end))
    told = {"account_id": account, "region": region, "window": window, "names": names, "missing": 0.0, **more}
    return TrailQuery(**told)


def ids(collected):
    assert not collected.failures
    return {event.event_id for event in collected.events}


def reason(collected, asked):
    """Return why a query failed: one line that names whose trail it is."""
    told = collected.failures[asked].reason
    assert told.startswith(
        f"cannot read the trail of {asked.account_id} in {asked.region} from Athena's table"
    )
    assert "\n" not in told
    return told


# What is asked


def test_many_windows_of_accounts_and_regions_are_one_statement(busy, clock):
    busy.add(call(90, "a"), call(100, "b", recipientAccountId=OTHER), call(70, "c", awsRegion="us-east-1"))
    queries = [query(start, start - 20) for start in range(120, 60, -5)]
    queries += [query(account=OTHER), query(region="us-east-1")]
    assert ids(trail(clock).collect(queries)) == {"a", "b", "c"}
    assert len(busy.asked) == 1
    assert busy.calls.count("GetTableMetadata") == 1


def test_what_cloudtrail_left_out_may_be_anything(busy, clock):
    left_out = {"reason": "requestParameters too large", "omitted": True, "originalSize": 281_640}
    busy.add(call(90, "a", requestParameters=left_out), call(80, "b", requestParameters={"groupId": "sg-1"}))
    busy.add(call(70, "c", responseElements=left_out, requestParameters={"groupId": "sg-1"}))
    found = trail(clock).collect([query()])
    assert ids(found) == {"a", "c"}
    assert {event.event_id: event.omitted for event in found.events} == {
        "a": ("request",),
        "c": ("response",),
    }


def test_only_the_days_on_which_files_may_have_come_are_read(busy, clock):
    (day,) = {at(90).date()}
    sizes = [len(json.dumps(each)) for each, delivered in busy.records if delivered.date() == day]
    trail(clock).collect([query()])
    (execution,) = busy.asked
    assert execution["scanned"] == sum(sizes)
    assert "\"timestamp\" IN ('2026/11/20')" in execution["statement"]


def test_what_was_delivered_after_midnight_is_found(busy, clock):
    late = call(12 * 60 + 3, "late")
    busy.add(late, delivered_at=NOON - timedelta(hours=11, minutes=50))
    assert ids(trail(clock).collect([query(12 * 60 + 20, 12 * 60 + 1)])) == {"late"}
    assert "IN ('2026/11/19', '2026/11/20')" in busy.statements[0]


PARTS = {
    "dashes": (
        {"dt": "string"},
        tables.projected("dt", "yyyy-MM-dd"),
        lambda _each, came: {"dt": f"{came:%Y-%m-%d}"},
    ),
    "hours": (
        {"datehour": "string"},
        tables.projected("datehour", "yyyy/MM/dd/HH"),
        lambda _each, came: {"datehour": f"{came:%Y/%m/%d/%H}"},
    ),
    "account and region": (
        {"accountid": "string", "region": "string", "timestamp": "string"},
        tables.projected(),
        lambda each, came: {
            "accountid": each["recipientAccountId"],
            "region": each["awsRegion"],
            "timestamp": f"{came:%Y/%m/%d}",
        },
    ),
    "year, month, day as text": (
        {"year": "string", "month": "string", "day": "string"},
        {},
        lambda _each, came: {"year": str(came.year), "month": str(came.month), "day": f"{came.day:02d}"},
    ),
    "year, month, day as numbers": (
        {"region": "string", "year": "int", "month": "int", "day": "int"},
        {},
        lambda each, came: {
            "region": each["awsRegion"],
            "year": came.year,
            "month": came.month,
            "day": came.day,
        },
    ),
    "months": (
        {"year": "int", "month": "int"},
        {},
        lambda _each, came: {"year": came.year, "month": came.month},
    ),
    "added by hand": ({"day": "string"}, {}, lambda _each, came: {"day": f"{came:%Y-%m-%d}"}),
    "a date": ({"dt": "date"}, {}, lambda _each, came: {"dt": f"{came:%Y-%m-%d}"}),
    "none": ({}, {}, lambda _each, _came: {}),
    "an unknown one": ({"bucket": "string"}, {}, lambda _each, _came: {"bucket": "b"}),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_table_is_read_however_it_is_cut_and_no_more_of_it_than_needed(busy, clock, name):
    keys, properties, parted = PARTS[name]
    busy.table = Table(tables.WHOLE, keys, properties, parted=parted)
    busy.add(call(90, "a"), call(100, "b", recipientAccountId=OTHER))
    assert ids(trail(clock).collect([query()])) == {"a"}
    (execution,) = busy.asked
    whole = sum(len(json.dumps(each)) for each, _ in busy.records)
    unbounded = name in {"none", "an unknown one", "months"}
    assert (execution["scanned"] == whole) is unbounded


def test_a_quiet_window_is_asked_about_twice_and_days_long_past_only_once(busy, clock):
    asked = query(3 * 1440, 3 * 1440 - 60)
    made = trail(clock)
    assert ids(made.collect([asked])) == set()
    first, second = busy.statements
    assert "arrays_overlap" in first
    assert "GROUP BY" in second
    assert ids(made.collect([asked])) == set()
    assert len(busy.statements) == 3


def test_no_stranger_text_is_ever_part_of_a_statement(busy, clock):
    hostile = [
        "x' OR '1'='1",
        "a\\' --",
        '"; DROP TABLE t; --',
        "größe",
        "a\nb",
        "%27;/*",
        "web'",
        "?",
        "x" * 1_500,
    ]
    names = [f"{each}-{number}" for number, each in enumerate(hostile)]
    for number, name in enumerate(names):
        busy.add(call(90, f"e{number}", requestParameters={"groupId": name}))
    for number, name in enumerate(names):
        assert f"e{number}" in ids(trail(clock).collect([query(names=(name,))]))
    told = "".join(busy.statements)
    assert "DROP" not in told
    assert "OR '1'" not in told
    assert "ö" not in told


@pytest.mark.parametrize(
    "place", [("' OR 1=1", REGION), (OWN, "x' OR '1'='1"), ("12345", REGION), (OWN, "global")]
)
def test_an_account_or_region_that_is_none_is_a_failure_and_no_statement(busy, clock, place):
    asked = query(account=place[0], region=place[1])
    fine = query()
    collected = trail(clock).collect([asked, fine])
    assert collected.failures.keys() == {asked}
    assert len(busy.executions) >= 1
    assert "OR 1=1" not in "".join(busy.statements)


def test_a_thousand_windows_and_names_fit_one_statement_that_finds_what_each_alone_would(busy, clock):
    chance = random.Random(7)
    queries = []
    for number in range(1_000):
        minute = chance.randrange(70, 4 * 1440)
        name = f"sg-{number:017x}"
        queries.append(query(minute + 20, minute, names=(name, f"arn:aws:ec2:{REGION}:{OWN}:sg/{name}")))
        busy.add(call(minute + chance.randrange(1, 19), f"e{number}", requestParameters={"groupId": name}))
        busy.add(
            call(minute + chance.randrange(1, 19), f"x{number}", requestParameters={"groupId": "sg-other"})
        )
    collected = trail(clock).collect(queries)
    assert ids(collected) >= {f"e{number}" for number in range(1_000)}
    statement = busy.statements[0]
    assert len(statement) < 262_144
    assert statement.count('"eventtime" >=') <= 60
    assert sum("eventsource" in each for each in busy.statements) == 1


def test_hours_of_a_whole_year_fit_a_statement(busy, clock):
    keys, properties, parted = PARTS["hours"]
    busy.table = Table(tables.WHOLE, keys, properties, parted=parted)
    busy.add(call(90, "a"))
    asked = [query(day * 1440 + 90, day * 1440 + 60) for day in range(0, 730, 2)]
    assert [event.event_id for event in trail(clock).collect([query(), *asked]).events] == ["a"]
    assert max(map(len, busy.statements)) < 262_144


def long_names(number, count):
    return tuple(f"a-very-long-name-{number:03d}-{each:0120d}" for each in range(count))


def test_more_names_than_a_statement_holds_are_asked_for_in_several_that_end_where_days_do(busy, clock):
    asked = []
    for day in range(4):
        for number in range(10):
            names = long_names(10 * day + number, 60)
            start = day * 1440 + 60 + 10 * number
            asked.append(query(start + 5, start, names=names))
            busy.add(call(start + 2, f"e{day}-{number}", requestParameters={"groupId": names[-1]}))
            busy.add(call(start + 2, f"x{day}-{number}"))
    found = trail(clock).collect(asked)
    assert ids(found) == {f"e{day}-{number}" for day in range(4) for number in range(10)}
    assert len(busy.asked) == 2
    assert max(len(each["statement"]) for each in busy.asked) <= 262_144
    days = [re.search(r'"timestamp" IN \((.*?)\)', each["statement"])[1].split(", ") for each in busy.asked]
    assert sorted(map(len, days)) == [2, 2]
    assert not set(days[0]) & set(days[1])


def test_more_names_of_one_change_than_a_statement_holds_are_asked_for_as_all_writes(busy, clock):
    names = long_names(1, 2_000)
    busy.add(call(90, "a", requestParameters={"groupId": names[1_100]}), call(80, "b"))
    assert ids(trail(clock).collect([query(names=names)])) == {"a"}
    assert "arrays_overlap" not in busy.statements[0]


def of_many(busy, number):
    accounts = [f"{each:012d}" for each in range(1, number + 1)]
    for account in accounts:
        busy.add(call(90, account, recipientAccountId=account))
    busy.add(call(85, "elsewhere", recipientAccountId=accounts[0], awsRegion="us-east-1"))
    return accounts


def test_many_accounts_are_one_statement_where_each_would_read_the_whole_day(busy, clock):
    accounts = of_many(busy, 90)
    asked = [query(95, 85 - place % 3, account=account) for place, account in enumerate(accounts)]
    assert ids(trail(clock).collect(asked)) == set(accounts)
    assert len(busy.executions) == 1
    assert busy.statements[0].count('"eventtime" >=') == 1


def test_many_accounts_that_have_partitions_of_their_own_are_several_statements(busy, clock):
    keys, properties, parted = PARTS["account and region"]
    busy.table = Table(tables.WHOLE, keys, properties, parted=parted)
    accounts = of_many(busy, 90)
    assert ids(trail(clock).collect([query(95, 85, account=account) for account in accounts])) == set(
        accounts
    )
    assert len(busy.executions) == 4
    day = [len(json.dumps(each)) for each, _ in busy.records if each["recipientAccountId"] in accounts]
    assert sum(each["scanned"] for each in busy.executions.values()) < sum(day)


def test_no_statement_reads_more_partitions_than_athena_bears(busy, clock, monkeypatch):
    monkeypatch.setattr(batches, "MOST_PARTITIONS", 100)
    keys, properties, parted = PARTS["account and region"]
    busy.table = Table(tables.WHOLE, keys, properties, parted=parted)
    accounts = [f"{each:012d}" for each in range(1, 6)]
    asked = [query(day * 1440 + 90, day * 1440 + 80, account=each) for each in accounts for day in range(30)]
    trail(clock).collect(asked)
    for each in busy.asked:
        days, owners = (
            len(re.search(rf'"{name}" IN \((.*?)\)', each["statement"])[1].split(", "))
            for name in ("timestamp", "accountid")
        )
        assert days * owners <= 100
    assert len(busy.asked) == 2


def test_a_window_that_is_empty_asks_nothing(busy, clock):
    assert ids(trail(clock).collect([query(60, 60)])) == set()
    assert not busy.executions


# What comes back


def test_rows_come_in_pages_and_the_header_is_none_of_them(busy, clock):
    busy.add(*(call(90, f"e{number}") for number in range(2_500)))
    assert len(ids(trail(clock).collect([query()]))) == 2_500
    assert busy.calls.count("GetQueryResults") == 3 + 1


def test_an_event_is_the_same_as_from_the_record_itself(busy, clock):
    made = [
        call(90, "plain", userAgent="[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11]"),
        call(91, "null", userIdentity=user("null")),
        call(
            *(92, "session"),
            userIdentity=session(
                "ci/deploy",
                "GitHubActions",
                sourceIdentity="alice@example.com",
                webIdFederationData={
                    "federatedProvider": "token.actions.githubusercontent.com",
                    "attributes": {"sub": "repo:acme/infra:ref:refs/heads/main"},
                },
                ec2RoleDelivery="2.0",
            ),
        ),
        call(
            93, "resources", resources=[{"ARN": f"arn:aws:x:::{GROUP}", "accountId": OWN, "type": "A::B::C"}]
        ),
        call(
            94,
            "quotes",
            requestParameters={"groupId": GROUP, "tag": 'größe "x", \\ <y>\n', "list": [1, None]},
        ),
        call(
            95,
            "lambda",
            userIdentity=session("app", "fn") | {"inScopeOf": {"issuerType": "AWS::Lambda::Function"}},
        ),
        call(96, "center", userIdentity={"type": "IdentityCenterUser", "onBehalfOf": {"userId": "u-1"}}),
        call(97, "console", sessionCredentialFromConsole="true", userIdentity=session("Admin", "bob")),
    ]
    busy.add(*made)
    events = {event.event_id: event for event in trail(clock).collect([query(names=())]).events}
    for document in made:
        assert_same(events[document["eventID"]], document)


def assert_same(found, document):
    expected = cloudtrail.event(document)
    for name in expected.__slots__:
        mine, theirs = getattr(found, name), getattr(expected, name)
        if name == "mentions":  # the members of `resources` have no order in a table
            mine, theirs = sorted(mine, key=repr), sorted(theirs, key=repr)
        assert mine == theirs, (document["eventID"], name)


def test_a_table_that_keeps_objects_as_json_text_gives_the_same_events(busy, clock):
    busy.table = Table(tables.JSON_TEXT, properties=tables.projected())
    made = call(
        90, "a", userIdentity=session("ci", "x", sourceIdentity="alice"), resources=[{"ARN": "arn:aws:x:::y"}]
    )
    busy.add(made)
    (found,) = trail(clock).collect([query()]).events
    assert_same(found, made)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="needs the recorded documents beside the repository")
def test_what_aws_really_wrote_is_the_same_by_way_of_the_table(world, clock):
    files = sorted(RECORDED.rglob("*.json.gz"))
    real = [each for file in files for each in json.loads(gzip.decompress(file.read_bytes()))["Records"]]
    times = [datetime.fromisoformat(each["eventTime"]) for each in real]
    world.add(*real, delivered_at=max(times))
    world.table.parted = lambda _record, _came: {"timestamp": f"{max(times):%Y/%m/%d}"}
    account, region = real[0]["recipientAccountId"], real[0]["awsRegion"]
    window = Window(start=min(times), end=max(times) + timedelta(seconds=1))
    asked = TrailQuery(account_id=account, region=region, window=window, names=())
    events = {event.event_id: event for event in trail(clock).collect([asked]).events}
    expected = {
        each["eventID"]: each
        for each in real
        if each["awsRegion"] == region
        and (made := cloudtrail.event(each)).can_change
        and made.read_only is not True
    }
    assert len(expected) > 400
    assert expected.keys() <= events.keys()
    for event_id, document in expected.items():
        assert_same(events[event_id], document)


def test_what_awss_own_statement_leaves_out_is_told_as_unknown(busy, clock):
    busy.table = Table(tables.OFFICIAL, properties=tables.projected())
    busy.add(call(90, "a", userIdentity=session("ci", "x", sourceIdentity="alice")))
    asked = query()
    collected = trail(clock).collect([asked])
    (found,) = collected.events
    assert found.principal.source_identity == ""
    (told,) = collected.tried[asked]
    assert "not declared there, so unknown: useridentity.sessioncontext.sourceidentity" in told
    assert "useridentity.inscopeof.issuertype" in told
    assert "sessioncredentialfromconsole" in told
    assert "webidfederationdata" not in told


def test_a_data_event_never_passes_for_a_change_of_the_bucket(busy, clock):
    busy.table = Table(tables.OFFICIAL, properties=tables.projected())
    put = {
        "eventSource": "s3.amazonaws.com",
        "eventName": "PutObject",
        "requestParameters": {"bucketName": "b"},
    }
    busy.add(call(90, "data", **put, eventCategory="Data", managementEvent=False))
    busy.add(call(91, "vpce", eventType="AwsVpceEvent", requestParameters={"bucketName": "b"}))
    busy.add(call(92, "real", **{**put, "eventName": "PutBucketTagging"}))
    can = {event.event_id: event.can_change for event in trail(clock).collect([query(names=("b",))]).events}
    assert can == {"data": False, "vpce": False, "real": True}


@pytest.mark.parametrize(
    "name", ["useridentity", "eventid", "requestparameters", "readonly", "recipientaccountid"]
)
def test_a_table_without_what_is_needed_is_a_failure_that_names_it(busy, clock, name):
    columns = {each: kind for each, kind in tables.WHOLE.items() if each != name}
    busy.table = Table(columns, properties=tables.projected())
    asked = query()
    told = reason(trail(clock).collect([asked]), asked)
    assert f"does not declare {name}" in told
    assert not busy.executions


def test_a_record_that_cannot_be_read_fails_what_it_may_concern_and_nothing_else(busy, clock):
    busy.add(call(90, "broken", requestParameters=f'{{"groupId": "{GROUP}", "cut'), call(91, "fine"))
    asked, later, other = query(), query(60, 30), query(names=("sg-0f0f0f0f0f0f0f0f0",))
    collected = trail(clock).collect([asked, later, other])
    assert collected.failures.keys() == {asked}
    assert "the record of event broken, which may concern what was asked" in reason(collected, asked)
    assert [event.event_id for event in collected.events] == ["fine"]


# What is never silence


@pytest.mark.parametrize(
    ("why", "hint"),
    [
        ("TABLE_NOT_FOUND: line 1:15: Table 'x' does not exist", "check trail.athena_database"),
        ("COLUMN_NOT_FOUND: line 1:8: Column 'y' cannot be resolved", "`iacwatch doctor` says"),
        ("Access Denied (Service: Amazon S3; Status Code: 403)", "grant s3:ListBucket and s3:GetObject"),
        (
            "User: arn:aws:iam::1:role/x is not authorized to perform: glue:GetPartitions",
            "grant glue:GetPartitions",
        ),
        ("Query exhausted resources at this scale factor", "ask for a shorter range"),
        ("Bytes scanned limit was exceeded", "raise the workgroup's limit"),
        ("HIVE_BAD_DATA: not a valid JSON", "check the location and the SerDe"),
        ("Insufficient permissions to output bucket", "check trail.athena_output"),
        ("GENERIC_INTERNAL_ERROR: oops", "try again"),
        (
            "COLUMN_NOT_FOUND: line 1:8: Column 'y' cannot be resolved or requester is not authorized to access"
            " requested resources",
            "`iacwatch doctor` says what the table must declare",
        ),
        (
            "Access denied when writing output to url: s3://mine/x.csv . Please ensure you are allowed to access"
            " the S3 bucket.",
            "check trail.athena_output (or the workgroup's place for results), and grant s3:GetBucketLocation",
        ),
        (
            "HIVE_CURSOR_ERROR: com.amazonaws.services.s3.model.AmazonS3Exception: The operation is not valid for"
            " the object's storage class (Service: Amazon S3; Status Code: 403; Error Code: InvalidObjectState)",
            "restore those log files from Glacier",
        ),
        (
            "HIVE_EXCEEDED_PARTITION_LIMIT: Query over table 'audit.trail' can potentially read more than 1000000"
            " partitions",
            "give the table partition projection by day",
        ),
        (
            "User: arn:aws:iam::1:role/x is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::t/k"
            " with an explicit deny in a resource control policy",
            "an explicit deny in a resource control policy forbids it",
        ),
    ],
)
def test_a_query_that_failed_says_why_and_what_to_do(busy, clock, why, hint):
    busy.outcome = ("FAILED", why)
    asked = [query(), query(account=OTHER)]
    collected = trail(clock).collect(asked)
    assert collected.failures.keys() == set(asked)
    assert hint in reason(collected, asked[0])
    assert not collected.events


SLOW_DOWN = (
    "HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://t/k: Please reduce your request rate. (Service: Amazon S3;"
    " Status Code: 503; Error Code: SlowDown)"
)


@pytest.mark.parametrize(
    "failure", [(SLOW_DOWN, {}), ("Query exhausted resources", {"Retryable": True, "ErrorCategory": 1})]
)
def test_what_passes_by_itself_is_asked_again(busy, clock, failure):
    busy.add(call(90, "a"))
    busy.failures = [failure, failure]
    collected = trail(clock).collect([query()])
    assert (ids(collected), collected.failures) == ({"a"}, {})
    assert busy.failures == []
    assert {timedelta(seconds=5), timedelta(seconds=15)} <= set(clock.sleeps)


@pytest.mark.parametrize(
    ("failure", "hint"),
    [
        ((SLOW_DOWN, {}), "takes no more requests at the moment: run it again later"),
        (("oh dear", {"Retryable": True}), "may succeed later: run it again"),
    ],
)
def test_what_does_not_pass_is_a_failure_that_says_to_run_it_again(busy, clock, failure, hint):
    busy.failures = [failure] * 10
    asked = query()
    assert hint in reason(trail(clock).collect([asked]), asked)
    assert len(busy.failures) == 6


def test_a_query_that_will_not_succeed_is_asked_once(busy, clock):
    busy.failures = [("oh dear", {"Retryable": False})] * 10
    trail(clock).collect([query()])
    assert len(busy.failures) == 9


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        (
            "The S3 location provided to save your query results is invalid. Please check your S3 location is"
            " correct and is in the same region and try again.",
            "it must be s3://bucket/prefix, in the region of trail.athena_region",
        ),
        ("outputLocation is not a valid S3 path.", "it must be s3://bucket/prefix"),
        ("Unable to verify/create output bucket mine", "grant s3:GetBucketLocation"),
        (
            "OutputLocation cannot be set where ManagedQueryResultsConfiguration is enabled",
            "leave trail.athena_output empty",
        ),
    ],
)
def test_a_place_for_results_that_athena_refuses_is_told_with_what_to_do(busy, clock, message, hint):
    busy.fail("StartQueryExecution", "InvalidRequestException", message)
    asked = query()
    assert hint in reason(trail(clock).collect([asked]), asked)


def test_a_query_that_somebody_cancelled_is_no_silence(busy, clock):
    busy.outcome = ("CANCELLED", "")
    asked = query()
    assert "the query was cancelled" in reason(trail(clock).collect([asked]), asked)


@pytest.mark.parametrize(
    "operation", ["GetTableMetadata", "StartQueryExecution", "GetQueryExecution", "GetQueryResults"]
)
def test_a_permission_that_is_missing_is_named(busy, clock, operation):
    busy.deny(operation)
    asked = query()
    assert f"grant athena:{operation}" in reason(trail(clock).collect([asked]), asked)


@pytest.mark.parametrize(
    ("set_up", "where", "hint"),
    [
        ({"output": None, "state": "ENABLED"}, {}, "set trail.athena_output"),
        ({"output": "s3://a/", "state": "DISABLED"}, {}, "check trail.athena_workgroup"),
        ({"output": "s3://a/", "state": "ENABLED"}, {"workgroup": "nobodys"}, "check trail.athena_workgroup"),
        ({"output": "s3://a/", "state": "ENABLED"}, {"table": "nothing"}, "check trail.athena_database"),
        ({"output": "s3://a/", "state": "ENABLED"}, {"catalog": "other"}, "check trail.athena_database"),
    ],
)
def test_what_is_set_wrongly_is_told_with_the_key_that_mends_it(busy, clock, set_up, where, hint):
    busy.workgroups["primary"] = set_up
    asked = query()
    assert hint in reason(trail(clock, where=where).collect([asked]), asked)


def test_a_place_for_results_of_our_own_is_used(busy, clock):
    busy.workgroups["primary"]["output"] = None
    busy.add(call(90, "a"))
    assert ids(trail(clock, where={"output": "s3://mine/x"}).collect([query()])) == {"a"}


def test_a_query_that_does_not_end_is_stopped_and_told(busy, clock):
    busy.polls = 10_000
    asked = query()
    assert "took more than 30 minutes and was stopped" in reason(trail(clock).collect([asked]), asked)
    assert [each["state"] for each in busy.executions.values()] == ["CANCELLED"]


def test_a_run_that_has_to_end_stops_its_query(busy, clock):
    busy.polls = 10_000
    clock.stop_at = NOON + timedelta(seconds=20)
    with pytest.raises(Stopping):
        trail(clock).collect([query()])
    assert [each["state"] for each in busy.executions.values()] == ["CANCELLED"]


def test_being_refused_for_too_many_calls_is_waited_out(busy, clock):
    busy.add(call(90, "a"))
    busy.fail("GetQueryExecution", "TooManyRequestsException", times=5)
    assert ids(trail(clock).collect([query()])) == {"a"}
    assert len(busy.asked) == 1


def test_a_repeated_request_is_not_run_twice(busy, clock):
    busy.add(call(90, "a"))
    busy.fail("StartQueryExecution", "InternalServerException", times=5, status=500)
    assert ids(trail(clock).collect([query()])) == {"a"}
    tokens = {
        body["ClientRequestToken"] for operation, body in busy.requests if operation == "StartQueryExecution"
    }
    assert len(tokens) == len(busy.executions)
    assert len(busy.asked) == 1


def test_a_failure_of_one_round_is_none_of_the_next(busy, clock):
    busy.add(call(90, "a"))
    busy.outcome = ("FAILED", "GENERIC_INTERNAL_ERROR")
    made, asked = trail(clock), query()
    assert made.collect([asked]).failures
    busy.outcome = None
    assert ids(made.collect([asked])) == {"a"}


def test_an_account_or_region_that_the_table_lacks_is_a_failure(busy, clock):
    fine, lacking = query(), query(region="ap-south-1")
    home = query(account="999999999999", region="us-east-1")
    collected = trail(clock).collect([fine, lacking, home])
    assert collected.failures.keys() == {lacking, home}
    assert "it has no record of this account and region within a day of" in reason(collected, lacking)
    assert "where the calls of IAM and other global services are" in reason(collected, home)
    assert "look in event history with --trail api" in reason(collected, home)


def test_a_table_of_one_region_alone_does_not_answer_for_another(busy, clock):
    busy.table.holds = lambda each: each["awsRegion"] == REGION
    fine, asked = query(), query(region="us-east-1")
    assert trail(clock).collect([fine, asked]).failures.keys() == {asked}


def test_a_time_before_the_first_record_or_after_the_last_is_a_failure(world, clock):
    world.alive([(OWN, REGION)], NOON - timedelta(hours=10), NOON - timedelta(hours=4))
    before, within, after = query(13 * 60, 12 * 60), query(8 * 60, 7 * 60), query(180, 120)
    collected = trail(clock).collect([before, within, after])
    assert collected.failures.keys() == {before, after}
    assert "its records of this account begin at 2026-11-20 02:00Z" in reason(collected, before)
    assert "its records of this account end at 2026-11-20 07:00Z" in reason(collected, after)


def test_partitions_that_were_never_added_are_a_failure_and_not_a_quiet_day(busy, clock):
    day = NOON.date() - timedelta(days=2)
    busy.table.holds = lambda each: datetime.fromisoformat(each["eventTime"]).date() != day
    asked = query(5 * 1440 - 60, 1440)
    assert f"it has no record of this account of {day}" in reason(trail(clock).collect([asked]), asked)
    short = query(2 * 1440 + 60, 2 * 1440)
    assert trail(clock).collect([short]).failures.keys() == {short}


def test_a_window_so_young_that_its_file_may_be_on_its_way_is_no_failure(world, clock):
    world.alive(PLACES, NOON - timedelta(days=2), NOON - timedelta(minutes=50))
    young, old = query(30, 5), query(60, 45)
    assert trail(clock).collect([young]).failures == {}
    assert trail(clock).collect([old]).failures == {}
    clock.advance(timedelta(hours=1))
    assert trail(clock).collect([young, old]).failures.keys() == {young}


def test_a_quiet_hour_around_midnight_is_seen_to_be_covered_by_the_days_beside_it(world, clock):
    midnight = NOON - timedelta(hours=12)
    world.alive([(OWN, REGION)], midnight - timedelta(hours=9), midnight - timedelta(hours=6))
    world.alive([(OWN, REGION)], midnight + timedelta(hours=6), NOON)
    asked = query(12 * 60 - 10, 12 * 60 - 60)
    assert ids(trail(clock).collect([asked])) == set()
    assert "IN ('2026/11/19', '2026/11/20')" in busy_cover(world)[-1]


def busy_cover(world):
    return [each for each in world.statements if "GROUP BY" in each]


def test_whoever_looks_on_is_told_how_much_was_read(busy, clock):
    told = []
    busy.polls = 2
    trail(clock, progress=lambda *each: told.append(each)).collect([query()])
    assert (
        "Athena",
        0,
        None,
        f"{size(sum(each['scanned'] for each in busy.executions.values()))} scanned so far",
    ) in told
    assert told[-1] == ("Athena", 1, 1)


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 bytes"), (999, "999 bytes"), (1_500, "1.5 kB"), (2 * 10**9, "2.0 GB"), (10**16, "10000.0 TB")],
)
def test_bytes_are_told_as_people_write_them(count, told):
    assert size(count) == told


# What it costs


def sized(busy, **sizes):
    """Cut the table by hand, by days whose sizes Glue knows."""
    keys, properties, parted = PARTS["added by hand"]
    busy.table = Table(tables.WHOLE, keys, properties, parted=parted)
    busy.sizes = {(f"2026-11-{day:02d}",): size for day, size in enumerate([10**9] * 20, 1)}
    busy.sizes |= {(f"2026-11-{day.removeprefix('d')}",): size for day, size in sizes.items()}


def notes(told):
    return [note for _, _, _, note in (each for each in told if len(each) == 4)]


def test_what_a_query_will_read_is_said_beforehand_where_glue_tells(busy, clock):
    sized(busy, d20=1_500_000_000)
    busy.page = 7
    busy.add(call(90, "a"))
    told, made = [], None
    made = trail(clock, progress=lambda *each: told.append(each))
    assert ids(made.collect([query()])) == {"a"}
    assert notes(told)[0] == "about 1.5 GB to scan"
    assert busy.calls.count("GetPartitions") == 3
    made.collect([query(2 * 1440, 1440 + 60)])
    assert "about 2.0 GB to scan" in notes(told)
    assert busy.calls.count("GetPartitions") == 3, "it is asked once"


@pytest.mark.parametrize("why", ["denied", "one has none", "projected", "too many"])
def test_nothing_is_said_where_nobody_knows_and_it_is_no_failure(busy, clock, why):
    sized(busy, **({"d05": None} if why == "one has none" else {}))
    if why == "denied":
        busy.deny("GetPartitions")
    if why == "projected":
        busy.table.properties = tables.projected("day", "yyyy-MM-dd")
    if why == "too many":
        busy.page = 1
        busy.sizes |= {(f"2025-11-{day:02d}",): 1 for day in range(1, 3)}
    told = []
    trail(clock, progress=lambda *each: told.append(each), budget=ScanBudget(10**9)).collect([query()])
    assert not [note for note in notes(told) if "to scan" in note]
    assert ("GetPartitions" in busy.calls) is (why != "projected")


def test_a_query_that_would_read_more_than_may_be_is_not_run(busy, clock):
    sized(busy)
    found = trail(clock, budget=ScanBudget(1_500_000_000)).collect([query(2 * 1440, 60)])
    why = reason(found, query(2 * 1440, 60))
    assert "cannot scan more than 1.5 GB: 0 bytes were read, and this query would read about 3.0 GB" in why
    assert "--max-scan" in why
    assert not busy.executions


def test_a_query_that_reads_more_than_may_be_is_stopped_and_no_other_is_begun(busy, clock):
    busy.polls = 3
    made = trail(clock, budget=ScanBudget(100))
    why = reason(made.collect([query()]), query())
    assert "and the query was stopped" in why
    assert busy.calls[-1] == "StopQueryExecution"
    begun = len(busy.executions)
    assert "were read" in reason(made.collect([query(50, 40)]), query(50, 40))
    assert len(busy.executions) == begun == 1


def test_what_was_read_is_counted(busy, clock):
    busy.add(call(90, "a"))
    made = trail(clock)
    first = made.collect([query()])
    second = made.collect([query()])
    assert first.scanned > second.scanned > 0, "of which times there are records was asked only once"
    assert first.scanned + second.scanned == sum(each["scanned"] for each in busy.executions.values())


def test_it_reaches_back_to_the_beginning(clock):
    reach = trail(clock).reach(OWN, REGION, now=NOON)
    assert (reach.start, reach.end) == (datetime(2013, 11, 1, tzinfo=UTC), NOON)
