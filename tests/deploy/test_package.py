"""The zip: the same bytes from the same files, all that the function needs, and nothing else; and the commands."""

import base64
import hashlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from iacwatch.cli.group import run
from iacwatch.deploy import package
from iacwatch.deploy.package import build
from iacwatch.deploy.template import FORMATS, text

ROOT = Path(package.__file__).parents[2]
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
IN_THE_RUNTIME = {"boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
FASTER = {"hyperscan", "isal", "msgspec"}
"""What is used where it is installed, which it is not there: the function reads no log files and no states."""
BUILDER = f"""
from pathlib import Path
from iacwatch.deploy import package
package.RUNTIMES = ("{THIS_PYTHON}",)
package.build(Path("again.zip"), arch="arm64")
"""
IMPORT = re.compile(r"^[ \t]*(?:from ([\w.]+) import|import ([\w.]+)$)", re.MULTILINE)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build it as a Python does that Lambda has too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "RUNTIMES", (THIS_PYTHON,))
        return build(tmp_path_factory.mktemp("package") / "iacwatch.zip", arch="arm64")


@pytest.fixture
def root(built, tmp_path):
    with zipfile.ZipFile(built.path) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def test_the_same_files_make_the_same_bytes_in_every_process(built, tmp_path):
    elsewhere = {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "PYTHONOPTIMIZE": "2", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", BUILDER], cwd=tmp_path, env={**os.environ, **elsewhere}, check=True)
    assert (tmp_path / "again.zip").read_bytes() == built.path.read_bytes()


def test_entries_are_sorted_and_bear_no_time_or_mode_of_this_machine_and_the_figures_are_theirs(built):
    with zipfile.ZipFile(built.path) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    facts = {(entry.date_time, entry.external_attr >> 16, entry.create_system) for entry in entries}
    assert facts == {((1980, 1, 1, 0, 0, 0), 0o100644, 3)}
    digest = hashlib.sha256(content := built.path.read_bytes())
    assert (built.size, built.sha256, built.files) == (len(content), digest.hexdigest(), len(entries))
    assert built.code_sha256 == base64.b64encode(digest.digest()).decode()
    assert built.unzipped == sum(entry.file_size for entry in entries) < 25_000_000


def test_nothing_is_in_it_that_lambda_has_or_only_a_terminal_needs_or_names_this_machine(built, root):
    tops, parts = ({path.name for path in folder.iterdir()} for folder in (root, root / "iacwatch"))
    assert tops.isdisjoint({*IN_THE_RUNTIME, "click", "rich", "pygments", "markdown_it", "tests"})
    assert parts.isdisjoint({"cli", "demo", "deploy", "doctor", "manual", "__main__.py"})
    assert {"app", "core", "pipeline", "settings", "lambda_handler.py"} <= parts
    assert not (root / "iacwatch/app/doctor.py").exists()
    assert str(ROOT).encode() not in built.path.read_bytes()
    assert (root / "iacwatch/LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_all_that_its_modules_import_early_or_late_is_in_it_or_in_lambda(root):
    there = {path.stem for path in root.iterdir()} | IN_THE_RUNTIME | FASTER | sys.stdlib_module_names
    of_a_terminal = {"iacwatch/app/sinks.py", "iacwatch/sinks/table.py"}  # never in a function
    lacking = {
        (name, wanted)
        for path in (root / "iacwatch").rglob("*.py")
        for name in [path.relative_to(root).as_posix()]
        for wanted in map("".join, IMPORT.findall(path.read_text()))
        if wanted.partition(".")[0] not in there
        or wanted.startswith(("iacwatch.cli", "iacwatch.demo", "iacwatch.deploy", "iacwatch.doctor"))
    }
    assert {(name, wanted.partition(".")[0]) for name, wanted in lacking} == {
        (name, "rich") for name in of_a_terminal
    }


def test_python_takes_the_compiled_files_whatever_the_sources_are(root):
    (root / "iacwatch/errors.py").write_text("raise SystemExit('the source was read')\n")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import iacwatch.pipeline.run, slack_sdk.webhook.client"
    )
    subprocess.run([sys.executable, "-S", "-E", "-B", "-c", program, root], cwd=root, check=True)
    compiled = (root / f"iacwatch/__pycache__/errors.{sys.implementation.cache_tag}.pyc").read_bytes()
    assert b"/var/task/" in compiled


def test_the_command_writes_it_and_says_its_size_and_sum(tmp_path, capsys):
    assert run(["package", "--arch", "x86_64", "--output", str(tmp_path / "fn.zip")]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^.*fn\.zip: \d+\.\d MB, \d+\.\d MB unzipped, \d+ files, x86_64, ", out)
    assert hashlib.sha256((tmp_path / "fn.zip").read_bytes()).hexdigest() in out
    assert run(["package", "--output", str(tmp_path / "nowhere" / "fn.zip")]) == 1
    assert re.fullmatch(r"Error: cannot write .*: No such file or directory\n", capsys.readouterr().err)


def test_a_template_is_printed_and_nothing_else(capsys):
    for form in FORMATS:
        assert run(["template", "--format", form]) == 0
        assert capsys.readouterr() == (text(form), "")
    assert run(["template", "--format", "kubernetes", "--member"]) == 2
    assert "--member has no template in the format kubernetes" in capsys.readouterr().err
