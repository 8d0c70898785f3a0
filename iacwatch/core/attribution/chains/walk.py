"""Follows a chain from a call to its origin, as far as the answers known so far reach."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from iacwatch.core.attribution.chains import sessions, stacks
from iacwatch.core.attribution.chains.facts import Answer, Facts, Missing, Origin, Seek
from iacwatch.core.model import Actor, ActorKind, ChainLink, TrailEvent, Via
from iacwatch.core.parse.identity import lasting_arn

MOST_HOPS: Final = 6
SKEW: Final = timedelta(seconds=5)
"""How much later than the call the event may be dated that opened its session: clocks, and whole seconds."""

_BEARERS: Final = {"WebIdentityUser": Via.OIDC, "SAMLUser": Via.SAML}
_COMPUTE: Final = {
    "ec2.amazonaws.com": Via.INSTANCE,
    "lambda.amazonaws.com": Via.FUNCTION,
    "ecs-tasks.amazonaws.com": Via.FUNCTION,
    "pods.eks.amazonaws.com": Via.FUNCTION,
}
_NAMES: Final = {stacks.CLOUDFORMATION: "CloudFormation", stacks.CATALOG: "Service Catalog"}
_MACHINES: Final = frozenset({Via.INSTANCE, Via.FUNCTION, Via.SERVICE})


@dataclass(slots=True, kw_only=True, eq=False)
class _Following:
    """The walk from the call so far: `at` is the event whose caller is looked at.

    `stack` is the stack that the call was made for, "" where that is no help (any more).
    """

    call: TrailEvent
    at: TrailEvent
    stack: str
    links: list[ChainLink] = field(default_factory=list)
    events: list[TrailEvent] = field(default_factory=list)

    def unknown(self, why: str, *, failed: bool = False) -> Origin:
        """End where nobody knows who opened the session."""
        return Origin(actor=self.actor(), events=tuple(self.events), unknown=why, failed=failed)

    def ended(self, identities: Sequence[str], actor: Actor | None = None) -> Origin:
        """End at the caller, of whom the last event may say more."""
        return Origin(actor=actor or self.actor(), identities=tuple(identities), events=tuple(self.events))

    def actor(self) -> Actor:
        """Return the caller looked at as the actor of the call: whence and how it came is the call's."""
        call, actor = self.call.actor, self.at.actor
        if self.at is self.call:
            return call
        return replace(
            actor,
            source_ip=call.source_ip,
            user_agent=call.user_agent,
            tool=call.tool,
            invoked_by=call.invoked_by,
            session=call.session,
            source_identity=actor.source_identity or call.source_identity,
            chain=tuple(self.links),
            on_own_account=False,
        )


def follow(call: TrailEvent, facts: Facts, *, deciding: bool, stack: str = "") -> Origin | Missing:
    """Return who stands behind a call, or what has to be asked first.

    A call that CloudFormation made in a service's session is whose who began the operation on its `stack`.

    `deciding`: a workflow asks who opened the session, so that what names a person or a machine for the
    report is not enough.
    """
    walk = _Following(call=call, at=call, stack=stack)
    while True:
        if sessions.from_elsewhere(walk.at) and (found := _elsewhere(walk, facts)) is not None:
            return found
        known = sessions.identities(walk.at, deciding=deciding, taken=bool(walk.links))
        if known is not None:
            return walk.ended(known)
        if (found := _opened(walk, facts, deciding=deciding)) is not None:
            return found


def _elsewhere(walk: _Following, facts: Facts) -> Origin | Missing | None:
    """Go on with the copy of an event in its caller's own account; None where that shows the caller."""
    at = walk.at
    account_id = at.principal.account_id
    if not at.shared_event_id:
        return walk.unknown(f"{sessions.called(at)}: its record has no id that it shares with a record there")
    answer = facts.answer(missing := Missing(seek=Seek.COPY, at=at, account_id=account_id))
    if answer is None:
        return missing
    if answer.event is None:
        return walk.unknown(answer.why, failed=answer.failed)
    if sessions.from_elsewhere(answer.event) or answer.event.principal.type == "AWSAccount":
        return walk.unknown(f"{sessions.called(at)}: the trail there does not name it either")
    walk.events.append(answer.event)
    if at is walk.call:
        walk.call = answer.event  # the same call, whose caller is known there
    walk.at = answer.event
    return None


