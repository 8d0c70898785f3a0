"""Every error of AWS's and botocore's is one sentence that says what to do."""

import botocore.exceptions as botocore
import pytest
from botocore.exceptions import ClientError

from iacwatch.aws.errors import explained, throttled, transient
from iacwatch.errors import AccessDenied, AwsError, NotThere

CALLER = "arn:aws:sts::111122223333:assumed-role/ci/x"
LONG = f"arn:aws:sts::111122223333:assumed-role/{'r' * 64}/{'s' * 64}"


def refused(code, message="", status=400):
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "ReceiveMessage")


def denied(message="", code="AccessDenied"):
    return refused(code, message)


def at(kind, url="https://sqs.x.y/", **more):
    return kind(endpoint_url=url, **more)


SCP = "; an explicit deny in a service control policy forbids it, so granting it does not help: whoever administers the organization can change that"
BOUNDARY = "on cloudtrail:LookupEvents; no permissions boundary allows it, so granting it does not help: change the boundary of the caller's user or role"
CASES = [
    (denied(code="AccessDeniedException"), AccessDenied, "on sqs:ReceiveMessage; grant sqs:ReceiveMessage"),
    (denied(f"User: {CALLER} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222233334444:role/r"), AccessDenied, f"grant sts:AssumeRole to {CALLER}"),
    (denied("... with an explicit deny in a service control policy"), AccessDenied, SCP),
    (denied(f"User: {LONG} is not authorized to perform: cloudtrail:LookupEvents on resource: arn:aws:x:::{'y' * 100} because no permissions boundary allows the cloudtrail:LookupEvents action"), AccessDenied, BOUNDARY),
    (denied("... because no VPC endpoint policy allows the sqs:ReceiveMessage action"), AccessDenied, "change the policy of the VPC endpoint"),
    (denied("... with an explicit deny in an identity-based policy"), AccessDenied, "an explicit deny in an identity-based policy forbids it"),
    (denied("... because no resource-based policy allows the sqs:ReceiveMessage action"), AccessDenied, "change the policy of the resource itself"),
    (denied("... with an explicit deny"), AccessDenied, "an explicit deny forbids it"),
    (denied(code="KMS.AccessDeniedException"), AccessDenied, "grant kms:Decrypt"),
    (refused("AWS.SimpleQueueService.NonExistentQueue"), NotThere, "does not exist"),
    (refused("ResourceNotFoundException"), NotThere, "check its name, the region and the account"),
    (refused("ExpiredToken"), AwsError, "credentials have expired (ExpiredToken); sign in again"),
    (refused("InvalidClientTokenId"), AwsError, "does not know the credentials"),
    (refused("UnrecognizedClientException"), AwsError, "the region is enabled"),
    (refused("SignatureDoesNotMatch"), AwsError, "correct this machine's clock"),
    (refused("ThrottlingException"), AwsError, "too many calls"),
    (refused("InternalError", status=500), AwsError, "AWS reported a fault (InternalError); try again later"),
    (refused("ValidationException", "limit is wrong."), AwsError, "ValidationException (limit is wrong)"),
    (botocore.NoCredentialsError(), AwsError, "no AWS credentials were found"),
    (botocore.PartialCredentialsError(provider="env", cred_var="x"), AwsError, "are incomplete"),
    (botocore.UnauthorizedSSOTokenError(), AwsError, "run `aws sso login`"),
    (botocore.LoginRefreshRequired(), AwsError, "run `aws login`"),
    (botocore.CredentialRetrievalError(provider="p", error_msg="x"), AwsError, "could not be fetched"),
    (botocore.ProfileNotFound(profile="x"), AwsError, "no such AWS profile"),
    (botocore.NoRegionError(), AwsError, "pass --region"),
    (at(botocore.EndpointConnectionError, "https://u:p@sqs.eu-west-9.amazonaws.com/x?y"), AwsError, "no connection to sqs.eu-west-9.amazonaws.com; check the region"),
    (at(botocore.ConnectTimeoutError), AwsError, "the connection to sqs.x.y timed out"),
    (at(botocore.ReadTimeoutError), AwsError, "sqs.x.y did not answer in time"),
    (at(botocore.ConnectionClosedError), AwsError, "broke off"),
    (at(botocore.SSLError, error="x"), AwsError, "AWS_CA_BUNDLE"),
    (botocore.ProxyConnectionError(proxy_url="http://u:p@h"), AwsError, "check HTTPS_PROXY"),
    (botocore.ParamValidationError(report="bad"), AwsError, "the request is not valid"),
    (ValueError("Invalid endpoint: x"), AwsError, "Invalid endpoint: x"),
    (KeyError(), AwsError, "KeyError"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "kind", "words"), CASES)
def test_an_error_is_one_sentence_that_says_what_to_do(error, kind, words):
    told = explained(error, "cannot read the queue q", action="sqs:ReceiveMessage")
    assert type(told) is kind
    assert str(told).startswith("cannot read the queue q: ")
    assert words in str(told)
    assert not [text for text in ("\n", "u:p@", "{") if text in str(told)]
    assert told.code


def test_neither_control_characters_nor_length_of_what_aws_says_get_through():
    told = str(explained(refused("Odd", "\x1b[31mred\u202e" + "x" * 5_000), "cannot look"))
    assert not {"\x1b", "\u202e"} & set(told)
    assert len(told) < 400


def test_a_refused_signature_shows_nothing_of_the_request_it_signs():
    canonical = "The Canonical String should have been 'POST / host:x x-amz-security-token:IQoJb3SECRET'"
    for code in ("SignatureDoesNotMatch", "InvalidSignatureException"):
        assert "SECRET" not in str(explained(refused(code, canonical), "cannot look"))


def test_it_is_told_apart_what_is_worth_another_try():
    passing = refused("InternalFailure", status=500), at(botocore.ReadTimeoutError)
    lasting = denied(), at(botocore.SSLError, error="x"), botocore.NoCredentialsError(), ValueError("x")
    assert [transient(each) for each in passing + lasting] == [True] * 2 + [False] * 4
    busy = refused("Throttling"), refused("Whatever", status=429), denied()
    assert [throttled(each) for each in busy] == [True, True, False]
