"""Checks whether the trail answers, here and where the calls of global services are, and how fresh it is.

Only what reads is tried: a lookup of one page, or what lies there, where the trail is read from log files or
from a table.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from iacwatch.core.arn import home_of
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.reads import lookup
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, may, ok, warn
from iacwatch.doctor.setup import Setup
from iacwatch.doctor.trails import athena, log_files
from iacwatch.errors import AwsError

LATELY: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_ANSWERS: Final = "CloudTrail answers for the last 90 days"


@check("trail", after="reconcile")
def trail(examination: Examination) -> Iterator[Result]:
    """Judge where trail events come from."""
    setup, drained = examination.setup, examination.drained
    yield from _judged(setup, drained=drained)
    for number, each in enumerate(setup.fallback):
        behind = replace(setup, trail=each)
        if each.delivered is not None:
            results: Iterable[Result] = [log_files.judge_older(behind, drained=drained)]
        else:
            results = _judged(behind, drained=drained)
        for result in results:
            yield replace(result, name=result.name.replace("trail", f"trail.fallback[{number}]", 1))


def _judged(setup: Setup, *, drained: bool) -> Iterator[Result]:
    """Judge one trail, of `setup`."""
    home = home_of(setup.region)
    if setup.trail.athena is not None:
        yield from athena.judge_table(setup, setup.trail.athena, home, drained=drained)
    elif setup.trail.delivered is not None:
        yield from log_files.judge_files(setup, home, drained=drained)
    else:
        yield _fresh(setup, drained=drained)
        if home != setup.region:
            yield _home(setup, home, drained=drained)


def _fresh(setup: Setup, *, drained: bool) -> Result:
    now = setup.clock.now()
    try:
        answer = lookup(setup, region=setup.region, StartTime=now - _DAY, EndTime=now, MaxResults=1)
    except AwsError as error:
        return may("trail", error, drained=drained)
    newest = next((event["EventTime"] for event in answer.get("Events", ())), None)
    if newest is None:
        return warn(
            "trail",
            f"{_ANSWERS}, but shows no call in {setup.region} in the last 24 hours",
            "make any call there and look again in 15 minutes; check the region",
        )
    age = now - newest
    minutes = max(0, int(age / timedelta(minutes=1)))
    if age > LATELY:
        return warn(
            "trail",
            f"{_ANSWERS}, but its newest event in {setup.region} is {minutes} minutes old",
            "in a quiet account do nothing; otherwise see the AWS Health Dashboard",
        )
    return ok(
        "trail",
        f"{_ANSWERS} in {setup.region}; its newest event is {minutes} minutes old",
    )


def _home(setup: Setup, home: str, *, drained: bool) -> Result:
    now = setup.clock.now()
    try:
        lookup(setup, region=home, StartTime=now - LATELY, EndTime=now, MaxResults=1)
    except AwsError as error:
        return may("trail.global", error, drained=drained)
    return ok(
        "trail.global", f"CloudTrail answers in {home}, which logs the calls of global services (IAM ...)"
    )
