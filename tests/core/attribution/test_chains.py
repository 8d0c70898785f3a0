"""Who stands behind a call: chains of sessions, followed by the keys that were handed out, and by nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.core.attribution.chains import notes, questions
from iacwatch.core.attribution.chains.facts import Answer, Facts, Missing, Origin, Seek
from iacwatch.core.attribution.chains.regions import Regions
from iacwatch.core.attribution.chains.walk import MOST_HOPS, follow
from iacwatch.core.parse.cloudtrail import event
from tests.fixtures.trail_records import (
    BOTO,
    GITHUB,
    LINKED,
    MAIN,
    OTHER,
    OWN,
    SSO,
    record,
    session,
    user,
)

AT = datetime(2026, 11, 20, 10, 11, 22, tzinfo=UTC)
TOKEN = "token.actions.githubusercontent.com"


def key(number):
    return f"ASIAEXAMPLEEXAMPLE{number:02}"


def of(number, role="deploy", name="cli", **more):
    """Return a session of a role, by the number of its key."""
    context = more.pop("context", {})
    return {**session(f"ops/{role}", name, **context), "accessKeyId": key(number), **more}


def call(identity, **more):
    return event(record(identity, eventID=more.pop("id", "the-call"), **more))


def opening(number, caller, whose=None, *, minutes=5, name="AssumeRole", **more):
    """Return the event that handed out a key, for a session (`whose`) of that key."""
    whose = whose or of(number)
    at = AT - timedelta(minutes=minutes)
    answer = {
        "credentials": {"accessKeyId": key(number), "expiration": "Nov 20, 2026, 11:00:00 AM"},
        "assumedRoleUser": {"arn": whose["arn"]},
    }
    return event(
        record(
            caller,
            eventID=f"opened-{number}",
            eventTime=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            eventSource="sts.amazonaws.com",
            eventName=name,
            readOnly=True,
            requestParameters=more.pop("requestParameters", {"roleSessionName": "x"}),
            responseElements=answer,
            **more,
        )
    )


def web(subject=MAIN):
    return {"type": "WebIdentityUser", "userName": subject, "identityProvider": GITHUB}


def followed(start, *openings, copies=(), deciding=True):
    facts = Facts(
        openings={each.opened.access_key_id: Answer(event=each) for each in openings},
        copies={each.shared_event_id: Answer(event=each) for each in copies},
    )
    return follow(start, facts, deciding=deciding)


def test_a_chain_leads_to_the_person_who_opened_its_first_session():
    alice = {**session(SSO, "alice@example.com"), "accessKeyId": key(9)}
    start = call(of(1, "deploy"), userAgent=BOTO, sourceIPAddress="192.0.2.9")
    found = followed(
        start, opening(1, of(2, "hop", "h"), of(1)), opening(2, alice, of(2, "hop", "h"), minutes=9)
    )
    actor = found.actor
    assert (actor.name, actor.kind, actor.via) == ("alice@example.com", "assumed-role", "sso")
    assert actor.principal.endswith("AWSReservedSSO_Admin_0123456789abcdef")
    assert [(link.access_key_id, link.event_id) for link in actor.chain] == [
        (key(1), "opened-1"),
        (key(2), "opened-2"),
    ]
    assert [link.arn.rpartition("role/")[2] for link in actor.chain] == ["deploy/cli", "hop/h"]
    assert (actor.session, actor.source_ip, actor.tool) == ("cli", "192.0.2.9", "sdk")
    assert found.identities == (actor.principal,)
    assert not found.unknown


def test_a_web_identity_is_the_session_that_it_opened():
    start = call(of(1, "gha-terraform", "GitHubActions"))
    opened = opening(1, web(), of(1, "gha-terraform", "GitHubActions"), name="AssumeRoleWithWebIdentity")
    found = followed(start, opened)
    assert found.identities == (f"{TOKEN}:{MAIN}",)
    actor = found.actor
    assert (actor.name, actor.via, actor.chain) == ("gha-terraform", "oidc", ())
    assert actor.repository == "acme/infra@refs/heads/main"


def test_a_service_that_opened_a_session_makes_it_a_machines():
    for service, via in (("ec2", "instance"), ("lambda", "function"), ("codebuild", "service")):
        start = call(of(1, "agent", "alice@example.com"))
        by_service = {"type": "AWSService", "invokedBy": f"{service}.amazonaws.com"}
        found = followed(start, opening(1, by_service, of(1, "agent", "alice@example.com")))
        assert (found.actor.name, found.actor.via) == ("agent", via)
        assert found.identities == (f"arn:aws:iam::{OWN}:role/ops/agent",)


CLOSED = {
    "a person of Identity Center": session(SSO, "alice@example.com"),
    "a user": user("carol"),
    "a user with MFA": user("carol", accessKeyId=key(3)),
    "an instance": of(1, context={"ec2RoleDelivery": "2.0"}),
    "a function": of(1, inScopeOf={"issuerType": "AWS::Lambda::Function"}),
    "a token whose subject is there": of(
        1, context={"webIdFederationData": {"federatedProvider": GITHUB, "attributes": {"sub": MAIN}}}
    ),
    "AWS itself": session(LINKED, "SLRManagement"),
}


@pytest.mark.parametrize("identity", CLOSED.values(), ids=CLOSED.keys())
def test_what_aws_wrote_of_an_origin_needs_no_lookup(identity):
    found = followed(call(identity))
    assert isinstance(found, Origin)
    assert found.identities
    assert not found.actor.chain


FORGED = {
    "an instance by its name": of(1, name="i-0123456789abcdef0"),
    "a function by its agent": of(1, name="nightly"),
    "a service by its name": of(1, name="AWSCloudFormation"),
    "a person by the session's name": of(1, name="alice@example.com"),
}


@pytest.mark.parametrize("identity", FORGED.values(), ids=FORGED.keys())
@pytest.mark.parametrize("deciding", [True, False])
def test_what_a_caller_may_have_chosen_is_no_origin(identity, deciding):
    start = call(identity, userAgent=f"{BOTO} exec-env/AWS_Lambda_python3.12")
    found = followed(start, deciding=deciding)
    assert (found.seek, found.key, found.account_id) == (Seek.OPENING, key(1), OWN)


@pytest.mark.parametrize(
    "context",
    [
        {"sourceIdentity": "grace@example.com"},
        {"webIdFederationData": {"federatedProvider": "arn:aws:iam::1:saml-provider/X"}},
        {
            "webIdFederationData": {
                "federatedProvider": "arn:aws:iam::1:oidc-provider/oidc.eks.x.amazonaws.com/id/1"
            }
        },
    ],
)
def test_a_name_for_the_report_is_enough_unless_a_workflow_asks(context):
    start = call(of(1, context=context))
    assert isinstance(followed(start, deciding=False), Origin)
    assert isinstance(followed(start, deciding=True), Missing)


def test_a_session_whose_opening_is_unknown_is_named_as_it_says_and_said_to_be_unknown():
    start = call(of(1, "deploy", "cli"))
    hop = of(2, "hop", "alice@example.com")
    facts = Facts(
        openings={key(1): Answer(event=opening(1, hop, of(1))), key(2): Answer(why="it is in no trail")}
    )
    found = follow(start, facts, deciding=True)
    assert (found.actor.name, found.identities) == ("alice@example.com", ())
    assert [link.access_key_id for link in found.actor.chain] == [key(1)]
    assert found.unknown == "it is in no trail"


def contradictions():
    other = opening(1, user("bob"), of(1, "another"))
    later = opening(1, user("bob"), minutes=-5)
    keyless = {**of(1), "accessKeyId": ""}
    return [(call(of(1)), other), (call(of(1)), later), (call(keyless), opening(1, user("bob")))]


@pytest.mark.parametrize(("start", "opened"), contradictions())
def test_what_does_not_fit_blames_nobody(start, opened):
    found = followed(start, opened)
    assert found.actor == start.actor
    assert found.identities == ()
    assert "session cli of role deploy" in found.unknown


def test_a_chain_without_an_end_is_given_up():
    openings = [opening(number, of(number + 1), of(number)) for number in range(1, MOST_HOPS + 2)]
    found = followed(call(of(1)), *openings)
    assert f"more than {MOST_HOPS} sessions" in found.unknown
    assert len(found.actor.chain) == MOST_HOPS


def elsewhere(name="", account=OTHER):
    return {"type": "AWSAccount", "principalId": f"AROAEXAMPLE:{name}", "accountId": account}


def test_another_accounts_trail_names_who_called_from_there():
    start = call(of(1))
    ours = opening(1, elsewhere("bob@example.com"), sharedEventID="s-1")
    asked = followed(start, ours)
    assert (asked.seek, asked.key, asked.account_id) == (Seek.COPY, "s-1", OTHER)
    bob = {**session(SSO, "bob@example.com", account=OTHER), "accessKeyId": key(8)}
    theirs = replace(
        opening(1, bob, sharedEventID="s-1", recipientAccountId=OTHER), event_id="in-the-other-trail"
    )
    found = followed(start, ours, copies=[theirs])
    assert (found.actor.name, found.actor.via, found.actor.account_id) == ("bob@example.com", "sso", OTHER)
    assert [link.event_id for link in found.actor.chain] == ["opened-1"]


def test_a_caller_of_a_trail_that_is_not_ours_is_named_as_the_session_says():
    ours = opening(1, elsewhere("bob@example.com"), sharedEventID="s-1")
    facts = Facts(openings={key(1): Answer(event=ours)}, copies={"s-1": Answer(why="not ours to read")})
    found = follow(call(of(1)), facts, deciding=True)
    actor = found.actor
    assert (actor.name, actor.kind, actor.account_id) == ("bob@example.com", "aws-account", OTHER)
    assert (len(actor.chain), found.identities, found.unknown) == (1, (), "not ours to read")


def test_a_call_from_another_account_is_known_by_its_copy_there():
    start = call(elsewhere("x"), sharedEventID="s-2")
    theirs = call(user("dave", arn=f"arn:aws:iam::{OTHER}:user/dave"), id="theirs", sharedEventID="s-2")
    found = followed(start, copies=[theirs])
    assert (found.actor.name, found.actor.chain) == ("dave", ())


def test_two_events_that_hand_out_one_key_are_no_answer():
    missing = followed(call(of(1)))
    one, other = opening(1, user("bob")), replace(opening(1, user("eve")), event_id="another")
    assert questions.answer(missing, [one, one]).event is one
    assert questions.answer(missing, [one, other]).event is None
    assert questions.answer(missing, []) is None
    assert questions.answer(missing, [replace(one, account_id=OTHER)]) is None


def test_a_copy_is_one_by_the_id_that_both_share_alone():
    ours = opening(1, elsewhere("bob"), sharedEventID="s-1")
    missing = followed(call(of(1)), ours)
    theirs = replace(opening(1, user("bob")), event_id="x", account_id=OTHER)
    assert questions.answer(missing, [theirs]) is None
    assert questions.answer(missing, [replace(theirs, shared_event_id="s-2")]) is None
    assert questions.answer(missing, [replace(theirs, shared_event_id="s-1")]) is not None


def test_the_question_reaches_back_as_far_as_a_session_lasts():
    start = call(of(1))
    missing, since = followed(start), AT - timedelta(days=90)
    asked = questions.query(missing, "eu-west-1", as_of=AT, since=since, names=())
    assert (asked.names, asked.reads, asked.missing) == ((key(1),), True, 0.0)
    assert asked.window.start == AT - timedelta(hours=12)
    begun = start.principal.session_opened_at
    assert asked.likely.start <= begun <= asked.likely.end < AT
    old = replace(start.principal, session_opened_at=AT - timedelta(hours=30))
    asked = questions.query(
        replace(missing, at=replace(start, principal=old)), "eu-west-1", as_of=AT, since=since, names=()
    )
    assert asked.window.start < AT - timedelta(hours=30)


def test_the_calls_region_and_the_home_region_are_asked_in_the_order_that_the_role_is_known_for():
    start, regions = call(of(1)), Regions()
    assert regions.order(start, "r") == ("eu-west-1", "us-east-1")
    at_home = replace(start, region="us-east-1")
    assert regions.order(at_home, "r", ("eu-west-1", "us-west-2")) == ("us-east-1", "eu-west-1")
    assert regions.order(replace(start, region="cn-northwest-1"), "r") == ("cn-northwest-1", "cn-north-1")
    regions.learn(start, "r", "us-east-1")
    assert regions.order(start, "r") == ("us-east-1", "eu-west-1")
    later = Regions()
    later.recall("r", "us-east-1")
    later.recall("r", "<nonsense>")
    assert later.order(start, "r") == ("us-east-1", "eu-west-1")
    assert later.order(start, "another") == ("eu-west-1", "us-east-1")


def test_a_call_in_the_home_region_shows_nothing_of_where_a_role_is_opened_elsewhere():
    start, regions = call(of(1)), Regions()
    at_home = replace(start, region="us-east-1")
    regions.learn(at_home, "r", "us-east-1")
    assert not regions.known("r")
    assert (regions.tells(at_home, "us-east-1"), regions.tells(at_home, "eu-west-1")) == (False, True)
    assert regions.tells(start, "us-east-1")
    regions.learn(start, "r", "eu-west-1")
    assert regions.order(start, "r") == ("eu-west-1", "us-east-1")


def test_one_role_with_many_sessions_says_little_of_others():
    start, regions = call(of(1)), Regions()
    for _ in range(50):
        regions.learn(start, "busy", "us-east-1")
    for role in ("a", "b"):
        regions.learn(start, role, "eu-west-1")
    assert regions.order(start, "busy") == ("us-east-1", "eu-west-1")
    assert regions.order(start, "new") == ("eu-west-1", "us-east-1")


def test_a_region_that_a_role_is_known_for_is_asked_wherever_it_works():
    start, regions = call(of(1)), Regions()
    regions.learn(start, "r", "eu-west-1")
    assert "eu-west-1" in regions.order(replace(start, region="us-west-2"), "r")
    later = Regions()
    later.recall("r", "eu-central-1")
    assert later.order(start, "r") == ("eu-central-1", "eu-west-1", "us-east-1")
    assert later.order(start, "another") == ("eu-west-1", "us-east-1")


def test_our_own_region_is_asked_last():
    regions = Regions(lambda: "eu-central-1")
    assert regions.order(call(of(1)), "r") == ("eu-west-1", "us-east-1", "eu-central-1")


def test_what_is_noted_of_an_opening_is_read_back_the_same():
    for caller in (user("bob"), web(), elsewhere("bob"), {**session(SSO, "alice@example.com")}):
        once = opening(1, caller, sharedEventID="s-1")
        again = notes.event_of(notes.text_of(once))
        assert (again.opened, again.principal, again.occurred_at) == (
            once.opened,
            once.principal,
            once.occurred_at,
        )
        assert (again.actor.name, again.actor.kind, again.actor.via) == (
            once.actor.name,
            once.actor.kind,
            once.actor.via,
        )
        assert len(notes.text_of(once)) < 1600


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[:-3],
        lambda text: text.replace('"v":1', '"v":2'),
        lambda text: text.replace('"kind":"iam-user"', '"kind":"king"'),
        lambda text: text.replace('"account_id":"111122223333"', '"account_id":7'),
        lambda text: text.replace("+00:00", ""),
        lambda text: text.replace('"principal":{', '"principal":{"nonsense":1,'),
        lambda text: "[1]",
        lambda text: "",
    ],
)
def test_a_note_that_is_none_is_not_believed(change):
    text = notes.text_of(opening(1, user("bob")))
    assert change(text) != text
    assert notes.event_of(change(text)) is None
