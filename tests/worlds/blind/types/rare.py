"""Kinds that are seldom met: only their own names tell who changed them."""

from tests.worlds.blind.row import N, at, by, call, row, tagging

MAP = tagging(form="map")

user_pool = row(
    at("AWS::Cognito::UserPool", "cognito-idp", "${region}_${UP:9}", "userpool/$id"),
    config={"UserPoolId": "$id", "UserPoolName": "$name", "Arn": "$arn", "DeletionProtection": "INACTIVE"},
    by={"userPoolId": "$id"},
    tags=("configuration.UserPoolTags map",),
    tag=MAP,
    create=call(
        "CreateUserPool", {"poolName": "$name"}, {"userPool": {"id": "$id", "name": "$name", "arn": "$arn"}}
    ),
    delete="DeleteUserPool",
    updates=(by("UpdateUserPool", {"mfaConfiguration": "M$n"}, MfaConfiguration="M$n"),),
    mentions=(
        by("AdminCreateUser", {"username": "u"}),
        by("CreateUserPoolClient", {"clientName": "c"}, {"userPoolClient": {"userPoolId": "$id"}}),
        by("CreateGroup", {"groupName": "g"}),
    ),
)

vault = row(
    at("AWS::Backup::BackupVault", "backup", "$name", "backup-vault:$name"),
    config={"BackupVaultName": "$name", "BackupVaultArn": "$arn", "AccessPolicy": "{}"},
    by={"backupVaultName": "$name"},
    tags=("configuration.BackupVaultTags map",),
    tag=tagging(form="map", keys="tagKeyList"),
    delete="DeleteBackupVault",
    updates=(by("PutBackupVaultAccessPolicy", {"policy": "{}"}, AccessPolicy='{"n": $n}'),),
    mentions=(
        by(
            "StartBackupJob",
            {"resourceArn": "arn:aws:dynamodb:x:y:table/other", "iamRoleArn": "r"},
            {"backupJobId": "j"},
        ),
    ),
)

PLAN = {"backupPlanId": "$uuid"}
backup_plan = row(
    at("AWS::Backup::BackupPlan", "backup", "$uuid", "backup-plan:$uuid"),
    config={"BackupPlanId": "$uuid", "Name": "$name"},
    by=PLAN,
    tag=MAP,
    create=call(
        "CreateBackupPlan", {"backupPlan": {"backupPlanName": "$name"}}, {**PLAN, "backupPlanArn": "$arn"}
    ),
    delete=by("DeleteBackupPlan", {}, PLAN),
    updates=(by("UpdateBackupPlan", {"backupPlan": {}}, PLAN),),
    mentions=(by("CreateBackupSelection", {"backupSelection": {}}, {**PLAN, "selectionId": "s"}),),
)

transfer_server = row(
    at("AWS::Transfer::Server", "transfer", "s-${hex:17}", "server/$id"),
    name=None,
    config={"ServerId": "$id", "Arn": "$arn", "EndpointType": "PUBLIC", "SecurityPolicyName": "p"},
    by={"serverId": "$id"},
    tag=tagging("arn"),
    create=call("CreateServer", {"protocols": ["SFTP"]}, {"serverId": "$id"}),
    delete="DeleteServer",
    updates=(
        by("UpdateServer", {"securityPolicyName": "p$n"}, {"serverId": "$id"}, SecurityPolicyName="p$n"),
    ),
    mentions=(by("CreateUser", {"userName": "u"}, {"serverId": "$id", "userName": "u"}),),
)

QUEUE = {"jobQueueName": "$name", "jobQueueArn": "$arn"}
job_queue = row(
    at("AWS::Batch::JobQueue", "batch", "$arn", "job-queue/$name"),
    config={"JobQueueName": "$name", "JobQueueArn": "$arn", "Priority": 1, "State": "ENABLED"},
    words={"called": ("$name", "$arn")},
    by={"jobQueue": "$called"},
    tags=("configuration.Tags map",),
    tag=MAP,
    create=call("CreateJobQueue", {"jobQueueName": "$name", "priority": 1}, QUEUE),
    delete=call("DeleteJobQueue", {"jobQueue": "$name"}),
    updates=(by("UpdateJobQueue", {"priority": N}, QUEUE, Priority=N),),
    mentions=(by("SubmitJob", {"jobName": "nightly", "jobDefinition": "etl:3"}, {"jobId": "j"}),),
)

app_config = row(
    at("AWS::AppConfig::Application", "appconfig", "${hex:7}", "application/$id"),
    config={"ApplicationId": "$id", "Name": "$name", "Description": ""},
    by={"applicationId": "$id"},
    tag=MAP,
    create=call("CreateApplication", {"name": "$name"}, {"id": "$id", "name": "$name"}),
    delete="DeleteApplication",
    updates=(
        by("UpdateApplication", {"description": "d$n"}, {"id": "$id", "name": "$name"}, Description="d$n"),
    ),
    created=True,
)

