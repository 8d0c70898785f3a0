"""`iacwatch doctor` looks where trail events really come from: log files, or a table in Athena."""

import gzip
import json
import os

import pytest

from iacwatch.app.doctor import setup
from iacwatch.demo.fake.server import FakeAws
from iacwatch.doctor.checks.accounts import accounts
from iacwatch.doctor.checks.history import history
from iacwatch.doctor.checks.trail import trail
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.queue_reader import QueueReader
from tests.fixtures import log_folder, moto_aws, places
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
def look(aws, tmp_path):
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


def files(*regions, last=2):
    places = [(ACCOUNT, region) for region in regions]
    return log_folder.alive(places, ago(4000), ago(last + 11))


def laid(folder, made):
    for path, content in made.items():
        log_folder.write(folder, path, content)
    return {"IACWATCH_TRAIL__SOURCE": str(folder)}


def table(athena, **more):
    return athena.environment(IACWATCH_TRAIL__SOURCE="athena", **more)


def fallback(*several):
    return {"IACWATCH_TRAIL__FALLBACK": json.dumps(several)}


def says(found, name, status, words="", mend=""):
    check = found[name]
    assert (str(check.status), words in check.message, mend in check.mend) == (status, True, True), check
    return True


def test_a_bucket_is_looked_at_as_a_folder_is(look):
    bucket = places.Bucket(None)
    path, content = next(iter(files(REGION).items()))
    bucket.put(path, gzip.compress(content))
    found = look(IACWATCH_TRAIL__SOURCE=bucket.where, **moto_aws.environment())
    assert says(found, "trail", "warn", "and end at")
    gone = look(IACWATCH_TRAIL__SOURCE="s3://no-such-bucket-at-all", **moto_aws.environment())
    assert says(gone, "trail", "fail", "does not exist")


def test_files_that_end_long_ago_or_are_of_other_regions_or_nowhere_are_told(look, tmp_path):
    old = look(**laid(tmp_path / "trail", files(REGION, HOME, last=180)))
    assert says(old, "trail", "warn", "and end at", "get-trail-status")
    found = look(**laid(tmp_path / "one", files(REGION)))
    assert says(found, "trail", "ok")
    assert says(found, "trail.global", "warn", "", "global service events")
    other = look(**laid(tmp_path / "two", files(HOME)))
    assert says(other, "trail", "fail", f"there is no log file of account {ACCOUNT} in {REGION}")
    nowhere = look(IACWATCH_TRAIL__SOURCE=str(tmp_path / "nowhere"))
    assert says(nowhere, "trail", "fail", "there is no file or folder")


def test_what_awss_own_statement_leaves_out_is_a_warning_that_names_it(athena, look):
    athena.table = Table(tables.OFFICIAL, properties=tables.projected())  # of one region of one account
    found = look(**table(athena))
    missing = "useridentity.sessioncontext.sourceidentity"
    assert says(found, "trail.columns", "warn", missing, "iacwatch help athena")
    assert says(found, "trail.global", "warn", f"holds only the records of {REGION}")
    elsewhere = look(region="eu-north-1", **table(athena, IACWATCH_TRAIL__ATHENA_REGION=REGION))
    assert says(elsewhere, "trail.place", "fail")
    athena.table = Table({"a": "string"}, keys={})
    assert says(look(**table(athena)), "trail.columns", "fail", "eventid")


@pytest.mark.parametrize(
    ("made", "name", "expected"),
    [
        (Table({"a": "string"}, keys={}), "trail.partitions", ("warn", "each query reads all of it, and costs as much")),
        (Table(tables.WHOLE, keys=dict.fromkeys(("year", "month", "day"), "string")), "trail.partitions", ("warn", "add the table's partitions day by day")),
        (Table({**tables.WHOLE, "useridentity": "struct<type:"}), "trail", ("fail",)),
    ],
)  # fmt: skip
def test_a_table_that_is_of_another_make_is_told(athena, look, made, name, expected):
    athena.table = made
    assert says(look(**table(athena)), name, *expected)


