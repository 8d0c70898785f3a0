"""Who stands behind what CloudFormation does with a service role: who began the operation on the stack."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.chains import stacks
from iacwatch.core.attribution.chains.facts import Answer, Facts, Missing, Origin, Seek
from iacwatch.core.attribution.chains.walk import follow
from tests.core.attribution.test_chains import AT, call, of, opening
from tests.fixtures.trail_records import OTHER as STRANGER
from tests.fixtures.trail_records import OWN, user

STACK = f"arn:aws:cloudformation:eu-west-1:{OWN}:stack/web/1b2c3d4e-0000-4000-8000-000000000001"
OTHER = STACK.replace("/web/", "/api/")
CFN, CATALOG = "cloudformation.amazonaws.com", "servicecatalog.amazonaws.com"
START = call({**of(1, "cfn", "AWSCloudFormation"), "invokedBy": CFN})
OPENED = opening(1, {"type": "AWSService", "invokedBy": CFN}, of(1, "cfn", "AWSCloudFormation"))
PRODUCT = STACK.replace("/web/", f"/SC-{OWN}-pp-abcdefghijklm/")
LAUNCHED = call({**of(2, "launch", "servicecatalog"), "invokedBy": CFN})
LAUNCHER = opening(2, {"type": "AWSService", "invokedBy": CATALOG}, of(2, "launch", "servicecatalog"))


def began(who, name="UpdateStack", *, before=40, request=None, answer=None, source=CFN, **more):
    made = call(
        {**user(who), "arn": f"arn:aws:iam::{OWN}:user/{who}"},
        id=f"{name}-{who}-{before}",
        eventSource=source,
        eventName=name,
        requestParameters={"stackName": "web"} if request is None else request,
        responseElements={"stackId": STACK} if answer is None else answer,
        **more,
    )
    return replace(made, occurred_at=AT - timedelta(seconds=before))


def ordered(who, name="UpdateProvisionedProduct", *, product="pp-abcdefghijklm", source=CATALOG, **more):
    """Make a call for a product of Service Catalog's."""
    answer = {"recordDetail": {"provisionedProductId": product}}
    request = {"provisionedProductName": "pp-abcdefghijklm"}
    return began(who, name, request=request, answer=answer, source=source, **more)


def asked(start=START, stack=STACK, *, deciding=True, answers=()):
    """Return what is made of a call for a stack, with the answers to what is asked about stacks."""
    by_lambda = opening(3, {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}, of(3, "launch", "x"))
    openings = {each.opened.access_key_id: Answer(event=each) for each in (OPENED, LAUNCHER, by_lambda)}
    return follow(start, Facts(openings=openings, stacks=dict(answers)), deciding=deciding, stack=stack)


def followed(*events, start=START, stack=STACK, deciding=True):
    missing = asked(start, stack)
    assert isinstance(missing, Missing)
    assert (missing.seek, missing.stack) == (Seek.STACK, stack)
    answers = {missing.key: stacks.answer(missing, events)}
    found = asked(start, stack, deciding=deciding, answers=answers)
    assert isinstance(found, Origin)
    return found


def of_product(*events, deciding=True):
    return followed(*events, start=LAUNCHED, stack=PRODUCT, deciding=deciding)


def test_the_last_operation_begun_before_the_call_is_whose_it_is():
    found = followed(began("alice"), began("bob", before=400), began("eve", before=-30))
    assert (found.actor.name, found.identities) == ("alice", (f"arn:aws:iam::{OWN}:user/alice",))
    assert [link.event_id for link in found.actor.chain] == [OPENED.event_id]
    assert (found.actor.invoked_by, found.actor.session) == (CFN, "AWSCloudFormation")
    assert followed(began("alice", before=2 * 3600)).actor.name == "alice"


