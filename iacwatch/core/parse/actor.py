"""Finds who stands behind a trail event: a person, a pipeline or an AWS service, as reports name them.

Three rules keep the blame right. What a service does on somebody's behalf is that somebody's call:
`invokedBy` alone clears nobody. AWS acts on its own account only where CloudTrail says so in a way that no
caller can choose. And a session's name, which its caller does choose, names a person only where nothing
better does: `principal` and `arn` always say whose rights were used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from iacwatch.core.model import Actor, ActorKind, Principal, Via
from iacwatch.core.parse import session_names
from iacwatch.core.parse.identity import Identity, account_of, is_service_linked, is_sso, lasting_arn
from iacwatch.core.parse.repository import repository
from iacwatch.core.parse.user_agent import UNKNOWN, tool, unwrapped

CONSOLE: Final = "AWS Internal"
"""What `invokedBy` says of a click in the console, or where AWS acted by itself; it names no service."""

_LONGEST_NAME: Final = 512
_LONGEST_IP: Final = 256
_SERVICE_HOSTS: Final = (".amazonaws.com", ".amazonaws.com.cn")
_COMPUTE: Final = re.compile(r"\bexec-env/AWS_(?:Lambda|ECS)")
"""What the SDKs add to their user agent where they run in a function or a container."""

_SUBJECTS: Final = ("sub", "subject")
_ELSEWHERE: Final = frozenset({None, Via.CHAIN, Via.IAM_USER, Via.FEDERATION})
_KINDS: Final[Mapping[str, ActorKind]] = {
    "Root": ActorKind.ROOT,
    "IAMUser": ActorKind.IAM_USER,
    "AssumedRole": ActorKind.ASSUMED_ROLE,
    "Role": ActorKind.ASSUMED_ROLE,
    "FederatedUser": ActorKind.FEDERATED_USER,
    "SAMLUser": ActorKind.FEDERATED_USER,
    "WebIdentityUser": ActorKind.FEDERATED_USER,
    "IdentityCenterUser": ActorKind.IDENTITY_CENTER_USER,
    "AWSService": ActorKind.AWS_SERVICE,
    "AWSAccount": ActorKind.AWS_ACCOUNT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """What a record says of a call besides the caller: its event source and type, and from where and how.

    `recipient` is the account whose trail holds it. `from_console`: AWS recorded a click.
    """

    source: str = ""
    service_event: bool = False
    recipient: str = ""
    source_ip: str = ""
    user_agent: str = ""
    from_console: bool = False


def actor(who: Identity, call: CallContext) -> Actor:
    """Return who is behind a call."""
    principal = who.principal
    if principal.invoked_by == CONSOLE:
        call = replace(call, from_console=True)
    own_account = _on_own_account(who, call)
    kind = ActorKind.AWS_SERVICE if own_account else _KINDS.get(principal.type, ActorKind.UNKNOWN)
    via = Via.SERVICE if own_account else _via(who, call)
    name = _service(principal, call) if own_account else _name(who, call, kind, via)
    agent = unwrapped(call.user_agent)
    invoked_by = principal.invoked_by if principal.invoked_by != CONSOLE else ""
    return Actor(
        kind=kind,
        name=name[:_LONGEST_NAME] or UNKNOWN,
        arn=principal.arn or None,
        principal=lasting_arn(principal),
        account_id=account_of(principal.account_id, principal.issuer_account_id) or None,
        via=via,
        source_ip=call.source_ip[:_LONGEST_IP] or None,
        user_agent=agent or None,
        tool=_tool(agent, principal, call, own_account=own_account),
        invoked_by=invoked_by or None,
        access_key_id=principal.access_key_id or None,
        source_identity=principal.source_identity or None,
        repository=repository(*_subjects(who)),
        session=principal.session_name or None,
        on_own_account=own_account,
    )


def _tool(agent: str, principal: Principal, call: CallContext, *, own_account: bool) -> str:
    if own_account:
        return UNKNOWN
    return tool(agent, invoked_by=principal.invoked_by, from_console=call.from_console)


def _on_own_account(who: Identity, call: CallContext) -> bool:
    """Return whether AWS acted by itself. All that this rests on is written by AWS, nothing by a caller."""
    principal = who.principal
    if principal.type == "AWSService" or is_service_linked(principal.issuer_arn):
        return True
    # A service's own event names the account that it concerns, as root or as an account at most.
    if call.service_event and principal.type in {"", "AWSAccount", "Root", "Unknown"}:
        return True
    if who.in_session or principal.access_key_id:
        return False
    by_service = principal.invoked_by.endswith(_SERVICE_HOSTS)
    if principal.type == "Root":
        # Before there were service-linked roles, services acted under the account's root.
        return by_service and (not call.source_ip or call.source_ip.endswith(_SERVICE_HOSTS))
    nobody = not (principal.type or principal.arn or principal.principal_id or principal.user_name)
    return nobody and (by_service or (principal.invoked_by == CONSOLE and bool(principal.account_id)))


def _service(principal: Principal, call: CallContext) -> str:
    """Return the service by the name that its calls bear: ``rds.amazonaws.com``."""
    if is_service_linked(principal.issuer_arn):
        return principal.issuer_arn.split("/")[2]
    if principal.invoked_by and principal.invoked_by != CONSOLE:
        return principal.invoked_by
    return call.source


def _via(who: Identity, call: CallContext) -> Via | None:
    via = _door(who, call)
    principal = who.principal
    if via not in _ELSEWHERE or not call.recipient:
        return via
    accounts = {account_of(principal.account_id), account_of(principal.issuer_account_id)} - {""}
    return Via.CROSS_ACCOUNT if accounts - {call.recipient} else via


def _door(who: Identity, call: CallContext) -> Via | None:
    principal = who.principal
    match principal.type:
        case "Root":
            return Via.CROSS_ACCOUNT if who.root_assumed else Via.ROOT
        case "IAMUser":
            return Via.IAM_USER
        case "FederatedUser":
            return Via.FEDERATION
        case "SAMLUser":
            return Via.SAML
        case "WebIdentityUser":
            return Via.OIDC
        case "IdentityCenterUser":
            return Via.SSO
        case "AssumedRole" | "Role":
            return _session_door(who, call)
        case "Unknown" if call.source.startswith(("sso.", "sso-", "signin.")):
            return Via.SSO if principal.user_name else None
        case _:
            return None


def _session_door(who: Identity, call: CallContext) -> Via | None:
    """Return by which way a role's session was opened: by what AWS wrote, then by what names suggest."""
    session = who.principal.session_name
    if is_sso(who.principal.issuer_arn):
        return Via.SSO
    if who.provider:
        return Via.SAML if ":saml-provider/" in who.provider else Via.OIDC
    if who.from_instance:
        return Via.INSTANCE
    if who.scope_type:
        return Via.INSTANCE if who.scope_type.startswith("AWS::EC2::") else Via.FUNCTION
    if session_names.is_instance_session(session):
        return Via.INSTANCE
    if session_names.is_pod_session(session) or ("@" not in session and _COMPUTE.search(call.user_agent)):
        return Via.FUNCTION
    if session_names.is_service_session(session):
        return Via.SERVICE
    # Who signs in to the console with a role comes by SAML or by switching roles: the record does not say.
    return None if call.from_console else Via.CHAIN


