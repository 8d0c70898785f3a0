"""What no report may show, wherever it sits."""

import json

import pytest

from iacwatch.core.present.redact import LONGEST_VALUE, REDACTED, bounded, redacted
from iacwatch.core.present.sensitive import is_secret
from tests.fixtures.builders import change, entry, resource

SECRET = "hunter2-Correct.Horse"


def shown(path, value, *, kind="AWS::Lambda::Function", globs=()):
    """Return what is shown of a value that is gone, and of one that is new: both have to agree."""
    what = change(
        resource=resource(type=kind),
        diff=(entry(path, value, None), entry(path, None, value), entry(path, value, value)),
    )
    gone, new, both = redacted(what, globs)
    assert gone.updated is None
    assert new.previous is None
    assert gone.previous == new.updated == both.previous == both.updated
    return gone.previous


S = SECRET
OPTION = {"namespace": "aws:elasticbeanstalk:application:environment", "optionName": "A", "value": S}


def test_secrets_are_hidden_wherever_they_sit():
    for kind, path, value in (
        ("Lambda::Function", "", {"environment": {"variables": {"URL": S}}}),
        ("Lambda::Function", "", {"environment": {"variables": {"name": S, "value": S}}}),
        ("ECS::TaskDefinition", ".ContainerDefinitions.0", {"Environment": [{"Name": "A", "Value": S}]}),
        ("ApiGateway::Stage", ".Variables", {"backend": S}),
        ("X::Y", ".Settings", {"description": "x", "name": "DB_PASSWORD", "value": S}),
        ("ElasticBeanstalk::Environment", ".OptionSettings.3", OPTION),
        ("EC2::Instance", ".UserData", S),
        ("AppRunner::Service", ".RuntimeEnvironmentVariables.0", {"Name": "A", "Value": S}),
        ("RDS::DBInstance", ".X.MasterUserPassword", [12345678, S]),
        ("CloudFormation::Stack", ".Parameters.0", {"parameterKey": "DbPassword", "parameterValue": S}),
    ):
        for section in ("Configuration", "SupplementaryConfiguration"):
            text = json.dumps(shown(f"{section}{path}", value, kind=f"AWS::{kind}"))
            assert SECRET not in text.replace("12345678", SECRET)
            assert REDACTED in text


def test_what_only_tells_something_about_a_secret_is_shown():
    for path, value in {
        "MetadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2},
        "MasterUserSecret": {
            "secretArn": "arn:aws:secretsmanager:eu-west-1:1:secret:a",
            "secretStatus": "on",
        },
        "Secrets.0": {"name": "DB", "valueFrom": "arn:aws:ssm:eu-west-1:1:parameter/db"},
        "PolicyDocument.Action": ["secretsmanager:GetSecretValue", "sts:GetSessionToken"],
    }.items():
        assert shown(f"Configuration.{path}", value) == value


def test_the_names_of_variables_are_shown_and_their_values_hidden():
    listed, hidden = ([{"name": "DB_HOST", "value": value}] for value in ("db", REDACTED))
    assert shown("Configuration.ContainerDefinitions.0.Environment", listed) == hidden
    # One may be called "name"; a build project's image is none.
    variables = {"name": "hunter2", "value": "hunter2"}
    assert shown("Configuration.Environment.Variables", variables) == dict.fromkeys(variables, REDACTED)
    build = {"image": "aws/codebuild/standard:7.0", "environmentVariables": listed}
    told = shown("Configuration.Environment", build, kind="AWS::CodeBuild::Project")
    assert told == {**build, "environmentVariables": hidden}


def test_json_in_a_text_is_looked_into_and_kept_as_it_was_where_it_holds_nothing():
    found = json.loads(shown("Configuration.Definition", '{"a": 1, "password": "x"}'))
    assert found == {"a": 1, "password": REDACTED}
    harmless = '{"a":1,   "b": [true]}'
    assert shown("Configuration.Definition", harmless) == harmless
    twice = json.dumps({"inner": json.dumps({"password": SECRET})})
    for text in (twice, json.dumps({"inner": twice})):
        assert SECRET not in str(shown("Configuration.Definition", text)).replace("\\", "")


def test_a_user_hides_further_paths_in_any_case_with_everything_below():
    for path, value, expected in (
        (".MasterUsername", "admin", REDACTED),
        ("", {"masterUsername": "admin", "engine": "x"}, {"masterUsername": REDACTED, "engine": "x"}),
        (".Rules.0", {"comment": True, "port": 1}, {"comment": REDACTED, "port": 1}),
        (".MasterUsernames", "admin", "admin"),
    ):
        globs = ["Configuration.masterUsername", "Configuration.Rules.Comment"]
        assert shown(f"Configuration{path}", value, globs=globs) == expected


def test_a_value_is_bounded():
    assert redacted(change(diff=None)) == ()
    assert bounded({"a": [1, None, True]}) == {"a": [1, None, True]}
    assert bounded("x" * LONGEST_VALUE) == "x" * LONGEST_VALUE
    assert bounded("x" * (LONGEST_VALUE + 1)).endswith("… (cut, 32001 characters)")
    assert bounded(["x" * LONGEST_VALUE]).startswith('["xxx')
    assert bounded(10**300) == 10**300


@pytest.mark.timeout(20)
def test_long_texts_are_judged_in_no_time_to_speak_of():
    for piece in ("password", "://a:", "-" * 10, "eyJ" + "a" * 40, "token=", 'x"', "--token ", "aB3/", "sk-"):
        assert is_secret(piece * 5_000 + " ") in {True, False}


