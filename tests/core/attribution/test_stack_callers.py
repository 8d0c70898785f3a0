"""Who stands behind what CloudFormation does with a service role: who began the operation on the stack."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.chains import stacks
from iacwatch.core.attribution.chains.facts import Answer, Facts, Seek
from iacwatch.core.attribution.chains.walk import follow
from iacwatch.core.model import Window
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
NOBODY = "CloudFormation opened it, and nobody is seen to have begun the stack's work"
NO_ORDER = NOBODY.replace("CloudFormation", "Service Catalog")
ON_ANOTHER = {"request": {"stackName": "api", "parameters": {"x": "web"}}, "answer": {"stackId": OTHER}}
SET = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/x/9"
MADE = began("carol", "CreateChangeSet", before=90, answer={"stackId": STACK, "id": SET})
OF_OTHER = began("dave", "CreateChangeSet", before=90, request={}, answer={"stackId": OTHER, "id": SET})
NESTED = replace(began("x", before=20), principal=START.principal, actor=START.actor)


def executed(before=40):
    return began("bob", "ExecuteChangeSet", request={"changeSetName": SET}, answer={}, before=before)


@pytest.mark.parametrize(
    ("start", "events", "who"),
    [
        # The last operation begun before the call is whose it is.
        (START, [began("alice"), began("bob", before=400), began("eve", before=-30)], "alice"),
        (START, [began("alice", before=2 * 3600)], "alice"),
        # A change set is whose who executed it.
        (START, [began("alice", before=60), MADE, executed()], "bob"),
        (START, [began("alice", before=60), OF_OTHER, executed()], "alice"),
        (START, [began("eve", "ExecuteChangeSet", before=20)], "eve"),
        # Of which stack it is, nobody can see: it may have been this one's, where it came in between.
        *(
            (START, [began("alice", before=60), executed(before)], who)
            for before, who in ((-1, "alice"), (0, NOBODY), (60, NOBODY), (61, "alice"))
        ),
        # A stack that a stack works on leads no further than the service.
        (START, [began("alice", before=60), NESTED], "cfn"),
        # What Service Catalog launches is whose who called for the product.
        *((LAUNCHED, [ordered("alice", name), ANOTHERS], "alice") for name in ORDERS),
        (LAUNCHED, [ordered("alice"), ordered("bob", before=90)], "more than one caller"),
        # What began nothing on the stack blames nobody.
        (START, [began("alice", errorCode="ValidationException")], NOBODY),
        (START, [began("alice", answer={"stackId": OTHER})], NOBODY),
        (START, [began("alice", **ON_ANOTHER)], NOBODY),
        (START, [began("alice", "SetStackPolicy")], NOBODY),
        (START, [began("alice", before=2 * 3600 + 1)], NOBODY),
        (START, [began("alice", source="iam.amazonaws.com")], NOBODY),
        (START, [began("alice", recipientAccountId=STRANGER)], NOBODY),
        (LAUNCHED, [], NO_ORDER),
        (LAUNCHED, [ordered("alice", product="pp-abcdefghijkl")], NO_ORDER),
        (LAUNCHED, [ordered("alice", errorCode="ResourceNotFoundException")], NO_ORDER),
        (LAUNCHED, [ordered("alice", "UpdateProvisionedProductProperties")], NO_ORDER),
        (LAUNCHED, [ordered("alice", source=CFN)], NO_ORDER),
    ],
)
def test_whoever_began_the_last_operation_before_the_call_stands_behind_it(start, events, who):
    stack, role, opened = (STACK, "cfn", OPENED[0]) if start is START else (PRODUCT, "launch", OPENED[1])
    found = followed(*events, start=start, stack=stack)
    assert (who in found.unknown) if " " in who else (found.actor.name, found.unknown) == (who, "")
    if who in {"alice", "bob", "eve"}:
        assert found.identities == (f"arn:aws:iam::{OWN}:user/{who}",)
        assert found.actor.chain[0].event_id == opened.event_id
        assert [each.event_id for each in found.events][:1] == [opened.event_id]
        assert found.events[1].actor.name == who
        assert (found.actor.invoked_by, found.actor.session) == (CFN, start.actor.session)
    elif found.unknown:
        told = followed(*events, start=start, stack=stack, deciding=False)
        assert (told.actor.name, told.actor.via, told.unknown) == (role, "service", "")


def test_the_question_asks_for_the_stack_by_its_names_where_it_is():
    missing = asked()
    query, minute = stacks.query(missing, as_of=AT), AT.replace(second=0)
    assert (query.names, query.event_names) == ((STACK, "web"), ("ExecuteChangeSet",))
    assert query.region == "eu-west-1"
    assert query.window == Window(start=minute - timedelta(hours=2), end=minute + timedelta(seconds=65))
    for stack in (STACK.replace(OWN, STRANGER), "arn:aws:s3:::web", "web"):
        assert stacks.query(replace(missing, stack=stack), as_of=AT) is None
    product = stacks.query(asked(LAUNCHED, PRODUCT), as_of=AT)
    assert product.names == ("pp-abcdefghijklm",)
    assert set(ORDERS) < set(product.event_names)


@pytest.mark.parametrize(
    ("start", "stack"),
    [
        (LAUNCHED, STACK),
        (LAUNCHED, PRODUCT.replace("pp-", "px-")),
        (call(of(2, "launch", "servicecatalog")), PRODUCT),
        (call(of(3, "launch", "x")), STACK),
    ],
)
def test_of_the_launch_roles_session_elsewhere_nothing_tells_who_called(start, stack):
    found = asked(start, stack)
    assert (found.actor.name, found.unknown) == ("launch", "")
