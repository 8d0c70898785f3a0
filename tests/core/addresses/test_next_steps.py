"""What to do now: texts that are safe to paste, whatever strangers wrote, and none that applies."""

import os
import shlex
import subprocess
import tomllib
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest

from iacwatch.core.addresses.next.apply import next_apply
from iacwatch.core.addresses.next.steps import next_steps
from iacwatch.core.attribution.verdict import ignored
from iacwatch.core.iac import AddressRules, Engine
from iacwatch.core.model import ChangeType, Evidence, IgnoreRule, Managed, Verdict
from tests.fixtures.builders import ACCOUNT, CAPTURED_AT, GROUP_ID, change, entry, finding, item, resource
from tests.fixtures.indexed import ADDRESS, head, row, where

HOSTILE = [
    *("$(touch pwned)", "`touch pwned`", "a'; touch pwned; '", 'b\\"; touch pwned; \\"', "\\\\", "$${x} %%{y}"),
    *("a]b[c", "!!", "ünï ✓", "<!channel> *", "-apply", "\\n\\u001b[31m"),
]  # fmt: skip
STACK = {
    "aws:cloudformation:stack-name": "net", "aws:cloudformation:logical-id": "Web",
    "aws:cloudformation:stack-id": f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/net/0a1b",
}  # fmt: skip


def steps(*rows, found=None, rules=None, **more):
    found = found or finding()
    rules = rules or AddressRules()
    located = where(found, *rows, rules=rules, **more)
    return next_steps(replace(found, next_apply=next_apply(found, located)), located, rules)


def text(kind, *rows, **more):
    return next((step.text for step in steps(*rows, **more) if step.kind == kind), None)


def tagged(tags, value="terraform"):
    tags = {**tags, "managed-by": value}
    made = item(tags=tags, created_at=CAPTURED_AT - timedelta(days=9))
    managed = Managed(value=value, evidence=Evidence.TAGS, tags=tags)
    return finding(change=change(item=made), managed=managed)


def ran(command, folder):
    """Run a command in a shell where each tool writes down what it was called with; return that."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    for tool in ("terraform", "tofu", "terragrunt", "atmos", "aws", "kubectl"):
        (tools / tool).write_text(f'#!/bin/sh\nprintf "%s\\0" {tool} "$@" > {folder}/argv\n')
        (tools / tool).chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    subprocess.run(["bash", "-c", command], cwd=folder, env={"PATH": path}, check=True, capture_output=True)
    assert not (folder / "pwned").exists()
    return (folder / "argv").read_bytes().decode().split("\0")[:-1]


def test_a_plan_is_aimed_at_the_very_address(tmp_path):
    for key in HOSTILE:
        address = f'module.m["{key}"].aws_security_group.web["{key}"]'
        command = text("plan", row(address, head=head(directory=f"live/{key}")))
        assert ran(command, tmp_path) == ["terraform", f"-chdir=live/{key}", "plan", f"-target={address}"]


IN_PLACE = {"place": "s3://b/vpc/dev/terraform.tfstate", "directory": ""}
COMPONENT = "components/terraform/infra/vpc"
IN_SPACE = {"directory": COMPONENT, "stack": f"{COMPONENT}:dev", "workspace": "dev", "place": "x"}


@pytest.mark.parametrize(
    ("fields", "usual", "command"),
    [
        ({}, "terraform", "terraform -chdir=live/prod/net plan"),
        ({"directory": ""}, "terraform", "terraform plan"),
        ({"engine": Engine.OPENTOFU}, "terraform", "tofu -chdir=live/prod/net plan"),
        ({"engine": Engine.OPENTOFU}, "terragrunt", "terragrunt plan --working-dir=live/prod/net"),
        ({"workspace": "b'lue"}, "tofu", "TF_WORKSPACE='b'\"'\"'lue' tofu -chdir=live/prod/net plan"),
        ({"place": "s3://b/env:/blue/k"}, "tofu", "TF_WORKSPACE=blue tofu -chdir=live/prod/net plan"),
        (IN_SPACE, "atmos", "atmos terraform plan infra/vpc -s dev"),
        ({**IN_SPACE, "stack": "dev", "workspace": ""}, "atmos", "atmos terraform plan infra/vpc -s dev"),
        (IN_PLACE, "atmos", "atmos terraform plan vpc -s dev"),
        ({"engine": Engine.PULUMI}, "terraform", None),
        ({}, "make", None),
        # Atmos needs a component and a stack that are no options.
        *(({"stack": stack, "place": "x"}, "atmos", None) for stack in ("-s/dev", "vpc/-x", "dev", "")),
        # What cannot be shown as it is, is nothing to paste.
        ({"directory": "live\u202eevil"}, "terraform", None),
    ],
)
def test_the_command_is_the_companys(fields, usual, command):
    said = text("plan", row(head=head(**fields)), rules=AddressRules(command=usual))
    assert said == (command and f"{command} -target={shlex.quote(ADDRESS)}")


def test_a_stack_is_looked_at_and_not_deployed_and_a_block_is_no_target(tmp_path):
    said = text("plan", found=tagged(STACK, "cloudformation"))
    options = "--stack-name net --logical-resource-id Web --region us-east-1"
    assert ran(said, tmp_path) == ["aws", "cloudformation", "detect-stack-resource-drift", *options.split()]
    odd = {**STACK, "aws:cloudformation:stack-name": "net; rm -rf /"}
    assert text("plan", found=tagged(odd, "cloudformation")) is None
    yor = tagged({"git_file": "a.tf", "yor_name": "web", "stack": "s", "git_repo": "acme/infra"})
    assert text("plan", found=yor) is None

    # Crossplane's object is described.
    tags = {"crossplane-kind": "bucket.s3.aws.upbound.io", "crossplane-name": "logs"}
    said = text("plan", found=tagged(tags, "crossplane"))
    assert ran(said, tmp_path) == ["kubectl", "describe", "bucket.s3.aws.upbound.io", "logs"]
    assert text("plan", found=tagged({**tags, "crossplane-name": "-f evil"}, "crossplane")) is None


def imported(type_, name, id_="AROA", arn="arn:aws:x"):
    thing = resource(type=f"AWS::{type_}", id=id_, name=name, arn=arn)
    made = item(resource=thing, created_at=CAPTURED_AT - timedelta(days=9))
    return text("import", found=finding(change=change(resource=thing, item=made)))


def test_an_import_block_is_for_what_is_in_no_state_and_whose_id_is_known():
    orphan = tagged({})
    block = f'import {{\n  to = aws_security_group.web\n  id = "{GROUP_ID}"\n}}'
    assert text("import", found=orphan) == block
    assert text("import", found=orphan, covered=False) is None
    assert text("import", row(), found=orphan) is None
    assert text("import", row(id="web", account_id=""), found=orphan) is None
    assert 'to = aws_iam_role._9_a_b\n  id = "9 a$${b}"' in imported("IAM::Role", "9 a${b}")
    assert 'to = aws_iam_policy.p\n  id = "arn:aws:x"' in imported("IAM::Policy", "p")
    assert 'to = aws_sqs_queue._\n  id = "https://sqs"' in imported("SQS::Queue", '"%{', "https://sqs")
    role = f"arn:aws:iam::{ACCOUNT}:role"
    assert 'id = "AROA"' in imported("IAM::Role", None, arn=f"{role}/AROA")
    assert imported("IAM::Role", None, arn=f"{role}/x") is None
    assert imported("IAM::Role", "x", arn=f"{role}/aws-service-role/x.amazonaws.com/X") is None
    assert imported("Backup::BackupPlan", "x") is None


def linked(rules=None, **fields):
    """Return the links of a row's steps by their kind."""
    return {step.kind: step.url for step in steps(row(head=head(**fields)), rules=rules) if step.url}


