"""Kinds that the catalog did not list."""

from tests.worlds.blind.row import LOWER, N, at, by, call, row, tagging

RULE = {"resolverRule": {"id": "$id", "arn": "$arn"}}
IPS = [{"ip": "10.0.0.$n"}]
resolver_rule = row(
    at("AWS::Route53Resolver::ResolverRule", "route53resolver", "rslvr-rr-${hex:17}", "resolver-rule/$id"),
    config={"ResolverRuleId": "$id", "Arn": "$arn"},
    by={"resolverRuleId": "$id"},
    answer=RULE,
    create=call("CreateResolverRule", {"name": "$name"}),
    delete="DeleteResolverRule",
    updates=(by("UpdateResolverRule", {"config": {"targetIps": IPS}}, TargetIps=IPS),),
    mentions=(by("AssociateResolverRule", {"vPCId": "$vpc"}, {"resolverRuleId": "$id"}),),
)

firehose = row(
    at("AWS::KinesisFirehose::DeliveryStream", "firehose", "$name", "deliverystream/$name"),
    config={"DeliveryStreamName": "$name", "DeliveryStreamARN": "$arn"},
    by={"deliveryStreamName": "$name"},
    tag=tagging({"deliveryStreamName": "$name"}, calls=("TagDeliveryStream", "UntagDeliveryStream")),
    create=by("CreateDeliveryStream", {}, {"deliveryStreamARN": "$arn"}),
    delete="DeleteDeliveryStream",
    updates=(by("UpdateDestination", {"destinationId": "d$n"}, DestinationId="d$n"),),
    mentions=(by("PutRecord"),),
)

event_bus = row(
    at("AWS::Events::EventBus", "events", "$name", "event-bus/$name"),
    config={"Name": "$name", "Arn": "$arn"},
    by={"eventBusName": "$name"},
    tag=tagging("resourceARN"),
    delete=call("DeleteEventBus", {"name": "$name"}),
    updates=(by("PutPermission", {"action": "events:PutEvents", "principal": "*"}, Policy="p$n"),),
    mentions=(by("PutRule", {"name": "r$n", "state": "ENABLED"}),),
)

WAREHOUSE = {"tags": LOWER, "tag": tagging("resourceName", calls=("CreateTags", "DeleteTags"))}
warehouse_subnets = row(
    at("AWS::Redshift::ClusterSubnetGroup", "redshift", "$name", "subnetgroup:$name") | WAREHOUSE,
    config={"clusterSubnetGroupName": "$name"},
    by={"clusterSubnetGroupName": "$name"},
    delete="DeleteClusterSubnetGroup",
    updates=(by("ModifyClusterSubnetGroup", {"subnetIds": ["$subnet"]}, subnets=[{"id": "$subnet"}]),),
    mentions=(by("CreateCluster", {"clusterIdentifier": "c$n", "nodeType": "ra3.large"}),),
)

PARAMETERS = {"parameters": [{"parameterName": "auto_mv", "parameterValue": "v$n"}]}
warehouse_parameters = row(
    at("AWS::Redshift::ClusterParameterGroup", "redshift", "$name", "parametergroup:$name") | WAREHOUSE,
    config={"parameterGroupName": "$name"},
    by={"parameterGroupName": "$name"},
    delete="DeleteClusterParameterGroup",
    updates=(by("ModifyClusterParameterGroup", PARAMETERS, **PARAMETERS),),
    mentions=(call("ModifyCluster", {"clusterIdentifier": "c$n", "clusterParameterGroupName": "$name"}),),
)

FOUND = {"replicationInstance": {"replicationInstanceArn": "$arn", "replicationInstanceIdentifier": "$name"}}
replication = row(
    at("AWS::DMS::ReplicationInstance", "dms", "$arn", "rep:${UP:26}"),
    config={"ReplicationInstanceIdentifier": "$name", "ReplicationInstanceArn": "$arn"},
    by={"replicationInstanceArn": "$arn"},
    answer=FOUND,
    tag=tagging(calls=("AddTagsToResource", "RemoveTagsFromResource")),
    create=call("CreateReplicationInstance", {"replicationInstanceIdentifier": "$name"}),
    delete="DeleteReplicationInstance",
    updates=(by("ModifyReplicationInstance", {"allocatedStorage": N}, AllocatedStorage=N),),
    mentions=(by("CreateReplicationTask", {"replicationTaskIdentifier": "t"}),),
)

data_location = row(
    at("AWS::DataSync::LocationS3", "datasync", "$arn", "location/loc-${hex:17}"),
    name=None,
    config={"LocationArn": "$arn", "LocationUri": "s3://$name/"},
    tag=tagging(keys="keys"),
    updates=(call("UpdateLocationS3", {"locationArn": "$arn", "subdirectory": "/$n"}, Subdirectory="/$n"),),
    mentions=(call("CreateTask", {"sourceLocationArn": "$arn"}, {"taskArn": "t"}),),
)

CATALOG = "arn:aws:catalog:$region:$account:product/$id"
product = row(
    at("AWS::ServiceCatalog::CloudFormationProduct", "servicecatalog", "prod-${up:13}", CATALOG),
    config={"Id": "$id", "Name": "$name"},
    by={"id": "$id"},
    tag=tagging({"id": "$id"}, into="addTags", keys="removeTags", calls=("UpdateProduct", "UpdateProduct")),
    delete="DeleteProduct",
    updates=(by("UpdateProduct", {"description": "d$n"}, Description="d$n"),),
    mentions=(call("ProvisionProduct", {"productId": "$id", "provisionedProductName": "p$n"}),),
)

WITHIN = {"applicationName": "$parent"}
deployment_group = row(
    at("AWS::CodeDeploy::DeploymentGroup", "codedeploy", "$uuid", "deploymentgroup:$parent/$name"),
    config={"deploymentGroupId": "$id", "deploymentGroupName": "$name", **WITHIN},
    by={**WITHIN, "deploymentGroupName": "$name"},
    tags=LOWER,
    delete="DeleteDeploymentGroup",
    updates=(
        call(
            "UpdateDeploymentGroup",
            {**WITHIN, "currentDeploymentGroupName": "$name", "deploymentConfigName": "N$n"},
            deploymentConfigName="N$n",
        ),
    ),
    mentions=(by("CreateDeployment", {"description": "release"}, {"deploymentId": "d-1"}),),
)

addon = row(
    at("AWS::EKS::Addon", "eks", "$parent|$name", "addon/$parent/$name/$uuid"),
    name=None,
    config={"ClusterName": "$parent", "AddonName": "$name", "Arn": "$arn"},
    by={"clusterName": "$parent", "addonName": "$name"},
    tag=tagging(form="map"),
    delete="DeleteAddon",
    updates=(by("UpdateAddon", {"addonVersion": "v1.$n"}, AddonVersion="v1.$n"),),
)
