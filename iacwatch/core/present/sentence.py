"""Puts a finding into a sentence: person, verb, object, place, time, tool.

Foreign text is made plain (one line, no control or bidi characters) and marked as such; escaping it for a
markup is left to whoever writes that markup.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Final

from iacwatch.core.arn import arn_parts
from iacwatch.core.catalog.catalog import noun
from iacwatch.core.catalog.services import service_of
from iacwatch.core.model import Actor, ChangeType, Finding, Resource, Verdict, Via
from iacwatch.core.present import origin
from iacwatch.core.present.gravity import deed
from iacwatch.core.present.redact import redacted
from iacwatch.core.present.verbs import Part, Phrase
from iacwatch.core.text import plain

LONGEST_NAME: Final = 80
_LONGEST_DETAIL: Final = 120
_LONGEST_WHY: Final = 300
_VERDICTS: Final = {
    Verdict.OUT_OF_BAND: "Out of band",
    Verdict.IN_WORKFLOW: "In workflow",
    Verdict.AWS_SERVICE: "AWS service",
    Verdict.SIDE_EFFECT: "Side effect",
    Verdict.UNATTRIBUTED: "Unattributed",
    Verdict.UNMANAGED: "Not managed",
}
_TOOLS: Final = {"cli": "AWS CLI", "sdk": "AWS SDK", "cloudformation": "CloudFormation", "unknown": ""}
_SSO_PATH: Final = "role/aws-reserved/sso.amazonaws.com/"
_SSO_ROLE: Final = re.compile(r"AWSReservedSSO_(.+)_[0-9a-f]{16}")
_VIA_ROLE: Final = {
    Via.OIDC: "web identity",
    Via.SAML: "SAML",
    Via.CHAIN: "role chain",
    Via.INSTANCE: "instance profile",
    Via.FUNCTION: "Lambda function",
    Via.CROSS_ACCOUNT: "another account",
}
_VIA: Final = {
    Via.ROOT: "root user",
    Via.IAM_USER: "IAM user",
    Via.FEDERATION: "federation",
    Via.SERVICE: "AWS service",
}


def verdict(finding: Finding) -> str:
    """Return the verdict as a heading: "Out of band"."""
    return _VERDICTS[finding.verdict]


def who(finding: Finding) -> str:
    """Return who did it as the subject of a sentence."""
    if finding.actor is not None:
        return origin.acting((finding.actor,))
    return "A side effect" if finding.verdict is Verdict.SIDE_EFFECT else "Nobody found who"


def whom(finding: Finding) -> str:
    """Return who did it as an entry of a list."""
    if finding.actor is not None:
        return origin.whole(finding.actor)
    return "no call" if finding.verdict is Verdict.SIDE_EFFECT else "nobody found"


def done(
    finding: Finding,
    *,
    tag_key: str = "managed-by",
    redact: Sequence[str] = (),
    fully: bool = False,
    known: bool = False,
) -> Phrase:
    """Return verb and object: "opened 22/tcp to 0.0.0.0/0 on security group web".

    `fully`: with its id. `known`: everybody knows which resource it is about; it is "it", or left out.
    """
    resource = finding.change.resource
    done = deed(finding, redacted(finding.change, redact), tag_key=tag_key)
    if known:
        return done.on_it()
    name = called_fully(resource) if fully else called(resource)
    return done.on(Part(noun(resource.type)), Part(name, code=True))


def said(phrase: Phrase) -> str:
    """Return a phrase as plain text."""
    return " ".join(part.text for part in phrase)


def called(resource: Resource) -> str:
    """Return what people call a resource: its name, else its id."""
    return plain(resource.name or "", LONGEST_NAME) or plain(resource.id, LONGEST_NAME) or "without a name"


def called_fully(resource: Resource) -> str:
    """Return name and id where names need not be unique, as EC2's; else what it is called."""
    name = called(resource)
    shown = plain(resource.id, LONGEST_NAME)
    return f"{name} ({shown})" if service_of(resource.type).names_repeat and shown != name else name


def account(resource: Resource, names: Mapping[str, str]) -> str:
    """Return the account as people call it: "prod-payments (111122223333)"."""
    name = names.get(resource.account_id)
    return plain(f"{name} ({resource.account_id})" if name else resource.account_id, LONGEST_NAME)


def place(resource: Resource, names: Mapping[str, str]) -> str:
    """Return account and region in a few words: "prod-payments eu-west-1"."""
    return plain(f"{names.get(resource.account_id) or resource.account_id} {resource.region}", LONGEST_NAME)


def tool(actor: Actor) -> str:
    """Return the tool as people call it; "" where it isn't known."""
    return _TOOLS.get(actor.tool, plain(actor.tool, LONGEST_NAME))


