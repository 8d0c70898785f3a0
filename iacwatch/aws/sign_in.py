"""Signs in to AWS by the user's own configuration; whatever fails on that way is one sentence.

botocore runs programs, reads files and asks for codes on that way, and passes on as they are what Python's
library raises then: a program that is missing, one that prints no JSON, a terminal that is not there.
"""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from iacwatch.aws.errors import explained

_DOING: Final = "cannot sign in to AWS"
_TERMINAL: Final = Path("/dev/tty")


def sign_in(session: Any, profile: str | None) -> None:
    """Let a botocore session find its credentials; raise `AwsError` where there are none, or they fail."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError  # noqa: PLC0415

    try:
        with _readable():
            _ask_on_a_terminal(session)
            credentials = session.get_credentials()
            if credentials is None:
                raise NoCredentialsError
            _guard_renewals(credentials)
            credentials.get_frozen_credentials()
    except (BotoCoreError, ClientError) as error:
        raise explained(error, _DOING, profile=profile or _named(session)) from error


@contextmanager
def _readable() -> Iterator[None]:
    """Raise what fails beneath botocore as an error of botocore's, which says what failed and no more."""
    from botocore.exceptions import CredentialRetrievalError  # noqa: PLC0415  (only where AWS is asked)

    try:
        yield
    except (OSError, EOFError, ValueError, AttributeError, LookupError, TypeError) as error:
        raise CredentialRetrievalError(provider="the profile", error_msg=_reason(error)) from error


def _reason(error: Exception) -> str:
    """Return what failed; never what was read, which may be a secret."""
    match error:
        case OSError(strerror=str(words)):
            return f"{error.filename}: {words}" if error.filename else words
        case EOFError():
            return "no MFA code was given"
        case ValueError() | AttributeError() | TypeError():
            return "what it names answers with something else than JSON"
        case _:
            return type(error).__name__


def _guard_renewals(credentials: Any) -> None:
    """Let credentials that renew themselves fail in the same way in the midst of a run."""
    renew: Callable[[], Any] | None = getattr(credentials, "_refresh_using", None)
    if renew is None:
        return

    def guarded() -> Any:
        with _readable():
            return renew()

    credentials._refresh_using = guarded  # noqa: SLF001  (botocore takes it nowhere else)


def _ask_on_a_terminal(session: Any) -> None:
    """Let a profile with an MFA device ask for the code on a terminal only, never from what is piped in."""
    for provider in session.get_component("credential_provider").providers:
        if hasattr(provider, "_prompter"):
            provider._prompter = _code  # noqa: SLF001  (botocore takes it nowhere else)


def _code(prompt: str) -> str:
    """Ask for the MFA code."""
    from botocore.exceptions import CredentialRetrievalError  # noqa: PLC0415  (only where AWS is asked)

    try:
        _TERMINAL.open().close()
    except OSError as error:
        reason = "it needs an MFA code, and there is no terminal to ask on"
        raise CredentialRetrievalError(provider="the profile", error_msg=reason) from error
    return getpass.getpass(prompt)


def _named(session: Any) -> str:
    """Return the profile that the environment names, for a hint; "" for the default one."""
    name = str(session.profile or "")
    return "" if name == "default" else name
