"""Every fault of a set-up costs its own line, and the command of that line mends it: tried, one by one."""

import json
import os
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from unittest.mock import Mock

import pytest

from iacwatch.app.doctor import setup
from iacwatch.demo.fake.server import FakeAws
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.run import registered
from tests.fixtures.doctor_world import (
    ACCOUNT,
    CHANNEL,
    IN_MOTO,
    REGION,
    ROLE,
    SUBJECT,
    WORKFLOWS,
    World,
    carry_out,
    person,
    trust,
    web_identity,
)
from tests.fixtures.small_world import ago, item

ELSEWHERE = "eu-central-1"
NO_SLACK = {"IACWATCH_SLACK__TOKEN": "", "IACWATCH_SLACK__CHANNEL": ""}


@pytest.fixture(scope="module")
def world():
    with FakeAws(account_id=ACCOUNT, region=REGION, rate=1000) as aws:
        yield World(aws)


@pytest.fixture
def fresh():
    with FakeAws(account_id=ACCOUNT, region=ELSEWHERE, rate=1000) as aws:
        made = World(aws)
        yield made
        made.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return str(tmp_path_factory.mktemp("home"))


@contextmanager
def set_up(world, home, *, moto=IN_MOTO, options=None, **more):
    environ = world.environment(moto=moto, HOME=home, **world.settings(**more))
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith(("AWS_", "IACWATCH_"))]:
            patch.delenv(name)
        for name, value in environ.items():
            patch.setenv(name, value)
        yield replace(setup(**(options or {})), rate_limit=Mock())


def results(setup, *areas):
    examination, found = Examination(setup), {}
    for check in registered():
        for each in check.run(examination) if not areas or check.name.split(".")[0] in areas else ():
            found.setdefault(each.name, []).append(each)
    return found


@pytest.fixture
def look(home):
    def looked(world, *areas, **more):
        with set_up(world, home, **more) as made:
            return results(made, *areas)

    return looked


def all_right(found, *, but=""):
    return all(str(each.status) == "ok" for name, some in found.items() if name != but for each in some)


def kind(check):
    return str(check.status) if check.seen else "unseen"


def only(found, name, status):
    (check,) = [each for each in found[name] if kind(each) == status]
    return check


def says(found, name, status, words="", mend=""):
    check = only(found, name, status)
    return words in check.message and mend in check.mend


def redrive(receives):
    return lambda world: world.attributes(RedrivePolicy=world.redrive % receives)


def pattern(**fields):
    text = json.dumps({"source": ["aws.config"], **fields})
    return lambda world: world.events.put_rule(Name=world.name, EventPattern=text)


def queue(**attributes):
    return lambda world: world.attributes(**attributes)


def mapping(**changed):
    return lambda world: world.functions.update_event_source_mapping(UUID=world.mapping_id, **changed)


def function(**changed):
    return lambda world: world.functions.update_function_configuration(FunctionName=world.name, **changed)


NO_TTL = {"Enabled": False, "AttributeName": "ttl"}
FAULTS = [
    (lambda world: world.events.disable_rule(Name=world.name), "rule", "fail", "is disabled"),
    (pattern(detail={"messageType": ["ConfigurationItemChangeNotification"]}), "rule.pattern", "warn", "does not let pass: oversized items"),
    (queue(DelaySeconds="0"), "queue.delay", "warn", "wait 0 s, not 600"),
    (queue(MessageRetentionPeriod="36000"), "queue.retention", "warn", "10 hours only"),
    (queue(VisibilityTimeout="120"), "queue.visibility", "fail", "comes again while it is worked on"),
    (redrive(6), "queue.redrive", "warn", "after 6 receives already"),
    (lambda world: world.attributes(world.dead_url, MessageRetentionPeriod="345600"), "queue.dead-letters", "warn", "for 4 days, the queue for 4"),
    (queue(KmsMasterKeyId="alias/aws/sqs"), "queue.encryption", "warn", "which EventBridge cannot use"),
    (queue(Policy=""), "queue.policy", "fail", "does not let the rule send"),
    (queue(MessageRetentionPeriod="3600"), "queue.retention", "fail", "1 hours only"),
    (queue(VisibilityTimeout="900"), "queue.visibility", "warn", "six times as long (1800 s)"),
    (redrive(3), "queue.redrive", "fail", "after 3 receives already"),
    (mapping(FunctionResponseTypes=[]), "mapping.partial", "fail", "is deleted, and never reported"),
    (mapping(Enabled=False), "mapping", "fail", "is disabled"),
    (mapping(BatchSize=10, MaximumBatchingWindowInSeconds=0), "mapping.batch", "warn", "10 messages, gathered for 0 s"),
    (mapping(ScalingConfig={"MaximumConcurrency": 20}), "mapping.concurrency", "warn", "20 copies of"),
    (function(Handler="other.handler"), "function", "warn", "handler other.handler"),
    (function(Timeout=20), "function.timeout", "warn", "may take 20 s only"),
    (lambda world: world.events.disable_rule(Name=world.daily), "reconcile", "warn", "is disabled"),
    (lambda world: world.tables.update_time_to_live(TableName=world.table, TimeToLiveSpecification=NO_TTL), "ledger.ttl", "warn", "grows without end"),
]  # fmt: skip


