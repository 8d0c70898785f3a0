"""The configuration: three places, one value, and an error that names the key and where it was set."""

import json
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.model import IgnoreRule, Rules, Timing, Verdict, Workflow
from iacwatch.errors import ConfigError
from iacwatch.settings.load import File, Given, environment_names, load
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


def test_nothing_configured_gives_the_defaults():
    assert load() == Settings()
    assert load(file("")) == Settings()


def test_the_defaults_decide_as_the_model_does_by_default():
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


def test_every_section_of_a_full_file_is_read():
    settings = load(
        file("""
        [managed]
        tag_key = "iac"
        tag_values = ["tf"]
        [[workflow]]
        name = "ci"
        managed_by = ["tf"]
        principals = ["arn:aws:iam::*:role/ci-*"]
        started_by = ["token.actions.githubusercontent.com:repo:acme/infra:*"]
        source_ips = ["198.51.100.7", "2001:db8::/32"]
        not_before = 2026-11-20T12:00:00+02:00
        not_after = "2026-11-21T00:00:00Z"
        [attribution]
        lookback = "30m"
        widen = ["1h30m", "7d"]
        [accounts]
        allowed = ["111122223333"]
        role_name = "audit/iacwatch-read"
        names = {"111122223333" = "prod"}
        [trail]
        calls_per_second = 1
        [slack]
        channel = "#infra"
        token = "env:SLACK"
        api_url = "http://127.0.0.1:8080/api"
        [[slack.route]]
        channel = "#payments"
        tags = {team = "pay*"}
        verdicts = ["out-of-band"]
        [report]
        verdicts = ["all"]
        [[report.ignore]]
        resource_types = ["AWS::EC2::*"]
        until = "2027-01-01T00:00:00Z"
        [ledger]
        url = "sqlite:///var/lib/iacwatch/ledger.sqlite3"
        """)
    )
    assert settings.workflow == (
        Workflow(
            name="ci",
            managed_by=("tf",),
            principals=("arn:aws:iam::*:role/ci-*",),
            started_by=("token.actions.githubusercontent.com:repo:acme/infra:*",),
            source_ips=("198.51.100.7/32", "2001:db8::/32"),
            not_before=datetime(2026, 11, 20, 10, tzinfo=UTC),
            not_after=datetime(2026, 11, 21, tzinfo=UTC),
        ),
    )
    assert settings.attribution.widen == (timedelta(minutes=90), timedelta(days=7))
    assert settings.accounts.names == {"111122223333": "prod"}
    assert settings.trail.calls_per_second == 1.0
    assert settings.slack.api_url == "http://127.0.0.1:8080/api/"
    assert settings.slack.route[0].tags == {"team": "pay*"}
    assert settings.report.verdicts == tuple(Verdict)
    assert settings.report.ignore == (
        IgnoreRule(resource_types=("AWS::EC2::*",), until=datetime(2027, 1, 1, tzinfo=UTC)),
    )
    decided = rules(settings)
    assert decided.tag.key == "iac"
    assert decided.tag.values == ("tf",)
    assert decided.workflows == settings.workflow
    assert decided.report == frozenset(Verdict)
    assert decided.timing.lookback == timedelta(minutes=30)


@pytest.mark.parametrize(
    "url", ["sqlite", "memory", "sqlite:///var/lib/l.sqlite3", "dynamodb://iacwatch", "dynamodb://a.B-1_c"]
)
def test_a_ledger_is_kept_in_a_file_a_table_or_memory(url):
    assert load(environ={"IACWATCH_LEDGER__URL": url}).ledger.url == url


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


