"""One call to Slack, and what came of it: posted, try again later, refused, or nobody knows.

Nothing here shows the token or the webhook's address: slack_sdk's own logger, which writes them, is silenced,
and of its errors only codes are kept.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException, InvalidURL
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.error import URLError

from iacwatch.core.model import Json
from iacwatch.core.text import plain

if TYPE_CHECKING:
    from slack_sdk.web import WebClient
    from slack_sdk.webhook import WebhookClient

TIMEOUT: Final = 8
"""Seconds that a connection, or an answer, may take."""

_TOO_MANY: Final = 429
_BROKEN: Final = 500
_FINE: Final = 200
_LONGEST_WAIT: Final = 3_600
_LATER: Final = frozenset({"internal_error", "service_unavailable", "request_timeout", "rollup_error"})
_UNKNOWN: Final = frozenset({"fatal_error"})
_LONGEST_CODE: Final = 120
_WORD: Final = re.compile(r"(?!<)[!-~]+", re.ASCII)
"""What Slack names an error by: one word."""
_MANGLED: Final = (AttributeError, LookupError, RecursionError)
"""What slack_sdk raises for an answer that is no JSON object, such as a bare string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message is there; `channel` and `stamp` name it ("" where a webhook posted it)."""

    channel: str = ""
    stamp: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFast:
    """Slack wants a pause first; `wait` is None where it does not say how long a one."""

    wait: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """Nothing was posted, as far as a failing server says; another attempt may succeed."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The call went out and no answer of Slack's came: it may have been posted.

    `answered`: something else did answer, such as a proxy with a page.
    """

    why: str
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Slack said no; `code` is its word for why, `detail` what it added."""

    code: str
    detail: str = ""


Answer = Posted | TooFast | Down | Unknown | Refused


class Line(Protocol):
    """A way to reach Slack."""

    threads: bool
    """Whether messages can be updated, and answered to in a thread."""

    def post(self, channel: str, message: Mapping[str, Json], *, thread: str = "") -> Answer:
        """Post a message to a channel, or to the thread below another."""
        ...

    def update(self, posted: Posted, message: Mapping[str, Json]) -> Answer:
        """Replace what a message says."""
        ...


class BotLine:
    """Slack's Web API, as the app whose token it is."""

    threads = True

    def __init__(self, *, token: str, api_url: str) -> None:
        """Take a bot token; slack_sdk is imported with the first call."""
        self._token = token
        self._api_url = api_url
        self._made: WebClient | None = None

    def post(self, channel: str, message: Mapping[str, Json], *, thread: str = "") -> Answer:
        """Post a message to a channel, or to the thread below another."""
        more = {"thread_ts": thread} if thread else {}
        return self._call("chat_postMessage", channel=channel, **_harmless(message), **more)

    def update(self, posted: Posted, message: Mapping[str, Json]) -> Answer:
        """Replace what a message says."""
        arguments = {"text": message["text"], "blocks": message.get("blocks"), "parse": "none"}
        return self._call("chat_update", channel=posted.channel, ts=posted.stamp, **arguments)

    def _call(self, method: str, **arguments: Json) -> Answer:
        from slack_sdk.errors import SlackApiError, SlackClientError  # noqa: PLC0415  (only where it is used)

        try:
            answer = getattr(self._client(), method)(**arguments)
        except SlackApiError as error:
            return _judged(error.response.status_code, error.response.headers, error.response.data)
        except (SlackClientError, HTTPException, OSError, ValueError) as error:
            return _fault(error)
        except _MANGLED:
            return _foreign(_FINE)
        if not isinstance(answer.data, Mapping):
            return _foreign(_FINE)
        return Posted(channel=str(answer.data.get("channel", "")), stamp=str(answer.data.get("ts", "")))

    def _client(self) -> "WebClient":
        if self._made is None:
            from slack_sdk.web import WebClient  # noqa: PLC0415  (only where it is used)

            self._made = WebClient(
                token=self._token,
                base_url=self._api_url,
                timeout=TIMEOUT,
                retry_handlers=[],
                logger=_silent(),
            )
        return self._made


