"""Compares the report's addresses and what it says of the next apply with what is right."""

import re

from tests.worlds.marks import MISS, WRONG, Marks, paired

LEFT = {"gone", "forgotten", "again", "replaced"}
"""Words of labels of what its state does not hold any more."""
URL = re.compile(r"https://[A-Za-z0-9%._~:/?#@!$&()*+,;=-]+")


class AddressMarks(Marks):
    """Grades of addresses: right, missing (`miss`) or another's (`wrong`); and the kinds of what is amiss besides.

    Kinds: line, also, does, weak (unknown though it could be said), stack, evidence, step, secret, find, refusal, text.
    """

    def amiss(self, kind, label, what, expected="", got=""):
        self.note(kind, label, f"{what}: expected {readable(expected)}, got {readable(got)}")


def readable(value):
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else value


def judge(company, lines, shell):
    """Return how well a report met what is right of each change."""
    marks = AddressMarks()
    for truth, mine in paired(company.estate.truths, lines, marks):
        what = f"{truth.type} {truth.living.thing.name or truth.id}"
        if len(mine) != 1 or mine[0]["verdict"] != truth.verdict:
            got = [line["verdict"] for line in mine]
            marks.amiss("line", truth.label, what, f"one line, {truth.verdict}", got)
            continue
        One(marks, truth, mine[0], f"{what} ({mine[0]['change']['change_type']})").judge(shell)
    return marks


class One:
    """One line beside its truth."""

    def __init__(self, marks, truth, line, what):
        self.marks, self.truth, self.line, self.what = marks, truth, line, what
        self.iac, self.right = line["iac"] or {}, truth.right
        self.address, self.living = self.iac.get("address"), truth.living
        self.homes = {home: stack for stack, home in self.living.homes}
        self.stack = self.homes.get(self.address)

    def amiss(self, kind, expected, got):
        self.marks.amiss(kind, self.truth.label, self.what, expected, got)

    def expect(self, kind, right, got, of=""):
        """Note what is not among what is right."""
        if got not in right:
            self.amiss(kind, f"{of} {readable(set(right))}", got)

    def judge(self, shell):
        right = self.right["addresses"]
        if self.address not in right:
            text = f"{self.what}: expected {readable(right)}, got {self.address}"
            self.marks.add(self.truth.label, MISS if self.address is None else WRONG, text)
        elif right != {None}:
            self.marks.add(self.truth.label)
        self.next_apply()
        if self.address and self.address in right:
            self.beside()
            self.place()
        self.steps(shell)

    def next_apply(self):
        said = self.line["next_apply"] or {}
        does, right = said.get("does"), self.right["does"]
        self.marks.sums["does said"] += does is not None
        self.marks.sums["does unknown"] += does == "unknown"
        got = f"{does} ({said.get('rule')}: {said.get('reason')})"
        if does not in right:
            self.amiss("weak" if does == "unknown" and None not in right else "does", right, got)
        elif said and not (said.get("rule") and said.get("reason")):
            self.amiss("does", "a rule and a reason", got)

    def beside(self):
        """Judge what stands beside a right address: other addresses of the object, never of its parts, and evidence."""
        must = self.right["same"] | set(self.homes) - {self.address}
        got = set(self.iac.get("also") or ())
        if self.address in self.homes and got != must:
            self.amiss("also", must, got)
        for name in ("evidence", "precision", "engine"):
            right = self.right[name] or {self.iac.get(name)}
            self.expect("evidence", right, self.iac.get(name), name)

    def place(self):
        """Judge which stack it says, whose, and out of which state."""
        told = {"stack", "repository", "owner", "path"}
        right = {key: {value} for key, value in self.truth.more.items() if key in told}
        stack = self.stack
        if stack:
            left = {stack.was} if set(self.truth.label.split()) & LEFT else set()
            right |= {"repository": {stack.repository}, "commit": {stack.commit}}
            right |= {"serial": {stack.state.serial, *left}}
            if stack.owner or stack.name == "app-staging":
                right["owner"] = {stack.owner} if stack.owner else {None, "shop"}
            if stack.says:
                right["stack"] = stack.says
            if not str(self.iac.get("state")).endswith(stack.place) or not self.iac.get("seen_at"):
                self.amiss("stack", f"{stack.place}, and a time", self.iac)
        for name, values in right.items():
            self.expect("stack", values, self.iac.get(name), f"{name} in {stack.name if stack else '?'}")

    def steps(self, shell):
        """Judge the commands that are offered, pasted into a shell."""
        steps, stack = self.line["next_steps"], self.stack
        plans = [each["text"] or "" for each in steps if each["kind"] == "plan"]
        if stack and self.truth.verdict != "in-workflow" and not plans:
            self.amiss("step", "a plan command", [each["kind"] for each in steps])
        for each in steps:
            if each["url"] and not URL.fullmatch(each["url"]):
                self.amiss("step", "a URL of plain signs", each["url"])
            if each["kind"] == "import":
                self.imported(each["text"])
        for text in plans if stack else ():
            self.marks.sums["commands pasted"] += 1
            tool = stack.command if stack.how == "folder" else None
            wrong = shell.judge(text, set(self.right["targets"]), stack.directory, tool)
            if wrong:
                self.amiss("step", f"a safe command for {self.address}", f"{wrong} from {text!r}")

    def imported(self, text):
        """Judge an import block: only of what is in no state, with the id that Terraform imports by."""
        self.marks.sums["imports"] += 1
        sort, said = self.living.sort, re.search(r'id\s*=\s*"(.*)"', text)
        right, to = sort.id_of(self.living.thing, 6), re.search(r"to\s*=\s*(\w+)\.", text)
        if self.living.homes or not said or said[1] != right or not to or to[1] != sort.type:
            self.amiss("step", f"import of {right}, of what no state holds, to {sort.type}", text)
