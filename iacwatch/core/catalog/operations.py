"""Rows of what watches, deploys and builds."""

from typing import Final

from iacwatch.core.catalog.schema import TAG, Shows, TypeFacts, beyond, fields

STACK: Final = "AWS::CloudFormation::Stack"

ROWS: Final = (
    TypeFacts(
        "AWS::Budgets::BudgetsAction",
        terraform="aws_budgets_budget_action",
        derived=True,
        called="BudgetAction",
    ),
    TypeFacts(
        STACK,
        noun="CloudFormation stack",
        arn="cloudformation:stack",
        id_in_arn="whole",
        name_after="stack/",
        sources=("cloudformation",),
        targets=("stackname", "stackid"),
        acts="(Create|Update|Delete)Stack|ExecuteChangeSet|ContinueUpdateRollback|CancelUpdateStack"
        "|RollbackStack|UpdateTerminationProtection",
        shows=(beyond("SetStackPolicy"),),
        creates="CreateStack",
        deletes="DeleteStack",
        answers=("stackid",),
        contradicts=("stackid",),
        lookups=("arn", "name"),
        missing=0.0,
        padded=(("UpdateStack", "parameters"),),
        item_fields=fields("""
            capabilities changesetid creationtime deletiontime description disablerollback
            driftinformation enableterminationprotection lastupdatedtime notificationarns outputs
            parameters parentid parentstackid rolearn rollbackconfiguration rootid
            stackdriftdetectioninformation stackid stackname stackresourcesummaries stackstatus
            stackstatusreason timeoutinminutes
        """),
        counted=("driftinformation",),
    ),
    TypeFacts(
        "AWS::CloudFormation::StackSet",
        derived=True,
        shows=(Shows(events="(Create|Update|Delete)StackInstances", fields=("stackinstancesgroup",)),),
    ),
    TypeFacts(
        "AWS::CloudTrail::EventDataStore",
        derived=True,
        acts="(Start|Stop)EventDataStoreIngestion|(Enable|Disable)Federation|PutInsightSelectors",
    ),
    TypeFacts(
        "AWS::CloudTrail::Trail",
        terraform="aws_cloudtrail",
        noun="trail",
        sources=("cloudtrail",),
        targets=("name", "trailname", "resourceid", "resourcearn"),
        acts="(Create|Update|Delete)Trail|(Add|Remove)Tags",
        shows=(
            # Whether a trail is logging stands in no item.
            beyond(
                "(Start|Stop)Logging|PutEventConfiguration", "hascustomeventselectors", "hasinsightselectors"
            ),
            beyond("PutEventSelectors", "hasinsightselectors"),
            beyond("PutInsightSelectors", "hascustomeventselectors"),
        ),
        creates="CreateTrail",
        deletes="DeleteTrail",
        answers=("trailarn",),
        contradicts=("trailarn",),
        lookups=("name", "id", "arn"),
        missing=0.0,
        nameless=("PutEventSelectors",),  # listed in some histories, not in others
        item_fields=fields("""
            cloudwatchlogsloggrouparn cloudwatchlogsrolearn homeregion includeglobalserviceevents
            ismultiregiontrail isorganizationtrail kmskeyid logfilevalidationenabled s3bucketname
            s3keyprefix snstopicarn snstopicname trailarn
        """),
    ),
    TypeFacts(
        "AWS::CloudWatch::Alarm",
        terraform="aws_cloudwatch_metric_alarm",
        noun="CloudWatch alarm",
        arn="cloudwatch:alarm",
        sources=("monitoring",),
        targets=("alarmname", "alarmnames", "resourcearn"),
        acts=f"Put(Metric|Composite|Log)Alarm|DeleteAlarms|(Enable|Disable)AlarmActions|{TAG}",
        shows=(Shows(events="SetAlarmState", fields=("statevalue", "statereason", "stateupdatedtimestamp")),),
        creates="Put(Metric|Composite|Log)Alarm",
        deletes="DeleteAlarms",
        lookups=("name", "arn"),
        missing=0.0,
    ),
    TypeFacts(
        "AWS::CodeArtifact::Repository", derived=True, acts="(Associate|Disassociate)ExternalConnection"
    ),
    TypeFacts(
        "AWS::CodeBuild::Project",
        sources=("codebuild",),
        targets=("name", "projectname", "resourcearn", "projectarn"),
        acts="(Create|Update|Delete)Project|(Create|Update|Delete)Webhook",
        shows=(
            Shows(
                events="UpdateProjectVisibility",
                fields=("projectvisibility", "publicprojectalias", "resourceaccessrole"),
            ),
            beyond("(Put|Delete)ResourcePolicy"),
        ),
        creates="CreateProject",
        deletes="DeleteProject",
        answers=("arn",),
        item_fields=fields("""
            artifacts autoretrylimit badge buildbatchconfig cache concurrentbuildlimit created
            description encryptionkey environment filesystemlocations lastmodified logsconfig
            projectvisibility publicprojectalias queuedtimeoutinminutes resourceaccessrole
            secondaryartifacts secondarysources secondarysourceversions servicerole source
            sourceversion timeoutinminutes vpcconfig webhook
        """),
    ),
    TypeFacts("AWS::CodeDeploy::Application", derived=True, terraform="aws_codedeploy_app"),
    TypeFacts(
        "AWS::CodeGuruProfiler::ProfilingGroup",
        derived=True,
        acts="(Put|Remove)Permission|(Add|Remove)NotificationChannels?",
    ),
    TypeFacts(
        "AWS::CodePipeline::Pipeline",
        terraform="aws_codepipeline",
        sources=("codepipeline",),
        targets=("pipeline.name", "name", "resourcearn"),
        acts=f"(Create|Update|Delete)Pipeline|{TAG}",
        creates="CreatePipeline",
        deletes="DeletePipeline",
        lookups=("name", "arn"),
        missing=0.0,
    ),
    TypeFacts(
        "AWS::Config::AggregationAuthorization", derived=True, terraform="aws_config_aggregate_authorization"
    ),
    TypeFacts("AWS::Config::ConformancePackCompliance", derived=True, judges_others=True),
    TypeFacts("AWS::Config::ResourceCompliance", derived=True, judges_others=True),
    TypeFacts(
        "AWS::Grafana::Workspace",
        derived=True,
        acts="UpdateWorkspaceAuthentication|(Associate|Disassociate)License",
    ),
    TypeFacts("AWS::Logs::LogGroup", derived=True, noun="log group"),
    TypeFacts("AWS::SSM::AssociationCompliance", derived=True, judges_others=True),
    TypeFacts("AWS::SSM::Parameter", derived=True, noun="SSM parameter"),
    TypeFacts("AWS::SSM::PatchCompliance", derived=True, judges_others=True),
    TypeFacts("AWS::SecurityHub::Standard", derived=True, targets=("standardssubscriptionarns",)),
    TypeFacts(
        "AWS::ServiceCatalog::CloudFormationProduct",
        terraform="aws_servicecatalog_product",
        derived=True,
        called="Product",
        shows=(
            Shows(
                events="(Create|Update|Delete)ProvisioningArtifact",
                fields=("provisioningartifacts", "provisioningartifactparameters"),
            ),
        ),
    ),
    TypeFacts(
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
        terraform="aws_servicecatalog_provisioned_product",
        derived=True,
        called="ProvisionedProduct",
        creates="ProvisionProduct|ImportAsProvisionedProduct",
    ),
    TypeFacts("AWS::Signer::SigningProfile", derived=True, acts="RevokeSigningProfile"),
)
