"""How well a report met the truth of a world: what was right and what was not, by label, each miss in a line."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

RIGHT, MISS, WRONG = "right", "miss", "wrong"
SHOWN = {"out-of-band", "unattributed"}


@dataclass
class Marks:
    """Grades of the changes by label, and what is amiss; `sums` counts whatever else a world counts."""

    counts: dict = field(default_factory=lambda: defaultdict(Counter))
    misses: list = field(default_factory=list)
    sums: Counter = field(default_factory=Counter)

    def add(self, label, grade=RIGHT, text=""):
        """Grade one change."""
        self.counts[label][grade] += 1
        if grade != RIGHT:
            self.note(grade, label, text)

    def note(self, grade, label, text):
        """Note what is amiss besides the grade of a change."""
        self.misses.append((grade, label, text))

    def of(self, *grades):
        return [f"{label}: {text}" for grade, label, text in self.misses if grade in grades]

    def total(self, grade=None):
        return sum(count[grade] if grade else count.total() for count in self.counts.values())

    @property
    def share(self):
        return self.total(RIGHT) / (self.total() or 1)

    def text(self):
        amiss = Counter(grade for grade, *_ in self.misses)
        head = [f"{self.total(RIGHT)} of {self.total()} right ({self.share:.2%})"]
        head += [f"{count} {grade}" for grade, count in (amiss + self.sums).items()]
        labels = [
            f"  {label}: {dict(count)}"
            for label, count in sorted(self.counts.items())
            if set(count) != {RIGHT}
        ]
        lines = [f"{grade.upper():9}[{label}] {text}" for grade, label, text in sorted(self.misses)]
        return "\n".join([", ".join(head), *labels, *lines])


def paired(truths, lines, marks):
    """Yield each truth with the lines about it; lines about what never was are wrong."""
    found = defaultdict(list)
    for line in lines:
        found[key_of(line["change"])].append(line)
    for truth in truths:
        keys = [(truth.account, truth.type, truth.id, at) for at in truth.captures]
        yield truth, [line for key in keys for line in found.pop(key, ())]
    for key in found:
        marks.add("invented", WRONG, f"a line about {key}, which never was")


def judge(world, lines, queued):
    """Return how well a report met who did what: nobody blamed for what others did, and nobody hidden."""
    marks = Marks()
    for truth, mine in paired(world.truths, lines, marks):
        problem = judged(truth, [spared(truth, line) for line in mine], queued)
        said = f"[{mine[0].get('reason', '')}]" if mine else ""
        marks.add(truth.label, MISS if problem else RIGHT, f"{truth.text}: {problem} {said}")
        shown = f"{truth.text}: {told(mine[0]) if mine else 'no line'}; it was {causes(truth)}"
        guilty = {cause.id for cause in truth.causes}
        for line in mine:
            if line["verdict"] == "out-of-band" and line["event"]["event_id"] not in guilty:
                marks.note("blamed", truth.label, shown)
        leads = {each["event_id"] for line in mine for each in line.get("leads") or ()}
        for lead in getattr(truth, "leads", ()):
            marks.sums["leads told" if lead in leads else "leads not told"] += 1
        strangers = truth.verdict == "out-of-band" and any(not each.actor.service for each in truth.named)
        must = strangers or truth.verdict == "unattributed"
        if must and not any(line["verdict"] in SHOWN for line in mine):
            marks.note("hidden", truth.label, shown)
    return marks


def spared(truth, line):
    """Return a line without the calls that it may name beside the cause, or not."""
    free = getattr(truth, "spared", ())
    return {**line, "other_events": [each for each in line["other_events"] if each["event_id"] not in free]}


def key_of(change):
    """Return what a line of the report and a truth have in common; revisions share one id, but no ARN."""
    unique = change["arn"] if change["resource_type"] == "AWS::ECS::TaskDefinition" else change["resource_id"]
    at = datetime.fromisoformat(change["captured_at"])
    return change["account_id"], change["resource_type"], unique, at


def judged(truth, found, queued):
    """Return what is wrong with the lines about one change, if anything."""
    waiting = any(body in queued for body in truth.bodies)
    if truth.outcome != "finding":
        wrong = f"got {told(found[0])}" if found else f"queued is {waiting}"
        right = not found and waiting is (truth.outcome in {"deferred", "failed"})
        return None if right else f"expected {truth.outcome} {truth.reason}, {wrong}"
    expected = f"expected {truth.verdict}, managed by {truth.managed_by}, {causes(truth)}"
    if waiting or len(found) != 1:
        return f"{len(found)} lines, queued is {waiting}; {expected}"
    line = found[0]
    event, actor = line["event"], line["actor"]
    named = {cause.id: cause for cause in truth.named}
    cause = named.get(event["event_id"]) if event else None
    right = line["verdict"] == truth.verdict and line["change"]["managed_by"] == truth.managed_by
    if not truth.causes:
        return None if right and not event and not actor else f"{expected}, got {told(line)}"
    if not right or cause is None:
        return f"{expected}, got {told(line)}"
    if cause.actor.names and actor["name"] not in cause.actor.names:
        return f"expected the name {cause.actor.names}, got {actor['name']}"
    if cause.actor.arn and actor["arn"] != cause.actor.arn:
        return f"expected the ARN {cause.actor.arn}, got {actor['arn']}"
    others = {each["event_id"] for each in line["other_events"]}
    wanted = {each.id for each in truth.causes} - {cause.id}
    missing, extra = len(wanted - others), len(others - wanted)
    problem = f"other events: {missing} missing, {extra} that are none; {expected}, got {told(line)}"
    return None if others == wanted else problem


def told(line):
    event, actor = line["event"] or {}, line["actor"] or {}
    others = [each["event_name"] for each in line["other_events"]]
    named = f"{event.get('event_name')} by {actor.get('name')} at {event.get('event_time', '')[11:19]}"
    return f"{line['verdict']} ({named}; others {others})"


def causes(truth):
    return "; ".join(cause.text for cause in truth.causes) or "nobody"


def ignored(summary):
    """Return the counts of ignored changes by reason, from the closing summary on stderr."""
    found = re.search(r"^\s*ignored: (.*)$", summary, re.MULTILINE)
    return Counter(
        {name: int(count) for count, name in re.findall(r"(\d+) ([a-z-]+)", found[1] if found else "")}
    )


def right(marks, share=1.0):
    """Assert that nobody is blamed for what others did, nobody hidden, and so much right."""
    print(marks.text())
    assert marks.of("blamed", "hidden", WRONG) == []
    assert marks.share >= share, marks.text()
