"""Checks the index of addresses: how old each state is in it, and which managed objects it does not know."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, Final

from iacwatch.aws.caller import pages
from iacwatch.aws.errors import calling
from iacwatch.core.addresses.provenance import provenance_of
from iacwatch.core.addresses.sorted_rows import sorted_rows
from iacwatch.core.addresses.stack_tags import mark_of
from iacwatch.core.iac import Indexed, StateHead
from iacwatch.core.model import Resource
from iacwatch.core.text import age, plain
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, broken, ok, refused, used, warn
from iacwatch.doctor.setup import AddressSetup, Setup
from iacwatch.errors import AwsError, IacwatchError
from iacwatch.ports import AddressIndex, Failure

OLD: Final = timedelta(days=30)
"""A state that nobody handed over for so long says little of what is applied today."""

_SHOWN: Final = 5
_PAGE: Final = 100
_MOST_PAGES: Final = 20
_FILL: Final = "after each apply: terraform state pull | iacwatch address add - (iacwatch help addresses)"


@check("addresses", after="ledger.table")
def addresses(examination: Examination) -> Iterator[Result]:
    """Judge the index that is configured, if any."""
    setup = examination.setup
    where = setup.addresses
    if where.trouble is not None:
        yield broken("addresses", where.trouble)
    if where.index is None:
        return
    try:
        states = where.index.states()
    except IacwatchError as error:
        yield used("addresses", error, drained=examination.drained)
        return
    yield judge_states(states, setup, where.url)
    try:
        yield judge_objects(where, where.index, _managed(setup), setup)
    except AwsError as error:
        yield refused("addresses.objects", error)


def judge_states(states: Sequence[StateHead], setup: Setup, url: str) -> Result:
    """Judge how old each state is; plans are none."""
    now = setup.clock.now()
    ages = sorted(
        ((now - head.seen_at, head.stack or head.place) for head in states if head.planned_at is None),
        reverse=True,
    )
    if not ages:
        return warn("addresses", f"the index of addresses ({url}) holds no state yet", _FILL)
    listed = ", ".join(f"{plain(name, 80)} {age(span) or 'new'}" for span, name in ages[:_SHOWN])
    more = f" and {len(ages) - _SHOWN} younger" if len(ages) > _SHOWN else ""
    count = "1 state" if len(ages) == 1 else f"{len(ages)} states"
    message = f"the index of addresses holds {count}, by age: {listed}{more}"
    if ages[0][0] > OLD:
        return warn("addresses", message, f"hand each state over {_FILL}")
    return ok("addresses", message)


def judge_objects(
    where: AddressSetup, index: AddressIndex, managed: Sequence[Mapping[str, Any]], setup: Setup
) -> Result:
    """Judge whether each managed object has an address, by its tags or the index."""
    objects = {_resource(each): _tags(each) for each in managed}
    left = [each for each, tags in objects.items() if not _by_tags(tags, where)]
    found = index.find(left, now=setup.clock.now()) if left else {}
    without = []
    for each in left:
        answer = found.get(each, Indexed())
        if isinstance(answer, Failure):
            return warn("addresses.objects", f"addresses cannot be looked up: {answer.reason}")
        rows = sorted_rows(each, answer, where.rules.stacks)
        if not (rows.objects or rows.planned):
            without.append(plain(f"{each.type} {each.name or each.id}", 120))
    place = f"{len(objects)} managed objects in {setup.region}"
    if not objects:
        return ok("addresses.objects", f"nothing is managed in {setup.region} that could have an address")
    if not without:
        return ok("addresses.objects", f"all {place} have an address")
    more = f" and {len(without) - _SHOWN} more" if len(without) > _SHOWN else ""
    return warn(
        "addresses.objects",
        f"of the {place}, {len(without)} have no address: {', '.join(without[:_SHOWN])}{more}",
        f"hand over the states that hold them, {_FILL}; what no state holds is in no code",
    )


def _by_tags(tags: Mapping[str, str], where: AddressSetup) -> bool:
    return mark_of(tags) is not None or provenance_of(tags, where.rules.tags).leads_somewhere


def _managed(setup: Setup) -> Sequence[Mapping[str, Any]]:
    """Return the managed objects of our region as AWS Config lists them, at most some 2,000."""
    tag = setup.rules.tag
    expression = (
        "SELECT accountId, awsRegion, resourceType, resourceId, resourceName, arn, tags"
        f" WHERE tags.key = {_quoted(tag.key)}"
    )
    with calling(f"cannot list what is managed in {setup.region}", action="config:SelectResourceConfig"):
        client = setup.sessions.client("config", region=setup.region)
        answers = islice(
            pages(client.select_resource_config, {"Expression": expression, "Limit": _PAGE}), _MOST_PAGES
        )
        found = [json.loads(each) for answer in answers for each in answer.get("Results", ())]
    values = frozenset(tag.values)
    return [each for each in found if not values or _tags(each).get(tag.key) in values]


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _resource(row: Mapping[str, Any]) -> Resource:
    return Resource(
        account_id=row["accountId"],
        region=row["awsRegion"],
        type=row["resourceType"],
        id=row["resourceId"],
        name=row.get("resourceName"),
        arn=row.get("arn"),
    )


def _tags(row: Mapping[str, Any]) -> dict[str, str]:
    return {each["key"]: each.get("value") or "" for each in row.get("tags") or () if each.get("key")}
