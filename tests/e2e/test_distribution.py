"""The wheel and the source distribution: what is in them, and that the wheel alone runs."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import iacwatch
from tests.fixtures.manual import PAGES, ROOT

pytestmark = pytest.mark.slow  # needs a package index, and half a minute

NAME = f"iacwatch-{iacwatch.__version__}"


def run(*line: str | Path, cwd: Path | None = None, **more: str) -> str:
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", **more}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        line, cwd=cwd, env=environment | quiet, capture_output=True, text=True, check=False, timeout=280
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_both_pass_twines_checks_and_the_wheel_alone_runs_the_demo_and_shows_the_manual(tmp_path):
    """Build both as they are released: the wheel from the source distribution."""
    built = tmp_path / "dist"
    run(sys.executable, "-m", "build", "--outdir", built, ROOT)
    shown = run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir())
    assert shown.count("PASSED") == 2
    with tarfile.open(built / f"{NAME}.tar.gz") as archive:
        names = {name.removeprefix(f"{NAME}/") for name in archive.getnames()}
    assert {"LICENSE", "README.md", "config.example.toml", "pyproject.toml"} <= names
    ours = set(run("git", "ls-files", "iacwatch", cwd=ROOT).splitlines())
    assert ours | set(run("git", "ls-files", "tests", cwd=ROOT).splitlines()) <= names
    wheel = built / f"{NAME}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if not name.startswith(f"{NAME}.dist-info/")}
    assert held == ours
    venv.create(tmp_path / "bare", with_pip=True)
    run(tmp_path / "bare/bin/pip", "install", "-q", wheel)
    installed = tmp_path / "bare/bin/iacwatch"
    assert "alice@example.com" in run(installed, "demo", cwd=tmp_path, HOME=str(tmp_path))
    (topic, file), *_ = PAGES.items()
    assert run(installed, "help", topic, cwd=tmp_path) == file.read_text(encoding="utf-8")
    template = (ROOT / "iacwatch/deploy/cloudformation.yaml").read_text(encoding="utf-8")
    assert run(installed, "template", cwd=tmp_path) == template
