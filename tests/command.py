"""The real command as a process of its own, against an AWS on loopback, the user's settings hidden."""

import os
import subprocess
import sys
from pathlib import Path

from iacwatch.demo.fake.server import FakeAws


def environment(aws: FakeAws | None, home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process: this machine's PATH, a home of its own, the fake's addresses."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    return {**kept, "HOME": str(home), **(aws.environment() if aws else {}), **more}


def line(*arguments: str) -> list[str]:
    """Return the command line."""
    return [sys.executable, "-m", "iacwatch", *arguments]


def run(
    aws: FakeAws | None,
    home: Path,
    *arguments: str,
    stdin: str | bytes | None = None,
    timeout: float = 60,
    **more: str,
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; `more` are environment variables."""
    given = stdin.decode("utf-8", "surrogateescape") if isinstance(stdin, bytes) else stdin
    return subprocess.run(
        line(*arguments),
        env=environment(aws, home, **more),
        input=given or "",
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=timeout,
        check=False,
        cwd=home,
    )