def test_a_fault_costs_its_own_line_whose_command_mends_it_and_what_is_mended_is_all_right(world, home):
    with set_up(world, home) as made:
        for break_, name, status, words in FAULTS:
            break_(world)
            broken = results(made)
            assert says(broken, name, status, words)
            assert all_right(broken, but=name), (name, words, broken)
            carry_out(only(broken, name, status).mend, world.client)
        found = results(made)
        assert all_right(found), found
        assert all(check.seen and not check.mend for checks in found.values() for check in checks)


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        ({"QUEUE__URL": "{queue_url}-gone"}, "queue", ("fail", "does not exist", "")),
        ({"QUEUE__DLQ_URL": "{rule_dead_url}"}, "queue.dead-letters", ("warn", "go to {dead_arn}", "{name}")),
        ({"LEDGER__URL": "dynamodb://nothing-there"}, "ledger", ("fail", "does not exist", "")),
        ({"LEDGER__URL": "memory"}, "ledger", ("warn", "forgotten", "")),
        ({"SLACK__TOKEN": "", "SLACK__CHANNEL": ""}, "slack", ("warn", "not configured", "")),
        ({"SLACK__TOKEN": "", "SLACK__CHANNEL": "", "SLACK__WEBHOOK_URL": "{aws.webhook_url}"}, "slack", ("unseen", "", "")),
        ({"SLACK__TOKEN": "", "SLACK__CHANNEL": "", "SLACK__WEBHOOK_URL": "env:NOWHERE"}, "slack", ("fail", "NOWHERE", "")),
        ({"SLACK__API_URL": "http://127.0.0.1:9/api/"}, "slack", ("unseen", "", "")),
        ({"SLACK__CHANNEL": "#infra"}, "slack.channel", ("unseen", "", "")),
        ({"EVENTS__BUS": "b"}, "events", ("fail", "the bus b does not exist in {region}: findings stay in the queue", "aws events create-event-bus --name b --region {region}")),
        ({"ACCOUNTS__ALLOWED": '["222233334444"]'}, "accounts.222233334444", ("fail", "set role_name", "")),
        ({"WORKFLOW": '[{{"name": "ci", "principals": ["arn:aws:iam::*:role/renamed-*"]}}]'}, "workflow.ci.lately", ("warn", "covers none of the 2 newest writes in {region}", "")),
        ({"WORKFLOW": '[{{"name": "ci", "principals": ["arn:aws:iam::999999999999:role/deploy"]}}]'}, "workflow.ci.started_by", ("unseen", "who can pass for the workflow ci is unknown", "set started_by = ")),
    ],
)  # fmt: skip
def test_a_setting_that_does_not_fit_costs_a_line(world, look, given, name, expected):
    settings = {f"IACWATCH_{key}": text.format(**vars(world)) for key, text in given.items()}
    found = look(world, name.partition(".")[0], **settings)
    assert says(found, name, *(each.format(**vars(world)) for each in expected))
    assert world.aws.slack_messages == []


def test_a_region_without_a_recorder_and_a_function_that_is_not_there_fail(world, look):
    found = look(world, "recorder", options={"region": "eu-north-1"})
    assert says(found, "recorder", "fail", "has no recorder in eu-north-1")
    missing = look(world, "function", options={"function": "nobody"})
    assert says(missing, "function", "fail", "does not exist")


