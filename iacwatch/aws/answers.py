"""Checks that what came back is an answer of AWS's, so that "could not look" is never "nothing there".

A proxy, a captive portal or a wrong endpoint may answer 200 with a page, ``{}`` or ``null``. botocore makes
an empty answer of most of these, and fails in various ways on the rest. Here each becomes a fault of the
server's, which botocore and `caller.ApiCaller` try again as any other, and which then is an error with the
code `NOT_AN_ANSWER`.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

NOT_AN_ANSWER: Final = "NotAnAnswer"

_ALWAYS_THERE: Final[Mapping[str, str]] = {
    "AssumeRole": "Credentials",
    "BatchGetItem": "Responses",
    "ChangeMessageVisibilityBatch": "Successful",
    "DeleteMessageBatch": "Successful",
    "DescribeConfigurationRecorderStatus": "ConfigurationRecordersStatus",
    "DescribeConfigurationRecorders": "ConfigurationRecorders",
    "DescribeTimeToLive": "TimeToLiveDescription",
    "FunctionConfiguration": "FunctionArn",
    "GetCallerIdentity": "Account",
    "GetDiscoveredResourceCounts": "totalDiscoveredResources",
    "GetParameter": "Parameter",
    "GetQueryExecution": "QueryExecution",
    "GetQueryResults": "ResultSet",
    "GetQueueAttributes": "Attributes",
    "GetQueueUrl": "QueueUrl",
    "GetResourceConfigHistory": "configurationItems",
    "GetSecretValue": "ARN",
    "GetTableMetadata": "TableMetadata",
    "GetWorkGroup": "WorkGroup",
    "ListDiscoveredResources": "resourceIdentifiers",
    "ListEventSourceMappings": "EventSourceMappings",
    "ListObjectsV2": "IsTruncated",
    "ListRules": "Rules",
    "ListTargetsByRule": "Targets",
    "LookupEvents": "Events",
    "PutEvents": "Entries",
    "SelectResourceConfig": "Results",
    "StartQueryExecution": "QueryExecutionId",
}
"""What the answer to an operation always holds, if only as an empty list; by its shape's name in the model.

SQS answers ``{}`` for an empty queue, and DynamoDB to a write: of these only the form is checked.
"""

_SHAPE: Final = re.compile(r"(?:Response|Result|Output)$")
_PAGE: Final = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_ERROR: Final = 300
_FAULT: Final = 500
_DOWN: Final = frozenset({502, 503, 504})
"""With these AWS's own front ends answer a page too."""


class AnswerParsers:
    """Makes the parsers of answers, as botocore's session asks for them."""

    def create_parser(self, protocol_name: str) -> "AnswerParser":
        """Return the parser of a protocol, such as ``json``."""
        from botocore.parsers import create_parser  # noqa: PLC0415  (a heavy import, only where AWS is asked)

        return AnswerParser(create_parser(protocol_name), is_json="json" in protocol_name)


class AnswerParser:
    """Parses answers as botocore does; what is none becomes a fault."""

    def __init__(self, parser: Any, *, is_json: bool) -> None:
        """Take botocore's parser, and whether the answers are JSON objects, or else XML."""
        self._parser = parser
        self._json = is_json

    def parse(self, response: Mapping[str, Any], shape: Any) -> Mapping[str, Any]:
        """Return an answer as plain values, under ``Error`` where it is a refusal or a fault."""
        from botocore.parsers import ResponseParserError  # noqa: PLC0415  (only where AWS is asked)

        if reason := self._wrong_form(response, shape):
            return _fault(response, reason)
        try:
            parsed: Mapping[str, Any] = self._parser.parse(response, shape)
            if self._json and set(parsed) <= {"ResponseMetadata"} and response["body"]:
                json.loads(response["body"])  # botocore takes what is broken for an answer without anything
        except (ResponseParserError, AttributeError, LookupError, TypeError, ValueError):
            return _fault(response, "nothing that can be read")
        if response["status_code"] >= _ERROR:
            nameless = "Error" in parsed and not parsed["Error"].get("Code")
            return _fault(response, "an error without a code") if nameless else parsed
        wanted = _ALWAYS_THERE.get(_SHAPE.sub("", shape.name)) if shape is not None else None
        lacks = wanted and wanted in shape.members and wanted not in parsed
        return _fault(response, f"no {wanted}") if lacks else parsed

    def _wrong_form(self, response: Mapping[str, Any], shape: Any) -> str:
        """Return what a body is that the protocol does not have; "" where it may be an answer.

        Of a JSON protocol it may be empty where the operation answers nothing.
        """
        body = response["body"]
        if not isinstance(body, bytes) or response["status_code"] in _DOWN:
            return ""
        if _PAGE.match(body):
            return "a page (HTML)"
        text = body.strip()
        if not text:
            empty = self._json and shape is not None and response["status_code"] < _ERROR
            return "nothing" if empty else ""
        if self._json:
            return "" if text.startswith(b"{") else "no JSON object"
        return "" if text.startswith(b"<") else "no XML"


def correct_status(response: tuple[Any, Mapping[str, Any]] | None, **_: Any) -> None:
    """Give an HTTP answer the status that its parser found; for botocore's event ``needs-retry``."""
    if response is not None:
        answer, parsed = response
        answer.status_code = parsed.get("ResponseMetadata", {}).get("HTTPStatusCode", answer.status_code)


def _fault(response: Mapping[str, Any], with_what: str) -> Mapping[str, Any]:
    """Return what botocore makes of an error: a passing one, unless the status says that it is final."""
    status = response["status_code"]
    code = str(status) if status in _DOWN else NOT_AN_ANSWER
    headers = {name.lower(): value for name, value in response["headers"].items()}
    return {
        "Error": {"Code": code, "Message": f"answered with {with_what}"},
        "ResponseMetadata": {
            "HTTPStatusCode": status if status >= _ERROR else _FAULT,
            "HTTPHeaders": headers,
        },
    }
