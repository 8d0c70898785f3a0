"""Further calls that change an object of a type, each with the property in which its item shows the change."""

from functools import cache

FURTHER = """
NetworkFirewall::Firewall network-firewall AssociateSubnets FirewallName=name > SubnetMappings
Backup::BackupVault backup PutBackupVaultNotifications BackupVaultName=name > Notifications
Backup::BackupVault backup PutBackupVaultLockConfiguration BackupVaultName=name > LockConfiguration
ECR::Repository ecr DeleteRepositoryPolicy repositoryName=name > RepositoryPolicyText
EFS::FileSystem efs UpdateFileSystemProtection FileSystemId=id > FileSystemProtection
EKS::Cluster eks AssociateEncryptionConfig clusterName=name > EncryptionConfig
Kinesis::Stream kinesis UpdateStreamMode StreamARN=arn > StreamModeDetails
Kinesis::Stream kinesis DecreaseStreamRetentionPeriod StreamARN=arn > RetentionPeriodHours
Kinesis::Stream kinesis StartStreamEncryption StreamName=name > StreamEncryption
MSK::Cluster kafka UpdateBrokerType ClusterArn=arn > BrokerNodeGroupInfo
MSK::Cluster kafka UpdateMonitoring ClusterArn=arn > EnhancedMonitoring
AccessAnalyzer::Analyzer accessanalyzer DeleteArchiveRule analyzerName=name > ArchiveRules
ServiceDiscovery::HttpNamespace servicediscovery UpdateHttpNamespace Id=id > Description
Route53Resolver::ResolverEndpoint route53resolver DisassociateResolverEndpointIpAddress ResolverEndpointId=id > IpAddresses
Route53Resolver::FirewallDomainList route53resolver ImportFirewallDomains FirewallDomainListId=id > Domains
Route53Resolver::FirewallRuleGroup route53resolver DeleteFirewallRule FirewallRuleGroupId=id > FirewallRules
Events::EventBus events RemovePermission EventBusName=name > Policy
Events::Rule events EnableRule Name=name > State
Events::Connection events DeauthorizeConnection Name=name > AuthParameters
Lightsail::Bucket lightsail UpdateBucketBundle bucketName=name > BundleId
Lightsail::StaticIp lightsail AttachStaticIp staticIpName=name > AttachedTo
IoTSiteWise::Gateway iotsitewise UpdateGatewayCapabilityConfiguration gatewayId=id > GatewayCapabilitySummaries
IoTSiteWise::Asset iotsitewise UpdateAssetProperty assetId=id > AssetProperties
IoTSiteWise::Asset iotsitewise AssociateAssets assetId=id > AssetHierarchies
KinesisVideo::SignalingChannel kinesisvideo UpdateSignalingChannel ChannelARN=arn > MessageTtlSeconds
KinesisVideo::Stream kinesisvideo UpdateDataRetention StreamName=name > DataRetentionInHours
SageMaker::Image sagemaker UpdateImage ImageName=name > ImageDescription
CodeArtifact::Repository codeartifact PutRepositoryPermissionsPolicy repository=name > PermissionsPolicyDocument
CodeArtifact::Repository codeartifact AssociateExternalConnection repository=name > ExternalConnections
CodeArtifact::Domain codeartifact PutDomainPermissionsPolicy domain=name > PermissionsPolicyDocument
KinesisFirehose::DeliveryStream firehose StartDeliveryStreamEncryption DeliveryStreamName=name > DeliveryStreamEncryptionConfigurationInput
ResilienceHub::App resiliencehub PutDraftAppVersionTemplate appArn=arn > AppTemplateBody
Logs::Destination logs PutDestinationPolicy destinationName=name > DestinationPolicy
CodeGuruProfiler::ProfilingGroup codeguruprofiler PutPermission profilingGroupName=name > AgentPermissions
Connect::Instance connect UpdateInstanceAttribute InstanceId=id > Attributes
Grafana::Workspace grafana AssociateLicense workspaceId=id > LicenseType
QuickSight::DataSource quicksight UpdateDataSourcePermissions DataSourceId=id > Permissions
RDS::EventSubscription rds AddSourceIdentifierToSubscription SubscriptionName=name > SourceIds
RDS::EventSubscription rds RemoveSourceIdentifierFromSubscription SubscriptionName=name > SourceIds
Redshift::ClusterParameterGroup redshift ResetClusterParameterGroup ParameterGroupName=name > Parameters
S3Tables::TableBucket s3tables PutTableBucketMaintenanceConfiguration tableBucketARN=arn > UnreferencedFileRemoval
S3Tables::TableBucket s3tables DeleteTableBucketEncryption tableBucketARN=arn > EncryptionConfiguration
RolesAnywhere::Profile rolesanywhere DisableProfile profileId=id > Enabled
RolesAnywhere::Profile rolesanywhere PutAttributeMapping profileId=id > AttributeMappings
RolesAnywhere::TrustAnchor rolesanywhere DisableTrustAnchor trustAnchorId=id > Enabled
Redshift::Integration redshift ModifyIntegration IntegrationArn=arn > IntegrationDescription
IoT::ThingGroup iot UpdateThingGroup thingGroupName=name > ThingGroupProperties
AppStream::AppBlockBuilder appstream AssociateAppBlockBuilderAppBlock AppBlockBuilderName=name > AppBlockArns
AppStream::AppBlockBuilder appstream StopAppBlockBuilder Name=name > State
DynamoDB::Table dynamodb EnableKinesisStreamingDestination TableName=name > KinesisStreamSpecification
DynamoDB::Table dynamodb PutResourcePolicy ResourceArn=arn > ResourcePolicy
Backup::RestoreTestingPlan backup UpdateRestoreTestingPlan RestoreTestingPlanName=name > ScheduleExpression
AmazonMQ::Broker mq CreateUser BrokerId=id > Users
AmazonMQ::Broker mq Promote BrokerId=id > DataReplicationMetadata
AppSync::GraphQLApi appsync PutGraphqlApiEnvironmentVariables apiId=id > EnvironmentVariables
Signer::SigningProfile signer RevokeSigningProfile profileName=name > ProfileStatus
Connect::User connect UpdateUserRoutingProfile UserId=id > RoutingProfileArn
Connect::User connect UpdateUserSecurityProfiles UserId=id > SecurityProfileArns
"""