class WebhookLine:
    """An incoming webhook: one channel, whatever is asked for, and no thread."""

    threads = False

    def __init__(self, *, url: str) -> None:
        """Take the webhook's address, which is a secret; slack_sdk is imported with the first call."""
        self._url = url
        self._made: WebhookClient | None = None

    def post(self, channel: str, message: Mapping[str, Json], *, thread: str = "") -> Answer:  # noqa: ARG002  (the webhook's own channel is the only one)
        """Post a message to the webhook's channel."""
        from slack_sdk.errors import SlackClientError  # noqa: PLC0415  (only where it is used)

        try:
            answer = self._client().send_dict(_harmless(message))
        except (SlackClientError, HTTPException, OSError, ValueError) as error:
            return _fault(error)
        except _MANGLED:
            return _foreign(_FINE)
        if answer.status_code == _FINE:
            return Posted() if answer.body.strip() == "ok" else _foreign(_FINE)
        return _judged(answer.status_code, answer.headers, {"error": answer.body})

    def update(self, posted: Posted, message: Mapping[str, Json]) -> Answer:  # noqa: ARG002  (nothing can be updated)
        """Refuse: what a webhook posted stays as it is."""
        return Refused(code="not_supported")

    def _client(self) -> "WebhookClient":
        if self._made is None:
            from slack_sdk.webhook import WebhookClient  # noqa: PLC0415  (only where it is used)

            self._made = WebhookClient(self._url, timeout=TIMEOUT, retry_handlers=[], logger=_silent())
        return self._made


def _harmless(message: Mapping[str, Json]) -> dict[str, Any]:
    """Return a message that makes no link, no mention and no preview of anything."""
    return {**message, "unfurl_links": False, "unfurl_media": False, "parse": "none", "mrkdwn": False}


def _judged(status: int, headers: Mapping[str, str], body: Json) -> Answer:
    """Return what an answer that is not a success means."""
    document = body if isinstance(body, Mapping) else {}
    said = str(document.get("error") or "")
    code = plain(said, _LONGEST_CODE)
    if status == _TOO_MANY or code in {"ratelimited", "rate_limited"}:
        return TooFast(wait=_pause(headers))
    if status >= _BROKEN or code in _LATER:
        return Down(why=f"HTTP {status}" if status >= _BROKEN else code)
    if code in _UNKNOWN:
        return Unknown(why=code)
    if not _WORD.fullmatch(said):
        return _foreign(status)
    needed = document.get("needed")
    metadata = document.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, Mapping) else None
    detail = str(needed) if needed else "; ".join(map(str, messages)) if isinstance(messages, list) else ""
    return Refused(code=code, detail=plain(detail, 2 * _LONGEST_CODE))


def _pause(headers: Mapping[str, str]) -> timedelta | None:
    """Return what ``Retry-After`` asks for, in whole seconds and at least one; None where it is unusable."""
    named = next((value for key, value in headers.items() if key.lower() == "retry-after"), "")
    text = named.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= len("86400")):
        return None
    return timedelta(seconds=min(max(int(text), 1), _LONGEST_WAIT))


def _foreign(status: int) -> Answer:
    """Return what an answer means that Slack does not give: a page, text, JSON of another form."""
    return Unknown(why=f"HTTP {status}", answered=True)


def _fault(error: Exception) -> Answer:
    """Return what a failed call means, never its text: it may hold the address or the token."""
    match error:
        case URLError(reason=reason):  # urllib wraps what fails until the request is out, and only that
            return Down(why=_network(reason))
        case InvalidURL():
            return Refused(code="invalid_url")
        case HTTPException() | OSError() | UnicodeDecodeError() | json.JSONDecodeError():
            return Unknown(why=_network(error))
        case ValueError():
            return Refused(code="invalid_characters")
        case _:
            return Refused(code="invalid_url")


def _network(reason: object) -> str:
    if isinstance(reason, TimeoutError):
        return "timed out"
    if isinstance(reason, OSError) and reason.strerror:
        return plain(reason.strerror, _LONGEST_CODE)
    return type(reason).__name__ if isinstance(reason, Exception) else "no connection"


def _silent() -> logging.Logger:
    """Return a logger that writes nothing: slack_sdk's debug lines hold whole requests."""
    logger = logging.getLogger("iacwatch.slack_sdk")
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    return logger
