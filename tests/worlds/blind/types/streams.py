"""Streams and search domains."""

from tests.worlds.blind.row import N, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

COUNT = {"instanceCount": N}


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

kafka, stream = kind_of("MSK::Cluster"), kind_of("Kinesis::Stream")
