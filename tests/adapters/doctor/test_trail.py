"""`iacwatch doctor` looks where trail events really come from: log files, or a table in Athena."""

import gzip
import json
import os
import uuid

import pytest

from iacwatch.app.doctor import setup
from iacwatch.demo.fake.server import FakeAws
from iacwatch.doctor.checks.accounts import accounts
from iacwatch.doctor.checks.history import history
from iacwatch.doctor.checks.trail import trail
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.queue_reader import QueueReader
from tests.fixtures import log_folder, moto_aws
from tests.fixtures.athena import tables
from tests.fixtures.athena.engine import Table
from tests.fixtures.athena.world import DATABASE, OUTPUT, TABLE, FakeAthena
from tests.fixtures.small_world import ACCOUNT, REGION, ago

HOME = "us-east-1"


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


@pytest.fixture
def athena():
    with FakeAthena() as fake:
        yield fake


@pytest.fixture
def look(aws, monkeypatch, tmp_path):
    """Examine the trail with some settings; return its checks by name."""

    def looked(*, drained=False, region=None, **environ):
        with pytest.MonkeyPatch.context() as patch:
            for name in [each for each in os.environ if each.startswith(("AWS_", "IACWATCH_"))]:
                patch.delenv(name)
            for name, value in {**aws.environment(), "HOME": str(tmp_path), **environ}.items():
                patch.setenv(name, value)
            examination = Examination(setup(region=region))
            examination.reader = QueueReader(mappings=({},) if drained else ())
            checks = (trail, history, accounts)
            return {result.name: result for check in checks for result in check.run(examination)}

    return looked


def lookups(aws):
    return [each for each in aws.calls if each.operation == "LookupEvents"]


def files(*regions, last=2):
    """Return log files of a trail that has been on for days, the newest so many minutes old."""
    places = [(ACCOUNT, region) for region in regions]
    return log_folder.alive(places, ago(4000), ago(last + 11))


def laid(folder, made):
    for path, content in made.items():
        log_folder.write(folder, path, content)
    return {"IACWATCH_TRAIL__SOURCE": str(folder)}


def table(athena, **more):
    return athena.environment(IACWATCH_TRAIL__SOURCE="athena", **more)


def status(check):
    return str(check.status)


# Log files


def test_log_files_that_are_there_and_fresh_are_all_right_and_no_lookup_is_made(aws, look, tmp_path):
    found = look(**laid(tmp_path / "trail", files(REGION, HOME)))
    assert {name: status(check) for name, check in found.items()} == {
        "trail": "ok",
        "trail.global": "ok",
        "history": "ok",
    }
    assert "the newest is" in found["trail"].message
    assert lookups(aws) == []


def test_a_bucket_is_looked_at_as_a_folder_is(look):
    client, bucket = moto_aws.client("s3"), f"trail-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": moto_aws.REGION})
    for path, content in files(REGION, HOME).items():
        client.put_object(Bucket=bucket, Key=f"org/{path}", Body=gzip.compress(content))
    found = look(IACWATCH_TRAIL__SOURCE=f"s3://{bucket}/org", **moto_aws.environment())
    assert [status(found[name]) for name in ("trail", "trail.global")] == ["ok", "ok"]
    gone = look(IACWATCH_TRAIL__SOURCE=f"s3://{bucket}-gone", **moto_aws.environment())
    assert status(gone["trail"]) == "fail"
    assert "does not exist" in gone["trail"].message


def test_files_that_end_long_ago_are_told_with_when(look, tmp_path):
    old = look(**laid(tmp_path / "trail", files(REGION, HOME, last=180)))["trail"]
    assert status(old) == "warn"
    assert "and end at" in old.message
    assert "get-trail-status" in old.mend


def test_a_region_without_files_fails_and_a_home_without_them_warns(look, tmp_path):
    found = look(**laid(tmp_path / "one", files(REGION)))
    assert status(found["trail"]) == "ok"
    assert status(found["trail.global"]) == "warn"
    assert "global service events" in found["trail.global"].mend
    other = look(**laid(tmp_path / "two", files(HOME)))
    assert status(other["trail"]) == "fail"
    assert f"there is no log file of account {ACCOUNT} in {REGION}" in other["trail"].message
    assert other["trail"].mend


