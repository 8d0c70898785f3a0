"""By which names the calls of a service call a resource: what is known of each resource type, joined.

Where a type has no row, its facts are made up from its own name (`guessed`), the event sources of its service
from `SOURCES`, the calls that are called otherwise from `NAMED`.
"""

import re
from functools import lru_cache
from typing import Final

from iacwatch.core.catalog.apps import APPS
from iacwatch.core.catalog.data import DATA
from iacwatch.core.catalog.databases import DATABASES
from iacwatch.core.catalog.derived import NAMED, More
from iacwatch.core.catalog.ec2 import EC2
from iacwatch.core.catalog.edge import EDGE
from iacwatch.core.catalog.identity import IDENTITY
from iacwatch.core.catalog.schema import Shows, TypeFacts
from iacwatch.core.catalog.vpc import VPC

TABLE: Final[dict[str, TypeFacts]] = {
    **EC2,
    **VPC,
    **IDENTITY,
    **DATABASES,
    **DATA,
    **APPS,
    **EDGE,
    "AWS::Elasticsearch::Domain": DATABASES["AWS::OpenSearch::Domain"],
}

SOURCES: Final[dict[str, tuple[str, ...]]] = {
    "AWS::ECR::PublicRepository": ("ecr-public",),
    "ACMPCA": ("acm-pca",),
    "AccessAnalyzer": ("access-analyzer",),
    "AmazonMQ": ("mq", "amazonmq"),
    "ApiGatewayV2": ("apigateway",),
    "AppIntegrations": ("app-integrations",),
    "ApplicationAutoScaling": ("application-autoscaling", "autoscaling"),
    "BCMDataExports": ("bcm-data-exports",),
    "BackupGateway": ("backup-gateway",),
    "BedrockAgentCore": ("bedrock-agentcore",),
    "CE": ("ce",),
    "CertificateManager": ("acm",),
    "CleanRoomsML": ("cleanrooms-ml",),
    "CloudWatch": ("monitoring",),
    "CodeGuruProfiler": ("codeguru-profiler",),
    "CodeGuruReviewer": ("codeguru-reviewer",),
    "Cognito": ("cognito-idp", "cognito-identity"),
    "CustomerProfiles": ("profile",),
    "DocDB": ("rds",),
    "ECR": ("ecr", "ecr-public"),
    "EFS": ("elasticfilesystem",),
    "EMR": ("elasticmapreduce",),
    "EMRContainers": ("emr-containers",),
    "EMRServerless": ("emr-serverless",),
    "ElasticLoadBalancingV2": ("elasticloadbalancing",),
    "Elasticsearch": ("es",),
    "EventSchemas": ("schemas",),
    "Events": ("events",),
    "GreengrassV2": ("greengrass",),
    "InspectorV2": ("inspector2",),
    "IoTCoreDeviceAdvisor": ("iotdeviceadvisor",),
    "KinesisAnalyticsV2": ("kinesisanalytics",),
    "KinesisFirehose": ("firehose",),
    "Location": ("geo",),
    "MSK": ("kafka",),
    "MWAA": ("airflow",),
    "MediaPackage": ("mediapackage", "mediapackage-vod"),
    "Neptune": ("rds",),
    "NetworkFirewall": ("network-firewall",),
    "OpenSearchServerless": ("aoss",),
    "OpenSearchService": ("es",),
    "PCAConnectorAD": ("pca-connector-ad",),
    "Pinpoint": ("mobiletargeting",),
    "ResourceExplorer2": ("resource-explorer-2",),
    "Route53RecoveryControl": ("route53-recovery-control-config",),
    "Route53RecoveryReadiness": ("route53-recovery-readiness",),
    "SSMContacts": ("ssm-contacts",),
    "SSMIncidents": ("ssm-incidents",),
    "ShieldRegional": ("shield",),
    "StepFunctions": ("states",),
    "WAFRegional": ("waf-regional",),
}
"""Event sources of services, and of single types, that are not called as the resource type has it."""

_CALLED: Final[dict[str, str]] = {
    "AWS::Bedrock::ApplicationInferenceProfile": "InferenceProfile",
    "AWS::BedrockAgentCore::BrowserCustom": "Browser",
    "AWS::BedrockAgentCore::Runtime": "AgentRuntime",
    "AWS::Budgets::BudgetsAction": "BudgetAction",
    "AWS::CustomerProfiles::ObjectType": "ProfileObjectType",
    "AWS::ECR::PublicRepository": "Repository",
    "AWS::Location::APIKey": "Key",
    "AWS::MSK::ServerlessCluster": "Cluster",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": "ResolverQueryLogConfig",
    "AWS::SES::MailManagerTrafficPolicy": "TrafficPolicy",
    "AWS::ServiceCatalog::CloudFormationProduct": "Product",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "ProvisionedProduct",
}
"""What calls name types that have no row, where it is not what Config calls them."""

