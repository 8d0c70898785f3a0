"""What runs that share a store save of the messages that may still grow."""

from dataclasses import replace
from datetime import timedelta

from iacwatch.ledgers.memory import MemoryNotes
from iacwatch.sinks.slack.blocks import Later
from iacwatch.sinks.slack.client import Posted
from iacwatch.sinks.slack.open_messages import OpenMessages, Saved
from tests.fixtures.clocks import NOON, TickingClock

POSTED = Posted(channel="C1", stamp="1.2")


def one_more(saved):
    later = Later(count=1, last=NOON, gravest="opened 22/tcp", gravity=1)
    return replace(saved, later=later.after(saved.later))


def test_two_runs_that_add_the_same_at_once_are_both_counted():
    notes = MemoryNotes()
    ours, theirs = (OpenMessages(notes, TickingClock(), window=timedelta(minutes=15)) for _ in range(2))
    ours.keep(POSTED, Saved(message={"text": "", "blocks": []}, lines={}))
    theirs_first = [lambda: theirs.change(POSTED, one_more)]

    def meanwhile(saved):
        while theirs_first:
            theirs_first.pop()()
        return one_more(saved)

    assert ours.change(POSTED, meanwhile)
    assert ours.saved(POSTED).later.count == 2