def test_a_queue_without_anything_gets_all_of_it_from_the_commands(fresh, look):
    bare = fresh.sqs.create_queue(QueueName=f"{fresh.name}-bare")["QueueUrl"]
    found = look(fresh, IACWATCH_QUEUE__URL=bare)
    assert says(found, "rule", "fail", fresh.queue_arn)
    assert says(found, "mapping", "ok", "no function reads the queue, and nothing waits in it")
    for name, status in (("rule", "fail"), ("queue.redrive", "fail"), ("queue.delay", "warn")):
        carry_out(only(found, name, status).mend, fresh.client)
    found = look(fresh, IACWATCH_QUEUE__URL=bare)
    carry_out(only(found, "queue.policy", "fail").mend, fresh.client)
    found = look(fresh, IACWATCH_QUEUE__URL=bare)
    assert says(found, "rule.dead-letters", "warn", "", "ARN-OF-A-QUEUE")
    assert "fail" not in {kind(each) for some in found.values() for each in some}
    fresh.sqs.send_message(QueueUrl=bare, MessageBody="a change", DelaySeconds=0)
    waiting = look(fresh, IACWATCH_QUEUE__URL=bare)
    assert says(waiting, "mapping", "warn", "about 1 messages wait in it", "iacwatch drain")


def test_a_rule_that_rewrites_what_it_sends_or_passes_nothing_fails(fresh, look):
    for path, told in (("$.detail.configurationItem", True), ("$.detail", False)):
        fresh.events.put_targets(Rule=fresh.name, Targets=[{**fresh.target, "InputPath": path}])
        assert ("rule.target" in look(fresh, "rule")) is told
    pattern(**{"detail-type": ["Config Rules Compliance Change"]})(fresh)
    assert says(look(fresh, "rule"), "rule.pattern", "fail", "lets no change of an item pass")


def test_dead_letters_a_queue_open_to_anybody_and_queues_that_are_gone_are_told(fresh, look):
    for url in (fresh.dead_url, fresh.rule_dead_url):
        fresh.sqs.send_message(QueueUrl=url, MessageBody="a change")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": fresh.queue_arn}
    fresh.attributes(Policy=json.dumps({"Statement": [statement]}))
    found = look(fresh, "queue", "rule")
    assert says(found, "queue.dead-letters", "warn", "", "iacwatch replay-dlq --list")
    assert says(found, "rule.dead-letters", "warn", "", "iacwatch drain --queue-url")
    assert says(found, "queue.policy", "warn", "changes can be made up", fresh.rule_arn)
    for url in (fresh.dead_url, fresh.rule_dead_url):
        fresh.sqs.delete_queue(QueueUrl=url)
    found = look(fresh, "queue", "rule")
    assert says(found, "queue.dead-letters", "fail", "does not exist")
    assert says(found, "rule.dead-letters", "fail", "does not exist")


def test_without_a_queue_the_one_that_rules_send_to_is_looked_at(fresh, look):
    found = look(fresh, IACWATCH_QUEUE__URL="")
    assert f"is looked at: {fresh.queue_arn}" in found["queue"][0].message
    assert all_right(found), found
    fresh.close()
    found = look(fresh, IACWATCH_QUEUE__URL="")
    assert says(found, "queue", "fail", "no rule sends AWS Config's changes to one")


def test_types_are_known_by_what_is_there_or_by_the_recorders_list_where_it_has_one(fresh, look):
    fresh.aws.add_item(item(1, ago(60), awsAccountId=ACCOUNT, awsRegion=ELSEWHERE))
    one = "the calls of the one resource type recorded here are known by rules of their own (1)"
    assert says(look(fresh, "recorder"), "recorder.known", "ok", one)
    fresh.aws.fail("config", "GetDiscoveredResourceCounts", "empty", times=9)
    assert says(look(fresh, "recorder"), "recorder.known", "unseen")
    fresh.aws.faults._faults.clear()
    fresh.aws.deny("config", "GetDiscoveredResourceCounts")
    grant = "grant config:GetDiscoveredResourceCounts"
    assert says(look(fresh, "recorder"), "recorder.known", "unseen", "", grant)
    types = ["AWS::S3::Bucket", "AWS::Pinpoint::App"]
    fresh.aws.add_recorder(recordingGroup={"allSupported": False, "resourceTypes": types})
    two = "rules of their own (1), the name alone (AWS::Pinpoint::App)"
    assert says(look(fresh, "recorder"), "recorder.known", "ok", two)


def test_a_clock_that_is_wrong_is_told(fresh, look):
    fresh.aws.jump(timedelta(minutes=10))
    assert says(look(fresh, "credentials"), "clock", "fail", "AWS refuses")


def test_a_quiet_or_throttled_trail_is_told_as_what_it_is(fresh, look):
    fresh.aws.fail("cloudtrail", "LookupEvents", "ThrottlingException", times=2)
    assert says(look(fresh, "trail"), "trail", "ok")
    fresh.aws.fail("cloudtrail", "LookupEvents", "ThrottlingException", times=4)
    assert says(look(fresh, "trail"), "trail", "unseen", "too many calls")
    fresh.aws.trail._events.clear()
    fresh.work(minutes=140)
    assert says(look(fresh, "trail"), "trail", "warn", f"its newest event in {ELSEWHERE} is 140 minutes old")
    fresh.aws.trail._events.clear()
    found = look(fresh, "trail", "workflow")
    assert says(found, "trail", "warn", f"shows no call in {ELSEWHERE}")
    assert says(found, "workflow.lately", "unseen")


