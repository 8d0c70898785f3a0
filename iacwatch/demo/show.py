"""`iacwatch demo`: a fake AWS with a day in it, and the real drain run against it, twice."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, TextIO

from iacwatch.core.model import Json, Verdict
from iacwatch.demo import phone
from iacwatch.demo.fake.server import FakeAws
from iacwatch.demo.runner import Runner
from iacwatch.demo.screen import Screen
from iacwatch.demo.stage import raised
from iacwatch.demo.story.recorder import Arrival, Day

LATER: Final = timedelta(minutes=40)

_FIRST, _SECOND = 1, 0
"""How the two runs end: the first finds a message that it cannot read."""


def run(out: TextIO, color: str = "auto") -> int:
    """Show the demo on a stream; return 0, or 1 where a run did not end as it should have."""
    screen = Screen(out, color)
    with raised() as stage:
        aws, recorded = stage.aws, stage.day
        _opening(screen, aws, recorded)
        screen.heading("1  The queue holds a day")
        first = _first(screen, stage.runner)
        screen.heading("2  What the phones show")
        shown_so_far = _slack(screen, aws, recorded, 0)
        screen.heading(f"3  {LATER // timedelta(minutes=1)} minutes later")
        aws.jump(LATER)
        second = _second(screen, stage.runner)
        _slack(screen, aws, recorded, shown_so_far)
        screen.line()
        left, dead = len(aws.messages(stage.queue_url)), len(aws.messages(stage.dlq_url))
        _ending(screen, left, dead)
    if (first, second) != (_FIRST, _SECOND):
        screen.line()
        screen.say(
            f"This is not how it should have gone: the runs ended with {first} and {second}, not with "
            f"{_FIRST} and {_SECOND}."
        )
        return 1
    return 0


def _opening(screen: Screen, aws: FakeAws, recorded: Day) -> None:
    changes = sum(arrival.thing is not None for arrival in recorded.arrivals)
    screen.line(screen.style("A day in a quiet account, and what iacwatch makes of it", "bold"))
    screen.line()
    screen.say(
        f"An AWS and a Slack of its own now run on this machine, at {aws.url}: no account, no network, "
        "nothing of your configuration.",
        f"AWS Config saw {changes} changes there in eight hours. Many were the pipeline's, some were not.",
        "CloudTrail knows who called, among reads, refused calls and look-alikes.",
    )


def _first(screen: Screen, runner: Runner) -> int:
    screen.say(
        "The real drain, in a process of its own. Two workflows are configured: the pipeline's role, opened "
        "from its main branch, and Erin's stacks. The pipeline has handed its addresses over, as after "
        "each apply (terraform state pull | iacwatch address add -). It takes some seconds, since "
        "CloudTrail takes two look-ups a second."
    )
    screen.line()
    code = runner.show(screen)
    screen.line()
    screen.term(
        "the table", "who changed what behind the pipeline's back; one change nobody can be found for"
    )
    screen.term("not reported", "applies by the pipeline, CloudFormation's own, AWS's own, counters of AWS's")
    screen.term("ignored", "what carries no managed-by tag, and items in which nothing had changed")
    screen.term("reported before", "a role, recorded in two regions: one change, reported once")
    screen.term(
        "deferred",
        "two changes too young to judge without their trail events: an empty answer proves nothing",
    )
    screen.term("failed", "one message is cut off: it stays for SQS's redrive, and the exit code is 1")
    return code


def _second(screen: Screen, runner: Runner) -> int:
    screen.say(
        "The demo's AWS has put its own clock forward, so that what was deferred comes back. The missing "
        "trail events are there by now."
    )
    screen.line()
    code = runner.show(screen)
    screen.line()
    return code


def _ending(screen: Screen, left: int, dead: int) -> None:
    screen.term("the queue", f"{_number(left)} left in it")
    screen.term(
        "the DLQ", f"{_number(dead)} in it: the one that is cut off, moved there by SQS after its last try"
    )
    screen.heading("Go on here")
    _commands(
        screen,
        ("iacwatch demo who web", "who changed this one, in ten weeks"),
        ("iacwatch demo address find web", "what the code calls it, and whose it is"),
        ("iacwatch demo backfill --since 60d", "all that changed, in a minute"),
        ("iacwatch demo doctor", "is the account set up, and what mends it"),
    )
    screen.heading("Now yours: these only read, with the credentials you have")
    _commands(
        screen,
        ("iacwatch who sg-0123456789abcdef0", "who changed an object of yours"),
        ("iacwatch backfill --since yesterday", "what was changed, and by whom"),
        ("iacwatch help slack", "then the first message"),
    )


def _commands(screen: Screen, *rows: tuple[str, str]) -> None:
    for command, what in rows:
        screen.line(f"  {screen.style(f'{command:<37}', 'bold')} {what}")


def _number(count: int) -> str:
    return "1 message" if count == 1 else f"{count or 'no'} messages"


def _slack(screen: Screen, aws: FakeAws, recorded: Day, seen: int) -> int:
    """Show what was posted since `seen` messages, each with what it was; return how many there are now."""
    messages = aws.slack_messages
    parents = [message for message in messages[seen:] if not message["thread_ts"]]
    for index, message in enumerate(parents):
        if index:
            screen.line()
        replies = [each for each in messages if each["thread_ts"] == message["ts"]]
        for story in _stories(recorded, [message, *replies]):
            screen.say(story[:1].upper() + story[1:] + ":", style="bold")
        phone.show(screen, message, replies)
    return len(messages)


def _stories(recorded: Day, messages: Sequence[Mapping[str, Json]]) -> list[str]:
    """Return what a message and its thread are about, in the words of the day."""
    text = "\n".join(phone.words(message) for message in messages)
    shown_so_far = [arrival for arrival in recorded.arrivals if _is_about(text, arrival)]
    return list(dict.fromkeys(arrival.truth.story for arrival in shown_so_far))


def _is_about(text: str, arrival: Arrival) -> bool:
    truth, thing = arrival.truth, arrival.thing
    if thing is None or truth.verdict not in {Verdict.OUT_OF_BAND, Verdict.UNATTRIBUTED}:
        return False
    names = [name for name in (thing.id, thing.name, thing.tags.get("Name")) if name]
    named = any(re.search(rf"(?<![\w/.-]){re.escape(name)}(?![\w/.-])", text) for name in names)
    return named and (truth.actor in text if truth.actor else "obody" in text)
