"""Kinds that are seldom met: only their own names tell who changed them."""

from tests.worlds.blind.row import N, at, by, call, row, tagging

MAP = tagging(form="map")

POOL = {"userPool": {"id": "$id", "name": "$name", "arn": "$arn"}}
user_pool = row(
    at("AWS::Cognito::UserPool", "cognito-idp", "${region}_${UP:9}", "userpool/$id"),
    config={"UserPoolId": "$id", "UserPoolName": "$name", "Arn": "$arn"},
    by={"userPoolId": "$id"},
    tags=("configuration.UserPoolTags map",),
    tag=MAP,
    create=call("CreateUserPool", {"poolName": "$name"}, POOL),
    delete="DeleteUserPool",
    updates=(by("UpdateUserPool", {"mfaConfiguration": "M$n"}, MfaConfiguration="M$n"),),
    mentions=(by("CreateUserPoolClient", {"clientName": "c"}, {"userPoolClient": {"userPoolId": "$id"}}),),
)

vault = row(
    at("AWS::Backup::BackupVault", "backup", "$name", "backup-vault:$name"),
    config={"BackupVaultName": "$name", "BackupVaultArn": "$arn"},
    by={"backupVaultName": "$name"},
    tags=("configuration.BackupVaultTags map",),
    tag=tagging(form="map", keys="tagKeyList"),
    delete="DeleteBackupVault",
    updates=(by("PutBackupVaultAccessPolicy", {"policy": "{}"}, AccessPolicy='{"n": $n}'),),
    mentions=(by("StartBackupJob", {"resourceArn": "arn:aws:dynamodb:x:y:table/other"}),),
)

transfer_server = row(
    at("AWS::Transfer::Server", "transfer", "s-${hex:17}", "server/$id"),
    name=None,
    config={"ServerId": "$id", "Arn": "$arn"},
    by={"serverId": "$id"},
    answer={"serverId": "$id"},
    tag=tagging("arn"),
    create=call("CreateServer", {"protocols": ["SFTP"]}),
    delete="DeleteServer",
    updates=(by("UpdateServer", {"securityPolicyName": "p$n"}, SecurityPolicyName="p$n"),),
    mentions=(by("CreateUser", {"userName": "u"}, {"serverId": "$id", "userName": "u"}),),
)

QUEUE = {"jobQueueName": "$name", "jobQueueArn": "$arn"}
job_queue = row(
    at("AWS::Batch::JobQueue", "batch", "$arn", "job-queue/$name"),
    config={"JobQueueName": "$name", "JobQueueArn": "$arn"},
    words={"called": ("$name", "$arn")},
    by={"jobQueue": "$called"},
    tags=("configuration.Tags map",),
    tag=MAP,
    create=call("CreateJobQueue", {"jobQueueName": "$name", "priority": 1}, QUEUE),
    delete=call("DeleteJobQueue", {"jobQueue": "$name"}),
    updates=(by("UpdateJobQueue", {"priority": N}, QUEUE, Priority=N),),
    mentions=(by("SubmitJob", {"jobName": "nightly", "jobDefinition": "etl:3"}),),
)

app_config = row(
    at("AWS::AppConfig::Application", "appconfig", "${hex:7}", "application/$id"),
    config={"ApplicationId": "$id", "Name": "$name"},
    by={"applicationId": "$id"},
    answer={"id": "$id", "name": "$name"},
    tag=MAP,
    create=call("CreateApplication", {"name": "$name"}),
    delete="DeleteApplication",
    updates=(by("UpdateApplication", {"description": "d$n"}, Description="d$n"),),
    created=True,
)

detector = row(
    at("AWS::GuardDuty::Detector", "guardduty", "${hex:32}", "detector/$id"),
    name=None,
    config={"Id": "$id"},
    by={"detectorId": "$id"},
    tag=MAP,
    create=call("CreateDetector", {"enable": True}, {"detectorId": "$id"}),
    delete="DeleteDetector",
    updates=(by("UpdateDetector", {"findingPublishingFrequency": "F$n"}, FindingPublishingFrequency="F$n"),),
    mentions=(by("CreateFilter", {"name": "f"}),),
)

airflow = row(
    at("AWS::MWAA::Environment", "airflow", "$name", "environment/$name"),
    config={"Name": "$name", "Arn": "$arn"},
    by={"name": "$name"},
    tags=("configuration.Tags map",),
    tag=MAP,
    delete="DeleteEnvironment",
    updates=(by("UpdateEnvironment", {"maxWorkers": N}, {"arn": "$arn"}, MaxWorkers=N),),
)
