"""Functions, containers and clusters of the blind world."""

from tests.worlds.blind.kind import store
from tests.worlds.blind.service import CONFIG_UPPER, EXTRA_MAP, kind, op, tagging, thing_of


def function(m, name):
    arn = m.arn("lambda", f"function:{name}")
    config = {
        "functionName": name,
        "functionArn": arn,
        "timeout": 3,
        "memorySize": 128,
        "codeSha256": m.hex(length=44),
    }
    config |= {
        "role": f"arn:aws:iam::{m.account}:role/{name}",
        "revisionId": m.uuid(),
        "runtime": "python3.13",
    }
    thing = thing_of(
        m, "AWS::Lambda::Function", name, name=name, arn=arn, config=config, tags=EXTRA_MAP, created=None
    )

    def by():
        return m.pick(name, name, arn, f"{m.account}:function:{name}")

    def lists(called):
        return [("AWS::Lambda::Function", called)]

    def configure():
        seconds, called = config["timeout"] % 800 + 1, by()
        got = {"FunctionName": name, "FunctionArn": arn, "Timeout": seconds}
        change = store(config, timeout=seconds, revisionId=m.uuid(), lastModified=f"t{m.next()}")
        sent = {"FunctionName": called, "Timeout": seconds}
        return op("lambda", "UpdateFunctionConfiguration", sent, got, lists=lists(called), change=change)

    def code():
        change = store(config, codeSha256=m.hex(length=44), revisionId=m.uuid())
        called = by()
        sent = {"FunctionName": called, "S3Bucket": "acme-artifacts", "S3Key": f"{name}.zip", "DryRun": False}
        made = op(
            "lambda", "UpdateFunctionCode", sent, {"FunctionName": name}, lists=lists(called), change=change
        )
        if called == arn:
            relative = {"functionName": name}
            made.request["fullyQualifiedArn"] = {"relativeId": relative, "functionQualifier": {}}
        return made

    def permission():
        change = store(thing.extra, Policy={"Statement": [{"Sid": f"s{m.next()}"}]})
        called = m.pick(arn, name)
        sent = {
            "FunctionName": called,
            "StatementId": "s",
            "Action": "lambda:InvokeFunction",
            "Principal": "*",
        }
        return op("lambda", "AddPermission", sent, {"Statement": "{}"}, lists=lists(called), change=change)

    def create():
        sent = {
            "FunctionName": name,
            "Role": config["role"],
            "Handler": "app.handler",
            "Code": {"S3Bucket": "acme-artifacts"},
        }
        got = {"FunctionName": name, "FunctionArn": arn}
        return op("lambda", "CreateFunction", {**sent, "Tags": dict(thing.tags)}, got, lists=lists(name))

    return kind(
        thing,
        create=create,
        updates=[configure, code, permission],
        delete=lambda: op("lambda", "DeleteFunction", {"FunctionName": name}, lists=lists(name)),
        tags=tagging("lambda", thing, by={"Resource": arn}, form="map", lists=m.maybe(0.5, *lists(arn))),
        read=("lambda.amazonaws.com", "GetFunction20150331v2", {"functionName": arn}),
    )


def cluster(m, name):
    arn = m.arn("ecs", f"cluster/{name}")
    config = {"Arn": arn, "ClusterName": name, "ClusterSettings": [], "CapacityProviders": []}
    thing = thing_of(
        m, "AWS::ECS::Cluster", name, name=name, arn=arn, config=config, tags=CONFIG_UPPER, created=None
    )

    def settings():
        change = store(config, ClusterSettings=[{"Name": "containerInsights", "Value": f"v{m.next()}"}])
        sent = {"cluster": m.pick(name, arn), "settings": [{"name": "containerInsights", "value": "enabled"}]}
        return op(
            "ecs",
            "UpdateClusterSettings",
            sent,
            {"cluster": {"clusterArn": arn, "clusterName": name}},
            change=change,
        )

    def providers():
        change = store(config, CapacityProviders=[f"FARGATE{m.next()}"])
        sent = {"cluster": name, "capacityProviders": ["FARGATE"], "defaultCapacityProviderStrategy": []}
        return op("ecs", "PutClusterCapacityProviders", sent, {"cluster": {"clusterArn": arn}}, change=change)

    return kind(
        thing,
        create=lambda: op(
            "ecs",
            "CreateCluster",
            {"clusterName": name},
            {"cluster": {"clusterArn": arn, "clusterName": name}},
        ),
        updates=[settings, providers],
        delete=lambda: op("ecs", "DeleteCluster", {"cluster": name}, {"cluster": {"clusterArn": arn}}),
        tags=tagging(
            "ecs", thing, by={"resourceArn": arn}, tags_key="tags", form="key/value", keys_key="tagKeys"
        ),
        read=("ecs.amazonaws.com", "DescribeClusters", {"clusters": [name]}),
    )


