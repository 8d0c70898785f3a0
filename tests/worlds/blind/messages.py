"""Queues, topics, rules, state machines and alarms of the blind world."""

from tests.worlds.blind.kind import pairs, retag, store
from tests.worlds.blind.service import CONFIG_UPPER, EXTRA_LOWER, EXTRA_MAP, kind, op, tagging, thing_of


def queue(m, name):
    arn, url = m.arn("sqs", name), f"https://sqs.{m.region}.amazonaws.com/{m.account}/{name}"
    config = {"QueueArn": arn, "DelaySeconds": "0", "VisibilityTimeout": "30", "MaximumMessageSize": "262144"}
    thing = thing_of(m, "AWS::SQS::Queue", url, name=name, arn=arn, config=config, tags=EXTRA_MAP)
    own = [{"accountId": m.account, "type": "AWS::SQS::Queue", "ARN": arn}]
    other = f"https://{m.region}.queue.amazonaws.com/{m.account}/{name}"

    def call(operation, sent, change=lambda: None):
        called = m.pick(url, url, other)
        lists = [("AWS::SQS::Queue", called)]
        return op("sqs", operation, {"QueueUrl": called, **sent}, lists=lists, resources=own, change=change)

    def attributes():
        seconds = str(int(config["VisibilityTimeout"]) + 1)
        return call(
            "SetQueueAttributes",
            {"Attributes": {"VisibilityTimeout": seconds}},
            store(config, VisibilityTimeout=seconds),
        )

    def create():
        sent, lists = {"QueueName": name, "tags": dict(thing.tags)}, [("AWS::SQS::Queue", url)]
        return op("sqs", "CreateQueue", sent, {"QueueUrl": url}, lists=lists, resources=own)

    return kind(
        thing,
        create=create,
        updates=[attributes],
        delete=lambda: call("DeleteQueue", {}),
        tags={
            "tag": lambda tags: call("TagQueue", {"Tags": dict(tags)}, retag(thing, tags)),
            "untag": lambda keys: call("UntagQueue", {"TagKeys": list(keys)}, retag(thing, gone=keys)),
        },
        read=("sqs.amazonaws.com", "GetQueueAttributes", {"queueUrl": url}),
    )


def topic(m, name):
    arn = m.arn("sns", name)
    config = {"TopicArn": arn, "Owner": m.account, "DisplayName": "", "Policy": "{}"}
    thing = thing_of(
        m, "AWS::SNS::Topic", arn, name=name, arn=arn, config=config, tags=EXTRA_LOWER, created=None
    )
    lists = [("AWS::SNS::Topic", arn)]

    def attributes():
        text = f"n{m.next()}"
        sent = {"TopicArn": arn, "AttributeName": "DisplayName", "AttributeValue": text}
        return op("sns", "SetTopicAttributes", sent, lists=lists, change=store(config, DisplayName=text))

    return kind(
        thing,
        create=lambda: op(
            "sns", "CreateTopic", {"Name": name, "Tags": pairs(thing.tags)}, {"TopicArn": arn}, lists=lists
        ),
        updates=[attributes],
        delete=lambda: op("sns", "DeleteTopic", {"TopicArn": arn}, lists=lists),
        tags=tagging("sns", thing, by={"ResourceArn": arn}),
        read=("sns.amazonaws.com", "GetTopicAttributes", {"topicArn": arn}),
    )


