"""A set-up as the template makes it, for `iacwatch doctor`: most of it in moto, the rest in our own AWS."""

import json
import shlex
import uuid
import zipfile
from io import BytesIO

import boto3
from botocore import xform_name

from iacwatch.demo.fake.server import FakeAws
from iacwatch.doctor.ledger import KEY, TTL
from tests import moto_aws
from tests.deploy.stacks import Stack
from tests.small_world import call

ACCOUNT, REGION = "123456789012", moto_aws.REGION
"""moto's own account."""

CHANNEL = "C0123456789"
PIPELINE = "arn:aws:iam::*:role/gha-terraform-*"
WORKFLOWS = [{"name": "ci", "managed_by": ["terraform"], "principals": [PIPELINE]}]
IN_MOTO = {"sqs": "SQS", "events": "EVENTBRIDGE", "lambda": "LAMBDA", "dynamodb": "DYNAMODB"}
OPENS = "AWS_ENDPOINT_URL_"


class World:
    """All that the template makes, and an account in which somebody works."""

    def __init__(self, aws: FakeAws) -> None:
        self.aws, self.region = aws, aws.region
        self.name = f"iacwatch-{uuid.uuid4().hex[:8]}"
        self.stack = Stack(
            Name=self.name,
            SlackChannel=CHANNEL,
            SlackTokenSecret="iacwatch/slack",
            Workflows=json.dumps(WORKFLOWS),
            Reconcile="true",
        )
        self.sqs, self.events, self.functions, self.tables = map(
            self.client, ("sqs", "events", "lambda", "dynamodb")
        )
        self.table = self.table_of(self.name)
        self._queues()
        self._rules()
        self._function()
        aws.add_recorder()
        self.work()

    def environment(self, *, moto=IN_MOTO, **more):
        """Return what leads a process to all of it; `moto`: which services are there at all."""
        there = {f"{OPENS}{word}": moto_aws.url() for word in (IN_MOTO[name] for name in moto)}
        return {**self.aws.environment(), **there, **more}

    def settings(self, **more):
        """Return a configuration that goes with it, as the environment gives it."""
        return {
            "IACWATCH_QUEUE__URL": self.queue_url,
            "IACWATCH_QUEUE__DLQ_URL": self.dead_url,
            "IACWATCH_LEDGER__URL": f"dynamodb://{self.table}",
            "IACWATCH_SLACK__TOKEN": "xoxb-demo",
            "IACWATCH_SLACK__CHANNEL": CHANNEL,
            "IACWATCH_SLACK__API_URL": self.aws.slack_url,
            "IACWATCH_WORKFLOW": json.dumps(WORKFLOWS),
            **more,
        }

    def work(self, minutes=20):
        """Let the pipeline and a person make a call each, so long ago."""
        for place, role in enumerate(("gha-terraform-live", "Admin")):
            made = call(place, minutes, lag=0, recipientAccountId=ACCOUNT, awsRegion=self.region)
            issuer = made["userIdentity"]["sessionContext"]["sessionIssuer"]
            issuer["arn"] = f"arn:aws:iam::{ACCOUNT}:role/{role}"
            self.aws.add_event(made)

    def client(self, service):
        """Return a client of moto's."""
        return boto3.client(
            service,
            endpoint_url=moto_aws.url(),
            region_name=self.region,
            aws_access_key_id="AKIATEST",
            aws_secret_access_key="x",
        )

    def attributes(self, **changed):
        set_attributes(self.sqs, QueueUrl=self.queue_url, Attributes=changed)

    def policy(self, rule_arn):
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": self.queue_arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": [rule_arn]}},
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def mapping(self, **changed):
        self.functions.update_event_source_mapping(UUID=self.mapping_id, **changed)

    def close(self):
        """Take away what would be seen from other tests."""
        for rule in self.events.list_rules(NamePrefix=self.name)["Rules"]:
            for target in self.events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
                self.events.remove_targets(Rule=rule["Name"], Ids=[target["Id"]])
            self.events.delete_rule(Name=rule["Name"])

    def table_of(self, name, key=KEY):
        """Make a table as the template does; return its name."""
        self.tables.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        )
        self.tables.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"AttributeName": TTL, "Enabled": True}
        )
        return name

    def _queue(self, logical, *, arns=()):
        given = self.stack.properties(logical)
        named = {"SqsManagedSseEnabled", "DelaySeconds", "VisibilityTimeout", "MessageRetentionPeriod"}
        attributes = {name: str(given[name]).lower() for name in named & given.keys()}
        if redrive := given.get("RedrivePolicy"):
            attributes["RedrivePolicy"] = json.dumps({**redrive, "deadLetterTargetArn": arns[0]})
        url = self.sqs.create_queue(QueueName=given["QueueName"], Attributes=attributes)["QueueUrl"]
        told = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, told["Attributes"]["QueueArn"]

    def _queues(self):
        self.dead_url, self.dead_arn = self._queue("DeadLetterQueue")
        self.rule_dead_url, self.rule_dead_arn = self._queue("RuleDeadLetterQueue")
        self.queue_url, self.queue_arn = self._queue("Queue", arns=[self.dead_arn])

    def _rules(self):
        rule = self.stack.properties("Rule")
        self.pattern = json.dumps(rule["EventPattern"])
        self.rule_arn = self.events.put_rule(
            Name=rule["Name"], EventPattern=self.pattern, State=rule["State"]
        )["RuleArn"]
        (target,) = rule["Targets"]
        self.target = {
            **target,
            "Arn": self.queue_arn,
            "DeadLetterConfig": {"Arn": self.rule_dead_arn},
        }
        self.events.put_targets(Rule=rule["Name"], Targets=[self.target])
        self.attributes(Policy=self.policy(self.rule_arn))
        daily = self.stack.properties("ReconcileRule")
        self.daily = daily["Name"]
        self.events.put_rule(Name=self.daily, ScheduleExpression=daily["ScheduleExpression"])
        again = f"arn:aws:lambda:{self.region}:{ACCOUNT}:function:{self.name}-reconcile"
        self.events.put_targets(Rule=self.daily, Targets=[{"Id": "function", "Arn": again}])

    def _function(self):
        given, mapping = self.stack.properties("Function"), self.stack.properties("Mapping")
        role = self.client("iam").create_role(RoleName=self.name, AssumeRolePolicyDocument="{}")
        variables = given["Environment"]["Variables"]
        self.functions.create_function(
            FunctionName=self.name,
            Runtime=given["Runtime"],
            Handler=given["Handler"],
            Timeout=given["Timeout"],
            Role=role["Role"]["Arn"],
            Code={"ZipFile": _zip()},
            Environment={
                "Variables": {
                    **variables,
                    **self.settings(IACWATCH_WORKFLOW=variables["IACWATCH_WORKFLOW"]),
                    "IACWATCH_SLACK__TOKEN": "env:SLACK_TOKEN",
                    "SLACK_TOKEN": "xoxb-demo",
                }
            },
        )
        made = self.functions.create_event_source_mapping(
            **{**mapping, "EventSourceArn": self.queue_arn, "FunctionName": self.name}
        )
        self.mapping_id = made["UUID"]

    def configure(self, **variables):
        """Set variables of the function's environment; None takes one away."""
        told = self.functions.get_function_configuration(FunctionName=self.name)["Environment"]["Variables"]
        kept = {name: value for name, value in {**told, **variables}.items() if value is not None}
        self.functions.update_function_configuration(FunctionName=self.name, Environment={"Variables": kept})


