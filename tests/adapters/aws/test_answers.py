"""Answers that are none, over HTTP: a page, nothing, or a list that is not there is a failure, whatever was asked."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.retries import standard

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


class Elsewhere(ThreadingHTTPServer):
    """Answers everything with one status and one body; `asked` counts the requests."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def give(self, body, status, kind):
        self.status, self.body, self.kind, self.asked = status, body, kind, 0


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.server.asked += 1
        body = self.server.body
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(self.server.status)
        self.send_header("Content-Type", self.server.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815  (the library's name)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    made = Elsewhere()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture(scope="module")
def sessions(server):
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        keys = {"AWS_ACCESS_KEY_ID": "AKIADEMO111122223333", "AWS_SECRET_ACCESS_KEY": "x"}
        files = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
        for name, value in {**keys, **files, "AWS_ENDPOINT_URL": server.url}.items():
            patch.setenv(name, value)
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
