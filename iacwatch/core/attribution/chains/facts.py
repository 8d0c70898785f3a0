"""What is known of sessions so far, what is still to be asked, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from iacwatch.core.model import Actor, Resource, TrailEvent


class Seek(StrEnum):
    """What is asked: who opened a session, how another account shows a call, who had a stack do something."""

    OPENING = "opening"
    COPY = "copy"
    STACK = "stack"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Missing:
    """A question: `at` is the event whose caller is not known, `account_id` the account to ask.

    `stack` is the ARN of the stack that the call was made for, where that is asked after, and `service` is
    who opened the session.
    """

    seek: Seek
    at: TrailEvent
    account_id: str
    stack: str = ""
    service: str = ""

    @property
    def key(self) -> str:
        """Return what an answer has to bear: the session's key, or the id that both copies share.

        One about a stack goes for all calls of a minute.
        """
        match self.seek:
            case Seek.OPENING:
                return self.at.principal.access_key_id
            case Seek.COPY:
                return self.at.shared_event_id
            case Seek.STACK:
                return f"{self.service} {self.stack} {self.at.occurred_at:%Y-%m-%dT%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """The event that was asked for, or in words `why` there is none to go by; `failed`: nobody could look.

    About a stack, `starts` are the calls that began an operation on it, oldest first, and `doubtful` those
    that may have, since they do not say on which.
    """

    event: TrailEvent | None = None
    starts: tuple[TrailEvent, ...] = ()
    doubtful: tuple[TrailEvent, ...] = ()
    why: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """The answers so far: openings by the key that they handed out, copies by the id that they share."""

    openings: Mapping[str, Answer] = field(default_factory=dict)
    copies: Mapping[str, Answer] = field(default_factory=dict)
    stacks: Mapping[str, Answer] = field(default_factory=dict)

    def answer(self, missing: Missing) -> Answer | None:
        """Return what came of a question; None where it was not asked yet."""
        known = {Seek.OPENING: self.openings, Seek.COPY: self.copies, Seek.STACK: self.stacks}
        return known[missing.seek].get(missing.key)


class About(NamedTuple):
    """What a call changed, and the ARN of the stack that made it, "" where none did."""

    resource: Resource
    stack: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origin:
    """Who stands behind a call, as far as anybody knows.

    `actor` is the report's. `identities` are what `started_by` is held against: none where who opened the
    first session is `unknown`, which then says why, in words, and names the session. `failed`: nobody could
    look. `events` are those that tell the chain, nearest to the call first.
    """

    actor: Actor
    identities: tuple[str, ...] = ()
    events: tuple[TrailEvent, ...] = ()
    unknown: str = ""
    failed: bool = False
