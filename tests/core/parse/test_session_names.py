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
    terragrunt-1718035023456789000 botocore-session-1732512011 1732512011123456789 default_session AWSCLI-Session
    2019-04-30T12-15-30 20190430-121530 01K6ABCDEFGHJKMNPQRSTVWXYZ@workload-prod_us-west-2_infra granted-sso
    wozynIhxQbLmRtKpVsXcDwEfGhJkLqZa gntd-2hbKq3 gntd-2d1LCv2dQmZ8 assumed-from-leapp saml2aws okta-aws-cli
    awsume-session-prod aws-vsts-tools AzureDevOps-Build-1234 CognitoIdentityCredentials AmazonMWAA-airflow
    Automation-1b2c3d4e-0000-1111-2222-333344445555 AWSCodeBuild-3f0a5d5e-1b7c-4c1a-9d57-0b3a3e8f2c11
    servicecatalog GlueJobRunnerSession EMR_EC2_DefaultRole AWSAFT-Session SLRManagement terraform-atlantis-alice
    s3-batch-operations_0190c1a2-1111-2222-3333-444455556666 env0-deployment-5f2b9c1d scalr-run-v0o1p2q3r4s5
    run-CZcmD7eagjhyX0vN tfc-agent karpenter-1718035023 external-dns aws-load-balancer-controller
    ebs-csi-controller-sa eks-shop-external-d-3f0a5d5e-1b7c-4c1a-9d57-0b3a3e8f2c11 web-5d8f7c9b4-x2x9k
    atmos-jenkins-dev OctopusDeploy GitLabRunner-infra-99812 gitlab-ci-1234 GitHubActions gha-1234567890-1
    circleci-deploy droneci-runner ProwlerAssessmentSession vault-1718035023-AbCdEfGhIj ansible-playbook
    configure-aws-credentials MySessionName AssumeRoleSession1 testSession run_pipeline homelab-k3s-mcp
    i-0a1b2c3d4e5f60718 mi-0a1b2c3d4e5f60718 AROAEXAMPLEEXAMPLE009 cli admin null ec2-user alice@corp
    root@ip-10-0-0-1.ec2.internal terraform@acme-prod.iam.gserviceaccount.com jenkins@example.com
    CORP\\svc_backup svc.backup orders-77
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
    ("session", "role", "invoked_by", "person"),
    [
        # A session that bears the name of the service that called is the service's.
        ("states", ROLE, "states.amazonaws.com", False),
        ("zed-ecs", ROLE, "ecs.amazonaws.com", False),
        ("MyAppRunnerThing", ROLE, "apprunner.amazonaws.com", False),
        ("alecsandra", ROLE, "ecs.amazonaws.com", True),
        ("alice@states.example.com", ROLE, "states.amazonaws.com", True),
        # One that its role is named after is no person's.
        ("thumbs", "thumbs-role-abc123", "", False),
        ("payments", "PaymentsRole", "", False),
        ("purge-old", "purge-old", "", False),
    ],
)
def test_the_names_of_service_and_role_say_whose_a_session_is(session, role, invoked_by, person):
    assert may_be_a_person(session, role, invoked_by) is person


@given(st.text(max_size=80), st.text(max_size=80))
def test_every_text_is_judged(session, role):
    assert may_be_a_person(session, role) in {True, False}
    assert not (may_be_a_person(session, role) and is_generated(session))
