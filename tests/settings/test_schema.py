"""The schema: each setting is declared once, with all that the loader, the example and the manual need."""

import dataclasses
import tomllib

import pytest

from iacwatch.settings.load import keys
from iacwatch.settings.schema import ROOT
from tests.tools.make_configuration import HOW, PAGE, page, sections, toml

SECTIONS = list(sections())
SETTINGS = [
    pytest.param(section, name, key, id=f"{section.name}.{name}")
    for section in SECTIONS
    for name, key in section.settings()
]


def read(key, value):
    """Return what a value makes that somebody writes into the file."""
    return key.kind.read(tomllib.loads(f"x = {toml(value)}")["x"])


def test_no_section_is_forgotten():
    shown = {f"{section.name}.{name}" for section in SECTIONS for name, _ in section.settings()}
    assert shown | {section.name for section in SECTIONS} == set(keys())


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_section_says_what_it_is_for_and_declares_every_field_of_what_it_makes(section):
    assert section.table.help.endswith(".")
    assert "\n" not in section.table.help
    fields = {each.name: each for each in dataclasses.fields(section.table.make)}
    assert fields.keys() - section.table.keys.keys() <= {"tools"}, "only the built-in workflows have tools"
    for name, key in section.settings():
        assert fields[name].repr is not key.kind.secret


@pytest.mark.parametrize(("section", "name", "key"), SETTINGS)
def test_a_setting_has_a_help_of_one_clause_and_a_default_or_an_example_that_pass_its_own_check(
    section, name, key
):
    assert key.help
    assert key.help.isprintable()
    assert not key.help.endswith((".", ",", ";"))
    assert not key.help.count("`") % 2
    default, shown = section.table.defaults.get(name), section.example or {}
    assert default or key.example or name in shown
    if name in section.table.defaults:
        assert read(key, default) == default
    for example in (key.example, shown.get(name)):
        assert example is None or read(key, example) != default


def test_the_root_declares_every_section():
    assert list(ROOT.keys) == [each.name for each in dataclasses.fields(ROOT.make)]


def test_the_page_of_the_manual_is_up_to_date_and_names_every_setting():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, f"iacwatch/manual/configuration.md is stale: {HOW}"
    for section in SECTIONS:
        _, found, rest = text.partition(f"### `{section.header}`\n")
        assert found
        table = rest.partition("\n### ")[0]
        for name, _ in section.settings():
            assert f"\n| `{name}` | " in table
