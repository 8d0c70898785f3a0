"""How doctor asks Slack: with the token that is configured, and without ever showing it."""

import logging
from collections.abc import Mapping
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final

from iacwatch.core.text import plain
from iacwatch.doctor.result import Result, fail, unseen

if TYPE_CHECKING:
    from slack_sdk.web import WebClient

SlackAnswer = Mapping[str, Any]

_TIMEOUT: Final = 8
_SCOPES: Final = "x-oauth-scopes"
_RENEW: Final = "make a new token in the app's OAuth & Permissions, and put it where slack.token says"
_NOT_SLACKS: Final = "something other than Slack answered, perhaps a proxy"
HINTS: Final = {
    "invalid_auth": _RENEW,
    "not_authed": _RENEW,
    "token_revoked": _RENEW,
    "token_expired": _RENEW,
    "account_inactive": _RENEW,
    "channel_not_found": "check the id; only members see a private channel: /invite the bot there",
    "missing_scope": "add chat:write in the app's OAuth & Permissions, and install it again",
    "not_in_channel": "/invite the bot there",
    "is_archived": "name another channel",
    "unknown_method": "check slack.api_url",
}
"""What mends a refusal, by Slack's word for it."""


def bad(answer: SlackAnswer, name: str, happened: str) -> Result:
    """Return the result for a refusal, or for no answer at all."""
    code = plain(str(answer.get("error") or ""), 120)
    if answer.get("ok") is None:
        return unseen(
            name, f"Slack could not be asked: {code}", "try again; check slack.api_url and the proxy"
        )
    return fail(name, f"{happened}: {code}", HINTS.get(code, "look that error up in Slack's documentation"))


def ask(client: "WebClient", method: str, **arguments: str) -> tuple[SlackAnswer, Mapping[str, str]]:
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


def send(webhook: str, text: str) -> str:
    """Post through a webhook; return "", or in a word why that failed, never the webhook's address."""
    from slack_sdk.webhook import WebhookClient  # noqa: PLC0415  (only where it is used)

    try:
        answer = WebhookClient(webhook, timeout=_TIMEOUT, retry_handlers=[], logger=_silent()).send(text=text)
    except (HTTPException, OSError, ValueError) as error:
        return type(error).__name__
    return "" if answer.body == "ok" else f"HTTP {answer.status_code}"


def scopes_of(headers: Mapping[str, str]) -> frozenset[str]:
    """Return the token's scopes, which Slack sends with each answer; none where it does not."""
    scopes = next((value for key, value in headers.items() if key.lower() == _SCOPES), "")
    return frozenset(part.strip() for part in str(scopes).split(",") if part.strip())


def connect(token: str, api_url: str) -> "WebClient":
    """Return a client of Slack's Web API, for the app whose token it is."""
    from slack_sdk.web import WebClient  # noqa: PLC0415  (only where it is used)

    return WebClient(token=token, base_url=api_url, timeout=_TIMEOUT, retry_handlers=[], logger=_silent())


def _silent() -> logging.Logger:
    """Return a logger that writes nothing: slack_sdk's own writes whole requests."""
    silent = logging.getLogger("iacwatch.doctor.slack_sdk")
    silent.setLevel(logging.CRITICAL + 1)
    silent.propagate = False
    return silent
