"""What AWS's own models tell of the recorded types is whole, and told of again when AWS moves."""

import re

import pytest

from iacwatch.core.catalog.catalog import facts_of, known_by
from tests.tools import make_catalog

GONE = "the service has ended, and botocore knows it no longer"
JUDGED = "Config writes it by itself, about other objects: nobody makes or deletes it"
ONE = "there is one in each account and region: it is set, never made or deleted"
TOGETHER = "it is made and deleted by the call that does so to the object it is of"
WITHOUT_BOTH = {
    "AWS::ACMPCA::CertificateAuthorityActivation": "importing a certificate activates; nothing deletes that",
    "AWS::Config::ConformancePackCompliance": JUDGED,
    "AWS::Config::ResourceCompliance": JUDGED,
    "AWS::EC2::RegisteredHAInstance": "no call of EC2's models names one",
    "AWS::EC2::SnapshotBlockPublicAccess": ONE,
    "AWS::EC2::VPCBlockPublicAccessOptions": ONE,
    "AWS::ECR::ReplicationConfiguration": ONE,
    "AWS::Evidently::Launch": GONE,
    "AWS::Evidently::Project": GONE,
    "AWS::Evidently::Segment": GONE,
    "AWS::InspectorV2::Activation": ONE,
    "AWS::IoT::AccountAuditConfiguration": ONE,
    "AWS::IoTAnalytics::Channel": GONE,
    "AWS::IoTAnalytics::Dataset": GONE,
    "AWS::IoTAnalytics::Datastore": GONE,
    "AWS::IoTAnalytics::Pipeline": GONE,
    "AWS::IoTEvents::AlarmModel": GONE,
    "AWS::IoTEvents::DetectorModel": GONE,
    "AWS::IoTEvents::Input": GONE,
    "AWS::LookoutMetrics::Alert": GONE,
    "AWS::LookoutVision::Project": GONE,
    "AWS::Panorama::Package": GONE,
    "AWS::Pinpoint::ApplicationSettings": TOGETHER,
    "AWS::Pinpoint::EmailChannel": "updating it makes it",
    "AWS::QLDB::Ledger": GONE,
    "AWS::Redshift::EndpointAuthorization": "revoking it ends it, which is no word for deleting",
    "AWS::RoboMaker::RobotApplication": GONE,
    "AWS::RoboMaker::RobotApplicationVersion": GONE,
    "AWS::RoboMaker::SimulationApplication": GONE,
    "AWS::S3Express::BucketPolicy": "its calls have the names of S3's own, which has no such service",
    "AWS::S3Express::DirectoryBucket": "its calls have the names of S3's own, which has no such service",
    "AWS::SSM::AssociationCompliance": JUDGED,
    "AWS::SSM::FileData": JUDGED,
    "AWS::SSM::ManagedInstanceInventory": JUDGED,
    "AWS::SSM::PatchCompliance": JUDGED,
    "AWS::WAFv2::ManagedRuleSet": "vendors publish its versions; no call makes or deletes one",
    "AWS::XRay::EncryptionConfig": ONE,
}
"""Types of which no creating, or no deleting, call is known, and why."""

