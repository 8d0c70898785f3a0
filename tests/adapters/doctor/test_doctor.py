"""Every fault of a set-up costs its own line, and the command of that line mends it: tried, one by one."""

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.app.doctor import setup
from iacwatch.demo.fake.server import FakeAws
from iacwatch.doctor.run import examine
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
    set_attributes,
    trust,
    web_identity,
)
from tests.fixtures.small_world import ago, item

ELSEWHERE = "eu-central-1"


class NoLimit:
    """Lets every call through at once."""

    def wait(self, key):
        pass

    def throttled(self, key):
        pass


@pytest.fixture(scope="module")
def world():
    with FakeAws(account_id=ACCOUNT, region=REGION, rate=1000) as aws:
        yield World(aws)


@pytest.fixture(scope="module")
def examined(world, tmp_path_factory):
    """Examine that world again and again, with the same clients."""
    with pytest.MonkeyPatch.context() as patch:
        home = str(tmp_path_factory.mktemp("home"))
        for name, value in world.environment(HOME=home, **world.settings()).items():
            patch.setenv(name, value)
        made = replace(setup(), rate_limit=NoLimit())
        yield lambda: by_name(examine(made))


@pytest.fixture
def fresh():
    """A world for tests that leave something broken, in a region of its own."""
    with FakeAws(account_id=ACCOUNT, region=ELSEWHERE, rate=1000) as aws:
        made = World(aws)
        yield made
        made.close()


@pytest.fixture
def look(tmp_path):
    """Examine a world; return its checks in a list by name."""

    def examined(world, *, moto=IN_MOTO, options=None, **more):
        environ = world.environment(moto=moto, HOME=str(tmp_path), **world.settings(**more))
        with pytest.MonkeyPatch.context() as patch:
            for name in [each for each in os.environ if each.startswith(("AWS_", "IACWATCH_"))]:
                patch.delenv(name)
            for name, value in environ.items():
                patch.setenv(name, value)
            return by_name(examine(replace(setup(**(options or {})), rate_limit=NoLimit())))

    return examined


def by_name(checks):
    found = {}
    for check in checks:
        found.setdefault(check.name, []).append(check)
    return found


def all_right(found, *, but=""):
    """Return whether every line is ok, except those of one name."""
    return all(str(each.status) == "ok" for name, told in found.items() if name != but for each in told)


def statuses(found):
    return {name: [str(check.status) for check in checks] for name, checks in found.items()}


def only(found, name, status):
    """Return the one check of a name that has this status."""
    (check,) = [each for each in found[name] if str(each.status) == status]
    return check


def test_what_the_template_makes_is_all_right(examined):
    found = examined()
    assert all_right(found), found
    assert all(check.seen and not check.mend for checks in found.values() for check in checks)


def redrive(world, receives):
    return json.dumps({"deadLetterTargetArn": world.dead_arn, "maxReceiveCount": receives})


def targets(world, **changed):
    target = {name: value for name, value in {**world.target, **changed}.items() if value is not None}
    world.events.put_targets(Rule=world.name, Targets=[target])


def pattern(world, **detail):
    told = {"source": ["aws.config"], "detail": detail} if detail else {"source": ["aws.ec2"]}
    world.events.put_rule(Name=world.name, EventPattern=json.dumps(told))


