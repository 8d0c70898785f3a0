"""Which callers are an origin by what AWS wrote of them, without a look at the trail; what to call them."""

from typing import Final

from iacwatch.core.arn import arn_parts
from iacwatch.core.model import ActorKind, TrailEvent, Via
from iacwatch.core.parse.identity import account_of, lasting_arn
from iacwatch.core.parse.opened import is_key
from iacwatch.core.parse.session_names import is_pod_session
from iacwatch.core.text import plain

_LONGEST: Final = 80
_PEOPLE: Final = frozenset(
    {ActorKind.IAM_USER, ActorKind.FEDERATED_USER, ActorKind.IDENTITY_CENTER_USER, ActorKind.AWS_SERVICE}
)
_SESSIONS: Final = frozenset({ActorKind.ASSUMED_ROLE, ActorKind.ROOT})
_PODS: Final = "oidc.eks."
_SAML: Final = "saml-provider/"
_NO_PIPELINES: Final = (_PODS, "cognito-identity.")
"""Providers whose subjects name no repository: what a cluster's pods and an application's users bring."""


def identities(event: TrailEvent, *, deciding: bool, taken: bool = False) -> tuple[str, ...] | None:
    """Return what is known of an event's caller as an origin; None where who opened its session decides that.

    Only what AWS itself wrote counts: not a session's name, nor a user agent. `deciding`: a workflow asks who
    opened the session; else a name for the report is enough. `taken`: another role was taken from it.
    """
    actor, principal = event.actor, event.principal
    lasting = tuple(filter(None, (lasting_arn(principal),)))
    if actor.on_own_account or actor.kind in _PEOPLE or (actor.kind not in _SESSIONS):
        return lasting
    if actor.kind is ActorKind.ROOT:
        return None if actor.via is Via.CROSS_ACCOUNT else lasting
    if actor.via is Via.SSO or principal.issued_to:
        return lasting
    if principal.provider and principal.subject:
        return of_token(event, principal.provider, principal.subject, taken=taken)
    if deciding:
        return None
    named = actor.source_identity or principal.provider.startswith((*_NO_PIPELINES, _SAML))
    return lasting if named or is_pod_session(principal.session_name) else None


def of_token(event: TrailEvent, provider: str, subject: str, *, taken: bool) -> tuple[str, ...]:
    """Return what a session that a token or an assertion opened is as an origin: ``PROVIDER:SUBJECT``.

    Its role's ARN counts too where another role was `taken` from it, and for a cluster's pods. It does not
    where the token opened the pipeline's own role: whoever the trust policy lets in would pass for it.
    """
    whose = (web_identity(provider, subject),)
    if not taken and not provider.startswith(_PODS):
        return whose
    return (*filter(None, (lasting_arn(event.principal),)), *whose)


def web_identity(provider: str, subject: str) -> str:
    """Return a web identity as `started_by` writes it: ``PROVIDER:SUBJECT``."""
    return f"{provider}:{subject}"


def has_key(event: TrailEvent) -> bool:
    """Return whether an event says by which key its caller called."""
    return is_key(event.principal.access_key_id)


def home(event: TrailEvent) -> str:
    """Return the account that an event's caller belongs to: the trail there says who opened its session."""
    parts = arn_parts(event.principal.arn)
    return account_of(parts.account_id if parts else "", event.principal.account_id, event.account_id)


def from_elsewhere(event: TrailEvent) -> bool:
    """Return whether an event shows its caller as another account alone."""
    kind, account_id = event.principal.type, event.principal.account_id
    return kind == "AWSAccount" and bool(account_of(account_id)) and account_id != event.account_id


def called(event: TrailEvent) -> str:
    """Return what an event's caller is called in a sentence: ``session cli of role deploy``."""
    principal = event.principal
    role = (lasting_arn(principal) or "").rpartition("/")[2]
    session = plain(principal.session_name, _LONGEST) or "without a name"
    if from_elsewhere(event):
        whose = f" ({session})" if principal.session_name else ""
        return f"a caller of account {principal.account_id}{whose}"
    if event.actor.kind is ActorKind.ROOT:
        return f"a session of root in account {home(event)}"
    return f"session {session} of role {plain(role, _LONGEST)}" if role else f"session {session}"
