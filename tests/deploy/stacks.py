"""A CloudFormation template as CloudFormation sees it: parameters, conditions and functions worked out."""

import operator
import re
from functools import cache
from typing import Any

import yaml

from iacwatch.deploy.template import text

ACCOUNT, REGION = "111122223333", "eu-west-1"
EVERYTHING = {
    "SlackChannel": "#changes",
    "SlackTokenSecret": "iacwatch/slack",
    "SlackWebhookParameter": "/iacwatch/webhook",
    "SlackRoutes": '[{"channel": "#payments", "tags": {"team": "payments"}}]',
    "SlackGroupWindow": "5m",
    "SlackApiUrl": "https://slack-gov.com/api/",
    "SecretKmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/k",
    "EventBus": "findings",
    "AddressIndex": "true",
    "AddressWriters": "arn:aws:iam::222233334444:role/ci,arn:aws:iam::333344445555:role/ci",
    "ReadStacks": "true",
    "TagKey": "owner",
    "TagValues": "terraform,cdk",
    "Workflows": '[{"name": "ci", "principals": ["arn:aws:iam::*:role/ci-*"],'
    ' "started_by": ["gitlab.com:project_path:acme/infra:ref_type:branch:ref:main"]}]',
    "ReportVerdicts": "out-of-band,side-effect",
    "ReportIgnore": '[{"resource_types": ["AWS::AutoScaling::AutoScalingGroup"]}]',
    "ReportRedact": "Configuration.a*,Configuration.b",
    "ConfigParameter": "/iacwatch/config",
    "TrailSource": "athena",
    "AthenaDatabase": "audit",
    "AthenaTable": "cloudtrail_logs",
    "AthenaRecords": "s3://trail/org/AWSLogs",
    "AthenaWorkgroup": "audit-group",
    "AthenaOutput": "s3://results/iacwatch",
    "MemberAccounts": "222233334444,333344445555",
    "ExternalId": "between-us",
    "AccountNames": '{"222233334444": "prod"}',
    "Reconcile": "true",
    "AlarmTopicArn": "arn:aws:sns:eu-west-1:111122223333:alarms",
}
"""A value for each parameter that switches something on."""

PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::NoValue": None}
PURE = {
    "Fn::Equals": operator.eq,
    "Fn::Not": operator.not_,
    "Fn::And": lambda *values: all(values),
    "Fn::Or": lambda *values: any(values),
    "Fn::Join": lambda by, values: by.join(values),
    "Fn::Split": lambda by, text: text.split(by),
    "Fn::Select": lambda place, values: values[place],
}
URLS = {"Queue": "iacwatch", "DeadLetterQueue": "iacwatch-dlq", "RuleDeadLetterQueue": "iacwatch-rule-dlq"}


class Template(yaml.CSafeLoader):
    def short(self, name: str, node: yaml.Node) -> dict[str, Any]:
        if isinstance(node, yaml.ScalarNode):
            value: Any = self.construct_scalar(node)
            value = value.split(".", 1) if name == "GetAtt" else value
        else:
            value = self.construct_sequence(node, deep=True)
        return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


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
        self.resources = {
            name: self._value(body)
            for name, body in self.template["Resources"].items()
            if "Condition" not in body or self._holds(body["Condition"])
        }

    def properties(self, name: str) -> dict[str, Any]:
        return self.resources[name]["Properties"]

    def environment(self, function: str = "Function") -> dict[str, str]:
        return self.properties(function)["Environment"]["Variables"]

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [each["Properties"] for each in self.resources.values() if each["Type"] == kind]

    def _holds(self, name: str) -> bool:
        return bool(self._value(self.template["Conditions"][name]))

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
        return PURE[key](*self._value(argument))

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


def allowed(statements: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Return what statements allow: each action, on what, under which condition."""

    def each(value: str | list[str]) -> list[str]:
        return [value] if isinstance(value, str) else value

    assert {statement["Effect"] for statement in statements} == {"Allow"}
    return {
        (action, resource, repr(statement.get("Condition")))
        for statement in statements
        for action in each(statement["Action"])
        for resource in each(statement["Resource"])
    }
