"""The command line itself: help, versions, exit codes and completion."""

import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

import iacwatch
from iacwatch.cli.group import COMMANDS, group
from iacwatch.cli.options import VERDICTS
from iacwatch.core.model import Verdict
from tests.fixtures import command
from tests.fixtures.small_world import change

ROOT = Path(__file__).parents[2]


def test_the_version_names_iacwatch_python_and_boto3_and_imports_no_boto3(tmp_path):
    done = command.run(None, tmp_path, "--version")
    assert done.returncode == 0
    python = ".".join(map(str, sys.version_info[:3]))
    assert done.stdout.startswith(f"iacwatch {iacwatch.__version__} (Python {python}, boto3 1.")
    fast = [name for name in ("hyperscan", "isal", "msgspec") if find_spec(name)]
    assert done.stdout.rstrip(")\n").split(", ")[2:] == fast
    imported = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "iacwatch", "--version"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stderr
    for heavy in (
        "boto3",
        "botocore",
        "rich",
        "slack_sdk",
        "hyperscan",
        "isal",
        "msgspec",
        "iacwatch.core",
        "iacwatch.settings.load",
    ):
        assert f" {heavy}\n" not in imported


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name):
    done = CliRunner().invoke(group, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage:" in done.output


@pytest.mark.parametrize("name", COMMANDS)
def test_help_loads_nothing_heavy(tmp_path, name):
    imported = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "iacwatch", name, "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    ).stderr
    for heavy in (
        "boto3",
        "rich",
        "slack_sdk",
        "logging",
        "iacwatch.core.model",
        "iacwatch.settings.load",
        "iacwatch.app.container",
    ):
        assert f" {heavy}\n" not in imported


def test_the_options_know_every_verdict():
    assert ("all", *Verdict) == VERDICTS


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["dran"], "did you mean drain?"),
        (["drain", "--formt", "jsonl"], "No such option"),
        (["drain", "--format", "xml"], "is not one of"),
        (["drain", "--max-messages", "0"], "--max-messages"),
        (["explain"], "Missing argument"),
        (["completion", "powershell"], "is not one of"),
        (["drain"], "queue.url"),
        (["backfill", "--since", "2999-01-01"], "--since 2999-01-01 is not before"),
        (["drain", "--dry-run", "--slack"], "--dry-run posts nothing"),
        (["--config", "missing.toml", "drain"], "cannot read the configuration missing.toml"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exits_with_two(tmp_path, arguments, words):
    done = command.run(None, tmp_path, *arguments, AWS_CONFIG_FILE="/dev/null")
    assert done.returncode == 2, done.stderr
    assert words in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_no_command_shows_the_help_and_exits_with_two(tmp_path):
    done = command.run(None, tmp_path)
    assert done.returncode == 2
    assert "Commands:" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_names_the_command(tmp_path, shell):
    done = command.run(None, tmp_path, "completion", shell)
    assert done.returncode == 0
    assert "_IACWATCH_COMPLETE" in done.stdout


def test_bash_completes_commands(tmp_path):
    done = command.run(
        None, tmp_path, _IACWATCH_COMPLETE="bash_complete", COMP_WORDS="iacwatch d", COMP_CWORD="1"
    )
    assert "plain,drain" in done.stdout
    assert "plain,demo" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("closed", [">&-", ">&- 2>&- <&-"])
def test_a_closed_stdout_is_no_fault(tmp_path, closed):
    calls = ("--version", "--help", "drain --help", "help verdicts", "template")
    shell = "; ".join(
        f"{sys.executable} -m iacwatch {call} {closed}; printf '%s ' $? >> codes" for call in calls
    )
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (tmp_path / "codes").read_text(encoding="utf-8").split() == ["0"] * len(calls)
    assert done.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_report_needs_an_open_stdout(tmp_path):
    shell = f"{sys.executable} -m iacwatch drain --queue-url https://sqs.eu-west-1.amazonaws.com/111122223333/q >&-"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "Error: stdout is closed, so that there is nowhere to report to; pass --output FILE" in done.stderr


def test_without_credentials_the_command_says_how_to_sign_in(tmp_path):
    done = command.run(
        None,
        tmp_path,
        "drain",
        "--queue-url",
        "https://sqs.eu-west-1.amazonaws.com/111122223333/q",
        AWS_EC2_METADATA_DISABLED="true",
        AWS_REGION="eu-west-1",
    )
    assert done.returncode == 1
    assert "no AWS credentials were found" in done.stderr
    assert "Traceback" not in done.stderr


PROFILES = """
[profile missing]
credential_process = /nowhere/at-all
[profile chatty]
credential_process = echo hello
[profile mfa]
role_arn = arn:aws:iam::111122223333:role/audit
source_profile = keys
mfa_serial = arn:aws:iam::111122223333:mfa/alice
[profile keys]
aws_access_key_id = AKIADEMO111122223333
aws_secret_access_key = x
[profile expired]
sso_session = company
sso_account_id = 111122223333
sso_role_name = Audit
[sso-session company]
sso_region = eu-west-1
sso_start_url = https://company.awsapps.com/start
"""
QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/q"


@pytest.mark.parametrize(
    ("profile", "arguments", "why"),
    [
        ("missing", ["drain", "--queue-url", QUEUE], "/nowhere/at-all: No such file or directory"),
        ("chatty", ["doctor", "--queue-url", QUEUE], "answers with something else than JSON"),
        ("mfa", ["who", "i-0123456789abcdef0"], "it needs an MFA code, and there is no terminal to ask on"),
        ("mfa", ["explain", "-"], "it needs an MFA code, and there is no terminal to ask on"),
        ("expired", ["backfill", "--since", "1d"], "run `aws sso login --profile expired`"),
    ],
)
def test_a_sign_in_that_fails_is_one_sentence(tmp_path, profile, arguments, why):
    (tmp_path / "config").write_text(PROFILES, encoding="utf-8")
    told = ["--profile", profile, "--region", "eu-west-1", *arguments]
    done = subprocess.run(
        command.line(*told),
        env=command.environment(
            None, tmp_path, AWS_CONFIG_FILE=str(tmp_path / "config"), AWS_EC2_METADATA_DISABLED="true"
        ),
        input=change(1, 60),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        start_new_session=True,  # without a terminal
    )
    assert done.returncode == 1, done.stderr
    said = " ".join((done.stdout + done.stderr).split())
    assert "cannot sign in to AWS: " in said
    assert why in said
    for fault in ("Traceback", "a fault in iacwatch", "Exception in thread"):
        assert fault not in done.stderr


def test_the_version_lives_in_one_place():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dynamic"] == ["version"]
    assert "version" not in project
