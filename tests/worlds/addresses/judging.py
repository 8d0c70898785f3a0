"""Compares the report's addresses and what it says of the next apply with what is right."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

KINDS = (
    "line",
    "address",
    "missing",
    "also",
    "does",
    "weak",
    "stack",
    "evidence",
    "step",
    "secret",
    "find",
    "refusal",
    "text",
)

LEFT = {"gone", "forgotten", "again", "replaced"}
"""Words of labels of what its state does not hold any more."""

URL = re.compile(r"https://[A-Za-z0-9%._~:/?#@!$&()*+,;=-]+")


@dataclass
class AddressScore:
    """What was right, and each miss, by kind and label."""

    counts: Counter = field(default_factory=Counter)
    misses: list = field(default_factory=list)
    by_label: dict = field(default_factory=lambda: defaultdict(Counter))

    def miss(self, kind, label, what, expected="", got=""):
        self.misses.append((kind, label, what, expected, got))
        self.by_label[label][kind] += 1

    def of(self, *kinds):
        return [each for each in self.misses if each[0] in kinds]

    @property
    def right(self):
        return self.counts["address right"] / (self.counts["address known"] or 1)

    @property
    def unknown(self):
        return self.counts["does unknown"] / (self.counts["does said"] or 1)

    def text(self, most=400):
        counts = self.counts
        lines = [
            f"addresses: {counts['address right']} of {counts['address known']} right ({self.right:.1%}), {len(self.of('missing'))} missing, {len(self.of('address'))} wrong",
            f"does: {counts['does said']} said, {len(self.of('does'))} wrong, {len(self.of('weak'))} unknown that could be said, {self.unknown:.1%} unknown",
            f"commands pasted: {counts['pasted']}, {len(self.of('step'))} wrong; secrets found: {len(self.of('secret'))}",
        ]
        lines.append(
            "misses: "
            + (", ".join(f"{kind} {len(self.of(kind))}" for kind in KINDS if self.of(kind)) or "none")
        )
        lines += [f"  {label}: {dict(count)}" for label, count in sorted(self.by_label.items())]
        lines += [
            f"{kind.upper():9}[{label}] {what}: expected {expected}, got {got}"
            for kind, label, what, expected, got in sorted(
                self.misses, key=lambda each: KINDS.index(each[0])
            )[:most]
        ]
        return "\n".join(lines)


def key_of(change):
    return change["account_id"], change["resource_type"], change["resource_id"], change["captured_at"]


def judge(company, lines, shell):
    """Return how well a report met what is right of each change."""
    score = AddressScore()
    found = defaultdict(list)
    for line in lines:
        found[key_of(line["change"])].append(line)
    for truth in company.stage.truths:
        thing = truth.living.thing
        mine = [
            line for at in truth.captures
            for line in found.pop((thing.account, thing.type, thing.id, f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"), [])
        ]  # fmt: skip
        what = f"{thing.type} {thing.name or thing.id}"
        if len(mine) != 1 or mine[0]["verdict"] != truth.verdict:
            score.miss(
                "line", truth.label, what, f"one line, {truth.verdict}", [each["verdict"] for each in mine]
            )
            continue
        one(score, truth, mine[0], f"{what} ({mine[0]['change']['change_type']})", shell)
    for key in found:
        score.miss("line", "invented", key, "none", "a line")
    return score


def one(score, truth, line, what, shell):
    """Judge one line."""
    iac = line["iac"] or {}
    address = iac.get("address")
    known = truth.addresses != {None}
    score.counts["address known"] += known
    if address in truth.addresses:
        score.counts["address right"] += known
    else:
        kind = "missing" if address is None else "address"
        score.miss(kind, truth.label, what, sorted(map(str, truth.addresses)), address)
    does_of(score, truth, line, what)
    if address and address in truth.addresses:
        facts(score, truth, iac, what)
    steps(score, truth, line, what, shell)


def does_of(score, truth, line, what):
    said = line["next_apply"]
    does = (said or {}).get("does")
    score.counts["does said"] += does is not None
    score.counts["does unknown"] += does == "unknown"
    got = f"{does} ({(said or {}).get('rule')}: {(said or {}).get('reason')})"
    if does not in truth.does:
        weak = does == "unknown" and None not in truth.does
        score.miss("weak" if weak else "does", truth.label, what, sorted(map(str, truth.does)), got)
    elif said and not (said.get("rule") and said.get("reason")):
        score.miss("does", truth.label, what, "a rule and a reason", got)


def facts(score, truth, iac, what):
    """Judge what stands beside a right address."""
    address, living = iac["address"], truth.living
    homes = {home: stack for stack, home in living.homes}
    others = set(homes) - {address}
    must, may = truth.same | others, truth.same | others | set(living.parts)
    if address in homes:
        got = set(iac.get("also") or ())
        if not must <= got or not got <= may:
            score.miss("also", truth.label, what, sorted(must), sorted(got))
        if got & set(living.parts):
            score.miss("also", truth.label, what, "no parts", sorted(got & set(living.parts)))
    for name in ("evidence", "precision"):
        right = getattr(truth, name)
        if right and iac.get(name) not in right:
            score.miss("evidence", truth.label, f"{what} {name}", sorted(map(str, right)), iac.get(name))
    if truth.engines and iac.get("engine") not in truth.engines:
        score.miss(
            "evidence", truth.label, f"{what} engine", sorted(map(str, truth.engines)), iac.get("engine")
        )
    stack = homes.get(address)
    expected = {
        key: {value} for key, value in truth.more.items() if key in {"stack", "repository", "owner", "path"}
    }
    if stack:
        serials = {stack.was} if set(truth.label.split()) & LEFT else set()
        expected |= {
            "repository": {stack.repository},
            "commit": {stack.commit},
            "serial": {stack.state.serial, *serials},
        }
        if stack.owner or stack.name == "app-staging":
            expected["owner"] = {stack.owner} if stack.owner else {None, "shop"}
        if stack.says:
            expected["stack"] = stack.says
        if stack.place and not str(iac.get("state")).endswith(stack.place):
            score.miss("stack", truth.label, f"{what} state", stack.place, iac.get("state"))
        if not iac.get("seen_at"):
            score.miss("stack", truth.label, f"{what} seen_at", "a time", iac.get("seen_at"))
    for name, right in expected.items():
        if iac.get(name) not in right:
            where = f" in {stack.name}" if stack else ""
            score.miss("stack", truth.label, f"{name}{where}", sorted(map(str, right)), iac.get(name))


def steps(score, truth, line, what, shell):
    """Judge the commands that are offered, pasted into a shell."""
    address = (line["iac"] or {}).get("address")
    stack = next((stack for stack, home in truth.living.homes if home == address), None)
    plans = [each for each in line["next_steps"] if each["kind"] == "plan"]
    expected = stack is not None and truth.verdict != "in-workflow"
    if expected and not plans:
        score.miss("step", truth.label, what, "a plan command", [each["kind"] for each in line["next_steps"]])
    for each in line["next_steps"]:
        if each["url"] and not URL.fullmatch(each["url"]):
            score.miss("step", truth.label, what, "a URL of plain signs", each["url"])
        if each["kind"] == "import":
            score.counts["imports"] += 1
            imported(score, truth, each["text"], what)
        if "apply" in (each["text"] or "").split() and each["kind"] == "plan":
            score.miss("step", truth.label, what, "never apply", each["text"])
    for each in plans if stack else ():
        score.counts["pasted"] += 1
        wrong = shell.judge(
            each["text"],
            set(truth.targets),
            stack.directory,
            stack.command if stack.how in {"folder", "bucket"} else None,
        )
        if wrong:
            score.miss(
                "step", truth.label, what, f"a safe command for {address}", f"{wrong} from {each['text']!r}"
            )


def imported(score, truth, text, what):
    """Judge an import block: only of what is in no state, with the id that Terraform imports by."""
    thing, sort = truth.living.thing, truth.living.sort
    told = re.search(r'id\s*=\s*"(.*)"', text)
    right = sort.id_of(thing, 6)
    if truth.living.homes or not told or told[1] != right:
        score.miss("step", truth.label, what, f"import of {right}, of what no state holds", text)
    to = re.search(r"to\s*=\s*(\w+)\.", text)
    if not to or to[1] != sort.type:
        score.miss("step", truth.label, what, f"import to {sort.type}", text)
