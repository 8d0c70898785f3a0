"""Who stands behind what CloudFormation does with a service role: who began the operation on the stack."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.chains import stacks
from iacwatch.core.attribution.chains.facts import Answer, Facts, Seek
from iacwatch.core.attribution.chains.walk import follow
from tests.core.attribution.test_chains import AT, call, of, opening
from tests.fixtures.trail_records import OTHER as STRANGER
from tests.fixtures.trail_records import OWN, user

STACK = f"arn:aws:cloudformation:eu-west-1:{OWN}:stack/web/1b2c3d4e-0000-4000-8000-000000000001"
OTHER = STACK.replace("/web/", "/api/")
CFN, CATALOG = "cloudformation.amazonaws.com", "servicecatalog.amazonaws.com"
START = call({**of(1, "cfn", "AWSCloudFormation"), "invokedBy": CFN})
PRODUCT = STACK.replace("/web/", f"/SC-{OWN}-pp-abcdefghijklm/")
LAUNCHED = call({**of(2, "launch", "servicecatalog"), "invokedBy": CFN})
OPENED = [
    opening(1, {"type": "AWSService", "invokedBy": CFN}, of(1, "cfn", "AWSCloudFormation")),
    opening(2, {"type": "AWSService", "invokedBy": CATALOG}, of(2, "launch", "servicecatalog")),
    opening(3, {"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}, of(3, "launch", "x")),
]


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
    openings = {each.opened.access_key_id: Answer(event=each) for each in OPENED}
    return follow(start, Facts(openings=openings, stacks=dict(answers)), deciding=deciding, stack=stack)


def followed(*events, start=START, stack=STACK, deciding=True):
    missing = asked(start, stack)
    assert (missing.seek, missing.stack) == (Seek.STACK, stack)
    return asked(start, stack, deciding=deciding, answers={missing.key: stacks.answer(missing, events)})


ANOTHERS = ordered("bob", product="pp-zzzzzzzzzzzzz", before=20)
ORDERS = ("ProvisionProduct", "UpdateProvisionedProduct", "TerminateProvisionedProduct")


@pytest.mark.parametrize(
    ("start", "stack", "opened", "events"),
    [
        # The last operation begun before the call is whose it is.
        (START, STACK, 0, [began("alice"), began("bob", before=400), began("eve", before=-30)]),
        (START, STACK, 0, [began("alice", before=2 * 3600)]),
        # What Service Catalog launches is whose who called for the product.
        *((LAUNCHED, PRODUCT, 1, [ordered("alice", name), ANOTHERS]) for name in ORDERS),
    ],
)
def test_whoever_began_the_last_operation_before_the_call_stands_behind_it(start, stack, opened, events):
    found = followed(*events, start=start, stack=stack)
    assert (found.actor.name, found.identities) == ("alice", (f"arn:aws:iam::{OWN}:user/alice",))
    assert [link.event_id for link in found.actor.chain] == [OPENED[opened].event_id]
    assert (found.actor.invoked_by, found.actor.session) == (CFN, start.actor.session)


CFN_OPENED, CATALOG_OPENED = "CloudFormation opened it, and nobody", "Service Catalog opened it, and nobody"
ON_ANOTHER = {"request": {"stackName": "api", "parameters": {"x": "web"}}, "answer": {"stackId": OTHER}}


@pytest.mark.parametrize(
    ("start", "events", "why"),
    [
        (START, [began("alice", errorCode="ValidationException")], CFN_OPENED),
        (START, [began("alice", answer={"stackId": OTHER})], CFN_OPENED),
        (START, [began("alice", **ON_ANOTHER)], CFN_OPENED),
        (START, [began("alice", "SetStackPolicy")], CFN_OPENED),
        (START, [began("alice", before=2 * 3600 + 1)], CFN_OPENED),
        (START, [began("alice", source="iam.amazonaws.com")], CFN_OPENED),
        (START, [began("alice", recipientAccountId=STRANGER)], CFN_OPENED),
        (LAUNCHED, [], CATALOG_OPENED),
        (LAUNCHED, [ordered("alice", product="pp-abcdefghijkl")], CATALOG_OPENED),
        (LAUNCHED, [ordered("alice", errorCode="ResourceNotFoundException")], CATALOG_OPENED),
        (LAUNCHED, [ordered("alice", "UpdateProvisionedProductProperties")], CATALOG_OPENED),
        (LAUNCHED, [ordered("alice", source=CFN)], CATALOG_OPENED),
        (LAUNCHED, [ordered("alice"), ordered("bob", before=90)], "more than one caller"),
    ],
)
def test_what_began_nothing_on_the_stack_blames_nobody(start, events, why):
    stack, role = (STACK, "cfn") if start is START else (PRODUCT, "launch")
    assert why in followed(*events, start=start, stack=stack).unknown
    machine = followed(*events, start=start, stack=stack, deciding=False)
    assert (machine.actor.name, machine.actor.via, machine.unknown) == (role, "service", "")


SET = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/x/9"
MADE = began("carol", "CreateChangeSet", before=90, answer={"stackId": STACK, "id": SET})
OF_OTHER = began("dave", "CreateChangeSet", before=90, request={}, answer={"stackId": OTHER, "id": SET})


def executed(before=40):
    return began("bob", "ExecuteChangeSet", request={"changeSetName": SET}, answer={}, before=before)


@pytest.mark.parametrize(
    ("events", "who"),
    [
        ([MADE, executed()], "bob"),
        # Of which stack it is, nobody can see: it may have been this one's, where it came in between.
        *(([executed(before)], who) for before, who in ((-1, "alice"), (0, ""), (60, ""), (61, "alice"))),
        ([OF_OTHER, executed()], "alice"),
        ([began("eve", "ExecuteChangeSet", before=20)], "eve"),
        # A stack that a stack works on leads no further than the service.
        ([replace(began("x", before=20), principal=START.principal, actor=START.actor)], "cfn"),
    ],
)
def test_a_change_set_is_whose_it_executed(events, who):
    found = followed(began("alice", before=60), *events)
    assert ("" if found.unknown else found.actor.name) == who


def test_the_question_asks_for_the_stack_by_its_names_where_it_is():
    missing = asked()
    query = stacks.query(missing, as_of=AT)
    assert (query.names, query.event_names) == ((STACK, "web"), ("ExecuteChangeSet",))
    minute, hours = AT.replace(second=0), timedelta(hours=2)
    assert (query.region, query.window.start) == ("eu-west-1", minute - hours)
    assert query.window.end == minute + timedelta(seconds=65)
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
        (replace(START, principal=replace(START.principal, issuer_arn=LAUNCHED.principal.issuer_arn)), ""),
    ],
)
def test_of_the_launch_roles_session_elsewhere_nothing_tells_who_called(start, stack):
    found = asked(start, stack)
    assert (found.actor.name, found.unknown) == ("launch", "")
