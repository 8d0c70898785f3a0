"""Kinds of the blind world that are seldom met: only their own names tell who changed them."""

from tests.worlds.blind.config import MAP
from tests.worlds.blind.kind import store
from tests.worlds.blind.service import CONFIG_UPPER, kind, op, tagging, thing_of


def user_pool(m, name):
    id_ = f"{m.region}_{m.letters(length=9)}"
    arn = m.arn("cognito-idp", f"userpool/{id_}")
    config = {"UserPoolId": id_, "UserPoolName": name, "Arn": arn, "DeletionProtection": "INACTIVE"}
    places = (("configuration", "UserPoolTags", MAP),)
    thing = thing_of(
        m, "AWS::Cognito::UserPool", id_, name=name, arn=arn, config=config, tags=places, created=None
    )

    def update():
        sent = {"UserPoolId": id_, "MfaConfiguration": "OPTIONAL"}
        return op(
            "cognito-idp", "UpdateUserPool", sent, change=store(config, MfaConfiguration=f"n{m.next()}")
        )

    return kind(
        thing,
        create=lambda: op(
            "cognito-idp", "CreateUserPool", {"PoolName": name}, {"UserPool": {"Id": id_, "Arn": arn}}
        ),
        updates=[update],
        delete=lambda: op("cognito-idp", "DeleteUserPool", {"UserPoolId": id_}),
        tags=tagging("cognito-idp", thing, by={"ResourceArn": arn}, form="map"),
        read=("cognito-idp.amazonaws.com", "DescribeUserPool", {"userPoolId": id_}),
    )


def vault(m, name):
    arn = m.arn("backup", f"backup-vault:{name}")
    config = {"BackupVaultName": name, "BackupVaultArn": arn, "AccessPolicy": "{}"}
    places = (("configuration", "BackupVaultTags", MAP),)
    thing = thing_of(
        m, "AWS::Backup::BackupVault", name, name=name, arn=arn, config=config, tags=places, created=None
    )

    def policy():
        change = store(config, AccessPolicy=f'{{"n": {m.next()}}}')
        return op(
            "backup", "PutBackupVaultAccessPolicy", {"BackupVaultName": name, "Policy": "{}"}, change=change
        )

    def job():
        role = f"arn:aws:iam::{m.account}:role/service-role/AWSBackupDefaultServiceRole"
        sent = {"BackupVaultName": name, "ResourceArn": m.arn("dynamodb", "table/other"), "IamRoleArn": role}
        return op("backup", "StartBackupJob", sent, {"BackupJobId": m.uuid()})

    return kind(
        thing,
        updates=[policy],
        delete=lambda: op("backup", "DeleteBackupVault", {"BackupVaultName": name}),
        tags=tagging("backup", thing, by={"ResourceArn": arn}, form="map", keys_key="TagKeyList"),
        read=("backup.amazonaws.com", "DescribeBackupVault", {"backupVaultName": name}),
        mention=job,
    )


def transfer_server(m, name):
    id_ = m.hex("s-")
    arn = m.arn("transfer", f"server/{id_}")
    config = {"ServerId": id_, "Arn": arn, "EndpointType": "PUBLIC", "SecurityPolicyName": "p"}
    thing = thing_of(m, "AWS::Transfer::Server", id_, arn=arn, config=config, tags=CONFIG_UPPER, created=None)

    def update():
        text = f"TransferSecurityPolicy-{m.next()}"
        sent = {"ServerId": id_, "SecurityPolicyName": text}
        return op(
            "transfer", "UpdateServer", sent, {"ServerId": id_}, change=store(config, SecurityPolicyName=text)
        )

    return kind(
        thing,
        updates=[update],
        delete=lambda: op("transfer", "DeleteServer", {"ServerId": id_}),
        tags=tagging("transfer", thing, by={"Arn": arn}),
        read=("transfer.amazonaws.com", "DescribeServer", {"serverId": id_}),
    )


