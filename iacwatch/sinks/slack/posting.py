"""Posting at Slack's pace: one message a second and channel, pauses as asked for, a few attempts, a bound.

All waiting goes through the clock, which ends it when the run has to end.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from iacwatch.core.model import Json
from iacwatch.ports import Clock, Failure
from iacwatch.sinks.slack.client import Answer, Down, Line, Posted, Refused, TooFast, Unknown

_log = logging.getLogger(__name__)

BUDGET: Final = timedelta(seconds=40)
"""How long one call of the sink may wait in all: a claim in the ledger is lent for 60 seconds."""

_GAP: Final = timedelta(seconds=1)
_BACKOFF: Final = (timedelta(seconds=1), timedelta(seconds=3), timedelta(seconds=7))
_PATIENCE: Final = 7
"""How often in a row Slack may ask for a pause without saying for how long: 1, 2, 4 ... 32 seconds apart."""
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_BLOCKS_REFUSED: Final = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
_HINTS: Final = {
    "account_inactive": "its account is deactivated: renew slack.token",
    "action_prohibited": "the workspace's administrators do not allow it",
    "channel_is_archived": "unarchive the channel, or name another one",
    "channel_not_found": "check the channel's name; invite the app to a private channel, and give its id",
    "invalid_auth": "check slack.token",
    "invalid_characters": "slack.token or slack.webhook_url holds invalid characters",
    "invalid_payload": "report this as a bug in iacwatch",
    "invalid_token": "check slack.webhook_url",
    "invalid_url": "check slack.api_url and slack.webhook_url",
    "is_archived": "unarchive the channel, or name another one",
    "missing_scope": "grant the app the scope {detail} and install it again",
    "no_active_hooks": "the webhook was removed: make a new one and set slack.webhook_url",
    "no_service": "the webhook was removed: make a new one and set slack.webhook_url",
    "no_team": "check slack.webhook_url",
    "not_allowed_token_type": "slack.token must be a bot token (xoxb-…)",
    "not_authed": "set slack.token",
    "not_in_channel": "invite the app with /invite, or grant it chat:write.public",
    "restricted_action": "the channel's settings do not let the app post",
    "restricted_action_read_only_channel": "the channel's settings do not let the app post",
    "restricted_action_thread_only_channel": "the channel takes replies only: name another one",
    "token_expired": "renew slack.token",
    "token_revoked": "renew slack.token",
}


class NotPosted(Exception):
    """A message was not posted, or nobody knows; `failure` says why, `code` is Slack's word for it."""

    def __init__(self, failure: Failure, *, code: str = "") -> None:
        super().__init__(failure.reason)
        self.failure = failure
        self.code = code


