"""Every error that iacwatch raises on purpose.

::

    IacwatchError                 exit 1: something failed; it is still in its queue, or resumable
    ├── ParseError                one document cannot be read; the others go on
    ├── AwsError                  an AWS call failed: what was being done, to what, what to do next
    │   ├── AccessDenied          the caller may not do it; names the action to grant
    │   └── NotThere              the queue, table or bucket does not exist
    ├── DeliveryError             a finding could not be reported (Slack, a file)
    └── UsageError                exit 2: the caller has to change something first
        └── ConfigError           the configuration is wrong; names the key and the nearest known one

    Stopping                      not an error: the run was asked to end (a signal, a deadline)

Each carries a hint: one clause that says what to do about it.
"""

from typing import ClassVar


class IacwatchError(Exception):
    """Base of what iacwatch raises on purpose; `str()` is one sentence for people."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class ParseError(IacwatchError):
    """A document that cannot be read as what it should be."""


class AwsError(IacwatchError):
    """An AWS call that failed; `code` is the service's error code, or the kind of network fault."""

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint)
        self.code = code


class AccessDenied(AwsError):
    """The caller lacks a permission."""


class NotThere(AwsError):
    """What was asked for does not exist."""


class DeliveryError(IacwatchError):
    """A finding could not be reported."""


class UsageError(IacwatchError):
    """The command cannot run as it was called."""

    exit_code = 2


class ConfigError(UsageError):
    """The configuration is wrong."""


class Stopping(Exception):
    """The run was asked to end: give back what is in flight.

    `exit_code` is 130 for SIGINT, 143 for SIGTERM, 0 where a limit of the run itself was reached.
    """

    def __init__(self, why: str, *, exit_code: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.exit_code = exit_code
