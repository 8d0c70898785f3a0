"""Plays where changed objects live in IaC: `python -m tests.worlds.addresses.play SEED`."""

import html
import json
import re
import sys
from functools import partial

from iacwatch.demo.fake.server import FakeAws
from tests.worlds.addresses.company import Company
from tests.worlds.addresses.desk import ENDINGS, Desk
from tests.worlds.addresses.judging import judge
from tests.worlds.addresses.pasting import Shell
from tests.worlds.playing import by_hand

SMALL = {"objects": 24, "rounds": 1, "planned": ("net-prod",)}
HANDED = {"add", "old", "plan", "refresh-only"}
"""First words of the labels of what a pipeline hands over."""


def play(company, folder):
    """Fill an index from every stack, let `drain` report all changes, and ask for some; return the score."""
    with FakeAws(rate=1000) as aws:
        aws.slack_rate = None
        desk = Desk(aws, company, folder)
        desk.fill()
        lines = desk.drained()
        marks = judge(company, lines, Shell(folder / "shell"))
        Played(desk, company, marks, lines).judge()
    return marks


class Played:
    """What the commands said besides the report."""

    def __init__(self, desk, company, marks, lines):
        self.desk, self.company, self.lines = desk, company, lines
        self.amiss = marks.amiss

    def judge(self):
        self.taken()
        self.asked(6)
        self.refused()
        self.shown()
        for place, content in self.desk.leavings():
            for secret in sorted(self.company.estate.canaries.found(content)):
                self.amiss("secret", place, secret, "nowhere", "found")
            self.raw(place, content)

    def taken(self):
        """Every state and plan that a pipeline hands over is taken."""
        for label, code, _, err in self.desk.results:
            last = err.strip().splitlines()[-1:]
            allowed = {0} if label.split()[0] in HANDED else {0, 1}
            if code not in allowed or (code == 0 and "Traceback" in err):
                self.amiss("refusal", label, "exit code", allowed, f"{code}: {last}")

    def refused(self):
        """What is no state is refused in a sentence."""
        for label, code, _, err in self.desk.refuse():
            said = [line for line in err.splitlines() if line.strip()]
            if code == 0 or len(said) != 1:
                got = f"{code}: {said[:3]}"
                self.amiss("refusal", label, "address add", "one sentence and an exit code", got)

    def asked(self, most):
        """`address find` answers for ids, ARNs and addresses; `address add --print` shows, and keeps nothing."""
        truths = self.company.estate.truths
        homes = [
            each
            for each in truths
            if each.living.homes and each.label in {"github", "options", "hcp", "folder"}
        ]
        for number, truth in enumerate(homes[:: max(1, len(homes) // most)][:most]):
            stack, address = truth.living.homes[0]
            id_ = stack.state.found(address)[2]["attributes"]["id"]
            label, code, out, _ = self.desk.find((truth.arn, address, id_)[number % 3])
            if code or address not in strings([json.loads(line) for line in out.splitlines()]):
                self.amiss("find", truth.label, label, address, f"{code}: {out[:300]}")
        (_, code, out, err), home, id_ = self.desk.show()
        if code or plain(home) not in plain(out + err):
            self.amiss("find", "--print", id_, home, f"{code}: {out[:300]} {err[-300:]}")
        _, code, out, _ = self.desk.find(id_)
        if code != 1 or out.strip():
            self.amiss("find", "nothing is kept", id_, 1, f"{code}: {out[:100]}")

    def shown(self):
        """Each report that people read holds the addresses; those of plain signs are looked for."""
        told = {
            (each["iac"] or {}).get("address") or ""
            for each in self.lines
            if each["verdict"] == "out-of-band"
        }
        told = {each for each in told if re.fullmatch(r"[a-z0-9_.]{12,40}", each)}
        for ending in ENDINGS:
            text = plain(html.unescape((self.desk.folder / f"report.{ending}").read_text()))
            if ending == "txt":
                text = re.sub(r"\s|[│┃|]", "", text)
            lacking = [each for each in told if each not in text]
            if lacking:
                self.amiss("text", f"report.{ending}", "addresses", len(told), f"{lacking[:3]} lack")
        said = json.dumps(self.desk.aws.slack_messages)
        if told and not any(each in said for each in told):
            self.amiss("text", "Slack", "an address", "some", "none")

    def raw(self, place, content):
        """Nothing that a terminal or Slack obeys comes through."""
        obeyed = (b"<!channel>", b"<@U0123>") if place == "Slack" else (b"\x1b[31mred", "\u202eexe".encode())
        if place.startswith(("stdout", "stderr", "Slack")) and any(each in content for each in obeyed):
            self.amiss("text", place, "what a terminal or Slack obeys", "escaped", "raw")


def plain(text):
    """Return a text without what formats escape differently."""
    return text.replace("\\", "")


def strings(value):
    """Return all texts of a JSON document."""
    if isinstance(value, str):
        return {value}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {text for each in inner for text in strings(each)}


if __name__ == "__main__":
    made = Company(int(sys.argv[1]))
    counts = len(made.estate.objects), len(made.estate.stacks), len(made.estate.truths)
    by_hand("{} objects in {} states, {} changes".format(*counts), partial(play, made))