FAULTS = {
    "the rule is disabled": (
        lambda world: world.events.disable_rule(Name=world.name),
        ("rule", "fail", "is disabled"),
    ),
    "the rule knows no oversized items": (
        lambda world: pattern(world, messageType=["ConfigurationItemChangeNotification"]),
        ("rule.pattern", "warn", "does not let pass: oversized items"),
    ),
    "the rule looks at tags": (
        lambda world: pattern(world, configurationItem={"tags": {"managed-by": [{"exists": True}]}}),
        ("rule.pattern", "warn", "deletions, changes that remove the tag, oversized items"),
    ),
    "messages are not delayed": (
        lambda world: world.attributes(DelaySeconds="0"),
        ("queue.delay", "warn", "wait 0 s, not 600"),
    ),
    "messages are kept for hours": (
        lambda world: world.attributes(MessageRetentionPeriod="36000"),
        ("queue.retention", "warn", "10 hours only"),
    ),
    "messages are kept for an hour": (
        lambda world: world.attributes(MessageRetentionPeriod="3600"),
        ("queue.retention", "fail", "1 hours only"),
    ),
    "messages come again while they are worked on": (
        lambda world: world.attributes(VisibilityTimeout="120"),
        ("queue.visibility", "fail", "comes again while it is worked on"),
    ),
    "messages may come again while they are worked on": (
        lambda world: world.attributes(VisibilityTimeout="900"),
        ("queue.visibility", "warn", "six times as long (1800 s)"),
    ),
    "a few receives are allowed": (
        lambda world: world.attributes(RedrivePolicy=redrive(world, 6)),
        ("queue.redrive", "warn", "after 6 receives already"),
    ),
    "three receives are allowed": (
        lambda world: world.attributes(RedrivePolicy=redrive(world, 3)),
        ("queue.redrive", "fail", "after 3 receives already"),
    ),
    "dead letters are kept no longer": (
        lambda world: set_attributes(
            world.sqs, QueueUrl=world.dead_url, Attributes={"MessageRetentionPeriod": "345600"}
        ),
        ("queue.dead-letters", "warn", "for 4 days, the queue for 4 days"),
    ),
    "the queue has the key that EventBridge cannot use": (
        lambda world: world.attributes(KmsMasterKeyId="alias/aws/sqs"),
        ("queue.encryption", "warn", "which EventBridge cannot use"),
    ),
    "the queue lets nobody send": (
        lambda world: world.attributes(Policy=""),
        ("queue.policy", "fail", "does not let the rule send"),
    ),
    "what waits is deleted": (
        lambda world: world.mapping(FunctionResponseTypes=[]),
        ("mapping.partial", "fail", "is deleted, and never reported"),
    ),
    "the mapping is disabled": (
        lambda world: world.mapping(Enabled=False),
        ("mapping", "fail", "is disabled"),
    ),
    "batches are small": (
        lambda world: world.mapping(BatchSize=10, MaximumBatchingWindowInSeconds=0),
        ("mapping.batch", "warn", "batches of up to 10 messages, gathered for 0 s"),
    ),
    "many copies may run": (
        lambda world: world.mapping(ScalingConfig={"MaximumConcurrency": 20}),
        ("mapping.concurrency", "warn", "20 copies of"),
    ),
    "the function is somebody else's": (
        lambda world: world.functions.update_function_configuration(
            FunctionName=world.name, Handler="other.handler"
        ),
        ("function", "warn", "handler other.handler"),
    ),
    "the function has no time": (
        lambda world: world.functions.update_function_configuration(FunctionName=world.name, Timeout=20),
        ("function.timeout", "warn", "may take 20 s only"),
    ),
    "the daily run is disabled": (
        lambda world: world.events.disable_rule(Name=world.daily),
        ("reconcile", "warn", "is disabled"),
    ),
    "the table grows": (
        lambda world: world.tables.update_time_to_live(
            TableName=world.table, TimeToLiveSpecification={"Enabled": False, "AttributeName": "ttl"}
        ),
        ("ledger.ttl", "warn", "grows without end"),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_its_own_line_whose_command_mends_it(world, examined, fault):
    break_, (name, status, words) = FAULTS[fault]
    break_(world)
    broken = examined()
    check = only(broken, name, status)
    assert words in check.message
    assert all_right(broken, but=name), broken
    assert carry_out(check.mend, world.client), check.mend
    again = examined()
    assert all_right(again), again


def test_a_queue_without_anything_gets_all_of_it_from_the_commands(fresh, look):
    bare = fresh.sqs.create_queue(QueueName=f"{fresh.name}-bare")["QueueUrl"]
    found = look(fresh, IACWATCH_QUEUE__URL=bare)
    assert "no rule sends AWS Config's changes to" in only(found, "rule", "fail").message
    assert fresh.queue_arn in only(found, "rule", "fail").message
    assert statuses(found)["queue.redrive"] == ["fail"]
    assert only(found, "mapping", "ok").message == "no function reads the queue, and nothing waits in it"
    carry_out(only(found, "rule", "fail").mend, fresh.client)
    carry_out(only(found, "queue.redrive", "fail").mend, fresh.client)
    carry_out(only(found, "queue.delay", "warn").mend, fresh.client)
    found = look(fresh, IACWATCH_QUEUE__URL=bare)
    carry_out(only(found, "queue.policy", "fail").mend, fresh.client)
    found = look(fresh, IACWATCH_QUEUE__URL=bare)
    assert "ARN-OF-A-QUEUE" in only(found, "rule.dead-letters", "warn").mend
    assert [name for name, told in statuses(found).items() if "fail" in told] == []
    fresh.sqs.send_message(QueueUrl=bare, MessageBody="a change", DelaySeconds=0)
    waiting = only(look(fresh, IACWATCH_QUEUE__URL=bare), "mapping", "warn")
    assert "about 1 messages wait in it" in waiting.message
    assert "iacwatch drain" in waiting.mend


def test_a_rule_that_rewrites_what_it_sends_or_passes_nothing_fails(fresh, look):
    targets(fresh, InputPath="$.detail.configurationItem")
    assert "rewrites what it sends" in only(look(fresh), "rule.target", "fail").message
    targets(fresh, InputPath="$.detail")
    assert "rule.target" not in look(fresh)
    fresh.events.put_rule(
        Name=fresh.name,
        EventPattern=json.dumps(
            {"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"]}
        ),
    )
    assert "lets no change of an item pass" in only(look(fresh), "rule.pattern", "fail").message


def test_dead_letters_of_the_queue_and_of_the_rule_are_told(fresh, look):
    for url in (fresh.dead_url, fresh.rule_dead_url):
        fresh.sqs.send_message(QueueUrl=url, MessageBody="a change")
    found = look(fresh)
    assert "iacwatch replay-dlq --list" in only(found, "queue.dead-letters", "warn").mend
    assert "iacwatch drain --queue-url" in only(found, "rule.dead-letters", "warn").mend


def test_a_dead_letter_queue_that_is_not_the_queues_is_told(fresh, look):
    found = look(fresh, IACWATCH_QUEUE__DLQ_URL=fresh.rule_dead_url)
    told = only(found, "queue.dead-letters", "warn")
    assert f"dead letters go to {fresh.dead_arn}" in told.message
    assert fresh.name in told.mend


def test_queues_that_are_gone_fail(fresh, look):
    fresh.sqs.delete_queue(QueueUrl=fresh.dead_url)
    fresh.sqs.delete_queue(QueueUrl=fresh.rule_dead_url)
    found = look(fresh)
    assert "does not exist" in only(found, "queue.dead-letters", "fail").message
    assert "does not exist" in only(found, "rule.dead-letters", "fail").message
    gone = look(fresh, IACWATCH_QUEUE__URL=fresh.queue_url + "-gone")
    assert "does not exist" in only(gone, "queue", "fail").message


def test_a_queue_that_anybody_may_send_to_is_told(fresh, look):
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": fresh.queue_arn}
    fresh.attributes(Policy=json.dumps({"Statement": [statement]}))
    found = look(fresh)
    assert "changes can be made up" in only(found, "queue.policy", "warn").message
    assert fresh.rule_arn in only(found, "queue.policy", "warn").mend


def test_without_a_queue_the_one_that_rules_send_to_is_looked_at(fresh, look):
    found = look(fresh, IACWATCH_QUEUE__URL="")
    assert f"is looked at: {fresh.queue_arn}" in found["queue"][0].message
    assert all_right(found), found
    fresh.close()
    found = look(fresh, IACWATCH_QUEUE__URL="")
    assert "no rule sends AWS Config's changes to one" in only(found, "queue", "fail").message
    assert {"recorder", "trail", "history", "slack"} <= found.keys()


def test_recorders_that_are_off_failing_partial_or_daily_are_told(fresh, look):
    fresh.aws.add_recorder(status={"recording": False})
    off = only(look(fresh), "recorder", "fail")
    assert "is off: iacwatch sees no change" in off.message
    assert off.mend == (
        "aws configservice start-configuration-recorder --configuration-recorder-name default"
        f" --region {ELSEWHERE}"
    )
    fresh.aws.add_recorder(
        status={"lastStatus": "Failure", "lastErrorCode": "AccessDenied"},
        recordingGroup={"resourceTypes": ["AWS::EC2::SecurityGroup"]},
        recordingMode={"recordingFrequency": "DAILY"},
    )
    fresh.aws.add_recorder(region="us-east-1")
    found = look(fresh)
    assert "its last recording failed: AccessDenied" in only(found, "recorder", "fail").message
    assert (
        "only 1 type is recorded (AWS::EC2::SecurityGroup)" in only(found, "recorder.types", "warn").message
    )
    assert "IAM is recorded in us-east-1, not here" in only(found, "recorder.global", "ok").message
    assert "recording is daily" in only(found, "recorder.frequency", "warn").message


def test_types_are_known_by_what_is_there_or_by_the_recorders_list_where_it_has_one(fresh, look):
    fresh.aws.add_item(item(1, ago(60), awsAccountId=ACCOUNT, awsRegion=ELSEWHERE))
    there = only(look(fresh), "recorder.known", "ok")
    assert (
        "the calls of the one resource type recorded here are known by rules of their own (1)"
        in there.message
    )
    fresh.aws.fail("config", "GetDiscoveredResourceCounts", "empty", times=9)
    assert not only(look(fresh), "recorder.known", "warn").seen
    fresh.aws.faults._faults.clear()
    fresh.aws.deny("config", "GetDiscoveredResourceCounts")
    unseen = only(look(fresh), "recorder.known", "warn")
    assert (unseen.seen, "grant config:GetDiscoveredResourceCounts" in unseen.mend) == (False, True)
    fresh.aws.add_recorder(
        recordingGroup={"allSupported": False, "resourceTypes": ["AWS::S3::Bucket", "AWS::Pinpoint::App"]}
    )
    assert (
        "rules of their own (1), the name alone (AWS::Pinpoint::App)"
        in only(look(fresh), "recorder.known", "ok").message
    )


def test_a_region_without_a_recorder_fails(fresh, look):
    found = look(fresh, options={"region": "eu-north-1"})
    assert "has no recorder in eu-north-1" in only(found, "recorder", "fail").message


def test_a_clock_that_is_wrong_is_told(fresh, look):
    fresh.aws.jump(timedelta(minutes=2))
    assert "s behind AWS's" in only(look(fresh), "clock", "warn").message
    fresh.aws.jump(timedelta(minutes=8))
    assert "AWS refuses" in only(look(fresh), "clock", "fail").message


def test_a_quiet_or_throttled_trail_is_told_as_what_it_is(fresh, look):
    fresh.aws.fail("cloudtrail", "LookupEvents", "ThrottlingException", times=2)
    assert statuses(look(fresh))["trail"] == ["ok"]
    fresh.aws.fail("cloudtrail", "LookupEvents", "ThrottlingException", times=4)
    busy = only(look(fresh), "trail", "warn")
    assert not busy.seen
    assert "too many calls" in busy.message
    fresh.aws.trail._events.clear()
    fresh.work(minutes=140)
    assert "its newest event in eu-central-1 is 140 minutes old" in only(look(fresh), "trail", "warn").message
    fresh.aws.trail._events.clear()
    found = look(fresh)
    assert "shows no call in eu-central-1" in only(found, "trail", "warn").message
    assert not only(found, "workflow.lately", "warn").seen


def test_slack_is_asked_and_nothing_is_posted(fresh, look):
    slack = fresh.aws.slack
    slack.outside = frozenset({CHANNEL})
    assert "the bot is not in #infra" in only(look(fresh), "slack.channel", "fail").message
    slack.scopes = frozenset({"chat:write", "chat:write.public", "channels:read"})
    assert statuses(look(fresh))["slack.channel"] == ["ok"]
    slack.scopes = frozenset({"users:read"})
    found = look(fresh)
    assert "it lacks chat:write" in only(found, "slack.scopes", "fail").message
    unknown = only(found, "slack.channel", "warn")
    assert not unknown.seen
    assert "add channels:read" in unknown.mend
    slack.channels = frozenset()
    slack.scopes = frozenset({"chat:write", "channels:read"})
    assert "channel_not_found" in only(look(fresh), "slack.channel", "fail").message
    assert not only(look(fresh, IACWATCH_SLACK__CHANNEL="#infra"), "slack.channel", "warn").seen
    slack.tokens = frozenset()
    assert "invalid_auth" in only(look(fresh), "slack", "fail").message
    down = look(fresh, IACWATCH_SLACK__API_URL="http://127.0.0.1:9/api/")
    assert not only(down, "slack", "warn").seen
    assert fresh.aws.slack_messages == []


@pytest.mark.parametrize("body", ['"ok"', "<html><b>Sign in</b></html>", "[7]", "null"])
def test_an_answer_that_is_not_slacks_says_nothing_of_the_token(fresh, look, body):
    fresh.aws.fail("slack", "auth.test", f"raw:{body}")
    check = only(look(fresh), "slack", "warn")
    assert (check.seen, check.message.startswith("Slack could not be asked: ")) == (False, True)
    assert "check slack.api_url and the proxy" in check.mend
    assert "<" not in check.message


def test_a_webhook_is_not_tried_and_no_slack_is_told(fresh, look):
    none = {"IACWATCH_SLACK__TOKEN": "", "IACWATCH_SLACK__CHANNEL": ""}
    assert "not configured" in only(look(fresh, **none), "slack", "warn").message
    hook = look(fresh, **none, IACWATCH_SLACK__WEBHOOK_URL=fresh.aws.webhook_url)
    assert not only(hook, "slack", "warn").seen
    missing = look(fresh, **none, IACWATCH_SLACK__WEBHOOK_URL="env:NOWHERE")
    assert "NOWHERE" in only(missing, "slack", "fail").message
    assert fresh.aws.slack_messages == []


def test_the_bus_is_looked_at_where_there_is_one_and_nothing_is_put_on_it(fresh, look):
    assert "events" not in look(fresh)
    bus = f"{fresh.name}-findings"
    gone = only(look(fresh, IACWATCH_EVENTS__BUS=bus), "events", "fail")
    assert gone.message == f"the bus {bus} does not exist in {fresh.region}: findings stay in the queue"
    assert gone.mend.endswith(f"aws events create-event-bus --name {bus} --region {fresh.region}")
    arn = fresh.events.create_event_bus(Name=bus)["EventBusArn"]
    none = {"IACWATCH_SLACK__TOKEN": "", "IACWATCH_SLACK__CHANNEL": ""}
    for name in (bus, arn):
        found = look(fresh, IACWATCH_EVENTS__BUS=name, **none)
        assert (
            only(found, "events", "ok").message
            == f"the bus {name} is there (putting events on it is not tried)"
        )
        assert "slack" not in found
    fresh.aws.deny("events", "*")
    denied = look(fresh, moto=[each for each in IN_MOTO if each != "events"], IACWATCH_EVENTS__BUS=bus)
    unseen = only(denied, "events", "warn")
    assert (unseen.seen, "grant events:DescribeEventBus" in unseen.mend) == (False, True)


def test_a_test_message_is_posted_where_that_is_asked_for_and_taken_back(fresh, look):
    slack, post = fresh.aws.slack, {"post": True}
    found = look(fresh, options=post, IACWATCH_SLACK__CHANNEL="#infra")
    assert "slack.channel" not in found
    assert only(found, "slack.post", "ok").message == "a test message was posted to #infra and deleted"
    assert (slack.messages, len(slack.deleted)) == ([], 1)
    fresh.aws.fail("slack", "chat.delete", "cant_delete_message")
    assert "could not be deleted: cant_delete" in only(look(fresh, options=post), "slack.post", "ok").message
    fresh.aws.fail("slack", "chat.postMessage", "not_in_channel")
    assert "/invite the bot" in only(look(fresh, options=post), "slack.post", "fail").mend
    none = {"IACWATCH_SLACK__TOKEN": "", "IACWATCH_SLACK__CHANNEL": ""}
    hook = look(fresh, options=post, **none, IACWATCH_SLACK__WEBHOOK_URL=fresh.aws.webhook_url)
    assert "through the webhook" in only(hook, "slack.post", "ok").message
    assert "slack" not in hook
    assert slack.messages[-1]["method"] == "webhook"
    gone = look(fresh, options=post, **none, IACWATCH_SLACK__WEBHOOK_URL=fresh.aws.url + "/services/none")
    assert "refused the test message: HTTP 404" in only(gone, "slack.post", "fail").message
    silent = look(fresh, options=post, **none, IACWATCH_SLACK__WEBHOOK_URL="http://127.0.0.1:9/services/x")
    assert "127.0.0.1" not in only(silent, "slack.post", "fail").message


def test_roles_in_other_accounts_are_assumed_and_tried(fresh, look):
    good, bad = "222233334444", "333344445555"
    fresh.aws.add_role(f"arn:aws:iam::{good}:role/iacwatch-read")
    found = look(
        fresh,
        IACWATCH_ACCOUNTS__ALLOWED=json.dumps([good, bad, "*"]),
        IACWATCH_ACCOUNTS__ROLE_NAME="iacwatch-read",
    )
    assert "reads its trail and history" in only(found, f"accounts.{good}", "ok").message
    assert "sts:AssumeRole" in only(found, f"accounts.{bad}", "fail").mend
    assert "any account" in only(found, "accounts", "ok").message
    no_role = look(fresh, IACWATCH_ACCOUNTS__ALLOWED=json.dumps([good]))
    assert "set role_name" in only(no_role, f"accounts.{good}", "fail").message


def test_ledgers_that_cannot_be_used_are_told(fresh, look, tmp_path):
    gone = look(fresh, IACWATCH_LEDGER__URL="dynamodb://nothing-there")
    assert "does not exist" in only(gone, "ledger", "fail").message
    fresh.table_of(f"{fresh.name}-wrong", key="id")
    wrong = look(fresh, IACWATCH_LEDGER__URL=f"dynamodb://{fresh.name}-wrong")
    assert "its only key has to be pk" in only(wrong, "ledger", "fail").mend
    assert "forgotten" in only(look(fresh, IACWATCH_LEDGER__URL="memory"), "ledger", "warn").message
    file = tmp_path / "no.sqlite3"
    found = look(fresh, IACWATCH_LEDGER__URL=f"sqlite://{file}")
    assert "is made by the first run" in only(found, "ledger", "ok").message
    assert not file.exists()
    assert f"remembers what it reported in dynamodb://{fresh.table}" in (
        only(found, "function.settings", "warn").message
    )
    file.write_text("no database, though there is something in it")
    assert (
        "cannot be read"
        in only(look(fresh, IACWATCH_LEDGER__URL=f"sqlite://{file}"), "ledger", "fail").message
    )


def test_the_settings_that_a_function_runs_with_are_judged(fresh, look):
    named = {"options": {"function": fresh.name}, "IACWATCH_WORKFLOW": "[]", "IACWATCH_QUEUE__URL": ""}
    assert all_right(look(fresh, **named))
    fresh.configure(IACWATCH_TRAIL__CALLS_PER_SECOND="2.0", IACWATCH_SLACK__TOKEN="xoxb-demo")
    found = look(fresh, **named)
    fast = only(found, "mapping.concurrency", "warn")
    assert "make up to 4 calls a second" in fast.message
    assert "IACWATCH_TRAIL__CALLS_PER_SECOND=1 " in fast.mend
    assert "holds the secret itself" in only(found, "function.settings", "warn").message
    fresh.configure(IACWATCH_LEDGER__URL=None, IACWATCH_WORKFLOW=None)
    found = look(fresh, **named)
    assert "remembers alone" in only(found, "ledger", "warn").message
    assert "no [[workflow]]" in only(found, "workflow", "warn").message
    fresh.configure(IACWATCH_TRAIL__CALLS_PER_SECOND="many")
    found = look(fresh, options={"function": fresh.name})
    assert "IACWATCH_TRAIL__CALLS_PER_SECOND" in only(found, "function.settings", "fail").message
    fresh.configure(IACWATCH_TRAIL__CALLS_PER_SECOND=None, IACWATCH_CONFIG="own.toml")
    found = look(fresh, options={"function": fresh.name})
    assert any("is in its zip" in each.message for each in found["function.settings"])
    missing = look(fresh, options={"function": "nobody"})
    assert "does not exist" in only(missing, "function", "fail").message


def test_a_function_whose_speed_is_in_its_own_configuration_is_not_guessed(fresh, look):
    fresh.configure(IACWATCH_TRAIL__CALLS_PER_SECOND=None, IACWATCH_CONFIG="ssm:/iacwatch")
    unknown = only(look(fresh), "mapping.concurrency", "warn")
    assert not unknown.seen
    assert f"--function {fresh.name}" in unknown.mend


def test_each_look_that_is_refused_costs_its_own_line_only(fresh, look):
    everything = set(look(fresh))
    for service, name, lost in (
        ("events", "rule", {"rule.pattern", "rule.dead-letters", "queue.policy"}),
        ("lambda", "mapping", {"mapping.partial", "mapping.batch", "mapping.concurrency", "function"}),
        ("dynamodb", "ledger", {"ledger.ttl"}),
    ):
        fresh.aws.deny(service, "*")
        found = look(fresh, moto=[each for each in IN_MOTO if each != service])
        assert everything - set(found) == lost
        (check,) = found[name]
        assert f"grant {service}:" in check.mend
        assert (str(check.status), check.seen) == ("warn", False)


def test_what_only_the_functions_role_may_do_is_not_held_against_these_credentials(fresh, look):
    for service in ("cloudtrail", "config"):
        fresh.aws.deny(service, "*")
    found = look(fresh)
    for name in ("trail", "trail.global", "history"):
        assert not only(found, name, "warn").seen
        assert "a role of its own" in only(found, name, "warn").message


def test_a_pipeline_that_no_workflow_covers_is_told(fresh, look):
    other = [{**WORKFLOWS[0], "principals": ["arn:aws:iam::*:role/renamed-*"]}]
    found = look(fresh, IACWATCH_WORKFLOW=json.dumps(other))
    assert "covers none of the 2 newest writes in eu-central-1" in (
        only(found, "workflow.ci.lately", "warn").message
    )


def test_a_workflows_role_that_people_can_take_is_told_with_the_line_that_mends_it(fresh, look):
    fresh.opened(web_identity(SUBJECT), minutes=30, name="AssumeRoleWithWebIdentity")
    everybody = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    fresh.aws.add_trust_policy(ROLE, trust(SUBJECT, everybody))
    told = only(look(fresh), "workflow.ci.started_by", "warn")
    assert told.message.startswith("people can take the role gha-terraform-live and pass for the workflow ci")
    line = told.mend.partition("set started_by = ")[2].partition(" in the workflow")[0]
    held = [{**WORKFLOWS[0], "started_by": json.loads(line)}]
    found = look(fresh, IACWATCH_WORKFLOW=json.dumps(held))
    assert "fits 1 of the newest 1 sessions" in only(found, "workflow.ci.started_by", "ok").message
    fresh.opened(person())
    found = look(fresh, IACWATCH_WORKFLOW=json.dumps(held))
    assert "alice@example.com" in only(found, "workflow.ci.started_by", "ok").message
    fresh.aws.deny("iam", "GetRole")
    found = look(fresh)
    assert (
        "the trust policy shows nobody, yet they did" in only(found, "workflow.ci.started_by", "warn").message
    )


def test_the_roles_of_a_workflow_are_those_that_it_names_and_those_that_wrote(fresh, look):
    named = [{"name": "ci", "principals": ["arn:aws:iam::*:role/ci/deploy", "arn:*:role/gha-*"]}]
    found = look(fresh, IACWATCH_WORKFLOW=json.dumps(named))
    assert "there is no role deploy" in only(found, "workflow.ci.started_by", "warn").message
    assert "the role gha-terraform-live" in only(found, "workflow.ci.started_by", "ok").message
    asked = [each for each in fresh.aws.calls if each.operation == "GetRole"]
    assert [each.body["RoleName"] for each in asked] == ["deploy", "gha-terraform-live"]


def test_a_role_of_an_account_that_may_not_be_read_is_told_as_unknown(fresh, look):
    named = [{"name": "ci", "principals": ["arn:aws:iam::999999999999:role/deploy"]}]
    told = only(look(fresh, IACWATCH_WORKFLOW=json.dumps(named)), "workflow.ci.started_by", "warn")
    assert not told.seen
    assert "who can pass for the workflow ci is unknown" in told.message
    assert told.mend.startswith("set started_by = ")


def test_sessions_that_were_opened_at_the_home_regions_endpoint_are_found(fresh, look):
    fresh.region = "us-east-1"
    fresh.opened(person())
    fresh.region = ELSEWHERE
    assert "alice@example.com" in only(look(fresh), "workflow.ci.started_by", "warn").message
