"""What is known of sessions so far, what is still to be asked, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from iacwatch.core.model import Actor, TrailEvent


class Seek(StrEnum):
    """What is asked: which event opened a session, or how the caller's own account shows an event."""

    OPENING = "opening"
    COPY = "copy"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Missing:
    """A question: `at` is the event whose caller is not known, `place` the account to ask."""

    seek: Seek
    at: TrailEvent
    account_id: str

    @property
    def key(self) -> str:
        """Return what an answer has to bear: the session's key, or the id that both copies share."""
        opening = self.seek is Seek.OPENING
        return self.at.principal.access_key_id if opening else self.at.shared_event_id


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """The event that was asked for, or in words `why` there is none to go by; `failed`: nobody could look."""

    event: TrailEvent | None = None
    why: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facts:
    """The answers so far: openings by the key that they handed out, copies by the id that they share."""

    openings: Mapping[str, Answer] = field(default_factory=dict)
    copies: Mapping[str, Answer] = field(default_factory=dict)

    def answer(self, missing: Missing) -> Answer | None:
        """Return what came of a question; None where it was not asked yet."""
        known = self.openings if missing.seek is Seek.OPENING else self.copies
        return known.get(missing.key)


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