def service(m, name, cluster_name="orders"):
    arn = m.arn("ecs", f"service/{cluster_name}/{name}")
    cluster_arn = m.arn("ecs", f"cluster/{cluster_name}")
    config = {"ServiceArn": arn, "ServiceName": name, "Name": name, "DesiredCount": 1, "Cluster": cluster_arn}
    config["TaskDefinition"] = m.arn("ecs", f"task-definition/{name}:7")
    thing = thing_of(m, "AWS::ECS::Service", arn, name=name, arn=arn, config=config, tags=CONFIG_UPPER)

    def by():
        return {"cluster": m.pick(cluster_name, cluster_arn), "service": m.pick(name, name, arn)}

    def count():
        wanted = config["DesiredCount"] + 1
        got = {"service": {"serviceArn": arn, "serviceName": name, "clusterArn": cluster_arn}}
        return op(
            "ecs",
            "UpdateService",
            {**by(), "desiredCount": wanted},
            got,
            change=store(config, DesiredCount=wanted),
        )

    def deploy():
        task = m.arn("ecs", f"task-definition/{name}:{7 + m.next()}")
        got = {"service": {"serviceArn": arn, "taskDefinition": task}}
        return op(
            "ecs",
            "UpdateService",
            {**by(), "taskDefinition": task},
            got,
            change=store(config, TaskDefinition=task),
        )

    def create():
        sent = {
            "cluster": cluster_name,
            "serviceName": name,
            "taskDefinition": f"{name}:7",
            "desiredCount": 1,
        }
        return op("ecs", "CreateService", sent, {"service": {"serviceArn": arn, "serviceName": name}})

    return kind(
        thing,
        create=create,
        updates=[count, deploy],
        delete=lambda: op("ecs", "DeleteService", {**by(), "force": True}, {"service": {"serviceArn": arn}}),
        tags=tagging(
            "ecs", thing, by={"resourceArn": arn}, tags_key="tags", form="key/value", keys_key="tagKeys"
        ),
        read=("ecs.amazonaws.com", "DescribeServices", {"cluster": cluster_name, "services": [name]}),
    )


def eks(m, name):
    arn = m.arn("eks", f"cluster/{name}")
    config = {"Arn": arn, "Name": name, "Version": "1.30", "Logging": {}, "ResourcesVpcConfig": {}}
    thing = thing_of(m, "AWS::EKS::Cluster", name, name=name, arn=arn, config=config, tags=CONFIG_UPPER)

    def version():
        value = f"1.{31 + m.next()}"
        sent = {"name": name, "version": value}
        got = {"update": {"id": m.uuid(), "status": "InProgress", "type": "VersionUpdate"}}
        return op("eks", "UpdateClusterVersion", sent, got, change=store(config, Version=value))

    def access():
        change = store(config, ResourcesVpcConfig={"PublicAccessCidrs": [f"10.{m.next() % 250}.0.0/16"]})
        sent = {"name": name, "resourcesVpcConfig": {"endpointPublicAccess": True}}
        return op("eks", "UpdateClusterConfig", sent, {"update": {"id": m.uuid()}}, change=change)

    def create():
        sent = {"name": name, "roleArn": f"arn:aws:iam::{m.account}:role/eks", "resourcesVpcConfig": {}}
        return op("eks", "CreateCluster", sent, {"cluster": {"name": name, "arn": arn}})

    return kind(
        thing,
        create=create,
        updates=[version, access],
        delete=lambda: op("eks", "DeleteCluster", {"name": name}, {"cluster": {"name": name, "arn": arn}}),
        tags=tagging("eks", thing, by={"resourceArn": arn}, tags_key="tags", form="map", keys_key="tagKeys"),
        read=("eks.amazonaws.com", "DescribeCluster", {"name": name}),
    )


def repository(m, name):
    arn = m.arn("ecr", f"repository/{name}")
    config = {"RepositoryName": name, "Arn": arn, "ImageTagMutability": "MUTABLE", "RepositoryPolicyText": {}}
    thing = thing_of(m, "AWS::ECR::Repository", name, name=name, arn=arn, config=config, tags=CONFIG_UPPER)
    own = [{"accountId": m.account, "ARN": arn}]

    def policy():
        change = store(config, RepositoryPolicyText={"Version": f"v{m.next()}"})
        sent = {"repositoryName": name, "policyText": "{}", "registryId": m.account}
        return op("ecr", "SetRepositoryPolicy", sent, {"repositoryName": name}, resources=own, change=change)

    def mutability():
        value = "IMMUTABLE" if config["ImageTagMutability"] == "MUTABLE" else "MUTABLE"
        sent = {"repositoryName": name, "imageTagMutability": value}
        return op(
            "ecr",
            "PutImageTagMutability",
            sent,
            resources=own,
            change=store(config, ImageTagMutability=value),
        )

    def create():
        return op(
            "ecr",
            "CreateRepository",
            {"repositoryName": name},
            {"repository": {"repositoryArn": arn}},
            resources=own,
        )

    return kind(
        thing,
        create=create,
        updates=[policy, mutability],
        delete=lambda: op("ecr", "DeleteRepository", {"repositoryName": name, "force": True}, resources=own),
        tags=tagging("ecr", thing, by={"resourceArn": arn}, tags_key="tags", keys_key="tagKeys"),
        read=("ecr.amazonaws.com", "DescribeImages", {"repositoryName": name}),
    )
