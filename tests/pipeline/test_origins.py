"""Who opened the sessions of many calls: each looked up once, noted until it ends, never taken for granted."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from iacwatch.core.attribution.chains.facts import About
from iacwatch.core.attribution.chains.notes import key_of
from iacwatch.errors import AwsError
from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.pipeline.origins import Origins
from iacwatch.ports import Failure
from tests.core.attribution.test_chains import AT, OURS, THEIRS, call, key, of, opening
from tests.core.attribution.test_stack_callers import OPENED, STACK, START, began
from tests.fixtures.builders import resource
from tests.fixtures.trail_records import OTHER, OWN, SSO, session, user
from tests.pipeline.test_run import Trail

GROUP = About(resource(account_id=OWN))
NOW = AT + timedelta(minutes=20)
THROTTLED = Failure(reason="cannot read the trail")


def origins(trail, notes=None, refuse=lambda _account: None):
    return Origins(trail=trail, notes=notes, refuse=refuse)


def traced(asked, calls, *, deciding=True, now=NOW):
    found = asked.trace(dict.fromkeys(calls, GROUP), deciding=deciding, now=now)
    return [found[each] for each in calls]


def calls(count):
    return [call(of(1), id=f"call-{each}") for each in range(count)]


def opened_at_home(count):
    return [replace(opening(number, user("bob")), region="us-east-1") for number in range(1, count + 1)]


def sessions(count, regions=("eu-west-1",)):
    """Make a call of each of many sessions of one role, in these regions by turns."""
    made = [call(of(number), id=f"c-{number}") for number in range(1, count + 1)]
    return [replace(each, region=regions[place % len(regions)]) for place, each in enumerate(made)]


def names(found):
    return {origin.actor.name for origin in found}


def test_a_thousand_calls_of_one_session_are_one_lookup():
    trail = Trail([opening(1, user("bob"))])
    asked = origins(trail)
    assert names(traced(asked, calls(1000))) == {"bob"}
    assert (len(trail.queries), trail.rounds, asked.lookups, asked.scanned) == (1, 1, 1, 10)
    traced(asked, calls(10), now=NOW + timedelta(minutes=1))
    assert asked.lookups == 1
    # What needs no lookup costs none.
    alice = call({**session(SSO, "alice@example.com"), "accessKeyId": key(9)})
    assert traced(asked, [alice, call(user("carol"))])[0].actor == alice.actor
    assert asked.lookups == 1


@pytest.mark.parametrize(
    ("regions", "lookups"), [(("eu-west-1",), 31), (("us-east-1", "eu-west-1", "us-west-2"), 32)]
)
def test_of_a_role_one_session_in_each_region_goes_first_and_shows_where_the_others_are_asked_for(
    regions, lookups
):
    asked = origins(Trail(opened_at_home(30)))
    assert names(traced(asked, sessions(30, regions))) == {"bob"}
    assert asked.lookups == lookups


def test_what_was_noted_needs_no_lookup_in_another_run_until_the_session_ends():
    notes, trail = MemoryNotes(), Trail([OURS, THEIRS])
    runs = [origins(trail, notes) for _ in range(3)]
    for asked, later, lookups in zip(runs, (0, 0, 3), (2, 0, 2), strict=True):
        found = traced(asked, calls(3), now=NOW + timedelta(hours=later))
        assert (names(found), asked.lookups) == ({"bob@example.com"}, lookups)
    role = f"arn:aws:iam::{OWN}:role/ops/deploy"
    kept = {key_of("session", key(1)), key_of("copy", "s-1"), key_of("role", role)}
    assert notes.read(list(kept), now=NOW).keys() == kept
    # A note of another session is no answer.
    stranger = call({**of(1), "arn": f"arn:aws:sts::{OWN}:assumed-role/other/cli"})
    (found,) = traced(origins(trail, notes), [stranger])
    assert (found.identities, found.actor, bool(found.unknown)) == ((), stranger.actor, True)


def test_where_a_roles_sessions_are_opened_is_noted_for_other_runs_and_says_nothing_of_other_roles():
    notes, trail = MemoryNotes(), Trail(opened_at_home(2))
    lookups = []
    for made in (*sessions(2), call(of(3, "another"), id="c-3")):
        asked = origins(trail, notes)
        traced(asked, [made])
        lookups.append(asked.lookups)
    assert lookups == [2, 1, 2]


def test_notes_that_cannot_be_had_or_read_cost_lookups_and_nothing_else(caplog):
    class Broken(MemoryNotes):
        def read(self, keys, *, now):
            raise AwsError("throttled")

        def write(self, notes, *, now, expires_at):
            raise AwsError("throttled")

    class Foul(MemoryNotes):
        def read(self, keys, *, now):
            return dict.fromkeys(keys, '{"v":1,"event_id":"forged"}')

    caplog.set_level(logging.DEBUG)
    for notes in (Broken(), Foul()):
        asked = origins(Trail([opening(1, user("bob"))]), notes)
        assert (names(traced(asked, calls(1))), asked.lookups) == ({"bob"}, 1)
    assert {"notes cannot be read: throttled", "notes cannot be written: throttled"} <= set(caplog.messages)


def test_an_event_that_comes_late_is_found_in_a_later_wave():
    trail = Trail()
    asked = origins(trail)
    (found,) = traced(asked, calls(1))
    assert "session cli of role deploy: the trail of 111122223333 in eu-west-1 and us-east-1" in found.unknown
    assert (found.failed, asked.lookups) == (False, 2)
    # Not in the same wave: neither the verdict nor the report's name asks again.
    traced(asked, calls(1), deciding=False)
    assert asked.lookups == 2
    trail.events.append(opening(1, user("bob")))
    assert traced(asked, calls(1), now=NOW + timedelta(minutes=9))[0].actor.name == "bob"


def test_a_key_that_is_seen_in_two_sessions_blames_nobody():
    trail = Trail([opening(1, user("bob"))])
    twin = call(of(1, "another"), id="twin")
    found = traced(origins(trail), [*calls(1), twin])
    assert ["more than one session" in origin.unknown for origin in found] == [True, True]
    assert not trail.queries


def test_another_accounts_trail_is_asked_where_that_is_allowed_alone():
    for refused, asked in ((None, True), ("account 444455556666 is not ours", False)):
        trail = Trail([OURS, THEIRS])
        refuse = {OTHER: refused}.get
        (found,) = traced(origins(trail, refuse=refuse), calls(1))
        assert found.actor.name == "bob@example.com"
        assert (OTHER in {query.account_id for query in trail.queries}) is bool(found.identities) is asked
        assert (refused or "") in found.unknown


@pytest.mark.parametrize(
    ("closed", "failure", "failed"),
    [
        # A stranger's account that shuts us out does not keep a change from being reported.
        (OTHER, {"denied": True}, False),
        (OTHER, {"beyond": True}, False),
        (OTHER, {}, True),
        (OWN, {"denied": True}, True),
        ("eu-west-1", {}, True),
    ],
)
def test_a_trail_that_cannot_be_read_is_not_one_that_holds_nothing(closed, failure, failed):
    (found,) = traced(origins(Trail([OURS], {closed: Failure(reason="no", **failure)})), calls(1))
    assert (found.failed, found.identities) == (failed, ())
    assert found.unknown.endswith(": no")
    there = Trail(opened_at_home(1), {"eu-west-1": THROTTLED})
    assert names(traced(origins(there), calls(1))) == {"bob"}


@pytest.mark.parametrize(("minutes", "name"), [(15, "cfn"), (16, "alice")])
def test_who_began_a_stacks_operation_is_asked_once_no_later_one_can_be_on_its_way(minutes, name):
    about, there = {START: About(GROUP.resource, STACK)}, [OPENED[0], began("alice")]
    found = origins(Trail(there)).trace(about, deciding=False, now=AT + timedelta(minutes=minutes))
    assert found[START].actor.name == name
    shut = origins(Trail(there, {OWN: THROTTLED})).trace(about, deciding=True, now=NOW)
    assert (shut[START].failed, shut[START].unknown.rpartition(": ")[2]) == (True, "cannot read the trail")
