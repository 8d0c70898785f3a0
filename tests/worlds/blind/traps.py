"""Calls of the blind world that name a thing near its change, and did not make it."""

from tests.worlds.blind.service import op
from tests.worlds.blind.spelling import items
from tests.worlds.blind.types.ec2 import E, call

ROLE = "arn:aws:iam::111122223333:role/some-role"


def refused(made):
    """Return how a service refuses a call."""
    if made.service == "ec2":
        return ("Client.UnauthorizedOperation", "Client.DryRunOperation", "Client.IncorrectState")
    return ("AccessDenied", "AccessDeniedException", "ValidationException")


def mention(m, kind):
    """Return a call that names the thing and leaves it as it is; None where none is known."""
    thing = kind.thing
    if kind.mention:
        return kind.mention()
    made = _ec2(m, thing) or _named(m, thing) or _by_arn(m, thing)
    return made() if made else None


def _ec2(m, thing):
    id_ = thing.id
    other = m.hex("i-0", 16)
    instance = (E + "Instance", other)

    def run(named, **more):
        sent = {"instancesSet": items({"imageId": "ami-0abc"}), "instanceType": "c7g.large", **more}
        got = {"instanceId": other, **({"subnetId": id_} if "subnetId" in more else {})}
        answer = {"requestId": m.uuid(), "instancesSet": items(got)}
        return call("RunInstances", sent, answer, [instance, *named])

    def route(key):
        table = m.hex("rtb-0", 16)
        sent = {"routeTableId": table, "destinationCidrBlock": "10.9.0.0/16", key: id_}
        return call("CreateRoute", sent, {"_return": True}, [(E + "RouteTable", table), (None, id_)])

    def agent():
        sent = {"instanceId": id_, "agentVersion": "3.3.1142.0", "platformType": "Linux"}
        return op("ssm", "UpdateInstanceInformation", sent, spell=False)

    def image():
        sent = {"instanceId": id_, "name": f"backup-{m.next()}", "noReboot": True}
        answer = {"requestId": m.uuid(), "imageId": m.hex("ami-0", 16)}
        return call("CreateImage", sent, answer, [(E + "Instance", id_), (E + "Ami", answer["imageId"])])

    def snapshot():
        answer = {"snapshotId": m.hex("snap-0", 16), "volumeId": id_, "status": "pending"}
        named = [(E + "Volume", id_), (E + "Snapshot", answer["snapshotId"])]
        return call("CreateSnapshot", {"volumeId": id_, "description": "nightly"}, answer, named)

    def register():
        group = m.arn("elasticloadbalancing", f"targetgroup/other/{m.hex(length=16)}")
        named = [("AWS::ElasticLoadBalancingV2::TargetGroup", group), (E + "Instance", id_)]
        return op(
            "elbv2", "RegisterTargets", {"TargetGroupArn": group, "Targets": [{"Id": id_}]}, lists=named
        )

    def database():
        sent = {
            "DBInstanceIdentifier": f"other-{m.next()}",
            "DBInstanceClass": "db.t4g.micro",
            "Engine": "mysql",
        }
        named = [("AWS::RDS::DBInstance", sent["DBInstanceIdentifier"]), (E + "SecurityGroup", id_)]
        return op("rds", "CreateDBInstance", {**sent, "VpcSecurityGroupIds": [id_]}, lists=named)

    def interface():
        sent = {"subnetId": id_, "groupSet": {}, "description": "AWS Lambda VPC ENI"}
        answer = {"networkInterface": {"networkInterfaceId": m.hex("eni-0", 16), "subnetId": id_}}
        return call("CreateNetworkInterface", sent, answer, [(E + "Subnet", id_)])

    def make_subnet():
        answer = {"subnet": {"subnetId": m.hex("subnet-0", 16), "vpcId": id_}}
        sent = {"vpcId": id_, "cidrBlock": "10.20.9.0/24"}
        return call(
            "CreateSubnet", sent, answer, [(E + "VPC", id_), (E + "Subnet", answer["subnet"]["subnetId"])]
        )

    match thing.type.removeprefix(E):
        case "Instance":
            return m.pick(agent, agent, image, register)
        case "Volume":
            return snapshot
        case "SecurityGroup":
            group = [(E + "SecurityGroup", id_)]
            return m.pick(database, lambda: run(group, groupSet=items({"groupId": id_})))
        case "Subnet":
            return m.pick(interface, lambda: run([(E + "Subnet", id_)], subnetId=id_))
        case "VPC":
            return make_subnet
        case "InternetGateway":
            return lambda: route("gatewayId")
        case "NatGateway":
            return lambda: route("natGatewayId")
        case "VPCPeeringConnection":
            return lambda: route("vpcPeeringConnectionId")
        case "VPCEndpoint":
            return lambda: route("vpcEndpointId")
        case "LaunchTemplate":
            template = [(E + "LaunchTemplate", id_)]
            return lambda: run(template, launchTemplate={"launchTemplateId": id_, "version": "$Latest"})
    return None


