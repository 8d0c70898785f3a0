"""A run that dies at any call it makes: what was reported is not repeated but for the one in flight."""

import json
import re
from dataclasses import replace
from datetime import timedelta

from iacwatch.app.store import in_memory
from iacwatch.core.model import Verdict
from iacwatch.demo.fake.clock import FakeClock
from iacwatch.demo.fake.slack.api import FakeSlack
from iacwatch.pipeline.remembered import LEASE, RememberedSink
from iacwatch.sinks.slack.client import Posted
from iacwatch.sinks.slack.sink import Slack
from tests.fixtures.builders import CALLED_AT, CAPTURED_AT, change, entry, event, finding, match, resource
from tests.fixtures.clocks import TickingClock

LATER = LEASE + timedelta(seconds=1)


class Killed(BaseException):
    pass


class Life:
    """A process's life: it ends before or after its call number `last`, and does nothing afterwards."""

    def __init__(self, last=None, *, before=True):
        self.last, self.before, self.calls, self.at = last, before, 0, ""

    def __call__(self, name, act):
        if self.calls == self.last:
            raise Killed
        self.calls, self.at = self.calls + 1, name
        if self.calls == self.last and self.before:
            raise Killed
        done = act()
        if self.calls == self.last:
            raise Killed
        return done


class Mortal:
    """Something whose calls are a life's."""

    def __init__(self, thing, life):
        self._thing, self._life = thing, life

    def __getattr__(self, name):
        act = getattr(self._thing, name)
        if not callable(act):
            return act
        return lambda *args, **more: self._life(name, lambda: act(*args, **more))


class DirectLine:
    """Slack without HTTP."""

    threads = True

    def __init__(self, slack):
        self._slack = slack

    def post(self, channel, message, *, thread=""):
        return self._call("chat.postMessage", channel=channel, **message, thread_ts=thread or None)

    def update(self, posted, message):
        return self._call("chat.update", channel=posted.channel, ts=posted.stamp, **message)

    def _call(self, method, **body):
        answer = json.loads(self._slack.call(method, "xoxb-1", body).body)
        return Posted(channel=answer["channel"], stamp=answer["ts"])


def made(number, minute):
    moment = CALLED_AT + timedelta(minutes=minute)
    diff = (entry("Configuration.IpPermissions.0", None, {"fromPort": number}),)
    group = resource(id=f"sg-{number}", name=f"web-{number}")
    changed = change(resource=group, captured_at=moment, diff=diff)
    return finding(finding_id=f"{number:032x}", change=changed, match=match(event=event(occurred_at=moment)))


GROUPS = [(made(0, 0), made(1, 1)), (made(2, 2),), (made(3, 3), made(4, 4)), (made(5, 5),)]


def put_back(one):
    (opened,) = one.change.diff
    away = replace(opened, previous=opened.updated, updated=None)
    then = replace(one.change, diff=(away,), captured_at=one.change.captured_at + timedelta(hours=1))
    return replace(one, verdict=Verdict.IN_WORKFLOW, change=then)


BACK = [put_back(GROUPS[0][1]), put_back(GROUPS[1][0])]


class World:
    def __init__(self):
        self.store, self.clock, self.slack = in_memory(), TickingClock(CAPTURED_AT), FakeSlack(FakeClock())

    def run(self, life):
        """Do what one run does with a queue that still holds everything."""
        ledger, notes = (Mortal(half, life) for half in self.store)
        sink = Slack(clock=self.clock, notes=notes, token="xoxb-1", channel="#iac")
        sink._posting._line = Mortal(DirectLine(self.slack), life)
        remembered = RememberedSink(sink, ledger, self.clock)
        for together in GROUPS:
            remembered.report(together, {})
        sink.notice(BACK)

    def times_told(self):
        first_versions = [(each["earlier"] or [each])[0]["blocks"] for each in self.slack.messages]
        named = [set(re.findall(r"`web-(\d)`", json.dumps(blocks))) for blocks in first_versions]
        return {number: sum(number in each for each in named) for number in "012345"}


def check(world, life):
    try:
        world.run(life)
        killed = False
    except Killed:
        killed = True
    world.clock.advance(LATER)
    world.run(Life())
    told = world.times_told()
    repeated = [number for number, times in told.items() if times == 2]
    assert {*told.values()} <= {1, 2}, (life.calls, told)
    # What was in flight is one message, which may tell of several changes.
    assert repeated in ([], ["0", "1"], ["2"], ["3", "4"], ["5"]), life.calls
    parents = [each["ts"] for each in world.slack.messages if each["thread_ts"] is None]
    assert len(parents) in ({1, 2} if repeated == ["0", "1"] else {1})
    assert {each["thread_ts"] for each in world.slack.messages} == {None, parents[-1]}
    assert json.dumps(world.slack.messages).count("_undone by") >= 2, life.calls
    return killed, repeated


def test_killed_at_any_call_it_repeats_at_most_the_one_in_flight():
    """Kill at each third call, before and after it."""
    again = set()
    for last in range(1, 200, 3):
        for before in (True, False):
            life = Life(last, before=before)
            killed, repeated = check(World(), life)
            if not killed:
                assert last > 50
                assert "post" in again
                assert "update" not in again  # by then the ledger has all of it
                return
            again |= {life.at} if repeated else set()
    raise AssertionError("it makes ever more calls")
