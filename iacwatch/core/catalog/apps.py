"""What computes and what balances the load: by which names its calls call it, as data."""

from typing import Final

from iacwatch.core.catalog.held import beyond
from iacwatch.core.catalog.schema import TAG, Indirect, Shows, TypeFacts

_BALANCING: Final = ("elasticloadbalancing",)
_ASIDE: Final = "\\w+Function(Url|EventInvoke|Recursion|CodeSigning|Scaling)Config|PutRuntimeManagementConfig"
"""What a function has beside its configuration: Config's items of functions are not known to hold it."""
_HOOKS: Final = ("lifecyclehooks", "lifecyclehookspecificationlist")

APPS: Final[dict[str, TypeFacts]] = {
    "AWS::Lambda::Function": TypeFacts(
        sources=("lambda",),
        targets=("functionname", "resource", "resourcearn", "fullyqualifiedarn.relativeid.functionname"),
        acts=f"(Create|Delete)Function|UpdateFunction(Code|Configuration)|(Put|Delete)FunctionConcurrency|{TAG}",
        shows=(
            beyond("AWS::Lambda::Function", _ASIDE, "policy"),
            beyond("AWS::Lambda::Function", "(Add|Remove)Permission|(Put|Delete)ResourcePolicy"),
            Shows(events="PublishVersion\\w*", fields=("version", "masterarn")),
            Shows(events="\\w*ProvisionedConcurrency\\w*", fields=("provisionedconcurrencyconfig",)),
        ),
        creates="CreateFunction",
        deletes="DeleteFunction",
        answers=("functionname", "functionarn"),
        # What is done to a version or an alias does not change the function.
        contradicts=("qualifier",),
        lookups=("name", "arn"),
        missing=0.0,
    ),
    "AWS::ECS::Cluster": TypeFacts(
        sources=("ecs",),
        targets=("clustername", "cluster", "resourcearn"),
        acts=f"(Create|Update|Delete)Cluster(Settings)?|PutClusterCapacityProviders|{TAG}",
        creates="CreateCluster",
        deletes="DeleteCluster",
        answers=("clusterarn", "clustername"),
    ),
    "AWS::ECS::Service": TypeFacts(
        sources=("ecs",),
        targets=("service", "servicename", "resourcearn", "servicearn"),
        acts=f"(Create|Update|Delete)(ExpressGateway)?Service|UpdateServicePrimaryTaskSet|{TAG}",
        shows=(beyond("AWS::ECS::Service", "(Create|Update|Delete)TaskSet"),),
        creates="Create(ExpressGateway)?Service",
        deletes="Delete(ExpressGateway)?Service",
        answers=("servicearn",),
        contradicts=("servicearn",),
        within=("cluster", "service/{parent}/{name}", "cluster"),
    ),
    "AWS::ECS::TaskDefinition": TypeFacts(
        sources=("ecs",),
        targets=("taskdefinition", "taskdefinitions", "resourcearn"),
        acts=f"(Register|Deregister)TaskDefinition|DeleteTaskDefinitions|{TAG}",
        creates="RegisterTaskDefinition",
        deletes="(Deregister|Delete)TaskDefinitions?",
        answers=("taskdefinitionarn",),
        contradicts=("taskdefinitionarn",),
    ),
    "AWS::EKS::Cluster": TypeFacts(
        sources=("eks",),
        targets=("name", "clustername", "resourcearn"),
        acts="(Create|Update|Delete|Register|Deregister)Cluster(Config|Version)?|AssociateEncryptionConfig"
        f"|CancelUpdate|{TAG}",
        shows=(beyond("AWS::EKS::Cluster", "(Associate|Disassociate)IdentityProviderConfig"),),
        creates="(Create|Register)Cluster",
        deletes="(Delete|Deregister)Cluster",
        answers=("arn",),
    ),
    "AWS::ECR::Repository": TypeFacts(
        sources=("ecr",),
        targets=("repositoryname", "resourcearn"),
        acts="(Create|Delete)Repository|(Set|Delete)RepositoryPolicy|(Put|Delete)LifecyclePolicy"
        f"|PutImage(TagMutability|ScanningConfiguration)|{TAG}",
        creates="CreateRepository",
        deletes="DeleteRepository",
        contradicts=("repositoryarn",),
    ),
    "AWS::AutoScaling::AutoScalingGroup": TypeFacts(
        sources=("autoscaling",),
        targets=("autoscalinggroupname", "tags.resourceid"),
        acts="(Create|Update|Delete)AutoScalingGroup|SetDesiredCapacity|CreateOrUpdateTags|DeleteTags"
        "|(Put|Delete)WarmPool|(Suspend|Resume)Processes"
        "|(Enable|Disable)MetricsCollection|(Attach|Detach)(LoadBalancers|LoadBalancerTargetGroups|TrafficSources)",
        shows=(
            Shows(
                events="ExecutePolicy|LaunchInstances|(Enter|Exit)Standby|(Attach|Detach)Instances",
                fields=("instances", "desiredcapacity"),
            ),
            Shows(
                events="(Start|Cancel|Rollback)InstanceRefresh",
                fields=("instances", "launchtemplate", "mixedinstancespolicy"),
            ),
            Shows(events="SetInstance(Health|Protection)", fields=("instances",)),
            beyond(
                "AWS::AutoScaling::AutoScalingGroup",
                "(Put|Delete)LifecycleHook",
                "notificationconfigurations",
            ),
            beyond("AWS::AutoScaling::AutoScalingGroup", "(Put|Delete)NotificationConfiguration", *_HOOKS),
            Shows(
                events="PutScalingPolicy|DeletePolicy|\\w*Scheduled(UpdateGroup)?Action",
                fields=("scalingpolicies", "policies", "scheduledactions"),
            ),
        ),
        creates="CreateAutoScalingGroup",
        deletes="DeleteAutoScalingGroup",
        answers=("autoscalinggroupname",),
        indirect=(
            Indirect(
                part="autoscalinggroupname",
                target="response:activity.autoscalinggroupname",
                events="TerminateInstanceInAutoScalingGroup",
                changes=("UPDATE",),
                fields=("desiredcapacity", "instances"),
            ),
        ),
        lookups=("name", "arn"),
        missing=0.0,
    ),
    "AWS::AutoScaling::LaunchConfiguration": TypeFacts(
        sources=("autoscaling",),
        targets=("launchconfigurationname",),
        acts="(Create|Delete)LaunchConfiguration",
        creates="CreateLaunchConfiguration",
        deletes="DeleteLaunchConfiguration",
        lookups=("name", "arn"),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": TypeFacts(
        sources=_BALANCING,
        targets=("loadbalancerarn", "resourcearns", "name"),
        acts="(Create|Delete)LoadBalancer|ModifyLoadBalancerAttributes|Set(SecurityGroups|Subnets|IpAddressType)"
        "|(Add|Remove)Tags",
        shows=(
            beyond("AWS::ElasticLoadBalancingV2::LoadBalancer", "ModifyIpPools|ModifyCapacityReservation"),
        ),
        creates="CreateLoadBalancer",
        deletes="DeleteLoadBalancer",
        answers=("loadbalancerarn",),
        contradicts=("loadbalancerarn",),
        lookups=("arn", "name"),
        missing=0.0,
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": TypeFacts(
        sources=_BALANCING,
        targets=("targetgrouparn", "resourcearns", "name"),
        acts="(Create|Modify|Delete)TargetGroup|ModifyTargetGroupAttributes|(Add|Remove)Tags",
        shows=(Shows(events="(Register|Deregister)Targets", fields=("targets",)),),
        creates="CreateTargetGroup",
        deletes="DeleteTargetGroup",
        answers=("targetgrouparn",),
        contradicts=("targetgrouparn",),
        lookups=("arn", "name"),
        missing=0.0,
    ),
    "AWS::ElasticLoadBalancingV2::Listener": TypeFacts(
        sources=_BALANCING,
        targets=("listenerarn", "resourcearns"),
        acts="(Create|Modify|Delete)Listener|(Add|Remove)Tags",
        shows=(
            # The item tells the certificate by default alone, which ModifyListener sets.
            beyond("AWS::ElasticLoadBalancingV2::Listener", "(Add|Remove)ListenerCertificates"),
            Shows(events="ModifyListenerAttributes", fields=("listenerattributes", "attributes")),
        ),
        creates="CreateListener",
        deletes="DeleteListener",
        answers=("listenerarn",),
        lookups=("arn",),
        missing=0.0,
    ),
    "AWS::ElasticLoadBalancing::LoadBalancer": TypeFacts(
        sources=_BALANCING,
        targets=("loadbalancername", "loadbalancernames"),
        acts="(?!(De)?[Rr]egisterInstances|Describe)\\w+",
        shows=(Shows(events="(Register|Deregister)Instances\\w+", fields=("instances",)),),
        creates="CreateLoadBalancer",
        deletes="DeleteLoadBalancer",
        contradicts=("loadbalancerarn",),
        lookups=("name",),
        missing=0.0,
    ),
    "AWS::ElasticBeanstalk::Environment": TypeFacts(
        sources=("elasticbeanstalk",),
        targets=(
            "environmentname",
            "environmentid",
            "resourcearn",
            "sourceenvironmentname",
            "sourceenvironmentid",
            "destinationenvironmentname",
            "destinationenvironmentid",
        ),
        acts="(Create|Update|Terminate|Compose)Environments?|SwapEnvironmentCNAMEs|UpdateTagsForResource"
        "|AbortEnvironmentUpdate|ApplyEnvironmentManagedAction",
        shows=(
            Shows(
                events="RestartAppServer|RebuildEnvironment",
                fields=("status", "health", "healthstatus", "dateupdated", "endpointurl", "resources"),
            ),
            beyond(
                "AWS::ElasticBeanstalk::Environment",
                "(Associate|Disassociate)EnvironmentOperationsRole|DeleteEnvironmentConfiguration",
            ),
        ),
        creates="CreateEnvironment|ComposeEnvironments",
        deletes="TerminateEnvironment",
        answers=("environmentid",),
        contradicts=("environmentid",),
    ),
    "AWS::ElasticBeanstalk::Application": TypeFacts(
        sources=("elasticbeanstalk",),
        targets=("applicationname", "resourcearn"),
        acts="(Create|Update|Delete)Application(ResourceLifecycle)?|UpdateTagsForResource",
        shows=(
            Shows(events="\\w*ApplicationVersion", fields=("versions",)),
            Shows(events="\\w*ConfigurationTemplate", fields=("configurationtemplates",)),
        ),
        creates="CreateApplication",
        deletes="DeleteApplication",
    ),
    "AWS::CodeBuild::Project": TypeFacts(
        sources=("codebuild",),
        targets=("name", "projectname", "resourcearn", "projectarn"),
        acts="(Create|Update|Delete)Project|(Create|Update|Delete)Webhook",
        shows=(
            Shows(
                events="UpdateProjectVisibility",
                fields=("projectvisibility", "publicprojectalias", "resourceaccessrole"),
            ),
            beyond("AWS::CodeBuild::Project", "(Put|Delete)ResourcePolicy"),
        ),
        creates="CreateProject",
        deletes="DeleteProject",
        answers=("arn",),
    ),
    "AWS::CodePipeline::Pipeline": TypeFacts(
        sources=("codepipeline",),
        targets=("pipeline.name", "name", "resourcearn"),
        acts=f"(Create|Update|Delete)Pipeline|{TAG}",
        creates="CreatePipeline",
        deletes="DeletePipeline",
        lookups=("name", "arn"),
        missing=0.0,
    ),
    "AWS::CloudFormation::Stack": TypeFacts(
        sources=("cloudformation",),
        targets=("stackname", "stackid"),
        acts="(Create|Update|Delete)Stack|ExecuteChangeSet|ContinueUpdateRollback|CancelUpdateStack"
        "|RollbackStack|UpdateTerminationProtection",
        shows=(beyond("AWS::CloudFormation::Stack", "SetStackPolicy"),),
        creates="CreateStack",
        deletes="DeleteStack",
        answers=("stackid",),
        contradicts=("stackid",),
        lookups=("arn", "name"),
        missing=0.0,
    ),
    "AWS::StepFunctions::StateMachine": TypeFacts(
        sources=("states",),
        targets=("name", "statemachinearn", "resourcearn"),
        acts=f"(Create|Update|Delete)StateMachine|{TAG}",
        creates="CreateStateMachine",
        deletes="DeleteStateMachine",
        answers=("statemachinearn",),
        contradicts=("statemachinearn",),
    ),
    "AWS::AppSync::GraphQLApi": TypeFacts(
        sources=("appsync",),
        targets=("apiid", "resourcearn", "name"),
        acts=f"(Create|Update|Delete)Graph[qQ][lL]Api|{TAG}",
        shows=(beyond("AWS::AppSync::GraphQLApi", "PutGraphqlApiEnvironmentVariables|AssociateApi"),),
        creates="CreateGraph[qQ][lL]Api",
        deletes="DeleteGraph[qQ][lL]Api",
        answers=("apiid", "arn"),
        contradicts=("apiid",),
    ),
}
