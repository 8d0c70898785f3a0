"""config.example.toml shows every key with its default, and nothing else; it is made from the schema."""

import re
from dataclasses import MISSING, fields

from iacwatch.settings.load import OPTIONS, File, environment_names, keys, load
from iacwatch.settings.schema import Settings
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


def test_the_example_is_up_to_date_holds_exactly_the_defaults_and_each_key_once_and_fits_a_screen():
    assert config_example() == TEXT, f"config.example.toml is stale: {HOW}"
    assert load(File("config.example.toml", TEXT)) == Settings()
    assert sorted(documented()) == sorted(keys())
    assert all(name in TEXT for name in OPTIONS)
    assert set(re.findall(r"IACWATCH_[A-Z]+__[A-Z_]+|IACWATCH_WORKFLOW", TEXT)) <= set(environment_names())
    assert max(map(len, TEXT.splitlines())) <= 125


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