def _name(who: Identity, call: CallContext, kind: ActorKind, via: Via | None) -> str:
    principal = who.principal
    match kind:
        case ActorKind.ROOT:
            return "root"
        case ActorKind.ASSUMED_ROLE:
            return _session_name(who, call, via)
        case ActorKind.FEDERATED_USER:
            if principal.type != "FederatedUser":
                return principal.user_name or principal.principal_id
            session = principal.session_name
            chosen = session_names.may_be_a_person(session, "", principal.invoked_by)
            return session if chosen else _tail(principal.issuer_arn) or session or principal.principal_id
        case ActorKind.IDENTITY_CENTER_USER:
            return principal.user_name or who.user_id or principal.principal_id
        case ActorKind.AWS_ACCOUNT:
            session = principal.session_name
            person = session if session_names.may_be_a_person(session, "") else ""
            return person or principal.account_id or principal.principal_id
        case _:
            return (
                principal.user_name or _tail(principal.arn) or principal.principal_id or principal.account_id
            )


def _session_name(who: Identity, call: CallContext, via: Via | None) -> str:
    """Return what a role's session is called: the person where there is one, else the role.

    Identity Center sets its sessions' names itself. A source identity stays the same through every role that
    is assumed from there, and a role's trust policy says who may set one. Any other session's name is its
    caller's word.
    """
    session, role = who.principal.session_name, who.role
    if via is Via.SSO:
        return session or role
    if via in {Via.OIDC, Via.INSTANCE, Via.FUNCTION, Via.SERVICE}:
        return role or session
    if who.principal.source_identity:
        return who.principal.source_identity
    # In the console a role bears its user's name; an identity provider sets the name of a SAML session.
    given = (call.from_console or via is Via.SAML) and not session_names.is_generated(session)
    invoked_by = who.principal.invoked_by
    return session if given or not role or session_names.may_be_a_person(session, role, invoked_by) else role


def _subjects(who: Identity) -> list[str]:
    """Return what the caller's token says of its subject, which is what a role's trust policy checks."""
    claimed = [
        value for key, value in who.claims.items() if key in _SUBJECTS or key.endswith((":sub", ":subject"))
    ]
    return [who.principal.user_name, *claimed] if who.principal.type == "WebIdentityUser" else claimed


def _tail(arn: str) -> str:
    return arn.rpartition("/")[2] if "/" in arn else arn.rpartition(":")[2]
