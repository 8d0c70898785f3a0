"""Compares the report of the real command with who really stood behind each change."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.worlds.blind.score import key_of

RIGHT, PARTLY, UNKNOWN, WRONG = "right", "partly", "unknown", "wrong"


@dataclass
class OriginScore:
    """What was right, partly right, left unknown, and wrong, by label; each miss in a line."""

    counts: dict = field(default_factory=lambda: defaultdict(Counter))
    misses: list = field(default_factory=list)

    def add(self, label, grade, text=""):
        self.counts[label][grade] += 1
        if grade != RIGHT:
            self.misses.append((grade, label, text))

    def total(self, grade=None):
        return sum(count[grade] if grade else count.total() for count in self.counts.values())

    @property
    def share(self):
        return self.total(RIGHT) / (self.total() or 1)

    def wrong(self):
        return [f"{label}: {text}" for grade, label, text in self.misses if grade == WRONG]

    def text(self):
        grades = (RIGHT, PARTLY, UNKNOWN, WRONG)
        head = ", ".join(f"{self.total(grade)} {grade}" for grade in grades)
        lines = [f"{self.total()} changes: {head} ({self.share:.1%} right)"]
        for label, count in sorted(self.counts.items()):
            if count[RIGHT] < count.total():
                lines.append(
                    f"  {label}: " + ", ".join(f"{count[each]} {each}" for each in grades if count[each])
                )
        lines += [f"{grade.upper():8}{label}: {text}" for grade, label, text in sorted(self.misses)]
        return "\n".join(lines)


def judge(world, lines, queued):
    """Return how well a report met the truth of each change."""
    found = defaultdict(list)
    for line in lines:
        found[key_of(line["change"])].append(line)
    score = OriginScore()
    for truth in world.truths:
        mine = [
            line for at in truth.captures for line in found.pop((truth.account, truth.type, truth.id, at), [])
        ]
        grade, text = graded(truth, mine, any(body in queued for body in truth.bodies))
        score.add(truth.label, grade, text)
    for key in found:
        score.add("invented", WRONG, f"a line about {key}, which never was")
    return score


def graded(truth, mine, waiting):
    """Return the grade of one change, and what is amiss."""
    if truth.outcome == "deferred":
        return (
            (RIGHT, "")
            if waiting and not mine
            else (WRONG, f"should wait, got {[shown(line) for line in mine]}")
        )
    if len(mine) != 1:
        return WRONG, f"{len(mine)} lines{', still queued' if waiting else ''}, expected {truth.verdict}"
    line = mine[0]
    if line["verdict"] != truth.verdict:
        return WRONG, f"expected {truth.verdict}, got {shown(line)} [{line['reason']}]"
    if line["event"] is None or line["event"]["event_id"] not in {each.id for each in truth.causes}:
        return WRONG, f"another call is named: {shown(line)}"
    results = [amiss(truth, each, line) for each in truth.expected]
    best = min(results, key=len)
    if not best:
        return RIGHT, ""
    text = f"{'; '.join(best)}; got {shown(line)} [{line['reason']}]"
    if any("name" not in {each.split()[0] for each in result} for result in results):
        return PARTLY, text
    session = truth.session
    own = line["actor"]["name"] in {session.name, (session.caller or "").rpartition("/")[2]}
    return (UNKNOWN if own and any(each.known for each in truth.expected) else WRONG), text


def amiss(truth, expected, line):
    """Return what differs from what is right, each beginning with the field's name."""
    actor, event, session = line["actor"], line["event"], truth.session
    checks = [("name", actor["name"] in expected.names, expected.names, actor["name"])]

    def check(name, right, got):
        checks.append((name, got == right, right, got))

    if expected.kind:
        check("kind", expected.kind, actor["kind"])
    if expected.principal:
        check("principal", expected.principal, actor["principal"])
    if expected.account:
        check("account_id", expected.account, actor["account_id"])
    if expected.vias:
        checks.append(("via", actor["via"] in expected.vias, expected.vias, actor["via"]))
    if expected.repositories is not None:
        fits = actor["repository"] in expected.repositories
        checks.append(("repository", fits, expected.repositories, actor["repository"]))
    if expected.chain is not None:
        checks.append(("chain", *chains(expected.chain, actor["chain"])))
    if session.arn:
        check("session", session.name, actor.get("session") or None)
    if session.kind != "federated-user" and session.arn:
        check("event.principal", session.caller, event.get("principal"))
        check("event.arn", session.arn, event.get("arn"))
    patterns = () if expected.known else truth.reason_says
    checks += [("reason", bool(re.search(each, line["reason"])), each, line["reason"]) for each in patterns]
    return [f"{name} should be {right}, is {got}" for name, fits, right, got in checks if not fits]


def chains(sessions, links):
    """Compare a chain, nearest to the call first: ARNs, keys, and the events that opened each session."""
    right = [(each.arn, each.key or None) for each in sessions]
    got = [(each["arn"], each["access_key_id"]) for each in links]
    events = all(
        not session.events or link["event_id"] in session.events
        for session, link in zip(sessions, links, strict=False)
    )
    return right == got and events, right, [*got, *([] if events else ["other event ids"])]


def shown(line):
    actor = line["actor"] or {}
    return f"{line['verdict']} {actor.get('name')} ({actor.get('kind')}, {actor.get('via')})"