def test_the_link_to_the_code_leads_nowhere_else():
    for name in HOSTILE:
        parts = urlsplit(linked(directory=f"live/{name}")["file"])
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "github.com", "", "")
        assert unquote(parts.path) == f"/acme/infra/blob/HEAD/live/{name}"
    for directory in ("../../evil", "a/../../b", "/", "", "a//b"):
        ((kind, url),) = linked(directory=directory).items()
        assert kind == "search"
        assert unquote(url).endswith('q=repo:acme/infra "aws_security_group" "web"')
        assert linked(directory=directory, repository="acme/../x") == {}
    rules = AddressRules(link="https://git.acme.io/{repository}/-/blob/{ref}/{path}")
    assert linked(rules, commit="0a1b")["file"] == "https://git.acme.io/acme/infra/-/blob/0a1b/live/prod/net"
    assert linked(rules, directory="") == linked(AddressRules(link="")) == {}


@pytest.mark.parametrize("key", [*HOSTILE, 'a"b', "c*d?e"])
def test_the_rule_to_paste_ignores_that_property_of_that_object_alone(key):
    thing, other = (resource(id=id_, arn=None, name=None) for id_ in (key, "other"))
    diff = (entry(f"Tags.{key}", "a", "b"), entry("Configuration.IpPermissions.0", None, 1))
    said = text("ignore", found=finding(change=change(resource=thing, diff=diff)))
    [rule] = tomllib.loads(said)["report"]["ignore"]
    made = IgnoreRule(**{name: tuple(values) for name, values in rule.items()})
    elsewhere = (entry("Configuration.VpcId", "a", "b"),)
    for resource_, entries, hidden in ((thing, diff, True), (other, diff, False), (thing, elsewhere, False)):
        changed = change(resource=resource_, diff=entries)
        assert bool(ignored(changed, [made], (), now=CAPTURED_AT)) is hidden


def test_there_is_nothing_to_ignore_of_a_deletion_or_where_it_is_not_known_what_changed():
    assert text("ignore", found=finding(change=change(change_type=ChangeType.DELETE))) is None
    assert text("ignore", found=finding(change=change(diff=()))) is None
    assert "properties" not in text("ignore", found=finding(change=change(change_type=ChangeType.CREATE)))


def test_where_the_code_wants_the_change_only_the_code_is_named_and_no_step_applies():
    for verdict in (Verdict.IN_WORKFLOW, Verdict.AWS_SERVICE):
        assert [step.kind for step in steps(row(), found=finding(verdict=verdict))] == ["file"]
    for found, rows in ((finding(), [row()]), (tagged(STACK, "cdk"), []), (tagged({}), [])):
        words = {word for step in steps(*rows, found=found) for word in step.text.split()}
        assert words.isdisjoint({"apply", "deploy", "destroy", "execute-change-set"})
