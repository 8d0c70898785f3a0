"""What is wrong with a report's lines about one change, in words."""

import re
from collections import Counter
from datetime import datetime


def key_of(change):
    """Return what a line of the report and a truth have in common; revisions share one id, but no ARN."""
    unique = change["arn"] if change["resource_type"] == "AWS::ECS::TaskDefinition" else change["resource_id"]
    at = datetime.fromisoformat(change["captured_at"])
    return change["account_id"], change["resource_type"], unique, at


def judged(truth, found, queued):
    """Return what is wrong with the lines about one change, if anything."""
    waiting = any(body in queued for body in truth.bodies)
    if truth.outcome != "finding":
        if found:
            return f"expected {truth.outcome} {truth.reason}, got {told(found[0])}"
        expected = truth.outcome in {"deferred", "failed"}
        return (
            None if waiting is expected else f"expected {truth.outcome} {truth.reason}: queued is {waiting}"
        )
    if waiting:
        return f"is still queued; expected {truth.verdict} {causes(truth)}"
    if len(found) != 1:
        return f"{len(found)} lines; expected {truth.verdict} {causes(truth)}"
    line = found[0]
    if line["verdict"] != truth.verdict:
        return f"expected {truth.verdict} {causes(truth)}, got {told(line)}"
    if line["change"]["managed_by"] != truth.managed_by:
        return f"expected managed by {truth.managed_by}, got {line['change']['managed_by']}"
    return judged_event(truth, line)


def judged_event(truth, line):
    event, actor = line["event"], line["actor"]
    if not truth.causes:
        return f"expected nobody, got {told(line)}" if event or actor else None
    named = {cause.id: cause for cause in truth.named}
    if event is None or event["event_id"] not in named:
        return f"expected {causes(truth)}, got {told(line)}"
    cause = named[event["event_id"]]
    if cause.actor.names and actor["name"] not in cause.actor.names:
        return f"expected the name {cause.actor.names}, got {actor['name']}"
    if cause.actor.arn and actor["arn"] != cause.actor.arn:
        return f"expected the ARN {cause.actor.arn}, got {actor['arn']}"
    others = {
        each["event_id"] if "event_id" in each else each["event"]["event_id"] for each in line["other_events"]
    }
    expected = {each.id for each in truth.causes} - {cause.id}
    if others != expected:
        missing, extra = len(expected - others), len(others - expected)
        problem = f"other events: {missing} missing, {extra} that are none"
        return f"{problem}; expected {causes(truth)}, got {told(line)}"
    return None


def told(line):
    event, actor = line["event"] or {}, line["actor"] or {}
    others = [
        each.get("event_name") or each.get("event", {}).get("event_name") for each in line["other_events"]
    ]
    named = f"{event.get('event_name')} by {actor.get('name')} at {event.get('event_time', '')[11:19]}"
    return f"{line['verdict']} ({named}; others {others})"


def causes(truth):
    return "; ".join(cause.text for cause in truth.causes) or "nobody"


def ignored(summary):
    """Return the counts of ignored changes by reason, from the closing summary on stderr."""
    found = re.search(r"^\s*ignored: (.*)$", summary, re.MULTILINE)
    return Counter(
        {name: int(count) for count, name in re.findall(r"(\d+) ([a-z-]+)", found[1])} if found else {}
    )
