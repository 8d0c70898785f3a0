"""Storage and secrets: buckets, tables, file systems, keys."""

from tests.worlds.kind import Call, Kind

ACCESS = {"ipProtocol": "tcp"}


def _bucket(name: str, key: str, section: str, **more: object) -> Call:
    return Call(
        name,
        {"bucketName": "$name", "Host": "$name.s3.$region.amazonaws.com", key: "", **more},
        paths=((f"SupplementaryConfiguration.{section}", None, {"x": "y"}),),
        resources=("$arn",),
    )


BUCKET = Kind(
    type="AWS::S3::Bucket",
    source="s3",
    id="$name",
    arn="arn:aws:s3:::$name",
    tags_in="bucket",
    config={"name": "$name", "owner": {"id": "x"}, "region": "$region"},
    create=Call(
        "CreateBucket",
        {
            "bucketName": "$name",
            "Host": "s3.$region.amazonaws.com",
            "CreateBucketConfiguration": {"LocationConstraint": "$region"},
        },
        resources=("$arn",),
    ),
    delete=Call(
        "DeleteBucket", {"bucketName": "$name", "Host": "$name.s3.amazonaws.com"}, resources=("$arn",)
    ),
    updates=(
        _bucket(
            "PutBucketPolicy", "policy", "BucketPolicy", bucketPolicy={"Statement": [{"Resource": "$arn/*"}]}
        ),
        _bucket("PutBucketLifecycle", "lifecycle", "BucketLifecycleConfiguration"),
        _bucket("PutBucketVersioning", "versioning", "BucketVersioningConfiguration"),
        _bucket("PutBucketPublicAccessBlock", "publicAccessBlock", "PublicAccessBlockConfiguration"),
        _bucket("DeleteBucketPolicy", "policy", "BucketPolicy"),
        _bucket("PutBucketEncryption", "encryption", "ServerSideEncryptionConfiguration"),
    ),
    tag=Call(
        "PutBucketTagging",
        {
            "bucketName": "$name",
            "tagging": "",
            "Host": "$name.s3.amazonaws.com",
            "Tagging": {"TagSet": {"Tag": {"Key": "$tagkey", "Value": "$tagvalue"}}},
        },
        resources=("$arn",),
    ),
    untag=Call("DeleteBucketTagging", {"bucketName": "$name", "tagging": ""}, resources=("$arn",)),
    mentions=(
        Call(
            "PutBucketPolicy",
            {"bucketName": "$other", "bucketPolicy": {"Statement": [{"Resource": ["$arn", "$arn/*"]}]}},
            resources=("arn:aws:s3:::$other",),
        ),
        Call(
            "PutBucketLogging",
            {"bucketName": "$other", "BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": "$name"}}},
        ),
        Call(
            "CreateTrail",
            {"name": "t", "s3BucketName": "$name"},
            {"s3BucketName": "$name"},
            source="cloudtrail",
        ),
        Call("UpdateFunctionCode20150331v2", {"functionName": "f", "s3Bucket": "$name"}, source="lambda"),
        Call("CreateAccessPoint", {"name": "$name", "bucket": "$name", "bucketName": "$name"}),
    ),
)

