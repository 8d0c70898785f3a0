"""Machines' sessions are told from persons' by what their names are made of."""

import random
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iacwatch.core.parse.session_names import is_generated, may_be_a_person

ROLE = "OrgAdmin"

MACHINES = """
    terragrunt-1718035023456789000 aws-go-sdk-1688990082523310002 botocore-session-1732512011 1732512011123456789
    AWS-CLI-session-1718035023 aws-sdk-js-1718035023456 aws-sdk-java-1718035023456 default_session AWSCLI-Session
    2019-04-30T12-15-30 20190430-121530 01K6ABCDEFGHJKMNPQRSTVWXYZ@workload-prod_us-west-2_infra
    wozynIhxQbLmRtKpVsXcDwEfGhJkLqZa gntd-2hbKq3 gntd-2d1LCv2dQmZ8 granted-sso assumed-from-leapp saml2aws
    awsume-session-prod gimme-creds okta-aws-cli aws-vsts-tools AzureDevOps-Build-1234 assume-aws-role-cli
    CognitoIdentityCredentials AmazonMWAA-airflow servicecatalog GlueJobRunnerSession EMR_EC2_DefaultRole
    Automation-1b2c3d4e-0000-1111-2222-333344445555 AWSCodeBuild-3f0a5d5e-1b7c-4c1a-9d57-0b3a3e8f2c11
    dms-session-for-replication-engine RedshiftIamRoleSession AWSAFT-Session AWSCLI-AssumeRole SLRManagement
    s3-batch-operations_0190c1a2-1111-2222-3333-444455556666 terraform-atlantis-alice aws-cdk-alice cdk-diff-action
    env0-deployment-5f2b9c1d scalr-run-v0o1p2q3r4s5 terraform-run-CZcmD7eagjhyX0vN run-CZcmD7eagjhyX0vN tfc-agent
    karpenter karpenter-1718035023 velero-server external-dns cluster-autoscaler aws-load-balancer-controller
    ebs-csi-controller-sa eks-shop-external-d-3f0a5d5e-1b7c-4c1a-9d57-0b3a3e8f2c11 web-5d8f7c9b4-x2x9k
    argocd-application-controller ack-s3-controller crossplane-provider-aws source-controller atmos-jenkins-dev
    Jenkins-role-session jenkins-orders TeamCity OctopusDeploy harness-delegate GitLabRunner-infra-99812
    gitlab-ci-1234 GitHubActions gha-1234567890-1 circleci-deploy buildkite-job-42 droneci-runner spot-console
    CloudCustodian c7n-mailer steampipe ProwlerAssessmentSession DatadogAWSIntegration vault-1718035023-AbCdEfGhIj
    packer pulumi-esc ansible-playbook configure-aws-credentials MySessionName AssumeRoleSession1 testSession
    lambda-session cspm-scan run_pipeline homelab-k3s-mcp i-0a1b2c3d4e5f60718 mi-0a1b2c3d4e5f60718
    AROAEXAMPLEEXAMPLE009 cli user admin default session ec2-user null root@ip-10-0-0-1.ec2.internal alice@corp
    terraform@acme-prod.iam.gserviceaccount.com jenkins@example.com CORP\\svc_backup svc.backup orders-77
"""

PERSONS = """
    alice@example.com Alice.Baker@Example.com bob+ops@example.co.uk 13812345678@163.com jane.doe@sub.example.com
    jane.doe jdoe Jane_Doe jane-doe JaneDoe j.doe-adm jdoe_adm adm_jdoe alice-admin admin-alice alice-dev jdoe-mfa
    alice bob john.smith jdoe1 jdoe01 john.smith2 a123456 AB123456 PR444215 n0123456 CORP\\jdoe dev.patel
    nguyen.van.an vannguyen li.wei zhang_wei ng.k wu xu.y o.s kim.j priya.sharma srinivasan.k s.krishnamurthy
    oluwaseun.adebayo kwame.mensah chukwuemeka takeshi.yamamoto yamamoto_t m.garcia-lopez juan.delacruz
    maria-jose.garcia jean-luc.picard JeanLucPicard JeanLucDeLaRue p.vandenberg o.connor mcdonald MMcDonald
    lukasz.wojcik krzysztof.szczepaniak strzelczyk aschwarzenegger ahmed.hassan mohammed.al-fayed abdulrahman.s
    ivan.petrov o.shevchenko dimitris.papadopoulos mehmet.yilmaz hrvoje bjorn.borg steve.jobs mary.jenkins
    tom.hunter j.porter travis max sam bill.gates talbot brunner contractor.jim ext.jdoe jane.doe.ext dev-kim-ops
    nkoppula-Isengard kellog balog
"""


@pytest.mark.parametrize("session", MACHINES.split())
def test_a_machines_session_is_no_person(session):
    assert not may_be_a_person(session, ROLE)


@pytest.mark.parametrize("session", PERSONS.split())
def test_a_person_stays_a_person(session):
    assert may_be_a_person(session, ROLE)


RANDOM = {
    "letters": (string.ascii_letters, 32),
    "letters and digits": (string.ascii_letters + string.digits, 20),
    "hexadecimal": ("0123456789abcdef", 16),
    "a nanoid": (string.ascii_letters + string.digits + "-_", 21),
}


@pytest.mark.parametrize("kind", RANDOM)
def test_what_was_drawn_by_lot_is_no_person(kind):
    alphabet, length = RANDOM[kind]
    chance = random.Random(kind)
    drawn = ["".join(chance.choices(alphabet, k=length)) for _ in range(500)]
    assert sum(may_be_a_person(name, ROLE) for name in drawn) <= 2


@given(st.uuids(), st.sampled_from(["", "alice-", "x_"]))
def test_a_uuid_is_no_person_whatever_stands_before_it(number: uuid.UUID, before):
    assert is_generated(f"{before}{number}")
    assert is_generated(f"{before}{number.hex}")


@pytest.mark.parametrize(
    ("session", "invoked_by"),
    [
        ("states", "states.amazonaws.com"),
        ("zed-ecs", "ecs.amazonaws.com"),
        ("MyAppRunnerThing", "apprunner.amazonaws.com"),
        ("imagebuilder-zed", "imagebuilder.amazonaws.com"),
    ],
)
def test_a_session_that_bears_the_name_of_the_service_that_called_is_the_services(session, invoked_by):
    assert not may_be_a_person(session, ROLE, invoked_by)


@pytest.mark.parametrize("session", ["alecsandra", "alice@states.example.com", "jdoe"])
def test_a_person_for_whom_a_service_called_stays_a_person(session):
    assert may_be_a_person(session, ROLE, "ecs.amazonaws.com")


@pytest.mark.parametrize(
    ("session", "role"),
    [("thumbs", "thumbs-role-abc123"), ("payments", "PaymentsRole"), ("purge-old", "purge-old")],
)
def test_a_session_that_its_role_is_named_after_is_no_person(session, role):
    assert not may_be_a_person(session, role)


@given(st.text(max_size=80), st.text(max_size=80))
def test_every_text_is_judged(session, role):
    assert may_be_a_person(session, role) in {True, False}
    assert not (may_be_a_person(session, role) and is_generated(session))
