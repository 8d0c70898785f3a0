"""Checks who can take the workflows' roles, who did lately, and whether `started_by` tells them apart."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from iacwatch.aws.errors import calling
from iacwatch.core.arn import arn_parts, home_of, partition_of
from iacwatch.core.globs import any_matches
from iacwatch.core.model import Workflow
from iacwatch.core.text import plain
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.openers import Opener, counted, lasting, opener
from iacwatch.doctor.reads import events, lookup
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, ok, unseen, warn
from iacwatch.doctor.setup import Setup
from iacwatch.doctor.trust_policy import Taker, loose, takers
from iacwatch.errors import AwsError

MOST_ROLES: Final = 3
"""The most roles of a workflow that are looked at: those whose ARN it names, then those that wrote last."""

_LITERAL: Final = re.compile(r"(arn:(?:aws[a-z-]*|\*):iam::(?:[0-9]{12}|\*):)(role/[^*?]+)")
_MOST_ENTRIES: Final = 5
_NO_ROLE: Final = "NoSuchEntity"


@check("workflow.started_by", after="workflow.lately")
def started_by(examination: Examination) -> Iterator[Result]:
    """Judge the roles of each workflow by who can take them."""
    setup = examination.setup
    for flow in setup.rules.workflows if setup.configured else ():
        for arn in _roles(examination, flow):
            openers = list(_openers(setup, arn))
            if flow.started_by:
                yield from judge_held(flow, arn, openers)
                continue
            try:
                trusted = takers(_trust_policy(setup, arn), arn)
            except AwsError as error:
                yield judge_unread(flow, arn, openers, error)
            else:
                yield judge_trusted(flow, arn, openers, trusted or ())


def judge_held(flow: Workflow, arn: str, openers: Sequence[Opener]) -> Iterator[Result]:
    """Judge a workflow with `started_by` by who opened the newest sessions of a role; nothing without any."""
    # What a service opens, or a pod's token, counts as the role's own session.
    fitting = [
        each
        for each in openers
        if any_matches(flow.started_by, [each.origin, *((arn,) if _own(each) else ())])
    ]
    others = [each for each in openers if each not in fitting and not each.through]
    newest = f"the newest {len(openers)} sessions of {_role(arn)}"
    if others and not fitting:
        yield warn(
            _name(flow),
            f"started_by of the workflow {flow.name} fits none of {newest}, opened by {counted(openers)}",
            f"if the pipeline is among them, set {_entries((), openers)}",
        )
    elif openers:
        beside = f"; those opened by {counted(others)} count as out-of-band" if others else ""
        further = len(openers) - len(fitting) - len(others)
        through = f"; opened through another role, whose own opener counts: {further}" if further else ""
        yield ok(
            _name(flow),
            f"started_by of the workflow {flow.name} fits {len(fitting)} of {newest}{beside}{through}",
        )


def _own(each: Opener) -> bool:
    return not each.people and not each.through and (not each.origin or each.origin.startswith("oidc.eks."))


def judge_trusted(flow: Workflow, arn: str, openers: Sequence[Opener], trusted: Sequence[Taker]) -> Result:
    """Judge a workflow without `started_by` by whom the trust policy of a role lets take it."""
    people = [each.words for each in trusted if each.people]
    if people or any(each.people for each in openers):
        can = " and ".join(people) or "the trust policy shows nobody, yet they did"
        return warn(
            _name(flow),
            f"people can take {_role(arn)} and pass for the workflow {flow.name}: {plain(can, 300)}"
            f"{_opened(openers)}",
            _mend(flow, trusted, openers),
        )
    may = " and ".join(each.words for each in trusted) or "nobody"
    return ok(_name(flow), f"only {plain(may, 300)} can take {_role(arn)}{_opened(openers)}")


def judge_unread(flow: Workflow, arn: str, openers: Sequence[Opener], error: AwsError) -> Result:
    """Judge a workflow without `started_by` where the trust policy of a role cannot be read."""
    if error.code == _NO_ROLE:
        return warn(
            _name(flow),
            f"there is no {_role(arn).removeprefix('the ')}, which the workflow {flow.name} covers",
            "compare its principals with the pipeline's role",
        )
    if any(each.people for each in openers):
        return judge_trusted(flow, arn, openers, ())
    message = f"{error.message}, so that who can pass for the workflow {flow.name} is unknown"
    mend = "; or ".join(filter(None, (error.hint, _mend(flow, (), openers))))
    return unseen(_name(flow), f"{message}{_opened(openers)}", mend)


def entries(trusted: Sequence[Taker], openers: Sequence[Opener]) -> Sequence[str]:
    """Return what `started_by` has to hold for a role: the pipelines that may take it, or else that did.

    Of users, who may be people, only where nobody else is known.
    """
    allowed = [origin for each in trusted if not each.people for origin in each.origins]
    seen = [lasting(each.origin) for each in openers if each.origin and not each.people and not each.through]
    further = [
        each
        for each in seen
        if not any_matches(allowed, [each]) and ":pull_request" not in each and not _loose(each)
    ]
    users = [origin for each in trusted for origin in each.origins]
    return tuple(dict.fromkeys((*allowed, *further) or users))[:_MOST_ENTRIES]


def _loose(origin: str) -> bool:
    provider, _, subject = origin.partition(":")
    return bool(loose(provider, subject))


def _entries(trusted: Sequence[Taker], openers: Sequence[Opener]) -> str:
    found = entries(trusted, openers) or ("PROVIDER:SUBJECT",)
    return f"started_by = {json.dumps(found)}"


def _mend(flow: Workflow, trusted: Sequence[Taker], openers: Sequence[Opener]) -> str:
    return f"set {_entries(trusted, openers)} in the workflow {flow.name} (iacwatch help pipelines)"


def _opened(openers: Sequence[Opener]) -> str:
    if not openers:
        return ""
    return f"; its newest sessions were opened by {counted(openers)}"


def _roles(examination: Examination, flow: Workflow) -> Sequence[str]:
    """Return the ARNs of roles that a workflow covers, as far as it or the newest writes name them."""
    ours = f"arn:{partition_of(examination.setup.region)}:iam::{examination.account}:"
    named = [
        f"{ours if '*' in found[1] else found[1]}{found[2]}"
        for glob in flow.principals
        if (found := _LITERAL.fullmatch(glob)) and examination.account
    ]
    wrote = [
        each.principal.issuer_arn
        for each in examination.newest_writes.events
        if any_matches(flow.principals, [each.principal.issuer_arn])
    ]
    return tuple(dict.fromkeys((*named, *wrote)))[:MOST_ROLES]


def _trust_policy(setup: Setup, arn: str) -> str:
    """Return a role's trust policy as JSON; raise `AwsError` where it cannot be read."""
    parts = arn_parts(arn)
    account, name = (parts.account_id, parts.resource.rpartition("/")[2]) if parts else ("", "")
    with calling(f"cannot read the trust policy of {_role(arn)}", action="iam:GetRole"):
        answer: Any = setup.sessions.client("iam", account_id=account or None).get_role(RoleName=name)
    return json.dumps(answer["Role"].get("AssumeRolePolicyDocument") or {})


def _openers(setup: Setup, arn: str) -> Iterator[Opener]:
    """Yield who opened the newest sessions of a role: STS's events are where its endpoint is."""
    parts = arn_parts(arn)
    for region in dict.fromkeys((setup.region, home_of(setup.region))):
        try:
            answer = lookup(
                setup,
                region=region,
                account_id=parts.account_id if parts else None,
                LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": arn}],
            )
        except AwsError:
            return  # whether the trail can be read has its own line
        found = [each for each in map(opener, events(answer)) if each is not None]
        for each in found:
            by_itself = not each.origin and not each.through
            yield replace(each, origin=arn) if by_itself else each
        if found:
            return


def _role(arn: str) -> str:
    return f"the role {plain(arn.rpartition('/')[2], 64)}"


def _name(flow: Workflow) -> str:
    return f"workflow.{flow.name}.started_by"
