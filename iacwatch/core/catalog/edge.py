"""What tells, routes, guards and watches: by which names its calls call it, as data."""

from typing import Final

from iacwatch.core.catalog.held import beyond
from iacwatch.core.catalog.schema import PARENT, TAG, Indirect, Shows, TypeFacts

_TRAIL: Final = "AWS::CloudTrail::Trail"

EDGE: Final[dict[str, TypeFacts]] = {
    "AWS::SNS::Topic": TypeFacts(
        sources=("sns",),
        targets=("topicarn", "resourcearn", "name"),
        acts=f"(Create|Delete)Topic|SetTopicAttributes|(Add|Remove)Permission|{TAG}",
        shows=(
            Shows(events="PutDataProtectionPolicy", fields=("dataprotectionpolicy",)),
            Shows(
                events="(Confirm)?Subscri(be|ption)|Unsubscribe",
                fields=(
                    "subscription",
                    "subscriptions",
                    "subscriptionsconfirmed",
                    "subscriptionspending",
                    "subscriptionsdeleted",
                ),
            ),
        ),
        creates="CreateTopic",
        deletes="DeleteTopic",
        answers=("topicarn",),
        contradicts=("topicarn",),
        lookups=("arn",),
        missing=0.0,
    ),
    "AWS::SQS::Queue": TypeFacts(
        sources=("sqs",),
        targets=("queueurl", "queuename"),
        acts="(Create|Delete)Queue|SetQueueAttributes|(Tag|Untag)Queue|(Add|Remove)Permission",
        creates="CreateQueue",
        deletes="DeleteQueue",
        answers=("queueurl",),
        lookups=("url",),
        missing=0.0,
    ),
    "AWS::CloudWatch::Alarm": TypeFacts(
        sources=("monitoring",),
        targets=("alarmname", "alarmnames", "resourcearn"),
        acts=f"Put(Metric|Composite|Log)Alarm|DeleteAlarms|(Enable|Disable)AlarmActions|{TAG}",
        shows=(Shows(events="SetAlarmState", fields=("statevalue", "statereason", "stateupdatedtimestamp")),),
        creates="Put(Metric|Composite|Log)Alarm",
        deletes="DeleteAlarms",
        lookups=("name", "arn"),
        missing=0.0,
    ),
    "AWS::CloudTrail::Trail": TypeFacts(
        sources=("cloudtrail",),
        targets=("name", "trailname", "resourceid", "resourcearn"),
        acts="(Create|Update|Delete)Trail|(Add|Remove)Tags",
        shows=(
            # Whether a trail is logging stands in no item.
            beyond(
                _TRAIL,
                "(Start|Stop)Logging|PutEventConfiguration",
                "hascustomeventselectors",
                "hasinsightselectors",
            ),
            beyond(_TRAIL, "PutEventSelectors", "hasinsightselectors"),
            beyond(_TRAIL, "PutInsightSelectors", "hascustomeventselectors"),
        ),
        creates="CreateTrail",
        deletes="DeleteTrail",
        answers=("trailarn",),
        contradicts=("trailarn",),
        lookups=("name", "id", "arn"),
        missing=0.0,
    ),
    "AWS::Events::Rule": TypeFacts(
        sources=("events",),
        targets=("name", "rule", "resourcearn"),
        acts=f"(Put|Delete|Enable|Disable)Rule|(Put|Remove)Targets|{TAG}",
        creates="PutRule",
        deletes="DeleteRule",
        answers=("rulearn",),
        contradicts=("rulearn",),
        within=("eventbusname", "rule/{parent}/{name}", "eventbusname"),
    ),
    "AWS::Events::EventBus": TypeFacts(
        sources=("events",),
        targets=("name", "eventbusname", "resourcearn"),
        acts=f"(Create|Update|Delete)EventBus|(Put|Remove)Permission|{TAG}",
        creates="CreateEventBus",
        deletes="DeleteEventBus",
        answers=("eventbusarn",),
    ),
    "AWS::Route53::HostedZone": TypeFacts(
        sources=("route53",),
        targets=("hostedzoneid", "id", "resourceid"),
        acts="(Create|Delete)HostedZone|UpdateHostedZoneComment|ChangeTagsForResource"
        "|(Associate|Disassociate)VPC\\w+|(Create|Delete)QueryLoggingConfig",
        shows=(
            beyond(
                "AWS::Route53::HostedZone",
                "ChangeResourceRecordSets|\\w+TrafficPolicyInstance|(Enable|Disable)HostedZoneDNSSEC"
                "|\\w+KeySigningKey|UpdateHostedZone(Features|Tier)",
            ),
        ),
        creates="CreateHostedZone",
        deletes="DeleteHostedZone",
        answers=("id",),
    ),
    "AWS::CloudFront::Distribution": TypeFacts(
        sources=("cloudfront",),
        targets=("id", "resource", "targetdistributionid", "targetresource.distributionid"),
        acts="(Create|Update|Delete|Copy)Distribution(WithTags|WithStagingConfig)?|AssociateAlias|UpdateDomainAssociation"
        f"|(Associate|Disassociate)DistributionWebACL|{TAG}",
        creates="(Create|Copy)Distribution(WithTags)?",
        deletes="DeleteDistribution",
        answers=("id", "arn"),
    ),
    "AWS::ApiGateway::RestApi": TypeFacts(
        sources=("apigateway",),
        targets=("restapiid", "resourcearn"),
        acts=f"(Create|Update|Delete|Import|Put)RestApi|{TAG}",
        shows=(
            beyond(
                "AWS::ApiGateway::RestApi",
                "(Create|Update|Delete|Put)(Resource|Method|Authorizer|Model|Documentation|RequestValidator"
                "|Integration|GatewayResponse)\\w*",
            ),
        ),
        creates="(Create|Import)RestApi",
        deletes="DeleteRestApi",
        answers=("id",),
    ),
    "AWS::ApiGateway::Stage": TypeFacts(
        # A web ACL is put before a stage by WAF's calls, and shows here.
        sources=("apigateway", "wafv2", "waf-regional"),
        targets=(
            "stagename",
            "createstageinput.stagename",
            "createdeploymentinput.stagename",
            "resourcearn",
        ),
        acts=f"(Create|Update|Delete)Stage|CreateDeployment|{TAG}",
        shows=(Shows(events="(Associate|Disassociate)WebACL", fields=("webaclarn",)),),
        creates="CreateStage|CreateDeployment",
        deletes="DeleteStage",
        within=("restapiid", "restapis/{parent}/stages/{name}", "restapiid"),
        indirect=(Indirect(part=PARENT, target="restapiid", events="DeleteRestApi", changes=("DELETE",)),),
    ),
    "AWS::ApiGatewayV2::Api": TypeFacts(
        sources=("apigateway",),
        targets=("apiid", "resourcearn"),
        acts=f"(Create|Update|Delete|Import|Reimport)Api|DeleteCorsConfiguration|{TAG}",
        shows=(
            Shows(
                events="(Create|Update|Delete)(Route|Integration|Authorizer|Model)\\w*",
                fields=("routes", "integrations", "authorizers", "models"),
            ),
        ),
        creates="(Create|Import)Api",
        deletes="DeleteApi",
        answers=("apiid",),
    ),
    "AWS::ApiGatewayV2::Stage": TypeFacts(
        sources=("apigateway",),
        targets=("stagename", "resourcearn"),
        acts=f"(Create|Update|Delete)Stage|CreateDeployment|Delete(AccessLogSettings|RouteSettings)|{TAG}",
        creates="CreateStage",
        deletes="DeleteStage",
        within=("apiid", "apis/{parent}/stages/{name}", "apiid"),
        indirect=(Indirect(part=PARENT, target="apiid", events="DeleteApi", changes=("DELETE",)),),
    ),
    "AWS::WAFv2::WebACL": TypeFacts(
        sources=("wafv2",),
        targets=("id", "name", "resourcearn", "webaclarn", "loggingconfiguration.resourcearn"),
        acts=f"(Create|Update|Delete)WebACL|DeleteFirewallManagerRuleGroups|{TAG}",
        shows=(
            beyond("AWS::WAFv2::WebACL", "(Put|Delete)LoggingConfiguration"),
            Shows(
                events="(Associate|Disassociate)WebACL",
                fields=("associations", "resources", "associatedresources"),
            ),
        ),
        creates="CreateWebACL",
        deletes="DeleteWebACL",
        answers=("id", "arn"),
        contradicts=("id",),
    ),
    "AWS::WAFv2::IPSet": TypeFacts(
        sources=("wafv2",),
        targets=("id", "name", "resourcearn"),
        acts=f"(Create|Update|Delete)IPSet|{TAG}",
        creates="CreateIPSet",
        deletes="DeleteIPSet",
        answers=("id", "arn"),
        contradicts=("id",),
    ),
    "AWS::WAFv2::RuleGroup": TypeFacts(
        sources=("wafv2",),
        targets=("id", "name", "resourcearn"),
        acts=f"(Create|Update|Delete)RuleGroup|{TAG}",
        shows=(beyond("AWS::WAFv2::RuleGroup", "(Put|Delete)PermissionPolicy"),),
        creates="CreateRuleGroup",
        deletes="DeleteRuleGroup",
        answers=("id", "arn"),
        contradicts=("id",),
    ),
    "AWS::WAFv2::RegexPatternSet": TypeFacts(
        sources=("wafv2",),
        targets=("id", "name", "resourcearn"),
        acts=f"(Create|Update|Delete)RegexPatternSet|{TAG}",
        creates="CreateRegexPatternSet",
        deletes="DeleteRegexPatternSet",
        answers=("id", "arn"),
        contradicts=("id",),
    ),
    "AWS::NetworkFirewall::Firewall": TypeFacts(
        sources=("network-firewall",),
        targets=("firewallname", "firewallarn", "resourcearn"),
        acts="(Create|Update|Delete)Firewall|UpdateFirewall(Description|DeleteProtection|EncryptionConfiguration"
        "|PolicyChangeProtection|AnalysisSettings)|(Associate|Disassociate)(FirewallPolicy|Subnets|AvailabilityZones)"
        f"|Update(Subnet|AvailabilityZone)ChangeProtection|{TAG}",
        shows=(beyond("AWS::NetworkFirewall::Firewall", "UpdateLoggingConfiguration"),),
        creates="CreateFirewall",
        deletes="DeleteFirewall",
        answers=("firewallarn",),
    ),
    "AWS::ACM::Certificate": TypeFacts(
        sources=("acm",),
        targets=("certificatearn",),
        acts="(Request|Import|Delete|Renew|Revoke)Certificate|UpdateCertificateOptions|(AddTagsTo|RemoveTagsFrom)Certificate",
        creates="(Request|Import)Certificate",
        deletes="DeleteCertificate",
        answers=("certificatearn",),
        lookups=("arn", "id"),
        missing=0.0,
    ),
}
