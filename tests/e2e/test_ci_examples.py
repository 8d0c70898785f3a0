"""The workflows of the manual and the action of this repository: valid, and their commands can be typed."""

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
GITHUB, GITLAB = blocks(PAGES["ci"], "yaml")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ci")
    made = {"github-workflows": folder / "iacwatch.yml", "gitlab-ci": folder / ".gitlab-ci.yml"}
    made["github-workflows"].write_text(GITHUB)
    made["gitlab-ci"].write_text(GITLAB)
    return {**made, "github-actions": ACTION}


@pytest.mark.parametrize("schema", ["github-workflows", "gitlab-ci", "github-actions"])
def test_it_keeps_to_its_schema(schema, files):
    done = CliRunner().invoke(check_schema, ["--builtin-schema", f"vendor.{schema}", str(files[schema])])
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
