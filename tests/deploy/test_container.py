"""The container file and the CronJob: linted, and in keeping with each other and with what iacwatch reads."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from iacwatch.deploy.template import text
from iacwatch.settings.load import File, load
from tests.e2e.test_manual import typed
from tests.fixtures.manual import PAGES, blocks

HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")


@pytest.mark.skipif(HADOLINT is None, reason="hadolint has no wheel for this system")
def test_hadolint_finds_nothing_in_the_container_file():
    subprocess.run([HADOLINT, "-"], input=text("container").encode(), check=True)


def test_the_job_is_what_the_container_expects_and_the_manual_trusts_and_its_commands_can_be_typed():
    account, settings, job = yaml.safe_load_all(text("kubernetes"))
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
    loaded = load(File(name="iacwatch.toml", text=settings["data"]["iacwatch.toml"]))
    assert loaded.ledger.url == "dynamodb://iacwatch"
    for arguments in (container["args"], json.loads(text("container").rpartition("CMD ")[2])):
        assert typed(arguments)
