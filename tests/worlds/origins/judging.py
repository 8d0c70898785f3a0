"""Compares the report of the real command with who really stood behind each change."""

import re

from tests.worlds.marks import RIGHT, WRONG, Marks, paired


def judge(truths, lines, queued, marks=None):
    """Return how well a report met the truth of each change."""
    marks = marks or Marks()
    for truth, mine in paired(truths, lines, marks):
        marks.add(truth.label, *graded(truth, mine, any(body in queued for body in truth.bodies)))
    return marks


def graded(truth, mine, waiting):
    """Return the grade of one change, and what is amiss."""
    got = "; ".join(f"{shown(line)} [{line['reason']}]" for line in mine)
    if truth.outcome == "deferred":
        return (RIGHT, "") if waiting and not mine else (WRONG, f"should wait, got {got}")
    if len(mine) != 1 or mine[0]["verdict"] != truth.verdict:
        return WRONG, f"expected {truth.verdict}, got {got or 'nothing'}{', still queued' if waiting else ''}"
    line = mine[0]
    if line["event"] is None or line["event"]["event_id"] not in {each.id for each in truth.causes}:
        return WRONG, f"another call is named: {got}"
    best = min((amiss(truth, each, line) for each in truth.expected), key=len)
    return (WRONG, f"{'; '.join(best)}; got {got}") if best else (RIGHT, "")


def amiss(truth, expected, line):
    """Return what differs from what is right."""
    actor, event, session = line["actor"], line["event"], truth.session
    checks = [("name", expected.names, actor["name"])]
    for name in ("kind", "principal", "account"):
        right = getattr(expected, name)
        checks += [(name, (right,), actor["account_id" if name == "account" else name])] if right else []
    if expected.vias:
        checks.append(("via", expected.vias, actor["via"]))
    if expected.repositories is not None:
        checks.append(("repository", expected.repositories, actor["repository"]))
    if expected.chain is not None:
        checks.append(("chain", [chain(expected.chain)], links(expected.chain, actor["chain"])))
    if session.arn:
        checks.append(("session", (session.name,), actor.get("session") or None))
    if session.kind != "federated-user" and session.arn:
        checks.append(("event.principal", (session.caller,), event.get("principal")))
        checks.append(("event.arn", (session.arn,), event.get("arn")))
    found = [f"{name} should be {right}, is {got}" for name, right, got in checks if got not in right]
    patterns = () if expected.known else truth.reason_says
    lacking = [each for each in patterns if not re.search(each, line["reason"])]
    return found + [f"reason should say {each}, is {line['reason']}" for each in lacking]


def chain(sessions):
    """Return a chain, nearest to the call first: ARNs, keys, and whether the right events opened each session."""
    return [(each.arn, each.key or None, True) for each in sessions]


def links(sessions, got):
    """Return a report's chain in the same form."""
    events = [each.events for each in sessions] + [frozenset()] * len(got)
    return [
        (link["arn"], link["access_key_id"], not right or link["event_id"] in right)
        for link, right in zip(got, events, strict=False)
    ]


def shown(line):
    actor = line["actor"] or {}
    return f"{line['verdict']} {actor.get('name')} ({actor.get('kind')}, {actor.get('via')})"
