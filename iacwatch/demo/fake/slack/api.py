"""Slack's Web API and an incoming webhook: errors are HTTP 200 with ``ok`` false, as the real ones."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from iacwatch.core.model import Json
from iacwatch.demo.fake.clock import FakeClock
from iacwatch.demo.fake.slack.blocks import LONGEST_TOTAL, complaints, total_length
from iacwatch.demo.fake.wire import HttpAnswer

_LONGEST_TEXT = 40_000
_NAME = re.compile(r"#?[a-z0-9_-]{1,80}", re.ASCII)
_ID = re.compile(r"[CGD][A-Z0-9]{8,}", re.ASCII)
WEBHOOK_PATH = "/services/T0DEMO0001/B0DEMO0001/watch"
API_PATH = "/slack/api/"
RAW = "raw:"


class SlackError(Exception):
    """An answer with ``ok`` false."""

    def __init__(self, error: str, **extra: Json) -> None:
        super().__init__(error)
        self.error = error
        self.extra = extra


@dataclass(slots=True)
class FakeSlack:
    """A workspace. `messages` are what was posted; `rate`: messages a second and channel, None: no limit.

    `tokens` and `channels` are those that exist; None: every well-formed one does. `scopes` is what a token
    may do; the bot is a member of every channel but those of `outside`. `no_replies`: the error that answers
    each reply in a thread; "": they are taken. `deleted` are the messages that were taken back.
    """

    clock: FakeClock
    rate: float | None = None
    tokens: frozenset[str] | None = None
    channels: frozenset[str] | None = None
    scopes: frozenset[str] = frozenset({"chat:write", "channels:read"})
    outside: frozenset[str] = frozenset()
    no_replies: str = ""
    messages: list[dict[str, Json]] = field(default_factory=list)
    deleted: list[dict[str, Json]] = field(default_factory=list)
    _last: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def call(self, method: str, token: str, body: Mapping[str, Json]) -> HttpAnswer:
        """Answer one Web API method."""
        try:
            self._authenticate(token or str(body.get("token", "")))
            document = self._document(method, body)
        except SlackError as error:
            if error.error == "ratelimited":
                return ratelimited()
            return _json({"ok": False, "error": error.error, **error.extra})
        answer = _json({"ok": True, **document})
        headers = (("x-oauth-scopes", ",".join(sorted(self.scopes))),)
        return HttpAnswer(status=200, body=answer.body, content_type=answer.content_type, headers=headers)

    def _document(self, method: str, body: Mapping[str, Json]) -> dict[str, Json]:
        match method:
            case "auth.test":
                return _who()
            case "conversations.info":
                return self._info(body)
            case "chat.postMessage":
                return self._post(body)
            case "chat.update":
                return self._update(body)
            case "chat.delete":
                return self._delete(body)
            case _:
                raise SlackError("unknown_method", req_method=method)

    def webhook(self, path: str, body: Json) -> HttpAnswer:
        """Answer an incoming webhook: ``ok``, or a word with a 4xx."""
        if path != WEBHOOK_PATH:
            return _words(404, "no_service")
        if not isinstance(body, dict) or not body:
            return _words(400, "invalid_payload")
        try:
            self._throttle("webhook")
            _check(body)
        except SlackError as error:
            return ratelimited() if error.error == "ratelimited" else _words(400, error.error)
        self._store(body, channel="", channel_id="C0WEBHOOK01", method="webhook")
        return _words(200, "ok")

    def _authenticate(self, token: str) -> None:
        if not token:
            raise SlackError("not_authed")
        known = token in self.tokens if self.tokens is not None else token.startswith("xox")
        if not known:
            raise SlackError("invalid_auth")

    def _throttle(self, channel: str) -> None:
        if self.rate is None:
            return
        with self._lock:
            now = time.monotonic()
            if now - self._last.get(channel, float("-inf")) < 1 / self.rate:
                raise SlackError("ratelimited")
            self._last[channel] = now

    def _channel_id(self, channel: str) -> str:
        exists = (
            channel in self.channels
            if self.channels is not None
            else _NAME.fullmatch(channel) or _ID.fullmatch(channel)
        )
        if not exists:
            raise SlackError("channel_not_found")
        if _ID.fullmatch(channel):
            return channel
        digest = hashlib.sha256(channel.lstrip("#").encode()).hexdigest()
        return "C" + digest[:10].upper()

    def _info(self, body: Mapping[str, Json]) -> dict[str, Json]:
        """Answer conversations.info, which takes an id and no name."""
        if "channels:read" not in self.scopes:
            raise SlackError("missing_scope", needed="channels:read", provided=",".join(sorted(self.scopes)))
        channel = str(body.get("channel", ""))
        if not _ID.fullmatch(channel):
            raise SlackError("channel_not_found")
        self._channel_id(channel)
        member = channel not in self.outside
        return {"channel": {"id": channel, "name": "infra", "is_member": member, "is_archived": False}}

    def _post(self, body: Mapping[str, Json]) -> dict[str, Json]:
        channel = str(body.get("channel", ""))
        channel_id = self._channel_id(channel)
        checked = _check(body)
        self._throttle(channel_id)
        if self.no_replies and body.get("thread_ts"):
            raise SlackError(self.no_replies)
        message = self._store(checked, channel=channel, channel_id=channel_id, method="chat.postMessage")
        return {
            "channel": channel_id,
            "ts": message["ts"],
            "message": {"type": "message", "ts": message["ts"]},
        }

    def _update(self, body: Mapping[str, Json]) -> dict[str, Json]:
        channel, stamp = str(body.get("channel", "")), str(body.get("ts", ""))
        if not _ID.fullmatch(channel):
            raise SlackError("channel_not_found")
        checked = _check(body)
        with self._lock:
            for message in self.messages:
                if (
                    message["channel_id"] == channel
                    and message["ts"] == stamp
                    and message["method"] != "webhook"
                ):
                    message["earlier"].append({"text": message["text"], "blocks": message["blocks"]})
                    message["text"], message["blocks"] = checked.get("text", ""), checked.get("blocks", [])
                    return {"channel": channel, "ts": stamp, "text": message["text"]}
        raise SlackError("message_not_found")

    def _delete(self, body: Mapping[str, Json]) -> dict[str, Json]:
        channel, stamp = str(body.get("channel", "")), str(body.get("ts", ""))
        with self._lock:
            for message in self.messages:
                if (message["channel_id"], message["ts"]) == (channel, stamp):
                    self.messages.remove(message)
                    self.deleted.append(message)
                    return {"channel": channel, "ts": stamp}
        raise SlackError("message_not_found")

    def _store(
        self, body: Mapping[str, Json], *, channel: str, channel_id: str, method: str
    ) -> dict[str, Json]:
        with self._lock:
            count = len(self.messages) + len(self.deleted) + 1
            stamp = f"{int(self.clock.now().timestamp())}.{count:06d}"
            message = {
                **body,
                "channel": channel,
                "channel_id": channel_id,
                "ts": stamp,
                "method": method,
                "text": body.get("text", ""),
                "blocks": body.get("blocks", []),
                "thread_ts": body.get("thread_ts"),
                "earlier": [],
            }
            message.pop("token", None)
            self.messages.append(message)
            return message


def _check(body: Mapping[str, Json]) -> dict[str, Json]:
    """Return the body with its JSON strings read (form-encoded calls carry them); raise `SlackError`."""
    checked = dict(body)
    for name in ("blocks", "attachments"):
        if isinstance(checked.get(name), str):
            try:
                checked[name] = json.loads(checked[name])
            except ValueError:
                raise SlackError(f"invalid_{name}_format") from None
    if not checked.get("text") and not checked.get("blocks") and not checked.get("attachments"):
        raise SlackError("no_text")
    if len(str(checked.get("text", ""))) > _LONGEST_TEXT:
        raise SlackError("msg_too_long")
    blocks = checked.get("blocks")
    if blocks:
        if found := complaints(blocks):
            raise SlackError("invalid_blocks", errors=found, response_metadata={"messages": found})
        if total_length(blocks) > LONGEST_TOTAL:
            raise SlackError("msg_blocks_too_long")
    return checked


def _who() -> dict[str, Json]:
    return {
        "url": "https://example.slack.com/",
        "team": "Example",
        "user": "iacwatch",
        "team_id": "T0DEMO0001",
        "user_id": "U0DEMO0001",
        "bot_id": "B0DEMO0001",
    }


def ratelimited(retry_after: int = 1) -> HttpAnswer:
    """Answer 429, with the seconds to wait."""
    answer = _json({"ok": False, "error": "ratelimited"})
    headers = (("Retry-After", str(retry_after)),)
    return HttpAnswer(status=429, body=answer.body, content_type=answer.content_type, headers=headers)


def failed(code: str, status: int) -> HttpAnswer:
    """Answer with a fault: 429, a server's error page, ``ok`` false; ``raw:BODY``: that body, as HTML."""
    if code.startswith(RAW):
        return _words(status, code.removeprefix(RAW))
    if status == 429:  # noqa: PLR2004  (Too Many Requests)
        return ratelimited()
    if status >= 500:  # noqa: PLR2004  (the server's own faults)
        return HttpAnswer(status=status, body=b"<html>Server Error</html>", content_type="text/html")
    return _json({"ok": False, "error": code}, status)


def _json(document: Json, status: int = 200) -> HttpAnswer:
    body = json.dumps(document, ensure_ascii=False).encode()
    return HttpAnswer(status=status, body=body, content_type="application/json; charset=utf-8")


def _words(status: int, words: str) -> HttpAnswer:
    return HttpAnswer(status=status, body=words.encode(), content_type="text/html")
