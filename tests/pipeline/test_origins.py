"""Who opened the sessions of many calls: each looked up once, noted until it ends, never taken for granted."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.chains.facts import About
from iacwatch.core.model import Resource, Window
from iacwatch.errors import AwsError
from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.pipeline.origins import Origins
from iacwatch.ports import Collected, Failure
from tests.core.attribution.test_chains import AT, call, elsewhere, key, of, opening
from tests.fixtures.trail_records import OTHER, OWN, SSO, session, user

GROUP = About(
    Resource(
        account_id=OWN,
        region="eu-west-1",
        type="AWS::EC2::SecurityGroup",
        id="sg-1",
        recorded_in="eu-west-1",
    )
)
NOW = AT + timedelta(minutes=20)


class Trail:
    """A trail in memory, which counts what it is asked."""

    def __init__(self, *events):
        self.events, self.asked, self.rounds = list(events), Counter(), 0
        self.failing = set()

    def reach(self, account_id, region, *, now):
        return Window(start=now - timedelta(days=90), end=now)

    def collect(self, queries):
        self.rounds += 1
        self.asked.update((query.account_id, query.region) for query in queries)
        failures = {
            query: Failure(reason=f"cannot read the trail of {query.account_id}")
            for query in queries
            if query.region in self.failing
        }
        found = [
            event
            for event in self.events
            for query in queries
            if query not in failures
            and (event.account_id, event.region) == (query.account_id, query.region)
            and event.occurred_at in query.window
            and (not query.reads or (event.opened and event.opened.access_key_id in query.names))
        ]
        return Collected(events=tuple(found), failures=failures, calls=len(queries))


def origins(trail, notes=None, refuse=lambda _account: None):
    return Origins(trail=trail, notes=notes, refuse=refuse)


def traced(asked, calls, *, deciding=True, now=NOW):
    found = asked.trace(dict.fromkeys(calls, GROUP), deciding=deciding, now=now)
    return [found[each] for each in calls]


def calls(count, number=1):
    return [call(of(number), id=f"call-{each}") for each in range(count)]


def test_a_thousand_calls_of_one_session_are_one_lookup():
    trail = Trail(opening(1, user("bob")))
    asked = origins(trail)
    found = traced(asked, calls(1000))
    assert {origin.actor.name for origin in found} == {"bob"}
    assert (sum(trail.asked.values()), trail.rounds, asked.lookups) == (1, 1, 1)
    traced(asked, calls(10), now=NOW + timedelta(minutes=1))
    assert asked.lookups == 1


def test_sessions_of_one_role_are_asked_for_where_its_first_was_found():
    events = [replace(opening(number, user("bob")), region="us-east-1") for number in range(1, 31)]
    trail = Trail(*events)
    asked = origins(trail)
    found = traced(asked, [call(of(number), id=f"c-{number}") for number in range(1, 31)])
    assert {origin.actor.name for origin in found} == {"bob"}
    assert asked.lookups == 31


def test_what_was_noted_needs_no_lookup_in_another_run_until_the_session_ends():
    notes, trail = MemoryNotes(), Trail(opening(1, user("bob")))
    traced(origins(trail, notes), calls(1))
    later = origins(trail, notes)
    assert traced(later, calls(3))[0].actor.name == "bob"
    assert later.lookups == 0
    after = origins(trail, notes)
    traced(after, calls(1), now=AT + timedelta(hours=3))
    assert after.lookups == 1


def test_how_another_account_shows_who_took_a_role_is_noted_too():
    bob = session(SSO, "bob@example.com") | {"accountId": OTHER}
    bob["arn"] = bob["arn"].replace(OWN, OTHER)
    ours = opening(1, elsewhere("bob@example.com"), sharedEventID="s-1")
    theirs = replace(opening(1, bob, sharedEventID="s-1", recipientAccountId=OTHER), event_id="theirs")
    notes, trail = MemoryNotes(), Trail(ours, theirs)
    first, second = origins(trail, notes), origins(trail, notes)
    for asked in (first, second):
        assert traced(asked, calls(1))[0].actor.name == "bob@example.com"
    assert (first.lookups, second.lookups) == (2, 0)


def test_notes_that_cannot_be_had_or_read_cost_lookups_and_nothing_else():
    class Broken(MemoryNotes):
        def read(self, keys, *, now):
            raise AwsError("throttled")

        def write(self, notes, *, now, expires_at):
            raise AwsError("throttled")

    class Foul(MemoryNotes):
        def read(self, keys, *, now):
            return dict.fromkeys(keys, '{"v":1,"event_id":"forged"}')

    for notes in (Broken(), Foul()):
        asked = origins(Trail(opening(1, user("bob"))), notes)
        assert traced(asked, calls(1))[0].actor.name == "bob"
        assert asked.lookups == 1


def test_a_note_of_another_session_is_no_answer():
    notes, trail = MemoryNotes(), Trail(opening(1, user("bob")))
    traced(origins(trail, notes), calls(1))
    stranger = call({**of(1), "arn": f"arn:aws:sts::{OWN}:assumed-role/other/cli"})
    (found,) = traced(origins(trail, notes), [stranger])
    assert (found.identities, found.actor) == ((), stranger.actor)
    assert found.unknown


def test_an_event_that_comes_late_is_found_in_a_later_wave():
    trail = Trail()
    asked = origins(trail)
    (found,) = traced(asked, calls(1))
    assert "session cli of role deploy: the trail of 111122223333 in eu-west-1 and us-east-1" in found.unknown
    assert not found.failed
    trail.events.append(opening(1, user("bob")))
    assert traced(asked, calls(1), now=NOW + timedelta(minutes=9))[0].actor.name == "bob"


def test_a_trail_that_cannot_be_read_is_not_one_that_holds_nothing():
    trail = Trail(replace(opening(1, user("bob")), region="us-east-1"))
    trail.failing = {"eu-west-1"}
    assert traced(origins(trail), calls(1))[0].actor.name == "bob"
    trail.events.clear()
    (found,) = traced(origins(trail), calls(1))
    assert found.failed
    assert "cannot read the trail" in found.unknown


def test_a_key_that_is_seen_in_two_sessions_blames_nobody():
    trail = Trail(opening(1, user("bob")))
    twin = call(of(1, "another"), id="twin")
    found = traced(origins(trail), [*calls(1), twin])
    assert ["more than one session" in origin.unknown for origin in found] == [True, True]
    assert not trail.asked


@pytest.mark.parametrize("refused", [None, "account 444455556666 is not ours"])
def test_another_accounts_trail_is_asked_where_that_is_allowed_alone(refused):
    ours = opening(1, elsewhere("bob@example.com"), sharedEventID="s-1")
    bob = {**session(SSO, "bob@example.com", account=OTHER), "accessKeyId": key(8)}
    theirs = replace(opening(1, bob, sharedEventID="s-1", recipientAccountId=OTHER), event_id="theirs")
    trail = Trail(ours, theirs)
    asked = origins(trail, refuse=lambda account: refused if account == OTHER else None)
    (found,) = traced(asked, calls(1))
    assert found.actor.name == "bob@example.com"
    assert (OTHER in {account for account, _ in trail.asked}) is (refused is None)
    assert bool(found.identities) is (refused is None)
    assert (refused or "") in found.unknown


def test_what_needs_no_lookup_costs_none():
    trail = Trail()
    alice = call({**session(SSO, "alice@example.com"), "accessKeyId": key(9)})
    assert traced(origins(trail), [alice, call(user("carol"))])[0].actor == alice.actor
    assert not trail.asked


@pytest.mark.parametrize(
    ("failure", "failed"),
    [({"denied": True}, False), ({"beyond": True}, False), ({}, True)],
    ids=["denied", "no trail of it", "throttled"],
)
def test_a_strangers_account_that_shuts_us_out_does_not_keep_a_change_from_being_reported(failure, failed):
    class Shut(Trail):
        def collect(self, queries):
            found = super().collect(queries)
            shut = {query: Failure(reason="no", **failure) for query in queries if query.account_id == OTHER}
            return replace(found, failures=shut)

    ours = opening(1, elsewhere("bob@example.com"), sharedEventID="s-1")
    (found,) = traced(origins(Shut(ours)), calls(1))
    assert (found.failed, found.identities) == (failed, ())
    assert found.unknown.endswith(": no")


def test_our_own_account_that_shuts_us_out_is_a_failure():
    class Shut(Trail):
        def collect(self, queries):
            return Collected(
                events=(), failures={query: Failure(reason="no", denied=True) for query in queries}, calls=1
            )

    (found,) = traced(origins(Shut()), calls(1))
    assert found.failed


def test_of_a_role_that_works_everywhere_one_session_in_each_region_goes_first():
    regions = ("us-east-1", "eu-west-1", "us-west-2")
    events = [replace(opening(number, user("bob")), region="us-east-1") for number in range(1, 31)]
    asked = origins(Trail(*events))
    found = traced(
        asked,
        [replace(call(of(number), id=f"c-{number}"), region=regions[number % 3]) for number in range(1, 31)],
    )
    assert {origin.actor.name for origin in found} == {"bob"}
    assert asked.lookups == 32
