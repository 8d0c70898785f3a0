"""What no report may show, wherever it sits."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.model import ChangeType
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


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Lambda::Function", "Configuration.Environment.Variables.URL", SECRET),
        ("Lambda::Function", "Configuration.Environment.Variables", {"URL": SECRET, "N": SECRET}),
        ("Lambda::Function", "Configuration.Environment", {"variables": {"URL": SECRET}}),
        ("Lambda::Function", "Configuration", {"environment": {"variables": {"URL": SECRET}}}),
        (
            "ECS::TaskDefinition",
            "Configuration.ContainerDefinitions.0",
            {"Environment": [{"Name": "A", "Value": SECRET}]},
        ),
        (
            "ECS::TaskDefinition",
            "Configuration.ContainerDefinitions.0.Environment.2",
            {"name": "A", "value": SECRET},
        ),
        (
            "ECS::TaskDefinition",
            "Configuration",
            {"containerDefinitions": [{"environment": [{"name": "A", "value": SECRET}]}]},
        ),
        (
            "CodeBuild::Project",
            "Configuration",
            {"environment": {"environmentVariables": [{"name": "A", "value": SECRET}]}},
        ),
        (
            "CodeBuild::Project",
            "Configuration.Environment.EnvironmentVariables.0",
            {"name": "A", "value": SECRET},
        ),
        (
            "SageMaker::Model",
            "Configuration.PrimaryContainer",
            {"Environment": {"A": SECRET, "type": SECRET}},
        ),
        ("AppRunner::Service", "Configuration.RuntimeEnvironmentVariables.0", {"Name": "A", "Value": SECRET}),
        ("ApiGateway::Stage", "Configuration.Variables", {"backend": SECRET}),
        (
            "ElasticBeanstalk::Environment",
            "Configuration.OptionSettings.3",
            {"namespace": "aws:elasticbeanstalk:application:environment", "optionName": "A", "value": SECRET},
        ),
        ("EC2::Instance", "Configuration.UserData", SECRET),
        ("EC2::LaunchTemplate", "Configuration", {"LaunchTemplateData": {"UserData": SECRET}}),
        ("AutoScaling::LaunchConfiguration", "Configuration.UserData", SECRET),
        ("RDS::DBInstance", "Configuration.PendingModifiedValues", {"masterUserPassword": SECRET}),
        ("RDS::DBInstance", "SupplementaryConfiguration.X.MasterUserPassword", 12345678),
        ("Redshift::Cluster", "Configuration.MASTER_PASSWORD", SECRET),
        ("ElastiCache::CacheCluster", "Configuration.AuthToken", SECRET),
        (
            "Glue::Connection",
            "Configuration.ConnectionProperties",
            {"JDBC_CONNECTION_URL": SECRET, "PASSWORD": SECRET},
        ),
        ("DMS::Endpoint", "Configuration.MongoDbSettings", {"password": [SECRET, {"deep": SECRET}]}),
        ("EC2::VPNConnection", "Configuration.CustomerGatewayConfiguration", f"<xml>{SECRET}</xml>"),
        ("EC2::VPNConnection", "Configuration.Options", {"tunnelOptions": [{"preSharedKey": SECRET}]}),
        ("Cognito::UserPoolClient", "Configuration.ClientSecret", SECRET),
        ("Events::Connection", "Configuration.AuthParameters", {"ApiKeyAuthParameters": {"x": SECRET}}),
        ("IoT::X", "Configuration.PrivateKey", SECRET),
        (
            "CloudFormation::Stack",
            "Configuration.Parameters.0",
            {"parameterKey": "DbPassword", "parameterValue": SECRET},
        ),
        ("Lambda::Function", "Tags.api-token", SECRET),
        ("Lambda::Function", "Configuration.Tags.0", {"key": "api_secret", "value": SECRET}),
    ],
)
def test_secrets_are_hidden_wherever_they_sit(kind, path, value):
    text = json.dumps(shown(path, value, kind=f"AWS::{kind}"))
    assert SECRET not in text
    assert "12345678" not in text
    assert REDACTED in text


@pytest.mark.parametrize(
    "text",
    [
        "postgres://app:hunter2@db.example.com/app",
        "Server=db;User=sa;Password=hunter2;",
        "run --db-password hunter2 now",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "xoxb-1111-2222-abcdef",
        "https://hooks.slack.com/services/T000/B000/xyz",
        "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
        "glpat-0123456789abcdefghij",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x",
        "db_password: hunter2",
        '#!/bin/sh\nexport API_KEY="hunter2"',
        '[{"token": "hunter2"}',
    ],
)
def test_a_text_that_carries_a_secret_is_hidden_whatever_it_is_called(text):
    assert shown("Configuration.Description", text) == REDACTED
    assert shown("Configuration.Command", ["sh", "-c", text]) == ["sh", "-c", REDACTED]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Configuration.MetadataOptions.HttpTokens", "required"),
        ("Configuration.MetadataOptions", {"httpTokens": "required", "httpPutResponseHopLimit": 2}),
        ("Configuration.PasswordPolicy", {"minimumPasswordLength": 8, "requireSymbols": True}),
        (
            "Configuration.MasterUserSecret",
            {"secretArn": "arn:aws:secretsmanager:eu-west-1:1:secret:a-b", "secretStatus": "active"},
        ),
        ("Configuration.Secrets.0", {"name": "DB", "valueFrom": "arn:aws:ssm:eu-west-1:1:parameter/db"}),
        ("Configuration.AuthorizationType", "AWS_IAM"),
        ("Configuration.AccessKeyId", "AKIAEXAMPLE"),
        ("Configuration.AccessTokenValidity", 60),
        ("Configuration.Description", "rotates the secret; token.actions.githubusercontent.com:sub"),
        ("Configuration.PolicyDocument.Action", ["secretsmanager:GetSecretValue", "sts:GetSessionToken"]),
        ("Configuration.PolicyDocument.Resource", "arn:aws:secretsmanager:eu-west-1:1:secret:a"),
        ("Configuration.Policy", '{"Action":"kms:*","Resource":"arn:aws:secretsmanager:*:*:secret:a*"}'),
        ("Configuration.IpPermissions.0", {"fromPort": 22, "ipRanges": ["0.0.0.0/0"]}),
        ("Tags.Environment", "prod"),
        ("Configuration.Tags.0", {"key": "environment", "value": "prod"}),
        ("Configuration.KeyName", "deploy"),
        ("Configuration.KmsKeyId", "arn:aws:kms:eu-west-1:1:key/1"),
        ("Relationships.0", {"resourceId": "eni-1", "name": "Is attached to"}),
    ],
)
def test_what_only_tells_something_about_a_secret_is_shown(path, value):
    assert shown(path, value) == value


def test_the_names_of_variables_are_shown():
    path = "Configuration.ContainerDefinitions.0.Environment"
    assert shown(path, [{"name": "DB_HOST", "value": "db"}]) == [{"name": "DB_HOST", "value": REDACTED}]
    assert shown("Configuration.Environment.Variables", {"DB_HOST": "db"}) == {"DB_HOST": REDACTED}


def test_a_variable_that_is_called_name_is_hidden_like_any_other():
    variables = {"name": "hunter2", "value": "hunter2"}
    assert shown("Configuration.Environment.Variables", variables) == {"name": REDACTED, "value": REDACTED}


def test_a_build_projects_image_is_no_variable():
    environment = {
        "image": "aws/codebuild/standard:7.0",
        "environmentVariables": [{"name": "A", "value": "x"}],
    }
    assert shown("Configuration.Environment", environment, kind="AWS::CodeBuild::Project") == {
        "image": "aws/codebuild/standard:7.0",
        "environmentVariables": [{"name": "A", "value": REDACTED}],
    }


def test_json_in_a_text_is_looked_into_and_kept_as_it_was_where_it_holds_nothing():
    assert json.loads(shown("Configuration.Definition", '{"a": 1, "password": "x"}')) == {
        "a": 1,
        "password": REDACTED,
    }
    harmless = '{"a":1,   "b": [true]}'
    assert shown("Configuration.Definition", harmless) == harmless
    twice = json.dumps({"inner": json.dumps({"password": SECRET})})
    assert SECRET not in shown("Configuration.Definition", twice)
    assert SECRET not in str(shown("Configuration.Definition", json.dumps({"inner": twice}))).replace(
        "\\", ""
    )


def test_a_user_hides_further_paths_in_any_case_with_everything_below():
    globs = ["Configuration.masterUsername", "*.notes", "Configuration.Rules.Comment"]
    assert shown("Configuration.MasterUsername", "admin", globs=globs) == REDACTED
    assert shown("Configuration.MasterUsername.Deep.1", 5, globs=globs) == REDACTED
    assert shown("Configuration", {"masterUsername": "admin", "engine": "x"}, globs=globs) == {
        "masterUsername": REDACTED,
        "engine": "x",
    }
    assert shown("Configuration.A.Notes", {"x": [1]}, globs=globs) == REDACTED
    assert shown("Configuration.Rules.0", {"comment": True, "port": 1}, globs=globs) == {
        "comment": REDACTED,
        "port": 1,
    }
    assert shown("Configuration.MasterUsernames", "admin", globs=globs) == "admin"


def test_nothing_stays_nothing():
    what = change(change_type=ChangeType.UPDATE, diff=(entry("Configuration.UserData", None, "x"),))
    (told,) = redacted(what, ["Configuration.UserData"])
    assert (told.previous, told.updated) == (None, REDACTED)
    assert redacted(change(diff=None)) == ()


def test_a_value_is_bounded():
    assert bounded({"a": [1, None, True]}) == {"a": [1, None, True]}
    assert bounded("x" * LONGEST_VALUE) == "x" * LONGEST_VALUE
    assert bounded("x" * (LONGEST_VALUE + 1)).endswith("… (cut, 32001 characters)")
    assert bounded(["x" * LONGEST_VALUE]).startswith('["xxx')
    assert bounded(10**300) == 10**300


def test_names_are_read_word_by_word():
    assert holds_secret("db-password")
    assert holds_secret("DBPassword")
    assert holds_secret("Authorization")
    assert not holds_secret("passwordLastUsed")
    assert not holds_secret("authorizationConfig")


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


@given(st.text(max_size=2000))
def test_any_text_can_be_judged(text):
    assert is_secret(text) in {True, False}


def test_long_texts_are_judged_in_no_time_to_speak_of():
    for piece in (
        "password",
        "a-",
        "://a:",
        "-" * 10,
        "eyJ" + "a" * 40,
        "token=",
        'x"',
        "--token ",
        "aB3/",
        "AKIA",
        "sk-",
    ):
        assert is_secret(piece * 20_000 + " ") in {True, False}


def test_an_options_value_in_a_command_of_many_words_is_hidden_and_the_rest_is_not():
    command = ["serve", "--port", "80", "--api-token", "abc", "--db-password", "def", "--password=ghi", "-v"]
    (shown,) = redacted(change(diff=(entry("Configuration.Command", None, command),)))
    hidden = "(redacted)"
    assert shown.updated == [
        "serve",
        "--port",
        "80",
        "--api-token",
        hidden,
        "--db-password",
        hidden,
        hidden,
        "-v",
    ]
