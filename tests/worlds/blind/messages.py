"""Queues, topics, rules, state machines and alarms."""

from tests.worlds.blind.row import FLIP, TAGS, N, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

REDRIVE = {"attributes": {"RedrivePolicy": '{"deadLetterTargetArn":"$arn"}'}}
queue = row(
    at("AWS::SQS::Queue", "sqs", "https://sqs.$region.amazonaws.com/$account/$name", "$name"),
    config={"QueueArn": "$arn", "DelaySeconds": "0", "VisibilityTimeout": "30"},
    words={"called": ("$id", "$id", "https://$region.queue.amazonaws.com/$account/$name")},
    by={"queueUrl": "$called"},
    tags=("extra.Tags map",),
    tag=tagging({"queueUrl": "$called"}, form="map", calls=("TagQueue", "UntagQueue")),
    create=call("CreateQueue", {"queueName": "$name", "tags": TAGS}, {"queueUrl": "$id"}),
    delete="DeleteQueue",
    updates=(
        by("SetQueueAttributes", {"attributes": {"VisibilityTimeout": "$n"}}, VisibilityTimeout="$n"),
        by("AddPermission", {"label": "l"}, Policy="p$n"),
    ),
    mentions=(
        call(
            "SetQueueAttributes",
            {"queueUrl": "https://sqs.$region.amazonaws.com/$account/other", **REDRIVE},
            resources=("arn:aws:sqs:$region:$account:other",),
        ),
    ),
    resources=True,
)

NAMED = {"attributeName": "DisplayName", "attributeValue": "n$n"}
NOTIFY = {"NotificationConfiguration": {"TopicConfiguration": {"Topic": "$arn"}}}
topic = row(
    at("AWS::SNS::Topic", "sns", "$arn", "$name"),
    config={"TopicArn": "$arn"},
    by={"topicArn": "$arn"},
    tags=("extra.Tags key/value",),
    create=call("CreateTopic", {"name": "$name", "tags": TAGS}, {"topicArn": "$arn"}),
    delete="DeleteTopic",
    updates=(
        by("SetTopicAttributes", NAMED, DisplayName="n$n"),
        by("SetTopicAttributes", {"attributeName": "Policy"}, Policy='{"n": $n}'),
    ),
    mentions=(
        by("Publish"),
        call("PutBucketNotification", {"bucketName": "b", **NOTIFY}, service="s3"),
    ),
)

alarm = row(
    at("AWS::CloudWatch::Alarm", "monitoring", "$name", "arn:aws:cloudwatch:$region:$account:alarm:$name"),
    config={"alarmName": "$name", "alarmArn": "$arn", "actionsEnabled": True},
    by={"alarmName": "$name"},
    tags=(),
    tag=tagging("resourceARN"),
    create=by("PutMetricAlarm", {"metricName": "m"}),
    delete=call("DeleteAlarms", {"alarmNames": ["$other", "$name"]}),
    updates=(
        by("PutMetricAlarm", {"threshold": N, "alarmActions": ["a"]}, threshold=N),
        call("DisableAlarmActions", {"alarmNames": ["$name"]}, actionsEnabled=FLIP),
    ),
    mentions=(
        call("PutCompositeAlarm", {"alarmName": "all-$name", "alarmRule": "ALARM($name)"}),
        call("UpdateDeploymentGroup", {"alarmConfiguration": [{"name": "$name"}]}, service="codedeploy"),
    ),
)

rule, state_machine = kind_of("Events::Rule"), kind_of("StepFunctions::StateMachine")
