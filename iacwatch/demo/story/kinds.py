"""AWS objects by kind, as AWS Config describes them; ids are always the same for the same name."""

from collections.abc import Mapping

from iacwatch.core.model import Json
from iacwatch.demo.story.thing import (
    ACCOUNT,
    CREATED,
    REGION,
    SUBNET,
    VPC,
    TagPlace,
    Thing,
    arn_of,
    iam_id,
    relation,
    rule,
    unique,
)


def security_group(name: str, *rules: Mapping[str, Json]) -> Thing:
    """Return a security group."""
    identifier = unique("sg-0", name, 16)
    return Thing(
        type="AWS::EC2::SecurityGroup",
        id=identifier,
        name=name,
        arn=arn_of("ec2", f"security-group/{identifier}"),
        created=None,
        configuration={
            "description": f"{name} tier",
            "groupName": name,
            "ipPermissions": list(rules),
            "ownerId": ACCOUNT,
            "groupId": identifier,
            "ipPermissionsEgress": [rule("-1", 0, "0.0.0.0/0")],
            "vpcId": VPC,
        },
        relationships=(relation("AWS::EC2::VPC", VPC, "Is contained in Vpc"),),
        tag_place=TagPlace.CONFIGURATION,
    )


def instance(seed: str, *, kind: str = "t4g.small") -> Thing:
    """Return an EC2 instance; CIs name no instance."""
    identifier = unique("i-0", seed, 16)
    return Thing(
        type="AWS::EC2::Instance",
        id=identifier,
        arn=arn_of("ec2", f"instance/{identifier}"),
        configuration={
            "instanceId": identifier,
            "imageId": "ami-0c1d2e3f4a5b6c7d8",
            "instanceType": kind,
            "launchTime": CREATED,
            "privateIpAddress": "10.20.3.41",
            "state": {"code": 16, "name": "running"},
            "stateTransitionReason": "",
            "subnetId": SUBNET,
            "vpcId": VPC,
            "securityGroups": [{"groupName": "web", "groupId": unique("sg-0", "web", 16)}],
        },
        relationships=(
            relation("AWS::EC2::Subnet", SUBNET, "Is contained in Subnet"),
            relation("AWS::EC2::VPC", VPC, "Is contained in Vpc"),
        ),
        tag_place=TagPlace.CONFIGURATION,
    )


def subnet(name: str) -> Thing:
    """Return the subnet of the demo's instances."""
    return Thing(
        type="AWS::EC2::Subnet",
        id=SUBNET,
        arn=arn_of("ec2", f"subnet/{SUBNET}"),
        created=None,
        configuration={
            "availabilityZone": "eu-west-1a",
            "availableIpAddressCount": 4068,
            "cidrBlock": "10.20.0.0/20",
            "state": "available",
            "subnetId": SUBNET,
            "vpcId": VPC,
            "ownerId": ACCOUNT,
        },
        tags={"Name": name},
        relationships=(relation("AWS::EC2::VPC", VPC, "Is contained in Vpc"),),
        tag_place=TagPlace.CONFIGURATION,
    )


def queue(name: str) -> Thing:
    """Return an SQS queue; Config's id is its URL."""
    arn = arn_of("sqs", name)
    return Thing(
        type="AWS::SQS::Queue",
        id=f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}",
        name=name,
        arn=arn,
        configuration={
            "QueueArn": arn,
            "DelaySeconds": "0",
            "MaximumMessageSize": "1048576",
            "MessageRetentionPeriod": "345600",
            "VisibilityTimeout": "30",
        },
        tag_place=TagPlace.SUPPLEMENTARY_MAP,
    )


def topic(name: str) -> Thing:
    """Return an SNS topic; Config's id is its ARN."""
    arn = arn_of("sns", name)
    return Thing(
        type="AWS::SNS::Topic",
        id=arn,
        name=name,
        arn=arn,
        created=None,
        configuration={"TopicArn": arn, "Owner": ACCOUNT, "DisplayName": "", "SubscriptionsConfirmed": "2"},
        tag_place=TagPlace.SUPPLEMENTARY_LIST,
    )


def bucket(name: str) -> Thing:
    """Return an S3 bucket."""
    return Thing(
        type="AWS::S3::Bucket",
        id=name,
        name=name,
        arn=f"arn:aws:s3:::{name}",
        configuration={
            "name": name,
            "owner": {"displayName": None, "id": "4f5e6d7c8b9a"},
            "creationDate": CREATED,
        },
        supplementary={
            "BucketPolicy": {"policyText": None},
            "BucketVersioningConfiguration": {"status": "Off", "isMfaDeleteEnabled": None},
            "PublicAccessBlockConfiguration": {"blockPublicAcls": True, "blockPublicPolicy": True},
        },
        tag_place=TagPlace.BUCKET,
    )