PARTS = """
Bedrock::Guardrail bedrock CreateGuardrailVersion guardrailIdentifier=id
Bedrock::Prompt bedrock-agent CreatePromptVersion promptIdentifier=id
Bedrock::KnowledgeBase bedrock-agent CreateDataSource knowledgeBaseId=id
SageMaker::Domain sagemaker CreateUserProfile DomainId=id
MediaPackageV2::Channel mediapackagev2 PutChannelPolicy ChannelName=name
MediaPackageV2::Channel mediapackagev2 CreateOriginEndpoint ChannelName=name
S3Tables::TableBucket s3tables PutTableBucketPolicy tableBucketARN=arn
S3Tables::TableBucket s3tables CreateNamespace tableBucketARN=arn
AppSync::GraphQLApi appsync CreateApiCache apiId=id
AppSync::GraphQLApi appsync CreateDataSource apiId=id
Cognito::UserPool cognito-idp CreateGroup UserPoolId=id
Cognito::UserPool cognito-idp CreateUserPoolDomain UserPoolId=id
EKS::Cluster eks CreatePodIdentityAssociation clusterName=name
EKS::Cluster eks UpdateAddon clusterName=name
Athena::WorkGroup athena CreatePreparedStatement WorkGroup=name
Events::EventBus events CreateArchive EventSourceArn=arn
Transfer::Server transfer CreateAgreement ServerId=id
AppConfig::Application appconfig StartDeployment ApplicationId=id
AppConfig::Application appconfig CreateEnvironment ApplicationId=id
Amplify::App amplify CreateBranch appId=id
Amplify::App amplify CreateDomainAssociation appId=id
GuardDuty::Detector guardduty CreatePublishingDestination DetectorId=id
GuardDuty::Detector guardduty CreateMembers DetectorId=id
IoTSiteWise::Portal iotsitewise CreateProject portalId=id
IoTSiteWise::Project iotsitewise CreateDashboard projectId=id
Grafana::Workspace grafana CreateWorkspaceApiKey workspaceId=id
IVS::Channel ivs CreateStreamKey channelArn=arn
ImageBuilder::ImagePipeline imagebuilder StartImagePipelineExecution imagePipelineArn=arn
CustomerProfiles::Domain customer-profiles PutIntegration DomainName=name
Kendra::Index kendra CreateDataSource IndexId=id
M2::Environment m2 CreateDeployment environmentId=id
EMRServerless::Application emr-serverless StartJobRun applicationId=id
StepFunctions::StateMachine stepfunctions PublishStateMachineVersion stateMachineArn=arn
QuickSight::Template quicksight CreateTemplateAlias TemplateId=id
EMR::Studio emr CreateStudioSessionMapping StudioId=id
AmazonMQ::Broker mq RebootBroker BrokerId=id
ServiceCatalog::Portfolio servicecatalog AssociatePrincipalWithPortfolio PortfolioId=id
SSM::Document ssm SendCommand DocumentName=name
IoT::ThingGroup iot AddThingToThingGroup thingGroupName=name
DMS::Endpoint dms TestConnection EndpointArn=arn
Redshift::ClusterParameterGroup redshift CreateCluster ClusterParameterGroupName=name
"""


@cache
def table(text):
    """Return rows by type: each a call, with the parameter that names the object, and the property it changes."""
    found = {}
    for line in text.strip().splitlines():
        type_, service, op, where, *rest = line.split()
        member, slot = where.split("=")
        row = {"service": service, "op": op, "sent": {member: slot}, "shows": rest[1] if rest else None}
        found.setdefault(f"AWS::{type_}", []).append(row)
    return found
