"""Functions, containers and clusters."""

from tests.worlds.blind.row import TAGS, N, at, by, call, row, tagging

FOUND = {"functionName": "$name", "functionArn": "$arn"}
function = row(
    at("AWS::Lambda::Function", "lambda", "$name", "function:$name"),
    config={
        **FOUND,
        "timeout": 3,
        "memorySize": 128,
        "codeSha256": "${hex:44}",
        "runtime": "python3.13",
        "role": "arn:aws:iam::$account:role/$name",
        "revisionId": "$uuid",
    },
    words={"called": ("$name", "$name", "$arn", "$account:function:$name")},
    by={"functionName": "$called"},
    tags=("extra.Tags map",),
    tag=tagging("resource", form="map"),
    create=call(
        "CreateFunction",
        {"functionName": "$name", "role": "arn:aws:iam::$account:role/$name", "handler": "h", "tags": TAGS},
        FOUND,
    ),
    delete=call("DeleteFunction", {"functionName": "$name"}),
    updates=(
        by(
            "UpdateFunctionConfiguration",
            {"timeout": N},
            {**FOUND, "timeout": N},
            timeout=N,
            revisionId="$uuid2",
            lastModified="t$n",
        ),
        by(
            "UpdateFunctionCode",
            {"s3Bucket": "acme-artifacts", "s3Key": "$name.zip", "dryRun": False},
            {"functionName": "$name", "functionArn": "$arn:7"},
            codeSha256="${hex2:44}",
            revisionId="$uuid2",
        ),
        by(
            "AddPermission",
            {"statementId": "s", "action": "lambda:InvokeFunction", "principal": "*"},
            {"statement": "{}"},
            plus={"Policy": {"Statement": [{"Sid": "s$n"}]}},
        ),
        call(
            "UpdateFunctionCode",
            {
                "functionName": "$arn",
                "fullyQualifiedArn": {"relativeId": {"functionName": "$name"}, "functionQualifier": {}},
            },
            codeSha256="${hex2:44}",
        ),
        by("PutFunctionConcurrency", {"reservedConcurrentExecutions": N}, plus={"Concurrency": N}),
    ),
    mentions=(
        call(
            "CreateEventSourceMapping",
            {"functionName": "$name", "eventSourceArn": "q"},
            {"functionArn": "$arn"},
        ),
        by("PublishVersion"),
        by("UpdateAlias", {"name": "live", "functionVersion": "7"}),
        call("Invoke", {"functionName": "$arn"}),
        call("PutTargets", {"rule": "r", "targets": [{"id": "1", "arn": "$arn"}]}, service="events"),
        call("UpdateFunctionConfiguration", {"functionName": "999988887777:function:$name"}),
        call("CreateFunction", {"name": "$name", "functionName": "$name"}, service="cloudfront"),
    ),
)

CLUSTER = {"cluster": {"clusterArn": "$arn", "clusterName": "$name"}}
cluster = row(
    at("AWS::ECS::Cluster", "ecs", "$name", "cluster/$name"),
    config={"Arn": "$arn", "ClusterName": "$name", "ClusterSettings": [], "CapacityProviders": []},
    words={"called": ("$name", "$arn")},
    by={"cluster": "$called"},
    create=call("CreateCluster", {"clusterName": "$name"}, CLUSTER),
    delete=by("DeleteCluster", {}, CLUSTER),
    updates=(
        by("UpdateClusterSettings", {"settings": []}, CLUSTER, ClusterSettings=[{"Value": "v$n"}]),
        by(
            "PutClusterCapacityProviders", {"capacityProviders": []}, CLUSTER, CapacityProviders=["FARGATE$n"]
        ),
    ),
    mentions=(
        by("RunTask", {"taskDefinition": "batch:3"}, {"tasks": [{"clusterArn": "$arn"}]}),
        by("UpdateService", {"service": "$name-web", "desiredCount": 2}),
        by("CreateService", {"serviceName": "s"}, {"service": {"clusterArn": "$arn"}}),
        call("CreateCluster", {"name": "$name"}, {"cluster": {"name": "$name"}}, service="eks"),
        call("ModifyDBCluster", {"dBClusterIdentifier": "$name"}, service="rds"),
        by("RegisterContainerInstance"),
    ),
)

