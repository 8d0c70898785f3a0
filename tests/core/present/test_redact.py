"""What no report may show, wherever it sits."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.present.redact import LONGEST_VALUE, REDACTED, bounded, redacted
from iacwatch.core.present.sensitive import holds_secret, is_secret
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
LISTED = [{"name": "A", "value": S}]
OPTION = {"namespace": "aws:elasticbeanstalk:application:environment", "optionName": "A", "value": S}


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Lambda::Function", ".Environment.Variables.URL", S),
        ("Lambda::Function", ".Environment", {"variables": {"URL": S}}),
        ("Lambda::Function", "", {"environment": {"variables": {"URL": S}}}),
        ("Lambda::Function", "", {"environment": {"variables": {"name": S, "value": S}}}),
        ("Batch::JobDefinition", ".EnvironmentVariable", {"A": S}),
        ("ECS::TaskDefinition", ".ContainerDefinitions.0", {"Environment": [{"Name": "A", "Value": S}]}),
        ("ECS::TaskDefinition", "", {"containerDefinitions": [{"environment": LISTED}]}),
        ("CodeBuild::Project", "", {"environment": {"environmentVariables": LISTED}}),
        ("SageMaker::Model", ".PrimaryContainer", {"Environment": {"A": S, "type": S}}),
        ("AppRunner::Service", ".RuntimeEnvironmentVariables.0", {"Name": "A", "Value": S}),
        ("ApiGateway::Stage", ".Variables", {"backend": S}),
        ("ElasticBeanstalk::Environment", ".OptionSettings.3", OPTION),
        ("EC2::Instance", ".UserData", S),
        ("RDS::DBInstance", ".X.MasterUserPassword", 12345678),
        ("Glue::Connection", ".ConnectionProperties", {"JDBC_CONNECTION_URL": S, "PASSWORD": S}),
        ("DMS::Endpoint", ".MongoDbSettings", {"password": [S, {"deep": S}]}),
        ("EC2::VPNConnection", ".Options", {"tunnelOptions": [{"preSharedKey": S}]}),
        ("Events::Connection", ".AuthParameters", {"ApiKeyAuthParameters": {"x": S}}),
        ("CloudFormation::Stack", ".Parameters.0", {"parameterKey": "DbPassword", "parameterValue": S}),
    ],
)
def test_secrets_are_hidden_wherever_they_sit(kind, path, value):
    for section in ("Configuration", "SupplementaryConfiguration"):
        text = json.dumps(shown(f"{section}{path}", value, kind=f"AWS::{kind}"))
        assert SECRET not in text
        assert "12345678" not in text
        assert REDACTED in text


@pytest.mark.parametrize(
    "text",
    [
        "Server=db;User=sa;Password=hunter2;",
        "run --db-password hunter2 now",
        "db_password: hunter2",
        '#!/bin/sh\nexport API_KEY="hunter2"',
        '[{"token": "hunter2"}',
    ],
)
def test_a_text_that_carries_a_secret_is_hidden_whatever_it_is_called(text):
    assert shown("Configuration.Description", text) == REDACTED
    assert shown("Configuration.Command", ["sh", "-c", text]) == ["sh", "-c", REDACTED]


VAULT = "arn:aws:secretsmanager:eu-west-1:1:secret"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Configuration.MetadataOptions", {"httpTokens": "required", "httpPutResponseHopLimit": 2}),
        ("Configuration.PasswordPolicy", {"minimumPasswordLength": 8, "requireSymbols": True}),
        ("Configuration.MasterUserSecret", {"secretArn": f"{VAULT}:a-b", "secretStatus": "active"}),
        ("Configuration.Secrets.0", {"name": "DB", "valueFrom": "arn:aws:ssm:eu-west-1:1:parameter/db"}),
        ("Configuration.AccessKeyId", "AKIAEXAMPLE"),
        ("Configuration.Description", "rotates the secret; token.actions.githubusercontent.com:sub"),
        ("Configuration.PolicyDocument.Action", ["secretsmanager:GetSecretValue", "sts:GetSessionToken"]),
        ("Configuration.Policy", '{"Action":"kms:*","Resource":"arn:aws:secretsmanager:*:*:secret:a*"}'),
        ("Configuration.IpPermissions.0", {"fromPort": 22, "ipRanges": ["0.0.0.0/0"]}),
        ("Tags.Environment", "prod"),
        ("Configuration.Tags.0", {"key": "environment", "value": "prod"}),
        ("Configuration.KeyName", "deploy"),
        ("Relationships.0", {"resourceId": "eni-1", "name": "Is attached to"}),
    ],
)
def test_what_only_tells_something_about_a_secret_is_shown(path, value):
    assert shown(path, value) == value


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


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (".MasterUsername", "admin", REDACTED),
        (".MasterUsername.Deep.1", 5, REDACTED),
        ("", {"masterUsername": "admin", "engine": "x"}, {"masterUsername": REDACTED, "engine": "x"}),
        (".A.Notes", {"x": [1]}, REDACTED),
        (".Rules.0", {"comment": True, "port": 1}, {"comment": REDACTED, "port": 1}),
        (".MasterUsernames", "admin", "admin"),
    ],
)
def test_a_user_hides_further_paths_in_any_case_with_everything_below(path, value, expected):
    globs = ["Configuration.masterUsername", "*.notes", "Configuration.Rules.Comment"]
    assert shown(f"Configuration{path}", value, globs=globs) == expected


def test_nothing_stays_nothing():
    (told,) = redacted(change(diff=(entry("Configuration.UserData", None, "x"),)))
    assert (told.previous, told.updated) == (None, REDACTED)
    assert redacted(change(diff=None)) == ()


def test_a_value_is_bounded():
    assert bounded({"a": [1, None, True]}) == {"a": [1, None, True]}
    assert bounded("x" * LONGEST_VALUE) == "x" * LONGEST_VALUE
    assert bounded("x" * (LONGEST_VALUE + 1)).endswith("… (cut, 32001 characters)")
    assert bounded(["x" * LONGEST_VALUE]).startswith('["xxx')
    assert bounded(10**300) == 10**300


@pytest.mark.parametrize(
    ("names", "secret"),
    [("db-password DBPassword Authorization", True), ("passwordLastUsed authorizationConfig", False)],
)
def test_names_are_read_word_by_word_also_in_a_tags_key(names, secret):
    for name in names.split():
        assert holds_secret(name) is secret
        for path in (f"Tags.{name}", f"Tags.acme.io/{name}"):
            assert shown(path, "x") == (REDACTED if secret else "x")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=20), inner, max_size=3),
    max_leaves=12,
)


@given(json_values, st.text(max_size=30), st.lists(st.text(max_size=10), max_size=2))
def test_any_value_at_any_path_can_be_shown(value, path, globs):
    what = change(diff=(entry(path, None, value),))
    (told,) = redacted(what, globs)
    json.dumps(bounded(told.updated))


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    ["password", "://a:", "-" * 10, "eyJ" + "a" * 40, "token=", 'x"', "--token ", "aB3/", "AKIA", "sk-"],
)
def test_long_texts_are_judged_in_no_time_to_speak_of(piece):
    assert is_secret(piece * 5_000 + " ") in {True, False}


def test_an_options_value_in_a_command_of_many_words_is_hidden_and_the_rest_is_not():
    command = ["serve", "--port", "80", "--api-token", "abc", "--db-password", "def", "--password=ghi", "-v"]
    hidden = ["serve", "--port", "80", "--api-token", REDACTED, "--db-password", REDACTED, REDACTED, "-v"]
    assert shown("Configuration.Command", command) == hidden
