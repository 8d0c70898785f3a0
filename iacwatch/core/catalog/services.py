"""What is known of whole services: who writes their events, and whether their resources are global.

A service without a row is called as the resource type has it, is regional, and its calls are in the trail of
its region.
"""

from typing import Final, NamedTuple


class Service(NamedTuple):
    """The row of one service, by its name in resource types (``AWS::NAME::…``).

    - `sources`: event sources, without ``.amazonaws.com``, where they are not the name in small letters.
    - `is_global`: one state for the whole account, whichever region's recorder wrote the item.
    - `global_arn`: how the last part of an ARN begins, where only some of its resources are global.
    - `trail_region`: the one region of the ``aws`` partition whose trail holds its calls, where that is not
      the home region, or where its types are regional all the same.
    - `names_repeat`: names need not be unique, so that people are shown the id, too.
    - `folds_case`: names and identifiers are kept in lower case, and taken in any.
    - `environment_is_build`: ``environment`` is not a list of variables, but says image and size, too.
    """

    name: str
    sources: tuple[str, ...] = ()
    is_global: bool = False
    global_arn: str = ""
    trail_region: str = ""
    names_repeat: bool = False
    folds_case: bool = False
    environment_is_build: bool = False


_ROWS: Final = (
    Service("ACMPCA", sources=("acm-pca",)),
    Service("AccessAnalyzer", sources=("access-analyzer",)),
    Service("AmazonMQ", sources=("mq", "amazonmq")),
    Service("ApiGatewayV2", sources=("apigateway",)),
    Service("AppIntegrations", sources=("app-integrations",)),
    Service("ApplicationAutoScaling", sources=("application-autoscaling", "autoscaling")),
    Service("BCMDataExports", sources=("bcm-data-exports",)),
    Service("BackupGateway", sources=("backup-gateway",)),
    Service("BedrockAgentCore", sources=("bedrock-agentcore",)),
    Service("Billing", is_global=True),
    Service("Budgets", is_global=True),
    Service("CE", sources=("ce",), is_global=True),
    Service("CUR", is_global=True),
    Service("CertificateManager", sources=("acm",)),
    Service("CleanRoomsML", sources=("cleanrooms-ml",)),
    Service("CloudFront", is_global=True),
    Service("CloudWatch", sources=("monitoring",)),
    Service("CodeBuild", environment_is_build=True),
    Service("CodeGuruProfiler", sources=("codeguru-profiler",)),
    Service("CodeGuruReviewer", sources=("codeguru-reviewer",)),
    Service("Cognito", sources=("cognito-idp", "cognito-identity")),
    Service("CustomerProfiles", sources=("profile",)),
    Service("DAX", folds_case=True),
    Service("DMS", folds_case=True),
    Service("DocDB", sources=("rds",), folds_case=True),
    Service("EC2", names_repeat=True),
    Service("ECR", sources=("ecr", "ecr-public")),
    Service("EFS", sources=("elasticfilesystem",)),
    Service("EMR", sources=("elasticmapreduce",)),
    Service("EMRContainers", sources=("emr-containers",)),
    Service("EMRServerless", sources=("emr-serverless",)),
    Service("ElastiCache", folds_case=True),
    Service("ElasticLoadBalancingV2", sources=("elasticloadbalancing",)),
    Service("Elasticsearch", sources=("es",)),
    Service("EventSchemas", sources=("schemas",)),
    Service("Events", sources=("events",)),
    Service("GlobalAccelerator", is_global=True, trail_region="us-west-2"),
    Service("GreengrassV2", sources=("greengrass",)),
    Service("IAM", is_global=True),
    Service("InspectorV2", sources=("inspector2",)),
    Service("IoTCoreDeviceAdvisor", sources=("iotdeviceadvisor",)),
    Service("KinesisAnalyticsV2", sources=("kinesisanalytics",)),
    Service("KinesisFirehose", sources=("firehose",)),
    Service("Location", sources=("geo",)),
    Service("MSK", sources=("kafka",)),
    Service("MWAA", sources=("airflow",)),
    Service("MemoryDB", folds_case=True),
    Service("MediaPackage", sources=("mediapackage", "mediapackage-vod")),
    Service("Neptune", sources=("rds",), folds_case=True),
    Service("NetworkFirewall", sources=("network-firewall",)),
    Service("NetworkManager", is_global=True, trail_region="us-west-2"),
    Service("OpenSearchServerless", sources=("aoss",)),
    Service("OpenSearchService", sources=("es",)),
    Service("Organizations", is_global=True),
    Service("PCAConnectorAD", sources=("pca-connector-ad",)),
    Service("Pinpoint", sources=("mobiletargeting",)),
    Service("RDS", folds_case=True),
    Service("Redshift", folds_case=True),
    Service("ResourceExplorer2", sources=("resource-explorer-2",)),
    Service("Route53", is_global=True),
    Service("Route53Domains", is_global=True),
    Service(
        "Route53RecoveryControl",
        sources=("route53-recovery-control-config",),
        is_global=True,
        trail_region="us-west-2",
    ),
    Service(
        "Route53RecoveryReadiness",
        sources=("route53-recovery-readiness",),
        is_global=True,
        trail_region="us-west-2",
    ),
    Service("SSMContacts", sources=("ssm-contacts",)),
    Service("SSMIncidents", sources=("ssm-incidents",)),
    Service("Shield", is_global=True),
    Service("ShieldRegional", sources=("shield",), trail_region="us-east-1"),
    Service("StepFunctions", sources=("states",)),
    Service("WAF", is_global=True),
    Service("WAFRegional", sources=("waf-regional",)),
    Service("WAFv2", global_arn="global/"),
)

SERVICES: Final[dict[str, Service]] = {row.name: row for row in _ROWS}

FOLDING: Final = frozenset(
    f"{source}.amazonaws.com"
    for row in _ROWS
    if row.folds_case
    for source in (row.sources or (row.name.lower(),))
)
"""Event sources whose calls may write a name in another case than its resource has."""


def service_of(resource_type: str) -> Service:
    """Return what is known of the service that a type of AWS's own belongs to."""
    parts = resource_type.split("::")
    name = parts[1] if parts[0] == "AWS" and len(parts) > 1 else ""
    return SERVICES.get(name) or Service(name)