def set_attributes(sqs, **arguments):
    """Set attributes of a queue: moto forgets a policy that is not set again."""
    asked = {"QueueUrl": arguments["QueueUrl"], "AttributeNames": ["Policy"]}
    kept = sqs.get_queue_attributes(**asked).get("Attributes", {})
    sqs.set_queue_attributes(**{**arguments, "Attributes": {**kept, **arguments["Attributes"]}})


def carry_out(line, client):
    """Do what a line of AWS CLI commands says, as the CLI would; return what was called."""
    called = []
    for command in line.split(" && "):
        _, service, operation, *words = shlex.split(command)
        made = client({"configservice": "config"}.get(service, service))
        known = made.meta.service_model.operation_names
        name = next(each for each in known if xform_name(each, "-") == operation)
        members = made.meta.service_model.operation_model(name).input_shape.members
        arguments = {}
        while words:
            option, *words = words
            value = words.pop(0) if words and not words[0].startswith("--") else None
            if option in {"--region", "--profile"}:
                continue
            key = next(each for each in members if f"--{xform_name(each, '-')}" == option)
            arguments[key] = _argument(value, members[key])
        if name == "SetQueueAttributes":
            set_attributes(made, **arguments)
        else:
            getattr(made, xform_name(name))(**arguments)
        called.append(f"{service} {operation}")
    return called


def _argument(value, shape):
    match shape.type_name:
        case "boolean":
            return value != "false"
        case "integer" | "long":
            return int(value)
        case "string":
            return value
    if value[0] in "[{":
        return json.loads(value)
    if shape.type_name == "list":
        return value.split(",")
    parts = dict(part.split("=", 1) for part in value.split(","))
    return {name: _argument(part, shape.members[name]) for name, part in parts.items()}


def _zip():
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("nothing.py", "")
    return held.getvalue()
