"""Load balancers and scaling groups of the blind world."""

from tests.worlds.blind.kind import pairs, retag, store
from tests.worlds.blind.service import CONFIG_LOWER, CONFIG_UPPER, EXTRA_LOWER, kind, op, tagging, thing_of


def load_balancer(m, name):
    arn = m.arn("elasticloadbalancing", f"loadbalancer/app/{name}/{m.hex(length=16)}")
    config = {"loadBalancerArn": arn, "loadBalancerName": name, "securityGroups": [], "type": "application"}
    extra = {"LoadBalancerAttributes": [{"key": "idle_timeout.timeout_seconds", "value": "60"}]}
    thing = thing_of(
        m,
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        arn,
        name=name,
        arn=arn,
        config=config,
        tags=EXTRA_LOWER,
        extra=extra,
        zone="Multiple Availability Zones",
    )
    lists = [("AWS::ElasticLoadBalancingV2::LoadBalancer", arn)]

    def attributes():
        value = str(61 + m.next())
        one = {"Key": "idle_timeout.timeout_seconds", "Value": value}
        change = store(thing.extra, LoadBalancerAttributes=[{"key": one["Key"], "value": value}])
        sent = {"LoadBalancerArn": arn, "Attributes": [one]}
        return op(
            "elbv2", "ModifyLoadBalancerAttributes", sent, {"Attributes": [one]}, lists=lists, change=change
        )

    def groups():
        other = m.hex("sg-0", 16)
        sent = {"LoadBalancerArn": arn, "SecurityGroups": [other]}
        named = [*lists, ("AWS::EC2::SecurityGroup", other)]
        return op(
            "elbv2", "SetSecurityGroups", sent, lists=named, change=store(config, securityGroups=[other])
        )

    def create():
        sent = {"Name": name, "Subnets": [m.hex("subnet-0", 16)], "Tags": pairs({"Name": name, **thing.tags})}
        got = {"LoadBalancers": [{"LoadBalancerArn": arn, "LoadBalancerName": name}]}
        named = [*lists, ("AWS::ElasticLoadBalancingV2::LoadBalancer", name)]
        return op("elbv2", "CreateLoadBalancer", sent, got, lists=named)

    by = {"ResourceArns": [arn]}
    return kind(
        thing,
        create=create,
        updates=[attributes, groups],
        delete=lambda: op("elbv2", "DeleteLoadBalancer", {"LoadBalancerArn": arn}, lists=lists),
        tags=tagging("elbv2", thing, by=by, lists=[(None, arn)], calls=("AddTags", "RemoveTags")),
        read=(
            "elasticloadbalancing.amazonaws.com",
            "DescribeLoadBalancerAttributes",
            {"loadBalancerArn": arn},
        ),
        tag_set=True,
    )


def target_group(m, name):
    arn = m.arn("elasticloadbalancing", f"targetgroup/{name}/{m.hex(length=16)}")
    config = {"TargetGroupArn": arn, "TargetGroupName": name, "HealthCheckPath": "/", "Targets": []}
    type_ = "AWS::ElasticLoadBalancingV2::TargetGroup"
    thing = thing_of(m, type_, arn, name=name, arn=arn, config=config, tags=CONFIG_UPPER, created=None)
    lists = [(type_, arn)]

    def modify():
        path = f"/health/{m.next()}"
        sent = {"TargetGroupArn": arn, "HealthCheckPath": path}
        return op("elbv2", "ModifyTargetGroup", sent, lists=lists, change=store(config, HealthCheckPath=path))

    def register():
        id_ = m.hex("i-0", 16)
        sent = {"TargetGroupArn": arn, "Targets": [{"Id": id_}]}
        named = [*lists, ("AWS::EC2::Instance", id_)]
        return op("elbv2", "RegisterTargets", sent, lists=named, change=store(config, Targets=[{"Id": id_}]))

    def create():
        got = {"TargetGroups": [{"TargetGroupArn": arn, "TargetGroupName": name}]}
        return op(
            "elbv2",
            "CreateTargetGroup",
            {"Name": name, "Protocol": "HTTP", "Port": 80},
            got,
            lists=[*lists, (type_, name)],
        )

    return kind(
        thing,
        create=create,
        updates=[modify, register],
        delete=lambda: op("elbv2", "DeleteTargetGroup", {"TargetGroupArn": arn}, lists=lists),
        tags=tagging(
            "elbv2", thing, by={"ResourceArns": [arn]}, lists=[(None, arn)], calls=("AddTags", "RemoveTags")
        ),
        read=("elasticloadbalancing.amazonaws.com", "DescribeTargetHealth", {"targetGroupArn": arn}),
    )


