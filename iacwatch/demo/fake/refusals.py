"""How a service of the fake refuses a call, in the form that its protocol has."""

from iacwatch.demo.fake.sts import xml_error
from iacwatch.demo.fake.wire import ApiError, HttpAnswer, RecordedCall, Scope, json_answer

JSON_VERSION = {"sqs": "1.0"}
"""The version of the awsJson protocol, where it is not 1.1."""


XML_SERVICES = frozenset({"sts", "iam"})
"""What speaks the query protocol."""


def refusal(service: str, error: ApiError) -> HttpAnswer:
    """Answer with an error."""
    if service in XML_SERVICES:
        return xml_error(error)
    kind = f"com.amazonaws.sqs#{error.kind}" if service == "sqs" else error.kind
    answer = json_answer(
        {"__type": kind, "message": error.message},
        status=error.status,
        version=JSON_VERSION.get(service, "1.1"),
    )
    headers: tuple[tuple[str, str], ...] = ()
    if service == "sqs":
        headers = (("x-amzn-query-error", f"{error.code or error.kind};Sender"),)
    return HttpAnswer(
        status=answer.status, body=answer.body, content_type=answer.content_type, headers=headers
    )


def denied(call: RecordedCall, scope: Scope, why: str = "") -> ApiError:
    """Return the error for a call that no policy allows; `why` ends the sentence."""
    who = f"arn:aws:iam::{scope.account_id}:user/iacwatch"
    message = f"User: {who} is not authorized to perform: {call.service}:{call.operation} {why}".rstrip()
    if call.service in XML_SERVICES:
        return ApiError("AccessDenied", message, status=403)
    code = "AccessDenied" if call.service == "sqs" else ""
    return ApiError("AccessDeniedException", message, status=400 if call.service != "sqs" else 403, code=code)
