"""Rows of what names, routes and guards what the world can reach."""

from typing import Final

from iacwatch.core.catalog.schema import PARENT, TAG, Indirect, Shows, TypeFacts, beyond, fields

ROWS: Final = (
    TypeFacts(
        "AWS::ApiGateway::RestApi",
        noun="REST API",
        sources=("apigateway",),
        targets=("restapiid", "resourcearn"),
        acts=f"(Create|Update|Delete|Import|Put)RestApi|{TAG}",
        shows=(
            beyond(
                "(Create|Update|Delete|Put)(Resource|Method|Authorizer|Model|Documentation|RequestValidator"
                "|Integration|GatewayResponse)\\w*"
            ),
        ),
        creates="(Create|Import)RestApi",
        deletes="DeleteRestApi",
        answers=("id",),
        item_fields=fields("""
            apikeysource apistatus binarymediatypes createddate description
            disableexecuteapiendpoint endpointconfiguration minimumcompressionsize policy
            rootresourceid version warnings
        """),
    ),
    TypeFacts(
        "AWS::ApiGateway::Stage",
        noun="REST API stage",
        # A web ACL is put before a stage by WAF's calls, and shows here.
        sources=("apigateway", "wafv2", "waf-regional"),
        targets=("stagename", "createstageinput.stagename", "createdeploymentinput.stagename", "resourcearn"),
        acts=f"(Create|Update|Delete)Stage|CreateDeployment|{TAG}",
        shows=(Shows(events="(Associate|Disassociate)WebACL", fields=("webaclarn",)),),
        creates="CreateStage|CreateDeployment",
        deletes="DeleteStage",
        within=("restapiid", "restapis/{parent}/stages/{name}", "restapiid"),
        indirect=(Indirect(part=PARENT, target="restapiid", events="DeleteRestApi", changes=("DELETE",)),),
    ),
    TypeFacts(
        "AWS::ApiGatewayV2::Api",
        noun="HTTP API",
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
    TypeFacts(
        "AWS::ApiGatewayV2::Stage",
        sources=("apigateway",),
        targets=("stagename", "resourcearn"),
        acts=f"(Create|Update|Delete)Stage|CreateDeployment|Delete(AccessLogSettings|RouteSettings)|{TAG}",
        creates="CreateStage",
        deletes="DeleteStage",
        within=("apiid", "apis/{parent}/stages/{name}", "apiid"),
        indirect=(Indirect(part=PARENT, target="apiid", events="DeleteApi", changes=("DELETE",)),),
        following=("deploymentid", "lastdeploymentstatusmessage", "lastupdateddate"),
    ),
    TypeFacts(
        "AWS::AppSync::GraphQLApi",
        sources=("appsync",),
        targets=("apiid", "resourcearn", "name"),
        acts=f"(Create|Update|Delete)Graph[qQ][lL]Api|{TAG}",
        shows=(beyond("PutGraphqlApiEnvironmentVariables|AssociateApi"),),
        creates="CreateGraph[qQ][lL]Api",
        deletes="DeleteGraph[qQ][lL]Api",
        answers=("apiid", "arn"),
        contradicts=("apiid",),
        item_fields=fields("""
            additionalauthenticationproviders apiid apitype authenticationtype enhancedmetricsconfig
            graphqlurl introspectionconfig lambdaauthorizerconfig logconfig
            mergedapiexecutionrolearn openidconnectconfig ownercontact querydepthlimit
            resolvercountlimit userpoolconfig visibility xrayenabled
        """),
    ),
    TypeFacts(
        "AWS::CloudFront::Distribution",
        noun="CloudFront distribution",
        arn="cloudfront:distribution",
        sources=("cloudfront",),
        targets=("id", "resource", "targetdistributionid", "targetresource.distributionid"),
        acts="(Create|Update|Delete|Copy)Distribution(WithTags|WithStagingConfig)?|AssociateAlias|UpdateDomainAssociation"
        f"|(Associate|Disassociate)DistributionWebACL|{TAG}",
        creates="(Create|Copy)Distribution(WithTags)?",
        deletes="DeleteDistribution",
        answers=("id", "arn"),
        following=("status", "lastmodifiedtime", "inprogressinvalidationbatches"),
    ),
    TypeFacts(
        "AWS::GlobalAccelerator::EndpointGroup",
        derived=True,
        acts="(Add|Remove)(CustomRouting)?Endpoints|(Allow|Deny)CustomRoutingTraffic",
    ),
    TypeFacts(
        "AWS::NetworkFirewall::Firewall",
        sources=("network-firewall",),
        targets=("firewallname", "firewallarn", "resourcearn"),
        acts="(Create|Update|Delete)Firewall|UpdateFirewall(Description|DeleteProtection|EncryptionConfiguration"
        "|PolicyChangeProtection|AnalysisSettings)|(Associate|Disassociate)(FirewallPolicy|Subnets|AvailabilityZones)"
        f"|Update(Subnet|AvailabilityZone)ChangeProtection|{TAG}",
        shows=(beyond("UpdateLoggingConfiguration"),),
        creates="CreateFirewall",
        deletes="DeleteFirewall",
        answers=("firewallarn",),
        item_fields=fields("""
            availabilityzonechangeprotection availabilityzonemappings deleteprotection description
            enabledanalysistypes encryptionconfiguration endpointids firewall firewallarn firewallid
            firewallname firewallpolicyarn firewallpolicychangeprotection firewallstatus
            subnetchangeprotection subnetmappings transitgatewayattachmentid vpcid
        """),
    ),
    TypeFacts(
        "AWS::Route53::DNSSEC",
        terraform="aws_route53_hosted_zone_dnssec",
        derived=True,
        creates="EnableHostedZoneDNSSEC",
        deletes="DisableHostedZoneDNSSEC",
        targets=("hostedzoneid",),
    ),
    TypeFacts("AWS::Route53::HealthCheck", derived=True, tags_at=("healthchecktags",)),
    TypeFacts(
        "AWS::Route53::HostedZone",
        terraform="aws_route53_zone",
        noun="hosted zone",
        sources=("route53",),
        targets=("hostedzoneid", "id", "resourceid"),
        acts="(Create|Delete)HostedZone|UpdateHostedZoneComment|ChangeTagsForResource"
        "|(Associate|Disassociate)VPC\\w+|(Create|Delete)QueryLoggingConfig",
        shows=(
            beyond(
                "ChangeResourceRecordSets|\\w+TrafficPolicyInstance|(Enable|Disable)HostedZoneDNSSEC"
                "|\\w+KeySigningKey|UpdateHostedZone(Features|Tier)"
            ),
        ),
        creates="CreateHostedZone",
        deletes="DeleteHostedZone",
        answers=("id",),
        item_fields=("hostedzoneconfig", "hostedzonetags", "nameservers", "queryloggingconfig", "vpcs"),
        tags_at=("hostedzonetags",),
    ),
    TypeFacts(
        "AWS::Route53Resolver::FirewallDomainList", derived=True, acts="(Update|Import)FirewallDomains"
    ),
    TypeFacts(
        "AWS::Route53Resolver::FirewallRuleGroup", derived=True, acts="(Create|Update|Delete)FirewallRule"
    ),
    TypeFacts(
        "AWS::Route53Resolver::ResolverQueryLoggingConfig",
        terraform="aws_route53_resolver_query_log_config",
        derived=True,
        called="ResolverQueryLogConfig",
    ),
    TypeFacts(
        "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
        terraform="aws_route53_resolver_query_log_config_association",
        derived=True,
        creates="AssociateResolverQueryLogConfig",
        deletes="DisassociateResolverQueryLogConfig",
    ),
    TypeFacts("AWS::Shield::Protection", derived=True, acts="(Associate|Disassociate)HealthCheck"),
    TypeFacts("AWS::ShieldRegional::Protection", derived=True, acts="(Associate|Disassociate)HealthCheck"),
    TypeFacts(
        "AWS::WAFv2::IPSet",
        sources=("wafv2",),
        targets=("id", "name", "resourcearn"),
        acts=f"(Create|Update|Delete)IPSet|{TAG}",
        creates="CreateIPSet",
        deletes="DeleteIPSet",
        answers=("id", "arn"),
        contradicts=("id",),
    ),
    TypeFacts(
        "AWS::WAFv2::RegexPatternSet",
        sources=("wafv2",),
        targets=("id", "name", "resourcearn"),
        acts=f"(Create|Update|Delete)RegexPatternSet|{TAG}",
        creates="CreateRegexPatternSet",
        deletes="DeleteRegexPatternSet",
        answers=("id", "arn"),
        contradicts=("id",),
    ),
    TypeFacts(
        "AWS::WAFv2::RuleGroup",
        sources=("wafv2",),
        targets=("id", "name", "resourcearn"),
        acts=f"(Create|Update|Delete)RuleGroup|{TAG}",
        shows=(beyond("(Put|Delete)PermissionPolicy"),),
        creates="CreateRuleGroup",
        deletes="DeleteRuleGroup",
        answers=("id", "arn"),
        contradicts=("id",),
        item_fields=fields("""
            availablelabels capacity consumedlabels customresponsebodies description isolationstatus
            labelnamespace owner payertoken resourcearn rules visibilityconfig
        """),
    ),
    TypeFacts(
        "AWS::WAFv2::WebACL",
        noun="web ACL",
        sources=("wafv2",),
        targets=("id", "name", "resourcearn", "webaclarn", "loggingconfiguration.resourcearn"),
        acts=f"(Create|Update|Delete)WebACL|DeleteFirewallManagerRuleGroups|{TAG}",
        shows=(
            beyond("(Put|Delete)LoggingConfiguration"),
            Shows(
                events="(Associate|Disassociate)WebACL",
                fields=("associations", "resources", "associatedresources"),
            ),
        ),
        creates="CreateWebACL",
        deletes="DeleteWebACL",
        answers=("id", "arn"),
        contradicts=("id",),
        item_fields=fields("""
            applicationconfig associationconfig capacity captchaconfig challengeconfig
            customresponsebodies dataprotectionconfig defaultaction description isolationstatus
            labelnamespace managedbyfirewallmanager onsourceddosprotectionconfig owner payertoken
            postprocessfirewallmanagerrulegroups preprocessfirewallmanagerrulegroups resourcearn
            retrofittedbyfirewallmanager rules tokendomains visibilityconfig
        """),
    ),
)
