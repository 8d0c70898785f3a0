"""The workflows of the manual and the action of this repository: valid, and their commands can be typed."""

import json
import re
import shlex
import subprocess
import sys

import yaml
from check_jsonschema import main as check_schema
from click.testing import CliRunner

from tests.e2e.test_manual import typed
from tests.fixtures.manual import PAGES, ROOT, blocks
from tests.fixtures.state_files import SECRET
from tests.fixtures.states import instance, resource, state

ACTION = ROOT / ".github/actions/iacwatch/action.yml"
GITHUB, GITLAB, GITHUB_APPLY, GITLAB_APPLY, ATLANTIS = blocks(PAGES["ci"], "yaml")
STEPS = yaml.safe_load(ACTION.read_text())["runs"]["steps"]


def test_each_keeps_to_its_schema(tmp_path):
    for schema, file, text in (
        ("github-workflows", "iacwatch.yml", GITHUB),
        ("github-workflows", "apply.yml", GITHUB_APPLY),
        ("gitlab-ci", ".gitlab-ci.yml", GITLAB),
        ("gitlab-ci", "apply.gitlab-ci.yml", GITLAB_APPLY),
        ("github-actions", "action.yml", ACTION.read_text()),
    ):
        (tmp_path / file).write_text(text)
        line = ["--builtin-schema", f"vendor.{schema}", str(tmp_path / file)]
        done = CliRunner().invoke(check_schema, line)
        assert done.exit_code == 0, done.output


def test_the_commands_can_be_typed_and_no_input_is_pasted_into_a_script():
    assert "${{" not in "".join(step.get("run", "") for step in STEPS)
    (job,) = yaml.safe_load(GITLAB).values()
    for line in job["script"]:
        assert typed(shlex.split(line.removeprefix("iacwatch "))).params["summary"] == "run.json"
    (step,) = [each for each in STEPS if each.get("id") == "run"]
    added = re.search(r'"\$\{command\[@\]\}" \\\n(.*?) \|\| code', step["run"], re.DOTALL)[1]
    for job in yaml.safe_load(GITHUB)["jobs"].values():
        (ours,) = [each for each in job["steps"] if "iacwatch" in each.get("uses", "")]
        assert set(ours["with"]) <= set(yaml.safe_load(ACTION.read_text())["inputs"])
        assert ours["uses"].partition("@")[0].endswith("iacwatch/.github/actions/iacwatch")
        line = f"{ours['with']['arguments']} {added.replace('$REPORTS', 'x')}"
        params = typed(shlex.split(line)).params
        assert params["output"] == ("x/findings.jsonl", "x/findings.html")
        assert params["fail_on"] == ("out-of-band",)


def bash(script, folder, **given):
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=given, text=True, capture_output=True, check=False)


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_the_action_runs_the_command_that_it_is_given(tmp_path):
    """Run its last script with a program in iacwatch's place that writes down how it was called."""
    program(
        tmp_path / "iacwatch/bin/iacwatch",
        'printf "%s\\n" "$@" "$IACWATCH_CONFIG" > called\nexit 3',
    )
    done = bash(
        STEPS[-1]["run"].replace("python -c", f"{sys.executable} -c"),
        tmp_path,
        ARGUMENTS="drain --queue-url 'a b' --fail-on out-of-band '$(touch pwned)'",
        CONFIG="my.toml",
        REPORTS="out",
        RUNNER_TEMP=str(tmp_path),
        GITHUB_OUTPUT=str(tmp_path / "outputs"),
        PATH="/usr/local/bin:/usr/bin:/bin",
    )
    assert done.returncode == 3, done.stderr
    called = (tmp_path / "called").read_text().splitlines()
    assert called[:6] == ["drain", "--queue-url", "a b", "--fail-on", "out-of-band", "$(touch pwned)"]
    assert called[-1] == "my.toml"
    assert (tmp_path / "outputs").read_text() == "exit-code=3\n"
    assert not (tmp_path / "pwned").exists()
    assert (tmp_path / "out").is_dir()


ORDERS = resource("aws_sqs_queue", "orders", instance(arn="arn:aws:sqs:eu-west-1:111122223333:orders"))


def test_the_step_after_an_apply_fills_the_index(tmp_path):
    """Run Atlantis's as it would, with a program in terraform's place."""
    script = yaml.safe_load(ATLANTIS)["workflows"]["with-addresses"]["apply"]["steps"][-1]["run"]
    checkout = tmp_path / "checkout"
    (checkout / "live/prod/net").mkdir(parents=True)
    (checkout / ".git").mkdir()
    (checkout / "CODEOWNERS").write_text("* @acme/all\n/live/prod/net/ @acme/net\n")
    (tmp_path / "state.json").write_text(json.dumps(state(ORDERS)))
    given = {"ATLANTIS_TERRAFORM_VERSION": "1.13.4", "BASE_REPO_OWNER": "acme", "BASE_REPO_NAME": "infra"}
    given |= {
        "DIR": str(checkout / "live/prod/net"),
        "REPO_REL_DIR": "live/prod/net",
        "HEAD_COMMIT": "4f1f0c6",
    }
    given |= {"WORKSPACE": "default", "PROJECT_NAME": ""}
    pull = f'[ "$*" = "state pull" ] && exec cat "{tmp_path}/state.json"'
    program(tmp_path / "path/terraform1.13.4", pull)
    program(tmp_path / "path/iacwatch", f'exec "{sys.executable}" -m iacwatch "$@"')
    environment = {
        "PATH": f"{tmp_path}/path:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "IACWATCH_IAC__INDEX": f"sqlite://{tmp_path}/addresses.sqlite3",
    }
    done = bash(script, checkout / "live/prod/net", **environment, **given)
    assert done.returncode == 0, done.stderr
    found = bash("iacwatch address find aws_sqs_queue.orders --format jsonl", tmp_path, **environment)
    assert found.returncode == 0, found.stderr
    row = json.loads(found.stdout)
    assert (row["address"], row["stack"]) == ("aws_sqs_queue.orders", "live/prod/net")
    assert (row["repository"], row["commit"], row["owner"]) == ("acme/infra", "4f1f0c6", "@acme/net")
    assert SECRET.encode() not in (tmp_path / "addresses.sqlite3").read_bytes()