OTHERS = "it makes or changes another object, and only names this one"
DATA = "it reads or writes what the object holds"
NO_ITEM = "the item shows nothing of it"
NO_ACT = {
    "AWS::CloudFront::Distribution": {"CreateConnectionGroup": OTHERS},
    "AWS::CloudTrail::EventDataStore": {"PutEventConfiguration": NO_ITEM},
    "AWS::CodePipeline::Pipeline": {
        "DisableStageTransition": NO_ITEM,
        "EnableStageTransition": NO_ITEM,
        "StartPipelineExecution": NO_ITEM,
    },
    "AWS::Detective::Graph": {"UpdateOrganizationConfiguration": NO_ITEM},
    "AWS::DynamoDB::Table": dict.fromkeys(
        ("Scan", "Query", "UpdateItem", "PutItem", "DeleteItem", "BatchWriteItem"), DATA
    ),
    "AWS::EC2::Instance": {"ModifyInstanceCreditSpecification": NO_ITEM},
    "AWS::EC2::Volume": {"CreateSnapshot": OTHERS},
    "AWS::ECS::Cluster": {"PutAccountSetting": OTHERS, "PutAccountSettingDefault": OTHERS},
    "AWS::EKS::Cluster": {"CreateAccessEntry": OTHERS, "ActivateCertificateAuthority": NO_ITEM},
    "AWS::Evidently::Project": {"CreateConfigurationProfile": OTHERS, "CreateExtensionAssociation": OTHERS},
    "AWS::Glue::Database": {"UpdateConnection": OTHERS},
    "AWS::IAM::User": dict.fromkeys(
        ("CreateLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile", "DeleteAccessKey"), NO_ITEM
    ),
    "AWS::Lex::Bot": {
        "StartImport": OTHERS,
        **dict.fromkeys(
            ("DeleteCustomVocabulary", "BatchDeleteCustomVocabularyItem", "DeleteUtterances"), DATA
        ),
    },
    "AWS::Location::APIKey": {"CalculateRoute": OTHERS, "CalculateRouteMatrix": OTHERS},
    "AWS::MediaConnect::FlowSource": {"CreateFlow": OTHERS},
    "AWS::NetworkFirewall::Firewall": {"UpdateProxySettings": OTHERS},
    "AWS::QuickSight::DataSource": {"CreateFolderMembership": OTHERS, "DeleteFolderMembership": OTHERS},
    "AWS::RDS::DBCluster": {"CreateDBClusterSnapshot": OTHERS},
    "AWS::RDS::DBInstance": {"CreateDBSnapshot": OTHERS},
    "AWS::RUM::AppMonitor": dict.fromkeys(
        (
            "PutRumMetricsDestination",
            "DeleteRumMetricsDestination",
            "BatchCreateRumMetricDefinitions",
            "BatchDeleteRumMetricDefinitions",
            "UpdateRumMetricDefinition",
        ),
        NO_ITEM,
    ),
    "AWS::Redshift::EndpointAuthorization": {
        "RevokeEndpointAccess": "it is named by cluster and account only"
    },
    "AWS::ServiceCatalog::CloudFormationProduct": {
        "DisassociateServiceActionFromProvisioningArtifact": OTHERS
    },
}
"""Calls that CloudFormation makes for a type and that name its object, which are no act on it, and why."""


def called(pattern, calls):
    return [call for call in calls if pattern and re.fullmatch(pattern, call)]


def recognised(facts, call):
    patterns = (facts.acts, facts.creates, facts.deletes, facts.never)
    rules = (*facts.shows, *facts.indirect)
    return any(
        pattern and re.fullmatch(pattern, call) for pattern in (*patterns, *(rule.events for rule in rules))
    )


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
    assert unknown == {(kind, call) for kind, calls in NO_ACT.items() for call in calls}


def test_every_recorded_type_has_a_creating_and_a_deleting_call_but_for_those_with_a_reason(models):
    lacking = set()
    for kind in models:
        facts = facts_of(kind)
        calls = make_catalog.calls_of(facts.sources)
        if not called(facts.creates, calls) or not called(facts.deletes, calls):
            lacking.add(kind)
    assert lacking == set(WITHOUT_BOTH)
    assert len(lacking) <= 40


def test_a_type_says_by_what_it_is_known(models):
    ways = [known_by(kind) for kind in models]
    assert known_by("AWS::EC2::SecurityGroup") == "row"
    assert known_by("AWS::Glue::Database") == "models"
    assert known_by("Acme::Widget::Thing") == "name"
    assert ways.count("name") <= 60 < ways.count("row") < ways.count("models")


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        ("AWS::Bedrock::Guardrail", "CreateGuardrailVersion"),
        ("AWS::BedrockAgentCore::Runtime", "UpdateAgentRuntimeEndpoint"),
        ("AWS::MediaPackageV2::Channel", "PutChannelPolicy"),
        ("AWS::Route53Resolver::FirewallRuleGroup", "PutFirewallRuleGroupPolicy"),
        ("AWS::S3Tables::TableBucket", "PutTableBucketPolicy"),
        ("AWS::SageMaker::Image", "CreateImageVersion"),
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
    assert "csvclassifier.name" in facts_of("AWS::Glue::Classifier").targets
