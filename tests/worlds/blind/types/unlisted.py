"""Kinds that the catalog did not list."""

from tests.worlds.blind.row import N, at, by, call, row, tagging

resolver_rule = row(
    at("AWS::Route53Resolver::ResolverRule", "route53resolver", "rslvr-rr-${hex:17}", "resolver-rule/$id"),
    config={"ResolverRuleId": "$id", "Arn": "$arn", "DomainName": "corp.example.com.", "TargetIps": []},
    by={"resolverRuleId": "$id"},
    create=call("CreateResolverRule", {"name": "$name"}, {"resolverRule": {"id": "$id", "arn": "$arn"}}),
    delete=by("DeleteResolverRule", {}, {"resolverRule": {"id": "$id"}}),
    updates=(
        by(
            "UpdateResolverRule",
            {"config": {"targetIps": [{"ip": "10.0.0.$n"}]}},
            {"resolverRule": {"id": "$id", "arn": "$arn"}},
            TargetIps=[{"Ip": "10.0.0.$n"}],
        ),
    ),
    mentions=(
        by(
            "AssociateResolverRule", {"vPCId": "$vpc"}, {"resolverRuleAssociation": {"resolverRuleId": "$id"}}
        ),
    ),
)

firehose = row(
    at("AWS::KinesisFirehose::DeliveryStream", "firehose", "$name", "deliverystream/$name"),
    config={"DeliveryStreamName": "$name", "DeliveryStreamARN": "$arn", "DestinationId": "d1"},
    by={"deliveryStreamName": "$name"},
    tag=tagging({"deliveryStreamName": "$name"}, calls=("TagDeliveryStream", "UntagDeliveryStream")),
    create=by("CreateDeliveryStream", {}, {"deliveryStreamARN": "$arn"}),
    delete="DeleteDeliveryStream",
    updates=(by("UpdateDestination", {"destinationId": "d$n"}, DestinationId="d$n"),),
    mentions=(by("PutRecord"),),
)

event_bus = row(
    at("AWS::Events::EventBus", "events", "$name", "event-bus/$name"),
    config={"Name": "$name", "Arn": "$arn", "Policy": ""},
    tag=tagging("resourceARN"),
    delete=call("DeleteEventBus", {"name": "$name"}),
    updates=(
        call(
            "PutPermission",
            {"eventBusName": "$name", "action": "events:PutEvents", "principal": "*"},
            Policy="p$n",
        ),
    ),
    mentions=(call("PutRule", {"name": "r$n", "eventBusName": "$name", "state": "ENABLED"}),),
)

TAGGING = tagging("resourceName", calls=("CreateTags", "DeleteTags"))
warehouse_subnets = row(
    at("AWS::Redshift::ClusterSubnetGroup", "redshift", "$name", "subnetgroup:$name"),
    config={"clusterSubnetGroupName": "$name", "description": "", "subnets": []},
    by={"clusterSubnetGroupName": "$name"},
    tags=("configuration.tags key/value",),
    tag=TAGGING,
    delete="DeleteClusterSubnetGroup",
    updates=(
        by("ModifyClusterSubnetGroup", {"subnetIds": ["$subnet"]}, subnets=[{"subnetIdentifier": "$subnet"}]),
    ),
    mentions=(by("CreateCluster", {"clusterIdentifier": "c$n", "nodeType": "ra3.large"}),),
)

warehouse_parameters = row(
    at("AWS::Redshift::ClusterParameterGroup", "redshift", "$name", "parametergroup:$name"),
    config={"parameterGroupName": "$name", "parameterGroupFamily": "redshift-2.0", "parameters": []},
    by={"parameterGroupName": "$name"},
    tags=("configuration.tags key/value",),
    tag=TAGGING,
    delete="DeleteClusterParameterGroup",
    updates=(
        by(
            "ModifyClusterParameterGroup",
            {"parameters": [{"parameterName": "auto_mv", "parameterValue": "v$n"}]},
            parameters=[{"parameterName": "auto_mv", "parameterValue": "v$n"}],
        ),
    ),
    mentions=(call("ModifyCluster", {"clusterIdentifier": "c$n", "clusterParameterGroupName": "$name"}),),
)

