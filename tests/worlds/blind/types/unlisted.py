"""Kinds that are seldom met: only their own names tell who changed them."""

from tests.worlds.recorded_types.rows import kind_of

resolver_rule, firehose = kind_of("Route53Resolver::ResolverRule"), kind_of("KinesisFirehose::DeliveryStream")
event_bus, addon = kind_of("Events::EventBus"), kind_of("EKS::Addon")
warehouse_subnets = kind_of("Redshift::ClusterSubnetGroup")
warehouse_parameters = kind_of("Redshift::ClusterParameterGroup")
product = kind_of("ServiceCatalog::CloudFormationProduct")
user_pool, vault = kind_of("Cognito::UserPool"), kind_of("Backup::BackupVault")
app_config, detector = kind_of("AppConfig::Application"), kind_of("GuardDuty::Detector")
transfer_server = kind_of("Transfer::Server")
