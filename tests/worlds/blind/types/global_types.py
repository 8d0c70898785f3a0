"""Global kinds beside IAM's, and trails."""

from tests.worlds.blind.row import FLIP, N, at, by, call, row, tagging

hosted_zone = row(
    at("AWS::Route53::HostedZone", "route53", "Z${UP:20}", "arn:aws:route53:::hostedzone/$id"),
    name="$name.example.com.",
    config={
        "Id": "$id",
        "Name": "$name.example.com.",
        "HostedZoneConfig": {"Comment": ""},
        "ResourceRecordSetCount": 2,
    },
    tags=("configuration.HostedZoneTags Key/Value",),
    tag=tagging(
        {"resourceType": "hostedzone", "resourceId": "$id"},
        into="addTags",
        keys="removeTagKeys",
        calls=("ChangeTagsForResource", "ChangeTagsForResource"),
    ),
    words={"called": ("$id", "/hostedzone/$id")},
    create=call(
        "CreateHostedZone",
        {"name": "$name.example.com.", "callerReference": "$uuid"},
        {"hostedZone": {"id": "/hostedzone/$id", "name": "$name.example.com."}},
    ),
    delete=call("DeleteHostedZone", {"id": "$id"}),
    updates=(
        call(
            "ChangeResourceRecordSets",
            {
                "hostedZoneId": "$called",
                "changeBatch": {"changes": [{"action": "UPSERT", "resourceRecordSet": {"name": "r$n"}}]},
            },
            ResourceRecordSetCount=N,
        ),
        call(
            "UpdateHostedZoneComment",
            {"id": "$id", "comment": "c$n"},
            {"hostedZone": {"id": "/hostedzone/$id"}},
            HostedZoneConfig={"Comment": "c$n"},
        ),
        call(
            "AssociateVPCWithHostedZone",
            {"hostedZoneId": "$id", "vPC": {"vPCId": "$vpc"}},
            VPCs=[{"VPCId": "$vpc"}],
        ),
    ),
    mentions=(call("CreateTrafficPolicyInstance", {"hostedZoneId": "$id", "name": "x"}),),
    region="us-east-1",
)

FOUND = {"distribution": {"id": "$id", "aRN": "$arn"}}
distribution = row(
    at(
        "AWS::CloudFront::Distribution",
        "cloudfront",
        "E${UP:13}",
        "arn:aws:cloudfront::$account:distribution/$id",
    ),
    name=None,
    config={
        "id": "$id",
        "aRN": "$arn",
        "status": "Deployed",
        "distributionConfig": {"comment": "$name", "enabled": True},
    },
    by={"id": "$id", "ifMatch": "E1"},
    tags=("extra.Tags key/value",),
    tag=tagging("resource", into="tags.items", keys="tagKeys.items"),
    create=call(
        "CreateDistribution",
        {"distributionConfig": {"origins": {"items": [{"id": "o"}]}}},
        {**FOUND, "location": "https://cloudfront.amazonaws.com/$id"},
    ),
    delete="DeleteDistribution",
    updates=(
        by(
            "UpdateDistribution",
            {"distributionConfig": {"comment": "$name $n"}},
            FOUND,
            distributionConfig={"comment": "$name $n", "enabled": True},
        ),
    ),
    mentions=(call("CreateInvalidation", {"distributionId": "$id", "invalidationBatch": {}}),),
    region="global",
)

trail = row(
    at("AWS::CloudTrail::Trail", "cloudtrail", "$name", "trail/$name"),
    name=None,
    config={
        "name": "$name",
        "trailARN": "$arn",
        "s3BucketName": "acme-logs",
        "logFileValidationEnabled": False,
        "hasCustomEventSelectors": False,
    },
    words={"called": ("$name", "$arn")},
    by={"name": "$called"},
    tags=("extra.Tags key/value",),
    tag=tagging("resourceId", into="tagsList", keys="tagsList", calls=("AddTags", "RemoveTags")),
    create=call("CreateTrail", {"name": "$name", "s3BucketName": "b"}, {"name": "$name", "trailARN": "$arn"}),
    delete="DeleteTrail",
    updates=(
        by(
            "UpdateTrail",
            {"enableLogFileValidation": FLIP},
            {"name": "$name", "trailARN": "$arn"},
            logFileValidationEnabled=FLIP,
        ),
        call(
            "PutEventSelectors",
            {"trailName": "$name", "eventSelectors": [{"readWriteType": "WriteOnly"}]},
            {"trailARN": "$arn"},
            hasCustomEventSelectors=N,
        ),
        by("StopLogging", plus={"Status": "s$n"}),
    ),
    mentions=(
        call("CreateEventDataStore", {"name": "$name"}, {"name": "$name"}),
        call("StartLogging", {"name": "$other"}),
    ),
)
