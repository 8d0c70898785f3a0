"""The HTTP side: reads a request, finds out which service and operation it is for, writes the answer."""

import json
import re
import socket
import socketserver
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote

from iacwatch.core.model import Json
from iacwatch.demo.fake.slack.api import API_PATH
from iacwatch.demo.fake.wire import HttpAnswer

_TARGETS = {
    "AmazonSQS": "sqs",
    "CloudTrail_20131101": "cloudtrail",
    "StarlingDoveService": "config",
}
_REST = (
    (re.compile(r"/2015-03-31/event-source-mappings/?"), "ListEventSourceMappings"),
    (re.compile(r"/2015-03-31/functions/(?P<FunctionName>[^/]+)/configuration"), "GetFunctionConfiguration"),
)
"""Operations that their path names, with what else it says."""
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request, read. `token` is a bearer token; key and region come from the signature's scope."""

    service: str
    operation: str
    path: str
    body: Mapping[str, Json]
    access_key_id: str = ""
    region: str = ""
    token: str = ""


class HttpServer(ThreadingHTTPServer):
    """The server; closing it cuts the connections that clients keep open."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Callable[[HttpRequest], HttpAnswer], now: Callable[[], datetime]) -> None:
        self.answer = answer
        self.now = now
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """Bind without asking any name server who 127.0.0.1 is, as the standard one does."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, then serve it."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection and close it."""
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore it: a client that went away needs no traceback."""

    def server_close(self) -> None:
        """Close the port and every connection."""
        super().server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    server: HttpServer
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class names it so)
        """Keep quiet."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return what a ``Date`` says: the fake's time, not this machine's."""
        return super().date_time_string(self.server.now().timestamp() if timestamp is None else timestamp)

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.answer(self._read(raw))
        if not answer.status:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def _read(self, raw: bytes) -> HttpRequest:
        body = self._body(raw)
        if self.path.startswith(API_PATH):
            return HttpRequest(
                service="slack",
                operation=self.path.removeprefix(API_PATH).partition("?")[0],
                path=self.path,
                body=body,
                token=self.headers.get("Authorization", "").partition("Bearer ")[2].strip(),
            )
        if self.path.startswith("/services/"):
            return HttpRequest(service="slack", operation="webhook", path=self.path, body=body)
        key, region, signed_for = self._credential()
        target, _, operation = self.headers.get("X-Amz-Target", "").rpartition(".")
        service = _TARGETS.get(target.rpartition(".")[2], signed_for)
        named, said = _by_path(self.path)
        return HttpRequest(
            service=service,
            operation=operation or str(body.get("Action", "")) or named,
            path=self.path,
            body={**body, **said},
            access_key_id=key,
            region=region,
        )

    def _credential(self) -> tuple[str, str, str]:
        scope = self.headers.get("Authorization", "").partition("Credential=")[2].partition(",")[0].split("/")
        if len(scope) != 5:  # noqa: PLR2004  (key, date, region, service, aws4_request)
            return "", "", ""
        return scope[0], scope[2], scope[3]

    def _body(self, raw: bytes) -> Mapping[str, Json]:
        """Return the fields of a form or a JSON object; anything else is empty."""
        if self.headers.get("Content-Type", "").startswith(_FORM):
            fields: dict[str, Json] = dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
            return json.loads(fields["payload"]) if set(fields) == {"payload"} else fields
        try:
            document = json.loads(raw or b"{}")
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}


def _by_path(path: str) -> tuple[str, Mapping[str, str]]:
    """Return the operation that a path names, and what else it says; "" where it is none of `_REST`."""
    for pattern, operation in _REST:
        if found := pattern.fullmatch(unquote(path.partition("?")[0])):
            return operation, found.groupdict()
    return "", {}
