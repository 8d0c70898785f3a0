"""config.example.toml shows every key with its default, and nothing else; it is made from the schema."""

import re

from iacwatch.settings.load import OPTIONS, File, environment_names, keys, load
from iacwatch.settings.schema import Settings
from tests.tools.make_configuration import EXAMPLE, HOW, config_example

TEXT = EXAMPLE.read_text(encoding="utf-8")
HEADER = re.compile(r"(?:# )?\[{1,2}([a-z_.]+)\]{1,2}\s*$")
KEY = re.compile(r"(?:# )?([a-z_]+) = ")


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