def _opened(walk: _Following, facts: Facts, *, deciding: bool) -> Origin | Missing | None:
    """Go one session up; None where another session opened this one."""
    at, called = walk.at, sessions.called(walk.at)
    if not sessions.has_key(at):
        return walk.unknown(f"{called}: its record does not say by which key it called")
    if len(walk.links) >= MOST_HOPS:
        return walk.unknown(f"{called}: more than {MOST_HOPS} sessions lie between")
    answer = facts.answer(missing := Missing(seek=Seek.OPENING, at=at, account_id=sessions.home(at)))
    if answer is None:
        return missing
    opener = answer.event
    if opener is None or opener.opened is None:
        return walk.unknown(answer.why, failed=answer.failed)
    if why := _contradiction(at, opener):
        return walk.unknown(f"{called}: {why}")
    walk.events.append(opener)
    if opener.principal.type in _BEARERS:
        return _by_token(walk, opener, deciding=deciding)
    link = ChainLink(arn=at.principal.arn, access_key_id=at.principal.access_key_id, event_id=opener.event_id)
    if opener.actor.on_own_account:
        return _by_service(walk, opener, link, facts, deciding=deciding)
    walk.links.append(link)
    walk.at = opener
    return None


def _by_token(walk: _Following, opener: TrailEvent, *, deciding: bool) -> Origin:
    """End at a session that a web identity or a SAML assertion opened."""
    at, opened, via = walk.at, opener.opened, _BEARERS[opener.principal.type]
    by_role = via is Via.OIDC and at.actor.kind is ActorKind.ASSUMED_ROLE
    actor = replace(
        walk.actor(),
        via=via,
        name=_role(at) if by_role else at.actor.name,
        repository=opener.actor.repository or at.actor.repository,
    )
    if opened is None or not (opened.provider and opened.subject):
        why = f"{sessions.called(at)}: the event that opened it does not say whose token that was"
        return walk.unknown(why) if deciding else walk.ended((), actor)
    known = sessions.of_token(at, opened.provider, opened.subject, taken=bool(walk.links))
    return walk.ended(known, actor)


def _by_service(
    walk: _Following, opener: TrailEvent, link: ChainLink, facts: Facts, *, deciding: bool
) -> Origin | Missing | None:
    """End at a session that an AWS service opened: a machine's; one that works on a stack may go on."""
    at, service = walk.at, opener.principal.invoked_by
    if at is walk.call and stacks.may_tell(service, at, walk.stack):
        missing = Missing(seek=Seek.STACK, at=at, account_id=at.account_id, stack=walk.stack, service=service)
        answer = facts.answer(missing)
        if answer is None:
            return missing
        begun = stacks.last_start(answer, at)
        if begun is not None:
            walk.stack = ""
            walk.links.append(link)
            walk.events.append(begun)
            walk.at = begun
            return None
        if deciding:
            why = (
                answer.why
                or f"{_NAMES[service]} opened it, and nobody is seen to have begun the stack's work"
            )
            return walk.unknown(f"{sessions.called(at)}: {why}", failed=answer.failed)
    known = at.actor.via in _MACHINES
    via = at.actor.via if known else _COMPUTE.get(service, Via.SERVICE)
    return walk.ended(_lasting(at), replace(walk.actor(), via=via, name=_role(at)))


def _lasting(at: TrailEvent) -> tuple[str, ...]:
    return tuple(filter(None, (lasting_arn(at.principal),)))


def _role(at: TrailEvent) -> str:
    return next((arn.rpartition("/")[2] for arn in _lasting(at)), at.actor.name)


def _contradiction(at: TrailEvent, opener: TrailEvent) -> str:
    """Return why an event cannot have opened a caller's session, although it handed out its key, or ""."""
    opened = opener.opened
    if opened is None or opened.access_key_id != at.principal.access_key_id:
        return "the event that was found handed out another key"
    if opened.arn and at.principal.arn and opened.arn != at.principal.arn:
        return "the event that handed out its key opened another session"
    if opener.occurred_at > at.occurred_at + SKEW:
        return "the event that handed out its key came later than the call"
    return ""


def contested(called: str) -> Answer:
    """Return the answer where one key seems to belong to two sessions: nobody is blamed for either."""
    return Answer(why=f"{called}: its key is seen in more than one session")
