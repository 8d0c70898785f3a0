"""Streams and search domains."""

from tests.worlds.blind.row import TAGS, N, at, by, call, row, tagging

stream = row(
    at("AWS::Kinesis::Stream", "kinesis", "$name", "stream/$name"),
    config={"Name": "$name", "Arn": "$arn", "RetentionPeriodHours": 24, "ShardCount": 1},
    by={"streamName": "$name"},
    tag=tagging({"streamName": "$name"}, form="map", calls=("AddTagsToStream", "RemoveTagsFromStream")),
    create=by("CreateStream", {"shardCount": 1}),
    delete="DeleteStream",
    updates=(
        call(
            "IncreaseStreamRetentionPeriod",
            {"streamARN": "$arn", "retentionPeriodHours": N},
            RetentionPeriodHours=N,
        ),
        by(
            "UpdateShardCount",
            {"targetShardCount": N},
            {"streamName": "$name", "streamARN": "$arn"},
            ShardCount=N,
        ),
    ),
    mentions=(
        call("PutTargets", {"rule": "$other", "targets": [{"id": "1", "arn": "$arn"}]}, service="events"),
        call("CreateStream", {"streamName": "$name"}, service="kinesisvideo"),
    ),
    created=True,
)


def search(type_, id_, domain, cluster):
    """Return a row of a search domain, by the words of its generation."""
    return row(
        at(type_, "es", id_, "domain/$name"),
        config={
            "DomainName": "$name",
            "Arn": "$arn",
            "EngineVersion": "OpenSearch_2.17",
            "ClusterConfig": {"InstanceCount": 2},
        },
        by={"domainName": "$name"},
        tag=tagging("aRN", into="tagList", calls=("AddTags", "RemoveTags")),
        create=by(f"Create{domain}", {}, {"domainStatus": {"domainName": "$name", "aRN": "$arn"}}),
        delete=f"Delete{domain}",
        updates=(
            by(f"Update{domain}Config", {cluster: {"instanceCount": N}}, ClusterConfig={"InstanceCount": N}),
            by(
                "UpdateDomainConfig",
                {"clusterConfig": {"instanceCount": N}},
                ClusterConfig={"InstanceCount": N},
            ),
        ),
        mentions=(
            by("StartDomainMaintenance", {"action": "REBOOT_NODE"}),
            call("CreateDomain", {"domain": "$name", "domainName": "$name"}, service="codeartifact"),
        ),
    )


search_domain = search("AWS::OpenSearch::Domain", "$name", "Domain", "clusterConfig")
old_search_domain = search(
    "AWS::Elasticsearch::Domain", "$account/$name", "ElasticsearchDomain", "elasticsearchClusterConfig"
)

FOUND = {"clusterArn": "$arn", "clusterName": "$name"}
kafka = row(
    at("AWS::MSK::Cluster", "kafka", "$arn", "cluster/$name/$uuid-4"),
    config={"ClusterArn": "$arn", "ClusterName": "$name", "NumberOfBrokerNodes": 3, "CurrentVersion": "K1"},
    by={"clusterArn": "$arn"},
    tags=("configuration.Tags map",),
    tag=tagging(form="map"),
    create=call("CreateCluster", {"clusterName": "$name", "tags": TAGS}, FOUND),
    delete=by("DeleteCluster", {}, {"clusterArn": "$arn", "state": "DELETING"}),
    updates=(
        by(
            "UpdateBrokerCount",
            {"currentVersion": "K1", "targetNumberOfBrokerNodes": N},
            {"clusterArn": "$arn"},
            NumberOfBrokerNodes=N,
        ),
    ),
    mentions=(
        call("CreateEventSourceMapping", {"functionName": "x", "eventSourceArn": "$arn"}, service="lambda"),
        call("CreateCluster", {"clusterName": "$name"}, service="ecs"),
    ),
    created=True,
)
