"""The rows of the resource types: each stands once, sorted, in one file."""

import ast
import importlib
import re
from collections import defaultdict
from pathlib import Path

import pytest

import iacwatch
from iacwatch.core.catalog.catalog import KNOWN, ROWS, facts_of, knows_creation, noun, plural, ranked
from iacwatch.core.catalog.schema import TypeFacts

PACKAGE = Path(iacwatch.__file__).parent
CATALOG = PACKAGE / "core" / "catalog"
TYPE = re.compile("AWS::[A-Za-z0-9]+::[A-Za-z0-9]+")
EXAMPLES = {PACKAGE / "settings" / "schema.py"}
"""What only shows people how a type is written."""


def types_in(path):
    """Return the types that a module's code names; what its docstrings and messages mention is no fact."""
    text = path.read_text()
    nodes = ast.walk(ast.parse(text)) if "AWS::" in text else ()
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and TYPE.fullmatch(node.value)
    }


def test_a_types_name_stands_in_one_file():
    files = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] != "demo" and path not in EXAMPLES:
            for resource_type in types_in(path):
                files[resource_type].add(str(path.relative_to(PACKAGE)))
    assert {name: where for name, where in files.items() if len(where) > 1} == {}
    assert {where.pop().rpartition("/")[0] for where in files.values()} == {"core/catalog"}


def test_the_rows_of_a_file_are_sorted_and_joined_and_no_type_has_two():
    found = []
    for path in CATALOG.glob("*.py"):
        rows = getattr(importlib.import_module(f"iacwatch.core.catalog.{path.stem}"), "ROWS", ())
        types = [row.type for row in rows] if isinstance(rows, tuple) else []  # others import them all
        assert types == sorted(types)
        found += types
    assert sorted(found) == sorted(ROWS)


@pytest.mark.parametrize("fact", ["id_prefix", "id_forms", "arn"])
def test_what_tells_a_type_tells_no_other(fact):
    told = [value for row in ROWS.values() if (value := getattr(row, fact))]
    assert told
    assert len(told) == len(set(told))


@pytest.mark.parametrize("rank", ["opt_in", "sample"])
def test_ranks_are_counted_from_one(rank):
    assert sorted(getattr(ROWS[name], rank) for name in ranked(rank)) == list(range(1, len(ranked(rank)) + 1))


def test_a_row_says_whether_its_facts_are_guesses():
    assert not facts_of("AWS::EC2::Instance").derived
    assert facts_of("AWS::Backup::BackupPlan").derived
    assert facts_of("AWS::Some::Thing").derived
    assert all(not facts_of(name).derived for name in KNOWN)


def test_a_row_that_leaves_everything_to_its_name_is_not_needed():
    bare = TypeFacts("AWS::A::B", derived=True)
    told = bare.__slots__[1:]
    assert [
        row.type for row in ROWS.values() if all(getattr(row, name) == getattr(bare, name) for name in told)
    ] == []


@pytest.mark.parametrize(
    ("resource_type", "known"),
    [
        ("AWS::EC2::SecurityGroup", True),
        ("AWS::Glue::Database", True),
        ("AWS::EC2::EIP", True),
        ("AWS::Route53::HealthCheck", False),
        ("Acme::Widget::Thing", True),
        ("AWS::NewService::Gadget", False),
        ("AWS::Config::Gadget", False),
    ],
)
def test_how_a_type_is_created_is_known_or_only_guessed(resource_type, known):
    assert knows_creation(resource_type) is known


@pytest.mark.parametrize(
    ("kind", "called"),
    [
        ("AWS::EC2::SecurityGroup", "security group"),
        ("AWS::S3::Bucket", "S3 bucket"),
        ("AWS::IAM::Role", "IAM role"),
        ("AWS::Kinesis::Stream", "Kinesis stream"),
        ("AWS::EKS::FargateProfile", "EKS fargate profile"),
        ("AWS::IAM::OIDCProvider", "IAM OIDC provider"),
        ("AWS::EC2::EC2Fleet", "EC2 fleet"),
        ("Custom::Thing", "thing"),
        ("", "resource"),
        ("\u202e", "resource"),
        (f"AWS::EC2::T{'h' * 80}", f"EC2 t{'h' * 54}…"),
        ("Evil::*<!here>*::`Web_Group`", "here web group"),
    ],
)
def test_a_type_is_called_what_people_call_it(kind, called):
    assert noun(kind) == called


def test_several_are_called_so():
    pairs = "group/groups policy/policies key/keys address/addresses branch/branches mesh/meshes box/boxes"
    for pair in pairs.split():
        one, several = pair.split("/")
        assert plural(one) == several


def test_who_puts_another_makers_items_into_config_changed_what_they_are_of():
    facts = facts_of("Acme::Widget::Thing")
    assert (facts.sources, facts.targets, facts.derived) == (("config",), ("resourceid",), False)
    assert (facts.creates, facts.deletes) == ("PutResourceConfig", "DeleteResourceConfig")
    assert (facts.within, facts.within_default) == (("resourcetype", "", ""), "Acme::Widget::Thing")
    assert all(re.fullmatch(facts.acts, call) for call in (facts.creates, facts.deletes))
