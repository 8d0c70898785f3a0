"""The wheel and the source distribution: what is in them, and that the wheel alone runs."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path, PurePosixPath

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


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build both as they are released: the wheel from the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built):
    return built / f"{NAME}-py3-none-any.whl"


def test_both_pass_twines_checks_and_the_source_holds_what_is_needed_to_test_it(built):
    assert {each.name for each in built.iterdir()} == {f"{NAME}.tar.gz", f"{NAME}-py3-none-any.whl"}
    shown = run(sys.executable, "-m", "twine", "check", "--strict", *built.iterdir())
    assert shown.count("PASSED") == 2
    with tarfile.open(built / f"{NAME}.tar.gz") as archive:
        names = {name.removeprefix(f"{NAME}/") for name in archive.getnames()}
    assert {"LICENSE", "README.md", "config.example.toml", "pyproject.toml"} <= names
    assert set(run("git", "ls-files", "iacwatch", "tests", cwd=ROOT).splitlines()) <= names


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    metadata = {name for name in names if PurePosixPath(name).parts[0] == f"{NAME}.dist-info"}
    assert names - metadata == set(run("git", "ls-files", "iacwatch", cwd=ROOT).splitlines())
    assert f"{NAME}.dist-info/licenses/LICENSE" in metadata


def test_the_wheel_in_a_bare_environment_runs_the_demo_and_shows_the_manual(wheel, tmp_path):
    venv.create(tmp_path / "bare", with_pip=True)
    run(tmp_path / "bare/bin/pip", "install", "-q", wheel)
    installed = tmp_path / "bare/bin/iacwatch"
    shown = run(installed, "demo", cwd=tmp_path, HOME=str(tmp_path))
    assert "alice@example.com" in shown
    assert "out-of-band" in shown
    (topic, file), *_ = PAGES.items()
    assert run(installed, "help", topic, cwd=tmp_path) == file.read_text(encoding="utf-8")
    assert run(installed, "template", cwd=tmp_path).startswith(
        (ROOT / "iacwatch/deploy/cloudformation.yaml").read_text(encoding="utf-8")[:100]
    )
