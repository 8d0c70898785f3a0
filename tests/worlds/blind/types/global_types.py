"""Global kinds beside IAM's, and trails."""

from tests.worlds.blind.row import EXTRA, FLIP, N, at, by, call, row, tagging

ZONE = {"id": "/hostedzone/$id", "name": "$name.example.com."}
UPSERT = {"changes": [{"action": "UPSERT", "resourceRecordSet": {"name": "r$n"}}]}
hosted_zone = row(
    at("AWS::Route53::HostedZone", "route53", "Z${UP:20}", "arn:aws:route53:::hostedzone/$id"),
    name="$name.example.com.",
    config={"Id": "$id", "Name": "$name.example.com.", "ResourceRecordSetCount": 2},
    tags=("configuration.HostedZoneTags Key/Value",),
    tag=tagging(
        {"resourceType": "hostedzone", "resourceId": "$id"},
        into="addTags",
        keys="removeTagKeys",
        calls=("ChangeTagsForResource", "ChangeTagsForResource"),
    ),
    words={"called": ("$id", "/hostedzone/$id")},
    by={"hostedZoneId": "$called"},
    create=call("CreateHostedZone", {"name": "$name.example.com."}, {"hostedZone": ZONE}),
    delete=call("DeleteHostedZone", {"id": "$id"}),
    updates=(
        by("ChangeResourceRecordSets", {"changeBatch": UPSERT}, ResourceRecordSetCount=N),
        call("UpdateHostedZoneComment", {"id": "$id", "comment": "c$n"}, HostedZoneConfig={"Comment": "c$n"}),
        by("AssociateVPCWithHostedZone", {"vPC": {"vPCId": "$vpc"}}, VPCs=[{"VPCId": "$vpc"}]),
    ),
    region="us-east-1",
)

FOUND = {"distribution": {"id": "$id", "aRN": "$arn"}}
COMMENT = {"comment": "$name $n"}
distribution = row(
    at(
        "AWS::CloudFront::Distribution",
        "cloudfront",
        "E${UP:13}",
        "arn:aws:cloudfront::$account:distribution/$id",
    ),
    name=None,
    config={"id": "$id", "aRN": "$arn"},
    by={"id": "$id", "ifMatch": "E1"},
    answer=FOUND,
    tags=EXTRA,
    tag=tagging("resource", into="tags.items", keys="tagKeys.items"),
    create=call("CreateDistribution", {"distributionConfig": {"origins": {"items": [{"id": "o"}]}}}),
    delete="DeleteDistribution",
    updates=(by("UpdateDistribution", {"distributionConfig": COMMENT}, distributionConfig=COMMENT),),
    mentions=(call("CreateInvalidation", {"distributionId": "$id", "invalidationBatch": {}}),),
    region="global",
)

TRAIL = {"name": "$name", "trailARN": "$arn"}
trail = row(
    at("AWS::CloudTrail::Trail", "cloudtrail", "$name", "trail/$name"),
    name=None,
    config={**TRAIL, "hasCustomEventSelectors": False},
    words={"called": ("$name", "$arn")},
    by={"name": "$called"},
    tags=EXTRA,
    tag=tagging("resourceId", into="tagsList", keys="tagsList", calls=("AddTags", "RemoveTags")),
    create=call("CreateTrail", {"name": "$name", "s3BucketName": "b"}, TRAIL),
    delete="DeleteTrail",
    updates=(
        by("UpdateTrail", {"enableLogFileValidation": FLIP}, TRAIL, logFileValidationEnabled=FLIP),
        call("PutEventSelectors", {"trailName": "$name"}, {"trailARN": "$arn"}, hasCustomEventSelectors=N),
        by("StopLogging", plus={"Status": "s$n"}),
    ),
    mentions=(call("StartLogging", {"name": "$other"}),),
)