def test_slack_is_asked_and_nothing_is_posted(fresh, look):
    slack = fresh.aws.slack
    slack.outside = frozenset({CHANNEL})
    assert says(look(fresh, "slack"), "slack.channel", "fail", "the bot is not in #infra")
    slack.scopes = frozenset({"chat:write", "chat:write.public", "channels:read"})
    assert says(look(fresh, "slack"), "slack.channel", "ok")
    slack.scopes = frozenset({"users:read"})
    found = look(fresh, "slack")
    assert says(found, "slack.scopes", "fail", "it lacks chat:write")
    assert says(found, "slack.channel", "unseen", "", "add channels:read")
    slack.channels = frozenset()
    slack.scopes = frozenset({"chat:write", "channels:read"})
    assert says(look(fresh, "slack"), "slack.channel", "fail", "channel_not_found")
    slack.tokens = frozenset()
    assert says(look(fresh, "slack"), "slack", "fail", "invalid_auth")
    for body in ("<html><b>Sign in</b></html>", "[7]"):
        fresh.aws.fail("slack", "auth.test", f"raw:{body}")
        found = look(fresh, "slack")
        assert says(
            found, "slack", "unseen", "Slack could not be asked: ", "check slack.api_url and the proxy"
        )
        assert "<" not in only(found, "slack", "unseen").message
    assert fresh.aws.slack_messages == []


def test_the_bus_is_looked_at_where_there_is_one_and_nothing_is_put_on_it(fresh, look):
    bus = f"{fresh.name}-findings"
    arn = fresh.events.create_event_bus(Name=bus)["EventBusArn"]
    for name in (bus, arn):
        found = look(fresh, "events", "slack", IACWATCH_EVENTS__BUS=name, **NO_SLACK)
        assert says(found, "events", "ok", f"the bus {name} is there (putting events on it is not tried)")
        assert "slack" not in found
    fresh.aws.deny("events", "*")
    denied = look(fresh, "events", moto=IN_MOTO.keys() - {"events"}, IACWATCH_EVENTS__BUS=bus)
    assert says(denied, "events", "unseen", "", "grant events:DescribeEventBus")


def test_a_test_message_is_posted_where_that_is_asked_for_and_taken_back(fresh, look):
    slack = fresh.aws.slack

    def posted(**more):
        return look(fresh, "slack", options={"post": True}, **more)

    found = posted(IACWATCH_SLACK__CHANNEL="#infra")
    assert says(found, "slack.post", "ok", "a test message was posted to #infra and deleted")
    assert (slack.messages, len(slack.deleted)) == ([], 1)
    fresh.aws.fail("slack", "chat.delete", "cant_delete_message")
    assert says(posted(), "slack.post", "ok", "could not be deleted: cant_delete")
    fresh.aws.fail("slack", "chat.postMessage", "not_in_channel")
    assert says(posted(), "slack.post", "fail", "", "/invite the bot")
    hook = posted(**NO_SLACK, IACWATCH_SLACK__WEBHOOK_URL=fresh.aws.webhook_url)
    assert says(hook, "slack.post", "ok", "through the webhook")
    assert slack.messages[-1]["method"] == "webhook"
    gone = posted(**NO_SLACK, IACWATCH_SLACK__WEBHOOK_URL=fresh.aws.url + "/services/none")
    assert says(gone, "slack.post", "fail", "refused the test message: HTTP 404")
    silent = posted(**NO_SLACK, IACWATCH_SLACK__WEBHOOK_URL="http://127.0.0.1:9/services/x")
    assert "127.0.0.1" not in only(silent, "slack.post", "fail").message


def test_roles_in_other_accounts_are_assumed_and_tried(fresh, look):
    good, bad = "222233334444", "333344445555"
    fresh.aws.add_role(f"arn:aws:iam::{good}:role/iacwatch-read")
    allowed = {"IACWATCH_ACCOUNTS__ALLOWED": json.dumps([good, bad, "*"])}
    found = look(fresh, "accounts", **allowed, IACWATCH_ACCOUNTS__ROLE_NAME="iacwatch-read")
    assert says(found, f"accounts.{good}", "ok", "reads its trail and history")
    assert says(found, f"accounts.{bad}", "fail", "", "sts:AssumeRole")
    assert says(found, "accounts", "ok", "any account")


