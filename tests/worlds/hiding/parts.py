"""Calls on what hangs on an object and has a life of its own: they never explain, nor stain, the object's change.

A row: the kind, the call, and the parameter by which it names the object (by its name, id or ARN).
"""

from tests.worlds.blind import builders, messages
from tests.worlds.blind.types import (
    balancers,
    compute,
    databases,
    edge,
    gateways,
    global_types,
    iam,
    rare,
    secrets,
    storage,
    streams,
    vpc,
)

ROWS = (
    (compute.function, "lambda", "PublishVersion20150331", "functionName=name"),
    (compute.function, "lambda", "CreateAlias20150331", "functionName=name"),
    (compute.function, "lambda", "CreateFunctionUrlConfig", "functionName=arn"),
    (compute.function, "lambda", "PutFunctionEventInvokeConfig", "functionName=name"),
    (compute.function, "lambda", "CreateEventSourceMapping20150331", "functionName=arn"),
    (compute.function, "lambda", "PutProvisionedConcurrencyConfig", "functionName=name"),
    (compute.eks, "eks", "CreateAddon", "clusterName=name"),
    (compute.eks, "eks", "DeleteNodegroup", "clusterName=name"),
    (compute.repository, "ecr", "PutImage", "repositoryName=name"),
    (databases.table, "dynamodb", "CreateBackup", "tableName=name"),
    (databases.table, "dynamodb", "ExportTableToPointInTime", "tableArn=arn"),
    (databases.db_instance, "rds", "CreateDBSnapshot", "dBInstanceIdentifier=name"),
    (databases.db_instance, "rds", "StartExportTask", "sourceArn=arn"),
    (databases.db_instance, "rds", "CreateDBInstanceReadReplica", "sourceDBInstanceIdentifier=name"),
    (databases.db_cluster, "rds", "CreateDBClusterSnapshot", "dBClusterIdentifier=name"),
    (databases.db_subnet_group, "rds", "CreateDBInstance", "dBSubnetGroupName=name"),
    (storage.bucket, "s3", "CreateAccessPoint", "bucket=name"),
    (storage.file_system, "elasticfilesystem", "CreateAccessPoint", "fileSystemId=id"),
    (balancers.load_balancer, "elasticloadbalancing", "CreateListener", "loadBalancerArn=arn"),
    (balancers.listener, "elasticloadbalancing", "CreateRule", "listenerArn=arn"),
    (balancers.target_group, "elasticloadbalancing", "CreateListener", "targetGroupArn=arn"),
    (balancers.scaling_group, "autoscaling", "PutScalingPolicy", "autoScalingGroupName=name"),
    (balancers.scaling_group, "autoscaling", "PutScheduledUpdateGroupAction", "autoScalingGroupName=name"),
    (balancers.scaling_group, "autoscaling", "PutWarmPool", "autoScalingGroupName=name"),
    (iam.user, "iam", "CreateAccessKey", "userName=name"),
    (iam.user, "iam", "CreateLoginProfile", "userName=name"),
    (iam.role, "iam", "PassRole", "roleName=name"),
    (iam.policy, "iam", "AttachUserPolicy", "policyArn=arn"),
    (secrets.key, "kms", "CreateAlias", "targetKeyId=id"),
    (secrets.key, "kms", "CreateGrant", "keyId=arn"),
    (secrets.key, "kms", "GenerateDataKeyWithoutPlaintext", "keyId=arn"),
    (secrets.secret, "secretsmanager", "PutResourcePolicy", "secretId=arn"),
    (messages.topic, "sns", "Subscribe", "topicArn=arn"),
    (messages.queue, "sqs", "PurgeQueue", "queueUrl=id"),
    (messages.state_machine, "states", "CreateStateMachineAlias", "stateMachineArn=arn"),
    (messages.alarm, "monitoring", "SetAlarmState", "alarmName=name"),
    (streams.stream, "kinesis", "RegisterStreamConsumer", "streamARN=arn"),
    (streams.kafka, "kafka", "PutClusterPolicy", "clusterArn=arn"),
    (streams.kafka, "kafka", "CreateVpcConnection", "targetClusterArn=arn"),
    (global_types.distribution, "cloudfront", "CreateInvalidation", "distributionId=id"),
    (edge.web_acl, "wafv2", "AssociateWebACL", "webACLArn=arn"),
    (edge.firewall, "network-firewall", "PutResourcePolicy", "resourceArn=arn"),
    (edge.certificate, "elasticloadbalancing", "AddListenerCertificates", "certificateArn=arn"),
    (gateways.http_api, "apigateway", "CreateApiMapping", "apiId=id"),
    (rare.vault, "backup", "StartBackupJob", "backupVaultName=name"),
    (rare.job_queue, "batch", "SubmitJob", "jobQueue=name"),
    (rare.detector, "guardduty", "CreateFilter", "detectorId=id"),
    (builders.build_project, "codebuild", "StartBuild", "projectName=name"),
    (builders.code_pipeline, "codepipeline", "StartPipelineExecution", "name=name"),
    (builders.glue_job, "glue", "StartJobRun", "jobName=name"),
    (builders.stack, "cloudformation", "CreateChangeSet", "stackName=name"),
    (builders.stack, "cloudformation", "DetectStackDrift", "stackName=arn"),
    (vpc.vpc, "ec2", "CreateSecurityGroup", "vpcId=id"),
    (vpc.vpc, "ec2", "CreateRouteTable", "vpcId=id"),
    (vpc.subnet, "ec2", "CreateNatGateway", "subnetId=id"),
)


def beside(stage):
    """Play each call twice: a person's beside the pipeline's change, and the pipeline's beside a person's."""
    for make, service, operation, where in ROWS:
        for changer, caller in ((stage.pipeline, stage.alice), (stage.bob, stage.pipeline)):
            stage.begin(f"{service}:{operation} {'beside' if caller is stage.alice else 'cannot cover'}")
            kind = stage.thing(make)
            member, slot = where.split("=")
            thing = kind.thing
            called = (thing.name or thing.id) if slot == "name" else getattr(thing, slot)
            if slot == "id" and called == thing.arn:
                called = thing.arn.rpartition("/")[2]
            call = stage.do(changer, 0, kind)
            stage.do(caller, stage.op(service, operation, {member: called}), kind, 6)
            stage.seen(kind, call)
