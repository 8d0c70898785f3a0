"""A Terraform module, parsed; and, where there is a terraform, worked out with variables.

What a provider would know (ARNs, URLs) stands here as the names that `stacks` gives the same things.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import hcl2

from iacwatch.deploy.template import text
from tests.deploy.stacks import ACCOUNT, REGION, URLS

TERRAFORM = shutil.which("terraform")
_BLOCKS = re.compile(r'^(?:variable "\w+"|locals) \{\n.*?^\}$', re.MULTILINE | re.DOTALL)
_REFERENCE = re.compile(r"\b(?:data\.)?aws_\w+\.\w+(?:\[0\]|\[\*\])?\.\w+")
RESOURCES = {
    "Rule": "aws_cloudwatch_event_rule.changes",
    "MemberRule": "aws_cloudwatch_event_rule.members",
    "ReconcileRule": "aws_cloudwatch_event_rule.reconcile",
    "Queue": "aws_sqs_queue.changes",
    "DeadLetterQueue": "aws_sqs_queue.dead_letters",
    "RuleDeadLetterQueue": "aws_sqs_queue.rule_dead_letters",
    "QueuePolicy": "aws_sqs_queue_policy.changes",
    "DeadLetterQueuePolicy": "aws_sqs_queue_policy.dead_letters",
    "RuleDeadLetterQueuePolicy": "aws_sqs_queue_policy.rule_dead_letters",
    "Function": "aws_lambda_function.function",
    "ReconcileFunction": "aws_lambda_function.reconcile",
    "ReconcilePermission": "aws_lambda_permission.reconcile",
    "Mapping": "aws_lambda_event_source_mapping.changes",
    "Ledger": "aws_dynamodb_table.ledger",
    "Addresses": "aws_dynamodb_table.addresses",
    "AddressWriterPolicy": "aws_iam_policy.address_writer",
    "ReadPolicy": "aws_iam_policy.read",
    "FunctionRole": "aws_iam_role.function",
    "ReconcileRole": "aws_iam_role.reconcile",
    "Logs": "aws_cloudwatch_log_group.function",
    "ReconcileLogs": "aws_cloudwatch_log_group.reconcile",
    "MemberBus": "aws_cloudwatch_event_bus.members",
    "MemberBusAccounts": "aws_cloudwatch_event_bus_policy.members",
    "MemberBusOrganization": "aws_cloudwatch_event_bus_policy.members",
    "DeadLetterAlarm": "aws_cloudwatch_metric_alarm.dead_letters",
    "RuleDeadLetterAlarm": "aws_cloudwatch_metric_alarm.rule_dead_letters",
    "OldestMessageAlarm": "aws_cloudwatch_metric_alarm.oldest_message",
    "ErrorAlarm": "aws_cloudwatch_metric_alarm.errors",
    "ReconcileErrorAlarm": "aws_cloudwatch_metric_alarm.reconcile_errors",
}
"""By CloudFormation's resource: Terraform's."""
_NAMES = {resource: name for name, resource in RESOURCES.items()}
_KNOWN = {
    "data.aws_caller_identity.here.account_id": ACCOUNT,
    "data.aws_partition.here.partition": "aws",
    "data.aws_region.here.id": REGION,
    "aws_dynamodb_table.ledger.name": "iacwatch",
    "aws_dynamodb_table.addresses[0].name": "iacwatch-addresses",
}


class Module:
    """The module's variables and resources; a resource is named ``aws_sqs_queue.changes``."""

    def __init__(self, *, member: bool = False) -> None:
        self.text = text("terraform", member=member)
        document = hcl2.loads(self.text)
        self.variables = {_plain(name): body for each in document["variable"] for name, body in each.items()}
        self.resources = {
            f"{_plain(kind)}.{_plain(name)}": body
            for each in document["resource"]
            for kind, named in each.items()
            for name, body in named.items()
        }

    def default(self, variable: str) -> Any:
        return _plain(self.variables[variable].get("default"))

    def fact(self, resource: str, path: str) -> Any:
        """Return an argument (None: it is not given) that needs no more than the variables' defaults."""
        return self._filled(_at(self.resources[resource], path))

    def _filled(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if not isinstance(value, str):
            return value
        if whole := re.fullmatch(r"\$\{var\.(\w+)\}", value):
            return self.default(whole[1])
        return re.sub(r"\$\{var\.(\w+)\}", lambda found: str(self.default(found[1])), _plain(value))

    def worked_out(self, folder: Path, wanted: dict[str, str], **variables: Any) -> dict[str, Any]:
        """Return expressions, by name, as terraform itself works them out with variables."""
        blocks = "\n".join(_BLOCKS.findall(self.text))
        (folder / "main.tf").write_text(_REFERENCE.sub(_stand_in, blocks), encoding="utf-8")
        (folder / "terraform.tfvars.json").write_text(json.dumps(variables), encoding="utf-8")
        pairs = ", ".join(f'"{name}" = {_REFERENCE.sub(_stand_in, value)}' for name, value in wanted.items())
        line, asked = [str(TERRAFORM), "console"], f"jsonencode({{{pairs}}})\n"
        done = subprocess.run(line, cwd=folder, input=asked, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(json.loads(done.stdout))

    def expression(self, path: str) -> str:
        """Return a resource's argument as it stands in the file, without what the parser wraps it in."""
        kind, name, argument = path.split(".", 2)
        return _at(self.resources[f"{kind}.{name}"], argument).removeprefix("${").removesuffix("}")


def _at(node: Any, path: str) -> Any:
    """Return what a path of names leads to, by the first of what there are several of; None where it is not."""
    for part in path.split("."):
        node = node[0] if isinstance(node, list) and node else node
        node = node.get(part) if isinstance(node, dict) else None
    return node


def snake(name: str) -> str:
    """Return a parameter's or a property's name as Terraform calls it."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def _stand_in(reference: re.Match[str]) -> str:
    """Return what stands for something that a provider would know."""
    if reference[0] in _KNOWN:
        return json.dumps(_KNOWN[reference[0]])
    name, _, attribute = reference[0].rpartition(".")
    known = _NAMES[name.removesuffix("[0]").removesuffix("[*]")]
    value = f"{known}.Arn" if attribute == "arn" else known
    if attribute == "url":
        value = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{URLS[known]}"
    if name.endswith("[*]"):
        return f"(local.has_members ? [{json.dumps(value)}] : [])"
    return json.dumps(value)


def _plain(value: Any) -> Any:
    return value[1:-1].replace('\\"', '"') if isinstance(value, str) and value.startswith('"') else value
