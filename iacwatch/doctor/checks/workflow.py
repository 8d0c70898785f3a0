"""Checks the workflows: who else could pass for one, can each match at all, and did it lately."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.verdict import classify
from iacwatch.core.globs import any_matches
from iacwatch.core.model import (
    Change,
    ChangeType,
    Evidence,
    Managed,
    Match,
    MatchKind,
    Resource,
    TrailEvent,
    Workflow,
)
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, fail, ok, refused, unseen, warn
from iacwatch.doctor.trust_policy import loose

_ROLE: Final = 'name the pipeline\'s role: principals = ["arn:aws:iam::*:role/..."]'
_ACCOUNT: Final = re.compile(r"\d{12}")
_SOME_ACCOUNT: Final = "111122223333"
_SSO: Final = f"arn:aws:iam::{_SOME_ACCOUNT}:role/aws-reserved/sso.amazonaws.com"
_PEOPLE: Final = (
    f"{_SSO}/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef",
    f"{_SSO}/AWSReservedSSO_PowerUser_fedcba9876543210",
    f"arn:aws:iam::{_SOME_ACCOUNT}:user/somebody",
    f"arn:aws:iam::{_SOME_ACCOUNT}:root",
)
_ANY_NETWORK: Final = frozenset({"0.0.0.0/0", "::/0"})
_NOTHING: Final = Change(
    resource=Resource(account_id="", region="", type="", id=""),
    captured_at=datetime.min.replace(tzinfo=UTC),
    change_type=ChangeType.UPDATE,
    status="",
    item=None,
    diff=None,
)
_ANY_VALUE: Final = Managed(value=None, evidence=Evidence.TAGS, removed=True)


@check("workflow", after="slack", aws=False)
def workflow(examination: Examination) -> Iterator[Result]:
    """Judge the workflows by how they are written."""
    setup = examination.setup
    if not setup.configured:
        yield warn(
            "workflow",
            "no [[workflow]] is configured: changes are judged by the tool that the user agent names, which"
            " anybody can forge, and people run terraform by hand",
            f"configure a [[workflow]], and {_ROLE}",
        )
        return
    now = setup.clock.now()
    for flow in setup.rules.workflows:
        yield from judge(flow, now=now, values=setup.rules.tag.values)


def judge(flow: Workflow, *, now: datetime, values: Sequence[str] = ()) -> Iterator[Result]:
    """Judge one workflow: who can pass for it, and whether it can match at all.

    `values` are the tag's values that count; none: any does.
    """
    found = [*_time(flow, now), *_forged(flow), *_dead(flow, values)]
    yield from found
    if not found:
        yield ok(_name(flow), f"the workflow {flow.name} is recognised by roles or users that are named")


def _time(flow: Workflow, now: datetime) -> Iterator[Result]:
    if flow.not_after is not None and now >= flow.not_after:
        yield warn(
            _name(flow),
            f"the workflow {flow.name} ended at {flow.not_after:%Y-%m-%d %H:%M}Z: it covers nothing any more",
            "remove it, or set a later not_after",
        )


def _forged(flow: Workflow) -> Iterator[Result]:
    """Yield the ways in which somebody else could pass for the pipeline."""
    if not flow.principals:
        by = [
            name
            for name, entries in (
                ("the user agent, which anybody can forge", flow.user_agents),
                ("the address, which everybody there has", flow.source_ips),
                ("the service that made the call, which anybody may have asked to", flow.invoked_by),
            )
            if entries
        ]
        yield warn(_name(flow), f"the workflow {flow.name} is recognised by {' and '.join(by)}", _ROLE)
    if _ANY_NETWORK & set(flow.source_ips):
        yield warn(_name(flow), f"source_ips of the workflow {flow.name} holds every address", "narrow it")
    for glob in flow.principals:
        if _peoples(glob):
            yield warn(
                _name(flow), f'"{glob}" of the workflow {flow.name} holds for people as for pipelines', _ROLE
            )
        elif glob.startswith(("*", "?")):
            yield warn(
                _name(flow),
                f'"{glob}" of the workflow {flow.name} holds for users and for roles of any path, too',
                f"begin it with arn: as in {_ROLE}",
            )
    for glob in flow.started_by:
        provider, _, subject = glob.partition(":")
        others = "" if provider == "arn" else loose(provider, subject)
        if others := "people" if _peoples(glob) else others:
            yield warn(
                _name(flow),
                f'"{glob}" in started_by of the workflow {flow.name} holds for {others}',
                "name the pipeline's own origin (iacwatch help pipelines)",
            )


def _peoples(glob: str) -> bool:
    """Return whether a glob matches people, too: roles of Identity Center, users, root."""
    account = _ACCOUNT.search(glob)
    people = [arn.replace(_SOME_ACCOUNT, account[0]) if account else arn for arn in _PEOPLE]
    return "AWSReservedSSO" in glob or any_matches([glob], people)


def _dead(flow: Workflow, values: Sequence[str]) -> Iterator[Result]:
    """Yield what can never match: a session's name is chosen by its caller, so that workflows ignore it."""
    if values and flow.managed_by and not any_matches(flow.managed_by, values):
        yield fail(
            _name(flow),
            f"the workflow {flow.name} covers nothing: no value of its managed_by is in managed.tag_values",
            "name the same values in managed_by and in managed.tag_values",
        )
    sessions = [glob for glob in flow.principals if ":assumed-role/" in glob or ":sts:" in glob]
    if not sessions:
        return
    message = (
        f'"{sessions[0]}" of the workflow {flow.name} names a session; sessions\' names are chosen by their'
        " callers and never looked at, so that it covers nothing"
    )
    mend = "name the role's own ARN: arn:aws:iam::ACCOUNT:role/NAME"
    yield (fail if len(sessions) == len(flow.principals) else warn)(_name(flow), message, mend)