def rule(m, name):
    arn = m.arn("events", f"rule/{name}")
    config = {
        "Name": name,
        "Id": name,
        "Arn": arn,
        "EventBusName": "default",
        "State": "ENABLED",
        "Targets": [],
    }
    thing = thing_of(
        m, "AWS::Events::Rule", name, name=name, arn=arn, config=config, tags=CONFIG_UPPER, created=None
    )

    def put():
        text = f"rate({2 + m.next()} hours)"
        sent = {"Name": name, "ScheduleExpression": text, "State": "ENABLED"}
        return op("events", "PutRule", sent, {"RuleArn": arn}, change=store(config, ScheduleExpression=text))

    def targets():
        target = {"Id": f"t{m.next()}", "Arn": m.arn("lambda", f"function:{name}")}
        sent = {"Rule": name, "Targets": [target]}
        got = {"FailedEntryCount": 0, "FailedEntries": []}
        return op("events", "PutTargets", sent, got, change=store(config, Targets=[target]))

    def disable():
        return op(
            "events",
            "DisableRule",
            {"Name": name, "EventBusName": "default"},
            change=store(config, State=f"D{m.next()}"),
        )

    return kind(
        thing,
        create=lambda: op(
            "events", "PutRule", {"Name": name, "ScheduleExpression": "rate(1 hour)"}, {"RuleArn": arn}
        ),
        updates=[put, targets, disable],
        delete=lambda: op("events", "DeleteRule", {"Name": name}),
        tags=tagging("events", thing, by={"ResourceARN": arn}),
        read=("events.amazonaws.com", "DescribeRule", {"name": name}),
    )


def state_machine(m, name):
    arn = m.arn("states", f"stateMachine:{name}")
    config = {
        "StateMachineName": name,
        "Arn": arn,
        "DefinitionString": "{}",
        "RoleArn": f"arn:aws:iam::{m.account}:role/sfn",
    }
    thing = thing_of(
        m, "AWS::StepFunctions::StateMachine", arn, name=name, arn=arn, config=config, tags=CONFIG_UPPER
    )

    def update():
        text = f'{{"n": {m.next()}}}'
        sent = {"stateMachineArn": arn, "definition": text}
        return op("stepfunctions", "UpdateStateMachine", sent, change=store(config, DefinitionString=text))

    def create():
        sent = {"name": name, "definition": "{}", "roleArn": config["RoleArn"]}
        return op("stepfunctions", "CreateStateMachine", sent, {"stateMachineArn": arn})

    return kind(
        thing,
        create=create,
        updates=[update],
        delete=lambda: op("stepfunctions", "DeleteStateMachine", {"stateMachineArn": arn}),
        tags=tagging(
            "stepfunctions",
            thing,
            by={"resourceArn": arn},
            tags_key="tags",
            form="key/value",
            keys_key="tagKeys",
        ),
        read=("states.amazonaws.com", "DescribeStateMachine", {"stateMachineArn": arn}),
    )


def alarm(m, name):
    arn = m.arn("cloudwatch", f"alarm:{name}")
    config = {"alarmName": name, "alarmArn": arn, "threshold": 5.0, "period": 60, "actionsEnabled": True}
    thing = thing_of(m, "AWS::CloudWatch::Alarm", name, name=name, arn=arn, config=config, created=None)
    lists = [("AWS::CloudWatch::Alarm", name)]

    def put():
        value = config["threshold"] + 1
        sent = {
            "AlarmName": name,
            "Threshold": value,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "LessThanThreshold",
        }
        sent["AlarmActions"] = [m.arn("sns", "alerts")]
        return op("cloudwatch", "PutMetricAlarm", sent, lists=lists, change=store(config, threshold=value))

    def disable():
        value = not config["actionsEnabled"]
        operation = "EnableAlarmActions" if value else "DisableAlarmActions"
        return op(
            "cloudwatch",
            operation,
            {"AlarmNames": [name]},
            lists=lists,
            change=store(config, actionsEnabled=value),
        )

    return kind(
        thing,
        create=put,
        updates=[put, disable],
        delete=lambda: op("cloudwatch", "DeleteAlarms", {"AlarmNames": [name]}, lists=lists),
        tags=tagging("cloudwatch", thing, by={"ResourceARN": arn}),
        read=("monitoring.amazonaws.com", "DescribeAlarms", {"alarmNames": [name]}),
    )
