"""The command line itself: help, versions, exit codes and completion."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

import iacwatch
from iacwatch.cli.group import COMMANDS
from tests.fixtures import command

QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/q"
DRAIN = ("drain", "--queue-url", QUEUE)
HERE = ("--region", "eu-west-1")


def test_the_version_names_iacwatch_python_and_boto3_and_lives_in_one_place(tmp_path):
    done = command.run(None, tmp_path, "--version")
    assert done.returncode == 0
    python = ".".join(map(str, sys.version_info[:3]))
    assert done.stdout.startswith(f"iacwatch {iacwatch.__version__} (Python {python}, boto3 1.")
    fast = [name for name in ("hyperscan", "isal", "msgspec") if find_spec(name)]
    assert done.stdout.rstrip(")\n").split(", ")[2:] == fast


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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Commands:"),
        (["dran"], "did you mean drain?"),
        (["help", "trail_files"], "there is no topic 'trail_files'; did you mean trail-files?"),
        (["drain", "--formt", "jsonl"], "No such option"),
        (["drain"], "queue.url"),
        ([*DRAIN, "--fail-on", "in-workflow"], "--verdict in-workflow"),
        (["drain", "--dry-run", "--slack"], "--dry-run posts nothing"),
        (["--config", "missing.toml", "drain"], "cannot read the configuration missing.toml"),
        ([*DRAIN, "--trail", "s3://"], '--trail: trail.source must be "api"'),
        ([*HERE, "backfill", "--since", "10m"], "now less give_up_after"),
        ([*HERE, "backfill", "--since", "3d", "--resource-type", "x"], "x is not a resource type"),
        ([*HERE, "backfill", "--since", "3d", "--regions", "mars"], "mars is not an AWS region"),
        ([*HERE, "backfill", "--since", "3d", "--changes", "/no/such/folder"], "no file or folder"),
        ([*HERE, "who", "we'b"], "we'b is not an id, name or ARN that AWS Config can look up"),
        ([*HERE, "who", "web", "--since", "soon"], "--since soon is not a time"),
        (["replay-dlq", "--dlq-url", QUEUE, "--list", "--slack"], "--slack"),
        (["demo", "demo"], "demo runs any command but itself"),
        (["demo", "backfil"], "there is no command 'backfil'; did you mean backfill?"),
        (["doctor"], "no AWS region is known; pass --region"),
        ([*HERE, "--profile", "nobody", "doctor"], "there is no such AWS profile"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exits_with_two(tmp_path, arguments, words):
    done = command.run(None, tmp_path, *arguments, AWS_CONFIG_FILE="/dev/null", AWS_EC2_METADATA_DISABLED="1")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert words in done.stderr
    assert not arguments or len(done.stderr.splitlines()) == 1


def test_shells_complete_commands_and_topics(tmp_path):
    for shell in ("bash", "zsh", "fish"):
        done = command.run(None, tmp_path, "completion", shell)
        assert (done.returncode, "_IACWATCH_COMPLETE" in done.stdout) == (0, True)
    words = {"COMP_WORDS": "iacwatch help tr", "COMP_CWORD": "2"}
    done = command.run(None, tmp_path, _IACWATCH_COMPLETE="bash_complete", **words)
    assert done.stdout == "plain,trail-files\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_closed_stdout_is_no_fault_unless_a_report_needs_it(tmp_path):
    calls = ("--version >&-", "drain --help >&-", "help verdicts >&- 2>&- <&-", "template >&- 2>&- <&-")
    calls = [f"{sys.executable} -m iacwatch {call}; printf '%s ' $? >> codes" for call in calls]
    script = "; ".join([*calls, f"exec {sys.executable} -m iacwatch drain --queue-url {QUEUE} >&-"])
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (tmp_path / "codes").read_text(encoding="utf-8").split() == ["0"] * len(calls)
    assert len(done.stderr.splitlines()) == 1
    assert done.returncode == 2
    assert "Error: stdout is closed, so that there is nowhere to report to; pass --output FILE" in done.stderr


def test_a_sign_in_that_fails_is_one_sentence(tmp_path):
    (tmp_path / "config").touch()
    where = {"AWS_CONFIG_FILE": str(tmp_path / "config"), "AWS_EC2_METADATA_DISABLED": "true"}
    done = command.run(None, tmp_path, "--region", "eu-west-1", "drain", "--queue-url", QUEUE, **where)
    assert done.returncode == 1, done.stderr
    assert "no AWS credentials were found" in done.stderr
    for fault in ("Traceback", "a fault in iacwatch", "Exception in thread"):
        assert fault not in done.stderr
