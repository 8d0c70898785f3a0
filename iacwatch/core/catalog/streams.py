"""Rows of streams and of what reads them, of data jobs and of things that send data."""

from typing import Final

from iacwatch.core.catalog.schema import TAG, Shows, TypeFacts, beyond, fields

ROWS: Final = (
    TypeFacts(
        "AWS::Athena::WorkGroup",
        sources=("athena",),
        targets=("name", "workgroup", "resourcearn"),
        acts=f"(Create|Update|Delete)WorkGroup|{TAG}",
        creates="CreateWorkGroup",
        deletes="DeleteWorkGroup",
    ),
    TypeFacts("AWS::Glue::Database", derived=True, terraform="aws_glue_catalog_database"),
    TypeFacts(
        "AWS::Glue::Job",
        sources=("glue",),
        targets=("name", "jobname", "resourcearn"),
        acts=f"(Create|Update|Delete)Job|BatchDeleteJob|UpdateJobFromSourceControl|{TAG}",
        creates="CreateJob",
        deletes="DeleteJob",
        answers=("name", "jobname"),
    ),
    TypeFacts("AWS::Glue::Table", derived=True, terraform="aws_glue_catalog_table"),
    TypeFacts(
        "AWS::Kinesis::Stream",
        arn="kinesis:stream",
        sources=("kinesis",),
        targets=("streamname", "streamarn", "resourcearn"),
        acts="(Create|Delete)Stream|(Increase|Decrease)StreamRetentionPeriod|MergeShards|SplitShard"
        "|Update(ShardCount|StreamMode)|(AddTagsTo|RemoveTagsFrom)Stream"
        f"|(Start|Stop)StreamEncryption|{TAG}",
        shows=(
            beyond(
                "Update(MaxRecordSize|StreamWarmThroughput|StreamRecordDistributionStrategy)"
                "|(Enable|Disable)EnhancedMonitoring|(Put|Delete)ResourcePolicy"
            ),
        ),
        creates="CreateStream",
        deletes="DeleteStream",
        item_fields=fields("retentionperiodhours shardcount streamencryption streammodedetails streamstatus"),
        following=("streamstatus",),
    ),
    TypeFacts(
        "AWS::KinesisAnalyticsV2::Application",
        derived=True,
        acts="(Add|Delete)Application(CloudWatchLoggingOption|Input|InputProcessingConfiguration|Output"
        "|ReferenceDataSource|VpcConfiguration)|UpdateApplicationMaintenanceConfiguration|RollbackApplication",
    ),
    TypeFacts(
        "AWS::KinesisFirehose::DeliveryStream",
        sources=("firehose",),
        targets=("deliverystreamname",),
        acts="(Create|Delete|Tag|Untag)DeliveryStream|UpdateDestination|(Start|Stop)DeliveryStreamEncryption",
        creates="CreateDeliveryStream",
        deletes="DeleteDeliveryStream",
        answers=("deliverystreamarn",),
    ),
    TypeFacts("AWS::KinesisVideo::Stream", derived=True, acts="UpdateDataRetention"),
    TypeFacts(
        "AWS::MSK::BatchScramSecret",
        terraform="aws_msk_scram_secret_association",
        derived=True,
        targets=("clusterarn",),
    ),
    TypeFacts(
        "AWS::MSK::Cluster",
        sources=("kafka",),
        targets=("clustername", "clusterarn", "resourcearn"),
        acts="CreateCluster(V2)?|DeleteCluster|UpdateCluster\\w+|Update(Broker\\w+|Monitoring|Security|Connectivity|Storage|Rebalancing)"
        f"|{TAG}",
        shows=(
            beyond("(Put|Delete)ClusterPolicy|Batch(Associate|Disassociate)ScramSecret"),
            Shows(events="RebootBroker", fields=("state", "clusterstate")),
        ),
        creates="CreateCluster\\w*",
        deletes="DeleteCluster",
        answers=("clusterarn",),
        contradicts=("clusterarn",),
        item_fields=fields("""
            activeoperationarn brokernodegroupinfo clientauthentication clusterarn clustername
            configurationinfo creationtime currentversion encryptioninfo enhancedmonitoring
            kafkaversion logginginfo numberofbrokernodes openmonitoring rebalancing state stateinfo
            storagemode
        """),
        following=("state", "stateinfo", "currentversion", "activeoperationarn"),
    ),
    TypeFacts("AWS::MSK::ServerlessCluster", derived=True, called="Cluster"),
)
