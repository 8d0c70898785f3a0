"""The CloudFormation template, deployed in an emulator: rule, queue, function and dead letters at work."""

import io
import json
import re
import zipfile

import pytest

from iacwatch.deploy.template import text
from tests.deploy.emulator import MINISTACK, eventually, running
from tests.deploy.given import SLACK
from tests.deploy.stacks import ACCOUNT, REGION, Stack

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        MINISTACK is None, reason="there is no ministack on the PATH (pipx install ministack)"
    ),
]

FUNCTION = '''
import json
import boto3

def handler(event, context):
    """Return what says that it is bad, at once, as the function does with what it defers."""
    failed = []
    for record in event["Records"]:
        if json.loads(record["body"]).get("bad"):
            boto3.client("sqs").change_message_visibility(
                QueueUrl=__import__("os").environ["IACWATCH_QUEUE__URL"],
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=0,
            )
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
'''
CHANGE = {"messageType": "ConfigurationItemChangeNotification"}


@pytest.fixture(scope="module")
def aws(tmp_path_factory):
    with running(tmp_path_factory.mktemp("ministack")) as emulator:
        yield emulator


def for_the_emulator(template: str) -> str:
    """Let the rules take what a test may send (nobody may send as aws.config); drop the one unknown type."""
    unknown = re.compile(r"^  \w+:\n    Type: AWS::Events::EventBusPolicy\n(?:    .*\n)+", re.MULTILINE)
    changed, policies = unknown.subn("", template)
    assert policies == 2
    return changed.replace("source: [aws.config]", "source: [test.config]")


@pytest.fixture(scope="module")
def outputs(aws):
    """The outputs of the stack."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("iacwatch/__init__.py", "")
        archive.writestr("iacwatch/lambda_handler.py", FUNCTION)
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="code", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="code", Key="iacwatch.zip", Body=code.getvalue())
    given = {"CodeBucket": "code", "CodeKey": "iacwatch.zip", "MemberAccounts": "222233334444", **SLACK}
    stacks = aws.client("cloudformation")
    stacks.create_stack(
        StackName="iacwatch",
        TemplateBody=for_the_emulator(text("cloudformation")),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )

    def made():
        (stack,) = stacks.describe_stacks(StackName="iacwatch")["Stacks"]
        return stack if not stack["StackStatus"].endswith("IN_PROGRESS") else None

    stack = eventually(made, seconds=60)
    assert stack["StackStatus"] == "CREATE_COMPLETE", stack.get("StackStatusReason")
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def test_what_the_rules_take_waits_in_the_queue_for_its_ten_minutes(aws, outputs):
    events = aws.client("events")
    kinds = ("ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification", "Other")
    for bus in ("default", outputs["MemberBusArn"]):
        events.put_events(
            Entries=[
                {
                    "EventBusName": bus,
                    "Source": "test.config",
                    "DetailType": "Config Configuration Item Change",
                    "Detail": json.dumps({"messageType": kind}),
                }
                for kind in kinds
            ]
        )
    waiting = "ApproximateNumberOfMessagesDelayed"
    eventually(lambda: aws.attributes("iacwatch")[waiting] >= 4, seconds=20)
    assert aws.attributes("iacwatch")[waiting] == 4


def test_the_pattern_takes_what_config_sends(aws):
    envelope = {
        "id": "e",
        "version": "0",
        "account": ACCOUNT,
        "region": REGION,
        "time": "2026-11-20T10:00:00Z",
        "source": "aws.config",
        "resources": [],
        "detail-type": "Config Configuration Item Change",
        "detail": CHANGE,
    }
    pattern = Stack().properties("Rule")["EventPattern"]
    events = aws.client("events")

    def taken(**changed) -> bool:
        event = json.dumps(envelope | changed)
        return events.test_event_pattern(EventPattern=json.dumps(pattern), Event=event)["Result"]

    assert taken()
    assert not taken(detail={"messageType": "ConfigurationSnapshotDeliveryCompleted"})


def test_only_the_message_that_the_function_names_ends_as_a_dead_letter(aws, outputs):
    sqs = aws.client("sqs")
    for body in ({"good": 1}, {"bad": 1}, {"good": 2}):
        # A delay of its own counts before the queue's.
        sqs.send_message(QueueUrl=outputs["QueueUrl"], MessageBody=json.dumps(body), DelaySeconds=0)
    eventually(lambda: aws.attributes("iacwatch-dlq")["ApproximateNumberOfMessages"], seconds=100)
    dead = sqs.receive_message(
        QueueUrl=outputs["DeadLetterQueueUrl"], MaxNumberOfMessages=10, AttributeNames=["All"]
    )["Messages"]
    assert [json.loads(message["Body"]) for message in dead] == [{"bad": 1}]
    left = aws.attributes("iacwatch")
    assert (left["ApproximateNumberOfMessages"], left["ApproximateNumberOfMessagesNotVisible"]) == (0, 0)


def test_the_stack_can_be_removed_whole(aws, outputs):
    stacks, sqs = aws.client("cloudformation"), aws.client("sqs")
    assert outputs["QueueUrl"] in sqs.list_queues()["QueueUrls"]
    stacks.delete_stack(StackName="iacwatch")
    eventually(lambda: not sqs.list_queues().get("QueueUrls"), seconds=30)
    assert aws.client("dynamodb").list_tables()["TableNames"] == []
    assert aws.client("lambda").list_functions()["Functions"] == []
