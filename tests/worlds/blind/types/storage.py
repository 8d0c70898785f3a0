"""Buckets and file systems of the blind world."""

from tests.worlds.blind.config import BUCKET, UPPER
from tests.worlds.blind.kind import pairs, retag, store
from tests.worlds.blind.service import kind, op, tagging, thing_of

XML = {"xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"}


def bucket(m, name):
    name = f"acme-{name}-{m.hex(length=6)}"
    thing = thing_of(
        m,
        "AWS::S3::Bucket",
        name,
        name=name,
        arn=f"arn:aws:s3:::{name}",
        config={"name": name, "region": m.region, "creationDate": "2025-03-02T09:14:07.000Z"},
        tags=(("extra", "BucketTaggingConfiguration", BUCKET),),
        extra={"BucketPolicy": {"policyText": None}, "BucketVersioningConfiguration": {"status": "Off"}},
        zone="Regional",
    )
    listed = (("AWS::S3::Bucket", name),)
    own = [{"accountId": m.account, "type": "AWS::S3::Bucket", "ARN": thing.arn}]

    def call(operation, sent=None, change=lambda: None, resources=own):
        base = {"bucketName": name, "Host": f"{name}.s3.{m.region}.amazonaws.com"}
        return op(
            "s3",
            operation,
            {**base, **(sent or {})},
            lists=listed,
            resources=resources,
            change=change,
            spell=False,
        )

    def policy():
        text = {"Version": "2012-10-17", "Statement": [{"Sid": f"S{m.next()}", "Effect": "Allow"}]}
        change = store(thing.extra, BucketPolicy={"policyText": str(text)})
        return call("PutBucketPolicy", {"bucketPolicy": text, "policy": ""}, change)

    def versioning():
        state = (
            "Suspended" if thing.extra["BucketVersioningConfiguration"]["status"] == "Enabled" else "Enabled"
        )
        change = store(thing.extra, BucketVersioningConfiguration={"status": state, "n": m.next()})
        return call(
            "PutBucketVersioning",
            {"VersioningConfiguration": {**XML, "Status": state}, "versioning": ""},
            change,
        )

    def lifecycle():
        rule = {"Status": "Enabled", "Expiration": {"Days": m.next()}, "ID": "expire"}
        change = store(thing.extra, BucketLifecycleConfiguration={"rules": [rule]})
        return call(
            "PutBucketLifecycle", {"LifecycleConfiguration": {**XML, "Rule": rule}, "lifecycle": ""}, change
        )

    def lock():
        days = m.next()
        rule = {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": days}},
        }
        change = store(thing.extra, ObjectLockConfiguration={"days": days})
        return call(
            "PutObjectLockConfiguration", {"ObjectLockConfiguration": rule, "object-lock": ""}, change
        )

    def public():
        block = {"BlockPublicAcls": m.next() % 2 == 0, "BlockPublicPolicy": True}
        change = store(thing.extra, PublicAccessBlockConfiguration={**block, "n": m.next()})
        sent = {"PublicAccessBlockConfiguration": {**XML, **block}, "publicAccessBlock": ""}
        return call("PutBucketPublicAccessBlock", sent, change)

    def tag(tags):
        whole = pairs({**thing.tags, **tags})
        sent = {"Tagging": {**XML, "TagSet": {"Tag": whole[0] if len(whole) == 1 else whole}}, "tagging": ""}
        return call("PutBucketTagging", sent, retag(thing, tags))

    def untag(keys):
        rest = pairs({key: value for key, value in thing.tags.items() if key not in keys})
        if not rest:
            return call("DeleteBucketTagging", {"tagging": ""}, retag(thing, gone=keys))
        sent = {"Tagging": {**XML, "TagSet": {"Tag": rest[0] if len(rest) == 1 else rest}}, "tagging": ""}
        return call("PutBucketTagging", sent, retag(thing, gone=keys))

    return kind(
        thing,
        create=lambda: call("CreateBucket", {"x-amz-acl": "private"}, resources=()),
        updates=[policy, versioning, lifecycle, public, lock],
        delete=lambda: call("DeleteBucket"),
        tags={"tag": tag, "untag": untag},
        read=("s3.amazonaws.com", "GetBucketPolicy", {"bucketName": name, "policy": ""}),
    )


def file_system(m, name):
    id_ = m.hex("fs-0", 16)
    arn = m.arn("elasticfilesystem", f"file-system/{id_}")
    config = {"FileSystemId": id_, "Arn": arn, "ThroughputMode": "bursting", "LifecyclePolicies": []}
    places = (("configuration", "FileSystemTags", UPPER),)
    thing = thing_of(m, "AWS::EFS::FileSystem", id_, name=id_, arn=arn, config=config, tags=places)

    def throughput():
        mode = "elastic" if config["ThroughputMode"] != "elastic" else "bursting"
        sent = {"FileSystemId": id_, "ThroughputMode": mode}
        return op(
            "efs", "UpdateFileSystem", sent, {"FileSystemId": id_}, change=store(config, ThroughputMode=mode)
        )

    def lifecycle():
        rule = {"TransitionToIA": m.pick("AFTER_7_DAYS", "AFTER_14_DAYS", "AFTER_30_DAYS")}
        change = store(config, LifecyclePolicies=[{**rule, "n": m.next()}])
        return op(
            "efs",
            "PutLifecycleConfiguration",
            {"FileSystemId": id_, "LifecyclePolicies": [rule]},
            change=change,
        )

    return kind(
        thing,
        create=lambda: op(
            "efs", "CreateFileSystem", {"CreationToken": name}, {"FileSystemId": id_, "FileSystemArn": arn}
        ),
        updates=[throughput, lifecycle],
        delete=lambda: op("efs", "DeleteFileSystem", {"FileSystemId": id_}),
        tags=tagging("efs", thing, by={"ResourceId": id_}),
        read=("elasticfilesystem.amazonaws.com", "DescribeMountTargets", {"fileSystemId": id_}),
    )
