"""Credentials that cannot be had, at the beginning or in the midst of a run, are one sentence."""

import getpass
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest

from iacwatch.aws import sign_in
from iacwatch.aws.errors import calling
from iacwatch.aws.sessions import Sessions
from iacwatch.demo.fake.server import FakeAws
from iacwatch.errors import AwsError, UsageError

KEYS = "aws_access_key_id = AKIADEMO111122223333\naws_secret_access_key = x\n"
ROLE = f"""[default]
role_arn = arn:aws:iam::111122223333:role/audit
source_profile = keys
mfa_serial = arn:aws:iam::111122223333:mfa/alice
[profile keys]
{KEYS}"""
TOKEN = "[default]\nrole_arn = arn:aws:iam::111122223333:role/r\nweb_identity_token_file = /nowhere/token\n"
SSO = """[profile prod]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Reader
region = eu-west-1
[sso-session corp]
sso_region = eu-west-1
sso_start_url = https://corp.awsapps.com/start
"""


@pytest.fixture
def configured(monkeypatch, tmp_path):
    """Write the user's AWS configuration; nothing else of the user's is there."""

    def configured(text, **more):
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        (tmp_path / "config").write_text(text, encoding="utf-8")
        files = {"CONFIG_FILE": str(tmp_path / "config"), "SHARED_CREDENTIALS_FILE": os.devnull}
        for name, value in {**files, "EC2_METADATA_DISABLED": "true"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("HOME", str(tmp_path))
        return Sessions(region="eu-west-1", **more)

    return configured


def program(folder, answer, mode=0o700):
    path = folder / "program"
    path.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
    path.chmod(mode)
    return f"[default]\ncredential_process = {path}\n"


def test_a_program_that_gives_no_credentials_and_a_token_that_is_not_there_are_one_sentence(
    configured, tmp_path
):
    fetched = r"^cannot sign in to AWS: the AWS credentials could not be fetched \(.*"
    for answer, mode, why in (
        ("echo hello", 0o700, f"{fetched}what it names answers with something else than JSON"),
        ("echo '{}'", 0o700, f"{fetched}Unsupported version"),
        ("echo not today >&2; exit 1", 0o700, f"{fetched}not today"),
        ("true", 0o600, "program: Permission denied"),
    ):
        with pytest.raises(AwsError, match=why):
            configured(program(tmp_path, answer, mode)).client("sqs")
    with pytest.raises(AwsError, match="/nowhere/token: No such file or directory"):
        configured(TOKEN).client("sqs")


def test_no_credentials_and_an_sso_session_that_expired_say_how_to_sign_in(configured, monkeypatch):
    with pytest.raises(AwsError, match="no AWS credentials were found; pass --profile"):
        configured("").client("sqs")
    named, sessions = configured(SSO, profile="prod"), configured(SSO)
    monkeypatch.setenv("AWS_PROFILE", "prod")
    for each in (named, sessions):
        with pytest.raises(AwsError, match="run `aws sso login --profile prod`"):
            each.client("sqs")


def test_an_unknown_profile_and_an_endpoint_that_makes_no_sense_are_wrong_usage(configured, monkeypatch):
    unknown = r"there is no such AWS profile.*nobody"
    with pytest.raises(UsageError, match=f"{unknown}.*list-profiles"):
        configured("", profile="nobody").client("sqs")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(UsageError, match=unknown):
        _ = Sessions().region
    sessions = configured(f"[default]\n{KEYS}")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nonsense")
    with pytest.raises(UsageError, match="Invalid endpoint: nonsense; check AWS_ENDPOINT_URL"):
        sessions.client("sqs")


def test_credentials_that_fail_to_renew_in_the_midst_of_a_run_are_one_sentence(configured, tmp_path):
    soon = datetime.now(UTC) + timedelta(minutes=1)
    answer = f'{{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b", "Expiration": "{soon:%Y-%m-%dT%H:%M:%SZ}"}}'
    calls = tmp_path / "calls"
    counted = f"echo x >> {calls}; [ $(wc -l < {calls}) -le 2 ] && echo '{answer}' || echo oops"
    client = configured(program(tmp_path, counted)).client("sqs")
    why = "cannot read the queue: the AWS credentials could not be fetched"
    with pytest.raises(AwsError, match=why), calling("cannot read the queue"):
        client.receive_message(QueueUrl="https://sqs.eu-west-1.amazonaws.com/111122223333/q")


def test_without_a_terminal_an_mfa_code_is_not_asked_for_and_each_attempt_says_so(configured, monkeypatch):
    monkeypatch.setattr(sign_in, "_TERMINAL", Path("/nowhere/tty"))
    sessions = configured(ROLE)
    for _ in range(2):
        with pytest.raises(AwsError, match="it needs an MFA code, and there is no terminal to ask on"):
            sessions.client("sqs")


def test_on_a_terminal_the_code_is_asked_for_and_whoever_gives_none_hears_so(configured, monkeypatch):
    monkeypatch.setattr(sign_in, "_TERMINAL", Path(os.devnull))
    monkeypatch.setattr(getpass, "getpass", lambda prompt: "123456" if "mfa/alice" in prompt else "")
    with FakeAws() as aws:
        aws.add_role("arn:aws:iam::111122223333:role/audit")
        sessions = configured(ROLE)
        monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
        assert sessions.client("sqs")
        assert [call.operation for call in aws.calls] == ["AssumeRole"]
    monkeypatch.setattr(getpass, "getpass", Mock(side_effect=EOFError))
    with pytest.raises(AwsError, match="no MFA code was given"):
        configured(ROLE).client("sqs")
