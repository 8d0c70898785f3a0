"""`iacwatch who` from outside: the real command against the AWS on loopback."""

import json
import os
import re
import signal
from collections import Counter

import pytest

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import command
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item, listed

GROUP = "AWS::EC2::SecurityGroup"
GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
DAY = 1440


@pytest.fixture
def aws():
    with FakeAws(rate=1000) as fake:
        yield fake


def opened(number, minutes, port=22, **more):
    """Return the item of a group with one port open."""
    rule = {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": ["0.0.0.0/0"]}
    configuration = {"groupId": group_id(number), "groupName": f"web-{number}", "ipPermissions": [rule]}
    return item(number, ago(minutes), **{"configuration": configuration, **more})


def change(aws, number, minutes, port, *, who="alice@example.com", **more):
    """Let somebody change a group, a minute before Config sees it."""
    aws.add_item(opened(number, minutes, port, **more))
    aws.add_event(call(number, minutes + 1, who=who), resource_names=listed(number))


def who(aws, home, *arguments, before=(), **more):
    return command.run(aws, home, *before, "who", *arguments, **more)


def findings(done):
    return [json.loads(text) for text in done.stdout.splitlines()]


def told(done):
    return [(found["actor"]["name"], found["verdict"]) for found in findings(done)]


def operations(aws):
    return Counter(each.operation for each in aws.calls)


def busy(aws):
    """Fill in a group with a past: three people, weeks apart."""
    aws.add_item(item(1, ago(60 * DAY)))
    change(aws, 1, 40 * DAY, 21, who="carol@example.com")
    change(aws, 1, 9 * DAY, 22, who="bob@example.com")
    change(aws, 1, 120, 23, who="alice@example.com")


@pytest.mark.parametrize(
    "called", [group_id(1), "web-1", f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group_id(1)}"]
)
def test_who_changed_it_is_told_the_newest_first_by_id_name_or_arn(aws, tmp_path, called):
    busy(aws)
    done = who(aws, tmp_path, called, "--since", "50d", "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    assert told(done) == [
        ("alice@example.com", "out-of-band"),
        ("bob@example.com", "out-of-band"),
        ("carol@example.com", "out-of-band"),
    ]
    assert f"{GROUP} {group_id(1)}" in done.stderr
    assert f"in {ACCOUNT} {REGION}, changes since" in done.stderr
    assert "3 changes: 3 findings" in done.stderr


def test_its_findings_are_those_of_a_backfill(aws, tmp_path):
    busy(aws)
    asked = ("--since", "50d", "--format", "jsonl", "--verdict", "all")
    one = who(aws, tmp_path, "web-1", *asked)
    past = command.run(aws, tmp_path, "backfill", *asked, "--resource-type", GROUP)
    assert sorted(one.stdout.splitlines()) == sorted(past.stdout.splitlines())


def test_the_table_says_it_since_the_resource_stands_above(aws, tmp_path):
    busy(aws)
    done = who(aws, tmp_path, "web-1", "--since", "50d")
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert "alice@example.com" in lines[0]
    assert all(" of " not in each and " on " not in each for each in lines)
    assert group_id(1) not in done.stdout


def test_what_was_never_managed_is_told_too(aws, tmp_path):
    aws.add_item(item(1, ago(3 * DAY), tags={}))
    change(aws, 1, 120, 22, tags={})
    done = who(aws, tmp_path, group_id(1), "--format", "jsonl")
    newest = findings(done)[0]
    assert (newest["verdict"], newest["actor"]["name"]) == ("unmanaged", "alice@example.com")
    assert newest["change"]["managed_by"] is None


@pytest.mark.parametrize("called", [group_id(1), "web-1"])
def test_what_is_gone_is_found_and_who_deleted_it(aws, tmp_path, called):
    aws.add_item(item(1, ago(3 * DAY)))
    aws.add_item(item(1, ago(120), **GONE))
    aws.add_event(
        call(1, 121, eventName="DeleteSecurityGroup", requestParameters={"groupId": group_id(1)}),
        resource_names=listed(1),
    )
    done = who(aws, tmp_path, called, "--since", "2d", "--format", "jsonl", "--resource-type", GROUP)
    (found,) = findings(done)
    assert (found["change"]["change_type"], found["change"]["managed_by"]) == ("DELETE", "terraform")
    assert found["actor"]["name"] == "alice@example.com"


def test_an_id_that_is_a_name_is_one_of_several(aws, tmp_path):
    queue = "AWS::SQS::Queue"
    aws.add_item(item(1, ago(3 * DAY), resourceName="jobs"))
    aws.add_item(item(2, ago(3 * DAY), resourceType=queue, resourceId="jobs", resourceName="jobs", ARN=None))
    done = who(aws, tmp_path, "jobs")
    assert done.returncode == 2
    assert "jobs may be any of 2 resources" in done.stderr
    assert re.search(f"{queue} +jobs +jobs ", done.stderr)
    assert who(aws, tmp_path, "jobs", "--resource-type", queue).returncode == 0


def test_a_name_of_several_lists_them_and_asks_for_one(aws, tmp_path):
    for number in (1, 2):
        aws.add_item(item(number, ago(3 * DAY), resourceName="web"))
    done = who(aws, tmp_path, "web")
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"{GROUP}  {group_id(1)}  web  " in done.stderr
    assert f"{GROUP}  {group_id(2)}  web  " in done.stderr
    assert "web may be any of 2 resources; name one by its id or ARN" in done.stderr


def test_another_one_of_that_name_that_is_gone_is_mentioned(aws, tmp_path):
    aws.add_item(item(1, ago(9 * DAY), resourceName="web"))
    aws.add_item(item(1, ago(8 * DAY), resourceName="web", **GONE))
    aws.add_item(item(2, ago(7 * DAY), resourceName="web"))
    change(aws, 2, 120, 22, resourceName="web")
    done = who(aws, tmp_path, "web", "--since", "2d", "--format", "jsonl")
    assert told(done) == [("alice@example.com", "out-of-band")]
    assert f"not seen: another one of that name, {group_id(1)}, deleted 20" in done.stderr


def test_nothing_found_says_what_was_looked_at(aws, tmp_path):
    aws.add_item(item(1, ago(9 * DAY)))
    done = who(aws, tmp_path, "wbe-1", "--resource-type", GROUP)
    assert done.returncode == 1
    assert "Error: AWS Config knows nothing called wbe-1: looked at what is there in eu-west-1" in done.stderr
    assert f"and at what was deleted of {GROUP}, by id and name; --regions and --account" in done.stderr


def test_a_resource_without_changes_says_so_and_is_no_failure(aws, tmp_path):
    aws.add_item(item(1, ago(9 * DAY)))
    done = who(aws, tmp_path, group_id(1), "--since", "2d")
    assert (done.returncode, done.stdout) == (0, "")
    assert "no change of it since" in done.stderr
    assert "Config calls 1" in done.stderr


def test_a_change_that_is_too_young_says_when_to_ask_again(aws, tmp_path):
    aws.add_item(item(1, ago(9 * DAY)))
    aws.add_item(opened(1, 3))
    done = who(aws, tmp_path, group_id(1), "--since", "2d")
    assert (done.returncode, done.stdout) == (0, "")
    assert "too early to judge; ask again after" in done.stderr


def test_a_person_who_changed_it_just_now_is_told_at_once(aws, tmp_path):
    aws.add_item(item(1, ago(9 * DAY)))
    change(aws, 1, 1, 22)
    done = who(aws, tmp_path, group_id(1), "--since", "2d", "--format", "jsonl")
    assert told(done) == [("alice@example.com", "out-of-band")]


def test_an_id_takes_no_search_and_nothing_is_written_to_aws(aws, tmp_path):
    busy(aws)
    done = who(aws, tmp_path, group_id(1), "--since", "20d", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert set(operations(aws)) == {"GetCallerIdentity", "GetResourceConfigHistory", "LookupEvents"}
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_beyond_the_trail_it_says_so_at_once(aws, tmp_path):
    busy(aws)
    done = who(aws, tmp_path, group_id(1), "--since", "120d", "--format", "jsonl")
    assert f"the trail of {ACCOUNT} does not reach back so far" in done.stderr


def test_verdicts_narrow_and_fail_on_counts_what_was_reported(aws, tmp_path):
    busy(aws)
    asked = (group_id(1), "--since", "20d", "--format", "jsonl")
    assert findings(who(aws, tmp_path, *asked, "--verdict", "in-workflow")) == []
    assert who(aws, tmp_path, *asked, "--fail-on", "out-of-band").returncode == 3


@pytest.mark.parametrize("kind", ["csv", "markdown", "html"])
def test_other_reports_are_written_whole(aws, tmp_path, kind):
    busy(aws)
    done = who(aws, tmp_path, "web-1", "--since", "50d", "--format", kind, "--output", "it")
    assert (done.returncode, done.stdout) == (0, "")
    written = (tmp_path / "it").read_text(encoding="utf-8")
    assert all(name in written for name in ("alice@example.com", "bob@example.com", "carol@example.com"))


def test_slack_is_told_only_when_asked_and_once(aws, tmp_path):
    busy(aws)
    slack = {
        "IACWATCH_SLACK__TOKEN": "xoxb-demo",
        "IACWATCH_SLACK__CHANNEL": "#infra",
        "IACWATCH_SLACK__API_URL": aws.slack_url,
    }
    who(aws, tmp_path, group_id(1), "--since", "2d", **slack)
    assert aws.slack_messages == []
    for _ in range(2):
        done = who(aws, tmp_path, group_id(1), "--since", "2d", "--slack", **slack)
        assert done.returncode == 0, done.stderr
        assert "alice@example.com" in done.stdout
    assert len([each for each in aws.slack_messages if not each["thread_ts"]]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Missing argument 'RESOURCE'"),
        (("",), "an empty text is not an id, name or ARN"),
        (("we'b",), "we'b is not an id, name or ARN that AWS Config can look up"),
        (("web", "--since", "soon"), "--since soon is not a time"),
        (("web", "--since", "2099-01-01"), "--since lies in the future"),
        (("web", "--account", "12"), "12 is not an account id"),
        (("web", "--account", "999988887777"), "account 999988887777 is not ours"),
        (("web", "--regions", "mars"), "mars is not an AWS region"),
        (
            ("arn:aws:sns:eu-west-1:999988887777:x",),
            "account 999988887777 is not ours and not in [accounts] allowed",
        ),
    ],
)
def test_wrong_usage_gets_one_sentence_and_exit_code_2(aws, tmp_path, arguments, said):
    done = who(aws, tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_who_may_not_read_history_is_told_what_to_grant(aws, tmp_path):
    aws.add_item(item(1, ago(9 * DAY)))
    aws.deny("config", "GetResourceConfigHistory")
    done = who(aws, tmp_path, group_id(1))
    assert done.returncode == 1
    assert "config:GetResourceConfigHistory" in done.stderr
    assert "Traceback" not in done.stderr


def test_hostile_names_stay_text(aws, tmp_path):
    evil = "web\x1b[31m\u202e<!channel>"
    for number in (1, 2):
        aws.add_item(item(number, ago(3 * DAY), resourceName=evil, tags={"Name": "x"}))
    done = who(aws, tmp_path, "x")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\u202e" not in done.stderr


def test_a_signal_ends_it_and_what_was_found_is_shown(aws, tmp_path):
    busy(aws)
    aws.latency = 1.0
    with command.start(aws, tmp_path, "who", group_id(1), "--format", "jsonl") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert json.loads(first)["actor"]["name"] == "alice@example.com"
    assert "what is older is not shown" in said
    assert os.sep not in said.splitlines()[-1] or "Traceback" not in said