SERVICE = {"service": {"serviceArn": "$arn", "serviceName": "$name"}}
TASK = "arn:aws:ecs:$region:$account:task-definition/$name:$n"
service = row(
    at("AWS::ECS::Service", "ecs", "$arn", "service/$parent/$name"),
    parent="orders",
    config={
        "ServiceArn": "$arn",
        "ServiceName": "$name",
        "Name": "$name",
        "DesiredCount": 1,
        "TaskDefinition": "$name:7",
        "Cluster": "arn:aws:ecs:$region:$account:cluster/$parent",
    },
    words={
        "called": ("$name", "$name", "$arn"),
        "within": ("$parent", "arn:aws:ecs:$region:$account:cluster/$parent"),
    },
    by={"cluster": "$within", "service": "$called"},
    create=call(
        "CreateService", {"cluster": "$parent", "serviceName": "$name", "taskDefinition": "$name:7"}, SERVICE
    ),
    delete=by("DeleteService", {"force": True}, {"service": {"serviceArn": "$arn"}}),
    updates=(
        by("UpdateService", {"desiredCount": N}, SERVICE, DesiredCount=N),
        by("UpdateService", {"taskDefinition": TASK}, SERVICE, TaskDefinition=TASK),
    ),
    mentions=(
        call("UpdateService", {"cluster": "elsewhere", "service": "$name", "desiredCount": 3}),
        call(
            "UpdateService",
            {"service": "$name", "desiredCount": 1},
            {"service": {"serviceArn": "arn:aws:ecs:$region:$account:service/default/$name"}},
        ),
        call("CreateService", {"name": "$name", "serviceName": "$name"}, service="servicediscovery"),
    ),
    created=True,
)

task_definition = row(
    at("AWS::ECS::TaskDefinition", "ecs", "$name", "task-definition/$name:4"),
    name="$name:4",
    config={"Family": "$name", "TaskDefinitionArn": "$arn", "Status": "ACTIVE", "Cpu": "256"},
    create=call(
        "RegisterTaskDefinition",
        {"family": "$name", "containerDefinitions": [{"name": "app"}]},
        {"taskDefinition": {"taskDefinitionArn": "$arn", "family": "$name", "revision": 4}},
    ),
    delete=call(
        "DeregisterTaskDefinition",
        {"taskDefinition": "$name:4"},
        {"taskDefinition": {"taskDefinitionArn": "$arn"}},
    ),
    mentions=(
        call(
            "UpdateService",
            {"service": "s", "taskDefinition": "$arn"},
            {"service": {"taskDefinition": "$arn"}},
        ),
        call(
            "RegisterTaskDefinition",
            {"family": "$name"},
            {"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:$region:$account:task-definition/$name:5"}},
        ),
        call("RunTask", {"taskDefinition": "$name:4"}),
    ),
)

EKS = {"cluster": {"name": "$name", "arn": "$arn"}}
eks = row(
    at("AWS::EKS::Cluster", "eks", "$name", "cluster/$name"),
    config={"Arn": "$arn", "Name": "$name", "Version": "1.30", "Logging": {}, "ResourcesVpcConfig": {}},
    by={"name": "$name"},
    tag=tagging(form="map"),
    create=by("CreateCluster", {"roleArn": "r", "resourcesVpcConfig": {}}, EKS),
    delete=by("DeleteCluster", {}, EKS),
    updates=(
        by("UpdateClusterVersion", {"version": "1.$n"}, {"update": {"id": "$uuid"}}, Version="1.$n"),
        by(
            "UpdateClusterConfig",
            {"resourcesVpcConfig": {"endpointPublicAccess": True}},
            {"update": {"id": "$uuid"}},
            ResourcesVpcConfig={"PublicAccessCidrs": ["10.$n.0.0/16"]},
        ),
    ),
    mentions=(
        call(
            "CreateNodegroup",
            {"clusterName": "$name", "nodegroupName": "n"},
            {"nodegroup": {"clusterName": "$name"}},
        ),
        call("CreateAddon", {"clusterName": "$name", "addonName": "a"}),
        call("CreateAccessEntry", {"clusterName": "$name", "principalArn": "p"}),
        call("CreateCluster", {"clusterName": "$name"}, service="ecs"),
    ),
    created=True,
)

repository = row(
    at("AWS::ECR::Repository", "ecr", "$name", "repository/$name"),
    config={
        "RepositoryName": "$name",
        "Arn": "$arn",
        "ImageTagMutability": "MUTABLE",
        "RepositoryPolicyText": {},
    },
    by={"repositoryName": "$name"},
    create=by("CreateRepository", {}, {"repository": {"repositoryArn": "$arn"}}),
    delete=by("DeleteRepository", {"force": True}),
    updates=(
        by("SetRepositoryPolicy", {"registryId": "$account"}, RepositoryPolicyText={"Version": "v$n"}),
        by("PutImageTagMutability", {"imageTagMutability": "M$n"}, ImageTagMutability="M$n"),
        by("PutLifecyclePolicy", {"registryId": "$account"}, LifecyclePolicy="l$n"),
    ),
    mentions=(
        by("PutImage", {"imageManifest": "{}", "imageTag": "v1"}, {"image": {"repositoryName": "$name"}}),
        call("CreateRepository", {"repositoryName": "$name"}, service="codecommit"),
    ),
    created=True,
    resources=True,
)
