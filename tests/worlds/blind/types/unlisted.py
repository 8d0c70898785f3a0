"""Kinds of the blind world that the catalog does not list."""

from tests.worlds.blind.config import UPPER
from tests.worlds.blind.kind import pairs, retag, store
from tests.worlds.blind.service import CONFIG_LOWER, CONFIG_UPPER, kind, op, tagging, thing_of


def resolver_rule(m, name):
    id_ = m.hex("rslvr-rr-")
    arn = m.arn("route53resolver", f"resolver-rule/{id_}")
    config = {"ResolverRuleId": id_, "Arn": arn, "DomainName": "corp.example.com.", "TargetIps": []}
    type_ = "AWS::Route53Resolver::ResolverRule"
    thing = thing_of(m, type_, id_, name=name, arn=arn, config=config, tags=CONFIG_UPPER, created=None)

    def update():
        address = f"10.0.{m.next() % 250}.53"
        sent = {"ResolverRuleId": id_, "Config": {"TargetIps": [{"Ip": address}]}}
        got = {"ResolverRule": {"Id": id_, "Arn": arn}}
        change = store(config, TargetIps=[{"Ip": address, "n": m.next()}])
        return op("route53resolver", "UpdateResolverRule", sent, got, change=change)

    return kind(
        thing,
        updates=[update],
        delete=lambda: op("route53resolver", "DeleteResolverRule", {"ResolverRuleId": id_}),
        tags=tagging("route53resolver", thing, by={"ResourceArn": arn}),
        read=("route53resolver.amazonaws.com", "GetResolverRule", {"resolverRuleId": id_}),
    )


def firehose(m, name):
    arn = m.arn("firehose", f"deliverystream/{name}")
    config = {"DeliveryStreamName": name, "DeliveryStreamARN": arn, "DestinationId": "d1"}
    type_ = "AWS::KinesisFirehose::DeliveryStream"
    thing = thing_of(m, type_, name, name=name, arn=arn, config=config, tags=CONFIG_UPPER, created=None)

    def update():
        sent = {"DeliveryStreamName": name, "CurrentDeliveryStreamVersionId": "1", "DestinationId": "d1"}
        return op(
            "firehose", "UpdateDestination", sent, change=store(config, DestinationId=f"dest{m.next()}")
        )

    calls = ("TagDeliveryStream", "UntagDeliveryStream")
    return kind(
        thing,
        updates=[update],
        delete=lambda: op("firehose", "DeleteDeliveryStream", {"DeliveryStreamName": name}),
        tags=tagging("firehose", thing, by={"DeliveryStreamName": name}, calls=calls),
        read=("firehose.amazonaws.com", "DescribeDeliveryStream", {"deliveryStreamName": name}),
    )


def event_bus(m, name):
    arn = m.arn("events", f"event-bus/{name}")
    config = {"Name": name, "Arn": arn, "Policy": ""}
    thing = thing_of(
        m, "AWS::Events::EventBus", name, name=name, arn=arn, config=config, tags=CONFIG_UPPER, created=None
    )

    def permission():
        sent = {"EventBusName": name, "Action": "events:PutEvents", "Principal": "*", "StatementId": "s"}
        return op("events", "PutPermission", sent, change=store(config, Policy=f"p{m.next()}"))

    def rule():
        return op("events", "PutRule", {"Name": f"r{m.next()}", "EventBusName": name, "State": "ENABLED"})

    return kind(
        thing,
        updates=[permission],
        delete=lambda: op("events", "DeleteEventBus", {"Name": name}),
        tags=tagging("events", thing, by={"ResourceARN": arn}),
        read=("events.amazonaws.com", "DescribeEventBus", {"name": name}),
        mention=rule,
    )


