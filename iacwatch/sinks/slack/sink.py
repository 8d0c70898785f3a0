"""Findings as Slack messages: one for what one actor did together, in the channel that a route names."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.model import Finding
from iacwatch.core.present.gravity import gravest_first, gravity
from iacwatch.core.present.record import company, group
from iacwatch.core.present.sentence import done, said
from iacwatch.errors import Stopping
from iacwatch.ports import Clock, Delivered, Failure, Notes
from iacwatch.sinks.slack.blocks import Later, Mentions, MessageStyle
from iacwatch.sinks.slack.client import BotLine, Down, Posted, Refused, TooFast, WebhookLine
from iacwatch.sinks.slack.message import Message, message, with_news
from iacwatch.sinks.slack.open_messages import OpenMessages, Place, Saved, place_key
from iacwatch.sinks.slack.posting import BUDGET, NotPosted, Posting
from iacwatch.sinks.slack.route import Route
from iacwatch.sinks.slack.undoing import Undo, Undoing
from iacwatch.sinks.style import DEFAULT_STYLE, ReportStyle

_log = logging.getLogger(__name__)

_NO_THREADS: Final = "restricted_action_non_threadable_channel"
"""Slack's word for a channel whose messages take no replies."""

_DELETED: Final = "message_not_found"

_UPDATES: Final = 3
"""How often a message is brought up to date in a row where others change it meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stale:
    """A message whose saved text is newer than what it shows; `key`: the note that says where it stands."""

    channel: str
    key: str = ""


class Slack:
    """A `ports.Sink` that posts with a bot's token, or to an incoming webhook.

    With a token, what the same actor goes on doing within `group_window` is reported in the thread of the
    first message, which is kept current, by whichever run or function comes to it: `notes` say where it is.
    """

    remembered = "slack"
    deferred_close = False

    def __init__(
        self,
        *,
        clock: Clock,
        notes: Notes,
        token: str = "",
        webhook_url: str = "",
        api_url: str = "https://slack.com/api/",
        channel: str = "",
        routes: Sequence[Route] = (),
        style: ReportStyle = DEFAULT_STYLE,
        mentions: Mentions | None = None,
        group_window: timedelta = timedelta(minutes=10),
    ) -> None:
        """Take the secret of one way to post; with a webhook, `channel` and `routes` mean nothing.

        `mentions`: who is mentioned (None: nobody).
        """
        line = BotLine(token=token, api_url=api_url) if token else WebhookLine(url=webhook_url)
        self._posting = Posting(line, clock)
        self._clock = clock
        self._channel = channel if token else ""
        self._routes = tuple(routes) if token else ()
        self._lost = bool(token) and not channel
        self._style = style
        self._mentions = mentions
        self._window = group_window
        self._flat: set[str] = set()
        self._stale: dict[Posted, _Stale] = {}
        self._open = OpenMessages(notes, clock, window=group_window)
        self._undoing = Undoing(notes, clock, redact=style.redact)

    def emit(self, findings: Sequence[Finding]) -> Mapping[str, Delivered | Failure]:
        """Post the findings: a message for each channel and group, within 40 seconds of waiting in all.

        A time-out after sending is answered as unknown: the finding is reported again, since a repeat is a
        nuisance and a change that nobody hears of is what this tool exists against. `Stopping` comes
        through unless something was posted already: what was reported must not be forgotten.
        """
        answers: dict[str, Delivered | Failure] = {}
        until = self._clock.now() + BUDGET
        try:
            for channel, together in self._messages(findings):
                answer = self._report(channel, together, until)
                answers.update({finding.finding_id: answer for finding in together})
        except Stopping as stopping:
            if not any(isinstance(answer, Delivered) for answer in answers.values()):
                raise
            rest = Failure(reason=f"not posted: the run ended ({stopping.why})")
            return {each.finding_id: answers.get(each.finding_id, rest) for each in findings}
        return answers

    def close(self) -> None:
        """Finish: every message is posted already; what is not up to date yet is tried once more."""
        self._bring_up_to_date(self._clock.now() + BUDGET)

    def _messages(self, findings: Sequence[Finding]) -> Iterator[tuple[str | None, tuple[Finding, ...]]]:
        """Yield the groups of findings that share a channel; None: no channel is meant for them."""
        channels: dict[str | None, list[Finding]] = {}
        for finding in findings:
            channels.setdefault(self._channel_of(finding), []).append(finding)
        for channel, there in channels.items():
            for together in group(there, self._window):
                yield channel, together

    def _channel_of(self, finding: Finding) -> str | None:
        for route in self._routes:
            if route.takes(finding):
                return route.channel
        return None if self._lost else self._channel

    def _report(
        self, channel: str | None, together: tuple[Finding, ...], until: datetime
    ) -> Delivered | Failure:
        if channel is None:
            _log.info("%d findings go to no channel: no route takes them, no slack.channel", len(together))
            return Delivered(detail="no route matches it, and slack.channel is empty")
        try:
            posted = self._post(channel, together, until)
        except NotPosted as error:
            return error.failure
        return Delivered(detail=f"{channel} {posted.stamp}".strip())

    def _post(self, channel: str, together: tuple[Finding, ...], until: datetime) -> Posted:
        """Post below the message that stands open for these findings, else a message that may grow."""
        made = message(together, self._message_style())
        if not self._posting.threads:
            return self._posting.post(channel, made.body, until=until)
        key = place_key(channel, company(together[0]))
        moments = [finding.happened_at for finding in together]
        seen, ours = self._open.look(key), False
        while not ours:
            place = Place.of(seen)
            if place is not None and place.in_hand(self._clock.now()):
                self._posting.await_another(until)
                seen = self._open.look(key)
                continue
            if place is not None and place.posted is not None and place.continues(moments, self._window):
                if not place.replies:
                    self._flat.add(channel)
                elif channel not in self._flat:
                    posted = self._below(
                        key, place.posted, channel=channel, together=together, made=made, until=until
                    )
                    if posted is not None:
                        return posted
            ours, seen = self._open.claim(key, seen=seen, moments=moments)
        claimed, posted = seen or "", None
        try:
            posted = self._posting.post(channel, made.body, until=until)
        finally:
            if posted is None:
                self._open.give_up(key, claimed=claimed)
        saved = Saved(message=made.body, lines=made.lines)
        self._open.opened(key, claimed=claimed, posted=posted, saved=saved, replies=channel not in self._flat)
        self._undoing.expect(together, posted)
        return posted

    def _below(
        self,
        key: str,
        parent: Posted,
        *,
        channel: str,
        together: Sequence[Finding],
        made: Message,
        until: datetime,
    ) -> Posted | None:
        """Post in the thread of a message, which is stale then; None where it takes no replies."""
        try:
            posted = self._posting.post(channel, made.body, until=until, thread=parent.stamp)
        except NotPosted as error:
            if not error.code:
                raise
            # The message was deleted, or its thread is locked: Slack has many words for that.
            if error.code == _NO_THREADS:
                self._flat.add(channel)
            return None
        moments = [finding.happened_at for finding in together]
        self._open.stretch(key, parent, moments)
        self._open.keep(posted, Saved(message=made.body, lines=made.lines))
        self._undoing.expect(together, posted)
        first = gravest_first(together)[0]
        later = Later(
            count=len(together),
            last=max(moments),
            gravest=said(done(first, tag_key=self._style.tag_key, redact=self._style.redact)),
            gravity=gravity(first),
        )
        if self._open.change(parent, lambda saved: replace(saved, later=later.after(saved.later))):
            self._stale[parent] = _Stale(channel=channel, key=key)
        return posted

    def notice(self, unreported: Sequence[Finding]) -> None:
        """Bring the messages up to date that have grown, or in which one of these changes put something back.

        That comes after a wave's reports, once for all that came below a message: what was reported is
        remembered by then, and Slack takes few updates. What fails for a moment is tried after the next wave.
        """
        until = self._clock.now() + BUDGET
        undos, left = self._undoing.undone(unreported)
        for undo in undos:

            def marked(saved: Saved, undo: Undo = undo) -> Saved | None:
                new = {**saved.undone, undo.key: undo.words}
                return replace(saved, undone=new) if undo.key in saved.lines else None

            if self._open.change(undo.posted, marked):
                self._stale.setdefault(undo.posted, _Stale(channel=undo.posted.channel))
        self._bring_up_to_date(until)
        self._undoing.expect_only(left)

    def _bring_up_to_date(self, until: datetime) -> None:
        try:
            for posted, stale in list(self._stale.items()):
                if self._updated(posted, stale, until):
                    del self._stale[posted]
        except Stopping:
            _log.info("%d messages were not brought up to date: the run ends", len(self._stale))

    def _updated(self, posted: Posted, stale: _Stale, until: datetime) -> bool:
        """Change what a message says; return False where another attempt may succeed.

        What another run saves meanwhile is not lost, whichever update comes to Slack first.
        """
        saved = self._open.saved(posted)
        for _ in range(_UPDATES):
            if saved is None:
                break
            current = with_news(saved, now=self._clock.now())
            match self._posting.update(posted, stale.channel, current, until=until):
                case None | TooFast() | Down():
                    _log.info("a message in %s could not be updated yet", stale.channel)
                    return False
                case Refused(code=code):
                    _log.info("a message in %s cannot be updated: %s", stale.channel, code)
                    if code == _DELETED and stale.key:
                        self._open.forget(stale.key, posted)
                    break
            before, saved = saved, self._open.saved(posted)
            if saved == before:
                break
        return True

    def _message_style(self) -> MessageStyle:
        return MessageStyle(
            names=self._style.names,
            redact=self._style.redact,
            tag_key=self._style.tag_key,
            now=self._clock.now(),
            mentions=self._mentions,
        )