def listener(m, name):
    balancer = f"app/{name}/{m.hex(length=16)}"
    arn = m.arn("elasticloadbalancing", f"listener/{balancer}/{m.hex(length=16)}")
    config = {"ListenerArn": arn, "Port": 443, "Protocol": "HTTPS", "SslPolicy": "p1"}
    config["LoadBalancerArn"] = m.arn("elasticloadbalancing", f"loadbalancer/{balancer}")
    type_ = "AWS::ElasticLoadBalancingV2::Listener"
    thing = thing_of(m, type_, arn, arn=arn, config=config, tags=CONFIG_UPPER, created=None)
    lists = [(type_, arn)]

    def modify():
        value = f"ELBSecurityPolicy-{m.next()}"
        sent = {"ListenerArn": arn, "SslPolicy": value}
        got = {"Listeners": [{"ListenerArn": arn, "LoadBalancerArn": config["LoadBalancerArn"]}]}
        return op("elbv2", "ModifyListener", sent, got, lists=lists, change=store(config, SslPolicy=value))

    return kind(
        thing,
        updates=[modify],
        delete=lambda: op("elbv2", "DeleteListener", {"ListenerArn": arn}, lists=lists),
        tags=tagging(
            "elbv2", thing, by={"ResourceArns": [arn]}, lists=[(None, arn)], calls=("AddTags", "RemoveTags")
        ),
        read=("elasticloadbalancing.amazonaws.com", "DescribeListenerAttributes", {"listenerArn": arn}),
    )


def classic(m, name):
    arn = m.arn("elasticloadbalancing", f"loadbalancer/{name}")
    config = {"loadBalancerName": name, "scheme": "internal", "healthCheck": {"target": "TCP:80"}}
    type_ = "AWS::ElasticLoadBalancing::LoadBalancer"
    thing = thing_of(m, type_, name, name=name, arn=arn, config=config, tags=EXTRA_LOWER)
    lists = [(type_, name)]

    def health():
        check = {"Target": f"TCP:{8000 + m.next()}", "Interval": 30, "Timeout": 5}
        sent = {
            "LoadBalancerName": name,
            "HealthCheck": {**check, "UnhealthyThreshold": 2, "HealthyThreshold": 2},
        }
        return op("elb", "ConfigureHealthCheck", sent, lists=lists, change=store(config, healthCheck=check))

    def tag(tags):
        sent = {"LoadBalancerNames": [name], "Tags": pairs(tags)}
        return op("elb", "AddTags", sent, lists=lists, change=retag(thing, tags))

    def untag(keys):
        sent = {"LoadBalancerNames": [name], "Tags": [{"Key": each} for each in keys]}
        return op("elb", "RemoveTags", sent, lists=lists, change=retag(thing, gone=keys))

    delete = lambda: op("elb", "DeleteLoadBalancer", {"LoadBalancerName": name}, lists=lists)  # noqa: E731 (one line)
    read = ("elasticloadbalancing.amazonaws.com", "DescribeInstanceHealth", {"loadBalancerName": name})
    return kind(thing, updates=[health], delete=delete, tags={"tag": tag, "untag": untag}, read=read)


def scaling_group(m, name):
    arn = m.arn("autoscaling", f"autoScalingGroup:{m.uuid()}:autoScalingGroupName/{name}")
    config = {
        "autoScalingGroupName": name,
        "autoScalingGroupARN": arn,
        "minSize": 1,
        "desiredCapacity": 1,
        "maxSize": 9,
    }
    config["instances"] = []
    type_ = "AWS::AutoScaling::AutoScalingGroup"
    thing = thing_of(m, type_, arn, name=name, arn=arn, config=config, tags=CONFIG_LOWER)
    lists = [(type_, name)]

    def update():
        size = config["maxSize"] + 1
        sent = {"AutoScalingGroupName": name, "MaxSize": size}
        return op(
            "autoscaling", "UpdateAutoScalingGroup", sent, lists=lists, change=store(config, maxSize=size)
        )

    def desire():
        count = config["desiredCapacity"] + 1
        sent = {"AutoScalingGroupName": name, "DesiredCapacity": count}
        return op(
            "autoscaling",
            "SetDesiredCapacity",
            sent,
            lists=lists,
            change=store(config, desiredCapacity=count),
        )

    def tag(tags):
        own = [{"ResourceId": name, "ResourceType": "auto-scaling-group", **each} for each in pairs(tags)]
        return op(
            "autoscaling",
            "CreateOrUpdateTags",
            {"Tags": own},
            lists=m.maybe(0.5, *lists),
            change=retag(thing, tags),
        )

    def untag(keys):
        own = [{"ResourceId": name, "ResourceType": "auto-scaling-group", "Key": each} for each in keys]
        return op(
            "autoscaling",
            "DeleteTags",
            {"Tags": own},
            lists=m.maybe(0.5, *lists),
            change=retag(thing, gone=keys),
        )

    return kind(
        thing,
        create=lambda: op(
            "autoscaling",
            "CreateAutoScalingGroup",
            {"AutoScalingGroupName": name, "MinSize": 1, "MaxSize": 9},
            lists=lists,
        ),
        updates=[update, desire],
        delete=lambda: op(
            "autoscaling",
            "DeleteAutoScalingGroup",
            {"AutoScalingGroupName": name, "ForceDelete": True},
            lists=lists,
        ),
        tags={"tag": tag, "untag": untag},
        read=("autoscaling.amazonaws.com", "DescribeAutoScalingGroups", {"autoScalingGroupNames": [name]}),
    )