TABLE = Kind(
    type="AWS::DynamoDB::Table",
    source="dynamodb",
    id="$name",
    arn="arn:aws:dynamodb:$region:$account:table/$name",
    tags_in="supplementary.Tags.list",
    config={"tableName": "$name", "tableArn": "$arn", "tableStatus": "ACTIVE"},
    create=Call(
        "CreateTable",
        {"tableName": "$name"},
        {"tableDescription": {"tableName": "$name", "tableArn": "$arn", "tableId": "$uuid"}},
    ),
    delete=Call(
        "DeleteTable",
        {"tableName": "$name"},
        {"tableDescription": {"tableName": "$name", "tableArn": "$arn"}},
        resources=("$arn",),
    ),
    updates=(
        Call(
            "UpdateTable",
            {"tableName": "$name", "billingMode": "PAY_PER_REQUEST"},
            {"tableDescription": {"tableName": "$name", "tableArn": "$arn"}},
            paths=(("Configuration.BillingModeSummary", None, {"billingMode": "PAY_PER_REQUEST"}),),
            resources=("$arn",),
        ),
        Call(
            "UpdateContinuousBackups",
            {"tableName": "$arn", "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": False}},
            paths=(("SupplementaryConfiguration.ContinuousBackupsDescription", "a", "b"),),
        ),
        Call(
            "UpdateTimeToLive",
            {"tableName": "$name", "timeToLiveSpecification": {"enabled": True}},
            paths=(("Configuration.TimeToLive", None, "x"),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": [{"key": "$tagkey", "value": "$tagvalue"}]}),
    untag=Call("UntagResource", {"resourceArn": "$arn", "tagKeys": ["$tagkey"]}),
    mentions=(
        Call("CreateBackup", {"tableName": "$name", "backupName": "b"}),
        Call(
            "CreateEventSourceMapping20150331",
            {"functionName": "f", "eventSourceArn": "$arn/stream/x"},
            source="lambda",
        ),
        Call("CreateTable", {"tableName": "$name"}, {"table": {"name": "$name"}}, source="glue"),
        Call("UpdateTable", {"tableName": "$name", "keyspaceName": "k"}, source="cassandra"),
    ),
)

FILES = Kind(
    type="AWS::EFS::FileSystem",
    source="elasticfilesystem",
    id="fs-0$hex",
    name="$id",
    arn="arn:aws:elasticfilesystem:$region:$account:file-system/$id",
    tags_in="configuration.FileSystemTags",
    config={"FileSystemId": "$id", "Arn": "$arn"},
    create=Call(
        "CreateFileSystem", {"creationToken": "$uuid"}, {"fileSystemId": "$id", "fileSystemArn": "$arn"}
    ),
    delete=Call("DeleteFileSystem", {"fileSystemId": "$id"}),
    updates=(
        Call(
            "PutLifecycleConfiguration",
            {"fileSystemId": "$id"},
            paths=(("Configuration.LifecyclePolicies.0", None, {"x": "y"}),),
        ),
        Call(
            "UpdateFileSystem",
            {"fileSystemId": "$id", "throughputMode": "elastic"},
            {"fileSystemId": "$id"},
            paths=(("Configuration.ThroughputMode", "bursting", "elastic"),),
        ),
    ),
    tag=Call("TagResource", {"resourceId": "$id", "tags": [{"key": "$tagkey", "value": "$tagvalue"}]}),
    mentions=(
        Call(
            "CreateAccessPoint",
            {"fileSystemId": "$id"},
            {"accessPointId": "fsap-0$hex", "fileSystemId": "$id"},
        ),
    ),
)

KEY = Kind(
    type="AWS::KMS::Key",
    source="kms",
    id="$uuid",
    name=None,
    arn="arn:aws:kms:$region:$account:key/$uuid",
    tags_in="supplementary.Tags.kms",
    config={"keyId": "$id", "arn": "$arn", "enabled": True},
    create=Call(
        "CreateKey",
        {"description": "x"},
        {"keyMetadata": {"keyId": "$id", "arn": "$arn"}},
        resources=("$arn",),
    ),
    delete=Call("DeleteKey", None, None, resources=("$arn",)),
    updates=(
        Call(
            "DisableKey",
            {"keyId": "$id"},
            {"keyId": "$arn"},
            paths=(("Configuration.Enabled", True, False),),
            resources=("$arn",),
        ),
        Call(
            "PutKeyPolicy",
            {"keyId": "$arn", "policyName": "default"},
            paths=(("SupplementaryConfiguration.Policy", "a", "b"),),
            resources=("$arn",),
        ),
        Call(
            "ScheduleKeyDeletion",
            {"keyId": "$id", "pendingWindowInDays": 7},
            {"keyId": "$arn"},
            paths=(("Configuration.KeyState", "Enabled", "PendingDeletion"),),
            resources=("$arn",),
        ),
    ),
    tag=Call(
        "TagResource",
        {"keyId": "$id", "tags": [{"tagKey": "$tagkey", "tagValue": "$tagvalue"}]},
        resources=("$arn",),
    ),
    mentions=(
        Call("CreateSecret", {"name": "x", "kmsKeyId": "$arn"}, source="secretsmanager"),
        Call("GenerateDataKey", {"keyId": "$arn"}, resources=("$arn",)),
        Call(
            "CreateVolume",
            {"kmsKeyId": "$arn", "size": "8"},
            {"volumeId": "$vol", "kmsKeyId": "$arn"},
            source="ec2",
        ),
    ),
)

SECRET = Kind(
    type="AWS::SecretsManager::Secret",
    source="secretsmanager",
    id="$arn",
    arn="arn:aws:secretsmanager:$region:$account:secret:$name-AbCd3f",
    tags_in="configuration.Tags",
    config={"Name": "$name", "Id": "$arn"},
    create=Call("CreateSecret", {"name": "$name", "clientRequestToken": "$uuid"}, {"arn": "$arn"}),
    delete=Call("DeleteSecret", {"secretId": "$name"}, {"name": "$name", "aRN": "$arn"}),
    updates=(
        Call("UpdateSecret", {"secretId": "$arn", "description": "x"}, {"arn": "$arn", "name": "$name"}),
        Call(
            "RotateSecret",
            {"secretId": "$name"},
            {"aRN": "$arn"},
            paths=(("Configuration.RotationEnabled", False, True),),
        ),
        Call(
            "PutResourcePolicy",
            {"secretId": "arn:aws:secretsmanager:$region:$account:secret:$name"},
            {"aRN": "$arn"},
            paths=(("Configuration.ResourcePolicy", None, "{}"),),
        ),
    ),
    tag=Call("TagResource", {"secretId": "$name", "tags": [{"key": "$tagkey", "value": "$tagvalue"}]}),
    mentions=(
        Call(
            "RegisterTaskDefinition",
            {"family": "f", "containerDefinitions": [{"secrets": [{"valueFrom": "$arn"}]}]},
            source="ecs",
        ),
        Call("PutParameter", {"name": "$name", "type": "String"}, source="ssm"),
    ),
)

KINDS = (BUCKET, TABLE, FILES, KEY, SECRET)
