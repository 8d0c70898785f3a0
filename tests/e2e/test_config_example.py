"""config.example.toml shows every key with its default, and nothing else; it is made from the schema."""

import re

from iacwatch.settings.load import OPTIONS, File, environment_names, keys, load
from iacwatch.settings.schema import Settings
from tests.tools.make_configuration import EXAMPLE, HOW, config_example

TEXT = EXAMPLE.read_text(encoding="utf-8")


def test_the_example_is_up_to_date_holds_exactly_the_defaults_and_each_key_and_fits_a_screen():
    assert config_example() == TEXT, f"config.example.toml is stale: {HOW}"
    assert load(File("config.example.toml", TEXT)) == Settings()
    assert [key for key in keys() if key.rpartition(".")[2] not in TEXT] == []
    assert all(name in TEXT for name in OPTIONS)
    assert set(re.findall(r"IACWATCH_[A-Z]+__[A-Z_]+|IACWATCH_WORKFLOW", TEXT)) <= set(environment_names())
    assert max(map(len, TEXT.splitlines())) <= 125
