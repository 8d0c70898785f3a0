"""What every ledger keeps, so that no finding is told twice and none is kept back for ever."""

import random
import threading
from datetime import timedelta

import pytest

from iacwatch.ports import Claim, Grant
from tests.fixtures.clocks import NOON
from tests.laws.stores import LEDGERS, at_once, over

LEASE = timedelta(seconds=60)
store = over(**LEDGERS)


class NaiveLedger:
    """What a ledger has to answer, as simply as can be."""

    def __init__(self):
        self.told, self.held = set(), {}

    def claim(self, key, now):
        """Return what a claim comes to, and until when another holds the id."""
        if key in self.told:
            return Claim.REPORTED, None
        _, until = self.held.get(key, (None, now))
        return (Claim.HELD, until) if now < until else (Claim.GRANTED, None)

    def end(self, grants, *, told):
        for grant in grants:
            if self.held.get(grant.id, (None, None))[0] == grant:
                del self.held[grant.id]
                self.told.update([grant.id] * told)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_claimed_is_answered_as_a_simple_model_of_it_does(store, seed):
    """Ids that are asked for twice, leases that end, grants that were lost, ended or never given."""
    dice, naive, now = random.Random(seed), NaiveLedger(), NOON
    ids, grants = "abcdefgh", [Grant(id="a", token="made up")]
    for _ in range(80):
        ledger, now = store(), now + timedelta(seconds=dice.choice([0, 1, 29, 30, 60]))
        if dice.random() < 0.5:
            asked = dice.choices(ids, k=dice.randrange(4))
            claims = ledger.claim(asked, now=now, lease=LEASE)
            expected = {key: naive.claim(key, now) for key in asked}
            assert {key: (each.claim, each.until) for key, each in claims.items()} == expected
            for key, each in claims.items():
                assert (each.grant is not None) == (each.claim is Claim.GRANTED)
                if each.grant:
                    assert each.grant.id == key
                    naive.held[key] = each.grant, now + LEASE
                    grants.append(each.grant)
        else:
            ended, told = dice.choices(grants[-6:], k=dice.randrange(3)), dice.random() < 0.4
            naive.end(ended, told=told)
            ledger.complete(ended, now=now) if told else ledger.release(ended)
        assert store().reported([*ids, "a", "none"]) == naive.told
        assert store().reported([]) == frozenset()
    assert naive.told


def test_ids_are_plain_text_whatever_they_hold_and_may_be_many(store):
    odd = ["'; DROP TABLE told; --", "ü" * 400, "", "a%", "A", "a"]
    ids = [*odd, *(f"{number:032x}" for number in range(600))]
    grants = [each.grant for each in store().claim(ids, now=NOON, lease=LEASE).values()]
    store().complete(grants[::2], now=NOON)
    store().release(grants[1::2])
    assert store().reported(ids) == set(ids[::2])
    claims = store().claim(ids, now=NOON, lease=LEASE)
    assert [claims[key].claim for key in ids] == [Claim.REPORTED, Claim.GRANTED] * 303


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
