"""Load balancers and scaling groups."""

from tests.worlds.blind.row import TAGS, N, at, by, call, row, tagging

ELB = "elasticloadbalancing"
V2 = "AWS::ElasticLoadBalancingV2::"
TAGGING = tagging({"resourceArns": ["$arn"]}, calls=("AddTags", "RemoveTags"))
IDLE = [{"key": "idle_timeout.timeout_seconds", "value": "$n"}]

load_balancer = row(
    at(f"{V2}LoadBalancer", ELB, "$arn", "loadbalancer/app/$name/${hex:16}"),
    config={
        "loadBalancerArn": "$arn",
        "loadBalancerName": "$name",
        "securityGroups": [],
        "type": "application",
    },
    extra={"LoadBalancerAttributes": [{"key": "idle_timeout.timeout_seconds", "value": "60"}]},
    by={"loadBalancerArn": "$arn"},
    tags=("extra.Tags key/value",),
    tag=TAGGING,
    create=call(
        "CreateLoadBalancer",
        {"name": "$name", "subnets": ["$subnet"], "tags": TAGS},
        {"loadBalancers": [{"loadBalancerArn": "$arn", "loadBalancerName": "$name"}]},
    ),
    delete="DeleteLoadBalancer",
    updates=(
        by("ModifyLoadBalancerAttributes", {"attributes": IDLE}, plus={"LoadBalancerAttributes": IDLE}),
        by("SetSecurityGroups", {"securityGroups": ["$sg"]}, securityGroups=["$sg"]),
    ),
    mentions=(
        call("AssociateWebACL", {"webACLArn": "w", "resourceArn": "$arn"}, service="wafv2"),
        call(
            "CreateListener",
            {"loadBalancerArn": "$arn", "port": 443},
            {"listeners": [{"loadBalancerArn": "$arn"}]},
        ),
        call("CreateLoadBalancer", {"loadBalancerName": "$name", "listeners": []}),
        call("CreateTargetGroup", {"name": "$name"}, {"targetGroups": [{"targetGroupName": "$name"}]}),
    ),
    created=True,
    zone="Multiple Availability Zones",
    tag_set=True,
)

target_group = row(
    at(f"{V2}TargetGroup", ELB, "$arn", "targetgroup/$name/${hex:16}"),
    config={"TargetGroupArn": "$arn", "TargetGroupName": "$name", "HealthCheckPath": "/", "Targets": []},
    by={"targetGroupArn": "$arn"},
    tag=tagging({"resourceArns": ["$other", "$arn"]}, calls=("AddTags", "RemoveTags")),
    create=call(
        "CreateTargetGroup",
        {"name": "$name", "protocol": "HTTP", "port": 80},
        {"targetGroups": [{"targetGroupArn": "$arn", "targetGroupName": "$name"}]},
    ),
    delete="DeleteTargetGroup",
    updates=(
        by("ModifyTargetGroup", {"healthCheckPath": "/health/$n"}, HealthCheckPath="/health/$n"),
        by("RegisterTargets", {"targets": [{"id": "$i"}]}, Targets=[{"Id": "$i"}]),
    ),
    mentions=(
        call(
            "PutMetricAlarm",
            {"alarmName": "$other", "dimensions": [{"name": "TargetGroup", "value": "$arn"}]},
            service="monitoring",
        ),
        call(
            "ModifyListener",
            {"listenerArn": "l", "defaultActions": [{"type": "forward", "targetGroupArn": "$arn"}]},
        ),
        call(
            "UpdateAutoScalingGroup",
            {"autoScalingGroupName": "a", "targetGroupARNs": ["$arn"]},
            service="autoscaling",
        ),
        call(
            "CreateLoadBalancer",
            {"name": "$name"},
            {"loadBalancers": [{"loadBalancerName": "$name", "loadBalancerArn": "z"}]},
        ),
    ),
)