def warehouse_subnets(m, name):
    arn = m.arn("redshift", f"subnetgroup:{name}")
    config = {"clusterSubnetGroupName": name, "description": "", "subnets": []}
    type_ = "AWS::Redshift::ClusterSubnetGroup"
    thing = thing_of(m, type_, name, name=name, arn=arn, config=config, tags=CONFIG_LOWER, created=None)

    def modify():
        other = m.hex("subnet-0", 16)
        sent = {"ClusterSubnetGroupName": name, "SubnetIds": [other]}
        change = store(config, subnets=[{"subnetIdentifier": other}])
        return op("redshift", "ModifyClusterSubnetGroup", sent, change=change)

    def cluster():
        sent = {"ClusterIdentifier": f"c{m.next()}", "NodeType": "ra3.large", "MasterUsername": "admin"}
        return op("redshift", "CreateCluster", {**sent, "ClusterSubnetGroupName": name})

    return kind(
        thing,
        updates=[modify],
        delete=lambda: op("redshift", "DeleteClusterSubnetGroup", {"ClusterSubnetGroupName": name}),
        tags=tagging("redshift", thing, by={"ResourceName": arn}, calls=("CreateTags", "DeleteTags")),
        read=("redshift.amazonaws.com", "DescribeClusterSubnetGroups", {"clusterSubnetGroupName": name}),
        mention=cluster,
    )


def warehouse_parameters(m, name):
    arn = m.arn("redshift", f"parametergroup:{name}")
    config = {"parameterGroupName": name, "parameterGroupFamily": "redshift-2.0", "parameters": []}
    type_ = "AWS::Redshift::ClusterParameterGroup"
    thing = thing_of(m, type_, name, name=name, arn=arn, config=config, tags=CONFIG_LOWER, created=None)

    def modify():
        one = {"ParameterName": "auto_mv", "ParameterValue": f"v{m.next()}"}
        sent = {"ParameterGroupName": name, "Parameters": [one]}
        return op("redshift", "ModifyClusterParameterGroup", sent, change=store(config, parameters=[one]))

    def cluster():
        sent = {"ClusterIdentifier": f"c{m.next()}", "ClusterParameterGroupName": name}
        return op("redshift", "ModifyCluster", sent)

    return kind(
        thing,
        updates=[modify],
        delete=lambda: op("redshift", "DeleteClusterParameterGroup", {"ParameterGroupName": name}),
        tags=tagging("redshift", thing, by={"ResourceName": arn}, calls=("CreateTags", "DeleteTags")),
        read=("redshift.amazonaws.com", "DescribeClusterParameters", {"parameterGroupName": name}),
        mention=cluster,
    )


def replication(m, name):
    arn = m.arn("dms", f"rep:{m.letters(length=26)}")
    config = {"ReplicationInstanceIdentifier": name, "ReplicationInstanceArn": arn, "AllocatedStorage": 50}
    places = (("configuration", "Tags", UPPER),)
    type_ = "AWS::DMS::ReplicationInstance"
    thing = thing_of(m, type_, arn, name=name, arn=arn, config=config, tags=places, created=None)

    def modify():
        size = config["AllocatedStorage"] + 1
        sent = {"ReplicationInstanceArn": arn, "AllocatedStorage": size}
        return op("dms", "ModifyReplicationInstance", sent, change=store(config, AllocatedStorage=size))

    calls = ("AddTagsToResource", "RemoveTagsFromResource")
    return kind(
        thing,
        updates=[modify],
        delete=lambda: op("dms", "DeleteReplicationInstance", {"ReplicationInstanceArn": arn}),
        tags=tagging("dms", thing, by={"ResourceArn": arn}, calls=calls),
        read=("dms.amazonaws.com", "DescribeReplicationInstances", {"filters": []}),
    )


def data_location(m, name):
    arn = m.arn("datasync", f"location/{m.hex('loc-')}")
    config = {"LocationArn": arn, "LocationUri": f"s3://{name}/", "Subdirectory": "/"}
    type_ = "AWS::DataSync::LocationS3"
    thing = thing_of(m, type_, arn, arn=arn, config=config, tags=CONFIG_UPPER, created=None)

    def update():
        text = f"/{m.next()}"
        sent = {"LocationArn": arn, "Subdirectory": text}
        return op("datasync", "UpdateLocationS3", sent, change=store(config, Subdirectory=text))

    def task():
        other = m.arn("datasync", f"location/{m.hex('loc-')}")
        sent = {"SourceLocationArn": arn, "DestinationLocationArn": other}
        return op("datasync", "CreateTask", sent, {"TaskArn": m.arn("datasync", f"task/{m.hex('task-')}")})

    return kind(
        thing,
        updates=[update],
        tags=tagging("datasync", thing, by={"ResourceArn": arn}, keys_key="Keys"),
        read=("datasync.amazonaws.com", "DescribeLocationS3", {"locationArn": arn}),
        mention=task,
    )


