"""ministack, an AWS emulator that runs CloudFormation templates and the functions in them.

It pins its own botocore, so it lives in an environment of its own (``pipx install ministack``) and is found
on the PATH.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from tests.deploy.stacks import ACCOUNT, REGION

MINISTACK = shutil.which("ministack")


@contextmanager
def running(folder: Path) -> Iterator["Emulator"]:
    """Run the emulator until the block ends; all that it keeps is in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = dict.fromkeys(("HOME", "TMPDIR", "STATE_DIR", "S3_DATA_DIR"), str(folder))
    hosts = dict.fromkeys(("BIND_HOST", "MINISTACK_HOST"), "127.0.0.1")
    environ = {"PATH": os.defpath, "LOG_LEVEL": "WARNING", "GATEWAY_PORT": str(port)} | folders | hosts
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen([MINISTACK], cwd=folder, env=environ, stdout=log, stderr=log)
        try:
            url = f"http://127.0.0.1:{port}"
            eventually(lambda: healthy(url), seconds=20)
            yield Emulator(url)
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_ministack/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def eventually(holds: Callable[[], Any], *, seconds: float) -> Any:
    """Return what a call returns as soon as it is true; fail where it never is."""
    end = time.monotonic() + seconds
    while not (value := holds()):
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.2)
    return value


class Emulator:
    """Clients of a running emulator."""

    def __init__(self, url: str) -> None:
        self.url = url

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="x",
        )

    def attributes(self, queue: str) -> dict[str, Any]:
        sqs = self.client("sqs")
        url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return {name: int(value) if value.isdigit() else value for name, value in found.items()}
