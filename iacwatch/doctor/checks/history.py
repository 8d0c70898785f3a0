"""Checks whether AWS Config's history answers, by asking for an object that does not exist."""

from collections.abc import Iterator

from iacwatch.doctor.examination import Examination
from iacwatch.doctor.reads import ask_history
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, may, ok
from iacwatch.errors import AwsError


@check("history", after="trail")
def history(examination: Examination) -> Iterator[Result]:
    """Ask for the history of an object in our region."""
    setup = examination.setup
    try:
        ask_history(setup)
    except AwsError as error:
        yield may("history", error, drained=examination.drained)
    else:
        yield ok("history", f"AWS Config's history answers in {setup.region}")
