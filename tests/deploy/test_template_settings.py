"""Each parameter that sets a setting names it, in both templates: ``Sets slack.channel.``"""

import re
from typing import Any

from iacwatch.deploy.template import text
from iacwatch.settings.load import OPTIONS, keys
from tests.deploy.modules import Module, snake
from tests.deploy.stacks import loaded

PARAMETERS = loaded()["Parameters"]
BY_A_CONDITION = {"OrganizationId": {"accounts.allowed"}, "AddressIndex": {"iac.index"}}
"""What sets a setting without being a part of its value."""


def key(variable: str) -> str:
    return variable.removeprefix("IACWATCH_").lower().replace("__", ".")


def named(description: str) -> set[str]:
    return set(re.findall(r"\bSets ([a-z_.]+)\.", description))


def references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(references, node))
    if isinstance(node, dict):
        inner = set().union(*map(references, node.values()))
        return inner | ({node["Ref"]} if "Ref" in node else set())
    return set(re.findall(r"\$\{(\w+)\}", str(node)))


def in_cloudformation() -> dict[str, set[str]]:
    variables = loaded()["Resources"]["Function"]["Properties"]["Environment"]["Variables"]
    return {key(name): references(value) for name, value in variables.items() if name not in OPTIONS}


def in_terraform() -> dict[str, set[str]]:
    lines = re.findall(r"^ +(IACWATCH_\w+) += (.*)$", text("terraform"), re.MULTILINE)
    assert lines
    return {
        key(name): set(re.findall(r"\bvar\.(\w+)", value)) for name, value in lines if name not in OPTIONS
    }


def set_by(part: str, values: dict[str, set[str]]) -> set[str]:
    return {setting for setting, parts in values.items() if part in parts}


def test_a_parameter_names_the_setting_whose_value_it_is_part_of_and_its_variable_the_same():
    module, here, there = Module(), in_cloudformation(), in_terraform()
    for name, parameter in PARAMETERS.items():
        conditional = BY_A_CONDITION.get(name, set())
        assert named(parameter["Description"]) == set_by(name, here) | conditional, name
        if not name.startswith("Code"):
            sets = named(module.variables[snake(name)]["description"])
            assert sets == named(parameter["Description"]) == set_by(snake(name), there) | conditional, name


def test_every_setting_that_is_named_or_set_is_one_that_there_is_and_a_member_account_has_none():
    known = set(keys())
    assert set().union(*(named(each["Description"]) for each in PARAMETERS.values())) <= known
    assert in_cloudformation().keys() | in_terraform().keys() <= known
    for each in loaded(member=True)["Parameters"].values():
        assert not named(each["Description"])
