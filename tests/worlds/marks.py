"""How well a report met the truth of a world: what was right and what was not, by label, each miss in a line."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.worlds.blind.score import causes, judged, key_of, told

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


def right(marks, share=1.0):
    """Assert that nobody is blamed for what others did, nobody hidden, and so much right."""
    print(marks.text())
    assert marks.of("blamed", "hidden", WRONG) == []
    assert marks.share >= share, marks.text()
