"""config.example.toml shows every key with its default, and nothing else; it is made from the schema."""

import re
import tomllib
from dataclasses import MISSING, fields

import pytest

from iacwatch.core.model import IgnoreRule, Workflow
from iacwatch.settings.load import OPTIONS, File, environment_names, keys, load
from iacwatch.settings.schema import FallbackSettings, RouteSettings, Settings
from tests.tools.make_configuration import EXAMPLE, HOW, config_example

TEXT = EXAMPLE.read_text(encoding="utf-8")
HEADER = re.compile(r"(?:# )?\[{1,2}([a-z_.]+)\]{1,2}\s*$")
KEY = re.compile(r"(?:# )?([a-z_]+) = ")
OPTIONAL = re.compile(r"# (?=\[\[|[a-z_]+ = )")


def documented() -> list[str]:
    """Return the dotted keys that the file shows, commented out or not."""
    found, section = [], ""
    for line in TEXT.splitlines():
        if header := HEADER.match(line):
            section = header[1]
            found.append(section)
        elif section and (key := KEY.match(line)):
            found.append(f"{section}.{key[1]}")
    return found


def uncommented() -> str:
    """Return the file with its optional blocks switched on."""
    return "\n".join(OPTIONAL.sub("", line) for line in TEXT.splitlines())


def test_the_example_is_up_to_date():
    assert config_example() == TEXT, f"config.example.toml is stale: {HOW}"


def test_the_example_holds_exactly_the_defaults():
    assert load(File("config.example.toml", TEXT)) == Settings()


def test_every_key_is_documented_once_and_no_other_is():
    assert sorted(documented()) == sorted(keys())


def test_every_key_that_is_not_commented_out_stands_with_its_default():
    # A value that is a table and a table of settings look alike: `keys` knows which are settings.
    shown = {f"{section}.{key}" for section, table in tomllib.loads(TEXT).items() for key in table}
    shown |= set(tomllib.loads(TEXT))
    shown |= {f"slack.mentions.{key}" for key in tomllib.loads(TEXT)["slack"]["mentions"]}
    repeated = ("workflow", "trail.fallback", "slack.route", "report.ignore", "iac.stack")
    assert shown == {key for key in keys() if not key.startswith(repeated)}


def test_the_optional_blocks_are_right_once_they_are_uncommented():
    settings = load(File("config.example.toml", uncommented()), {"IACWATCH_SLACK__TOKEN": "env:TOKEN"})
    assert [flow.name for flow in settings.workflow] == ["terraform-ci"]
    assert [trail.source for trail in settings.trail.fallback] == ["s3://my-trail"]
    assert [route.channel for route in settings.slack.route] == ["#payments-infra"]
    assert [rule.properties for rule in settings.report.ignore] == [("Configuration.desiredCapacity",)]


@pytest.mark.parametrize(
    ("made", "example"),
    [
        (lambda settings: settings.workflow[0], {"name", "managed_by", "principals"}),
        (lambda settings: settings.trail.fallback[0], {"source"}),
        (lambda settings: settings.slack.route[0], {"channel"}),
        (lambda settings: settings.report.ignore[0], {"resource_types", "properties"}),
    ],
    ids=["workflow", "fallback", "route", "ignore"],
)
def test_what_an_optional_block_shows_is_the_default_or_plainly_an_example(made, example):
    block = made(load(File("config.example.toml", uncommented()), {"IACWATCH_SLACK__TOKEN": "env:TOKEN"}))
    assert isinstance(block, Workflow | FallbackSettings | RouteSettings | IgnoreRule)
    for field in fields(block):
        if field.name in example:
            continue
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        assert getattr(block, field.name) == default, field.name


def test_the_example_names_every_environment_variable_that_is_no_key():
    for name in OPTIONS:
        assert name in TEXT


def test_the_variables_that_the_example_shows_are_those_that_work():
    shown = set(re.findall(r"IACWATCH_[A-Z]+__[A-Z_]+|IACWATCH_WORKFLOW", TEXT))
    assert shown
    assert shown <= set(environment_names())


def test_no_line_is_too_long_to_read():
    # TOML breaks no line within an inline table.
    assert max(len(line) for line in TEXT.splitlines() if " = {" not in line) <= 120
    assert max(map(len, TEXT.splitlines())) <= 125