def product(m, name):
    id_ = m.letters("prod-", 13).lower()
    arn = m.arn("catalog", f"product/{id_}")
    config = {"Id": id_, "Name": name, "Owner": "platform", "Description": ""}
    type_ = "AWS::ServiceCatalog::CloudFormationProduct"
    thing = thing_of(m, type_, id_, name=name, arn=arn, config=config, tags=CONFIG_UPPER, created=None)

    def update():
        text = f"d{m.next()}"
        return op(
            "servicecatalog",
            "UpdateProduct",
            {"Id": id_, "Description": text},
            change=store(config, Description=text),
        )

    def provision():
        sent = {"ProductId": id_, "ProvisionedProductName": f"p{m.next()}", "ProvisionToken": "x"}
        return op("servicecatalog", "ProvisionProduct", sent)

    def tag(tags):
        sent = {"Id": id_, "AddTags": pairs(tags)}
        return op("servicecatalog", "UpdateProduct", sent, change=retag(thing, tags))

    def untag(keys):
        sent = {"Id": id_, "RemoveTags": list(keys)}
        return op("servicecatalog", "UpdateProduct", sent, change=retag(thing, gone=keys))

    return kind(
        thing,
        updates=[update],
        delete=lambda: op("servicecatalog", "DeleteProduct", {"Id": id_}),
        tags={"tag": tag, "untag": untag},
        read=("servicecatalog.amazonaws.com", "DescribeProductAsAdmin", {"id": id_}),
        mention=provision,
    )


def deployment_group(m, name, application="shop"):
    id_ = m.uuid()
    arn = m.arn("codedeploy", f"deploymentgroup:{application}/{name}")
    config = {"deploymentGroupId": id_, "deploymentGroupName": name, "applicationName": application}
    config["deploymentConfigName"] = "CodeDeployDefault.OneAtATime"
    type_ = "AWS::CodeDeploy::DeploymentGroup"
    thing = thing_of(m, type_, id_, name=name, arn=arn, config=config, tags=CONFIG_LOWER, created=None)

    def update():
        text = f"CodeDeployDefault.N{m.next()}"
        sent = {
            "applicationName": application,
            "currentDeploymentGroupName": name,
            "deploymentConfigName": text,
        }
        return op(
            "codedeploy", "UpdateDeploymentGroup", sent, change=store(config, deploymentConfigName=text)
        )

    def deploy():
        sent = {"applicationName": application, "deploymentGroupName": name, "description": "release"}
        return op("codedeploy", "CreateDeployment", sent, {"deploymentId": m.letters("d-", 9)})

    by = {"applicationName": application, "deploymentGroupName": name}
    return kind(
        thing,
        updates=[update],
        delete=lambda: op("codedeploy", "DeleteDeploymentGroup", by, {"hooksNotCleanedUp": []}),
        tags=tagging("codedeploy", thing, by={"ResourceArn": arn}),
        read=("codedeploy.amazonaws.com", "GetDeploymentGroup", by),
        mention=deploy,
    )


def addon(m, name, cluster="shop"):
    arn = m.arn("eks", f"addon/{cluster}/{name}/{m.uuid()}")
    config = {"ClusterName": cluster, "AddonName": name, "Arn": arn, "AddonVersion": "v1"}
    thing = thing_of(
        m, "AWS::EKS::Addon", f"{cluster}|{name}", arn=arn, config=config, tags=CONFIG_UPPER, created=None
    )

    def update():
        text = f"v1.{m.next()}"
        sent = {"clusterName": cluster, "addonName": name, "addonVersion": text}
        return op(
            "eks", "UpdateAddon", sent, {"update": {"id": m.uuid()}}, change=store(config, AddonVersion=text)
        )

    return kind(
        thing,
        updates=[update],
        delete=lambda: op("eks", "DeleteAddon", {"clusterName": cluster, "addonName": name}),
        tags=tagging("eks", thing, by={"resourceArn": arn}, tags_key="tags", form="map", keys_key="tagKeys"),
        read=("eks.amazonaws.com", "DescribeAddon", {"clusterName": cluster, "addonName": name}),
    )
