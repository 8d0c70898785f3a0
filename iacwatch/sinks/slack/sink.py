"""Findings as Slack messages: one for what one actor did together, in the channel that a route names."""

import logging
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from iacwatch.core.globs import matches
from iacwatch.core.model import Finding, Verdict
from iacwatch.core.present.record import company, group
from iacwatch.core.present.sentence import happened_at
from iacwatch.errors import Stopping
from iacwatch.ports import Clock, Delivered, Failure
from iacwatch.sinks.slack.blocks import Later, MessageStyle
from iacwatch.sinks.slack.client import BotLine, Posted, WebhookLine
from iacwatch.sinks.slack.message import message
from iacwatch.sinks.slack.posting import BUDGET, NotPosted, Posting
from iacwatch.sinks.style import DEFAULT_STYLE, ReportStyle

_log = logging.getLogger(__name__)

_MOST_THREADS: Final = 500
_NO_THREADS: Final = "restricted_action_non_threadable_channel"
"""Slack's word for a channel whose messages take no replies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which findings go to `channel`: conditions ANDed, entries ORed, an empty one holds for all.

    `managed_by`, `resource_types` and the values of `tags` are globs; every tag that is named must be there.
    """

    channel: str
    accounts: Sequence[str] = ()
    managed_by: Sequence[str] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    resource_types: Sequence[str] = ()
    verdicts: Sequence[Verdict] = ()

    def takes(self, finding: Finding) -> bool:
        """Return whether a finding goes this way."""
        resource, managed = finding.change.resource, finding.managed
        return (
            (not self.accounts or resource.account_id in self.accounts)
            and (not self.managed_by or _fits(self.managed_by, managed.value))
            and all(_fits([glob], managed.tags.get(key)) for key, glob in self.tags.items())
            and (not self.resource_types or _fits(self.resource_types, resource.type))
            and (not self.verdicts or finding.verdict in self.verdicts)
        )


@dataclass(slots=True)
class _Thread:
    """A message whose thread reports further changes of the same actor; `count` of them so far."""

    posted: Posted
    findings: Sequence[Finding]
    style: MessageStyle
    last: datetime
    count: int = 0


class Slack:
    """A `ports.Sink` that posts with a bot's token, or to an incoming webhook.

    With a token, what the same actor goes on doing within `group_window` is reported in the thread of the
    first message, which is kept current. This process alone remembers that: another one starts anew.
    """

    remembered = "slack"
    deferred_close = False

    def __init__(
        self,
        *,
        clock: Clock,
        token: str = "",
        webhook_url: str = "",
        api_url: str = "https://slack.com/api/",
        channel: str = "",
        routes: Sequence[Route] = (),
        style: ReportStyle = DEFAULT_STYLE,
        group_window: timedelta = timedelta(minutes=10),
    ) -> None:
        """Take the secret of one way to post; with a webhook, `channel` and `routes` mean nothing."""
        line = BotLine(token=token, api_url=api_url) if token else WebhookLine(url=webhook_url)
        self._posting = Posting(line, clock)
        self._clock = clock
        self._channel = channel if token else ""
        self._routes = tuple(routes) if token else ()
        self._lost = bool(token) and not channel
        self._style = style
        self._window = group_window
        self._without_threads: set[str] = set()
        self._threads: OrderedDict[Hashable, _Thread] = OrderedDict()

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
        """Finish; every message is posted already."""

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
            return Delivered(detail="no route takes it, and slack.channel is empty")
        key = (channel, company(together[0]))
        thread = None if channel in self._without_threads else self._threads.get(key)
        try:
            if thread is not None and self._continues(thread, together):
                posted = self._below(thread, channel, together, until)
                if posted is not None:
                    return Delivered(detail=f"{channel} {posted.stamp}".strip())
            style = self._message_style()
            posted = self._posting.post(channel, message(together, style), until=until)
        except NotPosted as error:
            return error.failure
        self._remember(key, _Thread(posted, together, style, _last(together)))
        return Delivered(detail=f"{channel} {posted.stamp}".strip())

    def _continues(self, thread: _Thread, together: Sequence[Finding]) -> bool:
        """Return whether findings belong to what a message reported: within the window of its first call."""
        first = happened_at(thread.findings[0])
        return abs(happened_at(together[0]) - first) < self._window

    def _below(
        self, thread: _Thread, channel: str, together: Sequence[Finding], until: datetime
    ) -> Posted | None:
        """Post in the thread of a message, and bring it up to date; None where it takes no replies."""
        reply = message(together, self._message_style())
        try:
            posted = self._posting.post(channel, reply, until=until, thread=thread.posted.stamp)
        except NotPosted as error:
            if not error.code:
                raise
            # The message was deleted, or its thread is locked: Slack has many words for that.
            if error.code == _NO_THREADS:
                self._without_threads.add(channel)
            return None
        thread.count += len(together)
        thread.last = max(thread.last, _last(together))
        later = Later(count=thread.count, last=thread.last)
        try:
            current = message(thread.findings, thread.style, later=later)
            if not self._posting.update(thread.posted, channel, current, until=until):
                _log.info("the first message in %s could not be brought up to date", channel)
        except Stopping:
            _log.info("the first message in %s was not brought up to date: the run ends", channel)
        return posted

    def _remember(self, key: Hashable, thread: _Thread) -> None:
        if self._posting.threads:
            self._threads[key] = thread
            self._threads.move_to_end(key)
            if len(self._threads) > _MOST_THREADS:
                self._threads.popitem(last=False)

    def _message_style(self) -> MessageStyle:
        return MessageStyle(
            names=self._style.names,
            redact=self._style.redact,
            tag_key=self._style.tag_key,
            now=self._clock.now(),
        )


def _fits(globs: Sequence[str], text: str | None) -> bool:
    return text is not None and any(matches(glob, text) for glob in globs)


def _last(findings: Sequence[Finding]) -> datetime:
    return max(map(happened_at, findings))
