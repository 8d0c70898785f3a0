"""The configuration: three places, one value, and an error that names the key and where it was set."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.model import IgnoreRule, Rules, Timing, Verdict, Workflow
from iacwatch.errors import ConfigError
from iacwatch.settings.load import File, Given, load
from iacwatch.settings.rules import BUILT_IN, built_in_workflows, rules
from iacwatch.settings.schema import Settings
from iacwatch.settings.values import LONGEST, duration, spelled


def file(text):
    return File("iacwatch.toml", text)


def refused(text=None, environ=None, overrides=None):
    """Return the sentence with which a configuration is refused."""
    with pytest.raises(ConfigError) as caught:
        load(file(text) if text is not None else None, environ, overrides)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_nothing_configured_gives_the_defaults_which_decide_as_the_model_does():
    assert load() == load(file("")) == Settings()
    assert rules(Settings()).timing == Timing()
    assert replace(rules(Settings()), workflows=()) == Rules()


def test_an_option_counts_before_the_environment_before_the_file_before_the_default():
    text = '[queue]\nurl = "https://file.example/q"\n'
    environ = {"IACWATCH_QUEUE__URL": "https://environment.example/q"}
    option = {"queue.url": Given("--queue-url", "https://option.example/q")}
    assert load().queue.url == ""
    assert load(file(text)).queue.url == "https://file.example/q"
    assert load(file(text), environ).queue.url == "https://environment.example/q"
    assert load(file(text), environ, option).queue.url == "https://option.example/q"


FULL = """
[managed]
tag_key = "iac"
tag_values = ["tf"]
[[workflow]]
name = "ci"
principals = ["arn:aws:iam::*:role/ci-*"]
source_ips = ["198.51.100.7", "2001:db8::/32"]
not_before = 2026-11-20T12:00:00+02:00
not_after = "2026-11-21T00:00:00Z"
[attribution]
lookback = "30m"
widen = ["1h30m", "7d"]
[slack]
channel = "#infra"
token = "env:SLACK"
api_url = "http://127.0.0.1:8080/api"
[[slack.route]]
channel = "#payments"
tags = {team = "pay*"}
[report]
verdicts = ["all"]
[[report.ignore]]
resource_types = ["AWS::EC2::*"]
until = "2027-01-01T00:00:00Z"
"""


def test_a_full_file_is_read_and_decides():
    settings = load(file(FULL))
    assert settings.workflow == (
        Workflow(
            name="ci",
            principals=("arn:aws:iam::*:role/ci-*",),
            source_ips=("198.51.100.7/32", "2001:db8::/32"),
            not_before=datetime(2026, 11, 20, 10, tzinfo=UTC),
            not_after=datetime(2026, 11, 21, tzinfo=UTC),
        ),
    )
    assert settings.attribution.widen == (timedelta(minutes=90), timedelta(days=7))
    assert settings.slack.api_url == "http://127.0.0.1:8080/api/"
    assert settings.slack.route[0].tags == {"team": "pay*"}
    ignored = IgnoreRule(resource_types=("AWS::EC2::*",), until=datetime(2027, 1, 1, tzinfo=UTC))
    assert settings.report.ignore == (ignored,)
    decided = rules(settings)
    assert (decided.tag.key, decided.tag.values, decided.workflows) == ("iac", ("tf",), settings.workflow)
    assert (decided.report, decided.timing.lookback) == (frozenset(Verdict), timedelta(minutes=30))


def test_lists_and_tables_come_from_the_environment_as_json_and_replace_the_whole_key():
    text = '[[workflow]]\nname = "a"\nprincipals = ["x"]\n[[workflow]]\nname = "b"\nprincipals = ["y"]\n'
    settings = load(
        file(text),
        {
            "IACWATCH_WORKFLOW": json.dumps([{"name": "ci", "principals": ["z"]}]),
            "IACWATCH_REPORT__IGNORE": json.dumps([{"resource_types": ["AWS::S3::*"]}]),
            "IACWATCH_REPORT__VERDICTS": '["in-workflow"]',
            "IACWATCH_SLACK__TOKEN": "xoxb-1",
            "IACWATCH_SLACK__ROUTE": json.dumps([{"channel": "#x"}]),
            "IACWATCH_ACCOUNTS__NAMES": '{"111122223333": "prod"}',
            "IACWATCH_TRAIL__CALLS_PER_SECOND": "0.5",
        },
    )
    assert [flow.name for flow in settings.workflow] == ["ci"]
    assert settings.report.ignore == (IgnoreRule(resource_types=("AWS::S3::*",)),)
    assert settings.report.verdicts == (Verdict.IN_WORKFLOW,)
    assert [route.channel for route in settings.slack.route] == ["#x"]
    assert settings.accounts.names == {"111122223333": "prod"}
    assert settings.trail.calls_per_second == 0.5


def flow(**fields):
    """Return TOML of a workflow."""
    lines = (f"{name} = {json.dumps(value)}" for name, value in fields.items())
    return "\n".join(["[[workflow]]", *lines, ""])


LOOKBACK = "attribution.lookback must be a duration"
A_LIST, A_TIME = (
    "workflow must be a list of tables ([[workflow]])",
    "workflow[0].not_after must be a time with a zone",
)
STARTED = ["arn:aws:iam::*:role/ci"]


@pytest.mark.parametrize(
    ("section", "line", "said"),
    [
        ("attribution", 'lookbak = "1m"', "there is no key attribution.lookbak; did you mean attribution.lookback?"),
        ("queue", 'channel = "#x"', "there is no key queue.channel; did you mean slack.channel?"),
        ("", flow(name="a", principal=["x"]), "did you mean workflow.principals?"),
        ("", flow(name="a", tools=["x"]), "there is no key workflow[0].tools"),
        *(("attribution", f"lookback = {each}", LOOKBACK) for each in (20, '"-5m"', '"٢m"', '"1m1h"')),
        ("attribution", 'lookback = "9999d"', "at most 366d"),
        ("attribution", 'widen = ["60m", 5]', "attribution.widen[1] must be a duration"),
        ("attribution", 'widen = ["10m"]', "attribution.widen[0] (10m) must be longer than attribution.lookback (20m)"),
        ("attribution", 'settle_after = "1h"', "attribution.settle_after (1h) is longer than attribution.give_up_after"),
        ("managed", "tag_key = 5", "managed.tag_key must be a text"),
        ("workflow", 'name = "x"', A_LIST),
        ("", flow(principals=["x"]), "workflow[0] has no name"),
        ("", flow(name="ci"), 'workflow[0] ("ci") covers nothing'),
        ("", flow(name="ci", started_by=STARTED), 'workflow[0] ("ci") covers nothing, since it has started_by, which is a further condition, alone; give it principals'),
        ("", 2 * flow(name="a", principals=["x"]), "has the name of another workflow"),
        ("", flow(name="a", principals=["x"], not_before="2026-01-02T00:00:00Z", not_after="2026-01-01T00:00:00Z"), "not_before must be earlier than not_after"),
        ("", flow(name="a", source_ips=["10.0.0.0/33"]), "workflow[0].source_ips[0] must be a CIDR"),
        *(("", flow(name="a", not_after=each), A_TIME) for each in ("2026-01-01", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00")),
        ("", flow(name="a") + "not_after = 2026-01-01T00:00:00", A_TIME),
        ("report", 'verdicts = ["out-of-bnd"]', "report.verdicts[0] must be one of out-of-band"),
        ("[report.ignore]", "", "report.ignore[0] names nothing to ignore"),
        ("accounts", 'role_name = "x"', "accounts.allowed names no account"),
        ("accounts", 'role_name = "arn:aws:iam::111122223333:role/x"', "accounts.role_name must be the name of a role"),
        ("accounts", 'names = {prod = "111122223333"}', "accounts.names must be an account's 12 digits"),
        *(("queue", f'url = "{each}"', "queue.url must be an http(s) URL") for each in ("arn:aws:sqs:eu-west-1:111122223333:q", "sqs.eu-west-1.amazonaws.com/1/q")),
        *(("trail", f"calls_per_second = {each}", "trail.calls_per_second must be a number") for each in ("2.5", "nan", "true")),
        ("trail", 'source = "athena"', "trail.source is athena, yet trail.athena_database names no database"),
        ("trail", 'athena_table = "t; DROP"', "trail.athena_table must be at most 128 letters, digits, _ and -"),
        ("trail", 'athena_region = "eu-west-1.evil.example"', "trail.athena_region must be a region"),
        *(("ledger", f'url = "{url}"', '"dynamodb://table"') for url in ("dynamodb:table", "dynamodb://t", "dynamodb://table/x")),
        *(("ledger", f'url = "{url}"', 'ledger.url must be "sqlite"') for url in ("postgres://x", "sqlite://")),
        *(("events", f'bus = "{bus}"', "events.bus must be an event bus's name or ARN") for bus in ("a bus", "arn:aws:sns:eu-west-1:111122223333:topic", "x" * 257)),
        ("slack", 'channel = "#x"', "slack.channel is set, yet there is no slack.token"),
        ("slack", 'webhook_url = "https://hooks.example/x"\n[[slack.route]]\nchannel = "#x"', "slack.route needs slack.token"),
        ("slack", 'token = "t"\n[[slack.route]]\naccounts = []', "slack.route[0] has no channel"),
        ("", "x = ", "iacwatch.toml is not valid TOML"),
        ("", "a" * 5000 + " = 1", "there is no key"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_key_and_file(section, line, said):
    sentence = refused(f"[{section}]\n{line}" if section else line)
    assert sentence.startswith("iacwatch.toml")
    assert said in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"IACWATCH_QUEUE_URL": "x"}, "IACWATCH_QUEUE_URL in the environment is not a key of the configuration; did you mean IACWATCH_QUEUE__URL?"),
        ({"IACWATCH_CONFG": "x"}, "did you mean IACWATCH_CONFIG?"),
        ({"IACWATCH_QUEUE__URL": "nonsense"}, "IACWATCH_QUEUE__URL: queue.url must be an http(s) URL"),
        ({"IACWATCH_WORKFLOW": "ci"}, "IACWATCH_WORKFLOW: workflow must be JSON"),
        ({"IACWATCH_WORKFLOW": '[{"name": "ci", "started_by": ["acme/infra"]}]'}, "IACWATCH_WORKFLOW: workflow[0].started_by[0] must be the ARN"),
        ({"IACWATCH_WORKFLOW": '[{"nam": "x"}]'}, "IACWATCH_WORKFLOW: there is no key workflow[0].nam"),
        ({"IACWATCH_WORKFLOW": "[" * 100_000}, "IACWATCH_WORKFLOW: workflow must be JSON"),
        ({"IACWATCH_ATTRIBUTION__GIVE_UP_AFTER": "1m"}, "IACWATCH_ATTRIBUTION__GIVE_UP_AFTER: attribution.settle_after (15m)"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_environment_is_named_with_its_variable(environ, said):
    sentence = refused("", environ)
    assert said in sentence
    assert len(sentence) < 400


def test_what_is_wrong_with_an_option_is_named_with_the_option():
    said = refused(overrides={"trail.source": Given("--trail", "athena")})
    assert said.startswith("--trail: trail.source is athena, yet trail.athena_database")


@pytest.mark.parametrize("value", ["xoxb-secret\n", " xoxb-secret", "env:"])
@pytest.mark.parametrize("key", ["token", "webhook_url"])
def test_no_error_shows_a_secret(key, value):
    sentence = refused(environ={f"IACWATCH_SLACK__{key.upper()}": value})
    assert f"slack.{key} must be" in sentence
    assert "xoxb" not in sentence


def test_without_a_workflow_the_built_in_ones_go_by_tool_and_claim_no_value_twice():
    flows = rules(Settings()).workflows
    assert len(flows) == len({flow.name for flow in flows}) == len(BUILT_IN)
    terraform = next(flow for flow in flows if "terraform" in flow.managed_by)
    assert {"terraform", "Terraform", "tofu"} <= set(terraform.managed_by)
    assert {"terraform", "opentofu", "terragrunt"} <= set(terraform.tools)
    assert all(flow.tools and flow.managed_by for flow in flows)
    values = [value for flow in built_in_workflows() for value in flow.managed_by]
    assert len(values) == len(set(values))
    configured = load(file('[[workflow]]\nname = "a"\nprincipals = ["x"]'))
    assert [flow.name for flow in rules(configured).workflows] == ["a"]


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=LONGEST))
def test_a_duration_reads_back_as_it_is_spelled(span):
    whole = timedelta(seconds=int(span.total_seconds()))
    assert duration(spelled(whole)) == whole
