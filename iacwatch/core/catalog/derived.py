"""Types whose facts follow from their own names, but for a few calls that are called otherwise, as data.

`core.type_table` makes a type's calls up from its name (``UpdateBackupPlan`` of ``AWS::Backup::BackupPlan``);
what stands here comes on top.
"""

from dataclasses import dataclass
from typing import Final

from iacwatch.core.catalog.schema import Shows


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What is known of a type beyond its name; the words are those of `TypeFacts`.

    `creates` and `deletes` act as well; nothing here takes away from what the name suggests.
    """

    acts: str = ""
    creates: str = ""
    deletes: str = ""
    shows: tuple[Shows, ...] = ()
    targets: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    own_ids: tuple[str, ...] = ()


_WORKSPACE_LISTS: Final = tuple(
    f"{verb}workspacerequests.workspaceid" for verb in ("terminate", "start", "stop", "reboot", "rebuild")
)
_WORKSPACE_STATE: Final = Shows(events="(Reboot|Rebuild|Restore)Workspaces?", fields=("state",))
_PINPOINT: Final = ("App", "ApplicationSettings", "EmailChannel", "EventStream")

NAMED: Final[dict[str, More]] = {
    "AWS::AccessAnalyzer::Analyzer": More(
        creates="CreateServiceLinkedAnalyzer",
        deletes="DeleteServiceLinkedAnalyzer",
        shows=(Shows(events="(Create|Update|Delete)ArchiveRule", fields=("archiverules",)),),
    ),
    "AWS::AmazonMQ::Broker": More(
        shows=(Shows(events="(Create|Update|Delete)User", fields=("users", "pendingusers")),)
    ),
    "AWS::AppStream::DirectoryConfig": More(targets=("directoryname",)),
    "AWS::AppSync::ApiCache": More(targets=("apiid",)),
    "AWS::AutoScaling::ScalingPolicy": More(deletes="DeletePolicy"),
    "AWS::AutoScaling::ScheduledAction": More(
        creates="(Batch)?PutScheduledUpdateGroupAction",
        deletes="BatchDeleteScheduledAction",
        targets=("scheduledactionnames", "scheduledupdategroupactions.scheduledactionname"),
    ),
    "AWS::AutoScaling::WarmPool": More(targets=("autoscalinggroupname",)),
    "AWS::Backup::BackupSelection": More(targets=("selectionid",), own_ids=("selectionid",)),
    "AWS::Backup::RecoveryPoint": More(
        # AWS Backup tells of its own jobs by service events.
        acts="UpdateRecoveryPoint(Lifecycle|IndexSettings)|BackupTransitionedToCold",
        creates="StartBackupJob|(Backup|Copy)JobCompleted",
        deletes="BackupDeleted|DisassociateRecoveryPoint",
        targets=("destinationrecoverypointarn",),
    ),
    "AWS::Cloud9::EnvironmentEC2": More(
        acts="UpdateEnvironment",
        deletes="DeleteEnvironment",
        targets=("environmentid",),
        answers=("environmentid",),
    ),
    "AWS::CloudFormation::StackSet": More(
        shows=(Shows(events="(Create|Update|Delete)StackInstances", fields=("stackinstancesgroup",)),)
    ),
    "AWS::CloudTrail::EventDataStore": More(
        acts="(Start|Stop)EventDataStoreIngestion|(Enable|Disable)Federation|PutInsightSelectors"
    ),
    "AWS::CodeArtifact::Repository": More(acts="(Associate|Disassociate)ExternalConnection"),
    "AWS::CodeGuruProfiler::ProfilingGroup": More(
        acts="(Put|Remove)Permission|(Add|Remove)NotificationChannels?"
    ),
    "AWS::CodeGuruReviewer::RepositoryAssociation": More(
        creates="AssociateRepository", deletes="DisassociateRepository"
    ),
    "AWS::Cognito::UserPool": More(acts="SetUserPoolMfaConfig|AddCustomAttributes"),
    "AWS::Cognito::UserPoolGroup": More(acts="UpdateGroup", creates="CreateGroup", deletes="DeleteGroup"),
    "AWS::Connect::PhoneNumber": More(creates="ClaimPhoneNumber"),
    "AWS::Connect::User": More(
        acts="UpdateUser(HierarchyGroup|Hierarchy|IdentityInfo|PhoneConfig|Proficiencies|RoutingProfile|SecurityProfiles)"
    ),
    "AWS::EC2::ClientVpnEndpoint": More(
        shows=(Shows(events="ApplySecurityGroupsToClientVpnTargetNetwork", fields=("securitygroupids",)),)
    ),
    "AWS::EC2::ClientVpnTargetNetworkAssociation": More(
        creates="AssociateClientVpnTargetNetwork", deletes="DisassociateClientVpnTargetNetwork"
    ),
    "AWS::EC2::IPAMPool": More(
        shows=(Shows(events="(Provision|Deprovision)IpamPoolCidr", fields=("provisionedcidrs",)),)
    ),
    "AWS::EC2::IPAMPoolCidr": More(creates="ProvisionIpamPoolCidr", deletes="DeprovisionIpamPoolCidr"),
    "AWS::EC2::IPAMResourceDiscoveryAssociation": More(
        creates="AssociateIpamResourceDiscovery", deletes="DisassociateIpamResourceDiscovery"
    ),
    "AWS::EC2::NetworkInsightsAccessScopeAnalysis": More(creates="StartNetworkInsightsAccessScopeAnalysis"),
    "AWS::EC2::NetworkInsightsAnalysis": More(creates="StartNetworkInsightsAnalysis"),
    "AWS::EC2::SecurityGroupVpcAssociation": More(
        creates="AssociateSecurityGroupVpc", deletes="DisassociateSecurityGroupVpc"
    ),
    "AWS::EC2::SubnetCidrBlock": More(
        creates="AssociateSubnetCidrBlock",
        deletes="DisassociateSubnetCidrBlock",
        targets=("associationid",),
        answers=("associationid",),
    ),
    "AWS::EC2::TrafficMirrorFilter": More(acts="ModifyTrafficMirrorFilterNetworkServices"),
    "AWS::EC2::TransitGatewayConnect": More(
        targets=("transitgatewayattachmentid",), answers=("transitgatewayattachmentid",)
    ),
    "AWS::EC2::VerifiedAccessInstance": More(acts="(Attach|Detach)VerifiedAccessTrustProvider"),
    "AWS::ECR::PublicRepository": More(acts="PutRepositoryCatalogData"),
    "AWS::ECR::PullThroughCacheRule": More(targets=("ecrrepositoryprefix",)),
    "AWS::ECR::RegistryPolicy": More(answers=("registryid",)),
    "AWS::ECR::RepositoryCreationTemplate": More(targets=("prefix",)),
    "AWS::EKS::IdentityProviderConfig": More(
        creates="AssociateIdentityProviderConfig",
        deletes="DisassociateIdentityProviderConfig",
        targets=("oidc.identityproviderconfigname", "identityproviderconfig.name"),
    ),
    "AWS::ElasticBeanstalk::ApplicationVersion": More(targets=("versionlabel",)),
    "AWS::EntityResolution::SchemaMapping": More(targets=("schemaname",), answers=("schemaarn",)),
    "AWS::EventSchemas::RegistryPolicy": More(
        creates="PutResourcePolicy", deletes="DeleteResourcePolicy", targets=("registryname",)
    ),
    "AWS::GlobalAccelerator::EndpointGroup": More(
        acts="(Add|Remove)(CustomRouting)?Endpoints|(Allow|Deny)CustomRoutingTraffic"
    ),
    "AWS::Grafana::Workspace": More(acts="UpdateWorkspaceAuthentication|(Associate|Disassociate)License"),
    "AWS::GreengrassV2::ComponentVersion": More(deletes="DeleteComponent"),
    "AWS::IAM::ServerCertificate": More(creates="UploadServerCertificate"),
    "AWS::IoT::Policy": More(acts="SetDefaultPolicyVersion"),
    "AWS::IoT::ThingGroup": More(
        acts="UpdateDynamicThingGroup", creates="CreateDynamicThingGroup", deletes="DeleteDynamicThingGroup"
    ),
    "AWS::IoTSiteWise::AssetModel": More(acts="(Create|Update|Delete)AssetModelCompositeModel"),
    "AWS::IoTSiteWise::Gateway": More(acts="UpdateGatewayCapabilityConfiguration"),
    "AWS::KinesisAnalyticsV2::Application": More(
        acts="(Add|Delete)Application(CloudWatchLoggingOption|Input|InputProcessingConfiguration|Output"
        "|ReferenceDataSource|VpcConfiguration)|UpdateApplicationMaintenanceConfiguration|RollbackApplication"
    ),
    "AWS::KinesisVideo::Stream": More(acts="UpdateDataRetention"),
    "AWS::Lex::Bot": More(
        shows=(
            Shows(
                events="(Create|Update|Delete|Build)BotLocale|(Create|Update|Delete)(Intent|Slot|SlotType)",
                fields=("botlocales",),
            ),
        )
    ),
    "AWS::Lightsail::Bucket": More(acts="UpdateBucketBundle|SetResourceAccessForBucket"),
    "AWS::Lightsail::Disk": More(acts="(Attach|Detach)Disk", creates="CreateDiskFromSnapshot"),
    "AWS::Lightsail::StaticIp": More(acts="(Attach|Detach)StaticIp"),
    "AWS::MSK::BatchScramSecret": More(
        creates="BatchAssociateScramSecret", deletes="BatchDisassociateScramSecret", targets=("clusterarn",)
    ),
    "AWS::MediaConnect::FlowEntitlement": More(
        creates="GrantFlowEntitlements", deletes="RevokeFlowEntitlement"
    ),
    "AWS::MediaTailor::PlaybackConfiguration": More(acts="ConfigureLogsForPlaybackConfiguration"),
    "AWS::NetworkManager::CustomerGatewayAssociation": More(
        creates="AssociateCustomerGateway", deletes="DisassociateCustomerGateway"
    ),
    "AWS::NetworkManager::LinkAssociation": More(creates="AssociateLink", deletes="DisassociateLink"),
    "AWS::NetworkManager::TransitGatewayPeering": More(deletes="DeletePeering", targets=("peeringid",)),
    "AWS::NetworkManager::TransitGatewayRegistration": More(
        creates="RegisterTransitGateway", deletes="DeregisterTransitGateway"
    ),
    "AWS::RDS::DBSecurityGroup": More(acts="(Authorize|Revoke)DBSecurityGroupIngress"),
    "AWS::RDS::GlobalCluster": More(
        acts="(RemoveFrom|Switchover)GlobalCluster",
        shows=(Shows(events="CreateDBCluster", fields=("globalclustermembers",)),),
    ),
    "AWS::Redshift::ClusterSecurityGroup": More(acts="(Authorize|Revoke)ClusterSecurityGroupIngress"),
    "AWS::Redshift::EndpointAccess": More(targets=("endpointname",)),
    "AWS::RolesAnywhere::Profile": More(acts="(Put|Delete)AttributeMapping"),
    "AWS::RolesAnywhere::TrustAnchor": More(acts="(Put|Reset)NotificationSettings"),
    "AWS::Route53::DNSSEC": More(
        creates="EnableHostedZoneDNSSEC", deletes="DisableHostedZoneDNSSEC", targets=("hostedzoneid",)
    ),
    "AWS::Route53Profiles::ProfileAssociation": More(
        creates="AssociateProfile", deletes="DisassociateProfile"
    ),
    "AWS::Route53Resolver::FirewallDomainList": More(acts="(Update|Import)FirewallDomains"),
    "AWS::Route53Resolver::FirewallRuleGroup": More(acts="(Create|Update|Delete)FirewallRule"),
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": More(
        creates="AssociateFirewallRuleGroup", deletes="DisassociateFirewallRuleGroup"
    ),
    "AWS::Route53Resolver::ResolverEndpoint": More(acts="(Associate|Disassociate)ResolverEndpointIpAddress"),
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation": More(
        creates="AssociateResolverQueryLogConfig", deletes="DisassociateResolverQueryLogConfig"
    ),
    "AWS::Route53Resolver::ResolverRuleAssociation": More(
        creates="AssociateResolverRule", deletes="DisassociateResolverRule"
    ),
    "AWS::S3::MultiRegionAccessPoint": More(targets=("details.name",)),
    "AWS::S3::StorageLens": More(targets=("configid",)),
    "AWS::S3Express::BucketPolicy": More(targets=("bucketname",)),
    "AWS::S3Express::DirectoryBucket": More(
        acts="(Put|Delete)Bucket\\w+", creates="CreateBucket", deletes="DeleteBucket"
    ),
    "AWS::S3Tables::TableBucket": More(acts="(Put|Delete)TableBucket\\w+"),
    "AWS::SES::ConfigurationSet": More(acts="PutConfigurationSet\\w+Options"),
    "AWS::SES::DedicatedIpPool": More(acts="PutDedicatedIpPoolScalingAttributes"),
    "AWS::SES::ReceiptRuleSet": More(creates="CloneReceiptRuleSet"),
    "AWS::SES::Template": More(
        acts="UpdateEmailTemplate", creates="CreateEmailTemplate", deletes="DeleteEmailTemplate"
    ),
    "AWS::SSM::Document": More(acts="UpdateDocumentDefaultVersion"),
    "AWS::SecretsManager::ResourcePolicy": More(targets=("secretid",)),
    "AWS::SecretsManager::RotationSchedule": More(
        creates="RotateSecret", deletes="CancelRotateSecret", targets=("secretid",)
    ),
    "AWS::SecurityHub::Standard": More(
        creates="BatchEnableStandards",
        deletes="BatchDisableStandards",
        targets=("standardssubscriptionarns",),
        answers=("standardssubscriptionarn",),
    ),
    "AWS::ServiceCatalog::CloudFormationProduct": More(
        shows=(
            Shows(
                events="(Create|Update|Delete)ProvisioningArtifact",
                fields=("provisioningartifacts", "provisioningartifactparameters"),
            ),
        )
    ),
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": More(
        creates="ProvisionProduct|ImportAsProvisionedProduct"
    ),
    "AWS::ServiceDiscovery::HttpNamespace": More(deletes="DeleteNamespace"),
    "AWS::ServiceDiscovery::PublicDnsNamespace": More(deletes="DeleteNamespace"),
    "AWS::Shield::Protection": More(acts="(Associate|Disassociate)HealthCheck"),
    "AWS::ShieldRegional::Protection": More(acts="(Associate|Disassociate)HealthCheck"),
    "AWS::WorkSpaces::ConnectionAlias": More(acts="(Associate|Disassociate)ConnectionAlias"),
    "AWS::WorkSpaces::Workspace": More(
        acts="MigrateWorkspace", shows=(_WORKSPACE_STATE,), targets=_WORKSPACE_LISTS
    ),
    **{f"AWS::Pinpoint::{kind}": More(targets=("applicationid",)) for kind in _PINPOINT},
    **{
        f"AWS::DataSync::Location{kind}": More(
            deletes="DeleteLocation", targets=("locationarn",), answers=("locationarn",)
        )
        for kind in ("EFS", "FSxLustre", "FSxWindows", "HDFS", "NFS", "ObjectStorage", "S3", "SMB")
    },
}
