"""What runs: functions, containers, groups of instances, and what spreads the load."""

from tests.worlds.kind import Call, Kind

TAGS = [{"key": "$tagkey", "value": "$tagvalue"}]

FUNCTION = Kind(
    type="AWS::Lambda::Function",
    source="lambda",
    id="$name",
    arn="arn:aws:lambda:$region:$account:function:$name",
    tags_in="supplementary.Tags.map",
    creation_time=False,
    config={"functionName": "$name", "functionArn": "$arn"},
    create=Call(
        "CreateFunction20150331",
        {"functionName": "$name", "role": "arn:aws:iam::$account:role/r", "handler": "h"},
        {"functionName": "$name", "functionArn": "$arn", "role": "arn:aws:iam::$account:role/r"},
    ),
    delete=Call("DeleteFunction20150331", {"functionName": "$name"}),
    updates=(
        Call(
            "UpdateFunctionCode20150331v2",
            {
                "functionName": "$arn",
                "fullyQualifiedArn": {
                    "arnPrefix": {"partition": "aws", "region": "$region", "account": "$account"},
                    "relativeId": {"functionName": "$name"},
                    "functionQualifier": {},
                },
            },
            {"functionName": "$name", "functionArn": "$arn:7"},
            paths=(("Configuration.CodeSha256", "a", "b"), ("Configuration.LastModified", "a", "b")),
        ),
        Call(
            "UpdateFunctionConfiguration20150331v2",
            {"functionName": "$name", "timeout": 9},
            {"functionName": "$name", "functionArn": "$arn"},
            paths=(("Configuration.Timeout", 3, 9), ("Configuration.RevisionId", "a", "b")),
        ),
        Call(
            "AddPermission20150331v2",
            {"functionName": "$arn", "statementId": "s", "action": "lambda:InvokeFunction", "principal": "*"},
            {"statement": "{}"},
            paths=(("SupplementaryConfiguration.Policy", "a", "b"),),
        ),
        Call(
            "PutFunctionConcurrency20171031",
            {"functionName": "$account:function:$name", "reservedConcurrentExecutions": 0},
            paths=(("SupplementaryConfiguration.Concurrency", None, 0),),
            listed=("$name",),
        ),
    ),
    tag=Call("TagResource20170331v2", {"resource": "$arn", "tags": {"$tagkey": "$tagvalue"}}),
    untag=Call("UntagResource20170331v2", {"resource": "$arn", "tagKeys": ["$tagkey"]}),
    mentions=(
        Call("Invoke", {"functionName": "$arn"}),
        Call(
            "CreateEventSourceMapping20150331",
            {"functionName": "$name", "eventSourceArn": "q"},
            {"functionArn": "$arn"},
        ),
        Call("PutTargets", {"rule": "r", "targets": [{"id": "1", "arn": "$arn"}]}, source="events"),
        Call("UpdateFunctionConfiguration20150331v2", {"functionName": "999988887777:function:$name"}),
        Call("CreateFunction", {"name": "$name", "functionName": "$name"}, source="cloudfront"),
    ),
)