detector = row(
    at("AWS::GuardDuty::Detector", "guardduty", "${hex:32}", "detector/$id"),
    name=None,
    config={"Id": "$id", "Enable": True, "FindingPublishingFrequency": "SIX_HOURS"},
    by={"detectorId": "$id"},
    tag=MAP,
    create=call("CreateDetector", {"enable": True}, {"detectorId": "$id"}),
    delete="DeleteDetector",
    updates=(by("UpdateDetector", {"findingPublishingFrequency": "F$n"}, FindingPublishingFrequency="F$n"),),
    mentions=(by("CreateFilter", {"name": "f"}),),
)

airflow = row(
    at("AWS::MWAA::Environment", "airflow", "$name", "environment/$name"),
    config={"Name": "$name", "Arn": "$arn", "MaxWorkers": 2},
    by={"name": "$name"},
    tags=("configuration.Tags map",),
    tag=MAP,
    delete="DeleteEnvironment",
    updates=(by("UpdateEnvironment", {"maxWorkers": N}, {"arn": "$arn"}, MaxWorkers=N),),
)

FOUND = {"documentDescription": {"name": "$name"}}
document = row(
    at("AWS::SSM::Document", "ssm", "$name", "document/$name"),
    config={"Name": "$name", "DocumentVersion": "1"},
    by={"name": "$name"},
    tag=tagging(
        {"resourceType": "Document", "resourceId": "$name"},
        calls=("AddTagsToResource", "RemoveTagsFromResource"),
    ),
    create=by("CreateDocument", {"content": "{}"}, FOUND),
    delete="DeleteDocument",
    updates=(by("UpdateDocument", {"content": "{}"}, FOUND, DocumentVersion="$n"),),
    mentions=(
        call("SendCommand", {"documentName": "$name", "instanceIds": ["$i"]}),
        by("CreateAssociation", {"targets": []}),
        by("PutParameter", {"value": "HIDDEN_DUE_TO_SECURITY_REASONS"}),
    ),
)

notebook = row(
    at("AWS::SageMaker::NotebookInstance", "sagemaker", "$name", "notebook-instance/$name"),
    config={"NotebookInstanceName": "$name", "InstanceType": "ml.t3.medium"},
    by={"notebookInstanceName": "$name"},
    tag=tagging(calls=("AddTags", "DeleteTags")),
    create=by("CreateNotebookInstance", {"roleArn": "r"}, {"notebookInstanceArn": "$arn"}),
    delete="DeleteNotebookInstance",
    updates=(by("UpdateNotebookInstance", {"instanceType": "ml.t$n"}, InstanceType="ml.t$n"),),
    mentions=(by("CreatePresignedNotebookInstanceUrl"),),
)

broker = row(
    at("AWS::AmazonMQ::Broker", "amazonmq", "b-$uuid", "arn:aws:mq:$region:$account:broker:$name:$id"),
    config={"Id": "$id", "BrokerName": "$name", "AutoMinorVersionUpgrade": False},
    by={"broker-id": "$id"},
    tag=tagging("resource-arn", form="map", calls=("CreateTags", "DeleteTags")),
    create=call("CreateBroker", {"brokerName": "$name"}, {"brokerId": "$id", "brokerArn": "$arn"}),
    delete=by("DeleteBroker", {}, {"brokerId": "$id"}),
    updates=(by("UpdateBroker", {"engineVersion": "5.$n"}, {"brokerId": "$id"}, EngineVersion="5.$n"),),
    mentions=(by("CreateUser", {"username": "u"}),),
)

code_application = row(
    at("AWS::CodeDeploy::Application", "codedeploy", "$uuid", "application:$name"),
    config={"ApplicationName": "$name", "ApplicationId": "$uuid"},
    by={"applicationName": "$name"},
    create=by("CreateApplication", {}, {"applicationId": "$uuid"}),
    delete="DeleteApplication",
    updates=(by("UpdateApplication", {"newApplicationName": "$name-$n"}, ApplicationName="$name-$n"),),
    mentions=(
        by("CreateDeployment", {"deploymentGroupName": "g"}),
        by("CreateDeploymentGroup", {"deploymentGroupName": "g"}),
        call("CreateApplication", {"applicationName": "$name"}, service="elasticbeanstalk"),
    ),
)

analyzer = row(
    at("AWS::AccessAnalyzer::Analyzer", "access-analyzer", "$arn", "analyzer/$name"),
    config={"AnalyzerName": "$name", "Arn": "$arn"},
    by={"analyzerName": "$name"},
    tag=MAP,
    create=by("CreateAnalyzer", {"type": "ACCOUNT"}, {"arn": "$arn"}),
    delete="DeleteAnalyzer",
    updates=(by("UpdateAnalyzer"),),
    mentions=(by("CreateArchiveRule", {"ruleName": "r"}),),
)

discovery_service = row(
    at("AWS::ServiceDiscovery::Service", "servicediscovery", "srv-${up:10}", "service/$id"),
    config={"Id": "$id", "Name": "$name"},
    by={"id": "$id"},
    tag=tagging("resourceARN"),
    create=call("CreateService", {"name": "$name"}, {"service": {"id": "$id", "arn": "$arn"}}),
    delete="DeleteService",
    updates=(by("UpdateService", {"service": {}}, {"operationId": "o"}),),
    mentions=(
        call("RegisterInstance", {"serviceId": "$id", "instanceId": "i"}),
        call("CreateService", {"cluster": "c", "serviceName": "$name"}, service="ecs"),
    ),
)