def job_queue(m, name):
    arn = m.arn("batch", f"job-queue/{name}")
    config = {"JobQueueName": name, "JobQueueArn": arn, "Priority": 1, "State": "ENABLED"}
    places = (("configuration", "Tags", MAP),)
    thing = thing_of(
        m, "AWS::Batch::JobQueue", arn, name=name, arn=arn, config=config, tags=places, created=None
    )

    def update():
        number = config["Priority"] + 1
        sent = {"jobQueue": m.pick(name, arn), "priority": number}
        got = {"jobQueueName": name, "jobQueueArn": arn}
        return op("batch", "UpdateJobQueue", sent, got, change=store(config, Priority=number))

    def submit():
        sent = {"jobName": "nightly", "jobQueue": name, "jobDefinition": "etl:3"}
        return op("batch", "SubmitJob", sent, {"jobName": "nightly", "jobId": m.uuid()})

    return kind(
        thing,
        updates=[update],
        delete=lambda: op("batch", "DeleteJobQueue", {"jobQueue": name}),
        tags=tagging(
            "batch", thing, by={"resourceArn": arn}, tags_key="tags", form="map", keys_key="tagKeys"
        ),
        read=("batch.amazonaws.com", "DescribeJobQueues", {"jobQueues": [name]}),
        mention=submit,
    )


def app_config(m, name):
    id_ = m.hex(length=7)
    arn = m.arn("appconfig", f"application/{id_}")
    config = {"ApplicationId": id_, "Name": name, "Description": ""}
    thing = thing_of(
        m, "AWS::AppConfig::Application", id_, name=name, arn=arn, config=config, tags=CONFIG_UPPER
    )

    def update():
        text = f"d{m.next()}"
        sent = {"ApplicationId": id_, "Description": text}
        got = {"Id": id_, "Name": name, "Description": text}
        return op("appconfig", "UpdateApplication", sent, got, change=store(config, Description=text))

    return kind(
        thing,
        create=lambda: op("appconfig", "CreateApplication", {"Name": name}, {"Id": id_, "Name": name}),
        updates=[update],
        delete=lambda: op("appconfig", "DeleteApplication", {"ApplicationId": id_}),
        tags=tagging("appconfig", thing, by={"ResourceArn": arn}, form="map"),
        read=("appconfig.amazonaws.com", "GetApplication", {"applicationId": id_}),
    )


def detector(m, name):
    id_ = m.hex(length=32)
    arn = m.arn("guardduty", f"detector/{id_}")
    config = {"Id": id_, "Enable": True, "FindingPublishingFrequency": "SIX_HOURS"}
    thing = thing_of(
        m, "AWS::GuardDuty::Detector", id_, arn=arn, config=config, tags=CONFIG_UPPER, created=None
    )

    def update():
        sent = {"DetectorId": id_, "FindingPublishingFrequency": "ONE_HOUR"}
        change = store(config, FindingPublishingFrequency=f"F{m.next()}")
        return op("guardduty", "UpdateDetector", sent, change=change)

    return kind(
        thing,
        updates=[update],
        delete=lambda: op("guardduty", "DeleteDetector", {"DetectorId": id_}),
        tags=tagging("guardduty", thing, by={"ResourceArn": arn}, form="map"),
        read=("guardduty.amazonaws.com", "GetDetector", {"detectorId": id_}),
    )


def airflow(m, name):
    arn = m.arn("airflow", f"environment/{name}")
    config = {"Name": name, "Arn": arn, "MaxWorkers": 2}
    places = (("configuration", "Tags", MAP),)
    thing = thing_of(
        m, "AWS::MWAA::Environment", name, name=name, arn=arn, config=config, tags=places, created=None
    )

    def update():
        count = config["MaxWorkers"] + 1
        sent = {"Name": name, "MaxWorkers": count}
        return op("mwaa", "UpdateEnvironment", sent, {"Arn": arn}, change=store(config, MaxWorkers=count))

    return kind(
        thing,
        updates=[update],
        delete=lambda: op("mwaa", "DeleteEnvironment", {"Name": name}),
        tags=tagging("mwaa", thing, by={"ResourceArn": arn}, form="map", keys_key="tagKeys"),
        read=("airflow.amazonaws.com", "GetEnvironment", {"name": name}),
    )
