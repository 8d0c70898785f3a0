"""Rows of what computes, and of what scales it and balances its load."""

from typing import Final

from iacwatch.core.catalog.schema import TAG, Indirect, Shows, TypeFacts, beyond, fields

_BALANCING: Final = ("elasticloadbalancing",)
_ASIDE: Final = "\\w+Function(Url|EventInvoke|Recursion|CodeSigning|Scaling)Config|PutRuntimeManagementConfig"
"""What a function has beside its configuration: Config's items of functions are not known to hold it."""
_HOOKS: Final = ("lifecyclehooks", "lifecyclehookspecificationlist")

ROWS: Final = (
    TypeFacts(
        "AWS::AutoScaling::AutoScalingGroup",
        noun="Auto Scaling group",
        sources=("autoscaling",),
        targets=("autoscalinggroupname", "tags.resourceid"),
        acts="(Create|Update|Delete)AutoScalingGroup|SetDesiredCapacity|CreateOrUpdateTags|DeleteTags"
        "|(Suspend|Resume)Processes"
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
            Shows(events="(Put|Delete)WarmPool", fields=("warmpoolconfiguration",)),
            beyond("(Put|Delete)LifecycleHook", "notificationconfigurations"),
            beyond("(Put|Delete)NotificationConfiguration", *_HOOKS),
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
        item_fields=fields("""
            autoscalinggrouparn autoscalinggroupname availabilityzonedistribution availabilityzones
            capacityrebalance createdtime defaultcooldown defaultinstancewarmup desiredcapacity
            desiredcapacitytype enabledmetrics healthcheckgraceperiod healthchecktype
            instancemaintenancepolicy instances launchconfigurationname launchtemplate
            loadbalancernames maxinstancelifetime maxsize minsize mixedinstancespolicy
            newinstancesprotectedfromscalein placementgroup predictedcapacity servicelinkedrolearn
            status suspendedprocesses targetgrouparns terminationpolicies trafficsources
            vpczoneidentifier warmpoolconfiguration warmpoolsize
        """),
        following=("instances", "predictedcapacity", "warmpoolsize"),
    ),
    TypeFacts(
        "AWS::AutoScaling::LaunchConfiguration",
        terraform="aws_launch_configuration",
        noun="launch configuration",
        sources=("autoscaling",),
        targets=("launchconfigurationname",),
        acts="(Create|Delete)LaunchConfiguration",
        creates="CreateLaunchConfiguration",
        deletes="DeleteLaunchConfiguration",
        lookups=("name", "arn"),
    ),
    TypeFacts("AWS::AutoScaling::ScalingPolicy", terraform="aws_autoscaling_policy", derived=True),
    TypeFacts(
        "AWS::AutoScaling::ScheduledAction",
        terraform="aws_autoscaling_schedule",
        derived=True,
        creates="(Batch)?PutScheduledUpdateGroupAction",
        deletes="BatchDeleteScheduledAction",
        targets=("scheduledactionnames", "scheduledupdategroupactions.scheduledactionname"),
    ),
    TypeFacts("AWS::AutoScaling::WarmPool", derived=True, targets=("autoscalinggroupname",)),
    TypeFacts("AWS::Batch::ComputeEnvironment", derived=True, following=("status", "statusreason")),
    TypeFacts(
        "AWS::ECR::PublicRepository",
        derived=True,
        called="Repository",
        sources=("ecr-public",),
        acts="PutRepositoryCatalogData",
    ),
    TypeFacts(
        "AWS::ECR::Repository",
        arn="ecr:repository",
        sources=("ecr",),
        targets=("repositoryname", "resourcearn"),
        acts="(Create|Delete)Repository|(Set|Delete)RepositoryPolicy|(Put|Delete)LifecyclePolicy"
        f"|PutImage(TagMutability|ScanningConfiguration)|{TAG}",
        creates="CreateRepository",
        deletes="DeleteRepository",
        contradicts=("repositoryarn",),
    ),
    TypeFacts(
        "AWS::ECS::Cluster",
        sources=("ecs",),
        targets=("clustername", "cluster", "resourcearn"),
        acts=f"(Create|Update|Delete)Cluster(Settings)?|PutClusterCapacityProviders|{TAG}",
        creates="CreateCluster",
        deletes="DeleteCluster",
        answers=("clusterarn", "clustername"),
    ),
    TypeFacts(
        "AWS::ECS::Service",
        sources=("ecs",),
        targets=("service", "servicename", "resourcearn", "servicearn"),
        acts=f"(Create|Update|Delete)(ExpressGateway)?Service|UpdateServicePrimaryTaskSet|{TAG}",
        shows=(beyond("(Create|Update|Delete)TaskSet"),),
        creates="Create(ExpressGateway)?Service",
        deletes="Delete(ExpressGateway)?Service",
        answers=("servicearn",),
        contradicts=("servicearn",),
        within=("cluster", "service/{parent}/{name}", "cluster"),
        item_fields=fields("""
            availabilityzonerebalancing capacityproviderstrategy cluster deploymentconfiguration
            deploymentcontroller desiredcount enableecsmanagedtags enableexecutecommand
            healthcheckgraceperiodseconds launchtype loadbalancers networkconfiguration
            placementconstraints placementstrategies platformversion propagatetags role
            schedulingstrategy servicearn serviceconnectconfiguration servicename serviceregistries
            taskdefinition volumeconfigurations
        """),
        following=("runningcount", "pendingcount", "events", "deployments"),
    ),
    TypeFacts(
        "AWS::ECS::TaskDefinition",
        revisions=True,
        sources=("ecs",),
        targets=("taskdefinition", "taskdefinitions", "resourcearn"),
        acts=f"(Register|Deregister)TaskDefinition|DeleteTaskDefinitions|{TAG}",
        creates="RegisterTaskDefinition",
        deletes="(Deregister|Delete)TaskDefinitions?",
        answers=("taskdefinitionarn",),
        contradicts=("taskdefinitionarn",),
    ),
    TypeFacts(
        "AWS::EKS::Cluster",
        arn="eks:cluster",
        sources=("eks",),
        targets=("name", "clustername", "resourcearn"),
        acts="(Create|Update|Delete|Register|Deregister)Cluster(Config|Version)?|AssociateEncryptionConfig"
        f"|CancelUpdate|{TAG}",
        shows=(beyond("(Associate|Disassociate)IdentityProviderConfig"),),
        creates="(Create|Register)Cluster",
        deletes="(Delete|Deregister)Cluster",
        answers=("arn",),
        item_fields=fields("""
            accessconfig certificateauthority certificateauthoritydata clustersecuritygroupid
            clusterstatus computeconfig createdat deletionprotection encryptionconfig
            encryptionconfigkeyarn endpoint health kubernetesnetworkconfig logging
            openidconnectissuerurl platformversion remotenetworkconfig resourcesvpcconfig rolearn
            status storageconfig upgradepolicy version zonalshiftconfig
        """),
        following=fields("""
            status endpoint certificateauthority certificateauthoritydata clustersecuritygroupid
            openidconnectissuerurl platformversion health
        """),
    ),
    TypeFacts(
        "AWS::EKS::IdentityProviderConfig",
        derived=True,
        targets=("oidc.identityproviderconfigname", "identityproviderconfig.name"),
    ),
    TypeFacts(
        "AWS::ElasticBeanstalk::Application",
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
    TypeFacts("AWS::ElasticBeanstalk::ApplicationVersion", derived=True, targets=("versionlabel",)),
    TypeFacts(
        "AWS::ElasticBeanstalk::Environment",
        sources=("elasticbeanstalk",),
        targets=fields(
            "environmentname environmentid resourcearn sourceenvironmentname sourceenvironmentid "
            "destinationenvironmentname destinationenvironmentid"
        ),
        acts="(Create|Update|Terminate|Compose)Environments?|SwapEnvironmentCNAMEs|UpdateTagsForResource"
        "|AbortEnvironmentUpdate|ApplyEnvironmentManagedAction",
        shows=(
            Shows(
                events="RestartAppServer|RebuildEnvironment",
                fields=("status", "health", "healthstatus", "dateupdated", "endpointurl", "resources"),
            ),
            beyond("(Associate|Disassociate)EnvironmentOperationsRole|DeleteEnvironmentConfiguration"),
        ),
        creates="CreateEnvironment|ComposeEnvironments",
        deletes="TerminateEnvironment",
        answers=("environmentid",),
        contradicts=("environmentid",),
        item_fields=fields("""
            abortableoperationinprogress applicationname cname datecreated dateupdated description
            endpointurl environmentarn environmentid environmentlinks environmentname health
            healthstatus platformarn resources solutionstackname status templatename tier
            versionlabel
        """),
        following=fields("status health healthstatus dateupdated endpointurl abortableoperationinprogress"),
    ),
    TypeFacts(
        "AWS::ElasticLoadBalancing::LoadBalancer",
        terraform="aws_elb",
        noun="classic load balancer",
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
    TypeFacts(
        "AWS::ElasticLoadBalancingV2::Listener",
        noun="load balancer listener",
        arn="elasticloadbalancing:listener",
        id_in_arn="whole",
        sources=_BALANCING,
        targets=("listenerarn", "resourcearns"),
        acts="(Create|Modify|Delete)Listener|(Add|Remove)Tags",
        shows=(
            # The item holds the default certificate alone, which ModifyListener sets.
            beyond("(Add|Remove)ListenerCertificates"),
            Shows(events="ModifyListenerAttributes", fields=("listenerattributes", "attributes")),
        ),
        creates="CreateListener",
        deletes="DeleteListener",
        answers=("listenerarn",),
        lookups=("arn",),
        missing=0.0,
        item_fields=fields("""
            alpnpolicy defaultactions listenerarn listenerattributes loadbalancerarn
            mutualauthentication port protocol sslpolicy
        """),
    ),
    TypeFacts(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        terraform="aws_alb aws_lb",
        noun="load balancer",
        arn="elasticloadbalancing:loadbalancer",
        id_in_arn="whole",
        sources=_BALANCING,
        targets=("loadbalancerarn", "resourcearns", "name"),
        acts="(Create|Delete)LoadBalancer|ModifyLoadBalancerAttributes|Set(SecurityGroups|Subnets|IpAddressType)"
        "|(Add|Remove)Tags",
        shows=(beyond("ModifyIpPools|ModifyCapacityReservation"),),
        creates="CreateLoadBalancer",
        deletes="DeleteLoadBalancer",
        answers=("loadbalancerarn",),
        contradicts=("loadbalancerarn",),
        lookups=("arn", "name"),
        missing=0.0,
        item_fields=fields("""
            availabilityzones canonicalhostedzoneid createdtime customerownedipv4pool dnsname
            enforcesecuritygroupinboundrulesonprivatelinktraffic ipaddresstype listeners
            loadbalancerarn loadbalancerattributes loadbalancername scheme securitygroups
            securitygroupsevaluationmode securitygroupsforprivatelink state type vpcid
        """),
        following=("state",),
    ),
    TypeFacts(
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        noun="target group",
        arn="elasticloadbalancing:targetgroup",
        id_in_arn="whole",
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
        following=("loadbalancerarns",),
    ),
    TypeFacts(
        "AWS::Lambda::Function",
        arn="lambda:function",
        short_arn="function",
        sources=("lambda",),
        targets=("functionname", "resource", "resourcearn", "fullyqualifiedarn.relativeid.functionname"),
        acts=f"(Create|Delete)Function|UpdateFunction(Code|Configuration)|(Put|Delete)FunctionConcurrency|{TAG}",
        shows=(
            beyond(_ASIDE, "policy"),
            beyond("(Add|Remove)Permission|(Put|Delete)ResourcePolicy"),
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
        item_fields=fields("""
            architectures code codesha256 codesize concurrency deadletterconfig description
            environment ephemeralstorage filesystemconfigs functionarn functionname handler
            imageconfigresponse kmskeyarn lastmodified lastupdatestatus lastupdatestatusreason
            lastupdatestatusreasoncode layers loggingconfig memorysize packagetype
            reservedconcurrentexecutions revisionid role runtime signingjobarn
            signingprofileversionarn snapstart state statereason statereasoncode timeout
            tracingconfig version vpcconfig
        """),
        following=fields("""
            revisionid lastmodified state statereason statereasoncode lastupdatestatus
            lastupdatestatusreason lastupdatestatusreasoncode runtimeversionconfig
        """),
        sample=4,
    ),
    TypeFacts(
        "AWS::StepFunctions::StateMachine",
        noun="state machine",
        arn="states:stateMachine",
        id_in_arn="whole",
        sources=("states",),
        targets=("name", "statemachinearn", "resourcearn"),
        acts=f"(Create|Update|Delete)StateMachine|{TAG}",
        creates="CreateStateMachine",
        deletes="DeleteStateMachine",
        answers=("statemachinearn",),
        contradicts=("statemachinearn",),
    ),
)