def how(actor: Actor) -> tuple[str, ...]:
    """Return by which tool, way and address the call came: "console", "SSO Admin", "from 198.51.100.7"."""
    found = [tool(actor), _via(actor)]
    if actor.invoked_by:
        found.append(f"through {actor.invoked_by}")
    if _is_address(actor.source_ip):
        found.append(f"from {actor.source_ip}")
    return tuple(plain(text, _LONGEST_DETAIL) for text in found if text)


def clock(moment: datetime, *, now: datetime | None = None) -> str:
    """Return a time in UTC; the date is left out where it is that of `now`."""
    moment = moment.astimezone(UTC)
    today = now is not None and now.astimezone(UTC).date() == moment.date()
    return f"{moment:%H:%M} UTC" if today else f"{moment:%Y-%m-%d %H:%M} UTC"


def near(finding: Finding, *, most: int) -> tuple[str, ...]:
    """Return the calls that came near, a short line each, and how many more there are: no blame.

    "DeleteBucketPolicy by bob at 10:11: the item does not show what DeleteBucketPolicy sets".
    """
    shown = [
        f"{plain(lead.event.name, LONGEST_NAME)} by {origin.whole(lead.event.actor)}"
        f" at {lead.event.occurred_at.astimezone(UTC):%H:%M}: {plain(lead.why, _LONGEST_WHY)}"
        for lead in finding.leads[:most]
    ]
    left = len(finding.leads) - len(shown)
    return (*shown, f"and {left} more") if left > 0 else tuple(shown)


def managed(finding: Finding) -> str:
    """Return by what the object is managed, as an apposition; "" where the sentence says it already."""
    facts = finding.managed
    if facts.removed:
        return " (no longer watched)"
    if facts.new_value is not None or facts.added:
        return ""
    if facts.value is None:
        return " (not managed)"
    value = plain(facts.value, LONGEST_NAME) or '""'
    gone = finding.change.change_type is ChangeType.DELETE
    return f", which {value} managed" if gone else f" (managed by {value})"


def sentence(
    finding: Finding,
    *,
    names: Mapping[str, str],
    now: datetime,
    tag_key: str = "managed-by",
    redact: Sequence[str] = (),
) -> str:
    """Return the whole sentence: who did what to which object, where, with what and when."""
    actor = finding.actor
    by = f", by {tool(actor)}" if actor is not None and tool(actor) else ""
    resource = finding.change.resource
    return (
        f"{who(finding)} {said(done(finding, tag_key=tag_key, redact=redact))}{managed(finding)}"
        f", in {place(resource, names)}{by}, {clock(finding.happened_at, now=now)}"
    )


def reason(finding: Finding) -> str:
    """Return the finding's reason, with the roles and users that called by their names, not their ARNs.

    "SSO AdministratorAccess matches no workflow for managed-by=terraform". The account is named where it is
    another one than the resource's.
    """
    events = [match.event for match in (finding.match, *finding.others) if match]
    named = {
        arn
        for event in events
        for arn in (
            *(event.actor.principal, event.actor.arn, event.principal.arn, event.principal.issuer_arn),
            *(link.arn for link in event.actor.chain),
        )
    }
    names = {arn: name for arn in named if arn and (name := _principal(arn, finding.change.resource))}
    if not names:
        return finding.reason
    arns = "|".join(map(re.escape, names))
    return re.sub(rf"(?:{arns})(?=[\s;,:)]|\Z)", lambda found: names[found[0]], finding.reason)


def _principal(arn: str, resource: Resource) -> str:
    """Return what people call a role or a user; "" where the ARN is neither's."""
    parts = arn_parts(arn)
    kind = parts.resource.partition("/")[0] if parts and parts.service == "iam" else ""
    if parts is None or kind not in {"role", "user"}:
        return ""
    name = parts.resource.rpartition("/")[2]
    sso = _SSO_ROLE.fullmatch(name) if parts.resource.startswith(_SSO_PATH) else None
    account = "" if parts.account_id == resource.account_id else f" of account {parts.account_id}"
    return f"SSO {sso[1]}{account}" if sso else f"{kind} {name}{account}"


def _is_address(text: str | None) -> bool:
    """Return whether a source is an address: AWS's own calls come from a service's name or "AWS Internal"."""
    try:
        ip_address(text or "")
    except ValueError:
        return False
    return True


def _via(actor: Actor) -> str:
    if actor.via is None:
        return ""
    role = (actor.principal or "").rpartition("/")[2]
    if actor.via is Via.SSO:
        match = _SSO_ROLE.fullmatch(role)
        return f"SSO {match.group(1)}" if match else "SSO"
    if actor.via in _VIA_ROLE:
        way = _VIA_ROLE[actor.via]
        return f"role {role} by {way}" if role and role != actor.name else way
    return _VIA[actor.via]
