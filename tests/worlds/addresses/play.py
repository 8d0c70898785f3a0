"""Plays where changed objects live in IaC: `python -m tests.worlds.addresses.play SEED`."""

import sys
from functools import partial

from iacwatch.demo.fake.server import FakeAws
from tests.worlds.addresses.company import Company
from tests.worlds.addresses.desk import Desk
from tests.worlds.addresses.judging import judge
from tests.worlds.addresses.pasting import Shell
from tests.worlds.playing import by_hand

HANDED = {"add", "old", "plan", "refresh-only"}
"""First words of the labels of what a pipeline hands over."""


def play(company, folder):
    """Fill an index from every stack, let `drain` report all changes; return the score."""
    with FakeAws(rate=1000) as aws:
        aws.slack_rate = None
        desk = Desk(aws, company, folder)
        desk.fill()
        marks = judge(company, desk.drained(), Shell(folder / "shell"))
        refusals(desk, marks)
        leavings(desk, marks)
    return marks


def refusals(desk, marks):
    """Every state and plan that a pipeline hands over is taken."""
    for label, code, _, err in desk.results:
        if label.split()[0] in HANDED and (code != 0 or "Traceback" in err):
            marks.amiss("refusal", label, "taken", 0, f"{code}: {err[-300:]}")


def leavings(desk, marks):
    """No secret is anywhere, and nothing that a terminal or Slack obeys comes through."""
    for place, content in desk.leavings():
        for secret in sorted(desk.company.estate.canaries.found(content)):
            marks.amiss("secret", place, secret, "nowhere", "found")
        obeyed = (b"<!channel>", b"<@U0123>") if place == "Slack" else (b"\x1b[31mred", "\u202eexe".encode())
        if place.startswith(("stdout", "stderr", "Slack")) and any(each in content for each in obeyed):
            marks.amiss("text", place, "what a terminal or Slack obeys", "escaped", "raw")


if __name__ == "__main__":
    made = Company(int(sys.argv[1]))
    counts = len(made.estate.objects), len(made.estate.stacks), len(made.estate.truths)
    by_hand("{} objects in {} states, {} changes".format(*counts), partial(play, made))
