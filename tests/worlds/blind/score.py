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
