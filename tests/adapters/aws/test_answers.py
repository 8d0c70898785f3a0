"""Answers that are none: a page, nothing, or a list that is not there is a failure, whatever was asked."""

import os
from io import BytesIO

import pytest
from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
from botocore.retries import standard
from urllib3 import HTTPResponse

from iacwatch.aws.errors import calling
from iacwatch.aws.sessions import Sessions
from iacwatch.errors import AwsError

PAGE = b"<!DOCTYPE html>\n<html><head><meta charset=utf-8></head><body>Sign in<br></body></html>"
XHTML = b"<html><body><p>Sign in</p></body></html>"
QUEUE = {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/q"}
ENTRY = {"Id": "1", "ReceiptHandle": "r"}
ASKED = {
    ("athena", "get_query_results"): {"QueryExecutionId": "q"},
    ("cloudtrail", "lookup_events"): {},
    ("config", "get_resource_config_history"): {"resourceType": "AWS::EC2::VPC", "resourceId": "vpc-1"},
    ("config", "list_discovered_resources"): {"resourceType": "AWS::EC2::VPC"},
    ("config", "select_resource_config"): {"Expression": "select x"},
    ("dynamodb", "batch_get_item"): {"RequestItems": {"t": {"Keys": [{"pk": {"S": "a"}}]}}},
    ("dynamodb", "update_item"): {"TableName": "t", "Key": {"pk": {"S": "a"}}},
    ("events", "list_rules"): {},
    ("lambda", "get_function_configuration"): {"FunctionName": "f"},
    ("s3", "list_objects_v2"): {"Bucket": "b"},
    ("secretsmanager", "get_secret_value"): {"SecretId": "s"},
    ("sqs", "delete_message_batch"): {**QUEUE, "Entries": [ENTRY]},
    ("sqs", "receive_message"): QUEUE,
    ("sts", "get_caller_identity"): {},
}
MAY_BE_EMPTY = (("dynamodb", "update_item"), ("sqs", "receive_message"))
TRAIL = ("cloudtrail", "lookup_events")


class Network:
    """Answers every request with one status and one body; `asked` counts them."""

    def give(self, body, status, kind):
        self.status, self.body, self.kind, self.asked = status, body, kind, 0

    def send(self, request):
        self.asked += 1
        held = HTTPResponse(BytesIO(self.body), preload_content=False)
        return AWSResponse(request.url, self.status, {"content-type": self.kind}, held)


@pytest.fixture(scope="module")
def server():
    return Network()


@pytest.fixture(scope="module")
def sessions(server):
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name, value in {
            "AWS_ACCESS_KEY_ID": "AKIADEMO111122223333",
            "AWS_SECRET_ACCESS_KEY": "x",
        }.items():
            patch.setenv(name, value)
        patch.setattr(URLLib3Session, "send", lambda session, request: server.send(request))
        patch.setattr(standard.ExponentialBackoff, "delay_amount", lambda self, context: 0)
        patch.setattr(standard.RetryQuotaChecker, "acquire_retry_quota", lambda self, context: True)
        yield Sessions(region="eu-west-1")


@pytest.fixture
def ask(server, sessions):
    def ask(call, body, status=200, kind="application/x-amz-json-1.1"):
        server.give(body, status, kind)
        service, operation = call
        with calling("cannot look", action="a:B"):
            return getattr(sessions.client(service), operation)(**ASKED[call])

    return ask


@pytest.mark.parametrize("call", [pytest.param(call, id=call[1]) for call in ASKED])
def test_what_is_no_answer_is_a_failure_whatever_was_asked(ask, server, call):
    for page in (PAGE, XHTML):
        with pytest.raises(AwsError) as caught:
            ask(call, page, kind="text/html")
        assert str(caught.value) == (
            "cannot look: AWS's address answered with a page (HTML); check for a proxy, a captive portal or a"
            " wrong endpoint (HTTPS_PROXY, AWS_ENDPOINT_URL)"
        )
        assert server.asked == (1 if call[0] in {"cloudtrail", "config"} else 4)
    empty = b"{}", b'{"Events": null, "configurationItems": null, "Results": null, "message": "hello"}'
    bodies = b'["a"]', b'"ok"', b"ok", b'{"Events": [', b"", *(() if call in MAY_BE_EMPTY else empty)
    for body in bodies:
        with pytest.raises(AwsError, match="AWS's address answered with no"):
            ask(call, body)


def test_an_empty_list_is_an_answer_and_an_empty_object_where_aws_documents_it(ask):
    assert ask(TRAIL, b'{"Events": []}')["Events"] == []
    for call in MAY_BE_EMPTY:
        assert set(ask(call, b"{}")) == {"ResponseMetadata"}


def test_a_page_that_forbids_is_no_refusal_of_awss_and_one_of_awss_own_says_that_it_is_down(ask, server):
    for call in (TRAIL, ("s3", "list_objects_v2")):
        with pytest.raises(AwsError, match="answered with a page") as caught:
            ask(call, PAGE, status=403, kind="text/html")
        assert "grant" not in str(caught.value)
        assert server.asked == 1
        with pytest.raises(AwsError, match=r"AWS reported a fault \(503\)"):
            ask(call, PAGE, status=503, kind="text/html")
