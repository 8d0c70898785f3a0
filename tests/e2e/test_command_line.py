"""The command line itself: help, versions, exit codes and completion."""

import subprocess
import sys
import tomllib
from importlib.util import find_spec

import pytest

import iacwatch
from iacwatch.cli.group import COMMANDS
from iacwatch.cli.options import VERDICTS
from iacwatch.core.model import Verdict
from tests.fixtures import command
from tests.fixtures.manual import ROOT
from tests.fixtures.small_world import change

QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/q"


def test_the_version_names_iacwatch_python_and_boto3_and_lives_in_one_place(tmp_path):
    done = command.run(None, tmp_path, "--version")
    assert done.returncode == 0
    python = ".".join(map(str, sys.version_info[:3]))
    assert done.stdout.startswith(f"iacwatch {iacwatch.__version__} (Python {python}, boto3 1.")
    fast = [name for name in ("hyperscan", "isal", "msgspec") if find_spec(name)]
    assert done.stdout.rstrip(")\n").split(", ")[2:] == fast
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dynamic"] == ["version"]
    assert "version" not in project


HEAVY = (
    "boto3 botocore rich slack_sdk hyperscan isal msgspec logging iacwatch.core.model iacwatch.settings.load"
)
SHOW = """
import os, sys
from iacwatch.__main__ import main
for line in sys.argv[2:]:
    if os.fork():
        os.wait()
        continue
    sys.argv[1:] = line.split()
    try:
        main()
    finally:
        print("LOADED", line, *{*sys.modules} & {*%r.split()}, sep=" ", file=sys.stderr, flush=True)
        os._exit(0)
"""


def test_help_and_the_version_load_nothing_heavy(tmp_path):
    """One interpreter that has loaded the entry point forks for each of them."""
    lines = ["--version", "help costs", *(f"{name} --help" for name in COMMANDS)]
    done = subprocess.run(
        [sys.executable, "-c", SHOW % f"{HEAVY} iacwatch.app.container", "-", *lines],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    loaded = [line for line in done.stderr.splitlines() if line.startswith("LOADED")]
    assert loaded == [f"LOADED {line}{' rich' if line == 'help costs' else ''}" for line in lines]


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
        (["drain", "--queue-url", QUEUE, "--fail-on", "in-workflow"], "--verdict in-workflow"),
        (["drain", "--dry-run", "--slack"], "--dry-run posts nothing"),
        (["--config", "missing.toml", "drain"], "cannot read the configuration missing.toml"),
        (["doctor"], "no AWS region is known; pass --region"),
        (["--region", "eu-west-1", "--profile", "nobody", "doctor"], "there is no such AWS profile"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exits_with_two(tmp_path, arguments, words):
    done = command.run(None, tmp_path, *arguments, AWS_CONFIG_FILE="/dev/null", AWS_EC2_METADATA_DISABLED="1")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_no_command_shows_the_help_and_exits_with_two(tmp_path):
    done = command.run(None, tmp_path)
    assert done.returncode == 2
    assert "Commands:" in done.stderr


def test_shells_complete_commands(tmp_path):
    for shell in ("bash", "zsh", "fish"):
        done = command.run(None, tmp_path, "completion", shell)
        assert done.returncode == 0
        assert "_IACWATCH_COMPLETE" in done.stdout
    words = {"COMP_WORDS": "iacwatch d", "COMP_CWORD": "1"}
    done = command.run(None, tmp_path, _IACWATCH_COMPLETE="bash_complete", **words)
    assert "plain,drain" in done.stdout
    assert "plain,demo" in done.stdout


def sh(script, folder):
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_closed_stdout_is_no_fault_unless_a_report_needs_it(tmp_path):
    calls = ("--version >&-", "drain --help >&-", "help verdicts >&- 2>&- <&-", "template >&- 2>&- <&-")
    script = "; ".join(f"{sys.executable} -m iacwatch {call}; printf '%s ' $? >> codes" for call in calls)
    assert sh(script, tmp_path).stderr == ""
    assert (tmp_path / "codes").read_text(encoding="utf-8").split() == ["0"] * len(calls)
    done = sh(f"{sys.executable} -m iacwatch drain --queue-url {QUEUE} >&-", tmp_path)
    assert done.returncode == 2
    assert "Error: stdout is closed, so that there is nowhere to report to; pass --output FILE" in done.stderr


PROFILES = """
[profile mfa]
role_arn = arn:aws:iam::111122223333:role/audit
source_profile = keys
mfa_serial = arn:aws:iam::111122223333:mfa/alice
[profile keys]
aws_access_key_id = AKIADEMO111122223333
aws_secret_access_key = x
"""


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["drain", "--queue-url", QUEUE], "no AWS credentials were found"),
        (["--profile", "mfa", "explain", "-"], "it needs an MFA code, and there is no terminal to ask on"),
    ],
)
def test_a_sign_in_that_fails_is_one_sentence(tmp_path, arguments, why):
    (tmp_path / "config").write_text(PROFILES, encoding="utf-8")
    where = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_EC2_METADATA_DISABLED": "true"}
    done = subprocess.run(
        command.line("--region", "eu-west-1", *arguments),
        env=command.environment(None, tmp_path, **where),
        input=change(1, 60),
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        start_new_session=True,  # without a terminal
    )
    assert done.returncode == 1, done.stderr
    assert why in " ".join((done.stdout + done.stderr).split())
    for fault in ("Traceback", "a fault in iacwatch", "Exception in thread"):
        assert fault not in done.stderr