BALANCER = "arn:aws:elasticloadbalancing:$region:$account:loadbalancer/app/$name/1"
listener = row(
    at(f"{V2}Listener", ELB, "$arn", "listener/app/$name/1/${hex:16}"),
    name=None,
    config={
        "ListenerArn": "$arn",
        "Port": 443,
        "Protocol": "HTTPS",
        "SslPolicy": "p1",
        "LoadBalancerArn": BALANCER,
    },
    by={"listenerArn": "$arn"},
    tag=TAGGING,
    create=call(
        "CreateListener",
        {"loadBalancerArn": BALANCER, "port": 443},
        {"listeners": [{"listenerArn": "$arn", "loadBalancerArn": BALANCER}]},
    ),
    delete="DeleteListener",
    updates=(
        by(
            "ModifyListener",
            {"sslPolicy": "p$n"},
            {"listeners": [{"listenerArn": "$arn", "loadBalancerArn": BALANCER}]},
            SslPolicy="p$n",
        ),
    ),
    mentions=(call("CreateRule", {"listenerArn": "$arn", "priority": 1}, {"rules": [{"ruleArn": "r"}]}),),
)

classic = row(
    at("AWS::ElasticLoadBalancing::LoadBalancer", ELB, "$name", "loadbalancer/$name"),
    config={
        "loadBalancerName": "$name",
        "scheme": "internal",
        "healthCheck": {"target": "TCP:80"},
        "listenerDescriptions": [],
    },
    by={"loadBalancerName": "$name"},
    tags=("extra.Tags key/value",),
    tag=tagging({"loadBalancerNames": ["$name"]}, keys="tags", calls=("AddTags", "RemoveTags")),
    create=by("CreateLoadBalancer", {"listeners": []}, {"dNSName": "$name-1.elb.amazonaws.com"}),
    delete="DeleteLoadBalancer",
    updates=(
        by("ConfigureHealthCheck", {"healthCheck": {"target": "TCP:$n"}}, healthCheck={"target": "TCP:$n"}),
        by("CreateLoadBalancerListeners", listenerDescriptions=[{"loadBalancerPort": N}]),
    ),
    mentions=(
        by("RegisterInstancesWithLoadBalancer", {"instances": [{"instanceId": "$i"}]}),
        call(
            "CreateLoadBalancer",
            {"name": "$name"},
            {"loadBalancers": [{"loadBalancerArn": "x", "loadBalancerName": "$name"}]},
        ),
    ),
    created=True,
)

OF_GROUP = {"resourceId": "$name", "resourceType": "auto-scaling-group"}
scaling_group = row(
    at(
        "AWS::AutoScaling::AutoScalingGroup",
        "autoscaling",
        "$arn",
        "autoScalingGroup:$uuid:autoScalingGroupName/$name",
    ),
    config={
        "autoScalingGroupName": "$name",
        "autoScalingGroupARN": "$arn",
        "minSize": 1,
        "desiredCapacity": 1,
        "maxSize": 9,
        "instances": [],
    },
    by={"autoScalingGroupName": "$name"},
    tags=("configuration.tags key/value",),
    tag=tagging({}, keys="tags", each=OF_GROUP, calls=("CreateOrUpdateTags", "DeleteTags")),
    create=by("CreateAutoScalingGroup", {"minSize": 1, "maxSize": 9}),
    delete=by("DeleteAutoScalingGroup", {"forceDelete": True}),
    updates=(
        by("UpdateAutoScalingGroup", {"maxSize": N}, maxSize=N),
        by("SetDesiredCapacity", {"desiredCapacity": N}, desiredCapacity=N),
        by("SuspendProcesses", suspendedProcesses=[{"processName": "p$n"}]),
    ),
    mentions=(
        by("PutScalingPolicy", {"policyName": "scale-out", "policyType": "TargetTrackingScaling"}),
        by("SetInstanceProtection", {"instanceIds": ["$i"], "protectedFromScaleIn": True}),
        by("CompleteLifecycleAction", {"lifecycleHookName": "h"}),
        call("RegisterScalableTarget", {"resourceId": "$name"}, service="application-autoscaling"),
    ),
    created=True,
)