def test_a_folder_that_is_not_there_fails(look, tmp_path):
    found = look(IACWATCH_TRAIL__SOURCE=str(tmp_path / "nowhere"))
    assert status(found["trail"]) == "fail"
    assert "there is no file or folder" in found["trail"].message


# Athena


def test_a_table_that_declares_all_is_all_right_and_no_query_is_made(aws, athena, look):
    athena.table.properties["storage.location.template"] = (
        "s3://trail/AWSLogs/${account}/CloudTrail/${region}/x"
    )
    found = look(**table(athena))
    assert {name: status(check) for name, check in found.items()} == {
        "trail": "ok",
        "trail.columns": "ok",
        "trail.partitions": "ok",
        "trail.workgroup": "ok",
        "history": "ok",
    }
    assert not any(check.mend for check in found.values())
    assert (athena.executions, lookups(aws)) == ({}, [])
    assert set(athena.calls) == {"GetTableMetadata", "GetWorkGroup"}
    assert OUTPUT in found["trail.workgroup"].message


def test_what_awss_own_statement_leaves_out_is_a_warning_that_names_it(athena, look):
    athena.table = Table(tables.OFFICIAL, properties=tables.projected())
    found = look(**table(athena))
    assert status(found["trail.columns"]) == "warn"
    assert "useridentity.sessioncontext.sourceidentity" in found["trail.columns"].message
    assert "iacwatch help athena" in found["trail.columns"].mend
    # Its place is one region of one account.
    assert status(found["trail.global"]) == "warn"
    assert f"holds only the records of {REGION}" in found["trail.global"].message
    elsewhere = look(region="eu-north-1", **table(athena, IACWATCH_TRAIL__ATHENA_REGION=REGION))
    assert status(elsewhere["trail.place"]) == "fail"


def test_a_table_that_is_no_cloudtrails_fails(athena, look):
    athena.table = Table({"a": "string"}, keys={})
    found = look(**table(athena))
    assert status(found["trail.columns"]) == "fail"
    assert "eventid" in found["trail.columns"].message
    assert status(found["trail.partitions"]) == "warn"
    assert "each query reads all of it, and costs as much" in found["trail.partitions"].message


def test_partitions_that_people_have_to_add_are_told(athena, look):
    athena.table = Table(tables.WHOLE, keys={"year": "string", "month": "string", "day": "string"})
    assert "add the table's partitions day by day" in look(**table(athena))["trail.partitions"].message


def test_a_type_that_nobody_can_read_fails(athena, look):
    athena.table = Table({**tables.WHOLE, "useridentity": "struct<type:"})
    assert status(look(**table(athena))["trail"]) == "fail"


@pytest.mark.parametrize(
    ("changed", "state", "told"),
    [
        ({"output": None}, "fail", "set trail.athena_output"),
        ({"state": "DISABLED"}, "fail", "aws athena update-work-group --work-group primary --state ENABLED"),
        ({"output": None, "more": {"ManagedQueryResultsConfiguration": {"Enabled": True}}}, "ok", ""),
    ],
)
def test_a_workgroup_says_whether_it_takes_queries_and_where_results_go(athena, look, changed, state, told):
    athena.workgroups["primary"].update(changed)
    found = look(**table(athena))["trail.workgroup"]
    assert status(found) == state
    assert told in found.mend


def test_a_place_for_results_of_our_own_counts_unless_the_workgroup_enforces_its_own(athena, look):
    given = table(athena, IACWATCH_TRAIL__ATHENA_OUTPUT="s3://mine/x")
    athena.workgroups["primary"]["output"] = None
    assert "s3://mine/x" in look(**given)["trail.workgroup"].message
    athena.workgroups["primary"] = {
        "output": OUTPUT,
        "state": "ENABLED",
        "more": {"EnforceWorkGroupConfiguration": True},
    }
    found = look(**given)["trail.workgroup"]
    assert (status(found), found.mend) == ("warn", "remove trail.athena_output")


