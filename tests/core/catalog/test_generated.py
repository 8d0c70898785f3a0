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

NO_ACT = {
    "it makes or changes another object, and only names this one": """
        CloudFront::Distribution CreateConnectionGroup
        EC2::Volume CreateSnapshot
        ECS::Cluster PutAccountSetting PutAccountSettingDefault
        EKS::Cluster CreateAccessEntry
        Evidently::Project CreateConfigurationProfile CreateExtensionAssociation
        Glue::Database UpdateConnection
        Lex::Bot StartImport
        Location::APIKey CalculateRoute CalculateRouteMatrix
        MediaConnect::FlowSource CreateFlow
        NetworkFirewall::Firewall UpdateProxySettings
        QuickSight::DataSource CreateFolderMembership DeleteFolderMembership
        RDS::DBCluster CreateDBClusterSnapshot
        RDS::DBInstance CreateDBSnapshot
        ServiceCatalog::CloudFormationProduct DisassociateServiceActionFromProvisioningArtifact
    """,
    "the item shows nothing of it": """
        CloudTrail::EventDataStore PutEventConfiguration
        CodePipeline::Pipeline DisableStageTransition EnableStageTransition StartPipelineExecution
        Detective::Graph UpdateOrganizationConfiguration
        EC2::Instance ModifyInstanceCreditSpecification
        EKS::Cluster ActivateCertificateAuthority
        IAM::User CreateLoginProfile UpdateLoginProfile DeleteLoginProfile DeleteAccessKey
        RUM::AppMonitor PutRumMetricsDestination DeleteRumMetricsDestination BatchCreateRumMetricDefinitions
        RUM::AppMonitor BatchDeleteRumMetricDefinitions UpdateRumMetricDefinition
    """,
    "it reads or writes what the object holds": """
        DynamoDB::Table Scan Query UpdateItem PutItem DeleteItem BatchWriteItem
        Lex::Bot DeleteCustomVocabulary BatchDeleteCustomVocabularyItem DeleteUtterances
    """,
    "it is named by cluster and account only": """
        Redshift::EndpointAuthorization RevokeEndpointAccess
    """,
}
"""Calls that CloudFormation makes for a type and that name its object, which are no act on it, by the reason."""


def called(calls, *patterns):
    return any(any(map(re.compile(each).fullmatch, calls)) for each in patterns if each)


def recognised(facts, call):
    rules = [rule.events for rule in (*facts.shows, *facts.indirect)]
    return called([call], facts.acts, facts.creates, facts.deletes, facts.never, *rules)


@pytest.fixture(scope="module")
def models():
    """Read the models of botocore and cfn-lint once."""
    return make_catalog.recorded()


def test_the_file_is_what_the_installed_models_make(models):
    assert models
    stale = make_catalog.TARGET.read_text(encoding="utf-8") != make_catalog.text()
    assert not stale, "AWS has moved: run `python -m tests.tools.make_catalog` and look at the difference"


def test_every_call_of_cloudformations_handlers_is_recognised_or_known_to_be_no_act(models):
    unknown = {
        (kind, call)
        for kind in models
        for call in make_catalog.naming(kind)
        if not recognised(facts_of(kind), call)
    }
    rows = [row.split() for text in NO_ACT.values() for row in text.strip().splitlines()]
    assert unknown == {(f"AWS::{kind}", call) for kind, *calls in rows for call in calls}


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


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        ("AWS::Bedrock::Guardrail", "CreateGuardrailVersion"),
        ("AWS::Route53Resolver::FirewallRuleGroup", "PutFirewallRuleGroupPolicy"),
    ],
)
def test_a_call_on_a_part_with_a_life_of_its_own_is_no_act_on_the_object(kind, call):
    facts = facts_of(kind)
    acts = re.fullmatch(facts.acts, call) and not re.fullmatch(facts.never or "(?!)", call)
    assert not acts
    assert not any(re.fullmatch(rule.events, call) for rule in facts.shows)


def test_where_a_creating_call_names_the_object_deep_in_its_input_it_is_known():
    assert "databaseinput.name" in facts_of("AWS::Glue::Database").targets
    assert "storagelensgroup.name" in facts_of("AWS::S3::StorageLensGroup").targets
