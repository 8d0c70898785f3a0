"""What went wrong with an AWS call, in our words: what was being done, what happened, what to do next.

Errors are distinguished by their names, so that botocore need not be imported before AWS is called. What AWS
says itself is shown only where it helps: a refused signature's message holds the session token.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

from iacwatch.aws.answers import NOT_AN_ANSWER
from iacwatch.aws.denials import denial
from iacwatch.core.text import plain, words
from iacwatch.errors import AccessDenied, AwsError, NotThere

_LONGEST: Final = 240
_WHOLE: Final = 2_000
_ACTION: Final = re.compile(r"perform: ([a-z0-9-]{1,40}:[A-Za-z0-9]{1,80})")
_CALLER: Final = re.compile(r"User: (arn:\S{1,300})")
_SLOW_DOWN: Final = words(
    "LimitExceededException PriorRequestNotComplete ProvisionedThroughputExceededException "
    "RequestLimitExceeded RequestThrottled RequestThrottledException SlowDown ThrottledException Throttling "
    "ThrottlingException TooManyRequestsException"
)
_DENIED: Final = frozenset(
    {"403", "AuthorizationError", "AuthorizationErrorException", "NotAuthorized", "UnauthorizedOperation"}
)
_MISSING: Final = words(
    "404 AWS.SimpleQueueService.NonExistentQueue InvalidAddress NoSuchBucket NoSuchKey NotFoundException "
    "ParameterNotFound QueueDoesNotExist ResourceNotFoundException"
)
_EXPIRED: Final = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"})
_UNKNOWN_KEY: Final = words(
    "AuthFailure InvalidAccessKeyId InvalidClientTokenId InvalidToken MissingAuthenticationTokenException "
    "UnrecognizedClientException"
)
_SIGNATURE: Final = words(
    "IncompleteSignature InvalidSignatureException RequestExpired RequestInTheFuture RequestTimeTooSkewed "
    "SignatureDoesNotMatch"
)
_SIGN_IN: Final = "the AWS sign-in is missing or has expired"
_NETWORK: Final = frozenset({"ConnectionError", "HTTPClientError", "IncompleteReadError"})
_SERVER_FAULT: Final = 500
_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "NoCredentialsError": (
        "no AWS credentials were found",
        "pass --profile or set AWS_PROFILE, or sign in with `aws configure` or `aws sso login`",
    ),
    "PartialCredentialsError": (
        "the AWS credentials are incomplete",
        "set both the access key id and the secret access key",
    ),
    "SSOError": (_SIGN_IN, "run `aws sso login{profile}`"),
    "TokenRetrievalError": (_SIGN_IN, "run `aws sso login{profile}`"),
    "LoginError": (_SIGN_IN, "run `aws login{profile}`"),
    "RefreshWithMFAUnsupportedError": (
        "the credentials have expired and need an MFA code",
        "sign in again and repeat the command",
    ),
    "CredentialRetrievalError": (
        "the AWS credentials could not be fetched ({detail})",
        "check the credential source in the profile, or sign in first and pass those credentials",
    ),
    "MetadataRetrievalError": (
        "the AWS credentials could not be fetched ({detail})",
        "check the role of this machine",
    ),
    "ProfileNotFound": (
        "there is no such AWS profile ({detail})",
        "`aws configure list-profiles` lists the profiles",
    ),
    "ConfigParseError": ("the AWS configuration cannot be read ({detail})", "fix that file"),
    "NoRegionError": ("no AWS region is known", "pass --region or set AWS_DEFAULT_REGION"),
    "InvalidRegionError": ("that is not an AWS region ({detail})", "check --region"),
    "EndpointConnectionError": (
        "no connection to {host}",
        "check the region, the network and the proxy",
    ),
    "ConnectTimeoutError": (
        "the connection to {host} timed out",
        "check the network, the proxy or the VPC endpoint",
    ),
    "ReadTimeoutError": ("{host} did not answer in time", "try again"),
    "ProxyConnectionError": ("the proxy cannot be reached", "check HTTPS_PROXY"),
    "SSLError": (
        "the TLS certificate of {host} was refused",
        "set AWS_CA_BUNDLE if a proxy uses its own certificates",
    ),
    "ConnectionError": ("the connection to {host} failed", "try again"),
    "HTTPClientError": ("the connection to {host} broke off", "try again"),
    "IncompleteReadError": ("the connection to {host} broke off", "try again"),
    "ParamValidationError": ("the request is not valid ({detail})", "check what was asked for"),
}


@contextmanager
def calling(doing: str, *, action: str = "") -> Iterator[None]:
    """Turn what botocore raises inside into an `AwsError`; `doing` and `action` are those of `explained`."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  (only where AWS is asked)

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise explained(error, doing, action=action) from error


