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
def test_a_section_says_what_it_is_for(section):
    assert section.table.help.endswith(".")
    assert "\n" not in section.table.help


@pytest.mark.parametrize(("section", "name", "key"), SETTINGS)
def test_a_setting_has_a_help_of_one_clause(section, name, key):
    assert key.help
    assert key.help.isprintable()
    assert not key.help.endswith((".", ",", ";"))
    assert not key.help.count("`") % 2


@pytest.mark.parametrize(("section", "name", "key"), SETTINGS)
def test_a_default_passes_its_own_check_and_reads_back_as_it_is_written(section, name, key):
    if name in section.table.defaults:
        assert read(key, section.table.defaults[name]) == section.table.defaults[name]
    else:
        assert name in (section.example or {})


@pytest.mark.parametrize(("section", "name", "key"), SETTINGS)
def test_an_example_passes_its_own_check_and_is_not_the_default(section, name, key):
    examples = [key.example] if key.example is not None else []
    examples += [section.example[name]] if section.example and name in section.example else []
    for example in examples:
        assert read(key, example) != section.table.defaults.get(name)


@pytest.mark.parametrize(("section", "name", "key"), SETTINGS)
def test_a_setting_that_is_empty_by_default_has_an_example(section, name, key):
    default = section.table.defaults.get(name)
    assert default or key.example or name in (section.example or {})


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_a_section_declares_every_field_of_what_it_makes(section):
    fields = {each.name: each for each in dataclasses.fields(section.table.make)}
    assert fields.keys() - section.table.keys.keys() <= {"tools"}, "only the built-in workflows have tools"
    for name, key in section.settings():
        assert fields[name].repr is not key.kind.secret


def test_the_root_declares_every_section():
    assert list(ROOT.keys) == [each.name for each in dataclasses.fields(ROOT.make)]


def test_the_page_of_the_manual_is_up_to_date():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text) == text, f"iacwatch/manual/configuration.md is stale: {HOW}"


def test_the_page_of_the_manual_names_every_setting():
    text = PAGE.read_text(encoding="utf-8")
    for section in SECTIONS:
        _, found, rest = text.partition(f"### `{section.header}`\n")
        assert found
        table = rest.partition("\n### ")[0]
        for name, _ in section.settings():
            assert f"\n| `{name}` | " in table
