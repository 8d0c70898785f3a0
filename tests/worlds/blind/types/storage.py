"""Buckets and file systems."""

from tests.worlds.blind.row import N, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

XML = {"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}
HOST = {"bucketName": "$name", "Host": "$name.s3.$region.amazonaws.com"}


bucket = row(
    at("AWS::S3::Bucket", "s3", "$name", "arn:aws:s3:::$name"),
    called="acme-$name-${hex:6}",
    config={"name": "$name", "region": "$region", "creationDate": "2025-03-02T09:14:07.000Z"},
    extra={"BucketPolicy": {"policyText": None}, "BucketVersioningConfiguration": {"status": "Off"}},
    by=HOST,
    tags=("extra.BucketTaggingConfiguration tagSets",),
    tag=tagging(
        {**HOST, "tagging": ""},
        into="Tagging.TagSet.Tag",
        form="Key/Value",
        whole=True,
        calls=("PutBucketTagging", "DeleteBucketTagging"),
    ),
    create=by("CreateBucket", {"x-amz-acl": "private"}),
    delete="DeleteBucket",
    updates=(
        by(
            "PutBucketPolicy",
            {"bucketPolicy": {"Statement": [{"Sid": "S$n", "Resource": "$arn/*"}]}, "policy": ""},
            plus={"BucketPolicy": {"policyText": '{"Statement": [{"Sid": "S$n"}]}'}},
        ),
        by(
            "PutBucketVersioning",
            {"VersioningConfiguration": {**XML, "Status": "S$n"}, "versioning": ""},
            plus={"BucketVersioningConfiguration": {"status": "S$n"}},
        ),
        by(
            "PutBucketLifecycle",
            {"LifecycleConfiguration": {**XML, "Rule": {"ID": "r$n"}}, "lifecycle": ""},
            plus={"BucketLifecycleConfiguration": {"rules": [{"ID": "r$n"}]}},
        ),
        by("PutObjectLockConfiguration", {"object-lock": ""}, plus={"ObjectLockConfiguration": {"days": N}}),
        by("DeleteBucketPolicy", {"policy": ""}, plus={"BucketPolicy": {"policyText": "gone $n"}}),
    ),
    mentions=(
        call("AddPermission20150331v2", {"functionName": "$other", "sourceArn": "$arn"}, service="lambda"),
        call(
            "PutBucketPolicy",
            {"bucketName": "$other", "bucketPolicy": {"Statement": [{"Resource": ["$arn", "$arn/*"]}]}},
            resources=("arn:aws:s3:::$other",),
        ),
        call("CreateAccessPoint", {"name": "$name", "bucket": "$name", "bucketName": "$name"}, resources=()),
    ),
    resources=True,
)

file_system = kind_of("EFS::FileSystem")
