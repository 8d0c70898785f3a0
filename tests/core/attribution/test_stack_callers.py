"""Who stands behind what CloudFormation does with a service role: who began the operation on the stack."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.chains import stacks
from iacwatch.core.attribution.chains.facts import Answer, Facts, Missing, Origin, Seek
from iacwatch.core.attribution.chains.walk import follow
from iacwatch.core.parse.mentions import mentions
from tests.core.attribution.test_chains import AT, call, key, of, opening
from tests.fixtures.trail_records import OWN, user

STACK = f"arn:aws:cloudformation:eu-west-1:{OWN}:stack/web/1b2c3d4e-0000-4000-8000-000000000001"
OTHER = STACK.replace("/web/", "/api/")
SERVICE = {"type": "AWSService", "invokedBy": "cloudformation.amazonaws.com"}
START = call({**of(1, "cfn", "AWSCloudFormation"), "invokedBy": "cloudformation.amazonaws.com"})
OPENED = opening(1, SERVICE, of(1, "cfn", "AWSCloudFormation"))


def began(who, name="UpdateStack", *, before=40, request=None, answer=None):
    made = call(
        {**user(who), "arn": f"arn:aws:iam::{OWN}:user/{who}"},
        id=f"{name}-{who}-{before}",
        eventSource="cloudformation.amazonaws.com",
        eventName=name,
        requestParameters={"stackName": "web"} if request is None else request,
        responseElements={"stackId": STACK} if answer is None else answer,
    )
    return replace(made, occurred_at=AT - timedelta(seconds=before))


def answered(*events):
    facts = Facts(openings={key(1): Answer(event=OPENED)})
    missing = follow(START, facts, deciding=True, stack=STACK)
    assert isinstance(missing, Missing)
    assert (missing.seek, missing.stack) == (Seek.STACK, STACK)
    return replace(facts, stacks={missing.key: stacks.answer(missing, events)})


def followed(*events, deciding=True):
    found = follow(START, answered(*events), deciding=deciding, stack=STACK)
    assert isinstance(found, Origin)
    return found


def test_the_last_operation_begun_before_the_call_is_whose_it_is():
    found = followed(began("alice"), began("bob", before=400), began("eve", before=-30))
    assert (found.actor.name, found.identities) == ("alice", (f"arn:aws:iam::{OWN}:user/alice",))
    assert [link.event_id for link in found.actor.chain] == [OPENED.event_id]
    assert (found.actor.invoked_by, found.actor.session) == (
        "cloudformation.amazonaws.com",
        "AWSCloudFormation",
    )


PRODUCT = STACK.replace("/web/", f"/SC-{OWN}-pp-abcdefghijklm/")
LAUNCHED = call({**of(2, "launch", "servicecatalog"), "invokedBy": "cloudformation.amazonaws.com"})
LAUNCHER = opening(
    2, {**SERVICE, "invokedBy": "servicecatalog.amazonaws.com"}, of(2, "launch", "servicecatalog")
)
BY_LAUNCHER = Facts(openings={key(2): Answer(event=LAUNCHER)})


def catalog(who, name="UpdateProvisionedProduct", *, product="pp-abcdefghijklm", **more):
    made = began(who, name, request={"provisionedProductName": "pp-abcdefghijklm"}, answer={}, **more)
    answer = mentions(("response", {"recordDetail": {"provisionedProductId": product}}))
    return replace(made, event_source="servicecatalog.amazonaws.com", mentions=(*made.mentions, *answer))


def of_product(*events, deciding=True):
    missing = follow(LAUNCHED, BY_LAUNCHER, deciding=deciding, stack=PRODUCT)
    assert isinstance(missing, Missing)
    facts = replace(BY_LAUNCHER, stacks={missing.key: stacks.answer(missing, events)})
    found = follow(LAUNCHED, facts, deciding=deciding, stack=PRODUCT)
    assert isinstance(found, Origin)
    return found


def test_what_service_catalog_launches_is_whose_who_called_for_the_product():
    for name in ("ProvisionProduct", "UpdateProvisionedProduct", "TerminateProvisionedProduct"):
        found = of_product(catalog("alice", name), catalog("bob", product="pp-zzzzzzzzzzzzz", before=20))
        assert (found.actor.name, found.identities) == ("alice", (f"arn:aws:iam::{OWN}:user/alice",))
        assert [link.event_id for link in found.actor.chain] == [LAUNCHER.event_id]


@pytest.mark.parametrize(
    ("events", "why"),
    [
        ([], "Service Catalog opened it, and nobody"),
        ([catalog("alice", product="pp-abcdefghijkl")], "nobody is seen"),
        ([replace(catalog("alice"), error_code="ResourceNotFoundException")], "nobody is seen"),
        ([catalog("alice", "UpdateProvisionedProductProperties")], "nobody is seen"),
        ([replace(catalog("alice"), event_source="cloudformation.amazonaws.com")], "nobody is seen"),
        ([catalog("alice"), catalog("bob", before=90)], "more than one caller"),
    ],
)
def test_of_a_product_nobody_is_guessed(events, why):
    assert why in of_product(*events).unknown
    machine = of_product(*events, deciding=False)
    assert (machine.actor.name, machine.actor.via, machine.unknown) == ("launch", "service", "")


def test_the_question_about_a_product_asks_for_the_calls_that_list_no_resources():
    missing = follow(LAUNCHED, BY_LAUNCHER, deciding=True, stack=PRODUCT)
    asked = stacks.query(missing, as_of=AT)
    assert asked.names == ("pp-abcdefghijklm",)
    assert {"ProvisionProduct", "UpdateProvisionedProduct"} < set(asked.event_names)
    # The launch role's session on another stack, or at something else than a stack: nothing tells who called.
    for start, stack in (
        (LAUNCHED, STACK),
        (LAUNCHED, PRODUCT.replace("pp-", "px-")),
        (call(of(2, "launch", "servicecatalog")), PRODUCT),
    ):
        found = follow(start, BY_LAUNCHER, deciding=True, stack=stack)
        assert (found.actor.name, found.unknown) == ("launch", "")


@pytest.mark.parametrize(
    "event",
    [
        replace(began("alice"), error_code="ValidationException"),
        began("alice", answer={"stackId": OTHER}),
        began("alice", request={"stackName": "api", "parameters": {"x": "web"}}, answer={"stackId": OTHER}),
        began("alice", "SetStackPolicy"),
        began("alice", before=3 * 3600),
        replace(began("alice"), event_source="iam.amazonaws.com"),
    ],
)
def test_what_began_nothing_on_the_stack_blames_nobody(event):
    assert "CloudFormation opened it" in followed(event).unknown
    machine = followed(event, deciding=False)
    assert (machine.actor.name, machine.actor.via, machine.unknown) == ("cfn", "service", "")


def test_a_change_set_is_whose_it_executed():
    executed = "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/x/9"
    by_id = began("bob", "ExecuteChangeSet", request={"changeSetName": executed}, answer={})
    made = began("carol", "CreateChangeSet", before=90, answer={"stackId": STACK, "id": executed})
    assert followed(began("alice", before=60), made, by_id).actor.name == "bob"
    # Of which stack it is, nobody can see: it may have been this one's.
    assert followed(began("alice", before=60), by_id).unknown
    others = began(
        "dave", "CreateChangeSet", before=90, request={}, answer={"stackId": OTHER, "id": executed}
    )
    assert followed(began("alice", before=60), others, by_id).actor.name == "alice"
    assert (
        followed(began("alice", before=60), began("eve", "ExecuteChangeSet", before=20)).actor.name == "eve"
    )


def test_the_question_asks_for_the_stack_by_its_names_where_it_is():
    facts = Facts(openings={key(1): Answer(event=OPENED)})
    missing = follow(START, facts, deciding=True, stack=STACK)
    asked = stacks.query(missing, as_of=AT)
    assert (asked.names, asked.event_names, asked.region) == (
        (STACK, "web"),
        ("ExecuteChangeSet",),
        "eu-west-1",
    )
    for stack in (STACK.replace(OWN, "444455556666"), "arn:aws:s3:::web", "web"):
        assert stacks.query(replace(missing, stack=stack), as_of=AT) is None


def test_a_stack_that_a_stack_works_on_leads_no_further_than_the_service():
    nested = replace(began("x"), principal=START.principal, actor=START.actor)
    found = follow(START, answered(nested), deciding=True, stack=STACK)
    assert (found.actor.name, found.unknown) == ("cfn", "")