def test_a_table_or_workgroup_that_is_not_there_fails_with_the_key_to_look_at(athena, look):
    found = look(**table(athena, IACWATCH_TRAIL__ATHENA_TABLE="other", IACWATCH_TRAIL__ATHENA_WORKGROUP="w"))
    assert (status(found["trail"]), status(found["trail.workgroup"])) == ("fail", "fail")
    assert "trail.athena_database" in found["trail"].mend
    assert "trail.athena_workgroup" in found["trail.workgroup"].mend


def test_a_permission_that_is_missing_fails_only_where_these_credentials_do_the_work(athena, look):
    athena.deny("*")
    mine = look(**table(athena))
    assert status(mine["trail"]) == "fail"
    assert "grant athena:GetTableMetadata" in mine["trail"].mend
    assert "grant athena:GetWorkGroup" in mine["trail.workgroup"].mend
    functions = look(drained=True, **table(athena))
    assert (status(functions["trail"]), functions["trail"].seen) == ("warn", False)
    athena.denied.clear()
    message = "User: arn:aws:iam::1:user/x is not authorized to perform: glue:GetTable on resource: y"
    athena.fail("GetTableMetadata", "MetadataException", message)
    assert "grant glue:GetTable" in look(**table(athena))["trail"].mend


def test_other_accounts_roles_need_no_lookup_there(aws, athena, look):
    other = "222233334444"
    aws.add_role(f"arn:aws:iam::{other}:role/iacwatch-read")
    aws.deny("cloudtrail", "LookupEvents")
    given = {"IACWATCH_ACCOUNTS__ALLOWED": f'["{other}"]', "IACWATCH_ACCOUNTS__ROLE_NAME": "iacwatch-read"}
    found = look(**table(athena), **given)[f"accounts.{other}"]
    assert (status(found), "reads its history" in found.message) == ("ok", True)


# Several trails


def test_each_trail_behind_the_first_is_examined_with_its_reach(aws, athena, look, tmp_path):
    laid(tmp_path / "trail", files(REGION, HOME))
    table = {"source": "athena", "athena_database": DATABASE, "athena_table": TABLE}
    several = [{"source": str(tmp_path / "trail")}, table]
    found = look(IACWATCH_TRAIL__FALLBACK=json.dumps(several), **athena.environment())
    assert "for the last 90 days" in found["trail"].message
    held = found["trail.fallback[0]"]
    assert status(held) == "ok"
    assert f"account {ACCOUNT} in {REGION}" in held.message
    assert f"answer from {ago(4000):%Y-%m-%d}" in held.message
    assert status(found["trail.fallback[1]"]) == "ok"
    assert "its days begin at 2020/01/01" in found["trail.fallback[1].partitions"].message
    assert not athena.executions


def test_files_of_other_accounts_are_looked_for_as_theirs(look, tmp_path):
    laid(tmp_path / "trail", files(REGION))
    fallback = {"source": str(tmp_path / "trail"), "accounts": ["444455556666"]}
    held = look(IACWATCH_TRAIL__FALLBACK=json.dumps([fallback]))["trail.fallback[0]"]
    assert status(held) == "warn"
    assert "no log file of account 444455556666" in held.message


def test_a_fallback_that_is_not_there_fails(look, tmp_path):
    found = look(IACWATCH_TRAIL__FALLBACK=json.dumps([{"source": str(tmp_path / "nowhere")}]))
    assert status(found["trail.fallback[0]"]) == "fail"


def test_event_history_behind_files_is_asked(aws, look, tmp_path):
    settings = laid(tmp_path / "trail", files(REGION, HOME))
    found = look(IACWATCH_TRAIL__FALLBACK='[{"source": "api"}]', **settings)
    assert "for the last 90 days" in found["trail.fallback[0]"].message
    assert "trail.fallback[0].global" in found
