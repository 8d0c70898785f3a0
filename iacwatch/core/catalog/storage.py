"""Rows of storage and backups."""

from typing import Final

from iacwatch.core.catalog.schema import TAG, Shows, TypeFacts, beyond, fields

_ASIDE: Final = (
    "(Create|Put|Update|Delete)(Bucket)?(Inventory|Analytics|Metrics|IntelligentTiering|Metadata)\\w*"
    "|(Put|Delete)Bucket(OwnershipControls|Abac)"
)
"""What a bucket reports about itself, and what Config's items of buckets are not known to hold."""

ROWS: Final = (
    TypeFacts("AWS::Backup::BackupPlan", derived=True, tags_at=("backupplantags",)),
    TypeFacts("AWS::Backup::BackupSelection", derived=True, own_ids=("selectionid",)),
    TypeFacts("AWS::Backup::BackupVault", derived=True, tags_at=("backupvaulttags",)),
    TypeFacts("AWS::Backup::Framework", derived=True, tags_at=("frameworktags",)),
    TypeFacts(
        "AWS::Backup::RecoveryPoint",
        derived=True,
        # AWS Backup reports its own jobs by service events.
        acts="UpdateRecoveryPoint(Lifecycle|IndexSettings)|BackupTransitionedToCold",
        creates="StartBackupJob|(Backup|Copy)JobCompleted",
        deletes="BackupDeleted|DisassociateRecoveryPoint",
        targets=("destinationrecoverypointarn",),
    ),
    TypeFacts("AWS::Backup::ReportPlan", derived=True, tags_at=("reportplantags",)),
    *(
        TypeFacts(
            f"AWS::DataSync::LocationFSx{kind}",
            derived=True,
            terraform=f"aws_datasync_location_fsx_{kind.lower()}_file_system",
        )
        for kind in ("Lustre", "Windows")
    ),
    TypeFacts("AWS::EFS::AccessPoint", derived=True, tags_at=("accesspointtags",)),
    TypeFacts(
        "AWS::EFS::FileSystem",
        noun="EFS file system",
        id_prefix="fs",
        sources=("elasticfilesystem",),
        targets=("filesystemid", "resourceid", "sourcefilesystemid"),
        acts="(Create|Update|Delete)FileSystem|DeleteFileSystemPolicy"
        f"|Put(LifecycleConfiguration|BackupPolicy|FileSystemPolicy)|(Create|Delete)Tags|{TAG}",
        shows=(
            beyond("UpdateFileSystemProtection|(Create|Delete)ReplicationConfiguration"),
            Shows(events="(Create|Delete)MountTarget", fields=("numberofmounttargets",)),
        ),
        creates="CreateFileSystem",
        deletes="DeleteFileSystem",
        answers=("filesystemid",),
        item_fields=fields("""
            availabilityzonename backuppolicy creationtime encrypted filesystemarn filesystemid
            filesystempolicy filesystemtags kmskeyid lifecyclepolicies lifecyclestate
            numberofmounttargets ownerid performancemode provisionedthroughputinmibps sizeinbytes
            throughputmode
        """),
        counted=("sizeinbytes", "numberofmounttargets"),
        following=("lifecyclestate",),
        tags_at=("filesystemtags",),
    ),
    TypeFacts(
        "AWS::S3::AccountPublicAccessBlock",
        sources=("s3",),
        targets=("accountid",),
        acts="(Put|Delete)(Account)?PublicAccessBlock",
        creates="Put(Account)?PublicAccessBlock",
        deletes="Delete(Account)?PublicAccessBlock",
        contradicts=("bucketname",),
        lookups=("id",),
    ),
    TypeFacts(
        "AWS::S3::Bucket",
        arn="s3",
        id_in_arn="resource",
        sources=("s3",),
        targets=("bucketname", "bucket", "resourcearn"),
        acts=f"(?!{_ASIDE})(Create|Put|Delete|Update)\\w+|{TAG}",
        shows=(beyond(_ASIDE),),
        never="(?!\\w*ObjectLockConfiguration)"
        "\\w*(Object|Multipart|Part|Job|AccessPoint|AccessGrant|StorageLens|Session)\\w*",
        creates="CreateBucket",
        deletes="DeleteBucket",
        lookups=("id",),
        missing=0.0,
        padded=(("PutBucketPolicy", "bucketpolicy"), ("PutBucketLifecycle", "bucketlifecycleconfiguration")),
        item_fields=fields("""
            accesscontrollist bucketaccelerateconfiguration bucketcrossoriginconfiguration
            bucketlifecycleconfiguration bucketloggingconfiguration bucketnotificationconfiguration
            bucketpolicy bucketreplicationconfiguration buckettaggingconfiguration
            bucketversioningconfiguration bucketwebsiteconfiguration creationdate
            isrequesterpaysenabled objectlockconfiguration owner publicaccessblockconfiguration
            region serversideencryptionconfiguration
        """),
        tags_beside=("buckettaggingconfiguration",),
        sample=2,
    ),
    TypeFacts("AWS::S3::MultiRegionAccessPoint", derived=True, targets=("details.name",)),
    TypeFacts(
        "AWS::S3::StorageLens",
        terraform="aws_s3control_storage_lens_configuration",
        derived=True,
        targets=("configid",),
    ),
    TypeFacts("AWS::S3Express::BucketPolicy", derived=True, targets=("bucketname",)),
    TypeFacts(
        "AWS::S3Express::DirectoryBucket",
        derived=True,
        acts="(Put|Delete)Bucket\\w+",
        creates="CreateBucket",
        deletes="DeleteBucket",
    ),
    TypeFacts("AWS::S3Tables::TableBucket", derived=True, acts="(Put|Delete)TableBucket(?!Policy)\\w+"),
)
