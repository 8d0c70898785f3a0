"""config.example.toml shows every key with its default, and nothing else; it is made from the schema."""

import re
import tomllib
from dataclasses import MISSING, fields

from iacwatch.settings.load import OPTIONS, File, environment_names, keys, load
from iacwatch.settings.schema import Settings
from tests.tools.make_configuration import EXAMPLE, HOW, config_example

TEXT = EXAMPLE.read_text(encoding="utf-8")
HEADER = re.compile(r"(?:# )?\[{1,2}([a-z_.]+)\]{1,2}\s*$")
KEY = re.compile(r"(?:# )?([a-z_]+) = ")
OPTIONAL = re.compile(r"# (?=\[\[|[a-z_]+ = )")
REPEATED = ("workflow", "trail.fallback", "slack.route", "report.ignore", "iac.stack")


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


def test_the_example_is_up_to_date_holds_exactly_the_defaults_and_each_key_once():
    assert config_example() == TEXT, f"config.example.toml is stale: {HOW}"
    assert load(File("config.example.toml", TEXT)) == Settings()
    assert sorted(documented()) == sorted(keys())


def test_every_key_that_is_not_commented_out_stands_with_its_default():
    # A value that is a table and a table of settings look alike: `keys` knows which are settings.
    shown = {f"{section}.{key}" for section, table in tomllib.loads(TEXT).items() for key in table}
    shown |= set(tomllib.loads(TEXT))
    shown |= {f"slack.mentions.{key}" for key in tomllib.loads(TEXT)["slack"]["mentions"]}
    assert shown == {key for key in keys() if not key.startswith(REPEATED)}


def test_what_an_optional_block_shows_is_the_default_or_plainly_an_example():
    uncommented = "\n".join(OPTIONAL.sub("", line) for line in TEXT.splitlines())
    made = load(File("config.example.toml", uncommented), {"IACWATCH_SLACK__TOKEN": "env:TOKEN"})
    for (block,), example in (
        (made.workflow, {"name": "terraform-ci", "managed_by": ..., "principals": ...}),
        (made.trail.fallback, {"source": "s3://my-trail"}),
        (made.slack.route, {"channel": "#payments-infra"}),
        (made.report.ignore, {"resource_types": ..., "properties": ("Configuration.desiredCapacity",)}),
    ):
        for field in fields(block):
            value = getattr(block, field.name)
            default = field.default_factory() if field.default_factory is not MISSING else field.default
            assert value == example.get(field.name, default) or example.get(field.name) is ..., field.name


def test_the_variables_that_the_example_shows_are_those_that_work():
    assert all(name in TEXT for name in OPTIONS)
    shown = set(re.findall(r"IACWATCH_[A-Z]+__[A-Z_]+|IACWATCH_WORKFLOW", TEXT))
    assert shown
    assert shown <= set(environment_names())


def test_no_line_is_too_long_to_read():
    # TOML breaks no line within an inline table.
    assert max(len(line) for line in TEXT.splitlines() if " = {" not in line) <= 120
    assert max(map(len, TEXT.splitlines())) <= 125
