"""Load balancers and scaling groups."""

from tests.worlds.blind.row import EXTRA, LOWER, TAGS, N, at, by, call, row, tagging

ELB = "elasticloadbalancing"
V2 = "AWS::ElasticLoadBalancingV2::"
CALLS = ("AddTags", "RemoveTags")
TAGGING = tagging({"resourceArns": ["$arn"]}, calls=CALLS)
IDLE = [{"key": "idle_timeout.timeout_seconds", "value": "$n"}]

load_balancer = row(
    at(f"{V2}LoadBalancer", ELB, "$arn", "loadbalancer/app/$name/${hex:16}"),
    config={"loadBalancerArn": "$arn", "loadBalancerName": "$name", "type": "application"},
    extra={"LoadBalancerAttributes": [{"key": "idle_timeout.timeout_seconds", "value": "60"}]},
    by={"loadBalancerArn": "$arn"},
    tags=EXTRA,
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
        call("CreateLoadBalancer", {"loadBalancerName": "$name", "listeners": []}),
        call("CreateTargetGroup", {"name": "$name"}, {"targetGroups": [{"targetGroupName": "$name"}]}),
    ),
    tag_set=True,
)

target_group = row(
    at(f"{V2}TargetGroup", ELB, "$arn", "targetgroup/$name/${hex:16}"),
    config={"TargetGroupArn": "$arn", "TargetGroupName": "$name"},
    by={"targetGroupArn": "$arn"},
    tag=tagging({"resourceArns": ["$other", "$arn"]}, calls=CALLS),
    create=call(
        "CreateTargetGroup",
        {"name": "$name"},
        {"targetGroups": [{"targetGroupArn": "$arn", "targetGroupName": "$name"}]},
    ),
    delete="DeleteTargetGroup",
    updates=(
        by("ModifyTargetGroup", {"healthCheckPath": "/health/$n"}, HealthCheckPath="/health/$n"),
        by("RegisterTargets", {"targets": [{"id": "$i"}]}, Targets=[{"Id": "$i"}]),
    ),
    mentions=(
        call("PutMetricAlarm", {"alarmName": "a", "dimensions": [{"value": "$arn"}]}, service="monitoring"),
        call("UpdateAutoScalingGroup", {"targetGroupARNs": ["$arn"]}, service="autoscaling"),
        call(
            "CreateLoadBalancer",
            {"name": "$name"},
            {"loadBalancers": [{"loadBalancerName": "$name", "loadBalancerArn": "z"}]},
        ),
    ),
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
        "desiredCapacity": 1,
        "instances": [],
    },
    by={"autoScalingGroupName": "$name"},
    tags=LOWER,
    tag=tagging({}, keys="tags", each=OF_GROUP, calls=("CreateOrUpdateTags", "DeleteTags")),
    create=by("CreateAutoScalingGroup", {"minSize": 1, "maxSize": 9}),
    delete=by("DeleteAutoScalingGroup", {"forceDelete": True}),
    updates=(
        by("UpdateAutoScalingGroup", {"maxSize": N}, maxSize=N),
        by("SetDesiredCapacity", {"desiredCapacity": N}, desiredCapacity=N),
    ),
    mentions=(
        by("SetInstanceProtection", {"instanceIds": ["$i"], "protectedFromScaleIn": True}),
        call("RegisterScalableTarget", {"resourceId": "$name"}, service="application-autoscaling"),
    ),
)