def explained(error: Exception, doing: str, *, action: str = "", profile: str = "") -> AwsError:
    """Return an error of botocore's (or a `ClientError`) as ours.

    `doing` begins the sentence ("cannot read the queue x"), `action` is the permission that the call needs
    ("sqs:ReceiveMessage") where AWS itself does not name it. An error that is ours already is returned as it
    is.
    """
    if isinstance(error, AwsError):
        return error
    if code_of(error):
        return _answered(error, doing, action=action, profile=profile)
    message = _message(error).removeprefix("Error when retrieving credentials from ")
    names = [kind.__name__ for kind in type(error).__mro__]
    known = next((name for name in names if name in _FAULTS), None)
    if known is None:
        return AwsError(f"{doing}: {message or names[0]}", code=names[0])
    happened, hint = (
        text.replace("{host}", _host(error))
        .replace("{detail}", message)
        .replace("{profile}", f" --profile {plain(profile, 80)}" if profile else "")
        for text in _FAULTS[known]
    )
    return AwsError(f"{doing}: {happened}", hint=hint, code=names[0])


def code_of(error: Exception) -> str:
    """Return the error code that AWS answered with; "" where there was no answer."""
    return plain(str(_part(error, "Error").get("Code", "")), 100)


def throttled(error: Exception) -> bool:
    """Return whether AWS refused a call because there were too many: wait, then try again."""
    return code_of(error) in _SLOW_DOWN or _part(error, "ResponseMetadata").get("HTTPStatusCode") == 429  # noqa: PLR2004 - Too Many Requests


def transient(error: Exception) -> bool:
    """Return whether a call that only reads is worth another try: a fault of the network, or within AWS."""
    status = _part(error, "ResponseMetadata").get("HTTPStatusCode", 0)
    names = {kind.__name__ for kind in type(error).__mro__}
    lost = not code_of(error) and bool(names & _NETWORK) and not names & {"SSLError", "ProxyConnectionError"}
    return lost or status >= _SERVER_FAULT or code_of(error) in {"RequestTimeout", "RequestTimeoutException"}


def _answered(error: Exception, doing: str, *, action: str, profile: str) -> AwsError:
    """Explain what AWS answered."""
    code, message = code_of(error), _message(error)
    if "AccessDenied" in code or code in _DENIED:
        return _denied(code, _message(error, _WHOLE), doing, action)
    if code in _MISSING:
        return NotThere(
            f"{doing}: it does not exist ({code})",
            hint="check its name, the region and the account",
            code=code,
        )
    if code in _EXPIRED:
        again = f"aws sso login --profile {plain(profile, 80)}" if profile else "aws sso login"
        hint = f"sign in again (`{again}`) or get new credentials"
        return AwsError(f"{doing}: the AWS credentials have expired ({code})", hint=hint, code=code)
    if code in _UNKNOWN_KEY:
        hint = "check the profile, and that the region is enabled in that account"
        return AwsError(f"{doing}: AWS does not know the credentials ({code})", hint=hint, code=code)
    if code in _SIGNATURE:
        hint = "correct this machine's clock, and check the secret access key"
        return AwsError(f"{doing}: AWS refused the signature ({code})", hint=hint, code=code)
    if code == NOT_AN_ANSWER:
        hint = "check for a proxy, a captive portal or a wrong endpoint (HTTPS_PROXY, AWS_ENDPOINT_URL)"
        return AwsError(f"{doing}: AWS's address {message}", hint=hint, code=code)
    if throttled(error):
        hint = "others in the account share the limit; try again later"
        return AwsError(f"{doing}: too many calls ({code})", hint=hint, code=code)
    if transient(error):
        return AwsError(f"{doing}: AWS reported a fault ({code})", hint="try again later", code=code)
    return AwsError(f"{doing}: {code}" + (f" ({message})" if message else ""), code=code)


def _denied(code: str, message: str, doing: str, action: str) -> AccessDenied:
    """Name the permission that is missing, and what forbids it where AWS says so."""
    named = _ACTION.search(message)
    needed = named[1] if named else action
    if code.upper().startswith("KMS"):
        needed = "kms:Decrypt"
    who = _CALLER.search(message)
    whom = f" to {who[1]}" if who else ""
    if reason := denial(message):
        hint = reason
    elif needed == "sts:AssumeRole":
        hint = f"grant sts:AssumeRole{whom}, and name it (with the external id) in the role's trust policy"
    elif needed:
        hint = f"grant {needed}{whom}"
    else:
        hint = f"grant the missing permission{whom}"
    return AccessDenied(f"{doing}: {code}" + (f" on {needed}" if needed else ""), hint=hint, code=code)


def _message(error: Exception, longest: int = _LONGEST) -> str:
    """Return what AWS or botocore says, as one line."""
    said = _part(error, "Error").get("Message") or ("" if code_of(error) else str(error))
    return plain(str(said), longest).rstrip(" .:")


def _part(error: Exception, name: str) -> Mapping[str, Any]:
    response = getattr(error, "response", None)
    part = response.get(name) if isinstance(response, Mapping) else None
    return part if isinstance(part, Mapping) else {}


def _host(error: Exception) -> str:
    """Return whom the call was for, without what a URL may hold besides."""
    url = getattr(error, "kwargs", {}).get("endpoint_url")
    try:
        return plain(urlsplit(str(url)).hostname or "AWS", 120)
    except ValueError:
        return "AWS"
