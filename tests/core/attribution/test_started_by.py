"""A workflow may ask who opened the session: who takes the pipeline's role by hand is out of band."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.core.attribution import verdict
from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.chains.facts import Origin
from iacwatch.core.model import (
    ChainLink,
    Change,
    ChangeType,
    Evidence,
    Managed,
    Match,
    MatchKind,
    Resource,
    Verdict,
    Workflow,
)
from iacwatch.core.parse.cloudtrail import event
from tests.fixtures.trail_records import MAIN, OWN, SSO, record, session, user

TOKEN = f"token.actions.githubusercontent.com:{MAIN}"
MANAGED = Managed(value="terraform", evidence=Evidence.TAGS)
GUARDED = Workflow(name="ci", principals=(f"arn:aws:iam::{OWN}:role/ci/*",), started_by=(TOKEN,))
CHANGE = Change(
    resource=Resource(account_id=OWN, region="eu-west-1", type="AWS::EC2::SecurityGroup", id="sg-1"),
    captured_at=datetime(2026, 11, 20, 10, 12, tzinfo=UTC),
    change_type=ChangeType.UPDATE,
    status="OK",
    item=None,
    diff=None,
)


def call(number, identity=None):
    return event(record(identity or session("ci/deploy", "run"), eventID=f"e-{number}"))


def judged(calls, origins, *workflows, unseen=()):
    matches = [
        Match(event=each, kind=MatchKind.ID, lag=timedelta(seconds=9), reasons=(), score=(number,))
        for number, each in enumerate(calls)
    ]
    return verdict.classify(
        CHANGE,
        MANAGED,
        matches,
        workflows or (GUARDED,),
        changed_by=ChangedBy.CALLED,
        unseen=unseen,
        origins={f"e-{number}": origin for number, origin in origins.items()},
    )


def known(identity, *identities):
    return Origin(actor=event(record(identity)).actor, identities=identities)


PIPELINE = known(session("ci/deploy", "run"), f"arn:aws:iam::{OWN}:role/ci/deploy", TOKEN)
BOB = Origin(
    actor=replace(event(record(session(SSO, "bob@example.com"))).actor, chain=(ChainLink(arn="arn:x"),)),
    identities=(f"arn:aws:iam::{OWN}:role/{SSO}",),
)
NOBODY = Origin(actor=event(record()).actor, unknown="session run of role deploy: it is in no trail")


def test_the_pipelines_own_session_is_covered():
    found = judged([call(0)], {0: PIPELINE})
    assert (found.verdict, found.matches[0].workflow, found.unsure) == (Verdict.IN_WORKFLOW, "ci", ())


@pytest.mark.parametrize("subject", ["repo:acme/infra:pull_request", MAIN + "x", "x" + MAIN, MAIN.upper()])
def test_another_subject_is_not(subject):
    other = known(session("ci/deploy", "run"), "arn:x", f"token.actions.githubusercontent.com:{subject}")
    found = judged([call(0)], {0: other})
    assert found.verdict is Verdict.OUT_OF_BAND
    assert subject in found.reason
    assert found.unsure == ()


def test_who_takes_the_role_by_hand_is_out_of_band_and_named_in_the_reason():
    found = judged([call(0)], {0: BOB})
    assert found.verdict is Verdict.OUT_OF_BAND
    assert found.reason == (
        f"bob@example.com took role deploy by hand, and workflow ci may only be started by {TOKEN}"
    )


def test_an_origin_that_nobody_knows_covers_nothing_and_is_waited_for():
    for origins in ({0: NOBODY}, {}):
        found = judged([call(0)], origins)
        assert found.verdict is Verdict.OUT_OF_BAND
        assert [each.event_id for each in found.unsure] == ["e-0"]
    assert (
        "not known (session run of role deploy: it is in no trail)" in judged([call(0)], {0: NOBODY}).reason
    )


def test_a_person_beside_an_unknown_session_is_named_at_once():
    carol = call(1, user("carol"))
    found = judged([call(0), carol], {0: NOBODY})
    assert found.matches[0].event is carol
    assert found.unsure == ()


def test_another_workflow_that_asks_nothing_covers_it_without_a_lookup():
    free = Workflow(name="free", principals=GUARDED.principals)
    assert judged([call(0)], {}, GUARDED, free).matches[0].workflow == "free"
    assert verdict.asked_after(MANAGED, [call(0)], [GUARDED, free]) == []
    assert verdict.asked_after(MANAGED, [call(0), call(1, user("carol"))], [GUARDED])[0].event_id == "e-0"


def test_no_lookup_is_worth_it_where_the_workflow_covers_no_such_call():
    elsewhere = Workflow(name="ci", managed_by=("pulumi",), principals=GUARDED.principals, started_by=("*",))
    assert verdict.asked_after(MANAGED, [call(0)], [elsewhere]) == []


def test_a_call_whose_parameters_are_left_out_clears_nobody_while_its_origin_is_unknown():
    hidden = call(5)
    found = judged([call(0)], {0: PIPELINE, 5: NOBODY}, unseen=[hidden])
    assert (found.verdict, found.held, found.unsure) == (Verdict.UNATTRIBUTED, (hidden,), (hidden,))
    assert judged([call(0)], {0: PIPELINE, 5: PIPELINE}, unseen=[hidden]).verdict is Verdict.IN_WORKFLOW
