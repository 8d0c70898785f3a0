"""The container file and the CronJob: linted, and in keeping with each other and with what iacwatch reads."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from iacwatch.cli.group import group
from iacwatch.deploy.template import text
from iacwatch.settings.load import File, load
from tests.fixtures.manual import PAGES, blocks

HADOLINT = shutil.which("hadolint") or shutil.which("hadolint", path=str(Path(sys.executable).parent))


@pytest.fixture
def manifest():
    account, settings, job = yaml.safe_load_all(text("kubernetes"))
    return account, settings, job


@pytest.mark.skipif(HADOLINT is None, reason="hadolint has no wheel for this system")
def test_hadolint_finds_nothing_in_the_container_file():
    done = subprocess.run(
        [HADOLINT, "-"], input=text("container"), text=True, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_job_is_what_the_container_expects_and_the_manual_trusts(manifest):
    account, settings, job = manifest
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["serviceAccountName"] == account["metadata"]["name"]
    assert f"USER {pod['securityContext']['runAsUser']}\n" in text("container")
    (mount,) = [each for each in container["volumeMounts"] if each["name"] == "settings"]
    (file,) = settings["data"]
    assert f"IACWATCH_CONFIG={mount['mountPath']}/{file}\n" in text("container")
    (volume,) = [each for each in pod["volumes"] if each["name"] == "settings"]
    assert volume["configMap"]["name"] == settings["metadata"]["name"]
    (policy,) = [json.loads(block) for block in blocks(PAGES["containers"], "json")]
    condition = policy["Statement"][0]["Condition"]["StringEquals"]
    assert f"system:serviceaccount:iacwatch:{account['metadata']['name']}" in condition.values()
    spec = job["spec"]
    assert spec["concurrencyPolicy"] == "Forbid"
    longest = int(container["args"][container["args"].index("--max-seconds") + 1])
    deadline = spec["jobTemplate"]["spec"]["activeDeadlineSeconds"]
    assert longest + pod["terminationGracePeriodSeconds"] < deadline, "a run outlives its pod"


def test_its_configuration_loads_and_its_commands_can_be_typed(manifest):
    _, settings, job = manifest
    loaded = load(File(name="iacwatch.toml", text=settings["data"]["iacwatch.toml"]))
    assert loaded.ledger.url == "dynamodb://iacwatch"
    assert loaded.queue.url
    in_job = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["args"]
    for arguments in (in_job, json.loads(text("container").rpartition("CMD ")[2])):
        context = group.make_context("iacwatch", list(arguments))
        name, *rest = [*context._protected_args, *context.args]
        command = group.get_command(context, name)
        assert command is not None
        command.make_context(name, rest, parent=context)