CLUSTER = Kind(
    type="AWS::ECS::Cluster",
    source="ecs",
    id="$name",
    arn="arn:aws:ecs:$region:$account:cluster/$name",
    tags_in="configuration.Tags",
    creation_time=False,
    config={"ClusterName": "$name", "Arn": "$arn"},
    create=Call(
        "CreateCluster", {"clusterName": "$name"}, {"cluster": {"clusterArn": "$arn", "clusterName": "$name"}}
    ),
    delete=Call(
        "DeleteCluster", {"cluster": "$arn"}, {"cluster": {"clusterArn": "$arn", "clusterName": "$name"}}
    ),
    updates=(
        Call(
            "UpdateClusterSettings",
            {"cluster": "$name"},
            paths=(("Configuration.ClusterSettings.0", None, {"x": "y"}),),
        ),
        Call(
            "PutClusterCapacityProviders",
            {"cluster": "$name"},
            paths=(("Configuration.CapacityProviders.0", None, "FARGATE"),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": TAGS}),
    mentions=(
        Call("CreateService", {"cluster": "$name", "serviceName": "s"}, {"service": {"clusterArn": "$arn"}}),
        Call("RunTask", {"cluster": "$name", "taskDefinition": "t"}, {"tasks": [{"clusterArn": "$arn"}]}),
        Call("CreateCluster", {"name": "$name"}, {"cluster": {"name": "$name"}}, source="eks"),
        Call("ModifyDBCluster", {"dBClusterIdentifier": "$name"}, source="rds"),
        Call("RegisterContainerInstance", {"cluster": "$name"}),
    ),
)

SERVICE = Kind(
    type="AWS::ECS::Service",
    source="ecs",
    id="$arn",
    arn="arn:aws:ecs:$region:$account:service/$parent/$name",
    tags_in="configuration.Tags",
    config={"ServiceName": "$name", "Cluster": "$parent", "ServiceArn": "$arn"},
    create=Call(
        "CreateService",
        {"cluster": "$parent", "serviceName": "$name", "taskDefinition": "t:1"},
        {"service": {"serviceArn": "$arn", "serviceName": "$name"}},
    ),
    delete=Call(
        "DeleteService",
        {"cluster": "$parent", "service": "$name", "force": True},
        {"service": {"serviceArn": "$arn"}},
    ),
    updates=(
        Call(
            "UpdateService",
            {"cluster": "$parent", "service": "$name", "desiredCount": 3},
            {"service": {"serviceArn": "$arn", "serviceName": "$name"}},
            paths=(("Configuration.DesiredCount", 2, 3),),
        ),
        Call(
            "UpdateService",
            {
                "cluster": "arn:aws:ecs:$region:$account:cluster/$parent",
                "service": "$arn",
                "taskDefinition": "t:2",
            },
            paths=(("Configuration.TaskDefinition", "t:1", "t:2"),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": TAGS}),
    mentions=(
        Call("UpdateService", {"cluster": "other-$parent", "service": "$name", "desiredCount": 1}, listed=()),
        Call(
            "UpdateService",
            {"service": "$name", "desiredCount": 1},
            {"service": {"serviceArn": "arn:aws:ecs:$region:$account:service/default/$name"}},
        ),
        Call("CreateService", {"name": "$name", "serviceName": "$name"}, source="servicediscovery"),
    ),
)

TASK = Kind(
    type="AWS::ECS::TaskDefinition",
    source="ecs",
    id="$name",
    name="$name:4",
    arn="arn:aws:ecs:$region:$account:task-definition/$name:4",
    tags_in="configuration.Tags",
    creation_time=False,
    config={"Family": "$name", "TaskDefinitionArn": "$arn"},
    create=Call(
        "RegisterTaskDefinition",
        {"family": "$name"},
        {"taskDefinition": {"taskDefinitionArn": "$arn", "family": "$name", "revision": 4}},
    ),
    delete=Call(
        "DeregisterTaskDefinition",
        {"taskDefinition": "$name:4"},
        {"taskDefinition": {"taskDefinitionArn": "$arn"}},
    ),
    updates=(),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": TAGS}),
    mentions=(
        Call(
            "UpdateService",
            {"service": "s", "taskDefinition": "$arn"},
            {"service": {"taskDefinition": "$arn"}},
        ),
        Call(
            "RegisterTaskDefinition",
            {"family": "$name"},
            {"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:$region:$account:task-definition/$name:5"}},
        ),
        Call("RunTask", {"taskDefinition": "$name:4"}),
    ),
)

KUBERNETES = Kind(
    type="AWS::EKS::Cluster",
    source="eks",
    id="$name",
    arn="arn:aws:eks:$region:$account:cluster/$name",
    tags_in="configuration.Tags",
    config={"Name": "$name", "Arn": "$arn"},
    create=Call("CreateCluster", {"name": "$name"}, {"cluster": {"name": "$name", "arn": "$arn"}}),
    delete=Call("DeleteCluster", {"name": "$name"}, {"cluster": {"name": "$name", "arn": "$arn"}}),
    updates=(
        Call(
            "UpdateClusterConfig",
            {"name": "$name"},
            {"update": {"id": "$uuid"}},
            paths=(("Configuration.Logging", "a", "b"),),
        ),
        Call(
            "UpdateClusterVersion",
            {"name": "$name", "version": "1.33"},
            paths=(("Configuration.Version", "1.32", "1.33"),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": {"$tagkey": "$tagvalue"}}),
    mentions=(
        Call(
            "CreateNodegroup",
            {"clusterName": "$name", "nodegroupName": "n"},
            {"nodegroup": {"clusterName": "$name"}},
        ),
        Call("CreateAddon", {"clusterName": "$name", "addonName": "a"}),
        Call("CreateAccessEntry", {"clusterName": "$name", "principalArn": "p"}),
        Call("CreateCluster", {"clusterName": "$name"}, source="ecs"),
    ),
)

IMAGES = Kind(
    type="AWS::ECR::Repository",
    source="ecr",
    id="$name",
    arn="arn:aws:ecr:$region:$account:repository/$name",
    tags_in="configuration.Tags",
    config={"RepositoryName": "$name", "Arn": "$arn"},
    create=Call(
        "CreateRepository",
        {"repositoryName": "$name"},
        {"repository": {"repositoryArn": "$arn"}},
        resources=("$arn",),
    ),
    delete=Call("DeleteRepository", {"repositoryName": "$name", "force": True}, resources=("$arn",)),
    updates=(
        Call(
            "PutLifecyclePolicy",
            {"repositoryName": "$name", "registryId": "$account"},
            paths=(("Configuration.LifecyclePolicy", None, "x"),),
            resources=("$arn",),
        ),
        Call(
            "SetRepositoryPolicy",
            {"repositoryName": "$name"},
            paths=(("Configuration.RepositoryPolicyText", None, "x"),),
        ),
    ),
    tag=Call("TagResource", {"resourceArn": "$arn", "tags": TAGS}),
    mentions=(
        Call(
            "PutImage",
            {"repositoryName": "$name", "imageTag": "latest"},
            {"image": {"repositoryName": "$name"}},
            resources=("$arn",),
        ),
        Call("CreateRepository", {"repositoryName": "$name"}, source="codecommit"),
    ),
)

GROUP = Kind(
    type="AWS::AutoScaling::AutoScalingGroup",
    source="autoscaling",
    id="$arn",
    arn="arn:aws:autoscaling:$region:$account:autoScalingGroup:$uuid:autoScalingGroupName/$name",
    tags_in="configuration.tags",
    config={"autoScalingGroupName": "$name", "autoScalingGroupARN": "$arn"},
    create=Call("CreateAutoScalingGroup", {"autoScalingGroupName": "$name", "minSize": 1, "maxSize": 2}),
    delete=Call("DeleteAutoScalingGroup", {"autoScalingGroupName": "$name", "forceDelete": True}),
    updates=(
        Call(
            "UpdateAutoScalingGroup",
            {"autoScalingGroupName": "$name", "maxSize": 9},
            paths=(("Configuration.MaxSize", 2, 9),),
        ),
        Call(
            "SetDesiredCapacity",
            {"autoScalingGroupName": "$name", "desiredCapacity": 4},
            paths=(("Configuration.DesiredCapacity", 2, 4),),
        ),
        Call(
            "SuspendProcesses",
            {"autoScalingGroupName": "$name"},
            paths=(("Configuration.SuspendedProcesses.0", None, "x"),),
        ),
    ),
    tag=Call(
        "CreateOrUpdateTags",
        {
            "tags": [
                {
                    "resourceId": "$name",
                    "resourceType": "auto-scaling-group",
                    "key": "$tagkey",
                    "value": "$tagvalue",
                },
            ]
        },
    ),
    mentions=(
        Call("CompleteLifecycleAction", {"autoScalingGroupName": "$name", "lifecycleHookName": "h"}),
        Call("RegisterScalableTarget", {"resourceId": "$name"}, source="application-autoscaling"),
    ),
)

BALANCER = Kind(
    type="AWS::ElasticLoadBalancingV2::LoadBalancer",
    source="elasticloadbalancing",
    id="$arn",
    arn="arn:aws:elasticloadbalancing:$region:$account:loadbalancer/app/$name/$hex",
    tags_in="supplementary.Tags.list",
    config={"loadBalancerArn": "$arn", "loadBalancerName": "$name"},
    create=Call(
        "CreateLoadBalancer",
        {"name": "$name"},
        {"loadBalancers": [{"loadBalancerArn": "$arn", "loadBalancerName": "$name"}]},
    ),
    delete=Call("DeleteLoadBalancer", {"loadBalancerArn": "$arn"}),
    updates=(
        Call(
            "SetSecurityGroups",
            {"loadBalancerArn": "$arn", "securityGroups": ["$sg"]},
            paths=(("Configuration.SecurityGroups.0", None, "x"),),
        ),
        Call(
            "ModifyLoadBalancerAttributes",
            {"loadBalancerArn": "$arn"},
            paths=(("SupplementaryConfiguration.LoadBalancerAttributes.0", "a", "b"),),
        ),
    ),
    tag=Call("AddTags", {"resourceArns": ["$arn"], "tags": TAGS}),
    untag=Call("RemoveTags", {"resourceArns": ["$arn"], "tagKeys": ["$tagkey"]}),
    mentions=(
        Call(
            "CreateListener",
            {"loadBalancerArn": "$arn", "port": 443},
            {"listeners": [{"loadBalancerArn": "$arn"}]},
        ),
        Call("CreateLoadBalancer", {"loadBalancerName": "$name", "listeners": []}),
        Call("AssociateWebACL", {"webACLArn": "w", "resourceArn": "$arn"}, source="wafv2"),
        Call("CreateTargetGroup", {"name": "$name"}, {"targetGroups": [{"targetGroupName": "$name"}]}),
    ),
)

TARGETS = Kind(
    type="AWS::ElasticLoadBalancingV2::TargetGroup",
    source="elasticloadbalancing",
    id="$arn",
    arn="arn:aws:elasticloadbalancing:$region:$account:targetgroup/$name/$hex",
    tags_in="configuration.Tags",
    creation_time=False,
    config={"TargetGroupArn": "$arn", "TargetGroupName": "$name"},
    create=Call(
        "CreateTargetGroup",
        {"name": "$name"},
        {"targetGroups": [{"targetGroupArn": "$arn", "targetGroupName": "$name"}]},
    ),
    delete=Call("DeleteTargetGroup", {"targetGroupArn": "$arn"}),
    updates=(
        Call(
            "ModifyTargetGroup",
            {"targetGroupArn": "$arn", "healthCheckPath": "/x"},
            paths=(("Configuration.HealthCheckPath", "/", "/x"),),
        ),
    ),
    tag=Call("AddTags", {"resourceArns": ["$other", "$arn"], "tags": TAGS}),
    mentions=(
        Call(
            "ModifyListener",
            {"listenerArn": "l", "defaultActions": [{"type": "forward", "targetGroupArn": "$arn"}]},
        ),
        Call("RegisterTargets", {"targetGroupArn": "$arn", "targets": [{"id": "$instance"}]}),
        Call(
            "UpdateAutoScalingGroup",
            {"autoScalingGroupName": "a", "targetGroupARNs": ["$arn"]},
            source="autoscaling",
        ),
        Call(
            "CreateLoadBalancer",
            {"name": "$name"},
            {"loadBalancers": [{"loadBalancerName": "$name", "loadBalancerArn": "z"}]},
        ),
    ),
)

LISTENER = Kind(
    type="AWS::ElasticLoadBalancingV2::Listener",
    source="elasticloadbalancing",
    id="$arn",
    name=None,
    arn="arn:aws:elasticloadbalancing:$region:$account:listener/app/$name/$hex/$up",
    creation_time=False,
    config={"ListenerArn": "$arn"},
    create=Call(
        "CreateListener",
        {"loadBalancerArn": "lb", "port": 443},
        {"listeners": [{"listenerArn": "$arn", "loadBalancerArn": "lb"}]},
    ),
    delete=Call("DeleteListener", {"listenerArn": "$arn"}),
    updates=(
        Call(
            "ModifyListener", {"listenerArn": "$arn"}, paths=(("Configuration.DefaultActions.0", "a", "b"),)
        ),
    ),
    tag=Call("AddTags", {"resourceArns": ["$arn"], "tags": TAGS}),
    mentions=(Call("CreateRule", {"listenerArn": "$arn", "priority": 1}, {"rules": [{"ruleArn": "r"}]}),),
)

CLASSIC = Kind(
    type="AWS::ElasticLoadBalancing::LoadBalancer",
    source="elasticloadbalancing",
    id="$name",
    arn="arn:aws:elasticloadbalancing:$region:$account:loadbalancer/$name",
    tags_in="supplementary.Tags.list",
    config={"loadBalancerName": "$name"},
    create=Call(
        "CreateLoadBalancer",
        {"loadBalancerName": "$name", "listeners": []},
        {"dNSName": "$name-1.elb.amazonaws.com"},
    ),
    delete=Call("DeleteLoadBalancer", {"loadBalancerName": "$name"}),
    updates=(
        Call(
            "CreateLoadBalancerListeners",
            {"loadBalancerName": "$name"},
            paths=(("Configuration.ListenerDescriptions.1", None, "x"),),
        ),
        Call(
            "ConfigureHealthCheck",
            {"loadBalancerName": "$name"},
            paths=(("Configuration.HealthCheck.Target", "a", "b"),),
        ),
    ),
    tag=Call("AddTags", {"loadBalancerNames": ["$name"], "tags": TAGS}),
    mentions=(
        Call(
            "CreateLoadBalancer",
            {"name": "$name"},
            {"loadBalancers": [{"loadBalancerArn": "x", "loadBalancerName": "$name"}]},
        ),
    ),
)

BEANSTALK = Kind(
    type="AWS::ElasticBeanstalk::Environment",
    source="elasticbeanstalk",
    id="e-$short",
    arn="arn:aws:elasticbeanstalk:$region:$account:environment/app/$name",
    tags_in="configuration.tags",
    config={"environmentName": "$name", "environmentId": "$id"},
    create=Call(
        "CreateEnvironment",
        {"applicationName": "app", "environmentName": "$name"},
        {"environmentId": "$id", "environmentName": "$name"},
    ),
    delete=Call("TerminateEnvironment", {"environmentName": "$name"}, {"environmentId": "$id"}),
    updates=(
        Call(
            "UpdateEnvironment",
            {"environmentId": "$id"},
            {"environmentId": "$id"},
            paths=(("Configuration.VersionLabel", "a", "b"),),
        ),
    ),
    tag=Call("UpdateTagsForResource", {"resourceArn": "$arn", "tagsToAdd": TAGS}),
    mentions=(Call("CreateEnvironment", {"name": "$name"}, source="mwaa"),),
)

KINDS = (
    FUNCTION,
    CLUSTER,
    SERVICE,
    TASK,
    KUBERNETES,
    IMAGES,
    GROUP,
    BALANCER,
    TARGETS,
    LISTENER,
    CLASSIC,
    BEANSTALK,
)
