"""Writes a report into a stream, and says what became of each finding where that fails."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TextIO

from iacwatch.core.model import Finding
from iacwatch.errors import DeliveryError
from iacwatch.ports import Delivered, Failure


def each_written(
    findings: Sequence[Finding], write: Callable[[Finding], None]
) -> Mapping[str, Delivered | Failure]:
    """Write the findings in the order given. A closed pipe raises `BrokenPipeError`."""
    answers: dict[str, Delivered | Failure] = {}
    for finding in findings:
        try:
            write(finding)
        except BrokenPipeError:
            raise
        except OSError as error:
            answers[finding.finding_id] = Failure(reason=why_not(error))
        else:
            answers[finding.finding_id] = Delivered()
    return answers


def write_whole(out: TextIO, parts: Iterable[str]) -> None:
    """Write all of a report and flush it; raise `DeliveryError` where that fails.

    A closed pipe is not a success either: the report reached nobody.
    """
    try:
        out.writelines(parts)
        out.flush()
    except OSError as error:
        raise DeliveryError(why_not(error)) from error


def why_not(error: OSError) -> str:
    """Return why a report could not be written."""
    return f"cannot write the report: {error.strerror or type(error).__name__}"
