"""The workflows of the manual and the action of this repository: valid, and their commands can be typed."""

import json
import re
import shlex
import subprocess
import sys

import pytest
import yaml
from check_jsonschema import main as check_schema
from click.testing import CliRunner

from iacwatch.cli.group import group
from tests.fixtures.manual import PAGES, ROOT, blocks

ACTION = ROOT / ".github/actions/iacwatch/action.yml"
GITHUB, GITLAB, GITHUB_APPLY, GITLAB_APPLY, ATLANTIS = blocks(PAGES["ci"], "yaml")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ci")
    made = {"github-workflows": folder / "iacwatch.yml", "gitlab-ci": folder / ".gitlab-ci.yml"}
    made["github-workflows"].write_text(GITHUB)
    made["gitlab-ci"].write_text(GITLAB)
    made["applies-github-workflows"] = folder / "apply.yml"
    made["applies-github-workflows"].write_text(GITHUB_APPLY)
    made["applies-gitlab-ci"] = folder / "apply.gitlab-ci.yml"
    made["applies-gitlab-ci"].write_text(GITLAB_APPLY)
    return {**made, "github-actions": ACTION}


@pytest.mark.parametrize(
    "name",
    ["github-workflows", "gitlab-ci", "github-actions", "applies-github-workflows", "applies-gitlab-ci"],
)
def test_it_keeps_to_its_schema(name, files):
    schema = f"vendor.{name.removeprefix('applies-')}"
    done = CliRunner().invoke(check_schema, ["--builtin-schema", schema, str(files[name])])
    assert done.exit_code == 0, done.output


def typed(line):
    """Make click's context of a command line of iacwatch; it raises where the line is wrong."""
    context = group.make_context("iacwatch", shlex.split(line))
    name, *rest = [*context._protected_args, *context.args]
    command = group.get_command(context, name)
    assert command is not None, name
    return command.make_context(name, rest, parent=context)


def scripts():
    for job in yaml.safe_load(GITLAB).values():
        yield from (*job["before_script"], *job["script"])
    for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"]:
        yield from filter(None, [step.get("run")])


@pytest.mark.parametrize("script", list(scripts()))
def test_a_script_is_bash_and_no_input_is_pasted_into_it(script):
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0
    assert "${{" not in script


def test_the_commands_can_be_typed():
    (job,) = yaml.safe_load(GITLAB).values()
    for line in job["script"]:
        assert typed(line.removeprefix("iacwatch ")).params["summary"] == "run.json"
    action = yaml.safe_load(ACTION.read_text())
    (step,) = [each for each in action["runs"]["steps"] if each.get("id") == "run"]
    added = re.search(r'"\$\{command\[@\]\}" \\\n(.*?) \|\| code', step["run"], re.DOTALL)[1]
    for job in yaml.safe_load(GITHUB)["jobs"].values():
        (ours,) = [each for each in job["steps"] if "iacwatch" in each.get("uses", "")]
        assert set(ours["with"]) <= set(action["inputs"])
        assert ours["uses"].partition("@")[0].endswith("iacwatch/.github/actions/iacwatch")
        params = typed(f"{ours['with']['arguments']} {added.replace('$REPORTS', 'x')}").params
        assert params["output"] == ("x/findings.jsonl", "x/findings.html")
        assert params["fail_on"] == ("out-of-band",)


