"""A CloudFormation template as CloudFormation sees it: parameters, conditions and functions worked out."""

import re
from functools import cache
from typing import Any

import yaml

from iacwatch.deploy.template import text

ACCOUNT, REGION = "111122223333", "eu-west-1"
PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::NoValue": None}
PLAIN = {"Ref", "Condition"}
"""The short forms whose long ones are not called ``Fn::``."""

URLS = {"Queue": "iacwatch", "DeadLetterQueue": "iacwatch-dlq", "RuleDeadLetterQueue": "iacwatch-rule-dlq"}


class Template(yaml.CSafeLoader):
    def short(self, name: str, node: yaml.Node) -> dict[str, Any]:
        match node:
            case yaml.ScalarNode():
                value: Any = self.construct_scalar(node)
            case yaml.SequenceNode():
                value = self.construct_sequence(node, deep=True)
            case _:
                value = self.construct_mapping(node, deep=True)
        if name == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {name if name in PLAIN else f"Fn::{name}": value}


Template.add_multi_constructor("!", Template.short)


@cache
def loaded(*, member: bool = False) -> dict[str, Any]:
    return yaml.load(text("cloudformation", member=member), Loader=Template)  # noqa: S506  (a safe one)


class Stack:
    def __init__(self, *, member: bool = False, **parameters: str) -> None:
        self.template = loaded(member=member)
        known = self.template["Parameters"]
        assert not parameters.keys() - known.keys(), "an unknown parameter"
        self._parameters = {}
        for name, parameter in known.items():
            value = parameters.get(name, parameter.get("Default", f"<{name}>"))
            if parameter["Type"] == "CommaDelimitedList":
                value = str(value).split(",")
            self._parameters[name] = value
        self._conditions: dict[str, bool] = {}
        self.resources = {
            name: self._value(body)
            for name, body in self.template["Resources"].items()
            if "Condition" not in body or self._holds(body["Condition"])
        }

    def properties(self, name: str) -> dict[str, Any]:
        return self.resources[name]["Properties"]

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [each["Properties"] for each in self.resources.values() if each["Type"] == kind]

    def rule(self, name: str) -> bool:
        return all(self._value(each["Assert"]) for each in self.template["Rules"][name]["Assertions"])

    def _holds(self, name: str) -> bool:
        if name not in self._conditions:
            self._conditions[name] = bool(self._value(self.template["Conditions"][name]))
        return self._conditions[name]

    def _value(self, node: Any) -> Any:
        if isinstance(node, list):
            return [value for value in map(self._value, node) if value is not None]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            (key, argument), *_ = node.items()
            if key == "Ref" or key.startswith("Fn::") or (key == "Condition" and isinstance(argument, str)):
                return self._function(key, argument)
        values = {str(key): self._value(value) for key, value in node.items()}
        return {key: value for key, value in values.items() if value is not None}

    def _function(self, key: str, argument: Any) -> Any:
        match key:
            case "Ref":
                return self._reference(argument)
            case "Condition":
                return self._holds(argument)
            case "Fn::If":
                return self._value(argument[1 if self._holds(argument[0]) else 2])
            case "Fn::GetAtt":
                name, attribute = argument
                return f"{name}.{attribute}"
            case "Fn::Sub":
                return self._substituted(argument)
        values = self._value(argument)
        match key:
            case "Fn::Equals":
                return values[0] == values[1]
            case "Fn::Not":
                return not values[0]
            case "Fn::And":
                return all(values)
            case "Fn::Or":
                return any(values)
            case "Fn::Join":
                return values[0].join(values[1])
            case "Fn::Split":
                return values[1].split(values[0])
            case "Fn::Select":
                return values[1][values[0]]
        raise AssertionError(key)

    def _reference(self, name: str) -> Any:
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self._parameters:
            return self._parameters[name]
        resource, _, attribute = name.partition(".")
        assert resource in self.template["Resources"], name
        if attribute:
            return name
        if name in URLS:
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{URLS[name]}"
        tables = {"Ledger": "", "Addresses": "-addresses"}
        return f"{self._parameters['Name']}{tables[name]}" if name in tables else name

    def _substituted(self, argument: Any) -> str:
        pattern, own = argument if isinstance(argument, list) else (argument, {})
        values = {name: self._value(value) for name, value in own.items()}

        def value(found: re.Match[str]) -> str:
            return str(values[found[1]] if found[1] in values else self._reference(found[1]))

        return re.sub(r"\$\{([^}]+)\}", value, pattern)


def actions(statements: list[dict[str, Any]]) -> set[str]:
    found: set[str] = set()
    for statement in statements:
        assert statement["Effect"] == "Allow"
        action = statement["Action"]
        found |= {action} if isinstance(action, str) else set(action)
    return found


def allowed(statements: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    found = set()
    for statement in statements:
        acts, resources = statement["Action"], statement["Resource"]
        for action in [acts] if isinstance(acts, str) else acts:
            for resource in [resources] if isinstance(resources, str) else resources:
                found.add((action, resource, repr(statement.get("Condition"))))
    return found
