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


def test_what_is_written_last_is_read_by_others_and_nothing_else(store):
    write(store(), a="one", b="two")
    assert store().read(["a", "b", "c"], now=NOON) == {"a": "one", "b": "two"}
    write(store(), a="three")
    assert store().read(["a", "b"], now=NOON) == {"a": "three", "b": "two"}


def test_nothing_is_asked_for_nothing_answered_and_what_is_asked_twice_is_answered_once(notes):
    write(notes)
    assert notes.read([], now=NOON) == notes.read(["a", "a"], now=NOON) == {}
    write(notes, a="one")
    assert notes.read(["a", "a"], now=NOON) == {"a": "one"}


def test_an_empty_text_is_a_note(notes):
    assert swap(notes, "a", None, "") == ""
    assert notes.read(["a"], now=NOON) == {"a": ""}
    assert swap(notes, "a", None, "other") == ""
    assert swap(notes, "a", "", "other") == "other"


def test_a_note_is_gone_once_it_expires_and_not_before(notes):
    write(notes, a="one")
    assert notes.read(["a"], now=NOON + DAY - timedelta(seconds=1)) == {"a": "one"}
    assert notes.read(["a"], now=NOON + DAY) == {}


def test_a_write_makes_an_old_note_last_on(notes):
    write(notes, a="one")
    write(notes, at=3_600, a="one")
    assert notes.read(["a"], now=NOON + DAY) == {"a": "one"}


def test_a_swap_writes_where_nothing_stands_and_returns_what_does(store):
    assert swap(store(), "a", None, "mine") == "mine"
    assert swap(store(), "a", None, "yours") == "mine"
    assert store().read(["a"], now=NOON) == {"a": "mine"}


def test_a_swap_goes_on_from_what_was_seen_alone(store):
    write(store(), a="one")
    assert swap(store(), "a", "one", "two") == "two"
    assert swap(store(), "a", "one", "three") == "two"
    assert swap(store(), "a", None, "three") == "two"
    assert store().read(["a"], now=NOON) == {"a": "two"}


def test_a_swap_of_what_is_not_there_writes_nothing(notes):
    assert swap(notes, "a", "one", "two") is None
    assert notes.read(["a"], now=NOON) == {}


def test_an_expired_note_is_as_good_as_none_to_a_swap(notes):
    minute = timedelta(minutes=1)
    swap(notes, "a", None, "old", lasts=minute)
    assert swap(notes, "a", "old", "new", at=60, lasts=minute) is None
    assert swap(notes, "a", None, "new", at=60, lasts=minute) == "new"
    assert notes.read(["a"], now=after(119)) == {"a": "new"}
    assert notes.read(["a"], now=after(120)) == {}


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
    odd = [
        *TEXTS,
        "'; DROP TABLE note; --",
        "a%",
        "A",
        "a",
        " ",
        "half \ud800",
        "\0",
        "ü" * 5_000,
        "x" * 3_000,
    ]
    texts = {text: f"{text} was here" for text in odd}
    notes = store()
    notes.write(texts, now=NOON, expires_at=NOON + DAY)
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
    many = store.most("many", 2_500)
    texts = {f"origin:ASIA{number:016}": f"text {number}" * 20 for number in range(many)}
    store().write(texts, now=NOON, expires_at=NOON + DAY)
    assert store().read([*texts, "none"], now=NOON) == texts
