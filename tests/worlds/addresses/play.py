"""Plays where changed objects live in IaC: `python -m tests.worlds.addresses.play SEED`."""

import html
import json
import re
import sys
from functools import partial

from iacwatch.demo.fake.server import FakeAws
from tests.fixtures import history_folder
from tests.worlds.addresses.company import Company
from tests.worlds.addresses.desk import ENDINGS, Desk
from tests.worlds.addresses.judging import judge
from tests.worlds.addresses.pasting import Shell
from tests.worlds.playing import by_hand

SMALL = {
    "objects": 24,
    "rounds": 1,
    "planned": ("net-prod", "tools"),
    "without": ("legacy", "payments", "atmos", "space", "s3-db", "s3-space", "s3-odd", "s3-old"),
}
HANDED = {"add", "old", "plan", "refresh-only"}
"""First words of the labels of what a pipeline hands over."""


def play(company, folder, *, whole=True, table=None):
    """Fill an index from every stack, let `drain` report all changes, and ask for some; return the score."""
    with FakeAws(rate=1000) as aws:
        aws.slack_rate = None
        desk = Desk(aws, company, folder, table=table)
        desk.fill()
        lines = desk.drained(slack=whole)
        marks = judge(company, lines, Shell(folder / "shell"))
        Played(desk, company, marks, lines).judge(whole=whole)
    return marks


class Played:
    """What the commands said besides the report."""

    def __init__(self, desk, company, marks, lines):
        self.desk, self.company, self.lines = desk, company, lines
        self.amiss = marks.amiss

    def judge(self, *, whole):
        self.taken()
        self.asked(12 if whole else 3)
        if whole:
            self.again()
            self.looked()
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
            if code and label.split()[0] in HANDED:
                self.amiss("refusal", label, "exit code", 0, f"{code}: {last}")
            if "Traceback" in err and code == 0:
                self.amiss("refusal", label, "stderr", "no traceback", last)
            if label.startswith("scan") and code not in {0, 1}:
                self.amiss("refusal", label, "exit code", "0 or 1", code)

    def refused(self):
        """What is no state is refused in a sentence."""
        for label, code, _, err in self.desk.refuse():
            said = [line for line in err.splitlines() if line.strip()]
            if code == 0 or len(said) != 1:
                got = f"{code}: {said[:3]}"
                self.amiss("refusal", label, "address add", "one sentence and an exit code", got)

    def asked(self, most):
        """`address find` answers for ids, ARNs and addresses."""
        usual = {"github", "options", "bucket", "hcp", "folder"}
        truths = self.company.estate.truths
        homes = [truth for truth in truths if truth.living.homes and truth.label in usual]
        for number, truth in enumerate(homes[:: max(1, len(homes) // most)][:most]):
            address = truth.living.home
            label, code, out, _ = self.desk.find((truth.arn, address, truth.id)[number % 3])
            if code or address not in (
                each for line in out.splitlines() for each in strings(json.loads(line))
            ):
                self.amiss("find", truth.label, label, address, f"{code}: {out[:300]}")
        (_, code, out, err), home, id_ = self.desk.show()
        if code or plain(home) not in plain(out + err):
            self.amiss("find", "--print", id_, home, f"{code}: {out[:300]} {err[-300:]}")
        if self.desk.find(id_)[1] != 1:
            self.amiss("find", "--print", id_, "nothing is kept", "it is found")
        _, code, out, _ = self.desk.find("vpc-0000000000000000f")
        if code != 1 or out.strip():
            self.amiss("find", "nothing there", "exit code", 1, f"{code}: {out[:100]}")

    def again(self):
        """The same changes out of Config's files have the same addresses."""
        files = self.desk.folder / "history"
        history_folder.deliver(files, self.company.estate.world.items)
        before = {line["finding_id"]: line for line in self.lines}
        options = ("--since", "24h", "--changes", str(files), "--no-slack")
        for line in self.desk.report("backfill", *options):
            first = before.get(line["finding_id"])
            if not first or first["verdict"] != line["verdict"]:
                continue
            for each in (line, first):
                each["next_steps"] = [step for step in each["next_steps"] if step["kind"] != "ignore"]
            for name in ("iac", "next_apply", "next_steps"):
                if first[name] != line[name]:
                    what = line["change"]["resource_id"]
                    self.amiss("text", f"backfill: {name}", what, first[name], line[name])

    def looked(self):
        """`who`, `show` and `explain` tell the address as `drain` did; what is raw in them is judged with all the rest."""
        chosen = [line for line in self.lines if line["verdict"] == "out-of-band" and line["iac"]]
        chosen = [line for line in chosen if line["iac"]["stack"] and "\\" in (line["iac"]["address"] or "")]
        truths = self.company.estate.world.truths
        bodies = {(truth.account, truth.id): truth.bodies[0] for truth in truths if truth.bodies}
        for line in chosen[:2]:
            change, address = line["change"], plain(line["iac"]["address"])
            id_, account = change["resource_id"], change["account_id"]
            where = ("--account", account, "--resource-type", change["resource_type"], "--format", "jsonl")
            if change["region"] != "global":
                where = (*where, "--regions", change["region"])
            for arguments, stdin in (
                (("show", line["finding_id"]), b""),
                (("explain", "-"), bodies[account, id_].encode()),
                (("who", id_, *where), b""),
            ):
                label = arguments[0]
                _, code, out, err = self.desk.says(f"{label} {id_}", *arguments, stdin=stdin, loud=False)
                if label == "who":
                    out = " ".join(each for line in out.splitlines() for each in strings(json.loads(line)))
                if code or address not in plain(re.sub(r"\s", " ", out)):
                    self.amiss("text", label, id_, address, f"{code}: {out[-300:]} {err[-300:]}")

    def shown(self):
        """Each report that people read holds the addresses; those of plain signs are looked for."""
        told = {
            (line["iac"] or {}).get("address") or ""
            for line in self.lines
            if line["verdict"] == "out-of-band"
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
    """Yield all texts of a JSON document."""
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(each)


if __name__ == "__main__":
    made = Company(int(sys.argv[1]))
    counts = len(made.estate.objects), len(made.estate.stacks), len(made.estate.truths)
    by_hand("{} objects in {} states, {} changes".format(*counts), partial(play, made))