def role(name: str) -> Thing:
    """Return an IAM role; its CIs say that their region is ``global``."""
    identifier = iam_id("AROA", name)
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    return Thing(
        type="AWS::IAM::Role",
        id=identifier,
        name=name,
        arn=arn,
        region="global",
        configuration={
            "path": "/",
            "roleName": name,
            "roleId": identifier,
            "arn": arn,
            "createDate": CREATED,
            "maxSessionDuration": 3600,
            "rolePolicyList": [],
            "attachedManagedPolicies": [],
        },
        tag_place=TagPlace.CONFIGURATION,
    )


def policy(name: str) -> Thing:
    """Return a managed IAM policy."""
    identifier = iam_id("ANPA", name)
    arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
    return Thing(
        type="AWS::IAM::Policy",
        id=identifier,
        name=name,
        arn=arn,
        region="global",
        configuration={
            "policyName": name,
            "policyId": identifier,
            "arn": arn,
            "path": "/",
            "defaultVersionId": "v3",
            "attachmentCount": 1,
            "isAttachable": True,
        },
        tag_place=TagPlace.CONFIGURATION,
    )


def function(name: str) -> Thing:
    """Return a Lambda function."""
    arn = arn_of("lambda", f"function:{name}")
    return Thing(
        type="AWS::Lambda::Function",
        id=name,
        name=name,
        arn=arn,
        created=None,
        configuration={
            "functionName": name,
            "functionArn": arn,
            "runtime": "python3.13",
            "role": f"arn:aws:iam::{ACCOUNT}:role/{name}",
            "handler": "app.handler",
            "codeSize": 48_211,
            "memorySize": 256,
            "timeout": 30,
            "codeSha256": unique("", name + "1", 44),
            "lastModified": "2026-10-28T08:02:55.000+0000",
            "revisionId": unique("", name + "r1", 32),
        },
        tag_place=TagPlace.SUPPLEMENTARY_MAP,
    )


def database(name: str) -> Thing:
    """Return an RDS instance; Config's id is the resource id that no call bears."""
    identifier = "db-" + unique("", name, 26).upper()
    return Thing(
        type="AWS::RDS::DBInstance",
        id=identifier,
        name=name,
        arn=arn_of("rds", f"db:{name}"),
        configuration={
            "dBInstanceIdentifier": name,
            "dBInstanceClass": "db.t4g.medium",
            "engine": "postgres",
            "dBInstanceStatus": "available",
            "allocatedStorage": 50,
            "backupRetentionPeriod": 14,
            "multiAZ": False,
            "dbiResourceId": identifier,
        },
        tag_place=TagPlace.SUPPLEMENTARY_LIST,
    )


def table(name: str) -> Thing:
    """Return a DynamoDB table."""
    arn = arn_of("dynamodb", f"table/{name}")
    return Thing(
        type="AWS::DynamoDB::Table",
        id=name,
        name=name,
        arn=arn,
        configuration={
            "tableName": name,
            "tableArn": arn,
            "tableId": unique("", name, 32),
            "tableStatus": "ACTIVE",
            "itemCount": 5_120,
            "deletionProtectionEnabled": True,
            "provisionedThroughput": {"readCapacityUnits": 20, "writeCapacityUnits": 10},
        },
    )


def alarm(name: str) -> Thing:
    """Return a CloudWatch alarm."""
    return Thing(
        type="AWS::CloudWatch::Alarm",
        id=name,
        name=name,
        arn=arn_of("cloudwatch", f"alarm:{name}"),
        created=None,
        configuration={
            "alarmName": name,
            "alarmArn": arn_of("cloudwatch", f"alarm:{name}"),
            "metricName": "ApproximateAgeOfOldestMessage",
            "namespace": "AWS/SQS",
            "threshold": 300.0,
            "period": 60,
            "evaluationPeriods": 5,
        },
    )


def key(seed: str) -> Thing:
    """Return a KMS key."""
    digits = unique("", seed, 32)
    identifier = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
    arn = arn_of("kms", f"key/{identifier}")
    return Thing(
        type="AWS::KMS::Key",
        id=identifier,
        arn=arn,
        configuration={
            "keyId": identifier,
            "arn": arn,
            "description": seed,
            "enabled": True,
            "keyState": "Enabled",
            "currentKeyMaterialId": unique("", seed + "1", 64),
        },
        supplementary={"KeyRotationStatus": True},
        tag_place=TagPlace.SUPPLEMENTARY_KMS,
    )
