"""`iacwatch who` from outside: the real command against the AWS on loopback."""

from functools import partial

import pytest

from tests.fixtures.command import records, slack
from tests.fixtures.small_world import ACCOUNT, REGION, ago, call, group_id, item, listed

GROUP = "AWS::EC2::SecurityGroup"
GONE = {"configuration": None, "tags": {}, "configurationItemStatus": "ResourceDeleted"}
DAY = 1440
JSONL = ("--format", "jsonl")
PEOPLE = ["alice@example.com", "bob@example.com", "carol@example.com"]


@pytest.fixture
def who(run):
    return partial(run, "who")


def opened(number, minutes, port=22, **more):
    """Return the item of a group with one port open."""
    rule = {"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": ["0.0.0.0/0"]}
    configuration = {"groupId": group_id(number), "groupName": f"web-{number}", "ipPermissions": [rule]}
    return item(number, ago(minutes), **{"configuration": configuration, **more})


def change(aws, number, minutes, port, *, who="alice@example.com", **more):
    """Let somebody change a group, a minute before Config sees it."""
    aws.add_item(opened(number, minutes, port, **more))
    aws.add_event(call(number, minutes + 1, who=who), resource_names=listed(number))


def told(done):
    return [(found["actor"]["name"], found["verdict"]) for found in records(done)]


def busy(aws):
    """Fill in a group with a past: three people, weeks apart."""
    aws.add_item(item(1, ago(60 * DAY)))
    for who, minutes, port in zip(PEOPLE, (120, 9 * DAY, 40 * DAY), (23, 22, 21), strict=True):
        change(aws, 1, minutes, port, who=who)


def test_who_changed_it_is_told_the_newest_first_by_id_name_or_arn(aws, who, tmp_path):
    busy(aws)
    asked = ("--since", "50d", *JSONL, "--verdict", "all")
    for called in (group_id(1), "web-1", f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group_id(1)}"):
        aws.calls.clear()
        done = who(called, *asked, "--dry-run")
        assert done.returncode == 0, done.stderr
        assert told(done) == [(name, "out-of-band") for name in PEOPLE]
        assert f"{GROUP} {group_id(1)}" in done.stderr
        if called != "web-1":  # an id takes no search, and nothing is written to AWS
            reads = {"GetCallerIdentity", "GetResourceConfigHistory", "LookupEvents"}
            assert {each.operation for each in aws.calls} == reads
    assert not list(tmp_path.rglob("*.sqlite3"))
    for more in ((), *[("--slack",)] * 2):
        who(group_id(1), "--since", "2d", *more, **slack(aws))
    assert len(aws.slack_messages) == 1, "Slack is told only when asked, and once"
    beyond = who(group_id(1), "--since", "120d")
    assert f"the trail of {ACCOUNT} does not reach back so far" in beyond.stderr
    lines = beyond.stdout.splitlines()
    assert (len(lines), PEOPLE[0] in lines[0]) == (4, True)
    assert group_id(1) not in beyond.stdout, "the resource stands above"


def test_what_was_never_managed_is_told_too_and_what_was_reported_counts_for_the_exit_code(aws, who):
    aws.add_item(item(1, ago(3 * DAY), tags={}))
    change(aws, 1, 120, 22, tags={})
    change(aws, 1, 60, 23)
    asked = (group_id(1), "--since", "20d", *JSONL)
    done = who(*asked, "--fail-on", "out-of-band")
    assert done.returncode == 3
    verdicts = [(found["verdict"], found["change"]["managed_by"]) for found in records(done)[:2]]
    assert verdicts == [("out-of-band", "terraform"), ("unmanaged", None)]
    assert who(*asked, "--verdict", "in-workflow").stdout == ""


def test_a_name_of_several_lists_them_and_asks_for_one(aws, who):
    evil = "web\x1b[31m\u202e<!channel>"
    for number, name in ((1, "web"), (2, "web"), (5, evil), (6, evil), (7, "api"), (8, "api")):
        tags = {"Name": "x"} if name == evil else None
        aws.add_item(item(number, ago(4 * DAY), resourceName=name, tags=tags))
    aws.add_item(item(7, ago(3 * DAY), resourceName="api", **GONE))
    done = who("web")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{GROUP}  {group_id(1)}  web  " in done.stderr
    assert f"{GROUP}  {group_id(2)}  web  " in done.stderr
    assert "web may be any of 2 resources; name one by its id or ARN" in done.stderr
    hostile = who("x")
    assert hostile.returncode == 2
    assert not {"\x1b", "\u202e"} & set(hostile.stderr)
    other = who("api", "--since", "2d")
    assert f"not seen: another one of that name, {group_id(7)}" in other.stderr


def test_nothing_found_no_change_and_one_that_is_too_young_each_say_what_was_looked_at(aws, who):
    aws.add_item(item(1, ago(9 * DAY)))
    unknown = who("wbe-1", "--resource-type", GROUP)
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert "Error: AWS Config knows nothing called wbe-1: looked at what is there in" in unknown.stderr
    unchanged = who(group_id(1), "--since", "2d")
    assert (unchanged.returncode, "no change of it since" in unchanged.stderr) == (0, True)
    aws.add_item(opened(1, 3))
    young = who(group_id(1), "--since", "2d")
    assert (young.returncode, "too early to judge; ask again after" in young.stderr) == (0, True)
    change(aws, 1, 1, 23)  # yet a person whose call is there already is told at once
    assert told(who(group_id(1), "--since", "2m", *JSONL)) == [("alice@example.com", "out-of-band")]
