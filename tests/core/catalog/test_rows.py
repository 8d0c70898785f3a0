"""The rows of the resource types: each stands once, sorted, in one file."""

import importlib
import re
from pathlib import Path

import iacwatch
from iacwatch.core.catalog.catalog import KNOWN, ROWS, facts_of, knows_creation, noun, plural, ranked

CATALOG = Path(iacwatch.__file__).parent / "core" / "catalog"


def test_the_rows_of_a_file_are_sorted_and_joined_and_no_type_has_two():
    found = []
    for path in CATALOG.glob("*.py"):
        rows = getattr(importlib.import_module(f"iacwatch.core.catalog.{path.stem}"), "ROWS", ())
        types = [row.type for row in rows] if isinstance(rows, tuple) else []  # others import them all
        assert types == sorted(types)
        found += types
    assert sorted(found) == sorted(ROWS)


def test_what_tells_a_type_tells_no_other():
    for fact in ("id_prefix", "id_forms", "arn"):
        told = [value for row in ROWS.values() if (value := getattr(row, fact))]
        assert 0 < len(told) == len(set(told))
    for rank in ("opt_in", "sample"):
        assert sorted(getattr(ROWS[name], rank) for name in ranked(rank)) == [
            *range(1, len(ranked(rank)) + 1)
        ]


def test_a_row_says_whether_its_facts_are_guesses():
    assert not facts_of("AWS::EC2::Instance").derived
    assert facts_of("AWS::Backup::BackupPlan").derived
    assert facts_of("AWS::Some::Thing").derived
    assert all(not facts_of(name).derived for name in KNOWN)


def test_how_a_type_is_created_is_known_or_only_guessed():
    known = ["AWS::EC2::SecurityGroup", "AWS::Glue::Database", "AWS::EC2::EIP", "Acme::Widget::Thing"]
    guessed = ["AWS::Route53::HealthCheck", "AWS::NewService::Gadget", "AWS::Config::Gadget"]
    assert [kind for kind in (*known, *guessed) if knows_creation(kind)] == known


def test_a_type_is_called_what_people_call_it():
    for kind, called in (
        ("AWS::EC2::SecurityGroup", "security group"),
        ("AWS::S3::Bucket", "S3 bucket"),
        ("AWS::EKS::FargateProfile", "EKS fargate profile"),
        ("AWS::IAM::OIDCProvider", "IAM OIDC provider"),
        ("AWS::EC2::EC2Fleet", "EC2 fleet"),
        ("Custom::Thing", "thing"),
        ("\u202e", "resource"),
        (f"AWS::EC2::T{'h' * 80}", f"EC2 t{'h' * 54}…"),
        ("Evil::*<!here>*::`Web_Group`", "here web group"),
    ):
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
