"""Names who stands behind a call, and through which roles or in which session they called.

What strangers wrote goes through `code`, by which a sink marks and escapes it; our own words do not.
"""

from collections.abc import Callable, Sequence
from typing import Final

from iacwatch.core.arn import arn_parts
from iacwatch.core.model import Actor, ActorKind
from iacwatch.core.text import plain

_LONGEST: Final = 80
_LONGEST_SESSION: Final = 40
_NAMED: Final = 3


def _as_it_is(text: str) -> str:
    return text


def person(actor: Actor) -> str:
    """Return the actor's name as people call it."""
    if actor.kind is ActorKind.ROOT:
        return plain(f"the root user of {actor.account_id}", _LONGEST) if actor.account_id else "root"
    return plain(actor.name, _LONGEST) or plain(actor.arn or "", _LONGEST) or "somebody without a name"


def subject(actor: Actor) -> str:
    """Return who stands behind a call: the person, what a pipeline ran for, else the machine's role."""
    return plain(actor.repository or "", _LONGEST) or person(actor)


def aside(actors: Sequence[Actor], code: Callable[[str], str] = _as_it_is) -> str:
    """Return what to say beside the subject of calls of one origin; "" where there is nothing to say.

    ", through role gha-terraform-prod" where roles lie between, " (session terragrunt-1718…)" where a
    machine's role is named, which its sessions tell apart; " (8 sessions)" of several.
    """
    ways = list(dict.fromkeys(tuple(_roles(actor)) for actor in actors))
    if any(ways):
        roles = ways[0] if len(ways) == 1 else tuple(dict.fromkeys(way[-1] for way in ways if way))
        return f", {'' if all(ways) else 'also '}through {_listed(roles, code)}"
    sessions = list(dict.fromkeys(session for actor in actors if (session := _session(actor))))
    if len(sessions) > 1:
        return f" ({len(sessions)} sessions)"
    return f" (session {code(plain(sessions[0], _LONGEST_SESSION))})" if sessions else ""


def whole(actor: Actor, code: Callable[[str], str] = _as_it_is) -> str:
    """Return subject and aside as an entry of a list: "alice, through role admin"."""
    return code(subject(actor)) + aside((actor,), code)


def acting(actors: Sequence[Actor], code: Callable[[str], str] = _as_it_is) -> str:
    """Return subject and aside of one origin's calls as a verb may follow: with a comma behind "through"."""
    return code(subject(actors[0])) + before_verb(aside(actors, code))


def before_verb(beside: str) -> str:
    """Return an aside as a verb may follow it."""
    return f"{beside}," if beside.startswith(",") else beside


def _roles(actor: Actor) -> list[str]:
    """Return the roles between the origin and the call, the one that called last."""
    of_run = [actor.principal] if actor.repository and actor.kind is ActorKind.ASSUMED_ROLE else []
    links = (link.arn for link in reversed(actor.chain))
    return [plain(_role(arn), _LONGEST) for arn in (*of_run, *links) if arn]


def _role(arn: str) -> str:
    """Return the name of the role (or of the federated user) that an ARN of a session or a role bears."""
    parts = arn_parts(arn)
    if parts is None:
        return arn
    kind, _, name = parts.resource.partition("/")
    return name.partition("/")[0] if kind == "assumed-role" else name.rpartition("/")[2]


def _listed(roles: Sequence[str], code: Callable[[str], str]) -> str:
    *others, last = map(code, roles)
    if not others:
        return f"role {last}"
    if len(roles) > _NAMED:
        return f"{len(roles)} roles to {last}"
    return f"roles {', '.join(others)} and {last}"


def _session(actor: Actor) -> str:
    shown = actor.session and actor.session != actor.name and not actor.on_own_account
    return actor.session or "" if shown else ""
