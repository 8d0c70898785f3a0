"""Kinds that are seldom met: only their own names tell who changed them."""

from tests.worlds.blind.row import N, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

MAP = tagging(form="map")
user_pool, vault = kind_of("Cognito::UserPool"), kind_of("Backup::BackupVault")
app_config, detector = kind_of("AppConfig::Application"), kind_of("GuardDuty::Detector")

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

airflow = row(
    at("AWS::MWAA::Environment", "airflow", "$name", "environment/$name"),
    config={"Name": "$name", "Arn": "$arn"},
    by={"name": "$name"},
    tags=("configuration.Tags map",),
    tag=MAP,
    delete="DeleteEnvironment",
    updates=(by("UpdateEnvironment", {"maxWorkers": N}, {"arn": "$arn"}, MaxWorkers=N),),
)
