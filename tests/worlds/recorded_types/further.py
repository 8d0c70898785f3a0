"""Further calls that change an object of a type, each with the property in which its item shows the change."""

from functools import cache

FURTHER = """
Backup::BackupVault backup PutBackupVaultLockConfiguration BackupVaultName=name > LockConfiguration
ECR::Repository ecr DeleteRepositoryPolicy repositoryName=name > RepositoryPolicyText
EFS::FileSystem efs UpdateFileSystemProtection FileSystemId=id > FileSystemProtection
EKS::Cluster eks AssociateEncryptionConfig clusterName=name > EncryptionConfig
Kinesis::Stream kinesis UpdateStreamMode StreamARN=arn > StreamModeDetails
Kinesis::Stream kinesis StartStreamEncryption StreamName=name > StreamEncryption
MSK::Cluster kafka UpdateBrokerType ClusterArn=arn > BrokerNodeGroupInfo
Events::EventBus events RemovePermission EventBusName=name > Policy
Events::Rule events EnableRule Name=name > State
Events::Connection events DeauthorizeConnection Name=name > AuthParameters
KinesisVideo::Stream kinesisvideo UpdateDataRetention StreamName=name > DataRetentionInHours
Grafana::Workspace grafana AssociateLicense workspaceId=id > LicenseType
RDS::EventSubscription rds AddSourceIdentifierToSubscription SubscriptionName=name > SourceIds
RDS::EventSubscription rds RemoveSourceIdentifierFromSubscription SubscriptionName=name > SourceIds
Redshift::ClusterParameterGroup redshift ResetClusterParameterGroup ParameterGroupName=name > Parameters
RolesAnywhere::Profile rolesanywhere DisableProfile profileId=id > Enabled
AppStream::AppBlockBuilder appstream AssociateAppBlockBuilderAppBlock AppBlockBuilderName=name > AppBlockArns
DynamoDB::Table dynamodb EnableKinesisStreamingDestination TableName=name > KinesisStreamSpecification
DynamoDB::Table dynamodb PutResourcePolicy ResourceArn=arn > ResourcePolicy
AmazonMQ::Broker mq CreateUser BrokerId=id > Users
AmazonMQ::Broker mq Promote BrokerId=id > DataReplicationMetadata
AppSync::GraphQLApi appsync PutGraphqlApiEnvironmentVariables apiId=id > EnvironmentVariables
Signer::SigningProfile signer RevokeSigningProfile profileName=name > ProfileStatus
Connect::User connect UpdateUserRoutingProfile UserId=id > RoutingProfileArn
"""

PARTS = """
Bedrock::Guardrail bedrock CreateGuardrailVersion guardrailIdentifier=id
S3Tables::TableBucket s3tables CreateNamespace tableBucketARN=arn
Cognito::UserPool cognito-idp CreateGroup UserPoolId=id
EKS::Cluster eks CreatePodIdentityAssociation clusterName=name
EKS::Cluster eks UpdateAddon clusterName=name
AppConfig::Application appconfig StartDeployment ApplicationId=id
AppConfig::Application appconfig CreateEnvironment ApplicationId=id
GuardDuty::Detector guardduty CreateMembers DetectorId=id
IoTSiteWise::Portal iotsitewise CreateProject portalId=id
CustomerProfiles::Domain customer-profiles PutIntegration DomainName=name
M2::Environment m2 CreateDeployment environmentId=id
EMRServerless::Application emr-serverless StartJobRun applicationId=id
StepFunctions::StateMachine stepfunctions PublishStateMachineVersion stateMachineArn=arn
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
