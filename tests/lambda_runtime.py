"""The function as Lambda runs it: AWS's runtime client in a process, and the API that it asks for events."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ARN = "arn:aws:lambda:eu-west-1:111122223333:function:iacwatch"
ROOT = Path(__file__).parents[1]


class RuntimeApi(ThreadingHTTPServer):
    """Lambda's runtime API for one process: it waits for the next event and posts what became of it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.todo, self.done = queue.Queue(), queue.Queue()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # the process is killed while it waits for the next event


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        request_id, seconds, event = self.server.todo.get()
        self.reply(
            200,
            json.dumps(event).encode(),
            Content_Type="application/json",
            Lambda_Runtime_Aws_Request_Id=request_id,
            Lambda_Runtime_Deadline_Ms=str(int((time.time() + seconds) * 1000)),
            Lambda_Runtime_Invoked_Function_Arn=ARN,
        )

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = "init" if "/init/" in self.path else self.path.rpartition("/")[2]
        self.server.done.put((kind, json.loads(body or b"null")))
        self.reply(202)


class Function:
    """One process of the function: a context manager. `folder` holds what it writes."""

    def __init__(self, folder, **environ):
        self._folder = folder
        self._environ = environ
        self._output = folder / f"stdout-{uuid.uuid4().hex}"
        self._read = 0

    def __enter__(self):
        self._api = RuntimeApi()
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        environ = {
            **kept,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._api.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": "iacwatch",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_LEVEL": "INFO",
            "LAMBDA_TASK_ROOT": str(ROOT),
            **self._environ,
        }
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "awslambdaric", "iacwatch.lambda_handler.handler"],
                cwd=ROOT,
                env=environ,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(self, *_):
        self.kill()
        self._api.shutdown()
        self._api.server_close()

    def kill(self):
        """End the process as nobody can prevent it."""
        self.process.kill()
        self.process.wait(timeout=10)

    def begin(self, event, seconds=300):
        """Hand over an event that has to be done in so many seconds; return the request's id."""
        request_id = str(uuid.uuid4())
        self._api.todo.put((request_id, seconds, event))
        return request_id

    def outcome(self, timeout=60):
        """Return what the process posted: ``response``, ``error`` or ``init``, and the document."""
        return self._api.done.get(timeout=timeout)

    def invoke(self, event, seconds=300, timeout=60):
        """Hand over an event and return the function's answer; it has to be one."""
        self.begin(event, seconds)
        kind, document = self.outcome(timeout)
        assert kind == "response", (document, self.output())
        return document

    def output(self):
        return self._output.read_text()

    def lines(self):
        """Return what was written since the last call: each line an object."""
        text = self.output()[self._read :]
        self._read += len(text)
        return [json.loads(line) for line in text.splitlines()]
