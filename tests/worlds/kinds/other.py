"""Types that Config records and that nobody wrote a table for: their calls are called after them."""

from tests.worlds.kind import Call, Kind

TAGS = [{"key": "$tagkey", "value": "$tagvalue"}]


def plain(type_: str, source: str, id_: str, arn: str, *calls: Call, **more: object) -> Kind:
    """Return a kind: `calls` are those that make, end, change and tag it, then those that only mention it."""
    create, delete, update, tag, *mentions = calls
    return Kind(
        type=type_,
        source=source,
        id=id_,
        arn=arn,
        create=create,
        delete=delete,
        updates=(update,),
        tag=tag,
        mentions=tuple(mentions),
        **{"creation_time": False, "config": {"Name": "$name"}, **more},
    )


KINDS = (
    plain(
        "AWS::Backup::BackupPlan",
        "backup",
        "$uuid",
        "arn:aws:backup:$region:$account:backup-plan:$uuid",
        Call(
            "CreateBackupPlan",
            {"backupPlan": {"backupPlanName": "$name"}},
            {"backupPlanId": "$uuid", "backupPlanArn": "$arn"},
        ),
        Call("DeleteBackupPlan", {"backupPlanId": "$uuid"}, {"backupPlanId": "$uuid"}),
        Call("UpdateBackupPlan", {"backupPlanId": "$uuid", "backupPlan": {}}, {"backupPlanId": "$uuid"}),
        Call("TagResource", {"resourceArn": "$arn", "tags": {"$tagkey": "$tagvalue"}}),
        Call(
            "CreateBackupSelection",
            {"backupPlanId": "$uuid", "backupSelection": {}},
            {"backupPlanId": "$uuid", "selectionId": "s"},
        ),
    ),
    plain(
        "AWS::Batch::JobQueue",
        "batch",
        "arn:aws:batch:$region:$account:job-queue/$name",
        "arn:aws:batch:$region:$account:job-queue/$name",
        Call(
            "CreateJobQueue",
            {"jobQueueName": "$name", "priority": 1},
            {"jobQueueName": "$name", "jobQueueArn": "$arn"},
        ),
        Call("DeleteJobQueue", {"jobQueue": "$name"}),
        Call("UpdateJobQueue", {"jobQueue": "$arn", "priority": 2}, {"jobQueueArn": "$arn"}),
        Call("TagResource", {"resourceArn": "$arn", "tags": {"$tagkey": "$tagvalue"}}),
        Call("SubmitJob", {"jobName": "x", "jobQueue": "$name"}, {"jobId": "j"}),
    ),
    plain(
        "AWS::Cognito::UserPool",
        "cognito-idp",
        "${region}_$short",
        "arn:aws:cognito-idp:$region:$account:userpool/$id",
        Call(
            "CreateUserPool",
            {"poolName": "$name"},
            {"userPool": {"id": "$id", "name": "$name", "arn": "$arn"}},
        ),
        Call("DeleteUserPool", {"userPoolId": "$id"}),
        Call("UpdateUserPool", {"userPoolId": "$id", "mfaConfiguration": "OFF"}),
        Call("TagResource", {"resourceArn": "$arn", "tags": {"$tagkey": "$tagvalue"}}),
        Call("AdminCreateUser", {"userPoolId": "$id", "username": "u"}),
        Call(
            "CreateUserPoolClient",
            {"userPoolId": "$id", "clientName": "c"},
            {"userPoolClient": {"userPoolId": "$id"}},
        ),
        Call("CreateGroup", {"userPoolId": "$id", "groupName": "g"}),
    ),
    plain(
        "AWS::SSM::Document",
        "ssm",
        "$name",
        "arn:aws:ssm:$region:$account:document/$name",
        Call(
            "CreateDocument", {"name": "$name", "content": "{}"}, {"documentDescription": {"name": "$name"}}
        ),
        Call("DeleteDocument", {"name": "$name"}),
        Call(
            "UpdateDocument", {"name": "$name", "content": "{}"}, {"documentDescription": {"name": "$name"}}
        ),
        Call("AddTagsToResource", {"resourceType": "Document", "resourceId": "$name", "tags": TAGS}),
        Call("SendCommand", {"documentName": "$name", "instanceIds": ["$instance"]}),
        Call("CreateAssociation", {"name": "$name", "targets": []}),
        Call("PutParameter", {"name": "$name", "value": "HIDDEN_DUE_TO_SECURITY_REASONS"}),
    ),
    plain(
        "AWS::SageMaker::NotebookInstance",
        "sagemaker",
        "$name",
        "arn:aws:sagemaker:$region:$account:notebook-instance/$name",
        Call(
            "CreateNotebookInstance",
            {"notebookInstanceName": "$name", "roleArn": "r"},
            {"notebookInstanceArn": "$arn"},
        ),
        Call("DeleteNotebookInstance", {"notebookInstanceName": "$name"}),
        Call("UpdateNotebookInstance", {"notebookInstanceName": "$name", "instanceType": "t"}),
        Call("AddTags", {"resourceArn": "$arn", "tags": TAGS}),
        Call("CreatePresignedNotebookInstanceUrl", {"notebookInstanceName": "$name"}),
    ),
    plain(
        "AWS::KinesisFirehose::DeliveryStream",
        "firehose",
        "$name",
        "arn:aws:firehose:$region:$account:deliverystream/$name",
        Call("CreateDeliveryStream", {"deliveryStreamName": "$name"}, {"deliveryStreamARN": "$arn"}),
        Call("DeleteDeliveryStream", {"deliveryStreamName": "$name"}),
        Call("UpdateDestination", {"deliveryStreamName": "$name", "destinationId": "d"}),
        Call("TagDeliveryStream", {"deliveryStreamName": "$name", "tags": TAGS}),
        Call("PutRecord", {"deliveryStreamName": "$name"}),
    ),
    plain(
        "AWS::GuardDuty::Detector",
        "guardduty",
        "$up",
        "arn:aws:guardduty:$region:$account:detector/$up",
        Call("CreateDetector", {"enable": True}, {"detectorId": "$up"}),
        Call("DeleteDetector", {"detectorId": "$up"}),
        Call("UpdateDetector", {"detectorId": "$up", "enable": False}),
        Call("TagResource", {"resourceArn": "$arn", "tags": {"$tagkey": "$tagvalue"}}),
        Call("CreateFilter", {"detectorId": "$up", "name": "f"}),
        name=None,
    ),
    plain(
        "AWS::DMS::ReplicationInstance",
        "dms",
        "arn:aws:dms:$region:$account:rep:$upper",
        "arn:aws:dms:$region:$account:rep:$upper",
        Call(
            "CreateReplicationInstance",
            {"replicationInstanceIdentifier": "$name"},
            {
                "replicationInstance": {
                    "replicationInstanceArn": "$arn",
                    "replicationInstanceIdentifier": "$name",
                }
            },
        ),
        Call(
            "DeleteReplicationInstance",
            {"replicationInstanceArn": "$arn"},
            {"replicationInstance": {"replicationInstanceArn": "$arn"}},
        ),
        Call("ModifyReplicationInstance", {"replicationInstanceArn": "$arn", "allocatedStorage": 9}),
        Call("AddTagsToResource", {"resourceArn": "$arn", "tags": TAGS}),
        Call("CreateReplicationTask", {"replicationInstanceArn": "$arn", "replicationTaskIdentifier": "t"}),
    ),
    plain(
        "AWS::AmazonMQ::Broker",
        "amazonmq",
        "b-$uuid",
        "arn:aws:mq:$region:$account:broker:$name:$id",
        Call("CreateBroker", {"brokerName": "$name"}, {"brokerId": "$id", "brokerArn": "$arn"}),
        Call("DeleteBroker", {"broker-id": "$id"}, {"brokerId": "$id"}),
        Call("UpdateBroker", {"broker-id": "$id", "autoMinorVersionUpgrade": True}, {"brokerId": "$id"}),
        Call("CreateTags", {"resource-arn": "$arn", "tags": {"$tagkey": "$tagvalue"}}),
        Call("CreateUser", {"broker-id": "$id", "username": "u"}),
    ),
    plain(
        "AWS::CodeDeploy::Application",
        "codedeploy",
        "$uuid",
        "arn:aws:codedeploy:$region:$account:application:$name",
        Call("CreateApplication", {"applicationName": "$name"}, {"applicationId": "$uuid"}),
        Call("DeleteApplication", {"applicationName": "$name"}),
        Call("UpdateApplication", {"applicationName": "$name", "newApplicationName": "$name-2"}),
        Call("TagResource", {"resourceArn": "$arn", "tags": TAGS}),
        Call("CreateDeployment", {"applicationName": "$name", "deploymentGroupName": "g"}),
        Call("CreateDeploymentGroup", {"applicationName": "$name", "deploymentGroupName": "g"}),
        Call("CreateApplication", {"applicationName": "$name"}, source="elasticbeanstalk"),
    ),
    plain(
        "AWS::Transfer::Server",
        "transfer",
        "s-$hex",
        "arn:aws:transfer:$region:$account:server/$id",
        Call("CreateServer", {"protocols": ["SFTP"]}, {"serverId": "$id"}),
        Call("DeleteServer", {"serverId": "$id"}),
        Call("UpdateServer", {"serverId": "$id", "protocols": ["FTP"]}, {"serverId": "$id"}),
        Call("TagResource", {"arn": "$arn", "tags": TAGS}),
        Call("CreateUser", {"serverId": "$id", "userName": "u"}, {"serverId": "$id", "userName": "u"}),
        name=None,
    ),
    plain(
        "AWS::Route53Resolver::ResolverRule",
        "route53resolver",
        "rslvr-rr-$hex",
        "arn:aws:route53resolver:$region:$account:resolver-rule/$id",
        Call("CreateResolverRule", {"name": "$name"}, {"resolverRule": {"id": "$id", "arn": "$arn"}}),
        Call("DeleteResolverRule", {"resolverRuleId": "$id"}, {"resolverRule": {"id": "$id"}}),
        Call("UpdateResolverRule", {"resolverRuleId": "$id", "config": {}}, {"resolverRule": {"id": "$id"}}),
        Call("TagResource", {"resourceArn": "$arn", "tags": TAGS}),
        Call(
            "AssociateResolverRule",
            {"resolverRuleId": "$id", "vPCId": "$vpc"},
            {"resolverRuleAssociation": {"resolverRuleId": "$id"}},
        ),
    ),
    plain(
        "AWS::AccessAnalyzer::Analyzer",
        "access-analyzer",
        "arn:aws:access-analyzer:$region:$account:analyzer/$name",
        "arn:aws:access-analyzer:$region:$account:analyzer/$name",
        Call("CreateAnalyzer", {"analyzerName": "$name", "type": "ACCOUNT"}, {"arn": "$arn"}),
        Call("DeleteAnalyzer", {"analyzerName": "$name"}),
        Call("UpdateAnalyzer", {"analyzerName": "$name"}),
        Call("TagResource", {"resourceArn": "$arn", "tags": {"$tagkey": "$tagvalue"}}),
        Call("CreateArchiveRule", {"analyzerName": "$name", "ruleName": "r"}),
    ),
    plain(
        "AWS::ServiceDiscovery::Service",
        "servicediscovery",
        "srv-$short",
        "arn:aws:servicediscovery:$region:$account:service/$id",
        Call("CreateService", {"name": "$name"}, {"service": {"id": "$id", "arn": "$arn"}}),
        Call("DeleteService", {"id": "$id"}),
        Call("UpdateService", {"id": "$id", "service": {}}, {"operationId": "o"}),
        Call("TagResource", {"resourceARN": "$arn", "tags": TAGS}),
        Call("RegisterInstance", {"serviceId": "$id", "instanceId": "i"}),
        Call("CreateService", {"cluster": "c", "serviceName": "$name"}, source="ecs"),
    ),
)
