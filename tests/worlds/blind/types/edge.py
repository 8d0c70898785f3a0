"""Certificates, firewalls and access lists."""

from tests.worlds.blind.row import N, at, by, call, row, tagging

FOUND = {"firewallArn": "$arn", "firewallName": "$name"}
firewall = row(
    at("AWS::NetworkFirewall::Firewall", "network-firewall", "$uuid", "firewall/$name"),
    config={
        "FirewallName": "$name",
        "FirewallArn": "$arn",
        "FirewallId": "$id",
        "DeleteProtection": False,
        "Description": "",
    },
    create=call("CreateFirewall", {"firewallName": "$name", "vpcId": "$vpc"}, {"firewall": FOUND}),
    delete=call("DeleteFirewall", {"firewallName": "$name"}, {"firewall": {"firewallArn": "$arn"}}),
    updates=(
        call(
            "UpdateFirewallDescription",
            {"firewallName": "$name", "description": "d$n"},
            FOUND,
            Description="d$n",
        ),
        call(
            "UpdateFirewallDescription",
            {"firewallArn": "$arn", "description": "d$n"},
            {"firewallArn": "$arn"},
            Description="d$n",
        ),
    ),
    mentions=(call("UpdateFirewallPolicy", {"firewallPolicyName": "$name"}),),
)

certificate = row(
    at("AWS::ACM::Certificate", "acm", "$arn", "certificate/$uuid"),
    name=None,
    config={"certificateArn": "$arn", "domainName": "$name.example.com", "options": {"logging": "ENABLED"}},
    by={"certificateArn": "$arn"},
    tags=("extra.Tags key/value",),
    tag=tagging("certificateArn", keys="tags", calls=("AddTagsToCertificate", "RemoveTagsFromCertificate")),
    create=call("RequestCertificate", {"domainName": "$name.example.com"}, {"certificateArn": "$arn"}),
    delete="DeleteCertificate",
    updates=(by("UpdateCertificateOptions", {"options": {}}, options={"logging": "n$n"}),),
    mentions=(
        call(
            "CreateListener",
            {"loadBalancerArn": "l", "certificates": [{"certificateArn": "$arn"}]},
            {"listeners": [{"certificates": [{"certificateArn": "$arn"}]}]},
            service="elasticloadbalancing",
        ),
        by("ResendValidationEmail", {"domain": "x"}),
    ),
    created=True,
)

ANOTHER = {"name": "$name", "scope": "REGIONAL", "id": "00000000-1111-2222-3333-444444444444"}
web_acl = row(
    at("AWS::WAFv2::WebACL", "wafv2", "$arn", "regional/webacl/$name/$uuid"),
    config={"ARN": "$arn", "Id": "$uuid", "Name": "$name", "DefaultAction": {"Allow": {}}, "Rules": []},
    by={"name": "$name", "scope": "REGIONAL", "id": "$uuid", "lockToken": "$uuid2"},
    tags=(),
    tag=tagging("resourceARN"),
    create=call(
        "CreateWebACL",
        {"name": "$name", "scope": "REGIONAL", "defaultAction": {"allow": {}}},
        {"summary": {"name": "$name", "id": "$uuid", "aRN": "$arn"}},
    ),
    delete="DeleteWebACL",
    updates=(
        by(
            "UpdateWebACL",
            {"defaultAction": {"block": {}}},
            {"nextLockToken": "$uuid3"},
            DefaultAction={"Block": {"n": N}},
        ),
        by(
            "UpdateWebACL", {"rules": [{"name": "r$n"}]}, {"nextLockToken": "$uuid3"}, Rules=[{"Name": "r$n"}]
        ),
        call(
            "PutLoggingConfiguration",
            {"loggingConfiguration": {"resourceArn": "$arn"}},
            plus={"LoggingConfiguration": "l$n"},
        ),
    ),
    mentions=(
        call("AssociateWebACL", {"webACLArn": "$arn", "resourceArn": "r"}),
        call("UpdateIPSet", ANOTHER),
        call("UpdateWebACL", ANOTHER),
        call("SetWebACL", {"webAclArn": "$arn", "loadBalancerArn": "l"}, service="elasticloadbalancing"),
    ),
)
