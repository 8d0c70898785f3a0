"""What every store of notes keeps, so that of two writers exactly one goes on from what both have read."""

import random
import threading
from datetime import timedelta

import pytest

from iacwatch.errors import DeliveryError
from tests.fixtures.clocks import NOON
from tests.fixtures.hostile_text import TEXTS
from tests.laws.stores import NOTES, at_once, over

NOW = {"now": NOON, "expires_at": NOON + timedelta(days=1)}
store = over(**NOTES)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_noted_is_answered_as_a_simple_model_of_it_does(store, seed):
    """Texts that are empty, expire or are written again, and swaps of what is there, was there or never was."""
    dice, now, kept, swapped = random.Random(seed), NOON, {}, set()
    for _ in range(120):
        notes, now = store(), now + timedelta(seconds=dice.choice([0, 1, 29, 30, 60]))
        there = {key: text for key, (text, expires_at) in kept.items() if now < expires_at}
        expires_at = now + timedelta(seconds=dice.choice([30, 60, 90, 3_600]))
        key, new = dice.choice("abc"), dice.choice(["", "one", "two", "three"])
        if dice.random() < 0.3:
            texts = dict.fromkeys(dice.sample("abc", dice.randrange(3)), new)
            notes.write(texts, now=now, expires_at=expires_at)
        else:
            seen = dice.choice([there.get(key), None, "", "one", "gone"])
            texts = {key: new} if seen == there.get(key) else {}
            expected = (there | texts).get(key)
            assert notes.swap(key, seen=seen, new=new, now=now, expires_at=expires_at) == expected
            swapped.add((seen is None, key in there, bool(texts)))
        kept.update((each, (text, expires_at)) for each, text in texts.items())
        assert store().read([*"aabc", "none"], now=now) == there | texts
        assert store().read([], now=now) == {}
    assert len(swapped) >= 5


def test_of_writers_at_once_exactly_one_goes_on_from_what_all_have_seen(store):
    steps, writers = 6, 6
    won = []
    start = threading.Barrier(writers)

    def race(me):
        notes = store()
        seen = None
        for step in range(steps):
            start.wait()
            mine = f"step {step}, writer {me}"
            said = notes.swap("place", seen=seen, new=mine, **NOW)
            if said == mine:
                won.append(step)
            assert said.startswith(f"step {step},")
            seen = said

    at_once(race, *range(writers))
    assert sorted(won) == list(range(steps))


def test_keys_and_texts_are_plain_text_whatever_they_hold_and_may_be_many(store):
    more = ["'; DROP TABLE note; --", "a%", "A", "a", " ", "half \ud800", "\0", "ü" * 5_000, "x" * 3_000]
    odd = [*TEXTS, *more]
    texts = {text: f"{text} was here" for text in [*odd, *map(str, range(600))]}
    store().write(texts, **NOW)
    assert store().read(texts, now=NOON) == texts
    for text in odd[:4]:
        assert store().swap(text, seen=texts[text], new=text, **NOW) == text
    assert store().read(odd[:4], now=NOON) == {text: text for text in odd[:4]}


def test_three_hundred_kilobytes_are_kept_and_what_fits_nowhere_is_refused_in_a_sentence(store):
    notes, dice = store(), random.Random(7)
    large, repeated = dice.randbytes(150_000).hex(), "the same again and again " * 100_000
    assert notes.swap("large", seen=None, new=large, **NOW) == large
    notes.write({"repeated": repeated}, **NOW)
    assert notes.read(["large", "repeated"], now=NOON) == {"large": large, "repeated": repeated}
    with pytest.raises(DeliveryError, match=r"the ledger takes no note of 1000000 bytes \(\d+ as gzip\)"):
        notes.write({"large": dice.randbytes(500_000).hex()}, **NOW)
    assert notes.read(["large"], now=NOON) == {"large": large}
