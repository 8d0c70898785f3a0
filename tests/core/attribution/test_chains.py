"""Who stands behind a call: chains of sessions, followed by the keys that were handed out, and by nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from iacwatch.core.attribution.chains import naming, notes, questions
from iacwatch.core.attribution.chains.facts import Answer, Facts, Origin, Seek
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
ROLE, HUB = (f"arn:aws:iam::{OWN}:role/ops/{name}" for name in ("deploy", "hub"))


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
    whose, at = whose or of(number), AT - timedelta(minutes=minutes)
    handed_out = {"accessKeyId": key(number), "expiration": "Nov 20, 2026, 11:00:00 AM"}
    return event(
        record(
            caller,
            eventID=f"opened-{number}",
            eventTime=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            eventSource="sts.amazonaws.com",
            eventName=name,
            readOnly=True,
            requestParameters=more.pop("requestParameters", {"roleSessionName": "x"}),
            responseElements={"credentials": handed_out, "assumedRoleUser": {"arn": whose["arn"]}},
            **more,
        )
    )


WEB = {"type": "WebIdentityUser", "userName": MAIN, "identityProvider": GITHUB}


def followed(start, *openings, copies=(), deciding=True):
    facts = Facts(
        openings={each.opened.access_key_id: Answer(event=each) for each in openings},
        copies={each.shared_event_id: Answer(event=each) for each in copies},
    )
    return follow(start, facts, deciding=deciding)


def test_a_chain_leads_to_the_person_who_opened_its_first_session():
    start, hop = call(of(1), userAgent=BOTO, sourceIPAddress="192.0.2.9"), of(2, "hop", "h")
    alice = {**session(SSO, "alice@example.com"), "accessKeyId": key(9)}
    found = followed(start, opening(1, hop, of(1)), opening(2, alice, hop, minutes=9))
    actor = found.actor
    assert (actor.name, actor.kind, actor.via) == ("alice@example.com", "assumed-role", "sso")
    assert actor.principal.endswith("AWSReservedSSO_Admin_0123456789abcdef")
    links = [(link.arn.rpartition("role/")[2], link.access_key_id, link.event_id) for link in actor.chain]
    assert links == [("deploy/cli", key(1), "opened-1"), ("hop/h", key(2), "opened-2")]
    told = (actor.session, actor.source_ip, actor.tool, actor.user_agent)
    assert told == ("cli", "192.0.2.9", "sdk", BOTO)
    assert (found.identities, found.unknown) == ((actor.principal,), "")
    assert [each.event_id for each in found.events] == ["opened-1", "opened-2"]


TOLD = {"federatedProvider": GITHUB, "attributes": {"sub": MAIN}}
FORGED = {"federatedProvider": PODS, "attributes": {"evil.io:sub": MAIN}}


def named(**context):
    return of(1, context=context)


@pytest.mark.parametrize(
    ("identity", "for_the_report", "for_a_workflow"),
    [
        # What AWS wrote of an origin needs no lookup.
        (session(SSO, "alice@example.com"), True, True),
        (user("carol"), True, True),
        (session(LINKED, "SLRManagement"), True, True),
        (named(ec2RoleDelivery="2.0"), True, True),
        (named(webIdFederationData=TOLD), True, True),
        # A name for the report is enough unless a workflow asks.
        (named(sourceIdentity="grace@example.com"), True, False),
        (named(webIdFederationData={"federatedProvider": "arn:aws:iam::1:saml-provider/X"}), True, False),
        (named(webIdFederationData=FORGED), True, False),
        # What a caller may have chosen is no origin.
        (of(1, name="i-0123456789abcdef0"), False, False),
        (of(1, name=f"{TOKEN}={MAIN}", invokedBy="cloudformation.amazonaws.com"), False, False),
        (named(webIdFederationData={"attributes": {"sub": MAIN}}), False, False),
    ],
)
def test_a_caller_needs_no_lookup_where_aws_wrote_who_it_is(identity, for_the_report, for_a_workflow):
    start = call(identity, userAgent=f"{BOTO} exec-env/AWS_Lambda_python3.12")
    for deciding, closed in ((False, for_the_report), (True, for_a_workflow)):
        found = followed(start, deciding=deciding)
        if closed:
            assert found.actor == start.actor
            assert found.identities or not deciding
        else:
            assert (found.seek, found.key, found.account_id) == (Seek.OPENING, key(1), OWN)


EKS = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
POD = "system:serviceaccount:ci:runner"
PERSON, OF_HUB = of(1, name="alice@example.com"), of(2, "hub", "alice@example.com")


def by_token(number, whose=PERSON, **caller):
    return opening(number, WEB | caller, whose, name="AssumeRoleWithWebIdentity")


def by_saml(number, whose=PERSON):
    """Make an opening by an assertion: CloudTrail names its provider by a hash."""
    who = {"type": "SAMLUser", "userName": "alice@example.com", "identityProvider": "bdGOnTesti4+ExamplexL="}
    asked = {"principalArn": f"arn:aws:iam::{OWN}:saml-provider/okta", "roleArn": ROLE}
    return opening(number, who, whose, name="AssumeRoleWithSAML", requestParameters=asked)


HIDDEN = by_token(1, userName="HIDDEN_DUE_TO_SECURITY_REASONS")
ALICE, SESSIONS = "alice@example.com", {1: PERSON}
HUB_OPENED, BY_BOB = opening(1, OF_HUB, PERSON), user("bob")
BY_POD = by_token(1, userName=POD, identityProvider=GITHUB.replace(TOKEN, EKS))
EVIL = by_token(1, identityProvider=GITHUB.replace("token.", "evil-"))
PIPELINE, ASSERTED = f"{TOKEN}:{MAIN}", "saml-provider/okta:alice@example.com"
SESSION = "session cli of role deploy"
WEBSITE = MAIN.replace("infra", "website")
ENDLESS = [opening(number, of(number + 1), SESSIONS.get(number)) for number in range(1, MOST_HOPS + 2)]
NO_SUBJECT = "the event that opened it does not say whose token that was"


@pytest.mark.parametrize(
    ("opened", "name", "via", "identities"),
    [
        # The role itself vouches for nobody who opened it by a token or by hand.
        ([opening(1, BY_BOB, PERSON)], "bob", "iam-user", f"arn:aws:iam::{OWN}:user/bob"),
        # A token's session is called after its role, and an assertion's after the person.
        ([by_token(1)], "deploy", "oidc", PIPELINE),
        ([by_token(1, userName=WEBSITE)], "deploy", "oidc", f"{TOKEN}:{WEBSITE}"),
        ([EVIL], "deploy", "oidc", f"evil-{PIPELINE[6:]}"),
        ([by_saml(1)], ALICE, "saml", ASSERTED),
        # A pod is its role too, and any other bearer of a token only where another role was taken from it.
        ([BY_POD], "deploy", "oidc", f"{ROLE} {EKS}:{POD}"),
        ([HUB_OPENED, by_token(2, OF_HUB)], "hub", "oidc", f"{HUB} {PIPELINE}"),
        ([opening(1, named(webIdFederationData=TOLD), PERSON)], "deploy", "oidc", f"{ROLE} {PIPELINE}"),
        ([HUB_OPENED, by_saml(2, OF_HUB)], ALICE, "saml", f"{HUB} {ASSERTED}"),
        # Where that is not known, or does not fit, nobody is blamed: the session's own word stands.
        ([HIDDEN], ALICE, "chain", f"? {NO_SUBJECT}"),
        ([by_token(1, identityProvider="")], ALICE, "chain", f"? {NO_SUBJECT}"),
        (["it is in no trail"], ALICE, "chain", "? it is in no trail"),
        ([HUB_OPENED, "it is in no trail"], ALICE, "chain", "? it is in no trail"),
        ([opening(1, BY_BOB, of(1, "another"))], ALICE, "chain", "? opened another session"),
        ([opening(1, BY_BOB, PERSON, minutes=-5)], ALICE, "chain", "? came later than the call"),
        ([opening(2, BY_BOB, PERSON)], ALICE, "chain", "? was found handed out another key"),
        (ENDLESS, "deploy", "chain", f"? more than {MOST_HOPS} sessions lie between"),
    ],
)
def test_whoever_opened_the_session_is_named_and_vouches_for_it(opened, name, via, identities):
    answers = [Answer(why=each) if isinstance(each, str) else Answer(event=each) for each in opened]
    facts = Facts(openings={key(number): each for number, each in enumerate(answers, 1)})
    found = follow(call(PERSON), facts, deciding=True)
    assert (found.actor.name, found.actor.via) == (name, via)
    unknown = identities.partition("? ")[2]
    assert found.identities == (() if unknown else tuple(identities.split()))
    assert (bool(found.unknown), found.unknown.endswith(unknown)) == (bool(unknown), True)


def test_a_session_without_a_key_and_for_the_report_a_token_without_a_subject_are_named_by_what_they_say():
    assert (
        followed(call({**of(1), "accessKeyId": ""})).unknown
        == f"{SESSION}: its record does not say by which key it called"
    )
    told = followed(call(PERSON), HIDDEN, deciding=False)
    assert (told.unknown, told.actor.via) == ("", "oidc")


def elsewhere(name="", account=OTHER):
    return {"type": "AWSAccount", "principalId": f"AROAEXAMPLE:{name}", "accountId": account}


THERE = {**session(SSO, "bob@example.com", account=OTHER), "accessKeyId": key(8)}
OURS = opening(1, elsewhere("bob@example.com"), sharedEventID="s-1")
THEIRS = replace(opening(1, THERE, sharedEventID="s-1", recipientAccountId=OTHER), event_id="theirs")
UNNAMED = opening(1, elsewhere("eve@example.com"), sharedEventID="s-1")
WHOM = f"a caller of account {OTHER} (bob@example.com): "


@pytest.mark.parametrize(
    ("shared", "answer", "why"),
    [
        ("s-1", Answer(event=THEIRS), ""),
        ("s-1", Answer(why="not ours to read"), "not ours to read"),
        ("s-1", Answer(event=UNNAMED), f"{WHOM}the trail there does not name it either"),
        ("", None, f"{WHOM}its record has no id that it shares with a record there"),
    ],
)
def test_a_caller_from_another_account_is_named_by_the_trail_there_or_as_the_session_says(
    shared, answer, why
):
    ours = opening(1, elsewhere("bob@example.com"), sharedEventID=shared)
    asked = followed(call(of(1)), ours)
    assert not shared or (asked.seek, asked.key, asked.account_id) == (Seek.COPY, "s-1", OTHER)
    facts = Facts(openings={key(1): Answer(event=ours)}, copies={"s-1": answer})
    found = follow(call(of(1)), facts, deciding=True)
    via, kind = found.actor.via, found.actor.kind
    assert (found.actor.name, found.actor.account_id, found.unknown) == ("bob@example.com", OTHER, why)
    assert kind == "aws-account" if why else via == "sso"
    assert [link.event_id for link in found.actor.chain] == ["opened-1"]
    assert bool(found.identities) is (not why)


def test_a_call_from_another_account_is_known_by_its_copy_there():
    dave = call(user("dave", arn=f"arn:aws:iam::{OTHER}:user/dave"), id="theirs", sharedEventID="s-2")
    found = followed(call(elsewhere("x"), sharedEventID="s-2"), copies=[dave])
    assert (found.actor.name, found.actor.chain) == ("dave", ())


def test_an_answer_is_the_one_event_that_hands_out_the_key_or_is_the_same_call_by_the_id_that_both_share():
    missing = followed(call(of(1)))
    one, other = opening(1, user("bob")), replace(opening(1, user("eve")), event_id="another")
    assert questions.answer(missing, [one, one]).event is one
    assert questions.answer(missing, [one, other]).event is None
    assert questions.answer(missing, [replace(one, account_id=OTHER)]) is None
    missing = followed(call(of(1)), opening(1, elsewhere("bob"), sharedEventID="s-1"))
    for shared, found in (("", False), ("s-2", False), ("s-1", True)):
        theirs = replace(one, event_id="x", account_id=OTHER, shared_event_id=shared)
        assert (questions.answer(missing, [theirs]) is not None) is found


@pytest.mark.parametrize(
    ("begun", "reach", "start", "likely"),
    [
        # In minutes before the call: when the session began, how far the trail reaches, what is asked about.
        (None, 99_999, 720, None),
        (None, 60, 60, None),
        (60, 99_999, 720, (65, 45)),
        (59, 99_999, 720, (65, -0.1)),
        (70, 72, 72, (72, 55)),
        (1800, 99_999, 1805, (1805, 1785)),
        (2160, 99_999, 2160, (2160, 2145)),
        (2161, 99_999, 720, None),
        (-0.1, 99_999, 720, None),
    ],
)
def test_the_question_reaches_back_as_far_as_a_session_lasts(begun, reach, start, likely):
    def ago(minutes):
        return AT - timedelta(minutes=minutes)

    made = call({**of(1), "arn": of(1)["arn"].replace(OWN, OTHER), "accountId": ""})
    opened_at = None if begun is None else ago(begun)
    made = replace(made, principal=replace(made.principal, session_opened_at=opened_at))
    asked = questions.query(followed(made), IRELAND, as_of=AT, since=ago(reach), names=())
    # It is asked where its ARN says that it belongs, and for a copy around the call.
    assert (asked.account_id, asked.region) == (OTHER, IRELAND)
    assert (asked.names, asked.reads, asked.missing) == ((key(1),), True, 0.0)
    assert asked.window == Window(start=ago(start), end=ago(-0.1))
    assert asked.likely == (likely and Window(start=ago(likely[0]), end=ago(likely[1])))
    missing = followed(call(elsewhere("x"), sharedEventID="s-2"))
    copy = questions.query(missing, IRELAND, as_of=AT, since=AT, names=["sg-1"])
    assert (copy.names, copy.reads, copy.likely, copy.account_id) == (("sg-1",), False, None, OTHER)
    assert copy.window == Window(start=ago(5 / 60), end=ago(-5 / 60))


BUSY = [*[("busy", IRELAND, HOME)] * 9, ("a", IRELAND, IRELAND), ("b", IRELAND, IRELAND)]


@pytest.mark.parametrize(
    ("learned", "recalled", "region", "role", "order"),
    [
        ([], [], IRELAND, "r", [IRELAND, HOME]),
        ([], [], "cn-northwest-1", "r", ["cn-northwest-1", "cn-north-1"]),
        # In the order that the role is known for, by this run or an earlier one.
        ([("r", IRELAND, HOME)], [], IRELAND, "r", [HOME, IRELAND]),
        ([], [("r", HOME), ("r", "<nonsense>")], IRELAND, "r", [HOME, IRELAND]),
        # A region that a role is known for is asked wherever it works.
        ([("r", IRELAND, IRELAND)], [], OREGON, "r", [OREGON, IRELAND, HOME]),
        # A call in the home region shows nothing of where a role is opened elsewhere.
        ([("r", HOME, HOME), ("r", HOME, HOME), ("r", IRELAND, IRELAND)], [], IRELAND, "r", [IRELAND, HOME]),
        # One role with many sessions says little of others.
        (BUSY, [], IRELAND, "busy", [HOME, IRELAND]),
        (BUSY, [], IRELAND, "new", [IRELAND, HOME]),
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
    # Likely ones stand in where the home region is the call's, and our own comes last.
    assert Regions().order(replace(start, region=HOME), "r", (HOME, IRELAND, OREGON)) == (HOME, IRELAND)
    assert Regions(lambda: "eu-central-1").order(call(of(1)), "r") == (IRELAND, HOME, "eu-central-1")


def test_what_is_noted_of_an_opening_is_read_back_the_same():
    for caller in (user("bob"), WEB, elsewhere("bob"), session(SSO, "alice@example.com")):
        once = opening(1, caller, sharedEventID="s-1")
        text = notes.text_of(once)
        again = notes.event_of(text)
        for name in ("opened", "principal", "occurred_at", "shared_event_id", "account_id"):
            assert getattr(again, name) == getattr(once, name)
        for name in ("name", "kind", "via", "principal", "on_own_account"):
            assert getattr(again.actor, name) == getattr(once.actor, name)
        assert len(text) < 1600
    assert notes.key_of("session", "ASIAEXAMPLE") == "session:514fa34b4b42100337cc9712d6bb7a44"


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
    for foul in (text.replace(known, other), "[1]", ""):
        assert notes.event_of(foul) is None


def test_who_stands_behind_its_calls_is_put_into_a_finding_and_where_that_is_unknown_the_reason_says_so():
    event, lead = (builders.event(event_id=each) for each in ("e-0", "e-1"))
    leads = (Lead(event=lead, why="near"),)
    found = builders.finding(match=builders.match(event=event), leads=leads, reason="out")
    ann, ben = (Origin(actor=builders.actor(name=name), unknown="no trail") for name in ("ann", "ben"))
    shown = naming.named(found, {"e-0": ann, "e-1": ben})
    for each in (shown, naming.named(shown, {"e-0": ann})):
        assert [call.actor.name for call in naming.calls(each)] == ["ann", "ben"]
        assert each.reason == "out; who opened the session is not known (no trail)"
    nobody = builders.unattributed()
    assert (list(naming.calls(nobody)), naming.named(nobody, {}).match) == ([], None)
