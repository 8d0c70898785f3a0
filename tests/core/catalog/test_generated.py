"""What AWS's own models tell of the recorded types is whole, and told of again when AWS moves."""

import re

import pytest

from iacwatch.core.catalog.catalog import facts_of, known_by
from tests.tools import make_catalog

WITHOUT_BOTH = {
    "importing a certificate activates; nothing deletes that": "ACMPCA::CertificateAuthorityActivation",
    "Config writes it by itself, about other objects: nobody makes or deletes it": """
        Config::ConformancePackCompliance Config::ResourceCompliance SSM::AssociationCompliance
        SSM::FileData SSM::ManagedInstanceInventory SSM::PatchCompliance
    """,
    "no call of EC2's models names one": "EC2::RegisteredHAInstance",
    "there is one in each account and region: it is set, never made or deleted": """
        EC2::SnapshotBlockPublicAccess EC2::VPCBlockPublicAccessOptions ECR::ReplicationConfiguration
        InspectorV2::Activation IoT::AccountAuditConfiguration XRay::EncryptionConfig
    """,
    "the service has ended, and botocore knows it no longer": """
        Evidently::Launch Evidently::Project Evidently::Segment IoTAnalytics::Channel
        IoTAnalytics::Dataset IoTAnalytics::Datastore IoTAnalytics::Pipeline IoTEvents::AlarmModel
        IoTEvents::DetectorModel IoTEvents::Input LookoutMetrics::Alert LookoutVision::Project
        Panorama::Package QLDB::Ledger RoboMaker::RobotApplication RoboMaker::RobotApplicationVersion
        RoboMaker::SimulationApplication
    """,
    "it is made and deleted by the call that does so to the object it is of": "Pinpoint::ApplicationSettings",
    "updating it makes it": "Pinpoint::EmailChannel",
    "revoking it ends it, which is no word for deleting": "Redshift::EndpointAuthorization",
    "its calls have the names of S3's own, which has no such service": """
        S3Express::BucketPolicy S3Express::DirectoryBucket
    """,
    "vendors publish its versions; no call makes or deletes one": "WAFv2::ManagedRuleSet",
}
"""Types of which no creating, or no deleting, call is known, by the reason why."""


def called(calls, *patterns):
    return any(any(map(re.compile(each).fullmatch, calls)) for each in patterns if each)


@pytest.fixture(scope="module")
def models():
    return make_catalog.recorded()


@pytest.mark.slow
def test_the_file_is_what_the_installed_models_make(models):
    assert models
    stale = make_catalog.TARGET.read_text(encoding="utf-8") != make_catalog.text()
    assert not stale, "AWS has moved: run `python -m tests.tools.make_catalog` and look at the difference"


def test_every_recorded_type_has_a_creating_and_a_deleting_call_but_for_those_with_a_reason(models):
    lacking = set()
    for kind in models:
        facts = facts_of(kind)
        calls = make_catalog.calls_of(facts.sources)
        if not called(calls, facts.creates) or not called(calls, facts.deletes):
            lacking.add(kind)
    assert lacking == {f"AWS::{kind}" for kinds in WITHOUT_BOTH.values() for kind in kinds.split()}


def test_a_type_says_by_what_it_is_known(models):
    ways = [known_by(kind) for kind in models]
    kinds = ("AWS::EC2::SecurityGroup", "AWS::Glue::Database", "Acme::Widget::Thing")
    assert tuple(map(known_by, kinds)) == ("row", "models", "name")
    assert ways.count("name") <= 60 < ways.count("row") < ways.count("models")


def test_a_call_on_a_part_with_a_life_of_its_own_is_no_act_on_the_object():
    for kind, call in (
        ("AWS::Bedrock::Guardrail", "CreateGuardrailVersion"),
        ("AWS::Route53Resolver::FirewallRuleGroup", "PutFirewallRuleGroupPolicy"),
    ):
        facts = facts_of(kind)
        assert not called([call], facts.acts) or called([call], facts.never)
        assert not called([call], *(rule.events for rule in facts.shows))


def test_where_a_creating_call_names_the_object_deep_in_its_input_it_is_known():
    assert "databaseinput.name" in facts_of("AWS::Glue::Database").targets
    assert "storagelensgroup.name" in facts_of("AWS::S3::StorageLensGroup").targets