FOUND = {"replicationInstance": {"replicationInstanceArn": "$arn", "replicationInstanceIdentifier": "$name"}}
replication = row(
    at("AWS::DMS::ReplicationInstance", "dms", "$arn", "rep:${UP:26}"),
    config={
        "ReplicationInstanceIdentifier": "$name",
        "ReplicationInstanceArn": "$arn",
        "AllocatedStorage": 50,
    },
    by={"replicationInstanceArn": "$arn"},
    tag=tagging(calls=("AddTagsToResource", "RemoveTagsFromResource")),
    create=call("CreateReplicationInstance", {"replicationInstanceIdentifier": "$name"}, FOUND),
    delete=by("DeleteReplicationInstance", {}, FOUND),
    updates=(by("ModifyReplicationInstance", {"allocatedStorage": N}, AllocatedStorage=N),),
    mentions=(by("CreateReplicationTask", {"replicationTaskIdentifier": "t"}),),
)

data_location = row(
    at("AWS::DataSync::LocationS3", "datasync", "$arn", "location/loc-${hex:17}"),
    name=None,
    config={"LocationArn": "$arn", "LocationUri": "s3://$name/", "Subdirectory": "/"},
    tag=tagging(keys="keys"),
    updates=(call("UpdateLocationS3", {"locationArn": "$arn", "subdirectory": "/$n"}, Subdirectory="/$n"),),
    mentions=(
        call(
            "CreateTask", {"sourceLocationArn": "$arn", "destinationLocationArn": "$other"}, {"taskArn": "t"}
        ),
    ),
)

product = row(
    at(
        "AWS::ServiceCatalog::CloudFormationProduct",
        "servicecatalog",
        "prod-${up:13}",
        "arn:aws:catalog:$region:$account:product/$id",
    ),
    config={"Id": "$id", "Name": "$name", "Owner": "platform", "Description": ""},
    tag=tagging({"id": "$id"}, into="addTags", keys="removeTags", calls=("UpdateProduct", "UpdateProduct")),
    delete=call("DeleteProduct", {"id": "$id"}),
    updates=(call("UpdateProduct", {"id": "$id", "description": "d$n"}, Description="d$n"),),
    mentions=(call("ProvisionProduct", {"productId": "$id", "provisionedProductName": "p$n"}),),
)

deployment_group = row(
    at("AWS::CodeDeploy::DeploymentGroup", "codedeploy", "$uuid", "deploymentgroup:$parent/$name"),
    config={
        "deploymentGroupId": "$id",
        "deploymentGroupName": "$name",
        "applicationName": "$parent",
        "deploymentConfigName": "CodeDeployDefault.OneAtATime",
    },
    by={"applicationName": "$parent", "deploymentGroupName": "$name"},
    tags=("configuration.tags key/value",),
    delete=by("DeleteDeploymentGroup", {}, {"hooksNotCleanedUp": []}),
    updates=(
        call(
            "UpdateDeploymentGroup",
            {
                "applicationName": "$parent",
                "currentDeploymentGroupName": "$name",
                "deploymentConfigName": "N$n",
            },
            deploymentConfigName="N$n",
        ),
    ),
    mentions=(by("CreateDeployment", {"description": "release"}, {"deploymentId": "d-1"}),),
)

addon = row(
    at("AWS::EKS::Addon", "eks", "$parent|$name", "addon/$parent/$name/$uuid"),
    name=None,
    config={"ClusterName": "$parent", "AddonName": "$name", "Arn": "$arn", "AddonVersion": "v1"},
    by={"clusterName": "$parent", "addonName": "$name"},
    tag=tagging(form="map"),
    delete="DeleteAddon",
    updates=(
        by("UpdateAddon", {"addonVersion": "v1.$n"}, {"update": {"id": "$uuid2"}}, AddonVersion="v1.$n"),
    ),
)