@check("workflow.lately", after="workflow")
def workflow_lately(examination: Examination) -> Iterator[Result]:
    """Judge whether each workflow covers any of the newest writes in our region."""
    for result in _seen_lately(examination):
        # Where lookups are not what names people, they need not be allowed.
        if result.seen or examination.setup.lookups:
            yield result


def _seen_lately(examination: Examination) -> Iterator[Result]:
    setup = examination.setup
    if not setup.configured:
        return
    writes = examination.newest_writes
    if writes.failure is not None:
        yield refused("workflow.lately", writes.failure)
        return
    if not writes.events:
        yield unseen(
            "workflow.lately",
            f"whether a workflow matches is unknown: there was no write in {setup.region} within 7 days",
            "look again once the pipeline has run",
        )
        return
    since = min(each.occurred_at for each in writes.events)
    all_ = "" if writes.more else ", all of 7 days"
    looked = f"{len(writes.events)} newest writes in {setup.region} (since {since:%Y-%m-%d %H:%M}Z{all_})"
    for flow in setup.rules.workflows:
        yield judge_lately(flow, writes.events, looked)


def judge_lately(flow: Workflow, events: Sequence[TrailEvent], looked: str) -> Result:
    """Judge a workflow by the writes that it covers; `looked` describes those in words."""
    count = sum(covers(flow, each) for each in events)
    if count:
        return ok(f"{_name(flow)}.lately", f"the workflow {flow.name} covers {count} of the {looked}")
    return warn(
        f"{_name(flow)}.lately",
        f"the workflow {flow.name} covers none of the {looked}",
        "if the pipeline has run in that time, compare its role with the principals that are set",
    )


def covers(flow: Workflow, call: TrailEvent) -> bool:
    """Return whether a workflow covers a call, whichever tag value it may change: as a verdict would.

    Who opened the call's session is not looked up here: `workflow.started_by` looks at that.
    """
    match = Match(event=call, kind=MatchKind.NAME, lag=timedelta(0), reasons=(), score=())
    asked = replace(flow, started_by=())
    judged = classify(_NOTHING, _ANY_VALUE, [match], [asked], changed_by=ChangedBy.CALLED)
    return judged.matches[0].workflow is not None


def _name(flow: Workflow) -> str:
    return f"workflow.{flow.name}"
