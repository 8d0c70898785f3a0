"""Builds the zip that Lambda runs: the same bytes from the same files, wherever and whenever it is built."""

import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from iacwatch.deploy.contents import MACHINES, RUNTIMES, collect, dependencies, names
from iacwatch.errors import IacwatchError
from iacwatch.storage.atomic_file import AtomicFile

ARCHITECTURES: Final = tuple(MACHINES)
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip knows."""
_TASK_ROOT: Final = "/var/task"
"""Where Lambda unpacks the zip; tracebacks name files there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A zip that was built. Sizes in bytes; `compiled`: the Python whose compiled files it holds, if any."""

    path: Path
    arch: str
    size: int
    unzipped: int
    files: int
    dependencies: tuple[str, ...]
    compiled: str
    digest: bytes

    @property
    def sha256(self) -> str:
        """Return the digest as `sha256sum` shows it."""
        return self.digest.hex()

    @property
    def code_sha256(self) -> str:
        """Return the digest as Lambda shows it (``CodeSha256``)."""
        return b64encode(self.digest).decode()


def build(output: Path, *, arch: str) -> Package:
    """Build the zip for `arch` (``arm64``, ``x86_64``) and write it: whole, or not at all.

    Lambda's disk is read-only, so Python cannot keep what it compiles there: each cold start would compile
    all of it anew. The zip therefore holds compiled files, if a Python builds it that Lambda has too.
    """
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    found = collect(arch=arch, python=python)
    compiled = python if python in RUNTIMES else ""
    if compiled:
        found |= _compiled(found)
    content = _zipped(found)
    _write(output, content)
    return Package(
        path=output,
        arch=arch,
        size=len(content),
        unzipped=sum(map(len, found.values())),
        files=len(found),
        dependencies=names(dependencies()),
        compiled=compiled,
        digest=hashlib.sha256(content).digest(),
    )


def _zipped(found: Mapping[str, bytes]) -> bytes:
    """Return the zip of files: sorted, with fixed times and modes.

    They are stored as they are: what compression makes of them depends on the machine's zlib.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(found):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # Unix, wherever this runs
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, found[name])
    return buffer.getvalue()


def _compiled(found: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the compiled files of all sources, which Python takes without a look at the sources' times.

    A separate process compiles them: how Python writes compiled code depends on what else the process
    holds (which strings are shared), and the zip has to be the same from each.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for name, content in found.items():
            if name.endswith(".py"):
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        options = ("-q", "-q", "--invalidation-mode", "unchecked-hash", "-s", str(root), "-p", _TASK_ROOT)
        command = (sys.executable, "-I", "-S", "-m", "compileall", *options, str(root))
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  (our own interpreter)
        if done.returncode:
            raise IacwatchError("the files of the zip cannot be compiled", hint="install iacwatch again")
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.pyc")}


def _write(output: Path, content: bytes) -> None:
    try:
        file = AtomicFile(output)
        file.stream.write(content)
        file.commit()
    except OSError as error:
        raise IacwatchError(f"cannot write {output}: {error.strerror or type(error).__name__}") from error
