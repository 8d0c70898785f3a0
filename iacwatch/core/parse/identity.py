"""Reads CloudTrail's `userIdentity`: who called according to CloudTrail, and how they got their credentials.

Only strings are taken, and only so many characters of them: a field of another type counts as missing. A
missing field never clears anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from iacwatch.core.arn import arn_parts, is_account
from iacwatch.core.model import Json, Principal
from iacwatch.core.parse.json_values import mapping, moment, whole
from iacwatch.errors import ParseError

LONGEST: Final = 2_048
_HIDDEN: Final = frozenset({"HIDDEN_DUE_TO_SECURITY_REASONS", "<sensitiveDataRemoved>", "****"})
_NOTHING: Final[Mapping[str, Json]] = {}
_SESSIONS: Final = frozenset({"AssumedRole", "Role", "AWSAccount", "FederatedUser"})
"""Types whose `principalId` ends in a session's name (``AROA…:SESSION``)."""

_ROLES: Final = frozenset({"AssumedRole", "Role"})
_BEARERS: Final = frozenset({"WebIdentityUser", "SAMLUser"})
"""Types of callers that a token or an assertion stands for: their user name is its subject."""

_INSTANCE: Final = "instance"
_PROVIDERS: Final = ((":oidc-provider/", ""), (":saml-provider/", "saml-provider/"))
_SUBJECTS: Final = ("sub", "subject")
_MOST_CLAIMS: Final = 50
_TYPES_BY_ARN: Final = (
    ("sts", "assumed-role/", "AssumedRole"),
    ("sts", "federated-user/", "FederatedUser"),
    ("iam", "user/", "IAMUser"),
    ("iam", "role/", "Role"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A principal, and what else `userIdentity` says about the way to the credentials.

    `role` is the role's name without its path. `provider` is who vouched for a web identity or a SAML user;
    `claims` are its token's. `from_instance`: EC2 handed the credentials to an instance.
    `scope_type` is the kind of thing that they were issued to (``AWS::Lambda::Function``). `root_assumed`:
    a session of root that the organization's management account opened. `in_session`: the record tells of a
    session, as it does of whoever calls through a service.
    """

    principal: Principal
    role: str = ""
    provider: str = ""
    claims: Mapping[str, str]
    user_id: str = ""
    from_instance: bool = False
    scope_type: str = ""
    root_assumed: bool = False
    in_session: bool = False


def identity(value: Json) -> Identity:
    """Read a `userIdentity`; of old and odd records it may be anything. Raises nothing."""
    element = part(value)
    context = part(element.get("sessionContext"))
    issuer = part(context.get("sessionIssuer"))
    web = part(context.get("webIdFederationData"))
    scope = part(element.get("inScopeOf"))
    arn, principal_id = word(element, "arn", "ARN"), word(element, "principalId")
    kind, of_role, session = _session(word(element, "type") or _type_of(arn), arn, principal_id)
    user_name, claims = _shown(word(element, "userName")), _claims(web.get("attributes"))
    provider = word(web, "federatedProvider") or word(element, "identityProvider")
    from_instance, scope_type = bool(context.get("ec2RoleDelivery")), word(scope, "issuerType")
    principal = Principal(
        type=kind,
        arn=arn,
        account_id=word(element, "accountId"),
        principal_id=principal_id,
        user_name=user_name,
        session_name=session,
        issuer_arn=word(issuer, "arn", "ARN"),
        issuer_account_id=word(issuer, "accountId"),
        invoked_by=word(element, "invokedBy"),
        access_key_id=word(element, "accessKeyId"),
        source_identity=word(context, "sourceIdentity") or word(element, "sourceIdentity"),
        provider=provider_name(provider),
        subject=user_name if kind in _BEARERS else _subject(claims, provider_name(provider)),
        issued_to=scope_type or (_INSTANCE if from_instance else ""),
        session_opened_at=_moment(part(context.get("attributes")).get("creationDate")),
    )
    return Identity(
        principal=principal,
        role=principal.issuer_arn.rpartition("/")[2] or of_role or word(issuer, "userName"),
        provider=provider,
        claims=claims,
        user_id=word(part(element.get("onBehalfOf")), "userId"),
        from_instance=from_instance,
        scope_type=scope_type,
        root_assumed=is_true(context.get("assumedRoot")),
        in_session=bool(element.get("sessionContext")),
    )


def part(value: Json) -> Mapping[str, Json]:
    """Return an object, also where it came as JSON text; an empty one for all else."""
    if isinstance(value, str) and value[:1] == "{":
        try:
            value = mapping(value, "")
        except ParseError:
            return _NOTHING
    return value if isinstance(value, Mapping) else _NOTHING


def word(document: Mapping[str, Json], *names: str) -> str:
    """Return the first of some fields that is text and not empty, cut to `LONGEST`; "" where none is."""
    for name in names:
        value = document.get(name)
        if isinstance(value, str) and value:
            return whole(value[:LONGEST])
    return ""


def is_true(value: Json) -> bool:
    """Return whether a flag is set: a boolean in some records, text in others."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def is_service_linked(issuer_arn: str) -> bool:
    """Return whether only an AWS service can assume a role: nobody else can create one at this path."""
    parts = arn_parts(issuer_arn)
    return (
        parts is not None and parts.service == "iam" and parts.resource.startswith("role/aws-service-role/")
    )


def is_sso(issuer_arn: str) -> bool:
    """Return whether a role is one of IAM Identity Center's: at a path where nobody else can create one."""
    parts = arn_parts(issuer_arn)
    return (
        parts is not None
        and parts.service == "iam"
        and parts.resource.startswith("role/aws-reserved/sso.amazonaws.com/")
    )


def _type_of(arn: str) -> str:
    """Return the type of caller that an ARN is of, for records without a type (mostly those of services)."""
    parts = arn_parts(arn)
    if parts is None:
        return ""
    if parts.service == "iam" and parts.resource == "root":
        return "Root"
    found = (
        kind
        for service, head, kind in _TYPES_BY_ARN
        if parts.service == service and parts.resource.startswith(head)
    )
    return next(found, "")


def _session(kind: str, arn: str, principal_id: str) -> tuple[str, str, str]:
    """Return the type, the role's name and the session's, where the caller is a session."""
    parts = arn_parts(arn)
    resource = parts.resource if parts is not None else ""
    by_id = principal_id.partition(":")[2] if kind in _SESSIONS else ""
    if resource.startswith("assumed-role/"):
        _, role, *rest = resource.split("/", 2)
        return kind, role, rest[0] if rest else by_id
    if resource.startswith("role/"):
        return kind, resource.rpartition("/")[2], by_id
    if resource.startswith("federated-user/"):
        return kind, "", resource.partition("/")[2]
    return kind, "", by_id


def lasting_arn(principal: Principal) -> str | None:
    """Return the ARN that outlasts the session: the role's, or the user's (a federated one's issuer's)."""
    if principal.issuer_arn:
        return principal.issuer_arn
    parts = arn_parts(principal.arn)
    if parts is not None and parts.service == "sts" and principal.type in _ROLES:
        kind, _, name = parts.resource.partition("/")
        role = name.partition("/")[0]
        if kind == "assumed-role" and role:
            return f"arn:{parts.partition}:iam::{parts.account_id}:role/{role}"
    return principal.arn or None


def _shown(name: str) -> str:
    return "" if name in _HIDDEN else name


def _claims(value: Json) -> Mapping[str, str]:
    claims = part(value)
    return {name[:LONGEST]: word(claims, name) for name in list(claims)[:_MOST_CLAIMS] if word(claims, name)}


def _subject(claims: Mapping[str, str], provider: str) -> str:
    """Return the one subject that a token's claims name, which is what a role's trust policy checks.

    Of claims with a provider before them, only its own: what else a token claims may be its bearer's word.
    """
    keys = {*_SUBJECTS, *(f"{provider}:{name}" for name in _SUBJECTS)}
    found = {value for key, value in claims.items() if key in keys}
    return found.pop() if len(found) == 1 else ""


def _moment(value: Json) -> datetime | None:
    try:
        return moment(value, "creationDate")
    except ParseError:
        return None


def provider_name(arn: str) -> str:
    """Return an identity provider as people write it: ``token.actions.githubusercontent.com``.

    One of SAML's keeps what it is: whoever names it must not make it look like a web identity's.
    """
    for middle, kind in _PROVIDERS:
        if middle in arn:
            return kind + arn.partition(middle)[2]
    return arn


def account_of(*candidates: str) -> str:
    """Return the first of some texts that is an account id; "" where none is."""
    return next((text for text in candidates if is_account(text)), "")
