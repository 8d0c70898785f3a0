"""A Python that sees the standard library, the unpacked zip and boto3, as Lambda's does, and nothing else."""

import importlib.util
import subprocess
import sys
from pathlib import Path

IN_THE_RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")

_IMPORTER = """
import sys
sys.path[:0] = sys.argv[1:3]
import importlib
for name in sys.stdin.read().split():
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(f"{name}: {error.name}")
"""


def boto3_alone(folder: Path) -> Path:
    folder.mkdir()
    for name in IN_THE_RUNTIME:
        spec = importlib.util.find_spec(name)
        origin = Path(spec.origin)
        origin = origin.parent if origin.name == "__init__.py" else origin
        (folder / origin.name).symlink_to(origin)
    return folder


def not_importable(root: Path, boto3: Path, modules: list[str]) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-B", "-c", _IMPORTER, str(root), str(boto3)],
        input="\n".join(modules),
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(line.split(": ", 1) for line in done.stdout.splitlines())


def modules_of(root: Path, package: str) -> list[str]:
    found = []
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found