def test_an_options_value_in_a_command_of_many_words_is_hidden_and_the_rest_is_not():
    command = ["serve", "--port", "80", "--api-token", "abc", "--db-password", "def", "--password=ghi", "-v"]
    hidden = ["serve", "--port", "80", "--api-token", REDACTED, "--db-password", REDACTED, REDACTED, "-v"]
    assert shown("Configuration.Command", command) == hidden


TEXT = "correct-horse-battery"
SECRETS = """
    HostKeyBody host_key HostKeys.0 aws_secret_access_key hmacKey PrivateKeyPem tlsKey authToken bearer PreSharedKeys.0 psk
    WebhookUrl SLACK_WEBHOOK dbPass Passphrase DbPasswd PasswordHash pwd Authorization ApiKeyValue totp licenseKey
"""
ABOUT = """
    HostKeyFingerprint TrustedHostKeys.0 KeyName keyArn tokenHash PublicKey secretStatus KeySpec ApiKeySource S3Key ETag
    TokenValidityUnits PartitionKey LockToken maxTokens AuthorizationType PasswordLastUsed accessKey1LastRotated WebhookId
    updateToken passRole CompassHeading webhookFilters DnsSecStatus
"""


@pytest.mark.parametrize("name", [*SECRETS.split(), *ABOUT.split()])
def test_a_name_says_whether_its_value_is_a_secret_or_only_tells_something_about_one(name):
    assert shown(f"Configuration.{name}", TEXT) == (REDACTED if name in SECRETS.split() else TEXT)


def test_a_tags_key_is_read_word_by_word():
    for name, told in {"db-password": REDACTED, "DBPassword": REDACTED, "passwordLastUsed": "x"}.items():
        assert [shown(f"Tags.{before}{name}", "x") for before in ("", "acme.io/")] == [told] * 2


TOKENS = """
    wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n AKIAIOSFODNN7EXAMPLE
    eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl https://hooks.slack.com/services/T000/B000/xyz
    https://acme.webhook.office.com/webhookb2/0000@1111/IncomingWebhook/2222 ghp_0123456789abcdefghijklmnopqrstuvwxyz
    xoxb-1111-2222-abcdefghij glpat-0123456789abcdefghij npm_0123456789abcdefghijklmnopqrstuvwxyz sk_live_0123456789
    sk-proj-0123456789abcdefghijklmnopqrstuvwx AIzaSyA0123456789abcdefghijklmnopqrstuv hvs.0123456789abcdefghijklmn
    SG.0123456789abcdefghijkl.0123456789abcdefghijklmnopqrstuvwxyzABCDEFG dapi0123456789abcdef0123456789abcdef
    https://b.s3.amazonaws.com/x?X-Amz-Expires=60&X-Amz-Signature=0123abcd jdbc:mysql://db/app?user=sa&password=hunter2
    amqps://app:hunter2@mq.example.com DefaultEndpoints=x;AccountKey=abc123==;
"""
PHRASES = [
    "Server=db;User=sa;Password=hunter2;",
    "run --db-password hunter2 now",
    '#!/bin/sh\nexport API_KEY="hunter2"',
    '[{"token": "hunter2"}',
    *(f"-----BEGIN {kind}PRIVATE KEY-----\nMIIEpAIBAAKCAQEA0Z3" for kind in ("RSA ", "", "ENCRYPTED ")),
    "rotated from AKIAIOSFODNN7EXAMPLE / je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    '{"headers": "authorization=Bearer abcdef"}',
]


@pytest.mark.parametrize("text", [*TOKENS.split(), *PHRASES])
def test_a_value_looks_like_key_material_whatever_its_name(text):
    assert REDACTED in str(shown("Configuration.Description", text))
    assert REDACTED in str(shown("Configuration.Rules.0", {"comment": [text]}))
    assert shown("Tags.note", text) == REDACTED or text.startswith("{")


HARMLESS = """
    AccessKeyId=AKIAIOSFODNN7EXAMPLE UserId=AIDACKCEVSQ6C2EXAMPLE Principal=AROACKCEVSQ6C2EXAMPLE:alice@example.com
    Description=9b74c9897bac770ffc029102a200c5de01234567 UniqueId=0123456789012345678901234567890123456789
    CodeSha256=aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7nM9o= DistributionId=aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1eF3hJ5kL7n
    ImageDigest=sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824 Url=https://example.com/webhooks
    Resource=arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbCdEf Name=npm_packages
    Prefix=teams/Platform/services/Checkout/Version HandlerClass=ComAcmePaymentsCheckoutHandlersMainEntry
    Action=secretsmanager:GetSecretValue Engine=sk-learn-0.23-1-cpu-py3 SecurityPolicy=ELBSecurityPolicy-TLS13-1-2-2021-06
"""
SPOKEN = [
    "PublicKeyBody=-----BEGIN PUBLIC KEY-----\nMIIBIjANBg\n-----END PUBLIC KEY-----",
    "Description=rotates the secret every 30 days",
    "Description=eyJ is how a JSON web token begins",
]


@pytest.mark.parametrize("told", [*HARMLESS.split(), *SPOKEN])
def test_hashes_arns_ids_and_words_are_shown(told):
    name, _, text = told.partition("=")
    assert shown(f"Configuration.{name}", text) == text
    assert shown("Configuration.Nested.0", {name: text}) == {name: text}
