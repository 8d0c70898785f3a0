"""What every ledger keeps, so that no finding is told twice and none is kept back for ever."""

import random
import threading
from collections import Counter
from datetime import timedelta

import pytest

from iacwatch.ports import Claim, Grant
from tests.fixtures.clocks import NOON
from tests.laws.stores import LEDGERS, at_once, over

LEASE = timedelta(seconds=60)
store = over(**LEDGERS)


@pytest.fixture
def ledger(store):
    return store()


def after(number):
    return NOON + timedelta(seconds=number)


def claim(ledger, *ids, at=0):
    return ledger.claim(ids, now=after(at), lease=LEASE)


def granted(ledger, *ids, at=0):
    """Claim and return the grants; all have to be granted."""
    claims = claim(ledger, *ids, at=at)
    assert [claims[key].claim for key in ids] == [Claim.GRANTED] * len(ids)
    return [claims[key].grant for key in ids]


def test_a_new_id_is_granted_and_is_not_told_yet(ledger):
    (grant,) = granted(ledger, "a")
    assert grant.id == "a"
    assert ledger.reported(["a", "b"]) == frozenset()


def test_what_is_completed_is_told_for_ever(store):
    ledger = store()
    ledger.complete(granted(ledger, "a"), now=after(1))
    other = store()
    assert other.reported(["a", "b"]) == {"a"}
    assert claim(other, "a", at=10**7)["a"].claim is Claim.REPORTED


def test_of_two_claims_the_second_is_held_whosever_it_is_and_says_until_when(store):
    ledger = store()
    (grant,) = granted(ledger, "a")
    for other in (ledger, store()):
        second = claim(other, "a", at=20)["a"]
        assert (second.claim, second.grant, second.until) == (Claim.HELD, None, after(60))
    ledger.complete([grant], now=after(21))
    assert ledger.reported(["a"]) == {"a"}


def test_a_lease_that_ended_may_be_claimed_again(store):
    granted(store(), "a")
    assert claim(store(), "a", at=59)["a"].claim is Claim.HELD
    granted(store(), "a", at=60)


def test_a_grant_that_was_lost_changes_nothing(store):
    slow, fast = store(), store()
    lost = granted(slow, "a")
    kept = granted(fast, "a", at=61)
    slow.release(lost)
    slow.complete(lost, now=after(63))
    assert slow.reported(["a"]) == frozenset()
    assert claim(slow, "a", at=64)["a"].until == after(121)
    fast.complete(kept, now=after(65))
    assert fast.reported(["a"]) == {"a"}


def test_a_lost_grant_cannot_take_back_what_another_told(store):
    lost = granted(store(), "a")
    other = store()
    other.complete(granted(other, "a", at=61), now=after(62))
    store().release(lost)
    assert store().reported(["a"]) == {"a"}


def test_what_is_released_may_be_claimed_at_once(store):
    ledger = store()
    ledger.release(granted(ledger, "a"))
    granted(store(), "a", at=1)


def test_what_was_told_cannot_be_released(ledger):
    grants = granted(ledger, "a")
    ledger.complete(grants, now=after(1))
    ledger.release(grants)
    assert ledger.reported(["a"]) == {"a"}


def test_completing_what_was_never_claimed_does_nothing(ledger):
    ledger.complete([Grant(id="a", token="made up")], now=after(0))
    assert ledger.reported(["a"]) == frozenset()
    granted(ledger, "a")


def test_ids_are_independent_of_each_other(store):
    ledger = store()
    one, two, three = granted(ledger, "a", "b", "c")
    ledger.complete([one], now=after(1))
    ledger.release([two])
    claims = claim(store(), "a", "b", "c", "d", at=2)
    assert {key: claimed.claim for key, claimed in claims.items()} == {
        "a": Claim.REPORTED,
        "b": Claim.GRANTED,
        "c": Claim.HELD,
        "d": Claim.GRANTED,
    }
    ledger.complete([three], now=after(3))
    assert ledger.reported(["a", "b", "c", "d"]) == {"a", "c"}


def test_an_id_that_is_asked_for_twice_is_granted_once(ledger):
    claims = claim(ledger, "a", "a")
    assert claims["a"].claim is Claim.GRANTED
    ledger.complete([claims["a"].grant, claims["a"].grant], now=after(1))
    assert ledger.reported(["a", "a"]) == {"a"}


def test_nothing_is_asked_for_nothing_answered(ledger):
    assert claim(ledger) == {}
    assert ledger.reported([]) == frozenset()
    ledger.complete([], now=after(0))
    ledger.release([])


def test_ids_are_plain_text_whatever_they_hold(ledger):
    ids = ["'; DROP TABLE told; --", "ü" * 400, "", "a%", "A", "a"]
    ledger.complete(granted(ledger, *ids[:3]), now=after(1))
    assert ledger.reported(ids) == set(ids[:3])


def test_many_ids_in_one_call(store):
    ledger = store()
    many = store.most("many", 2_500)
    ids = [f"{number:032x}" for number in range(many)]
    grants = granted(ledger, *ids)
    ledger.complete(grants[::2], now=after(1))
    ledger.release(grants[1::2])
    assert store().reported(ids) == set(ids[::2])
    assert Counter(each.claim for each in claim(store(), *ids, at=2).values()) == {
        Claim.REPORTED: many // 2,
        Claim.GRANTED: many // 2,
    }


def test_of_claims_at_once_exactly_one_is_granted(store):
    ids = [f"id-{number}" for number in range(40)]
    won = []
    start = threading.Barrier(8)

    def race(seed):
        ledger = store()
        mine = random.Random(seed).sample(ids, len(ids))
        start.wait()
        for few in (mine[:10], mine[10:]):
            claims = ledger.claim(few, now=NOON, lease=LEASE)
            won.extend(key for key, each in claims.items() if each.claim is Claim.GRANTED)

    at_once(race, *range(8))
    assert sorted(won) == sorted(ids)
