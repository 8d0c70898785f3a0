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
OUT = Verdict.OUT_OF_BAND


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
PULL = TOKEN.replace("ref:refs/heads/main", "pull_request")
NOBODY = Origin(actor=event(record()).actor, unknown="it is in no trail")
MAY = f"and workflow ci may only be started by {TOKEN}"
FREE = Workflow(name="free", principals=GUARDED.principals)


@pytest.mark.parametrize(
    ("origin", "who"),
    [
        (PIPELINE, ""),
        *((known(DEPLOY, "arn:x", token), f"{token} took role deploy") for token in (PULL, f"{TOKEN}x")),
        (BOB, "bob@example.com took role deploy by hand"),
        (known(DEPLOY, "arn:y", via=Via.INSTANCE, **BY_HAND), "deploy took role deploy"),
        (known(user("carol"), "arn:carol"), "arn:carol called"),
        (known(user("carol")), "carol called"),
        (NOBODY, "who opened the session is not known (it is in no trail)"),
        (None, "who opened the session is not known (nobody looked)"),
    ],
)
def test_who_takes_the_role_otherwise_is_out_of_band_and_named_in_the_reason(origin, who):
    found = judged([CALL], {0: origin} if origin else {})
    assert found.matches[0].workflow == (None if who else "ci")
    assert not who or (found.verdict, found.reason) == (OUT, f"{who}, {MAY}")
    # An origin that nobody knows covers nothing, and is waited for, but for where a person is named at once.
    assert found.unsure == ((CALL,) if "not known" in who else ())
    beside = judged([CALL, CAROL], {0: origin} if origin else {})
    assert beside.unsure == ()
    assert "not known" not in who or beside.matches[0].event == CAROL


def test_of_many_that_may_start_a_workflow_the_first_are_told():
    for starters, told in (("ab", "a or b"), ("abcd", "a or b or 2 more")):
        found = judged([CALL], {0: BOB}, replace(GUARDED, started_by=tuple(starters)))
        assert found.reason.endswith(f"may only be started by {told}")


def test_of_several_workflows_that_ask_one_covers_and_else_the_first_says_why_not():
    other = Workflow(name="other", principals=GUARDED.principals, started_by=("arn:*",))
    assert judged([CALL], {0: BOB}, GUARDED, other).matches[0].workflow == "other"
    assert judged([CALL], {}, GUARDED, FREE).matches[0].workflow == "free"
    for origin in (NOBODY, known(DEPLOY, "x")):
        assert MAY in judged([CALL], {0: origin}, GUARDED, other).reason


def test_no_lookup_is_worth_it_where_the_answer_changes_nothing():
    elsewhere = replace(GUARDED, managed_by=("pulumi",))
    for workflows, asked in (([GUARDED], [CALL]), ([GUARDED, FREE], []), ([elsewhere], [])):
        assert verdict.asked_after(MANAGED, [CALL, CAROL], workflows) == asked


def test_a_call_whose_parameters_are_left_out_clears_nobody_while_its_origin_is_unknown():
    found = judged([CALL], {0: PIPELINE, 5: NOBODY}, unseen=[HIDDEN])
    assert (found.verdict, found.held, found.unsure) == (Verdict.UNATTRIBUTED, (HIDDEN,), (HIDDEN,))
    assert judged([CALL], {0: PIPELINE, 5: PIPELINE}, unseen=[HIDDEN]).verdict is Verdict.IN_WORKFLOW
    # One of two is held whoever opened its session: nothing has to be waited for.
    both = judged([], {0: NOBODY}, unseen=[CALL, CAROL])
    assert (both.held, both.unsure) == ((CALL, CAROL), ())
