"""Storage, streams and what reads them: by which names their calls call them, as data."""

from typing import Final

from iacwatch.core.catalog.held import beyond
from iacwatch.core.catalog.schema import TAG, Shows, TypeFacts

_ASIDE: Final = (
    "(Create|Put|Update|Delete)(Bucket)?(Inventory|Analytics|Metrics|IntelligentTiering|Metadata)\\w*"
    "|(Put|Delete)Bucket(OwnershipControls|Abac)"
)
"""What a bucket reports about itself, and what Config's items of buckets are not known to hold."""

DATA: Final[dict[str, TypeFacts]] = {
    "AWS::S3::Bucket": TypeFacts(
        sources=("s3",),
        targets=("bucketname", "bucket", "resourcearn"),
        acts=f"(?!{_ASIDE})(Create|Put|Delete|Update)\\w+|{TAG}",
        shows=(beyond("AWS::S3::Bucket", _ASIDE),),
        never="(?!\\w*ObjectLockConfiguration)"
        "\\w*(Object|Multipart|Part|Job|AccessPoint|AccessGrant|StorageLens|Session)\\w*",
        creates="CreateBucket",
        deletes="DeleteBucket",
        lookups=("id",),
        missing=0.0,
    ),
    "AWS::S3::AccountPublicAccessBlock": TypeFacts(
        sources=("s3",),
        targets=("accountid",),
        acts="(Put|Delete)(Account)?PublicAccessBlock",
        creates="Put(Account)?PublicAccessBlock",
        deletes="Delete(Account)?PublicAccessBlock",
        contradicts=("bucketname",),
        lookups=("id",),
    ),
    "AWS::EFS::FileSystem": TypeFacts(
        sources=("elasticfilesystem",),
        targets=("filesystemid", "resourceid", "sourcefilesystemid"),
        acts="(Create|Update|Delete)FileSystem|DeleteFileSystemPolicy"
        f"|Put(LifecycleConfiguration|BackupPolicy|FileSystemPolicy)|(Create|Delete)Tags|{TAG}",
        shows=(
            beyond(
                "AWS::EFS::FileSystem", "UpdateFileSystemProtection|(Create|Delete)ReplicationConfiguration"
            ),
            Shows(events="(Create|Delete)MountTarget", fields=("numberofmounttargets",)),
        ),
        creates="CreateFileSystem",
        deletes="DeleteFileSystem",
        answers=("filesystemid",),
    ),
    "AWS::MSK::Cluster": TypeFacts(
        sources=("kafka",),
        targets=("clustername", "clusterarn", "resourcearn"),
        acts="CreateCluster(V2)?|DeleteCluster|UpdateCluster\\w+|Update(Broker\\w+|Monitoring|Security|Connectivity|Storage|Rebalancing)"
        f"|{TAG}",
        shows=(
            beyond("AWS::MSK::Cluster", "(Put|Delete)ClusterPolicy|Batch(Associate|Disassociate)ScramSecret"),
            Shows(events="RebootBroker", fields=("state", "clusterstate")),
        ),
        creates="CreateCluster\\w*",
        deletes="DeleteCluster",
        answers=("clusterarn",),
        contradicts=("clusterarn",),
    ),
    "AWS::Kinesis::Stream": TypeFacts(
        sources=("kinesis",),
        targets=("streamname", "streamarn", "resourcearn"),
        acts="(Create|Delete)Stream|(Increase|Decrease)StreamRetentionPeriod|MergeShards|SplitShard"
        "|Update(ShardCount|StreamMode)|(AddTagsTo|RemoveTagsFrom)Stream"
        f"|(Start|Stop)StreamEncryption|{TAG}",
        shows=(
            beyond(
                "AWS::Kinesis::Stream",
                "Update(MaxRecordSize|StreamWarmThroughput|StreamRecordDistributionStrategy)"
                "|(Enable|Disable)EnhancedMonitoring|(Put|Delete)ResourcePolicy",
            ),
        ),
        creates="CreateStream",
        deletes="DeleteStream",
    ),
    "AWS::KinesisFirehose::DeliveryStream": TypeFacts(
        sources=("firehose",),
        targets=("deliverystreamname",),
        acts="(Create|Delete|Tag|Untag)DeliveryStream|UpdateDestination|(Start|Stop)DeliveryStreamEncryption",
        creates="CreateDeliveryStream",
        deletes="DeleteDeliveryStream",
        answers=("deliverystreamarn",),
    ),
    "AWS::Athena::WorkGroup": TypeFacts(
        sources=("athena",),
        targets=("name", "workgroup", "resourcearn"),
        acts=f"(Create|Update|Delete)WorkGroup|{TAG}",
        creates="CreateWorkGroup",
        deletes="DeleteWorkGroup",
    ),
    "AWS::Glue::Job": TypeFacts(
        sources=("glue",),
        targets=("name", "jobname", "resourcearn"),
        acts=f"(Create|Update|Delete)Job|BatchDeleteJob|UpdateJobFromSourceControl|{TAG}",
        creates="CreateJob",
        deletes="DeleteJob",
        answers=("name", "jobname"),
    ),
}
