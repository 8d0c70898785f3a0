"""Streams and search domains of the blind world."""

from tests.worlds.blind.kind import pairs, retag, store
from tests.worlds.blind.service import CONFIG_UPPER, kind, op, tagging, thing_of


def stream(m, name):
    arn = m.arn("kinesis", f"stream/{name}")
    config = {"Name": name, "Arn": arn, "RetentionPeriodHours": 24, "ShardCount": 1}
    thing = thing_of(m, "AWS::Kinesis::Stream", name, name=name, arn=arn, config=config, tags=CONFIG_UPPER)

    def by():
        return m.pick({"StreamName": name}, {"StreamARN": arn})

    def retention():
        hours = config["RetentionPeriodHours"] + 1
        sent = {**by(), "RetentionPeriodHours": hours}
        change = store(config, RetentionPeriodHours=hours)
        return op("kinesis", "IncreaseStreamRetentionPeriod", sent, change=change)

    def shards():
        count = config["ShardCount"] + 1
        sent = {**by(), "TargetShardCount": count, "ScalingType": "UNIFORM_SCALING"}
        got = {"StreamName": name, "StreamARN": arn, "TargetShardCount": count}
        return op("kinesis", "UpdateShardCount", sent, got, change=store(config, ShardCount=count))

    def tag(tags):
        return op(
            "kinesis", "AddTagsToStream", {"StreamName": name, "Tags": dict(tags)}, change=retag(thing, tags)
        )

    def untag(keys):
        sent = {"StreamName": name, "TagKeys": list(keys)}
        return op("kinesis", "RemoveTagsFromStream", sent, change=retag(thing, gone=keys))

    return kind(
        thing,
        create=lambda: op("kinesis", "CreateStream", {"StreamName": name, "ShardCount": 1}),
        updates=[retention, shards],
        delete=lambda: op("kinesis", "DeleteStream", by()),
        tags={"tag": tag, "untag": untag},
        read=("kinesis.amazonaws.com", "DescribeStreamSummary", {"streamName": name}),
    )


def search_domain(m, name, *, old=False):
    arn = m.arn("es", f"domain/{name}")
    config = {
        "DomainName": name,
        "Arn": arn,
        "EngineVersion": "OpenSearch_2.17",
        "ClusterConfig": {"InstanceCount": 2},
    }
    type_ = "AWS::Elasticsearch::Domain" if old else "AWS::OpenSearch::Domain"
    id_ = f"{m.account}/{name}" if old else name
    thing = thing_of(m, type_, id_, name=name, arn=arn, config=config, tags=CONFIG_UPPER, created=None)

    def scale():
        count = config["ClusterConfig"]["InstanceCount"] + 1
        operation, service = (
            ("UpdateElasticsearchDomainConfig", "es") if old else ("UpdateDomainConfig", "opensearch")
        )
        part = "ElasticsearchClusterConfig" if old else "ClusterConfig"
        change = store(config, ClusterConfig={"InstanceCount": count})
        return op(service, operation, {"DomainName": name, part: {"InstanceCount": count}}, change=change)

    def delete():
        service, operation = ("es", "DeleteElasticsearchDomain") if old else ("opensearch", "DeleteDomain")
        return op(service, operation, {"DomainName": name})

    def tag(tags):
        return op("opensearch", "AddTags", {"ARN": arn, "TagList": pairs(tags)}, change=retag(thing, tags))

    def untag(keys):
        return op(
            "opensearch", "RemoveTags", {"ARN": arn, "TagKeys": list(keys)}, change=retag(thing, gone=keys)
        )

    read = ("es.amazonaws.com", "DescribeDomainHealth", {"domainName": name})
    return kind(thing, updates=[scale], delete=delete, tags={"tag": tag, "untag": untag}, read=read)


def old_search_domain(m, name):
    return search_domain(m, name + "-es", old=True)


def kafka(m, name):
    arn = m.arn("kafka", f"cluster/{name}/{m.uuid()}-4")
    config = {"ClusterArn": arn, "ClusterName": name, "NumberOfBrokerNodes": 3, "CurrentVersion": "K1"}
    thing = thing_of(
        m,
        "AWS::MSK::Cluster",
        arn,
        name=name,
        arn=arn,
        config=config,
        tags=(("configuration", "Tags", "map"),),
    )

    def count():
        nodes = config["NumberOfBrokerNodes"] + 3
        sent = {"ClusterArn": arn, "CurrentVersion": "K1", "TargetNumberOfBrokerNodes": nodes}
        change = store(config, NumberOfBrokerNodes=nodes)
        return op("kafka", "UpdateBrokerCount", sent, {"ClusterArn": arn}, change=change)

    def delete():
        return op("kafka", "DeleteCluster", {"ClusterArn": arn}, {"ClusterArn": arn, "State": "DELETING"})

    return kind(
        thing,
        updates=[count],
        delete=delete,
        tags=tagging("kafka", thing, by={"ResourceArn": arn}, form="map"),
        read=("kafka.amazonaws.com", "DescribeClusterV2", {"clusterArn": arn}),
    )