_VERBS: Final = (
    "Create|Update|Delete|Put|Modify|Set|Add|Remove|Enable|Disable|Register|Deregister|Reset|Restore|Accept"
    "|Terminate|Import|Allocate|Release|Change|Cancel|Replace|Tag|Untag|Upgrade"
)
"""Verbs by which a call changes what it is called after; whoever associates it makes another thing."""

_ASPECT: Final = (
    "s|es|Attributes?|Config|Configurations?|Settings?|Options|Policy|PermissionsPolicy|ResourcePolicy|Permissions?"
    "|Status|State|V2|Details|Description|Name|Properties|Metadata|Tags?|Encryption|Logging|Capacity|Type|Schedule"
    "|Endpoint|Version|Constraints?|Members?|Rules?|AccessPolicy|LockConfiguration|Notifications"
    "|(Delivery|Reputation|Sending|Tracking)Options|(ReputationMetrics|Sending)Enabled"
)
"""What a call's name may say after the noun: an aspect of the thing, and not another thing of its own."""

_MAKING: Final = "Create|Register|Import|Restore|Allocate|Put|Request"
_ENDING: Final = "Delete|Terminate|Release|Deregister|Cancel|Remove"
_CHANGING_STATE: Final = "Start|Stop|Reboot|Restart|Resume|Suspend|Pause|Activate|Deactivate|Failover"
_TAGGING: Final = (
    "(Tag|Untag)Resources?|(Create|Delete|Add|Remove)Tags\\w{0,16}|UpdateTags\\w{0,12}|ChangeTagsForResource"
)
_NO_MORE: Final = More()
_PLAIN: Final = ("id", "name", "arn", "identifier", "resourcearn", "resource", "resourceid", "resourcename")


@lru_cache(maxsize=1024)
def facts_of(resource_type: str) -> TypeFacts:
    """Return what is known of a type; for a type without a row, what its own name suggests."""
    return TABLE.get(resource_type) or guessed(resource_type)


def guessed(resource_type: str) -> TypeFacts:
    """Make facts up from a type's name: ``AWS::Backup::BackupPlan`` has a `CreateBackupPlan`."""
    parts = resource_type.split("::")
    service, noun = (parts[1], parts[-1]) if len(parts) > 1 else ("", resource_type)
    noun = _CALLED.get(resource_type, noun)
    words = re.findall("[A-Z]+(?![a-z])|[A-Z][a-z0-9]+|[a-z0-9]+", noun)
    key, short = noun.lower(), words[-1].lower() if words else noun.lower()
    tails = ("".join(words[at:]).lower() for at in range(len(words)))
    stems = dict.fromkeys((key, short, *tails, key.removeprefix(service.lower()) or key))
    named = tuple(f"{stem}{suffix}" for stem in stems for suffix in ("id", "name", "arn", "identifier", ""))
    named = (*named, f"current{key}name", f"current{key}id")
    found = f"(?i:{re.escape(service)}|Managed|Custom[a-z]{{0,12}}|Standby)?(?i:{re.escape(noun)})"
    more = NAMED.get(resource_type, _NO_MORE)
    return TypeFacts(
        sources=SOURCES.get(resource_type)
        or SOURCES.get(service)
        or tuple(dict.fromkeys((service.lower(), _hyphenated(service)))),
        targets=(*dict.fromkeys((*named, *_PLAIN, *more.targets)),),
        acts=_either(f"({_VERBS}){found}({_ASPECT}){{0,2}}", _TAGGING, more.acts, more.creates, more.deletes),
        anywhere=f"({_VERBS}|{_CHANGING_STATE}){found}({_ASPECT}){{0,2}}",
        shows=(
            Shows(
                events=f"({_CHANGING_STATE}){found}s?",
                fields=("status", "state", f"{key}status", f"{key}state", f"{short}status", f"{short}state"),
            ),
            *more.shows,
        ),
        creates=_either(f"({_MAKING}){found}s?", more.creates),
        deletes=_either(f"(Batch)?({_ENDING}){found}(s|es|Configuration|V2)?", more.deletes),
        answers=("arn", "id", *(f"{stem}{end}" for stem in stems for end in ("id", "arn")), *more.answers),
        own_ids=more.own_ids,
    )


def _either(*patterns: str) -> str:
    return "|".join(pattern for pattern in patterns if pattern)


def _hyphenated(service: str) -> str:
    return re.sub("(?<=[a-z0-9])(?=[A-Z])", "-", service).lower()
