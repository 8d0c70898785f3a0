"""What Terraform calls the objects that Config records: type, id, whether a state shows the ARN.

From the AWS provider's documentation (attributes and import ids of each resource). An id is the provider's, mostly
not Config's: roles go by their name, clusters of ECS by their ARN, stages by `ags-API-STAGE`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from tests.worlds.blind import messages
from tests.worlds.blind.types import (
    balancers,
    compute,
    databases,
    ec2,
    edge,
    gateways,
    global_types,
    iam,
    interfaces,
    secrets,
    storage,
    streams,
    unlisted,
    vpc,
)

id_, arn_, name_ = (attrgetter(each) for each in ("id", "arn", "name"))


def tail(thing):
    return thing.arn.rpartition("/")[2]


@dataclass(frozen=True)
class Beside:
    """A further address of the object: `id` is its own, `parent` the attribute that names the object."""

    type: str
    parent: str
    id: Callable = name_
    parent_value: Callable = name_


@dataclass(frozen=True, kw_only=True)
class Sort:
    """One sort of object.

    `arn`: whether a state shows it, or since which major version of the provider. `named`: the attributes that hold
    the name. `update`: the place of a change that is no part's, None: only its tags change.
    """

    make: Callable
    type: str
    id: Callable = id_
    old_id: Callable | None = None
    arn: bool | int = True
    named: str = ""
    further: Callable = lambda _thing: {}
    beside: tuple = ()
    update: int | None = 0
    everywhere: bool = False

    def shows_arn(self, provider):
        """Return whether a state of this major version of the provider holds the ARN."""
        return provider >= self.arn if type(self.arn) is int else self.arn

    def id_of(self, thing, provider):
        return (self.old_id if provider < 5 and self.old_id else self.id)(thing)

    def more(self, thing):
        """Return what else in a state names the object."""
        return {**({self.named: thing.name} if self.named else {}), **self.further(thing)}


PARTS = ("versioning", "policy", "server_side_encryption_configuration", "public_access_block")
BUCKET = tuple(Beside(f"aws_s3_bucket_{part}", "bucket", id_, id_) for part in PARTS)
ECR = tuple(Beside(f"aws_ecr_{each}", "repository") for each in ("lifecycle_policy", "repository_policy"))

SORTS = (
    Sort(make=ec2.instance, type="aws_instance", further=lambda t: {"subnet_id": t.config["subnetId"]}),
    Sort(make=ec2.security_group, type="aws_security_group", update=None, named="name"),
    Sort(make=vpc.vpc, type="aws_vpc"),
    Sort(make=vpc.subnet, type="aws_subnet", further=lambda t: {"vpc_id": t.config["vpcId"]}),
    Sort(make=vpc.route_table, type="aws_route_table", update=None),
    Sort(make=interfaces.eip, type="aws_eip", arn=6, further=lambda t: {"allocation_id": t.id}),
    Sort(make=storage.bucket, type="aws_s3_bucket", beside=BUCKET, update=1, further=lambda t: {"bucket": t.id}),
    Sort(make=storage.file_system, type="aws_efs_file_system"),
    Sort(make=databases.db_instance, type="aws_db_instance", old_id=name_, named="identifier", further=lambda t: {"resource_id": t.id}),
    Sort(make=databases.db_subnet_group, type="aws_db_subnet_group", named="name"),
    Sort(make=databases.table, type="aws_dynamodb_table", named="name"),
    Sort(make=iam.role, type="aws_iam_role", id=name_, update=2, everywhere=True, named="name", further=lambda t: {"unique_id": t.id}),
    Sort(make=iam.user, type="aws_iam_user", id=name_, update=None, everywhere=True, named="name", further=lambda t: {"unique_id": t.id}),
    Sort(make=iam.policy, type="aws_iam_policy", id=arn_, everywhere=True, named="name", further=lambda t: {"policy_id": t.id}),
    Sort(make=balancers.load_balancer, type="aws_lb", id=arn_),
    Sort(make=balancers.target_group, type="aws_lb_target_group", id=arn_),
    Sort(make=balancers.scaling_group, type="aws_autoscaling_group", id=name_, named="name"),
    Sort(make=compute.function, type="aws_lambda_function", named="function_name"),
    Sort(make=compute.cluster, type="aws_ecs_cluster", id=arn_, named="name"),
    Sort(make=compute.service, type="aws_ecs_service", id=arn_, arn=6, named="name"),
    Sort(make=compute.eks, type="aws_eks_cluster", named="name"),
    Sort(make=compute.repository, type="aws_ecr_repository", named="name", beside=ECR),
    Sort(make=messages.queue, type="aws_sqs_queue", named="name", further=lambda t: {"url": t.id}, beside=(Beside("aws_sqs_queue_policy", "queue_url", id_, id_),)),
    Sort(make=messages.topic, type="aws_sns_topic", id=arn_, beside=(Beside("aws_sns_topic_policy", "arn", arn_, arn_),)),
    Sort(make=messages.rule, type="aws_cloudwatch_event_rule", named="name"),
    Sort(make=messages.alarm, type="aws_cloudwatch_metric_alarm", named="alarm_name"),
    Sort(make=secrets.secret, type="aws_secretsmanager_secret", id=arn_, named="name"),
    Sort(make=secrets.key, type="aws_kms_key", further=lambda t: {"key_id": t.id}),
    Sort(make=streams.stream, type="aws_kinesis_stream", id=arn_, named="name"),
    Sort(make=edge.web_acl, type="aws_wafv2_web_acl", id=tail, named="name"),
    Sort(make=gateways.stage, type="aws_api_gateway_stage", id=lambda t: f"ags-{t.arn.split('/')[2]}-{t.name}", further=lambda t: {"rest_api_id": t.arn.split("/")[2], "stage_name": t.name}),
    Sort(make=global_types.hosted_zone, type="aws_route53_zone", everywhere=True, further=lambda t: {"zone_id": t.id}),
    Sort(make=global_types.distribution, type="aws_cloudfront_distribution", everywhere=True),
    Sort(make=global_types.trail, type="aws_cloudtrail", id=arn_, old_id=id_, further=lambda t: {"name": t.id}),
    Sort(make=unlisted.vault, type="aws_backup_vault"),
    Sort(make=unlisted.event_bus, type="aws_cloudwatch_event_bus"),
    Sort(make=unlisted.addon, type="aws_eks_addon", id=lambda t: t.id.replace("|", ":")),
)  # fmt: skip
BY_TYPE = {sort.type: sort for sort in SORTS}
BARE = [
    BY_TYPE[each]
    for each in (
        "aws_dynamodb_table", "aws_sqs_queue", "aws_iam_role", "aws_lambda_function", "aws_ecr_repository", "aws_kinesis_stream",
        "aws_cloudwatch_metric_alarm", "aws_db_subnet_group", "aws_backup_vault", "aws_eks_cluster", "aws_cloudwatch_event_bus",
    )
]  # fmt: skip
"""Sorts that people call by a name, which two accounts may share."""
NAMED = [sort for sort in BARE if sort.type not in {"aws_sqs_queue", "aws_kinesis_stream"}]
