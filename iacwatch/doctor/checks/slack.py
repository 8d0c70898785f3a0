"""Checks Slack: is the token valid, may it post, and is the bot in its channels."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from iacwatch.core.text import plain
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, fail, ok, unseen, used, warn
from iacwatch.doctor.setup import Setup
from iacwatch.doctor.slack_api import SlackAnswer, ask, bad, connect, scopes_of
from iacwatch.errors import IacwatchError

if TYPE_CHECKING:
    from slack_sdk.web import WebClient

_MOST: Final = 20
_POST: Final = "chat:write"
_POST_ANYWHERE: Final = "chat:write.public"
_APP: Final = "in the app's OAuth & Permissions, and install it again"


@check("slack", after="ledger.table", aws=False)
def slack(examination: Examination) -> Iterator[Result]:
    """Judge whether findings can be posted to Slack."""
    setup = examination.setup
    if setup.slack.token is not None:
        yield from _bot(setup)
    elif setup.slack.webhook is not None:
        yield from _webhook(setup)
    elif not setup.bus.name:
        yield warn(
            "slack",
            "Slack is not configured: findings appear only in the report",
            "set slack.token and slack.channel, or slack.webhook_url (or events.bus)",
        )


def _webhook(setup: Setup) -> Iterator[Result]:
    try:
        if setup.slack.webhook is not None:
            setup.slack.webhook()
    except IacwatchError as error:
        yield used("slack", error, drained=bool(setup.function))
        return
    if not setup.post:
        yield unseen(
            "slack",
            "a webhook is configured; only a post can show whether it works",
            "run iacwatch doctor --post, which posts a test message",
        )


def _bot(setup: Setup) -> Iterator[Result]:
    try:
        token = setup.slack.token() if setup.slack.token is not None else ""
    except IacwatchError as error:
        yield used("slack", error, drained=bool(setup.function))
        return
    client = connect(token, setup.slack.api_url)
    answer, headers = ask(client, "auth_test")
    if answer.get("ok") is not True:
        yield bad(answer, "slack", "Slack does not accept the token")
        return
    who, team = plain(str(answer.get("user", "")), 80), plain(str(answer.get("team", "")), 80)
    yield ok("slack", f"the token is {who}'s in the workspace {team}")
    scopes = scopes_of(headers)
    if scopes and _POST not in scopes:
        yield fail("slack.scopes", f"the token may not post: it lacks {_POST}", f"add {_POST} {_APP}")
    for channel in dict.fromkeys(setup.slack.channels[:_MOST]):
        if _is_id(channel) or not setup.post:  # else the test message shows it
            yield _channel(client, channel, scopes)


def _channel(client: "WebClient", channel: str, scopes: frozenset[str]) -> Result:
    name = "slack.channel"
    if not _is_id(channel):
        return unseen(
            name,
            f"cannot check by its name whether the bot is in {channel}",
            "run iacwatch doctor --post, or set the channel's id (at the end of its details), which"
            " stays the same when the channel is renamed",
        )
    answer, _ = ask(client, "conversations_info", channel=channel)
    if answer.get("ok") is not True:
        if answer.get("error") == "missing_scope":
            needed = plain(str(answer.get("needed") or "channels:read"), 120)
            return unseen(name, f"cannot see whether the bot is in {channel}", f"add {needed} {_APP}")
        return bad(answer, name, f"cannot post to {channel}")
    return judge_channel(answer.get("channel") or {}, channel, scopes)


def judge_channel(answer: SlackAnswer, channel: str, scopes: frozenset[str]) -> Result:
    """Judge a channel by its description; `scopes` is what the token may do, empty where unknown."""
    name = f"#{plain(str(answer.get('name') or channel), 80)}"
    invite = f"in {name}: /invite the bot"
    if answer.get("is_archived"):
        mend = "name another channel in slack.channel"
        return fail("slack.channel", f"{name} is archived: nothing can be posted", mend)
    if answer.get("is_member") or (_POST_ANYWHERE in scopes and not answer.get("is_private")):
        return ok("slack.channel", f"the bot can post to {name}")
    if not scopes:
        message = f"the bot is not in {name}, and Slack does not say whether it may post there"
        return unseen("slack.channel", message, invite)
    return fail("slack.channel", f"the bot is not in {name}", invite)


def _is_id(channel: str) -> bool:
    return (
        len(channel) > len("C12345678") - 1 and channel.isascii() and channel.isalnum() and channel.isupper()
    )
