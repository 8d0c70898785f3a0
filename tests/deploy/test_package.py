"""The zip: the same bytes from the same files, all that the function needs, and nothing else."""

import ast
import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from iacwatch.deploy import package
from iacwatch.deploy.package import build
from iacwatch.errors import IacwatchError
from tests.deploy.clean_process import IN_THE_RUNTIME, boto3_alone, modules_of, not_importable

THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
FOR_A_TERMINAL = {"iacwatch/app/sinks.py", "iacwatch/sinks/table.py"}
"""What may import rich: it never does so in a function."""
FASTER = {"hyperscan", "isal", "msgspec"}
"""What is used where it is installed, which it is not there: the function reads no log files and no states."""
BUILDER = """
import sys
from pathlib import Path
from iacwatch.deploy import package
package.RUNTIMES = (sys.argv[1],)
package.build(Path("a.zip"), arch="arm64")
"""
ROOT = Path(package.__file__).parents[2]
LEFT_OUT = ("iacwatch.cli", "iacwatch.demo", "iacwatch.deploy", "iacwatch.doctor")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("package") / "iacwatch.zip", arch="arm64")


@pytest.fixture(scope="module")
def root(built, tmp_path_factory):
    return unpacked(built.path, tmp_path_factory.mktemp("task"))


def unpacked(path, folder):
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def boto3(tmp_path_factory):
    return boto3_alone(tmp_path_factory.mktemp("site") / "boto3")


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def compiled_elsewhere(folder, **environ):
    """Build the zip with compiled files, in a process of its own."""
    folder.mkdir()
    variables = {**os.environ, **environ}
    subprocess.run([sys.executable, "-c", BUILDER, THIS_PYTHON], cwd=folder, env=variables, check=True)
    return folder / "a.zip"


def test_a_python_that_lambda_has_leaves_its_compiled_files_the_same_from_every_process(built, tmp_path):
    one = compiled_elsewhere(tmp_path / "1", PYTHONHASHSEED="1", TZ="Asia/Tokyo")
    two = compiled_elsewhere(tmp_path / "2", PYTHONHASHSEED="2", TZ="UTC", PYTHONOPTIMIZE="2")
    assert one.read_bytes() == two.read_bytes()
    task = unpacked(one, tmp_path / "task")
    sources, compiled = list(task.rglob("*.py")), list(task.rglob("*.pyc"))
    assert len(sources) == len(compiled)
    assert {path.parent.name for path in compiled} == {"__pycache__"}
    assert b"__pycache__/" not in built.path.read_bytes()
    assert sum(path.stat().st_size for path in task.rglob("*") if path.is_file()) < 25_000_000
    # A hash that is not checked: times and sources do not matter.
    assert {path.read_bytes()[4:8] for path in compiled} == {b"\x01\x00\x00\x00"}
    assert all(b"/var/task/" in path.read_bytes() for path in compiled if path.stat().st_size > 2000)
    (task / "iacwatch" / "errors.py").write_text("raise SystemExit('the source was read')\n")
    assert not_importable(task, tmp_path, ["iacwatch.errors", "iacwatch.settings.load"]) == {}


def test_entries_are_sorted_and_bear_no_time_or_mode_of_this_machine_and_the_figures_are_the_files(
    built, tmp_path
):
    with zipfile.ZipFile(built.path) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}
    assert {entry.create_system for entry in entries} == {3}
    content = built.path.read_bytes()
    assert built.size == len(content)
    assert built.sha256 == hashlib.sha256(content).hexdigest()
    assert built.code_sha256 == base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert built.unzipped == sum(entry.file_size for entry in entries)
    assert built.files == len(entries)
    other = build(tmp_path / "a.zip", arch="x86_64")
    assert other.sha256 == built.sha256, "both hold the same as long as all is Python"


def test_nothing_is_in_it_that_lambda_has_or_only_a_terminal_needs(built):
    tops = {name.partition("/")[0] for name in names(built.path)}
    assert tops.isdisjoint({*IN_THE_RUNTIME, "click", "rich", "pygments", "markdown_it", "tests"})
    assert {"iacwatch", "slack_sdk"} <= tops
    parts = {name.split("/")[1] for name in names(built.path) if name.startswith("iacwatch/")}
    assert parts.isdisjoint({"cli", "demo", "deploy", "doctor", "manual", "__main__.py"})
    assert {"app", "core", "pipeline", "settings", "lambda_handler.py"} <= parts
    assert "iacwatch/app/doctor.py" not in names(built.path)
    with zipfile.ZipFile(built.path) as archive:
        assert archive.read("iacwatch/LICENSE") == (ROOT / "LICENSE").read_bytes()
    assert str(ROOT).encode() not in built.path.read_bytes()


def test_all_of_it_can_be_imported_with_only_the_zip_and_boto3(root, boto3):
    modules = [*modules_of(root, "iacwatch"), "slack_sdk.web.client", "slack_sdk.webhook.client"]
    assert {"iacwatch.pipeline.run", "iacwatch.app.container", "iacwatch.sources.sqs.source"} <= set(modules)
    lacking = not_importable(root, boto3, modules)
    assert {name: wanted for name, wanted in lacking.items() if wanted not in FASTER} == {}


def test_what_is_imported_late_is_in_it_too_and_nothing_asks_for_what_was_left_out(root, boto3, tmp_path):
    assert imports_that_lack_something(root) == set()
    (tmp_path / "iacwatch").mkdir()
    (tmp_path / "iacwatch" / "x.py").write_text("import boto3\nimport slack_sdk.web\n")
    assert not_importable(tmp_path, boto3, ["iacwatch.x"]) == {"iacwatch.x": "slack_sdk"}
    assert imports_that_lack_something(tmp_path) == {("iacwatch/x.py", "slack_sdk")}


def imports_that_lack_something(root: Path) -> set[tuple[str, str]]:
    """Return every import, also inside functions, of what neither Python, nor the zip, nor Lambda has."""
    there = {path.stem for path in root.iterdir()} | set(IN_THE_RUNTIME) | sys.stdlib_module_names | FASTER
    return {
        (path.relative_to(root).as_posix(), wanted)
        for path in (root / "iacwatch").rglob("*.py")
        for wanted in imported(ast.parse(path.read_bytes()))
        if wanted.partition(".")[0] not in there or wanted.startswith(LEFT_OUT)
        if not (wanted == "rich" and path.relative_to(root).as_posix() in FOR_A_TERMINAL)
    }


def imported(tree: ast.AST) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module if node.module.startswith("iacwatch") else node.module.partition(".")[0])
    return found


def test_a_zip_that_cannot_be_written_is_said_and_leaves_nothing(tmp_path):
    with pytest.raises(IacwatchError, match=r"cannot write .*nowhere/a\.zip: No such file or directory"):
        build(tmp_path / "nowhere" / "a.zip", arch="arm64")
    (tmp_path / "taken").mkdir()
    with pytest.raises(IacwatchError, match="cannot write"):
        build(tmp_path / "taken", arch="arm64")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