def _named(m, thing):
    name, arn = thing.name or thing.id, thing.arn

    def simple(service, operation, sent, lists=()):
        return lambda: op(service, operation, sent, lists=lists)

    def loose(service, operation, sent, lists=()):
        return lambda: op(service, operation, sent, lists=lists, spell=False)

    def snapshot():
        sent = {"DBInstanceIdentifier": name, "DBSnapshotIdentifier": f"awsbackup-{m.next()}"}
        made = op("rds", "CreateDBSnapshot", sent, lists=[("AWS::RDS::DBInstance", name)])
        made.answer = {
            "dBSnapshotIdentifier": sent["DBSnapshotIdentifier"],
            "dBInstanceIdentifier": name,
            "dbiResourceId": thing.id,
        }
        return made

    queue_url = f"https://sqs.{m.region}.amazonaws.com/{m.account}/other"
    policy = {"AutoScalingGroupName": name, "PolicyName": "scale-out", "PolicyType": "TargetTrackingScaling"}
    nodes = {"clusterName": name, "nodegroupName": "n", "subnets": ["subnet-0"], "nodeRole": ROLE}
    by_type = {
        "AWS::RDS::DBInstance": m.pick(
            snapshot, simple("rds", "RebootDBInstance", {"DBInstanceIdentifier": name})
        ),
        "AWS::RDS::DBCluster": m.pick(
            simple(
                "rds",
                "CreateDBClusterSnapshot",
                {"DBClusterIdentifier": name, "DBClusterSnapshotIdentifier": "s"},
            ),
            simple("rds", "FailoverDBCluster", {"DBClusterIdentifier": name}),
        ),
        "AWS::RDS::DBSubnetGroup": simple(
            "rds",
            "CreateDBInstance",
            {
                "DBInstanceIdentifier": "x",
                "DBInstanceClass": "c",
                "Engine": "mysql",
                "DBSubnetGroupName": name,
            },
        ),
        "AWS::DynamoDB::Table": simple(
            "dynamodb", "CreateBackup", {"TableName": name, "BackupName": "nightly"}
        ),
        "AWS::Redshift::Cluster": m.pick(
            simple(
                "redshift", "CreateClusterSnapshot", {"ClusterIdentifier": name, "SnapshotIdentifier": "s"}
            ),
            simple("redshift", "RebootCluster", {"ClusterIdentifier": name}),
        ),
        "AWS::Lambda::Function": m.pick(
            simple(
                "lambda",
                "CreateEventSourceMapping",
                {"FunctionName": name, "EventSourceArn": m.arn("sqs", "other")},
            ),
            simple("lambda", "PublishVersion", {"FunctionName": name}),
            simple("lambda", "UpdateAlias", {"FunctionName": name, "Name": "live", "FunctionVersion": "7"}),
        ),
        "AWS::ECS::Cluster": m.pick(
            simple("ecs", "RunTask", {"cluster": name, "taskDefinition": "batch:3"}),
            simple("ecs", "UpdateService", {"cluster": name, "service": f"{name}-web", "desiredCount": 2}),
        ),
        "AWS::ECS::Service": simple(
            "ecs", "UpdateService", {"cluster": "elsewhere", "service": name, "desiredCount": 3}
        ),
        "AWS::EKS::Cluster": simple("eks", "CreateNodegroup", nodes),
        "AWS::ECR::Repository": simple(
            "ecr", "PutImage", {"repositoryName": name, "imageManifest": "{}", "imageTag": "v1"}
        ),
        "AWS::CodePipeline::Pipeline": simple("codepipeline", "StartPipelineExecution", {"name": name}),
        "AWS::CodeBuild::Project": simple("codebuild", "StartBuild", {"projectName": name}),
        "AWS::Athena::WorkGroup": simple(
            "athena", "StartQueryExecution", {"WorkGroup": name, "QueryString": "SELECT 1"}
        ),
        "AWS::Glue::Job": simple("glue", "StartJobRun", {"JobName": name}),
        "AWS::AutoScaling::AutoScalingGroup": m.pick(
            simple("autoscaling", "PutScalingPolicy", policy),
            simple(
                "autoscaling",
                "SetInstanceProtection",
                {"InstanceIds": ["i-0aa"], "AutoScalingGroupName": name, "ProtectedFromScaleIn": True},
            ),
        ),
        "AWS::ElasticLoadBalancing::LoadBalancer": simple(
            "elb",
            "RegisterInstancesWithLoadBalancer",
            {"LoadBalancerName": name, "Instances": [{"InstanceId": "i-0aa"}]},
        ),
        "AWS::OpenSearch::Domain": simple(
            "opensearch", "StartDomainMaintenance", {"DomainName": name, "Action": "REBOOT_NODE"}
        ),
        "AWS::CloudWatch::Alarm": simple(
            "cloudwatch", "PutCompositeAlarm", {"AlarmName": f"all-{name}", "AlarmRule": f"ALARM({name})"}
        ),
        "AWS::Events::Rule": simple(
            "events", "PutRule", {"Name": name, "EventBusName": "partners", "State": "DISABLED"}
        ),
        "AWS::SQS::Queue": simple(
            "sqs",
            "SetQueueAttributes",
            {"QueueUrl": queue_url, "Attributes": {"RedrivePolicy": f'{{"deadLetterTargetArn":"{arn}"}}'}},
        ),
        "AWS::IAM::InstanceProfile": loose(
            "ec2", "RunInstances", {"iamInstanceProfile": {"name": name}, "instancesSet": {}}
        ),
        "AWS::CloudFormation::Stack": simple(
            "cloudformation",
            "SignalResource",
            {"StackName": name, "LogicalResourceId": "Asg", "UniqueId": "i-0", "Status": "SUCCESS"},
        ),
        "AWS::ApiGateway::RestApi": loose(
            "apigateway",
            "CreateBasePathMapping",
            {
                "domainName": "api.example.com",
                "createBasePathMappingInput": {"restApiId": (arn or "").rpartition("/")[2], "stage": "prod"},
            },
        ),
        "AWS::CloudFront::Distribution": loose(
            "cloudfront",
            "CreateInvalidation",
            {"distributionId": thing.id, "invalidationBatch": {"callerReference": "r"}},
        ),
    }
    return by_type.get(thing.type)


