"""Streams and search domains."""

from tests.worlds.blind.row import N, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

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

kafka = kind_of("MSK::Cluster")
