"""Compares the report of the real command with the truth of a world, kind by kind."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.worlds.blind.score import causes, judged, key_of, told


@dataclass
class Judgement:
    """What was right by kind, and each miss with who was blamed or cleared."""

    right: Counter = field(default_factory=Counter)
    total: Counter = field(default_factory=Counter)
    misses: list[tuple[str, str]] = field(default_factory=list)
    blamed: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    leads: Counter = field(default_factory=Counter)

    @property
    def share(self):
        return self.right.total() / self.total.total()

    def text(self):
        head = (
            f"{self.right.total()} of {self.total.total()} right ({self.share:.2%}), "
            f"{len(self.blamed)} blamed wrongly, {len(self.hidden)} hidden"
        )
        if self.leads:
            head += f"; {self.leads['told']} of {self.leads.total()} leads told"
        kinds = [
            f"  {kind}: {self.right[kind]}/{count}"
            for kind, count in sorted(self.total.items())
            if self.right[kind] < count
        ]
        lines = [f"MISS   {kind}: {text}" for kind, text in sorted(self.misses)]
        lines += [f"BLAMED {each}" for each in self.blamed] + [f"HIDDEN {each}" for each in self.hidden]
        return "\n".join([head, *kinds, *lines])


def judge(world, lines, queued):
    """Return how well a report met the truth."""
    found = defaultdict(list)
    for line in lines:
        found[key_of(line["change"])].append(line)
    result = Judgement()
    seen = set()
    for truth in world.truths:
        keys = [(truth.account, truth.type, truth.id, at) for at in truth.captures]
        seen.update(keys)
        mine = [line for key in keys for line in found.get(key, [])]
        problem = wrong(truth, mine, queued)
        result.total[truth.label] += 1
        if problem:
            result.misses.append((truth.label, f"{truth.text}: {problem} {reason(mine)}"))
        else:
            result.right[truth.label] += 1
        for line in mine:
            blame(truth, line, result)
        for lead in getattr(truth, "leads", ()):
            told_leads = {each["event_id"] for line in mine for each in line.get("leads") or ()}
            result.leads["told" if lead in told_leads else "not told"] += 1
        if must_be_seen(truth) and not any(line["verdict"] in SHOWN for line in mine):
            said = told(mine[0]) if mine else "no line"
            result.hidden.append(f"{truth.text}: {said}; it was {causes(truth)}")
    for key in set(found) - seen:
        result.misses.append(("invented", f"{key}: a line about a change that never was"))
        result.total["invented"] += 1
    return result


SHOWN = {"out-of-band", "unattributed"}


def wrong(truth, mine, queued):
    """Return what is wrong with the lines about one change, if anything."""
    accepted = getattr(truth, "accepted", ()) or (truth.verdict,)
    if truth.outcome == "finding" and len(mine) == 1 and mine[0]["verdict"] in accepted[1:]:
        return None
    spared = getattr(truth, "spared", ())
    lines = [
        {**line, "other_events": [each for each in line["other_events"] if each["event_id"] not in spared]}
        for line in mine
    ]
    return judged(truth, lines, queued)


def must_be_seen(truth):
    strangers = [each for each in truth.named if not each.actor.service and truth.verdict == "out-of-band"]
    return bool(strangers) or truth.verdict == "unattributed"


def blame(truth, line, result):
    """Note everybody who is named for what others did."""
    event = line["event"]
    if line["verdict"] == "out-of-band" and event["event_id"] not in {cause.id for cause in truth.causes}:
        result.blamed.append(
            f"{truth.text}: {told(line)}; it was {truth.verdict or truth.reason} {causes(truth)}"
        )


def reason(mine):
    return f"[{mine[0].get('reason', '')}]" if mine else ""