def test_ledgers_that_cannot_be_used_are_told(fresh, look, tmp_path):
    fresh.table_of(f"{fresh.name}-wrong", key="id")
    wrong = look(fresh, "ledger", IACWATCH_LEDGER__URL=f"dynamodb://{fresh.name}-wrong")
    assert says(wrong, "ledger", "fail", "", "its only key has to be pk")
    file = tmp_path / "no.sqlite3"
    in_file = {"IACWATCH_LEDGER__URL": f"sqlite://{file}"}
    found = look(fresh, **in_file)
    assert says(found, "ledger", "ok", "is made by the first run")
    assert not file.exists()
    assert says(found, "function.settings", "warn", f"remembers what it reported in dynamodb://{fresh.table}")
    file.write_text("no database, though there is something in it")
    assert says(look(fresh, "ledger", **in_file), "ledger", "fail", "cannot be read")


def test_the_settings_that_a_function_runs_with_are_judged(fresh, look):
    named = {"options": {"function": fresh.name}, "IACWATCH_WORKFLOW": "[]", "IACWATCH_QUEUE__URL": ""}
    assert all_right(look(fresh, **named))
    rate = "IACWATCH_TRAIL__CALLS_PER_SECOND"
    fresh.configure(**{rate: "2.0", "IACWATCH_SLACK__TOKEN": "xoxb-demo"})
    found = look(fresh, **named)
    assert says(found, "mapping.concurrency", "warn", "make up to 4 calls a second", f"{rate}=1 ")
    assert says(found, "function.settings", "warn", "holds the secret itself")
    fresh.configure(IACWATCH_LEDGER__URL=None, IACWATCH_WORKFLOW=None)
    found = look(fresh, "ledger", "workflow", **named)
    assert says(found, "ledger", "warn", "remembers alone")
    assert says(found, "workflow", "warn", "no [[workflow]]")
    for value, config, words in (("many", None, rate), (None, "own.toml", "is in its zip")):
        fresh.configure(**{rate: value, "IACWATCH_CONFIG": config})
        found = look(fresh, "function", options={"function": fresh.name})
        assert any(words in each.message for each in found["function.settings"])
    fresh.configure(IACWATCH_CONFIG="ssm:/iacwatch")
    assert says(look(fresh), "mapping.concurrency", "unseen", "", f"--function {fresh.name}")


def test_each_look_that_is_refused_costs_its_own_line_only(fresh, look):
    everything = set(look(fresh))
    for service, name, lost in (
        ("events", "rule", {"rule.pattern", "rule.dead-letters", "queue.policy"}),
        ("lambda", "mapping", {"mapping.partial", "mapping.batch", "mapping.concurrency", "function"}),
        ("dynamodb", "ledger", {"ledger.ttl"}),
    ):
        fresh.aws.deny(service, "*")
        found = look(fresh, moto=IN_MOTO.keys() - {service})
        assert everything - set(found) == lost
        assert says(found, name, "unseen", "", f"grant {service}:")
    # What only the function's role may do is not held against these credentials.
    for service in ("cloudtrail", "config"):
        fresh.aws.deny(service, "*")
    found = look(fresh)
    for name in ("trail", "trail.global", "history"):
        assert says(found, name, "unseen", "a role of its own")


def test_a_workflows_role_that_people_can_take_is_told_with_the_line_that_mends_it(fresh, look):
    name = "workflow.ci.started_by"
    fresh.opened(web_identity(SUBJECT), minutes=30, name="AssumeRoleWithWebIdentity")
    everybody = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    fresh.aws.add_trust_policy(ROLE, trust(SUBJECT, everybody))
    told = only(look(fresh, "workflow"), name, "warn")
    assert "people can take the role gha-terraform-live and pass for the workflow ci" in told.message
    line = told.mend.partition("set started_by = ")[2].partition(" in the workflow")[0]
    held = {"IACWATCH_WORKFLOW": json.dumps([{**WORKFLOWS[0], "started_by": json.loads(line)}])}
    assert says(look(fresh, "workflow", **held), name, "ok", "fits 1 of the newest 1 sessions")
    fresh.opened(person())
    assert says(look(fresh, "workflow", **held), name, "ok", "alice@example.com")
    fresh.aws.deny("iam", "GetRole")
    assert says(look(fresh, "workflow"), name, "warn", "the trust policy shows nobody, yet they did")


def test_sessions_that_were_opened_at_the_home_regions_endpoint_are_found(fresh, look):
    fresh.region = "us-east-1"
    fresh.opened(person())
    assert says(look(fresh, "workflow"), "workflow.ci.started_by", "warn", "alice@example.com")