ENABLE = "aws athena update-work-group --work-group primary --state ENABLED"
MANAGED = {"ManagedQueryResultsConfiguration": {"Enabled": True}}
ENFORCED = {"output": OUTPUT, "state": "ENABLED", "more": {"EnforceWorkGroupConfiguration": True}}
MINE = {"IACWATCH_TRAIL__ATHENA_OUTPUT": "s3://mine/x"}


@pytest.mark.parametrize(
    ("changed", "given", "expected"),
    [
        ({"output": None}, {}, ("fail", "", "set trail.athena_output")),
        ({"state": "DISABLED"}, {}, ("fail", "", ENABLE)),
        ({"output": None, "more": MANAGED}, {}, ("ok",)),
        ({"output": None}, MINE, ("ok", "s3://mine/x")),
        (ENFORCED, MINE, ("warn", "", "remove trail.athena_output")),
    ],
)
def test_a_workgroup_takes_queries_or_not_and_has_a_place_for_results(athena, look, changed, given, expected):
    athena.workgroups["primary"].update(changed)
    assert says(look(**table(athena, **given)), "trail.workgroup", *expected)


def test_a_table_or_workgroup_that_is_not_there_or_may_not_be_seen_names_what_to_set_or_grant(athena, look):
    gone = {"IACWATCH_TRAIL__ATHENA_TABLE": "other", "IACWATCH_TRAIL__ATHENA_WORKGROUP": "w"}
    found = look(**table(athena, **gone))
    assert says(found, "trail", "fail", "", "trail.athena_database")
    assert says(found, "trail.workgroup", "fail", "", "trail.athena_workgroup")
    athena.deny("*")
    mine = look(**table(athena))
    assert says(mine, "trail", "fail", "", "grant athena:GetTableMetadata")
    assert says(mine, "trail.workgroup", "fail", "", "grant athena:GetWorkGroup")
    assert not look(drained=True, **table(athena))["trail"].seen
    athena.denied.clear()
    refused = "User: arn:aws:iam::1:user/x is not authorized to perform: glue:GetTable on resource: y"
    athena.fail("GetTableMetadata", "MetadataException", refused)
    assert says(look(**table(athena)), "trail", "fail", "", "grant glue:GetTable")


def test_other_accounts_roles_need_no_lookup_there(aws, athena, look):
    other = "222233334444"
    aws.add_role(f"arn:aws:iam::{other}:role/iacwatch-read")
    aws.deny("cloudtrail", "LookupEvents")
    given = {"IACWATCH_ACCOUNTS__ALLOWED": f'["{other}"]', "IACWATCH_ACCOUNTS__ROLE_NAME": "iacwatch-read"}
    assert says(look(**table(athena), **given), f"accounts.{other}", "ok", "reads its history")


def test_each_trail_behind_the_first_is_examined_with_its_reach(aws, athena, look, tmp_path):
    laid(tmp_path / "trail", files(REGION, HOME))
    behind = {"source": "athena", "athena_database": DATABASE, "athena_table": TABLE}
    several = fallback({"source": str(tmp_path / "trail")}, behind)
    found = look(**several, **athena.environment())
    assert says(found, "trail", "warn", "for the last 90 days")
    assert says(found, "trail.fallback[0]", "ok", f"answer from {ago(4000):%Y-%m-%d}")
    assert says(found, "trail.fallback[1].partitions", "ok", "its days begin at 2020/01/01")
    assert not athena.executions


def test_a_fallback_of_others_of_nobody_or_of_event_history_is_looked_at_as_theirs(aws, look, tmp_path):
    settings = laid(tmp_path / "trail", files(REGION, HOME))
    theirs = {"source": str(tmp_path / "trail"), "accounts": ["444455556666"]}
    found = look(**fallback(theirs, {"source": str(tmp_path / "nowhere")}))
    assert says(found, "trail.fallback[0]", "warn", "no log file of account 444455556666")
    assert says(found, "trail.fallback[1]", "fail")
    found = look(**fallback({"source": "api"}), **settings)
    assert "for the last 90 days" in found["trail.fallback[0]"].message