def _by_arn(m, thing):
    arn = thing.arn
    target = {"Rule": f"other-{m.next()}", "Targets": [{"Id": "1", "Arn": arn or "x"}]}
    listener = {
        "LoadBalancerArn": m.arn("elasticloadbalancing", "loadbalancer/app/other/1"),
        "Protocol": "HTTP",
        "Port": 80,
    }
    watched = {"Name": "TargetGroup", "Value": (arn or "x").rpartition(":")[2]}
    container = {"name": "app", "secrets": [{"name": "TOKEN", "valueFrom": arn}]}
    other = {"FunctionName": f"other-{m.next()}", "StatementId": "s", "Action": "lambda:InvokeFunction"}
    alarm = {
        "AlarmName": f"other-{m.next()}",
        "EvaluationPeriods": 1,
        "ComparisonOperator": "LessThanThreshold",
    }
    code = {"FunctionName": f"other-{m.next()}", "Handler": "a", "Code": {"S3Bucket": "acme-artifacts"}}
    by_type = {
        "AWS::SNS::Topic": ("cloudwatch", "PutMetricAlarm", {**alarm, "AlarmActions": [arn]}),
        "AWS::StepFunctions::StateMachine": (
            "stepfunctions",
            "StartExecution",
            {"stateMachineArn": arn, "input": "{}"},
        ),
        "AWS::ElasticLoadBalancingV2::LoadBalancer": (
            "wafv2",
            "AssociateWebACL",
            {"WebACLArn": m.arn("wafv2", "regional/webacl/o/1"), "ResourceArn": arn},
        ),
        "AWS::ElasticLoadBalancingV2::TargetGroup": (
            "cloudwatch",
            "PutMetricAlarm",
            {**alarm, "Dimensions": [watched]},
        ),
        "AWS::ACM::Certificate": (
            "elbv2",
            "CreateListener",
            {**listener, "DefaultActions": [], "Certificates": [{"CertificateArn": arn}]},
        ),
        "AWS::Kinesis::Stream": ("events", "PutTargets", target),
        "AWS::MSK::Cluster": (
            "lambda",
            "CreateEventSourceMapping",
            {"FunctionName": "other", "EventSourceArn": arn},
        ),
        "AWS::S3::Bucket": (
            "lambda",
            "AddPermission",
            {**other, "Principal": "s3.amazonaws.com", "SourceArn": arn},
        ),
        "AWS::IAM::Role": ("lambda", "CreateFunction", {**code, "Role": arn}),
        "AWS::IAM::Policy": ("iam", "AttachRolePolicy", {"RoleName": f"other-{m.next()}", "PolicyArn": arn}),
        "AWS::KMS::Key": ("kms", "CreateAlias", {"AliasName": f"alias/other-{m.next()}", "TargetKeyId": arn}),
        "AWS::SecretsManager::Secret": (
            "ecs",
            "RegisterTaskDefinition",
            {"family": "other", "containerDefinitions": [container]},
        ),
    }
    found = by_type.get(thing.type)
    if found is None:
        return None
    service, operation, sent = found
    return lambda: op(service, operation, sent)


def evaluation(thing):
    """Return what a custom Config rule's function sends after each change."""
    one = {
        "complianceResourceType": thing.type,
        "complianceResourceId": thing.id,
        "complianceType": "COMPLIANT",
    }
    return op("config", "PutEvaluations", {"evaluations": [one], "resultToken": "x"}, spell=False)
