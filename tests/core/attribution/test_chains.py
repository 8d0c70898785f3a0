"""Who stands behind a call: chains of sessions, followed by the keys that were handed out, and by nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.core.attribution.chains import naming, notes, questions
from iacwatch.core.attribution.chains.facts import Answer, Facts, Missing, Origin, Seek
from iacwatch.core.attribution.chains.regions import Regions
from iacwatch.core.attribution.chains.walk import MOST_HOPS, follow
from iacwatch.core.model import Lead, Window
from iacwatch.core.parse.cloudtrail import event
from tests.fixtures import builders
from tests.fixtures.trail_records import BOTO, GITHUB, LINKED, MAIN, OTHER, OWN, SSO, record, session, user

AT = datetime(2026, 11, 20, 10, 11, 22, tzinfo=UTC)
IRELAND, OREGON, HOME = "eu-west-1", "us-west-2", "us-east-1"
PODS = "arn:aws:iam::1:oidc-provider/oidc.eks.x.amazonaws.com/id/1"
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


def alice():
    return {**session(SSO, "alice@example.com"), "accessKeyId": key(9)}


def test_a_chain_leads_to_the_person_who_opened_its_first_session():
    start = call(of(1, "deploy"), userAgent=BOTO, sourceIPAddress="192.0.2.9")
    hop = of(2, "hop", "h")
    found = followed(start, opening(1, hop, of(1)), opening(2, alice(), hop, minutes=9))
    actor = found.actor
    assert (actor.name, actor.kind, actor.via) == ("alice@example.com", "assumed-role", "sso")
    assert actor.principal.endswith("AWSReservedSSO_Admin_0123456789abcdef")
    links = [(link.arn.rpartition("role/")[2], link.access_key_id, link.event_id) for link in actor.chain]
    assert links == [("deploy/cli", key(1), "opened-1"), ("hop/h", key(2), "opened-2")]
    assert (actor.session, actor.source_ip, actor.tool) == ("cli", "192.0.2.9", "sdk")
    assert (found.identities, found.unknown) == ((actor.principal,), "")
    assert [each.event_id for each in found.events] == ["opened-1", "opened-2"]


CLOSED = {
    "a person of Identity Center": session(SSO, "alice@example.com"),
    "a user": user("carol"),
    "an instance": of(1, context={"ec2RoleDelivery": "2.0"}),
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


def test_a_pod_is_its_role_too_and_any_other_bearer_of_a_token_only_where_another_role_was_taken_from_it():
    role, pod = f"arn:aws:iam::{OWN}:role/ops/deploy", "system:serviceaccount:ci:runner"
    for provider, subject, bearer in ((PODS, pod, role), (GITHUB, MAIN, None)):
        told = {"webIdFederationData": {"federatedProvider": provider, "attributes": {"sub": subject}}}
        whose = f"{provider.partition('provider/')[2]}:{subject}"
        assert followed(call(of(1, context=told))).identities == tuple(filter(None, (bearer, whose)))
        taken = followed(call(of(2, "hop")), opening(2, of(1, context=told), of(2, "hop")))
        assert taken.identities == (role, whose)


@pytest.mark.parametrize("name", ["i-0123456789abcdef0", "AWSCloudFormation", "alice@example.com"])
@pytest.mark.parametrize("deciding", [True, False])
def test_what_a_caller_may_have_chosen_is_no_origin(name, deciding):
    start = call(of(1, name=name), userAgent=f"{BOTO} exec-env/AWS_Lambda_python3.12")
    found = followed(start, deciding=deciding)
    assert (found.seek, found.key, found.account_id) == (Seek.OPENING, key(1), OWN)


@pytest.mark.parametrize(
    "context",
    [
        {"sourceIdentity": "grace@example.com"},
        {"webIdFederationData": {"federatedProvider": "arn:aws:iam::1:saml-provider/X"}},
        {"webIdFederationData": {"federatedProvider": PODS}},
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


@pytest.mark.parametrize(
    ("start", "opened", "why"),
    [
        (call(of(1)), opening(1, user("bob"), of(1, "another")), "opened another session"),
        (call(of(1)), opening(1, user("bob"), minutes=-5), "came later than the call"),
        (call({**of(1), "accessKeyId": ""}), opening(1, user("bob")), "does not say by which key it called"),
    ],
)
def test_what_does_not_fit_blames_nobody(start, opened, why):
    found = followed(start, opened)
    assert (found.actor, found.identities) == (start.actor, ())
    assert found.unknown.startswith("session cli of role deploy: ")
    assert found.unknown.endswith(why)


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
    theirs = replace(opening(1, bob, sharedEventID="s-1", recipientAccountId=OTHER), event_id="theirs")
    found = followed(start, ours, copies=[theirs])
    assert (found.actor.name, found.actor.via, found.actor.account_id) == ("bob@example.com", "sso", OTHER)
    assert [link.event_id for link in found.actor.chain] == ["opened-1"]


UNNAMED = opening(1, elsewhere("eve@example.com"), sharedEventID="s-1", recipientAccountId=OTHER)


@pytest.mark.parametrize(
    ("shared", "answer", "why"),
    [
        ("s-1", Answer(why="not ours to read"), "not ours to read"),
        ("s-1", Answer(event=UNNAMED), "the trail there does not name it either"),
        ("", None, "its record has no id that it shares with a record there"),
    ],
)
def test_a_caller_whom_no_other_trail_names_is_named_as_the_session_says(shared, answer, why):
    ours = opening(1, elsewhere("bob@example.com"), sharedEventID=shared)
    found = follow(
        call(of(1)), Facts(openings={key(1): Answer(event=ours)}, copies={"s-1": answer}), deciding=True
    )
    actor = found.actor
    assert (actor.name, actor.kind, actor.account_id) == ("bob@example.com", "aws-account", OTHER)
    assert (len(actor.chain), found.identities) == (1, ())
    whom = "" if why == "not ours to read" else f"a caller of account {OTHER} (bob@example.com): "
    assert found.unknown == f"{whom}{why}"


def test_a_call_from_another_account_is_known_by_its_copy_there():
    start = call(elsewhere("x"), sharedEventID="s-2")
    dave = user("dave", arn=f"arn:aws:iam::{OTHER}:user/dave")
    found = followed(start, copies=[call(dave, id="theirs", sharedEventID="s-2")])
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


def test_another_account_is_asked_for_the_copy_around_the_call_by_the_key_or_by_the_objects_names():
    around = Window(start=AT - timedelta(seconds=5), end=AT + timedelta(seconds=5))
    for start, names, reads in (
        (replace(opening(1, elsewhere("x"), sharedEventID="s-1"), occurred_at=AT), (key(1),), True),
        (call(elsewhere("x"), sharedEventID="s-2"), ("sg-1",), False),
    ):
        asked = questions.query(followed(start), IRELAND, as_of=AT, since=AT, names=["sg-1"])
        assert (asked.window, asked.likely, asked.account_id) == (around, None, OTHER)
        assert (asked.names, asked.reads) == (names, reads)


def test_who_opened_a_session_is_asked_where_its_arn_says_that_it_belongs():
    arn = of(1)["arn"].replace(OWN, OTHER)
    assert followed(call({**of(1), "arn": arn, "accountId": ""})).account_id == OTHER


@pytest.mark.parametrize(
    ("begun", "reach", "start", "likely"),
    [
        # In minutes before the call: when the session began, how far the trail reaches, what is asked about.
        (None, 99_999, 720, None),
        (None, 60, 60, None),
        (70, 99_999, 720, (75, 55)),
        (60, 99_999, 720, (65, 45)),
        (59, 99_999, 720, (65, -0.1)),
        (70, 72, 72, (72, 55)),
        (30, 40, 40, (40, -0.1)),
        (1800, 99_999, 1805, (1805, 1785)),
        (2160, 99_999, 2160, (2160, 2145)),
        (2161, 99_999, 720, None),
        (-0.1, 99_999, 720, None),
    ],
)
def test_the_question_reaches_back_as_far_as_a_session_lasts(begun, reach, start, likely):
    def ago(minutes):
        return AT - timedelta(minutes=minutes)

    start_of = None if begun is None else ago(begun)
    made = call(of(1))
    made = replace(made, principal=replace(made.principal, session_opened_at=start_of))
    asked = questions.query(followed(made), IRELAND, as_of=AT, since=ago(reach), names=())
    assert (asked.names, asked.reads, asked.missing, asked.region) == ((key(1),), True, 0.0, IRELAND)
    assert asked.window == Window(start=ago(start), end=ago(-0.1))
    assert asked.likely == (likely and Window(start=ago(likely[0]), end=ago(likely[1])))


MOST = [("a", IRELAND, IRELAND), ("b", IRELAND, IRELAND)]


@pytest.mark.parametrize(
    ("learned", "recalled", "region", "role", "order"),
    [
        ([], [], IRELAND, "r", [IRELAND, HOME]),
        ([], [], "cn-northwest-1", "r", ["cn-northwest-1", "cn-north-1"]),
        # In the order that the role is known for, by this run or an earlier one.
        ([("r", IRELAND, HOME)], [], IRELAND, "r", [HOME, IRELAND]),
        ([], [("r", HOME), ("r", "<nonsense>")], IRELAND, "r", [HOME, IRELAND]),
        ([], [("r", HOME)], IRELAND, "another", [IRELAND, HOME]),
        # A region that a role is known for is asked wherever it works.
        ([("r", IRELAND, IRELAND)], [], OREGON, "r", [OREGON, IRELAND, HOME]),
        # A call in the home region shows nothing of where a role is opened elsewhere.
        ([("r", HOME, HOME), ("r", HOME, HOME), ("r", IRELAND, IRELAND)], [], IRELAND, "r", [IRELAND, HOME]),
        # One role with many sessions says little of others.
        ([*[("busy", IRELAND, HOME)] * 9, *MOST], [], IRELAND, "busy", [HOME, IRELAND]),
        ([*[("busy", IRELAND, HOME)] * 9, *MOST], [], IRELAND, "new", [IRELAND, HOME]),
    ],
)
def test_regions_are_asked_in_the_order_in_which_sessions_were_found_there(
    learned, recalled, region, role, order
):
    regions, start = Regions(), call(of(1))
    for each, at, found in learned:
        regions.learn(replace(start, region=at), each, found)
    for each, found in recalled:
        regions.recall(each, found)
    assert regions.known("r") is ("r" in {each[0] for each in (*learned, *recalled)})
    assert regions.order(replace(start, region=region), role) == tuple(order)


def test_regions_that_are_likely_stand_in_where_the_home_region_is_the_calls_and_our_own_comes_last():
    at_home = replace(call(of(1)), region=HOME)
    assert Regions().order(at_home, "r", (HOME, IRELAND, OREGON)) == (HOME, IRELAND)
    assert Regions(lambda: "eu-central-1").order(call(of(1)), "r") == (IRELAND, HOME, "eu-central-1")


def test_what_is_noted_of_an_opening_is_read_back_the_same():
    for caller in (user("bob"), web(), elsewhere("bob"), session(SSO, "alice@example.com")):
        once = opening(1, caller, sharedEventID="s-1")
        again = notes.event_of(notes.text_of(once))
        for name in ("opened", "principal", "occurred_at", "shared_event_id", "account_id"):
            assert getattr(again, name) == getattr(once, name)
        for name in ("name", "kind", "via", "principal", "on_own_account"):
            assert getattr(again.actor, name) == getattr(once.actor, name)
        assert len(notes.text_of(once)) < 1600


@pytest.mark.parametrize(
    ("known", "other"),
    [
        ('"v":1', '"v":2'),
        ('"kind":"iam-user"', '"kind":"king"'),
        ("+00:00", ""),
        ('"principal":{', '"principal":{"nonsense":1,'),
        ('"actor":{', '"actor":{"on_own_account":"yes",'),
        ('"event_id":"', f'"event_id":"{"x" * 5000}'),
        ('"opened":{', '"opened":[],"x":{'),
        ("}}", "}"),
    ],
)
def test_a_note_that_is_none_is_not_believed(known, other):
    text = notes.text_of(opening(1, user("bob")))
    assert known in text
    assert notes.event_of(text.replace(known, other)) is None
    assert notes.event_of("[1]") is None
    assert notes.event_of("") is None


def test_a_note_is_found_by_a_key_that_tells_nothing_and_is_the_same_in_every_version():
    assert notes.key_of("session", "ASIAEXAMPLE") == "session:514fa34b4b42100337cc9712d6bb7a44"


def test_who_stands_behind_its_calls_is_put_into_a_finding_and_where_that_is_unknown_the_reason_says_so():
    events = [builders.event(event_id=f"e-{number}") for number in range(4)]
    match, other = (builders.match(event=event) for event in events[:2])
    leads = (Lead(event=events[2], why="near"), Lead(event=events[3], why="near"))
    found = builders.finding(match=match, others=(other,), leads=leads, reason="out")
    assert list(naming.calls(found)) == events
    named = [Origin(actor=builders.actor(name=name), unknown="no trail") for name in ("ann", "ben", "cat")]
    shown = naming.named(found, dict(zip(["e-0", "e-1", "e-2"], named, strict=True)))
    assert [event.actor.name for event in naming.calls(shown)] == ["ann", "ben", "cat", "alice@example.com"]
    assert shown.reason == "out; who opened the session is not known (no trail)"
    assert naming.named(shown, {"e-0": named[0]}).reason == shown.reason
    assert naming.named(found, {"e-0": Origin(actor=builders.actor())}).reason == "out"
    nobody = builders.unattributed()
    assert (list(naming.calls(nobody)), naming.named(nobody, {}).match) == ([], None)
