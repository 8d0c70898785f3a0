"""What tells, routes, guards and builds: messages, rules, the edge, and the tools of delivery."""

from tests.worlds.kind import Call, Kind

TAGS = [{"key": "$tagkey", "value": "$tagvalue"}]
HOME = "us-east-1"

TOPIC = Kind(
    type="AWS::SNS::Topic",
    source="sns",
    id="$arn",
    arn="arn:aws:sns:$region:$account:$name",
    tags_in="supplementary.Tags.list",
    creation_time=False,
    config={"TopicArn": "$arn"},
    create=Call("CreateTopic", {"name": "$name"}, {"topicArn": "$arn"}),
    delete=Call("DeleteTopic", {"topicArn": "$arn"}),
    updates=(
        Call(
            "SetTopicAttributes",
            {"topicArn": "$arn", "attributeName": "Policy"},
            paths=(("Configuration.Policy", "a", "b"),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": TAGS}),
    mentions=(
        Call("PutMetricAlarm", {"alarmName": "a", "alarmActions": ["$arn"]}, source="monitoring"),
        Call("Publish", {"topicArn": "$arn"}),
        Call(
            "PutBucketNotification",
            {"bucketName": "b", "NotificationConfiguration": {"TopicConfiguration": {"Topic": "$arn"}}},
            source="s3",
        ),
    ),
)

QUEUE = Kind(
    type="AWS::SQS::Queue",
    source="sqs",
    id="https://sqs.$region.amazonaws.com/$account/$name",
    arn="arn:aws:sqs:$region:$account:$name",
    tags_in="supplementary.Tags.map",
    config={"QueueArn": "$arn"},
    create=Call("CreateQueue", {"queueName": "$name"}, {"queueUrl": "$id"}),
    delete=Call("DeleteQueue", {"queueUrl": "https://$region.queue.amazonaws.com/$account/$name"}),
    updates=(
        Call(
            "SetQueueAttributes",
            {"queueUrl": "$id", "attributes": {"VisibilityTimeout": "30"}},
            paths=(("Configuration.VisibilityTimeout", "a", "b"),),
        ),
        Call(
            "AddPermission", {"queueUrl": "$id", "label": "l"}, paths=(("Configuration.Policy", None, "x"),)
        ),
    ),
    tag=Call("TagQueue", {"queueUrl": "$id", "tags": {"$tagkey": "$tagvalue"}}),
    untag=Call("UntagQueue", {"queueUrl": "$id", "tagKeys": ["$tagkey"]}),
    mentions=(
        Call("PurgeQueue", {"queueUrl": "$id"}),
        Call(
            "SetQueueAttributes",
            {
                "queueUrl": "https://sqs.$region.amazonaws.com/$account/x",
                "attributes": {"RedrivePolicy": '{"deadLetterTargetArn":"$arn"}'},
            },
        ),
        Call("Subscribe", {"topicArn": "t", "protocol": "sqs", "endpoint": "$arn"}, source="sns"),
    ),
)

ALARM = Kind(
    type="AWS::CloudWatch::Alarm",
    source="monitoring",
    id="$name",
    arn="arn:aws:cloudwatch:$region:$account:alarm:$name",
    creation_time=False,
    config={"alarmName": "$name", "alarmArn": "$arn"},
    create=Call("PutMetricAlarm", {"alarmName": "$name", "metricName": "m"}),
    delete=Call("DeleteAlarms", {"alarmNames": ["$other", "$name"]}),
    updates=(
        Call(
            "PutMetricAlarm",
            {"alarmName": "$name", "threshold": 9},
            paths=(("Configuration.Threshold", 1, 9),),
        ),
        Call(
            "DisableAlarmActions",
            {"alarmNames": ["$name"]},
            paths=(("Configuration.ActionsEnabled", True, False),),
        ),
    ),
    tag=Call("TagResource", {"resourceARN": "$arn", "tags": TAGS}),
    mentions=(
        Call("PutCompositeAlarm", {"alarmName": "c", "alarmRule": "ALARM($name)"}),
        Call(
            "UpdateDeploymentGroup",
            {"alarmConfiguration": {"alarms": [{"name": "$name"}]}},
            source="codedeploy",
        ),
    ),
)

RULE = Kind(
    type="AWS::Events::Rule",
    source="events",
    id="$name",
    arn="arn:aws:events:$region:$account:rule/$name",
    creation_time=False,
    config={"Name": "$name", "Arn": "$arn", "EventBusName": "default"},
    create=Call("PutRule", {"name": "$name", "scheduleExpression": "x"}, {"ruleArn": "$arn"}),
    delete=Call("DeleteRule", {"name": "$name", "force": False}),
    updates=(
        Call(
            "PutTargets",
            {"rule": "$name", "targets": [{"id": "1", "arn": "a"}]},
            paths=(("Configuration.Targets.0", None, "x"),),
        ),
        Call(
            "DisableRule",
            {"name": "$name", "eventBusName": "default"},
            paths=(("Configuration.State", "ENABLED", "DISABLED"),),
        ),
    ),
    tag=Call("TagResource", {"resourceARN": "$arn", "tags": TAGS}),
    mentions=(
        Call("PutTargets", {"rule": "$name", "eventBusName": "orders", "targets": []}),
        Call(
            "PutRule",
            {"name": "$name", "eventBusName": "orders"},
            {"ruleArn": "arn:aws:events:$region:$account:rule/orders/$name"},
        ),
        Call("CreateConnection", {"name": "$name"}),
        Call("AddPermission20150331v2", {"functionName": "f", "sourceArn": "$arn"}, source="lambda"),
    ),
)

MACHINE = Kind(
    type="AWS::StepFunctions::StateMachine",
    source="states",
    id="$arn",
    arn="arn:aws:states:$region:$account:stateMachine:$name",
    tags_in="configuration.Tags",
    config={"StateMachineName": "$name", "Arn": "$arn"},
    create=Call("CreateStateMachine", {"name": "$name", "roleArn": "r"}, {"stateMachineArn": "$arn"}),
    delete=Call("DeleteStateMachine", {"stateMachineArn": "$arn"}),
    updates=(
        Call(
            "UpdateStateMachine",
            {"stateMachineArn": "$arn"},
            paths=(("Configuration.DefinitionString", "a", "b"),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": TAGS}),
    mentions=(
        Call("StartExecution", {"stateMachineArn": "$arn", "name": "$name"}),
        Call("CreateActivity", {"name": "$name"}),
    ),
)

PIPELINE = Kind(
    type="AWS::CodePipeline::Pipeline",
    source="codepipeline",
    id="$name",
    arn="arn:aws:codepipeline:$region:$account:$name",
    creation_time=False,
    config={"name": "$name"},
    create=Call(
        "CreatePipeline", {"pipeline": {"name": "$name", "roleArn": "r"}}, {"pipeline": {"name": "$name"}}
    ),
    delete=Call("DeletePipeline", {"name": "$name"}),
    updates=(
        Call(
            "UpdatePipeline",
            {"pipeline": {"name": "$name"}},
            {"pipeline": {"name": "$name"}},
            paths=(("Configuration.Version", 1, 2),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": TAGS}),
    mentions=(
        Call("StartPipelineExecution", {"name": "$name"}),
        Call("PutApprovalResult", {"pipelineName": "$name"}),
    ),
)

PROJECT = Kind(
    type="AWS::CodeBuild::Project",
    source="codebuild",
    id="$uuid",
    arn="arn:aws:codebuild:$region:$account:project/$name",
    creation_time=False,
    config={"name": "$name", "arn": "$arn"},
    create=Call("CreateProject", {"name": "$name"}, {"project": {"name": "$name", "arn": "$arn"}}),
    delete=Call("DeleteProject", {"name": "$name"}),
    updates=(
        Call(
            "UpdateProject",
            {"name": "$name"},
            {"project": {"name": "$name", "arn": "$arn"}},
            paths=(("Configuration.Source", "a", "b"),),
        ),
    ),
    tag=Call("UpdateProject", {"name": "$name", "tags": TAGS}, {"project": {"arn": "$arn"}}),
    mentions=(
        Call("StartBuild", {"projectName": "$name"}, {"build": {"projectName": "$name"}}),
        Call("CreateFleet", {"name": "$name"}),
    ),
)

STACK = Kind(
    type="AWS::CloudFormation::Stack",
    source="cloudformation",
    id="$arn",
    arn="arn:aws:cloudformation:$region:$account:stack/$name/$uuid",
    creation_time=True,
    config={"stackName": "$name", "stackId": "$arn"},
    create=Call("CreateStack", {"stackName": "$name"}, {"stackId": "$arn"}),
    delete=Call("DeleteStack", {"stackName": "$name"}),
    updates=(
        Call(
            "UpdateStack",
            {"stackName": "$name"},
            {"stackId": "$arn"},
            paths=(("Configuration.Parameters.0", "a", "b"),),
        ),
        Call(
            "ExecuteChangeSet",
            {"stackName": "$arn", "changeSetName": "c"},
            paths=(("Configuration.StackStatus", "a", "b"),),
        ),
    ),
    tag=Call("UpdateStack", {"stackName": "$arn", "tags": TAGS}, {"stackId": "$arn"}),
    mentions=(
        Call("DetectStackDrift", {"stackName": "$name"}),
        Call("DeleteChangeSet", {"stackName": "$name", "changeSetName": "c"}),
    ),
)

TRAIL = Kind(
    type="AWS::CloudTrail::Trail",
    source="cloudtrail",
    id="$name",
    name=None,
    arn="arn:aws:cloudtrail:$region:$account:trail/$name",
    tags_in="supplementary.Tags.list",
    creation_time=False,
    config={"name": "$name", "trailARN": "$arn"},
    create=Call("CreateTrail", {"name": "$name", "s3BucketName": "b"}, {"name": "$name", "trailARN": "$arn"}),
    delete=Call("DeleteTrail", {"name": "$arn"}),
    updates=(
        Call("StopLogging", {"name": "$name"}, paths=(("SupplementaryConfiguration.Status", "a", "b"),)),
        Call(
            "PutEventSelectors",
            {"trailName": "$name"},
            {"trailARN": "$arn"},
            paths=(("Configuration.HasCustomEventSelectors", False, True),),
        ),
    ),
    tag=Call("AddTags", {"resourceId": "$arn", "tagsList": TAGS}),
    mentions=(
        Call("CreateEventDataStore", {"name": "$name"}, {"name": "$name"}),
        Call("StartLogging", {"name": "$other"}),
    ),
)

ZONE = Kind(
    type="AWS::Route53::HostedZone",
    source="route53",
    home=HOME,
    id="Z$upper",
    name="$name.example.",
    arn="arn:aws:route53:::hostedzone/$id",
    creation_time=False,
    config={"Id": "$id", "Name": "$name.example."},
    create=Call(
        "CreateHostedZone",
        {"name": "$name.example"},
        {"hostedZone": {"id": "/hostedzone/$id", "name": "$name.example."}},
    ),
    delete=Call("DeleteHostedZone", {"id": "$id"}),
    updates=(
        Call(
            "UpdateHostedZoneComment",
            {"id": "$id", "comment": "x"},
            {"hostedZone": {"id": "/hostedzone/$id"}},
            paths=(("Configuration.HostedZoneConfig.Comment", "a", "b"),),
        ),
        Call(
            "AssociateVPCWithHostedZone",
            {"hostedZoneId": "$id", "vPC": {"vPCId": "$vpc"}},
            paths=(("Configuration.VPCs.0", None, {"VPCId": "x"}),),
        ),
    ),
    tag=Call("ChangeTagsForResource", {"resourceType": "hostedzone", "resourceId": "$id", "addTags": TAGS}),
    mentions=(Call("CreateTrafficPolicyInstance", {"hostedZoneId": "$id", "name": "x"}),),
)

DISTRIBUTION = Kind(
    type="AWS::CloudFront::Distribution",
    source="cloudfront",
    home=HOME,
    id="E$short14",
    name=None,
    arn="arn:aws:cloudfront::$account:distribution/$id",
    creation_time=False,
    config={"id": "$id"},
    create=Call(
        "CreateDistribution",
        {"distributionConfig": {"origins": {"items": [{"id": "o"}]}}},
        {"distribution": {"id": "$id", "aRN": "$arn"}},
    ),
    delete=Call("DeleteDistribution", {"id": "$id", "ifMatch": "e"}),
    updates=(
        Call(
            "UpdateDistribution",
            {"id": "$id", "distributionConfig": {}},
            {"distribution": {"id": "$id", "aRN": "$arn"}},
            paths=(("Configuration.DistributionConfig.Enabled", True, False),),
        ),
    ),
    tag=Call("TagResource", {"resource": "$arn", "tags": {"items": TAGS}}),
    mentions=(Call("CreateInvalidation", {"distributionId": "$id", "invalidationBatch": {}}),),
)

API = Kind(
    type="AWS::ApiGateway::RestApi",
    source="apigateway",
    id="$arn",
    arn="arn:aws:apigateway:$region::/restapis/$short",
    tags_in="supplementary.tags.map",
    config={"id": "$short", "name": "$name"},
    create=Call(
        "CreateRestApi", {"createRestApiInput": {"name": "$name"}}, {"id": "$short", "name": "$name"}
    ),
    delete=Call("DeleteRestApi", {"restApiId": "$short"}),
    updates=(
        Call(
            "UpdateRestApi",
            {"restApiId": "$short", "updateRestApiInput": {}},
            {"id": "$short"},
            paths=(("Configuration.Policy", "a", "b"),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tagResourceInput": {"tags": {"$tagkey": "$tagvalue"}}}),
    mentions=(
        Call(
            "CreateStage",
            {"restApiId": "$short", "createStageInput": {"stageName": "prod"}},
            {"stageName": "prod"},
        ),
        Call(
            "CreateUsagePlan", {"createUsagePlanInput": {"apiStages": [{"apiId": "$short", "stage": "prod"}]}}
        ),
    ),
)

STAGE = Kind(
    type="AWS::ApiGateway::Stage",
    source="apigateway",
    id="$arn",
    arn="arn:aws:apigateway:$region::/restapis/$short/stages/$name",
    creation_time=True,
    config={"stageName": "$name"},
    create=Call(
        "CreateStage",
        {"restApiId": "$short", "createStageInput": {"stageName": "$name", "deploymentId": "d"}},
        {"stageName": "$name"},
    ),
    delete=Call("DeleteStage", {"restApiId": "$short", "stageName": "$name"}),
    updates=(
        Call(
            "UpdateStage",
            {"restApiId": "$short", "stageName": "$name", "updateStageInput": {}},
            {"stageName": "$name"},
            paths=(("Configuration.CacheClusterEnabled", False, True),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tagResourceInput": {"tags": {"$tagkey": "$tagvalue"}}}),
    mentions=(
        Call("UpdateStage", {"restApiId": "zzzz9999zz", "stageName": "$name"}, {"stageName": "$name"}),
        Call("UpdateRestApi", {"restApiId": "$short"}, {"id": "$short"}),
    ),
)

HTTP_API = Kind(
    type="AWS::ApiGatewayV2::Api",
    source="apigateway",
    id="$arn",
    arn="arn:aws:apigateway:$region::/apis/$short",
    tags_in="configuration.tags",
    config={"apiId": "$short", "name": "$name"},
    create=Call("CreateApi", {"name": "$name", "protocolType": "HTTP"}, {"apiId": "$short", "name": "$name"}),
    delete=Call("DeleteApi", {"apiId": "$short"}),
    updates=(Call("UpdateApi", {"apiId": "$short", "description": "x"}, {"apiId": "$short"}),),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": {"$tagkey": "$tagvalue"}}),
    mentions=(Call("CreateStage", {"apiId": "$short", "stageName": "x"}, {"stageName": "x"}),),
)

GRAPH = Kind(
    type="AWS::AppSync::GraphQLApi",
    source="appsync",
    id="$short",
    arn="arn:aws:appsync:$region:$account:apis/$short",
    creation_time=False,
    tags_in="configuration.Tags",
    config={"ApiId": "$short", "Name": "$name"},
    create=Call(
        "CreateGraphqlApi",
        {"name": "$name"},
        {"graphqlApi": {"apiId": "$short", "name": "$name", "arn": "$arn"}},
    ),
    delete=Call("DeleteGraphqlApi", {"apiId": "$short"}),
    updates=(
        Call(
            "UpdateGraphqlApi",
            {"apiId": "$short", "name": "$name"},
            {"graphqlApi": {"apiId": "$short"}},
            paths=(("Configuration.XrayEnabled", False, True),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": {"$tagkey": "$tagvalue"}}),
    mentions=(
        Call("CreateResolver", {"apiId": "$short", "typeName": "t"}),
        Call("CreateApiKey", {"apiId": "$short"}),
    ),
)

WALL = Kind(
    type="AWS::WAFv2::WebACL",
    source="wafv2",
    id="$arn",
    arn="arn:aws:wafv2:$region:$account:regional/webacl/$name/$uuid",
    creation_time=False,
    config={"ARN": "$arn", "Id": "$uuid", "Name": "$name"},
    create=Call(
        "CreateWebACL",
        {"name": "$name", "scope": "REGIONAL"},
        {"summary": {"name": "$name", "id": "$uuid", "aRN": "$arn"}},
    ),
    delete=Call("DeleteWebACL", {"name": "$name", "scope": "REGIONAL", "id": "$uuid", "lockToken": "l"}),
    updates=(
        Call(
            "UpdateWebACL",
            {"name": "$name", "scope": "REGIONAL", "id": "$uuid", "lockToken": "l"},
            {"nextLockToken": "n"},
            paths=(("Configuration.Rules.0", None, {"x": "y"}),),
        ),
        Call(
            "PutLoggingConfiguration",
            {"loggingConfiguration": {"resourceArn": "$arn", "logDestinationConfigs": []}},
            paths=(("SupplementaryConfiguration.L", "a", "b"),),
        ),
    ),
    tag=Call("TagResource", {"resourceARN": "$arn", "tags": TAGS}),
    mentions=(
        Call(
            "UpdateIPSet",
            {"name": "$name", "scope": "REGIONAL", "id": "00000000-1111-2222-3333-444444444444"},
        ),
        Call(
            "UpdateWebACL",
            {"name": "$name", "scope": "REGIONAL", "id": "00000000-1111-2222-3333-444444444444"},
        ),
        Call("SetWebACL", {"webAclArn": "$arn", "loadBalancerArn": "l"}, source="elasticloadbalancing"),
    ),
)

FIREWALL = Kind(
    type="AWS::NetworkFirewall::Firewall",
    source="network-firewall",
    id="$uuid",
    arn="arn:aws:network-firewall:$region:$account:firewall/$name",
    creation_time=False,
    config={"FirewallName": "$name", "FirewallId": "$uuid", "FirewallArn": "$arn"},
    create=Call(
        "CreateFirewall",
        {"firewallName": "$name", "vpcId": "$vpc"},
        {"firewall": {"firewallArn": "$arn", "firewallName": "$name"}},
    ),
    delete=Call("DeleteFirewall", {"firewallName": "$name"}, {"firewall": {"firewallArn": "$arn"}}),
    updates=(
        Call(
            "UpdateFirewallDescription", {"firewallArn": "$arn", "description": "x"}, {"firewallArn": "$arn"}
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": TAGS}),
    mentions=(Call("UpdateFirewallPolicy", {"firewallPolicyName": "$name"}),),
)

CERTIFICATE = Kind(
    type="AWS::ACM::Certificate",
    source="acm",
    id="$arn",
    name=None,
    arn="arn:aws:acm:$region:$account:certificate/$uuid",
    tags_in="supplementary.Tags.list",
    config={"certificateArn": "$arn"},
    create=Call("RequestCertificate", {"domainName": "x.example"}, {"certificateArn": "$arn"}),
    delete=Call("DeleteCertificate", {"certificateArn": "$arn"}),
    updates=(
        Call(
            "UpdateCertificateOptions",
            {"certificateArn": "$arn", "options": {}},
            paths=(("Configuration.Options", "a", "b"),),
        ),
    ),
    tag=Call("AddTagsToCertificate", {"certificateArn": "$arn", "tags": TAGS}),
    mentions=(
        Call(
            "CreateListener",
            {"loadBalancerArn": "l", "certificates": [{"certificateArn": "$arn"}]},
            {"listeners": [{"certificates": [{"certificateArn": "$arn"}]}]},
            source="elasticloadbalancing",
        ),
        Call("ResendValidationEmail", {"certificateArn": "$arn", "domain": "x"}),
    ),
)

KINDS = (
    TOPIC,
    QUEUE,
    ALARM,
    RULE,
    MACHINE,
    PIPELINE,
    PROJECT,
    STACK,
    TRAIL,
    ZONE,
    DISTRIBUTION,
    API,
    STAGE,
    HTTP_API,
    GRAPH,
    WALL,
    FIREWALL,
    CERTIFICATE,
)
