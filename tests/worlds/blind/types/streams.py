"""Streams and search domains."""

from tests.worlds.blind.row import TAGS, N, at, by, call, row, tagging

HOURS = {"retentionPeriodHours": N}
COUNT = {"instanceCount": N}
stream = row(
    at("AWS::Kinesis::Stream", "kinesis", "$name", "stream/$name"),
    config={"Name": "$name", "Arn": "$arn"},
    by={"streamName": "$name"},
    tag=tagging({"streamName": "$name"}, form="map", calls=("AddTagsToStream", "RemoveTagsFromStream")),
    create=by("CreateStream", {"shardCount": 1}),
    delete="DeleteStream",
    updates=(
        call("IncreaseStreamRetentionPeriod", {"streamARN": "$arn", **HOURS}, RetentionPeriodHours=N),
        by("UpdateShardCount", {"targetShardCount": N}, {"streamARN": "$arn"}, ShardCount=N),
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
        config={"DomainName": "$name", "Arn": "$arn"},
        by={"domainName": "$name"},
        tag=tagging("aRN", into="tagList", calls=("AddTags", "RemoveTags")),
        create=by(f"Create{domain}", {}, {"domainStatus": {"domainName": "$name", "aRN": "$arn"}}),
        delete=f"Delete{domain}",
        updates=(
            by(f"Update{domain}Config", {cluster: COUNT}, ClusterConfig={"InstanceCount": N}),
            by("UpdateDomainConfig", {"clusterConfig": COUNT}, ClusterConfig={"InstanceCount": N}),
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

BY = {"clusterArn": "$arn"}
kafka = row(
    at("AWS::MSK::Cluster", "kafka", "$arn", "cluster/$name/$uuid-4"),
    config={"ClusterArn": "$arn", "ClusterName": "$name"},
    by=BY,
    answer=BY,
    tags=("configuration.Tags map",),
    tag=tagging(form="map"),
    create=call("CreateCluster", {"clusterName": "$name", "tags": TAGS}),
    delete="DeleteCluster",
    updates=(by("UpdateBrokerCount", {"targetNumberOfBrokerNodes": N}, NumberOfBrokerNodes=N),),
    mentions=(
        call("CreateEventSourceMapping", {"eventSourceArn": "$arn"}, service="lambda"),
        call("CreateCluster", {"clusterName": "$name"}, service="ecs"),
    ),
    created=True,
)