def test_the_action_runs_the_command_that_it_is_given(tmp_path):
    """Run its last script with a program in iacwatch's place that writes down how it was called."""
    program = tmp_path / "iacwatch/bin/iacwatch"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" "$IACWATCH_CONFIG" > called\nexit 3\n')
    program.chmod(0o755)
    step = yaml.safe_load(ACTION.read_text())["runs"]["steps"][-1]
    given = {
        "ARGUMENTS": "drain --queue-url 'a b' --fail-on out-of-band '$(touch pwned)'",
        "CONFIG": "my.toml",
        "REPORTS": "out",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
    done = subprocess.run(
        [
            "bash",
            "--noprofile",
            "--norc",
            "-e",
            "-o",
            "pipefail",
            "-c",
            step["run"].replace("python -c", f"{sys.executable} -c"),
        ],
        cwd=tmp_path,
        env=given,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    called = (tmp_path / "called").read_text().splitlines()
    assert called[:6] == ["drain", "--queue-url", "a b", "--fail-on", "out-of-band", "$(touch pwned)"]
    assert called[-1] == "my.toml"
    assert (tmp_path / "outputs").read_text() == "exit-code=3\n"
    assert not (tmp_path / "pwned").exists()
    assert (tmp_path / "out").is_dir()


STATE = {
    "version": 4,
    "terraform_version": "1.13.4",
    "serial": 7,
    "lineage": "0b1c2d3e-0000-4000-8000-000000000001",
    "outputs": {"password": {"value": "hunter2", "type": "string"}},
    "resources": [
        {
            "mode": "managed",
            "type": "aws_sqs_queue",
            "name": "orders",
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [
                {
                    "attributes": {
                        "id": "https://sqs.eu-west-1.amazonaws.com/111122223333/orders",
                        "arn": "arn:aws:sqs:eu-west-1:111122223333:orders",
                    }
                }
            ],
        }
    ],
}
COMMIT = "4f1f0c6d7a0e4c1f9a3b5d7e9f1a3c5e7b9d1f30"


def of_github(checkout):
    """Return the script of the step that hands addresses over, its folder and the runner's variables."""
    job = yaml.safe_load(GITHUB_APPLY)["jobs"]["apply"]
    given = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/infra",
        "GITHUB_SHA": COMMIT,
        "GITHUB_WORKSPACE": str(checkout),
    }
    return job["steps"][-1]["run"], checkout / job["defaults"]["run"]["working-directory"], given


def of_gitlab(checkout):
    given = {
        "GITLAB_CI": "true",
        "CI_PROJECT_PATH": "acme/infra",
        "CI_COMMIT_SHA": COMMIT,
        "CI_PROJECT_DIR": str(checkout),
    }
    return "\n".join(yaml.safe_load(GITLAB_APPLY)["apply"]["after_script"]), checkout, given


def of_atlantis(checkout):
    step = yaml.safe_load(ATLANTIS)["workflows"]["with-addresses"]["apply"]["steps"][-1]["run"]
    given = {
        "ATLANTIS_TERRAFORM_VERSION": "1.13.4",
        "BASE_REPO_OWNER": "acme",
        "BASE_REPO_NAME": "infra",
        "HEAD_COMMIT": COMMIT,
        "DIR": str(checkout / "live/prod/net"),
        "REPO_REL_DIR": "live/prod/net",
        "WORKSPACE": "default",
        "PROJECT_NAME": "",
    }
    return step, checkout / "live/prod/net", given


@pytest.mark.parametrize("system", [of_github, of_gitlab, of_atlantis])
def test_the_step_after_an_apply_fills_the_index(system, tmp_path):
    """Run it as the system would, with a program in terraform's place, and nothing to install."""
    checkout, programs = tmp_path / "checkout", tmp_path / "programs"
    (checkout / "live/prod/net").mkdir(parents=True)
    (checkout / ".git").mkdir()
    (checkout / "CODEOWNERS").write_text("* @acme/all\n/live/prod/net/ @acme/net\n")
    (tmp_path / "state.json").write_text(json.dumps(STATE))
    script, folder, given = system(checkout)
    ours = programs / "iacwatch/bin"
    ours.mkdir(parents=True)
    iacwatch = f'exec "{sys.executable}" -m iacwatch "$@"'
    pull = f'[ "$*" = "state pull" ] && exec cat "{tmp_path}/state.json"'
    for name, text in {
        programs / "terraform": pull,
        programs / "terraform1.13.4": pull,
        programs / "python3": "exit 0",
        programs / "iacwatch.sh": iacwatch,
        ours / "iacwatch": iacwatch,
        ours / "pip": "exit 0",
    }.items():
        name.write_text(f"#!/bin/sh\n{text}\n")
        name.chmod(0o755)
    path = tmp_path / "path"
    path.mkdir()
    for name in ("terraform", "terraform1.13.4", "python3"):
        (path / name).symlink_to(programs / name)
    (path / "iacwatch").symlink_to(programs / "iacwatch.sh")
    environment = {
        "PATH": f"{path}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "RUNNER_TEMP": str(programs),
        "IACWATCH_IAC__INDEX": f"sqlite://{tmp_path}/addresses.sqlite3",
    }

    def run(script, folder, given):
        command = ["bash", "--noprofile", "--norc", "-e", "-c", script]
        environ = {**environment, **given}
        return subprocess.run(command, cwd=folder, env=environ, text=True, capture_output=True, check=False)

    done = run(script, folder, given)
    assert done.returncode == 0, done.stderr
    found = run("iacwatch address find aws_sqs_queue.orders --format jsonl", tmp_path, {})
    assert found.returncode == 0, found.stderr
    row = json.loads(found.stdout)
    assert (row["address"], row["stack"]) == ("aws_sqs_queue.orders", "live/prod/net")
    assert (row["repository"], row["commit"], row["owner"]) == ("acme/infra", COMMIT, "@acme/net")
    assert b"hunter2" not in (tmp_path / "addresses.sqlite3").read_bytes()
