"""Reads a role's trust policy: who can take the role, and whether people are among them.

Only what trust policies are made of is understood. Conditions other than those on the subject of a web
identity and on ``aws:PrincipalArn`` may narrow what is said here; none tells a person from a pipeline.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from iacwatch.core.arn import arn_parts, is_account
from iacwatch.core.globs import any_matches
from iacwatch.core.model import Json
from iacwatch.core.parse.identity import is_sso
from iacwatch.doctor.resource_policy import conditions, many, statements

_ACTIONS: Final = ("sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml")
_LIMITS: Final = frozenset({"stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike"})
_REPOSITORY: Final = re.compile(r"(repo|project_path):([^:]*)(.*)", re.DOTALL)
_FIELD: Final = re.compile(r"(?:[a-z_]+[:/])?[*?]", re.ASCII)
_WILD: Final = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Somebody whom a trust policy lets take the role.

    `words` say who, for a sentence. `people`: whether a person can be that. `origins` are the entries of
    ``started_by`` that fit the sessions which such a taker opens; none where they would fit anybody's.
    """

    words: str
    people: bool = False
    origins: tuple[str, ...] = ()


def takers(policy: str, role_arn: str) -> tuple[Taker, ...] | None:
    """Return who can take a role by its trust policy (JSON); None where the policy cannot be read."""
    found = statements(policy)
    if found is None:
        return None
    allowed = [each for each in found if each.get("Effect") == "Allow" and _opens(each)]
    return tuple(dict.fromkeys(taker for each in allowed for taker in _takers(each, role_arn)))


def loose(provider: str, subject: str) -> str:
    """Return whom a glob on the subject of a web identity lets in beside one pipeline; "" for nobody."""
    if found := _REPOSITORY.fullmatch(subject):
        _, name, rest = found.groups()
        owner, slash, project = name.rpartition("/")
        if not slash or _WILD.search(owner):
            return f"any repository of {provider} ({subject})"
        if _WILD.search(project):
            return f"every repository of {owner} ({subject})"
        if not rest or _WILD.match(rest.removeprefix(":")):
            return f"every branch and pull request of {name} ({subject})"
        return ""
    return f"any web identity of {provider} ({subject})" if _FIELD.match(subject) else ""


def _opens(statement: Mapping[str, Json]) -> bool:
    """Return whether a statement is about taking the role, as one that names what it is not about may be."""
    actions = [each.lower() for each in many(statement.get("Action"))]
    return "NotAction" in statement or any_matches(actions, _ACTIONS)


def _takers(statement: Mapping[str, Json], role_arn: str) -> Iterator[Taker]:
    principal = statement.get("Principal")
    named = {"AWS": principal} if isinstance(principal, str) else principal
    if not isinstance(named, Mapping):
        yield Taker(words="everybody whom its trust policy does not leave out", people=True)
        return
    limits = dict(_limits(statement))
    for kind, entries in named.items():
        for entry in many(entries):
            if kind == "AWS":
                for arn in limits.get("aws:principalarn", (entry,)):
                    yield _principal(arn)
            elif kind == "Federated":
                yield from _federated(entry, limits)
            elif kind == "Service":
                yield Taker(words=entry, origins=(role_arn,))


def _principal(arn: str) -> Taker:
    """Return who an ARN of a trust policy stands for; an account's number stands for its root."""
    parts = arn_parts(arn)
    if arn == "*":
        return Taker(words="anybody, of any account", people=True)
    if is_account(arn) or (parts is not None and parts.resource == "root"):
        account = arn if parts is None else parts.account_id
        return Taker(words=f"everybody whom a policy in the account {account} lets", people=True)
    if parts is None:
        return Taker(words=f"{arn}, which is not there any more")
    kind, _, name = parts.resource.partition("/")
    if kind == "role" and not is_sso(arn) and not parts.resource.startswith("role/*"):
        return Taker(words=f"the role {name.rpartition('/')[2]}", origins=(arn,))
    if kind == "assumed-role":
        role = f"arn:{parts.partition}:iam::{parts.account_id}:role/{name.partition('/')[0]}"
        return _principal(role)
    if kind == "user" and not _WILD.search(name):
        return Taker(words=f"the user {name.rpartition('/')[2]}", people=True, origins=(arn,))
    return Taker(words=f"people, as {parts.resource}", people=True)


def _federated(entry: str, limits: Mapping[str, Sequence[str]]) -> Iterator[Taker]:
    """Yield who comes with a token or an assertion of a provider."""
    parts = arn_parts(entry)
    resource = parts.resource if parts is not None else entry
    if resource.startswith("saml-provider/"):
        yield Taker(words=f"people who sign in by {resource}", people=True)
        return
    provider = resource.removeprefix("oidc-provider/")
    named = {key: values for key, values in limits.items() if key.startswith(f"{provider.lower()}:")}
    subjects = named.pop(f"{provider.lower()}:sub", ())
    for subject in subjects:
        if words := loose(provider, subject):
            yield Taker(words=words, people=True)
        else:
            yield Taker(words=f"{provider}:{subject}", origins=(f"{provider}:{subject}",))
    named.pop(f"{provider.lower()}:aud", None)
    if not subjects and named:
        yield Taker(words=f"web identities of {provider} that its trust policy names by {', '.join(named)}")
    elif not subjects:
        yield Taker(
            words=f"any web identity of {provider}, since its trust policy has no condition on sub",
            people=True,
        )


def _limits(statement: Mapping[str, Json]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the keys that a statement's conditions limit to certain values, in lower case.

    What ends in ``IfExists`` limits nobody who comes without that key.
    """
    for operator, keys in conditions(statement).items():
        if operator.lower().removeprefix("foranyvalue:") in _LIMITS:
            for key, values in keys.items():
                yield key.lower(), many(values)
