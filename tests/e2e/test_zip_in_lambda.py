"""The very zip that is deployed, run by Lambda's own runtime client: only the zip and what the runtime has."""

import os
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from tests.fixtures.function.runtime import HANDLER, Function
from tests.fixtures.function.world import World
from tests.fixtures.small_world import change

pytest.importorskip("awslambdaric", reason="AWS has the runtime client for Linux alone")

START = (
    "import sys, runpy; sys.path[:0] = sys.argv[2:]; del sys.argv[2:];"
    "runpy.run_module('awslambdaric', run_name='__main__')"
)
OF_THE_RUNTIME = (
    "awslambdaric snapshot_restore_py simplejson boto3 botocore s3transfer jmespath dateutil python_dateutil"
    " urllib3 six"
)


@pytest.fixture
def runtime(tmp_path):
    """Return a folder that holds what Lambda's Python runtime brings, and nothing else."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    for name in OF_THE_RUNTIME.split():
        try:
            files = metadata.files(name) or []
        except metadata.PackageNotFoundError:
            continue
        tops = {Path(str(file)).parts[0] for file in files if not str(file).startswith("..")}
        for top in tops:
            place, target = Path(metadata.distribution(name).locate_file(top)), folder / top
            if place.exists() and not target.exists():
                target.symlink_to(place)
    return folder


def test_the_zip_handles_a_batch_with_nothing_else_on_its_path(aws, run, tmp_path, runtime):
    built = run("package", "--arch", "x86_64", "--output", "iacwatch.zip")
    assert built.returncode == 0, built.stderr
    root = tmp_path / "task"
    with zipfile.ZipFile(tmp_path / "iacwatch.zip") as archive:
        archive.extractall(root)
    world = World(aws, tmp_path)
    world.fill(1)
    unreadable, early = world.send("nonsense"), world.send(change(2, 11))
    event = world.receive()
    line = ("-S", "-E", "-c", START, HANDLER, str(root), str(runtime))
    environment = {**world.environment(), "PATH": os.defpath}
    with Function(tmp_path, root=root, line=line, **environment) as function:
        assert world.finish(event, function.invoke(event, timeout=90)) == {unreadable, early}
    assert [posted["text"].startswith("alice@example.com") for posted in aws.slack_messages] == [True]