def test_options_of_the_command_line_and_names_of_others_are_no_keys():
    environ = {
        "IACWATCH_CONFIG": "x",
        "IACWATCH_PROFILE": "x",
        "IACWATCH_REGION": "x",
        "IACWATCH_LOG_FORMAT": "json",
        "IACWATCH_COLOR": "never",
        "_IACWATCH_COMPLETE": "bash_source",
        "AWS_REGION": "x",
    }
    assert load(None, environ) == Settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[attribution]\nlookbak = "1m"',
            "there is no key attribution.lookbak; did you mean attribution.lookback?",
        ),
        ("[slak]", "there is no key slak; did you mean slack?"),
        ('[queue]\nchannel = "#x"', "there is no key queue.channel; did you mean slack.channel?"),
        ('[[workflow]]\nname = "a"\nprincipal = ["x"]', "did you mean workflow.principals?"),
        ('[[workflow]]\nname = "a"\ntools = ["x"]', "there is no key workflow[0].tools"),
        ("[attribution]\nlookback = 20", "attribution.lookback must be a duration"),
        ('[attribution]\nlookback = "20"', 'attribution.lookback must be a duration such as "90s"'),
        ('[attribution]\nlookback = "0s"', "longer than nothing"),
        ('[attribution]\nlookback = "9999d"', "at most 366d"),
        ('[attribution]\nlookback = "-5m"', "attribution.lookback must be a duration"),
        ('[attribution]\nlookback = "٢m"', "attribution.lookback must be a duration"),
        ('[attribution]\nlookback = "1m1h"', "attribution.lookback must be a duration"),
        ('[attribution]\nwiden = "60m"', "attribution.widen must be a list"),
        ('[attribution]\nwiden = ["60m", 5]', "attribution.widen[1] must be a duration"),
        (
            '[attribution]\nwiden = ["10m"]',
            "attribution.widen[0] (10m) must be longer than attribution.lookback (20m)",
        ),
        (
            '[attribution]\nsettle_after = "1h"',
            "attribution.settle_after (1h) is longer than attribution.give_up_after",
        ),
        ("[managed]\ntag_key = 5", "managed.tag_key must be a text"),
        ('[managed]\ntag_key = ""', "managed.tag_key must be a text that is not empty"),
        ('workflow = "x"', "workflow must be a list of tables ([[workflow]])"),
        ('[workflow]\nname = "x"', "workflow must be a list of tables ([[workflow]])"),
        ("slack = 5", "slack must be a table ([slack])"),
        ('[[workflow]]\nprincipals = ["x"]', "workflow[0] has no name"),
        ('[[workflow]]\nname = "ci"', 'workflow[0] ("ci") covers nothing'),
        (
            '[[workflow]]\nname = "ci"\nstarted_by = ["arn:aws:iam::*:role/ci"]',
            'workflow[0] ("ci") covers nothing, since it has started_by, which is a further condition, alone; '
            "give it principals",
        ),
        (
            '[[workflow]]\nname = "ci"\nstarted_by = "arn:aws:iam::*:role/ci"',
            "workflow[0].started_by must be a list, even of one",
        ),
        (
            '[[workflow]]\nname = "a"\nprincipals = ["x"]\n[[workflow]]\nname = "a"\nprincipals = ["y"]',
            "has the name of another workflow",
        ),
        (
            '[[workflow]]\nname = "a"\nprincipals = ["x"]\nnot_before = "2026-01-02T00:00:00Z"\n'
            'not_after = "2026-01-01T00:00:00Z"',
            "not_before must be earlier than not_after",
        ),
        (
            '[[workflow]]\nname = "a"\nsource_ips = ["10.0.0.0/33"]',
            "workflow[0].source_ips[0] must be a CIDR",
        ),
        ('[[workflow]]\nname = "a"\nsource_ips = [1]', "workflow[0].source_ips[0] must be a"),
        (
            '[[workflow]]\nname = "a"\nnot_after = "2026-01-01"',
            "workflow[0].not_after must be a time with a zone",
        ),
        ('[[workflow]]\nname = "a"\nnot_after = 2026-01-01T00:00:00', "must be a time with a zone"),
        ('[[workflow]]\nname = "a"\nnot_after = "2026-13-01T00:00:00Z"', "must be a time with a zone"),
        ('[[workflow]]\nname = "a"\nnot_after = "0001-01-01T00:00:00+14:00"', "must be a time with a zone"),
        ('[report]\nverdicts = ["out-of-bnd"]', "report.verdicts[0] must be one of out-of-band"),
        ("[report]\nverdicts = []", "report.verdicts must be a list of at least one"),
        ("[[report.ignore]]", "report.ignore[0] names nothing to ignore"),
        ('[accounts]\nrole_name = "x"', "accounts.allowed names no account"),
        ('[accounts]\nexternal_id = "x"', "accounts.role_name names no role"),
        (
            '[accounts]\nrole_name = "arn:aws:iam::111122223333:role/x"',
            "accounts.role_name must be the name of a role",
        ),
        (
            "[accounts]\nallowed = [111122223333]",
            "accounts.allowed[0] must be an account's 12 digits in quotes",
        ),
        ('[accounts]\nallowed = ["1111-2222-3333"]', "accounts.allowed[0] must be an account's 12 digits"),
        ('[accounts]\nnames = {prod = "111122223333"}', "accounts.names must be an account's 12 digits"),
        ('[queue]\nurl = "arn:aws:sqs:eu-west-1:111122223333:q"', "queue.url must be an http(s) URL"),
        ('[queue]\nurl = "sqs.eu-west-1.amazonaws.com/1/q"', "queue.url must be an http(s) URL"),
        ("[trail]\ncalls_per_second = 0", "trail.calls_per_second must be a number above 0 and at most 2.0"),
        ("[trail]\ncalls_per_second = 2.5", "at most 2.0"),
        ("[trail]\ncalls_per_second = nan", "trail.calls_per_second must be a number"),
        ("[trail]\ncalls_per_second = true", "trail.calls_per_second must be a number"),
        ('[trail]\nsource = "athena"', "trail.source is athena, yet trail.athena_database names no database"),
        ('[trail]\nsource = "athena"\nathena_database = "d"', "yet trail.athena_table names no table"),
        (
            '[trail]\nathena_table = "t; DROP"',
            "trail.athena_table must be at most 128 letters, digits, _ and -",
        ),
        ("[trail]\nathena_database = 'd\"'", "trail.athena_database must be at most 128 letters"),
        ('[trail]\nathena_workgroup = ""', "trail.athena_workgroup must be a workgroup's name"),
        ('[trail]\nathena_output = "https://x/y"', 'trail.athena_output must be "s3://bucket/prefix"'),
        ('[trail]\nathena_region = "eu-west-1.evil.example"', "trail.athena_region must be a region"),
        ('[trail]\nathena_catalog = "a b"', "trail.athena_catalog must be the name of a data catalog"),
        ('[ledger]\nurl = "dynamodb:table"', '"dynamodb://table"'),
        ('[ledger]\nurl = "dynamodb://t"', '"dynamodb://table"'),
        ('[ledger]\nurl = "dynamodb://table/x"', '"dynamodb://table"'),
        ('[events]\nbus = "a bus"', "events.bus must be an event bus's name or ARN"),
        ('[events]\nbus = "arn:aws:sns:eu-west-1:111122223333:topic"', "events.bus must be an event bus"),
        (f'[events]\nbus = "{"x" * 257}"', "events.bus must be an event bus"),
        ("[ledger]\nkeep_records = 1", "ledger.keep_records must be true or false"),
        ('[ledger]\nurl = "postgres://x"', 'ledger.url must be "sqlite"'),
        ('[ledger]\nurl = "sqlite://"', 'ledger.url must be "sqlite"'),
        ('[slack]\nchannel = "#x"', "slack.channel is set, yet there is no slack.token"),
        ('[[slack.route]]\nchannel = "#x"', "slack.route is set, yet there is no slack.token"),
        (
            '[slack]\nwebhook_url = "https://hooks.example/x"\n[[slack.route]]\nchannel = "#x"',
            "slack.route needs slack.token",
        ),
        ('[slack]\ntoken = "t"\n[[slack.route]]\naccounts = []', "slack.route[0] has no channel"),
        ('[slack]\napi_url = ""', "slack.api_url must be an http(s) URL"),
        ("x = ", "iacwatch.toml is not valid TOML"),
        ("x = 1\nx = 2", "iacwatch.toml is not valid TOML"),
        ("a" * 5000 + " = 1", "there is no key"),
    ],
)
def test_what_is_wrong_is_named_with_its_key_and_file(text, said):
    sentence = refused(text)
    assert sentence.startswith("iacwatch.toml")
    assert said in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"IACWATCH_QUEUE_URL": "x"}, "IACWATCH_QUEUE_URL in the environment is not a key of the configuration; did you mean IACWATCH_QUEUE__URL?"),
        ({"IACWATCH_CONFG": "x"}, "did you mean IACWATCH_CONFIG?"),
        ({"IACWATCH_SLACK": "{}"}, "IACWATCH_SLACK in the environment is not a key"),
        ({"IACWATCH_WORKFLOW__NAME": "x"}, "IACWATCH_WORKFLOW__NAME in the environment is not a key"),
        ({"IACWATCH_": "x"}, "IACWATCH_ in the environment is not a key"),
        ({"IACWATCH_QUEUE__URL": "nonsense"}, "IACWATCH_QUEUE__URL: queue.url must be an http(s) URL"),
        ({"IACWATCH_WORKFLOW": "ci"}, "IACWATCH_WORKFLOW: workflow must be JSON"),
        ({"IACWATCH_WORKFLOW": '{"name": "ci"}'}, "IACWATCH_WORKFLOW: workflow must be a list of tables"),
        ({"IACWATCH_WORKFLOW": '[{"name": 5}]'}, "IACWATCH_WORKFLOW: workflow[0].name must be a text"),
        ({"IACWATCH_WORKFLOW": '[{"name": "ci", "started_by": ["acme/infra"]}]'}, "IACWATCH_WORKFLOW: workflow[0].started_by[0] must be the ARN"),
        ({"IACWATCH_WORKFLOW": '[{"nam": "x"}]'}, "IACWATCH_WORKFLOW: there is no key workflow[0].nam"),
        ({"IACWATCH_WORKFLOW": "[" * 100_000}, "IACWATCH_WORKFLOW: workflow must be JSON"),
        ({"IACWATCH_REPORT__VERDICTS": "out-of-band"}, "IACWATCH_REPORT__VERDICTS: report.verdicts must be JSON"),
        ({"IACWATCH_ATTRIBUTION__LOOKBACK": "soon"}, "IACWATCH_ATTRIBUTION__LOOKBACK: attribution.lookback must be a duration"),
        ({"IACWATCH_ATTRIBUTION__GIVE_UP_AFTER": "1m"}, "IACWATCH_ATTRIBUTION__GIVE_UP_AFTER: attribution.settle_after (15m)"),
        ({"IACWATCH_TRAIL__CALLS_PER_SECOND": "fast"}, "IACWATCH_TRAIL__CALLS_PER_SECOND: trail.calls_per_second must be JSON"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_environment_is_named_with_its_variable(environ, said):
    sentence = refused("", environ)
    assert said in sentence
    assert len(sentence) < 400


def test_what_is_wrong_with_an_option_is_named_with_the_option():
    assert refused(overrides={"queue.url": Given("--queue-url", "x")}).startswith(
        "--queue-url: queue.url must be"
    )
    assert refused(overrides={"trail.source": Given("--trail", "athena")}).startswith(
        "--trail: trail.source is athena, yet trail.athena_database names no database"
    )


@pytest.mark.parametrize("value", ["xoxb-secret\n", " xoxb-secret", "env:"])
@pytest.mark.parametrize("key", ["token", "webhook_url"])
def test_no_error_shows_a_secret(key, value):
    sentence = refused(environ={f"IACWATCH_SLACK__{key.upper()}": value})
    assert f"slack.{key} must be" in sentence
    assert "xoxb" not in sentence


def test_a_secret_is_not_in_the_text_of_the_settings():
    environ = {"IACWATCH_SLACK__TOKEN": "xoxb-1", "IACWATCH_SLACK__WEBHOOK_URL": "https://hooks.example/xyz"}
    settings = load(None, environ)
    assert settings.slack.token == "xoxb-1"
    assert "xoxb" not in repr(settings)
    assert "xyz" not in repr(settings)


@pytest.mark.parametrize(
    ("environ", "configured"),
    [
        ({}, False),
        ({"IACWATCH_SLACK__TOKEN": "t"}, False),
        ({"IACWATCH_SLACK__TOKEN": "t", "IACWATCH_SLACK__CHANNEL": "#x"}, True),
        ({"IACWATCH_SLACK__TOKEN": "t", "IACWATCH_SLACK__ROUTE": '[{"channel": "#x"}]'}, True),
        ({"IACWATCH_SLACK__WEBHOOK_URL": "https://hooks.example/x"}, True),
    ],
)
def test_slack_is_configured_where_there_is_somewhere_to_post(environ, configured):
    assert load(None, environ).slack.configured is configured


def test_without_a_workflow_the_built_in_ones_go_by_tool():
    flows = {flow.name: flow for flow in rules(Settings()).workflows}
    assert len(flows) == len(BUILT_IN)
    terraform = next(flow for flow in flows.values() if "terraform" in flow.managed_by)
    assert {"terraform", "Terraform", "tofu"} <= set(terraform.managed_by)
    assert {"terraform", "opentofu", "terragrunt"} <= set(terraform.tools)
    assert all(flow.tools and flow.managed_by for flow in flows.values())


def test_no_tag_value_is_claimed_by_two_built_in_workflows():
    values = [value for flow in built_in_workflows() for value in flow.managed_by]
    assert len(values) == len(set(values))


def test_a_configured_workflow_switches_the_built_in_ones_off():
    settings = load(file('[[workflow]]\nname = "a"\nprincipals = ["x"]'))
    assert [flow.name for flow in rules(settings).workflows] == ["a"]


def test_the_rules_for_every_change_differ_in_nothing_else():
    everything = rules(Settings(), everything=True)
    assert everything.tag.everything
    assert replace(everything, tag=rules(Settings()).tag) == rules(Settings())


def test_every_variable_has_one_spelling():
    names = environment_names()
    assert len(names) == len(set(names))
    assert "IACWATCH_WORKFLOW" in names
    assert "IACWATCH_QUEUE__URL" in names


@given(st.timedeltas(min_value=timedelta(seconds=1), max_value=LONGEST))
def test_a_duration_reads_back_as_it_is_spelled(span):
    whole = timedelta(seconds=int(span.total_seconds()))
    assert duration(spelled(whole)) == whole


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(environment_names()), JSON | st.text(max_size=20))
def test_whatever_a_variable_holds_it_is_read_or_refused(name, value):
    text = value if isinstance(value, str) else json.dumps(value)
    try:
        assert isinstance(load(None, {name: text}), Settings)
    except ConfigError as error:
        assert str(error).startswith(name)
        assert set(str(error)) <= set(string.printable) - set("\n\r\x0b\x0c\t")


@given(st.text(max_size=60))
def test_whatever_a_file_holds_it_is_read_or_refused(text):
    try:
        load(file(text))
    except ConfigError as error:
        assert str(error).startswith("iacwatch.toml")
