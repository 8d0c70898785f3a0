"""What computes and what balances the load: by which names its calls call it, as data."""

from typing import Final

from iacwatch.core.type_facts import TAG, Indirect, Shows, TypeFacts

_BALANCING: Final = ("elasticloadbalancing",)
_ASIDE: Final = "\\w+Function(Url|EventInvoke|Recursion|CodeSigning)Config"
"""What a function has beside its configuration: Config's items of functions do not hold it."""
_GROUP_ITSELF: Final = (
    "availabilityzones",
    "capacityrebalance",
    "defaultcooldown",
    "defaultinstancewarmup",
    "desiredcapacity",
    "enabledmetrics",
    "healthcheckgraceperiod",
    "healthchecktype",
    "instances",
    "launchconfigurationname",
    "launchtemplate",
    "loadbalancernames",
    "maxinstancelifetime",
    "maxsize",
    "minsize",
    "mixedinstancespolicy",
    "newinstancesprotectedfromscalein",
    "placementgroup",
    "servicelinkedrolearn",
    "status",
    "suspendedprocesses",
    "tags",
    "targetgrouparns",
    "terminationpolicies",
    "trafficsources",
    "vpczoneidentifier",
    "warmpoolconfiguration",
    "warmpoolsize",
)
"""What a group's description holds; hooks and notifications have descriptions of their own."""

APPS: Final[dict[str, TypeFacts]] = {
    "AWS::Lambda::Function": TypeFacts(
        sources=("lambda",),
        targets=("functionname", "resource", "resourcearn", "fullyqualifiedarn.relativeid.functionname"),
        acts=f"(?!{_ASIDE})(Create|Put|Update|Delete)Function\\w*|(Add|Remove)Permission"
        f"|PutRuntimeManagementConfig|(Put|Delete)ResourcePolicy|{TAG}",
        shows=(
            Shows(
                events=_ASIDE,
                fields=(
                    "functionurlconfig",
                    "eventinvokeconfig",
                    "recursiveloop",
                    "recursionconfig",
                    "codesigningconfigarn",
                ),
            ),
            Shows(events="PublishVersion\\w*", fields=("version", "state", "masterarn")),
            Shows(events="\\w*ProvisionedConcurrency\\w*", fields=("provisionedconcurrencyconfig",)),
        ),
        creates="CreateFunction",
        deletes="DeleteFunction",
        answers=("functionname", "functionarn"),
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
        acts="(Create|Update|Delete)(ExpressGateway)?Service|UpdateServicePrimaryTaskSet"
        f"|(Create|Update|Delete)TaskSet|{TAG}",
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
        f"|(Associate|Disassociate)IdentityProviderConfig|CancelUpdate|{TAG}",
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
                events="ExecutePolicy|(Start|Cancel|Rollback)InstanceRefresh|LaunchInstances|(Enter|Exit)Standby"
                "|(Attach|Detach)Instances",
                fields=("instances", "desiredcapacity", "launchtemplate", "mixedinstancespolicy"),
            ),
            Shows(events="SetInstance(Health|Protection)", fields=("instances",)),
            Shows(events="(Put|Delete)(LifecycleHook|NotificationConfiguration)", unless=_GROUP_ITSELF),
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
        "|ModifyIpPools|ModifyCapacityReservation|(Add|Remove)Tags",
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
        acts="(Create|Modify|Delete)Listener|ModifyListenerAttributes|(Add|Remove)ListenerCertificates|(Add|Remove)Tags",
        creates="CreateListener",
        deletes="DeleteListener",
        answers=("listenerarn",),
        lookups=("arn",),
        missing=0.0,
    ),
    "AWS::ElasticLoadBalancing::LoadBalancer": TypeFacts(
        sources=_BALANCING,
        targets=("loadbalancername", "loadbalancernames"),
        acts="(?!(De)?[Rr]egisterInstances)\\w+",
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
        acts="(Create|Update|Terminate|Rebuild|Compose)Environments?|SwapEnvironmentCNAMEs|UpdateTagsForResource"
        "|AbortEnvironmentUpdate|ApplyEnvironmentManagedAction|(Associate|Disassociate)EnvironmentOperationsRole"
        "|DeleteEnvironmentConfiguration",
        shows=(Shows(events="RestartAppServer", fields=("status", "health", "dateupdated")),),
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
        acts="(Create|Update|Delete)Project(Visibility)?|(Create|Update|Delete)Webhook|(Put|Delete)ResourcePolicy",
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
        "|RollbackStack|SetStackPolicy|UpdateTerminationProtection",
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
        acts="(Create|Update|Delete)Graphq[lL]Api|(Put|Delete)GraphqlApiEnvironmentVariables|(Associate|Disassociate)(Api"
        f"|SourceGraphqlApi|MergedGraphqlApi)|{TAG}",
        creates="CreateGraph[qQ][lL]Api",
        deletes="DeleteGraph[qQ][lL]Api",
        answers=("apiid", "arn"),
        contradicts=("apiid",),
    ),
}
