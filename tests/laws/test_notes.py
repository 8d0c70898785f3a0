"""What every store of notes keeps, so that of two writers exactly one goes on from what both have read."""

import random
import threading
from datetime import timedelta

import pytest

from iacwatch.errors import DeliveryError
from tests.fixtures.clocks import NOON
from tests.fixtures.hostile_text import TEXTS
from tests.laws.stores import NOTES, at_once, over

DAY = timedelta(days=1)
store = over(**NOTES)


@pytest.fixture
def notes(store):
    return store()


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def write(notes, at=0, **texts):
    notes.write(texts, now=after(at), expires_at=after(at) + DAY)


def swap(notes, key, seen, new, *, at=0, lasts=DAY):
    return notes.swap(key, seen=seen, new=new, now=after(at), expires_at=after(at) + lasts)


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
            said = swap(notes, "place", seen, mine)
            if said == mine:
                won.append(step)
            assert said.startswith(f"step {step},")
            seen = said

    at_once(race, *range(writers))
    assert sorted(won) == list(range(steps))


def test_keys_and_texts_are_plain_text_whatever_they_hold(store):
    more = ["'; DROP TABLE note; --", "a%", "A", "a", " ", "half \ud800", "\0", "ü" * 5_000, "x" * 3_000]
    odd = [*TEXTS, *more]
    texts = {text: f"{text} was here" for text in odd}
    store().write(texts, now=NOON, expires_at=NOON + DAY)
    assert store().read(odd, now=NOON) == texts
    for text in odd[:4]:
        assert swap(store(), text, texts[text], text) == text
    assert store().read(odd[:4], now=NOON) == {text: text for text in odd[:4]}


def test_three_hundred_kilobytes_are_kept_and_what_fits_nowhere_is_refused_in_a_sentence(notes):
    dice = random.Random(7)
    large = dice.randbytes(150_000).hex()
    assert swap(notes, "large", None, large) == large
    assert notes.read(["large"], now=NOON) == {"large": large}
    repeated = "the same again and again " * 100_000
    write(notes, repeated=repeated)
    assert notes.read(["repeated"], now=NOON) == {"repeated": repeated}
    with pytest.raises(DeliveryError, match=r"the ledger takes no note of 1000000 bytes \(\d+ as gzip\)"):
        write(notes, large=dice.randbytes(500_000).hex())
    assert notes.read(["large"], now=NOON) == {"large": large}


def test_many_notes_in_one_call(store):
    texts = {f"origin:ASIA{number:016}": f"text {number}" * 20 for number in range(600)}
    store().write(texts, now=NOON, expires_at=NOON + DAY)
    assert store().read([*texts, "none"], now=NOON) == texts
