"""Other global kinds of the blind world, and two regional ones beside them."""

from tests.worlds.blind.kind import pairs, retag, store
from tests.worlds.blind.service import EXTRA_LOWER, kind, op, thing_of


def hosted_zone(m, name):
    id_ = m.letters("Z", 20)
    zone = f"{name}.example.com."
    config = {"Id": id_, "Name": zone, "HostedZoneConfig": {"Comment": ""}, "ResourceRecordSetCount": 2}
    arn = f"arn:aws:route53:::hostedzone/{id_}"
    thing = thing_of(
        m,
        "AWS::Route53::HostedZone",
        id_,
        name=zone,
        arn=arn,
        config=config,
        region="us-east-1",
        created=None,
    )
    thing.tag_places = (("configuration", "HostedZoneTags", "Key/Value"),)

    def records():
        change = {
            "Action": "UPSERT",
            "ResourceRecordSet": {"Name": f"r{m.next()}.{zone}", "Type": "A", "TTL": 60},
        }
        sent = {"HostedZoneId": m.pick(id_, f"/hostedzone/{id_}"), "ChangeBatch": {"Changes": [change]}}
        count = config["ResourceRecordSetCount"] + 1
        return op(
            "route53", "ChangeResourceRecordSets", sent, change=store(config, ResourceRecordSetCount=count)
        )

    def comment():
        text = f"c{m.next()}"
        change = store(config, HostedZoneConfig={"Comment": text})
        return op("route53", "UpdateHostedZoneComment", {"Id": id_, "Comment": text}, change=change)

    def create():
        got = {"HostedZone": {"Id": f"/hostedzone/{id_}", "Name": zone}}
        return op("route53", "CreateHostedZone", {"Name": zone, "CallerReference": m.uuid()}, got)

    def tag(tags):
        sent = {"ResourceType": "hostedzone", "ResourceId": id_, "AddTags": pairs(tags)}
        return op("route53", "ChangeTagsForResource", sent, change=retag(thing, tags))

    def untag(keys):
        sent = {"ResourceType": "hostedzone", "ResourceId": id_, "RemoveTagKeys": list(keys)}
        return op("route53", "ChangeTagsForResource", sent, change=retag(thing, gone=keys))

    return kind(
        thing,
        create=create,
        updates=[records, comment],
        delete=lambda: op("route53", "DeleteHostedZone", {"Id": id_}),
        tags={"tag": tag, "untag": untag},
        read=("route53.amazonaws.com", "ListResourceRecordSets", {"hostedZoneId": id_}),
    )


def distribution(m, name):
    id_ = m.letters("E", 13)
    arn = f"arn:aws:cloudfront::{m.account}:distribution/{id_}"
    config = {
        "id": id_,
        "aRN": arn,
        "status": "Deployed",
        "distributionConfig": {"comment": name, "enabled": True},
    }
    thing = thing_of(
        m,
        "AWS::CloudFront::Distribution",
        id_,
        arn=arn,
        config=config,
        tags=EXTRA_LOWER,
        region="global",
        created=None,
    )

    def update():
        new = {"comment": f"{name} {m.next()}", "enabled": True}
        made = op("cloudfront", "UpdateDistribution", change=store(config, distributionConfig=new))
        made.request = {"id": id_, "ifMatch": "E1", "distributionConfig": new}
        made.answer = {"distribution": {"id": id_, "aRN": arn, "distributionConfig": new}, "eTag": "E2"}
        return made

    def create():
        made = op("cloudfront", "CreateDistribution")
        made.request = {"distributionConfig": config["distributionConfig"]}
        made.answer = {
            "distribution": {"id": id_, "aRN": arn},
            "location": f"https://cloudfront.amazonaws.com/{id_}",
        }
        return made

    def tag(tags):
        sent = {"Resource": arn, "Tags": {"Items": pairs(tags)}}
        return op("cloudfront", "TagResource", sent, change=retag(thing, tags))

    def untag(keys):
        sent = {"Resource": arn, "TagKeys": {"Items": list(keys)}}
        return op("cloudfront", "UntagResource", sent, change=retag(thing, gone=keys))

    return kind(
        thing,
        create=create,
        updates=[update],
        delete=lambda: op("cloudfront", "DeleteDistribution", {"Id": id_, "IfMatch": "E1"}),
        tags={"tag": tag, "untag": untag},
        read=("cloudfront.amazonaws.com", "GetDistributionConfig", {"id": id_}),
    )


def trail(m, name):
    arn = m.arn("cloudtrail", f"trail/{name}")
    config = {"name": name, "trailARN": arn, "s3BucketName": "acme-logs", "logFileValidationEnabled": False}
    thing = thing_of(
        m, "AWS::CloudTrail::Trail", name, arn=arn, config=config, tags=EXTRA_LOWER, created=None
    )
    both = [("AWS::CloudTrail::Trail", name), ("AWS::CloudTrail::Trail", arn)]

    def update():
        value = not config["logFileValidationEnabled"]
        got = {"Name": name, "TrailARN": arn, "S3BucketName": "acme-logs"}
        sent = {"Name": m.pick(name, arn), "EnableLogFileValidation": value}
        lists = [*both, ("AWS::S3::Bucket", "acme-logs")]
        return op(
            "cloudtrail",
            "UpdateTrail",
            sent,
            got,
            lists=lists,
            change=store(config, logFileValidationEnabled=value),
        )

    def selectors():
        change = store(config, hasCustomEventSelectors=m.next())
        sent = {"TrailName": name, "EventSelectors": [{"ReadWriteType": "WriteOnly"}]}
        return op(
            "cloudtrail",
            "PutEventSelectors",
            sent,
            {"TrailARN": arn},
            lists=m.maybe(0.5, *both),
            change=change,
        )

    def delete():
        called = m.pick(name, arn)
        return op("cloudtrail", "DeleteTrail", {"Name": called}, lists=[("AWS::CloudTrail::Trail", called)])

    def tag(tags):
        return op(
            "cloudtrail", "AddTags", {"ResourceId": arn, "TagsList": pairs(tags)}, change=retag(thing, tags)
        )

    def untag(keys):
        sent = {"ResourceId": arn, "TagsList": [{"Key": each} for each in keys]}
        return op("cloudtrail", "RemoveTags", sent, change=retag(thing, gone=keys))

    tags = {"tag": tag, "untag": untag}
    read = ("cloudtrail.amazonaws.com", "GetTrailStatus", {"name": arn})
    return kind(thing, updates=[update, selectors], delete=delete, tags=tags, read=read)
