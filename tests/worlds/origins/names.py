"""What tools and people call their sessions, and what a report should call each: the role, or the person."""

from tests.worlds.blind.actors import FIREFOX
from tests.worlds.origins.sessions import says
from tests.worlds.origins.stage import OriginStage

MACHINES = (
    # (the tool, its role, its session, the service that calls with it or "")
    ("aws-vault", "Admin", "1732512011482913000", ""),
    ("granted", "Admin", "session-2WkQq3dXzE8mN1vB7tYpL0aHsJc", ""),
    ("AWS SDK for JavaScript", "loader", "aws-sdk-js-session-1732512011482", ""),
    ("AWS SDK for Java", "loader", "aws-sdk-java-1732512011482", ""),
    ("AWS SDK for PHP", "loader", "aws-sdk-php-1732512011", ""),
    ("AWS SDK for .NET", "loader", "aws-dotnet-sdk-session-638681088114829130", ""),
    ("CodeBuild", "service-role/codebuild-app", "AWSCodeBuild-5f2a8c1e-3d47-4b9a-8e1f-6c0d2a4b7e93", ""),
    ("CodePipeline", "service-role/pipeline-app", "1732512011482", "codepipeline.amazonaws.com"),
    ("EMR", "EMR_DefaultRole", "CCSSession", "elasticmapreduce.amazonaws.com"),
    ("Systems Manager automation", "ssm-runbook", "7f2c9a10-5d3b-4c1e-9c57-3e8f2c110b3a", "ssm.amazonaws.com"),
    ("Data Pipeline", "DataPipelineDefaultRole", "EDPSession", "datapipeline.amazonaws.com"),
    ("an ECS task", "orders-task", "4d1c0f3a9b8e47d2a5c6f7e8091a2b3c", ""),
    ("ECS", "ecsServiceRole", "ecs-service-scheduler", "ecs.amazonaws.com"),
    ("karpenter", "KarpenterController-shop", "1732512011482913412", ""),
    ("velero", "velero-backup", "aws-go-sdk-1732512011482913412", ""),
    ("AWS Backup", "service-role/AWSBackupDefaultServiceRole", "AWSBackup-AWSBackupDefaultServiceRole", "backup.amazonaws.com"),
    ("SageMaker", "service-role/AmazonSageMaker-ExecutionRole", "SageMaker", ""),
    ("Firehose", "firehose-delivery", "AWSFirehoseToS3", ""),
    ("IAM Roles Anywhere", "onprem-agent", "7d3c0f9a1b2e4c5d8f6a7b8c9d0e1f2a3b4c5d6e", ""),
    ("EC2 Image Builder", "imagebuilder-infra", "Ec2ImageBuilderIntegrationService", "imagebuilder.amazonaws.com"),
    ("AWS Config", "service-role/config-remediation", "AutoScalingDescribeHandlerSession", "config.amazonaws.com"),
    ("GitLab's documentation", "gitlab-deploy", "GitLabRunner-12345678-987654321", ""),
    ("Bitbucket's documentation", "bitbucket-deploy", "build-session", ""),
    ("Jenkins's pipeline steps", "jenkins-deploy", "Jenkins-infra-apply-482", ""),
    ("Spinnaker", "spinnaker-managed", "Spinnaker", ""),
    ("Vault", "vault-deploy", "vault-approle-ci-deploy-1732512011-aBcDeFgHiJkL", ""),
    ("Landing Zone Accelerator", "AWSAccelerator-Deploy", "acceleratorAssumeRoleSession", ""),
    ("org-formation", "OrganizationFormationBuildRole", "OrganizationFormationBuild", ""),
    ("Airflow's default", "airflow-worker", "Airflow_aws_default", ""),
    ("kiam", "kiam-role-orders", "kiam-kiam", ""),
    ("spacelift", "spacelift-prod", "01JD3K5XQ8Z4M6N7P8R9S0T1V2", ""),
    ("env0", "env0-deployer", "env0-5f8d0c2e9b7a4d3c8e1f", ""),
    ("GitHub's OIDC action by run", "gha-app", "GitHubActions-11998877665", ""),
    ("Step Functions", "service-role/StepFunctions-nightly", "TpXcQvWkLmNzRbYhGdJsFaEuOiKtPwVx", "states.amazonaws.com"),
    ("a Lambda under its function's name", "nightly-cleanup-role-x7k2p9qz", "nightly-cleanup", "lambda"),
    ("cdk deploy on a runner", "cdk-hnb659fds-deploy-role-111122223333-eu-west-1", "aws-cdk-runner", ""),
    ("AppStream's documentation", "fleet-role", "AppStream2.0", "appstream.amazonaws.com"),
    ("a pod by its name", "eks/argocd", "argocd-repo-server-7d9f8c6b5-x2k4q", ""),
    ("external-secrets", "eks/external-secrets", "external-secrets-provider-aws", ""),
    ("Buildkite", "buildkite-deploy", "buildkite-job-0193a1b2-c3d4-4e5f-8a6b-7c8d9e0f1a2b", ""),
    ("CircleCI's orb", "circleci-deploy", "CircleCI-infra-482", ""),
    ("Packer", "image-builder", "packer-1732512011", ""),
    ("Ansible", "ansible-control", "ansible-1732512011.48-2211", ""),
    ("Octopus", "octopus-worker", "Octopus-Deploy", ""),
    ("TeamCity", "teamcity-agent", "TeamCity-Infra_Apply-1187", ""),
    ("Bamboo", "bamboo-elastic", "bamboo-agent-3", ""),
    ("a third sample", "Admin", "RoleSession1", ""),
    ("a fourth sample", "ops/cross", "cross-account-session", ""),
    ("the word test", "loader", "test", ""),
    ("the word deploy", "app-deployer", "deploy", ""),
    ("the words of a stage", "app-deployer", "prod-deploy", ""),
    ("a build's number", "app-deployer", "build-482", ""),
    ("Snyk", "SnykServiceRole", "snyk-cloud-scan", ""),
    ("Databricks", "databricks-cross", "databricks", ""),
    ("a scheduled job's time", "reports", "report-2026-11-30T04-00-00Z", ""),
    ("EventBridge Scheduler", "service-role/scheduler", "ede21c4a0b6f8c1d2e3f4a5b6c7d8e9f", ""),
    ("Lambda's own name for a session", "rotator-role", "awslambda_55_20261130041212548", ""),
    ("a commit", "gha-app", "deploy-9f3c1d2e4b5a69788796a5b4c3d2e1f00f1e2d3c", ""),
    ("a runner by its host", "gha-runner", "ip-10-0-12-34.eu-west-1.compute.internal", ""),
    ("an address that is none", "batch", "run@nightly", ""),
)  # fmt: skip
PEOPLE = (
    "jane.doe@corp.example.co.uk", "JANE.DOE@EXAMPLE.COM", "jane+admin@example.com",
    "jane.doe2@example.com", "4711@example.com", "Jane.Doe", "anna-lena.schmidt", "j.r.hartley", "doej1",
    "wei", "maria_garcia", "jean-luc", "cn=jdoe,ou=people", "u1234567", "A012345", "ext-jdoe", "jdoe-adm",
    "pieter.van.der.berg", "wolfeschlegelstein.hausenberger", "li", "sean.obrien@example.com",
    "jane.doe_partner.example@acme.example", "kim.lee93", "dev.patel", "emrah.yilmaz", "ssmith",
    "glueck.anna", "robin.jobs@example.com", "jobin.thomas", "mmustermann", "MARIA", "christopher.nolan",
    "tim.cook-admin", "ci.zhang@example.com", "eksteen.p", "ecsedi.nagy", "dmsilva", "max.power",
    "session.marie@example.com", "Admin.Jane", "o.k.", "xavier93", "hans-peter.testa",
)  # fmt: skip
"""Addresses, in capitals, with a plus or digits, first and last names, initials, a company's numbers, second accounts."""


def names_of(seed, now=None):
    """Return the world in which each name makes one change; who opened its session is in no trail."""
    stage = OriginStage(seed, now)
    for tool, role, name, service in MACHINES:
        stage.begin(f"machine: {tool}")
        session = stage.role(role, name)
        if service == "lambda":
            session = stage.function("nightly-cleanup")
        elif service:
            session = session.through(service)
        stage.change(session, says(session))
    for name in PEOPLE:
        stage.begin(f"person: {name}")
        session = stage.role(stage.pick("Admin", "PowerUser", "Okta-Engineers", "ops/on-call"), name)
        session.agent = FIREFOX
        stage.change(session, says(session, names=(name,)))
    for name in ("jane.doe@example.com", "jdoe", "EXAMPLE-jdoe", "Jane.Doe"):
        stage.begin(f"person: by single sign-on, {name}")
        stage.change(stage.sso(name))
    for user in ("jane.doe", "people/jdoe", "svc-deploy"):
        stage.begin(f"person: a user, {user}")
        stage.change(stage.user(user))
    for name, broker in (("JaneDoe", "broker"), ("jane.doe@example.com", "portal")):
        stage.begin(f"person: federated, {name}")
        stage.change(stage.federated(name, broker))
    return stage
