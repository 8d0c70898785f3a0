"""Checks how well iacwatch knows the calls that change what is recorded here, type by type."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from iacwatch.aws.caller import pages
from iacwatch.aws.errors import calling
from iacwatch.core.catalog.catalog import JUDGES, known_by
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.recorders import Strategy, listed, strategy
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, ok, refused
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AwsError

_WAYS: Final = {
    "row": "rules of their own",
    "models": "AWS's models",
    "other": "AWS Config, which takes other providers' types itself",
    "name": "the name alone",
}
_PAGE: Final = 100
_MOST_PAGES: Final = 20


@check("recorder.known", after="recorder")
def known_types(examination: Examination) -> Iterator[Result]:
    """Judge the types that the recorder lists; where it records all, those that there is any object of."""
    recorder = examination.recorder
    group = (recorder.document or {}).get("recordingGroup") or {}
    if recorder.document is None and recorder.failure is None:
        return
    if strategy(group) == Strategy.LISTED:
        yield judge_types(group.get("resourceTypes") or ())
        return
    try:
        yield judge_types(_discovered(examination.setup))
    except AwsError as error:
        yield refused("recorder.known", error)


def judge_types(types: Collection[str]) -> Result:
    """Judge recorded types by what their calls are known from."""
    by: dict[str, list[str]] = {way: [] for way in _WAYS}
    for each in {*types} - {*JUDGES}:
        by[known_by(each) if each.startswith("AWS::") else "other"].append(each)
    count = sum(map(len, by.values()))
    if not count:
        return ok("recorder.known", "nothing is recorded here yet whose calls would have to be known")
    known = [f"{words} ({len(by[way])})" for way, words in _WAYS.items() if by[way]]
    if by["name"]:
        known[-1] = f"{_WAYS['name']} ({listed(by['name'])})"
    what = "the one resource type" if count == 1 else f"the {count} resource types"
    return ok("recorder.known", f"the calls of {what} recorded here are known by {', '.join(known)}")


def _discovered(setup: Setup) -> Collection[str]:
    """Return the types of which AWS Config has found an object in our region."""
    doing = f"cannot see which types of resources there are in {setup.region}"
    with calling(doing, action="config:GetDiscoveredResourceCounts"):
        client = setup.sessions.client("config", region=setup.region)
        answers = islice(pages(client.get_discovered_resource_counts, {"limit": _PAGE}), _MOST_PAGES)
        return {each["resourceType"] for answer in answers for each in answer.get("resourceCounts", ())}
