"""The words that machines' sessions are called by, and those that are nobody's.

A word of `MACHINES` makes a session's name a machine's wherever it stands (``atlantis-alice``). A word of
`NOBODYS` only says nothing: a name that consists of such words names nobody (``aws-cli-session``), a name
with another word may still be a person's (``jdoe-admin``).
"""

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PRODUCTS: Final = _words(
    "airbyte airflow alkira anodot ansible apono argo argocd atlantis atmos awsume azdo azuredevops "
    "backstage bamboo bitbucket boto boto3 botocore britive buildkite c7n cdk cdktf centrify chamber "
    "checkov circleci cloudability cloudaware cloudbees cloudcheckr cloudcustodian cloudformation "
    "cloudhealth cloudquery cloudsploit cloudyali codefresh cognito commvault concourse confluent conjur "
    "consul controlmonkey coralogix crossplane crowdstrike custodian cyberark dagster databricks datadog "
    "dbt digger dome9 driftctl drone druva duplo dynatrace eksctl elastigroup env0 envzero fargate finout "
    "firefly fivetran flux fluxcd gcb gha gimme github gitlab gitops gntd gocd grafana granted hashicorp "
    "helm honeycomb humanitec infracost jenkins jfrog jumpcloud k8s karpenter kinesis kion kops kubecost "
    "kubectl kubeflow kubernetes lacework leapp localstack looker meltano mlflow mwaa n2ws nethunt "
    "newrelic nirmata nomad nops octopus octopusdeploy okta onelogin opentofu opslevel orca packer "
    "pagerduty panther paperspace prefect prisma prometheus prowler pulumi puppet qovery quali qualys "
    "redlock renovate resourcely rubrik rundeck saml2aws scalr scoutsuite selefra semaphoreci sentinel "
    "sentinelone serverless servicecatalog signalfx skyhigh snowflake snyk sonarqube spacelift spinnaker "
    "splunk spotinst stackstate steampipe sumologic tamnoon teamcity tekton teleport tenable terraform "
    "terraformer terragrunt terramate terrateam tf tfc tfe tofu torq tray turbot twingate upbound vanta "
    "veeam velero vsts wiz woodpecker workato zabbix zapier zesty zscaler"
)
"""Tools and services that take roles."""

MACHINES: Final = PRODUCTS | _words(
    "accessor actions agent agentless api apis app appflow application applier apply applyset apps "
    "archiver assessment assumed auditor autodeploy automation autoscaler autoscaling backend backup "
    "backups bastion batch bench bot bots broker bucket build builder builds cfn ci cicd classifier "
    "cleaner cleanup client cloudtrail cloudwatch cluster codebuild codecommit codedeploy codepipeline "
    "collector compliance config configuration connector consumer container containers controller copy "
    "crawler cron cronjob daemon dashboard dataflow datasource delegate delivery deploy deployer "
    "deployment deployments discovery dispatcher dms dns documentdb drift driver dynamo dynamodb ebs ecr "
    "ecs efs eks elastic elb emr enforcer etl eventbridge events executor export exporter extractor "
    "federate federation federator fetcher firehose flow framework frontend function functions gateway "
    "generator glue gql guardduty handler health healthcheck homelab importer infra infrastructure ingest "
    "ingester ingestion ingress inspector installer integration integrations inventory invoker iot job "
    "jobs kafka lambda launcher lint linter listener loader logger logging logs lookup lz macie "
    "maintenance maker management manager mcp messaging metering metrics migration migrations migrator "
    "monitor monitoring network nightly nodegroup notebook notifier observability operator orchestrator "
    "organizations orgs pipeline pipelines plan planner platform plugin poller pr processor producer "
    "provider provisioner provisioning proxy publisher puller pusher quicksight quotas rds reader reaper "
    "reconcile reconciler recorder redshift registry release releaser remediation remediator replica "
    "replication replicator repo reporter reporting reports repository robot rotation rotator rrsa run "
    "runbook runner runners runs runtime s3 sagemaker scan scanner scans scheduler scraper script scripts "
    "sdlc secrets securityhub server servers service services sidecar sigv4 snapshots snapshotter sns "
    "spark spot sqs ssm stackset stacksets stepfunctions storage sts subscriber svc sync syncer syslog "
    "synthetics system systemd task tasks telemetry tester tfapply tfplan trigger triggers unit updater "
    "uploader validator vpc vulnerability warehouse watchdog watcher webapp webhook webhooks webserver "
    "website worker workers workflow workflows workspace writer"
)
"""What sessions of pipelines, services and scripts are called."""

NOBODYS: Final = _words(
    "abc access account acct adm admin administrator administrators amazon amazonaws an and anonymous any "
    "as asdf assume assuming at audit auth aws awscli bash baz billing bla blabla by centos cli cloud "
    "compute console copy corp credential credentials creds cross custom data db debian default delegated "
    "demo dev developer developers development devops devs dummy duty ec2 emergency engineer engineering "
    "engineers env environment example external finops first foo for from full glass group guest hello "
    "home host iac iam id identity in instance int internal ip ipv4 it java javascript js keys laptop "
    "local localhost main master me member mfa my name net new noc node nodejs none null of on op opc ops "
    "org organization owner php platformteam poc portal powershell poweruser primary prod "
    "production profile program programmatic project public pwsh python qa read readonly remote ro role "
    "roles root rw rwx sa saml sample sandbox sdk sec secops secret security session sessions "
    "shared sre sso stage staging stg super superuser support switch switched team teams temp "
    "temporary test testing tests text the tmp to token tool tools uat ubuntu undefined unknown use user "
    "username users v1 v2 vendor via view viewer web webidentity with world xxx xyz your"
)
"""Words that name nobody in particular."""

OF_MACHINES: Final = re.compile(
    r"terraform|terragrunt|kubernet|pipeline|automat|deploy|codebuild|cloudformation|github|gitlab|lambda"
    r"|function|webhook|servic|system|session|assum|credential|controller|operator|container|monitor|integrat"
    r"|serverless|backend|frontend|workflow|schedul|process|export|import|provision|cloudtrail|cloudwatch|datadog"
    r"|jenkinsci|atlantis|spacelift|check|assistant|enable|configur|replic|snapshot|upload|download|securit"
    r"|connect|organiz|tagging|endpoint|database|template|resource|access|autoscal|migrat|validat|client|explor|oidc"
    r"|^(?:aws|amazon|cloud|kube|auto|micro|http|sync)\w{3}"
    r"|\w{3}(?:tions?|logs|sync|watch|stack|query|lint|cron|flow|feed|role|dns|team)$|\w{2}(?:ctl|test)$"
    r"|\w{6}bot$",
)
"""Words that begin with, end with or contain what no person's name does."""
