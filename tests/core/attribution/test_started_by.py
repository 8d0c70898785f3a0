"""A workflow may ask who opened the session: who takes the pipeline's role by hand is out of band."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution import verdict
from iacwatch.core.attribution.aws_fields import ChangedBy
from iacwatch.core.attribution.chains.facts import Origin
from iacwatch.core.model import ChainLink, Evidence, Managed, Match, MatchKind, Verdict, Via, Workflow
from iacwatch.core.parse.cloudtrail import event
from tests.fixtures.builders import change
from tests.fixtures.trail_records import MAIN, OWN, SSO, record, session, user

TOKEN = f"token.actions.githubusercontent.com:{MAIN}"
MANAGED = Managed(value="terraform", evidence=Evidence.TAGS)
GUARDED = Workflow(name="ci", principals=(f"arn:aws:iam::{OWN}:role/ci/*",), started_by=(TOKEN,))
DEPLOY = session("ci/deploy", "run")
OUT, IN = Verdict.OUT_OF_BAND, Verdict.IN_WORKFLOW


def call(number, identity=DEPLOY):
    return event(record(identity, eventID=f"e-{number}"))


CALL, HIDDEN, CAROL = call(0), call(5), call(1, user("carol"))


def judged(calls, origins, *workflows, unseen=()):
    matches = [
        Match(event=each, kind=MatchKind.ID, lag=timedelta(seconds=9), reasons=(), score=(number,))
        for number, each in enumerate(calls)
    ]
    known = {f"e-{number}": origin for number, origin in origins.items()}
    more = {"changed_by": ChangedBy.CALLED, "unseen": unseen, "origins": known}
    return verdict.classify(change(), MANAGED, matches, workflows or (GUARDED,), **more)


def known(identity, *identities, **more):
    return Origin(actor=replace(event(record(identity)).actor, **more), identities=identities)


BY_HAND = {"chain": (ChainLink(arn="arn:x"),)}
PIPELINE = known(DEPLOY, f"arn:aws:iam::{OWN}:role/ci/deploy", TOKEN)
BOB = known(session(SSO, "bob@example.com"), f"arn:aws:iam::{OWN}:role/{SSO}", **BY_HAND)
WHY = "session run of role deploy: it is in no trail"
NOBODY = Origin(actor=event(record()).actor, unknown=WHY)
MAY = f"and workflow ci may only be started by {TOKEN}"


def test_the_pipelines_own_session_is_covered():
    found = judged([CALL], {0: PIPELINE})
    assert (found.verdict, found.matches[0].workflow, found.unsure) == (IN, "ci", ())


@pytest.mark.parametrize("subject", ["repo:acme/infra:pull_request", MAIN + "x", "x" + MAIN, MAIN.upper()])
def test_another_subject_is_not(subject):
    token = f"token.actions.githubusercontent.com:{subject}"
    found = judged([CALL], {0: known(DEPLOY, "arn:x", token)})
    assert (found.verdict, found.unsure) == (OUT, ())
    assert found.reason == f"{token} took role deploy, {MAY}"


@pytest.mark.parametrize(
    ("origin", "who"),
    [
        (BOB, "bob@example.com took role deploy by hand"),
        (known(DEPLOY, "arn:y", via=Via.INSTANCE, **BY_HAND), "deploy took role deploy"),
        (known(user("carol"), "arn:carol"), "arn:carol called"),
        (known(user("carol")), "carol called"),
        (NOBODY, f"who opened the session is not known ({WHY})"),
        (None, "who opened the session is not known (nobody looked)"),
    ],
)
def test_who_takes_the_role_otherwise_is_out_of_band_and_named_in_the_reason(origin, who):
    found = judged([CALL], {0: origin} if origin else {})
    assert (found.verdict, found.reason) == (OUT, f"{who}, {MAY}")
    # An origin that nobody knows covers nothing, and is waited for.
    assert found.unsure == ((CALL,) if "not known" in who else ())


def test_of_many_that_may_start_a_workflow_the_first_are_told():
    many = replace(GUARDED, started_by=("a", "b", "c", "d"))
    assert judged([CALL], {0: BOB}, many).reason.endswith("may only be started by a or b or 2 more")
    assert judged([CALL], {0: BOB}, replace(many, started_by=("a", "b"))).reason.endswith("by a or b")


def test_a_person_beside_an_unknown_session_is_named_at_once():
    found = judged([CALL, CAROL], {0: NOBODY})
    assert (found.matches[0].event, found.unsure) == (CAROL, ())


def test_of_several_workflows_that_ask_one_covers_and_else_the_first_says_why_not():
    other = Workflow(name="other", principals=GUARDED.principals, started_by=("arn:*",))
    assert judged([CALL], {0: BOB}, GUARDED, other).matches[0].workflow == "other"
    for origin in (NOBODY, known(DEPLOY, "x")):
        assert MAY in judged([CALL], {0: origin}, GUARDED, other).reason


def test_no_lookup_is_worth_it_where_the_answer_changes_nothing():
    free = Workflow(name="free", principals=GUARDED.principals)
    assert judged([CALL], {}, GUARDED, free).matches[0].workflow == "free"
    elsewhere = replace(GUARDED, managed_by=("pulumi",))
    for workflows, asked in (([GUARDED], [CALL]), ([GUARDED, free], []), ([elsewhere], [])):
        assert verdict.asked_after(MANAGED, [CALL, CAROL], workflows) == asked


def test_a_call_whose_parameters_are_left_out_clears_nobody_while_its_origin_is_unknown():
    found = judged([CALL], {0: PIPELINE, 5: NOBODY}, unseen=[HIDDEN])
    assert (found.verdict, found.held, found.unsure) == (Verdict.UNATTRIBUTED, (HIDDEN,), (HIDDEN,))
    assert judged([CALL], {0: PIPELINE, 5: PIPELINE}, unseen=[HIDDEN]).verdict is IN
    # One of two is held whoever opened its session: nothing has to be waited for.
    both = judged([], {0: NOBODY}, unseen=[CALL, CAROL])
    assert (both.held, both.unsure) == ((CALL, CAROL), ())
