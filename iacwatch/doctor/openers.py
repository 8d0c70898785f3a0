"""Who opened a session, as the STS call that did so shows: for doctor's look at the roles of workflows."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from iacwatch.core.model import TrailEvent
from iacwatch.core.parse.identity import is_sso, lasting_arn
from iacwatch.core.text import plain

_LONGEST: Final = 120
_SHOWN: Final = 4
_RUNS: Final = (
    (re.compile(r"(:run_phase:)\w+"), r"\1*"),
    (re.compile(r"(/user/)[\w-]+"), r"\1*"),
    (re.compile(r":commit:.*"), ":commit:*"),
    (re.compile(r"(:(?:\{[^{}]*\}:)*)\{[^{}]*\}"), r"\1*"),
)
"""The ends of subjects that differ from run to run: of HCP Terraform, CircleCI, Buildkite and Bitbucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opener:
    """Who opened a session: `words` for a sentence, `origin` as ``started_by`` names it ("": not known).

    `people`: a person, as far as this call shows. `through`: a role that somebody else took before.
    """

    words: str
    origin: str = ""
    people: bool = False
    through: bool = False


def opener(call: TrailEvent) -> Opener | None:
    """Return who opened a session with this call; None where it opened none."""
    if not call.name.startswith("AssumeRole") or call.error_code:
        return None
    who, actor = call.principal, call.actor
    name = plain(actor.name or who.type, _LONGEST)
    if who.provider and who.subject and who.type == "WebIdentityUser":
        origin = f"{who.provider}:{who.subject}"
        return Opener(words=plain(origin, _LONGEST), origin=origin)
    arn = lasting_arn(who) or ""
    if who.type == "AssumedRole":
        role = plain(arn.rpartition("/")[2], _LONGEST)
        if is_sso(arn):
            return Opener(words=f"{name} ({role})", origin=arn, people=True)
        return Opener(words=f"the role {role}", origin=arn, through=True)
    if who.type in {"AWSService", ""} and who.invoked_by:
        return Opener(words=plain(who.invoked_by, _LONGEST))
    if who.type == "AWSAccount":
        session = plain(who.session_name, _LONGEST) or "somebody"
        return Opener(words=f"{session} of the account {plain(who.account_id, 12)}", through=True)
    return Opener(words=f"{'the user ' if who.type == 'IAMUser' else ''}{name}", origin=arn, people=True)


def lasting(origin: str) -> str:
    """Return a glob for the origins of a pipeline, whose subject may hold what differs from run to run."""
    for pattern, left in _RUNS:
        if found := list(pattern.finditer(origin)):
            last = found[-1]
            if last.end() == len(origin):
                return origin[: last.start()] + last.expand(left)
    return origin


def counted(openers: Sequence[Opener]) -> str:
    """Return in words who opened sessions, and how many each."""
    found = Counter(each.words for each in openers).most_common()
    listed = [f"{words} ({count})" for words, count in found[:_SHOWN]]
    return ", ".join([*listed, *([f"{len(found) - _SHOWN} others"] if len(found) > _SHOWN else [])])
