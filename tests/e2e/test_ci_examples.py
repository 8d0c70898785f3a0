"""The workflows of the manual and the action of this repository: valid, and their commands can be typed."""

import re
import shlex
import subprocess
import sys

import yaml
from check_jsonschema import main as check_schema
from click.testing import CliRunner

from tests.e2e.test_manual import typed
from tests.fixtures.manual import PAGES, ROOT, blocks

ACTION = ROOT / ".github/actions/iacwatch/action.yml"
GITHUB, GITLAB, GITHUB_APPLY, GITLAB_APPLY, _ = blocks(PAGES["ci"], "yaml")
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


def test_the_action_runs_the_command_that_it_is_given(tmp_path):
    """Run its last script with a program in iacwatch's place that writes down how it was called."""
    program = tmp_path / "iacwatch/bin/iacwatch"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@" "$IACWATCH_CONFIG" > called\nexit 3\n')
    program.chmod(0o755)
    script = STEPS[-1]["run"].replace("python -c", f"{sys.executable} -c")
    given = {
        "ARGUMENTS": "drain --queue-url 'a b' --fail-on out-of-band '$(touch pwned)'",
        "CONFIG": "my.toml",
        "REPORTS": "out",
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
    }
    line = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script]
    done = subprocess.run(line, cwd=tmp_path, env=given, text=True, capture_output=True, check=False)
    assert done.returncode == 3, done.stderr
    called = (tmp_path / "called").read_text().splitlines()
    assert called[:6] == ["drain", "--queue-url", "a b", "--fail-on", "out-of-band", "$(touch pwned)"]
    assert called[-1] == "my.toml"
    assert (tmp_path / "outputs").read_text() == "exit-code=3\n"
    assert not (tmp_path / "pwned").exists()
    assert (tmp_path / "out").is_dir()