class Posting:
    """Posts through a line, channel by channel, never faster than Slack allows."""

    def __init__(self, line: Line, clock: Clock) -> None:
        """Take the line, and the clock that waits."""
        self._line = line
        self._clock = clock
        self._free_at: dict[str, datetime] = {}
        self._seen_at = _NEVER
        self._down = False
        self._too_fast: dict[str, int] = {}

    @property
    def threads(self) -> bool:
        """Return whether messages can be updated and answered to."""
        return self._line.threads

    def post(self, channel: str, message: Mapping[str, Json], *, until: datetime, thread: str = "") -> Posted:
        """Post one message; raise `NotPosted` where that did not succeed by `until`.

        What Slack refuses for the blocks' sake is posted as text alone: a plain message beats none. A
        time-out after sending is not tried again here: the message may be there. Once Slack could not be
        reached for all attempts, one is made for each message until one succeeds: a run with many messages
        has to come to an end. Where Slack goes on for about a minute to ask for pauses of no length, nothing
        waits for that channel any more.
        """
        attempts = 0
        while True:
            self._wait(channel, until)
            answer = self._line.post(channel, message, thread=thread)
            self._next(channel, _GAP)
            self._down = self._down and isinstance(answer, Down)
            if not isinstance(answer, TooFast):
                self._too_fast.pop(channel, None)
            match answer:
                case Posted():
                    return answer
                case TooFast(wait=wait):
                    self._next(channel, self._longer(channel) if wait is None else wait)
                case Down(why=why):
                    if self._down or attempts == len(_BACKOFF):
                        self._down = True
                        raise NotPosted(Failure(reason=f"cannot reach Slack: {why}"))
                    self._next(channel, _BACKOFF[attempts])
                    attempts += 1
                case Unknown():
                    raise NotPosted(Failure(reason=_unknown(channel, answer), unknown=True))
                case Refused(code=code) if code in _BLOCKS_REFUSED and "blocks" in message:
                    _log.warning(
                        "Slack refused a message's blocks (%s %s): posting its text", code, answer.detail
                    )
                    message = {"text": message["text"]}
                case Refused():
                    raise NotPosted(Failure(reason=_refusal(channel, answer)), code=answer.code)

    def update(
        self, posted: Posted, channel: str, message: Mapping[str, Json], *, until: datetime
    ) -> Answer | None:
        """Bring a message up to date, in one attempt; return what Slack said, None where there is no time."""
        try:
            self._wait(channel, until)
        except NotPosted:
            return None
        answer = self._line.update(posted, message)
        self._next(channel, (isinstance(answer, TooFast) and answer.wait) or _GAP)
        return answer

    def await_another(self, until: datetime) -> None:
        """Wait a moment for what another run is posting; raise `NotPosted` where that takes too long."""
        if self._now() + _GAP > until:
            raise NotPosted(Failure(reason="another run is posting what this belongs to: reported later"))
        self._clock.sleep(_GAP)

    def _wait(self, channel: str, until: datetime) -> None:
        """Wait until the channel takes another message; raise at once where that comes too late."""
        now = self._now()
        free_at = self._free_at.get(channel, _NEVER)
        if max(free_at, now) > until or (free_at > now and self._too_fast.get(channel, 0) >= _PATIENCE):
            seconds = max(1, round((free_at - now).total_seconds()))
            reason = f"Slack is rate-limiting {channel or 'the webhook'} for {seconds} s more: reported later"
            raise NotPosted(
                Failure(reason=reason if free_at > now else "Slack takes too long: reported later")
            )
        self._clock.sleep(max(free_at - now, timedelta(0)))

    def _longer(self, channel: str) -> timedelta:
        """Return how long to wait where Slack does not say: twice as long as the time before."""
        times = self._too_fast.get(channel, 0)
        self._too_fast[channel] = min(times + 1, _PATIENCE)
        return _GAP * (1 << min(times, _PATIENCE - 1))

    def _next(self, channel: str, wait: timedelta) -> None:
        free_at = self._now() + wait
        self._free_at[channel] = max(self._free_at.get(channel, _NEVER), free_at)

    def _now(self) -> datetime:
        """Return the time; where the machine's clock was set back, the pauses move back with it."""
        now = self._clock.now()
        if now < self._seen_at:
            self._free_at = {channel: at - (self._seen_at - now) for channel, at in self._free_at.items()}
        self._seen_at = now
        return now


def _unknown(channel: str, answer: Unknown) -> str:
    """Return why nobody knows whether a message was posted."""
    where = channel or "the webhook"
    happened = (
        f"something other than Slack answered the message to {where}, perhaps a proxy ({answer.why})"
        if answer.answered
        else f"Slack took the message to {where} and did not answer ({answer.why})"
    )
    return f"{happened}: it may be there, and is reported again"


def _refusal(channel: str, answer: Refused) -> str:
    """Return Slack's refusal as a sentence that says what to do."""
    where = channel or "its webhook's channel"
    hint = _HINTS.get(answer.code, "").format(detail=answer.detail or "chat:write")
    detail = f" ({answer.detail})" if answer.detail and not hint else ""
    return f"Slack refused the message to {where}: {answer.code}{detail}{f'; {hint}' if hint else ''}"
