"""Checks Slack: is the token valid, may it post, and is the bot in its channels. It never posts."""

import logging
import re
from collections.abc import Iterator, Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final

from iacwatch.core.text import plain
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, fail, ok, unseen, used, warn
from iacwatch.doctor.setup import Setup
from iacwatch.errors import IacwatchError

if TYPE_CHECKING:
    from slack_sdk.web import WebClient

Answer = Mapping[str, Any]

_ID: Final = re.compile(r"[CGD][A-Z0-9]{8,}")
_TIMEOUT: Final = 8
_MOST: Final = 20
_POST: Final = "chat:write"
_POST_ANYWHERE: Final = "chat:write.public"
_SCOPES: Final = "x-oauth-scopes"
_APP: Final = "in the app's OAuth & Permissions, and install it again"
_RENEW: Final = "make a new token in the app's OAuth & Permissions, and put it where slack.token says"
_NOT_SLACKS: Final = "what answered was not Slack, but perhaps a proxy"
_HINTS: Final = {
    "invalid_auth": _RENEW,
    "not_authed": _RENEW,
    "token_revoked": _RENEW,
    "token_expired": _RENEW,
    "account_inactive": _RENEW,
    "channel_not_found": "check the id; a private channel is seen only by those in it: /invite the bot there",
    "unknown_method": "check slack.api_url",
}


@check("slack", after="ledger.table", aws=False)
def slack(examination: Examination) -> Iterator[Result]:
    """Judge whether findings can be posted to Slack."""
    setup = examination.setup
    if setup.slack.token is not None:
        yield from _bot(setup)
    elif setup.slack.webhook is not None:
        yield _webhook(setup)
    else:
        yield warn(
            "slack",
            "Slack is not configured: findings are in the report alone",
            "set slack.token and slack.channel, or slack.webhook_url",
        )


def _webhook(setup: Setup) -> Result:
    try:
        if setup.slack.webhook is not None:
            setup.slack.webhook()
    except IacwatchError as error:
        return used("slack", error, drained=bool(setup.function))
    return unseen(
        "slack",
        "a webhook is configured; whether it is good only a post can show, which is not done here",
        "post to it yourself, or use a bot's token (slack.token)",
    )


def _bot(setup: Setup) -> Iterator[Result]:
    try:
        token = setup.slack.token() if setup.slack.token is not None else ""
    except IacwatchError as error:
        yield used("slack", error, drained=bool(setup.function))
        return
    client = _client(token, setup.slack.api_url)
    answer, headers = _ask(client, "auth_test")
    if answer.get("ok") is not True:
        yield _bad(answer, "slack", "the token is not taken")
        return
    who, team = plain(str(answer.get("user", "")), 80), plain(str(answer.get("team", "")), 80)
    yield ok("slack", f"the token is {who}'s in the workspace {team}")
    scopes = _scopes(headers)
    if scopes and _POST not in scopes:
        yield fail("slack.scopes", f"the token may not post: it lacks {_POST}", f"add {_POST} {_APP}")
    for channel in dict.fromkeys(setup.slack.channels[:_MOST]):
        yield _channel(client, channel, scopes)


def _channel(client: "WebClient", channel: str, scopes: frozenset[str]) -> Result:
    name = "slack.channel"
    if not _is_id(channel):
        return unseen(
            name,
            f"whether the bot is in {channel} cannot be asked by a name",
            "name the channel by its id (at the end of its details), which outlives a new name, too",
        )
    answer, _ = _ask(client, "conversations_info", channel=channel)
    if answer.get("ok") is not True:
        if answer.get("error") == "missing_scope":
            needed = plain(str(answer.get("needed") or "channels:read"), 120)
            return unseen(name, f"whether the bot is in {channel} cannot be seen", f"add {needed} {_APP}")
        return _bad(answer, name, f"{channel} cannot be posted to")
    return judge_channel(answer.get("channel") or {}, channel, scopes)


def judge_channel(answer: Answer, channel: str, scopes: frozenset[str]) -> Result:
    """Judge a channel by its description; `scopes` is what the token may do, empty where unknown."""
    name = f"#{plain(str(answer.get('name') or channel), 80)}"
    invite = f"in {name}: /invite the bot"
    if answer.get("is_archived"):
        mend = "name another in slack.channel"
        return fail("slack.channel", f"{name} is archived: nothing can be posted", mend)
    if answer.get("is_member") or (_POST_ANYWHERE in scopes and not answer.get("is_private")):
        return ok("slack.channel", f"the bot can post to {name}")
    if not scopes:
        message = f"the bot is not in {name}; whether it may post there all the same Slack does not say"
        return unseen("slack.channel", message, invite)
    return fail("slack.channel", f"the bot is not in {name}", invite)


def _is_id(channel: str) -> bool:
    return (
        len(channel) > len("C12345678") - 1 and channel.isascii() and channel.isalnum() and channel.isupper()
    )


def _bad(answer: Answer, name: str, happened: str) -> Result:
    """Return the result for a refusal, or for no answer at all."""
    code = plain(str(answer.get("error") or ""), 120)
    if answer.get("ok") is None:
        return unseen(
            name, f"Slack could not be asked: {code}", "try again; check slack.api_url and the proxy"
        )
    return fail(
        name, f"{happened}: {code}", _HINTS.get(code, "see what Slack's documentation says of that word")
    )


def _ask(client: "WebClient", method: str, **arguments: str) -> tuple[Answer, Mapping[str, str]]:
    """Return Slack's answer and its headers; without ``ok``, ``error`` says why there is none.

    The text of errors is never shown: it may hold the token.
    """
    from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415  (only where it is used)

    try:
        answer = getattr(client, method)(**arguments)
    except SlackApiError as error:
        answer = error.response.data
        if isinstance(answer, Mapping) and answer.get("ok") is False and _is_word(answer.get("error")):
            return answer, error.response.headers
        return {"error": f"HTTP {error.response.status_code}"}, {}
    except (SlackClientError, HTTPException, OSError, ValueError) as error:
        return {"error": type(error).__name__}, {}
    except (AttributeError, LookupError, RecursionError):  # slack_sdk's, where JSON is no object
        return {"error": _NOT_SLACKS}, {}
    return (answer.data if isinstance(answer.data, Mapping) else {"error": _NOT_SLACKS}), answer.headers


def _is_word(error: object) -> bool:
    """Return whether this is how Slack names a lasting error; slack_sdk puts a proxy's page there too."""
    return isinstance(error, str) and error != "ratelimited" and " " not in error


def _scopes(headers: Mapping[str, str]) -> frozenset[str]:
    """Return the token's scopes, which Slack sends with each answer; none where it does not."""
    scopes = next((value for key, value in headers.items() if key.lower() == _SCOPES), "")
    return frozenset(part.strip() for part in str(scopes).split(",") if part.strip())


def _client(token: str, api_url: str) -> "WebClient":
    from slack_sdk.web import WebClient  # noqa: PLC0415  (only where it is used)

    # slack_sdk's own logger writes whole requests.
    silent = logging.getLogger("iacwatch.doctor.slack_sdk")
    silent.setLevel(logging.CRITICAL + 1)
    silent.propagate = False
    return WebClient(token=token, base_url=api_url, timeout=_TIMEOUT, retry_handlers=[], logger=silent)
