"""An AWS on loopback that does something at a call: kills, waits, lets time pass, lets somebody else run."""

import itertools
import json
import re
from collections import Counter

from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.fake.wire import DROPPED

DROP = "drop"


class FoulAws(FakeAws):
    """`before` and `after` are called with each request, around the act; one that returns `DROP` cuts the line."""

    def __init__(self, **more):
        self.before = self.after = lambda request: None
        super().__init__(**{"rate": 10_000, **more})

    def _answer(self, request):
        if self.before(request) == DROP:
            return DROPPED
        answer = super()._answer(request)
        return DROPPED if self.after(request) == DROP else answer

    def quiet(self):
        """Do nothing more, and forget all faults in waiting."""
        self.before = self.after = lambda request: None
        self.faults._faults.clear()
        self.faults._denied.clear()
        self.latency = 0.0

    def tellings(self):
        """Return, message by message, the numbers of the groups that each of Slack's messages tells of."""
        return [numbers(first_version(message)) for message in self.slack_messages]

    def told(self):
        """Return in how many messages each group was told of."""
        return Counter(number for message in self.tellings() for number in message)

    def repeats(self):
        """Return how many messages told what another had told before."""
        seen, again = set(), 0
        for told in self.tellings():
            again += bool(told & seen)
            seen |= told
        return again

    def waiting(self, queue):
        """Return the numbers of the groups that a queue's messages tell of."""
        return {number for each in self.messages(queue) for number in numbers(each.body)}


def first_version(message):
    """Return what a message said when it was posted: later it also names the gravest of its thread."""
    return message["earlier"][0] if message["earlier"] else {key: message[key] for key in ("text", "blocks")}


def numbers(document):
    """Return the numbers of the groups (``web-17``) that a document names."""
    return frozenset(int(found) for found in re.findall(r"web-(\d+)", json.dumps(document)))


def once(count):
    """Return a hook's condition that holds the `count`-th time only."""
    asked = itertools.count(1)
    return lambda: next(asked) == count
