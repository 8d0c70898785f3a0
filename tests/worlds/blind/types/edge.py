"""Certificates, firewalls and access lists."""

from tests.worlds.blind.row import N, at, by, call, row, tagging
from tests.worlds.recorded_types.rows import kind_of

REGIONAL = {"name": "$name", "scope": "REGIONAL"}
ANOTHER = {**REGIONAL, "id": "00000000-1111-2222-3333-444444444444"}
LOGGED = {"loggingConfiguration": {"resourceArn": "$arn"}}
web_acl = row(
    at("AWS::WAFv2::WebACL", "wafv2", "$arn", "regional/webacl/$name/$uuid"),
    config={"ARN": "$arn", "Id": "$uuid", "Name": "$name"},
    by={**REGIONAL, "id": "$uuid", "lockToken": "$uuid2"},
    tags=(),
    tag=tagging("resourceARN"),
    create=call("CreateWebACL", REGIONAL, {"summary": {"name": "$name", "id": "$uuid", "aRN": "$arn"}}),
    delete="DeleteWebACL",
    updates=(
        by("UpdateWebACL", {"defaultAction": {"block": {}}}, DefaultAction={"Block": {"n": N}}),
        by("UpdateWebACL", {"rules": [{"name": "r$n"}]}, Rules=[{"Name": "r$n"}]),
        call("PutLoggingConfiguration", LOGGED, plus={"LoggingConfiguration": "l$n"}),
    ),
    mentions=(
        call("UpdateIPSet", ANOTHER),
        call("UpdateWebACL", ANOTHER),
        call("SetWebACL", {"webAclArn": "$arn", "loadBalancerArn": "l"}, service="elasticloadbalancing"),
    ),
)

firewall = kind_of("NetworkFirewall::Firewall")