@pytest.mark.parametrize(
    "name", ["ProvisionProduct", "UpdateProvisionedProduct", "TerminateProvisionedProduct"]
)
def test_what_service_catalog_launches_is_whose_who_called_for_the_product(name):
    found = of_product(ordered("alice", name), ordered("bob", product="pp-zzzzzzzzzzzzz", before=20))
    assert (found.actor.name, found.identities) == ("alice", (f"arn:aws:iam::{OWN}:user/alice",))
    assert [link.event_id for link in found.actor.chain] == [LAUNCHER.event_id]


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([], "Service Catalog opened it, and nobody"),
        ([ordered("alice", product="pp-abcdefghijkl")], "nobody is seen"),
        ([ordered("alice", errorCode="ResourceNotFoundException")], "nobody is seen"),
        ([ordered("alice", "UpdateProvisionedProductProperties")], "nobody is seen"),
        ([ordered("alice", source=CFN)], "nobody is seen"),
        ([ordered("alice"), ordered("bob", before=90)], "more than one caller"),
    ],
)
def test_of_a_product_nobody_is_guessed(events, why):
    assert why in of_product(*events).unknown
    machine = of_product(*events, deciding=False)
    assert (machine.actor.name, machine.actor.via, machine.unknown) == ("launch", "service", "")


@pytest.mark.parametrize(
    "event",
    [
        began("alice", errorCode="ValidationException"),
        began("alice", answer={"stackId": OTHER}),
        began("alice", request={"stackName": "api", "parameters": {"x": "web"}}, answer={"stackId": OTHER}),
        began("alice", "SetStackPolicy"),
        began("alice", before=2 * 3600 + 1),
        began("alice", source="iam.amazonaws.com"),
        began("alice", recipientAccountId=STRANGER),
    ],
)
def test_what_began_nothing_on_the_stack_blames_nobody(event):
    assert "CloudFormation opened it" in followed(event).unknown
    machine = followed(event, deciding=False)
    assert (machine.actor.name, machine.actor.via, machine.unknown) == ("cfn", "service", "")


SET = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/x/9"


def executed(before=40):
    return began("bob", "ExecuteChangeSet", request={"changeSetName": SET}, answer={}, before=before)


MADE = began("carol", "CreateChangeSet", before=90, answer={"stackId": STACK, "id": SET})
OF_OTHER = began("dave", "CreateChangeSet", before=90, request={}, answer={"stackId": OTHER, "id": SET})


@pytest.mark.parametrize(
    ("events", "who"),
    [
        ([MADE, executed()], "bob"),
        # Of which stack it is, nobody can see: it may have been this one's, where it came in between.
        *(([executed(before)], who) for before, who in ((-1, "alice"), (0, ""), (60, ""), (61, "alice"))),
        ([OF_OTHER, executed()], "alice"),
        ([began("eve", "ExecuteChangeSet", before=20)], "eve"),
    ],
)
def test_a_change_set_is_whose_it_executed(events, who):
    found = followed(began("alice", before=60), *events)
    assert ("" if found.unknown else found.actor.name) == who


def test_the_question_asks_for_the_stack_by_its_names_where_it_is():
    missing = asked()
    query = stacks.query(missing, as_of=AT)
    assert (query.names, query.event_names, query.region) == (
        (STACK, "web"),
        ("ExecuteChangeSet",),
        "eu-west-1",
    )
    minute = AT.replace(second=0)
    assert (query.window.start, query.window.end) == (
        minute - timedelta(hours=2),
        minute + timedelta(seconds=65),
    )
    for stack in (STACK.replace(OWN, STRANGER), "arn:aws:s3:::web", "web"):
        assert stacks.query(replace(missing, stack=stack), as_of=AT) is None
    product = stacks.query(asked(LAUNCHED, PRODUCT), as_of=AT)
    assert product.names == ("pp-abcdefghijklm",)
    assert {"ProvisionProduct", "UpdateProvisionedProduct"} < set(product.event_names)


@pytest.mark.parametrize(
    ("start", "stack"),
    [
        (LAUNCHED, STACK),
        (LAUNCHED, PRODUCT.replace("pp-", "px-")),
        (call(of(2, "launch", "servicecatalog")), PRODUCT),
        (call(of(3, "launch", "x")), STACK),
        (call(of(3, "launch", "x")), ""),
        (replace(START, principal=replace(START.principal, issuer_arn=LAUNCHED.principal.issuer_arn)), ""),
    ],
)
def test_of_the_launch_roles_session_elsewhere_nothing_tells_who_called(start, stack):
    found = asked(start, stack)
    assert (found.actor.name, found.unknown) == ("launch", "")


def test_a_stack_that_a_stack_works_on_leads_no_further_than_the_service():
    nested = replace(began("x"), principal=START.principal, actor=START.actor)
    found = followed(nested)
    assert (found.actor.name, found.unknown) == ("cfn", "")
